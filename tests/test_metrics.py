"""The catalogue of metrics: each definition is consistent, and the name of a team's own metric says its unit."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from checks.metrics import (
    IN_LOGS,
    METRICS,
    NEW_SIGNATURES,
    Definition,
    OnBreach,
    Subject,
    Unit,
    measured,
    own_definition,
)
from tests.own_process import clean_environment, copy_of_the_checkout, run

ROOT = Path(__file__).parents[1]


def test_the_subject_is_the_first_part_of_the_name() -> None:
    """Each subject has metrics."""
    assert Definition("gone.errors", Unit.COUNT, "").subject is Subject.GONE
    assert {metric.subject for metric in METRICS.values()} == set(Subject) - {Subject.OWN}


def test_each_trait_has_a_meaning() -> None:
    """An unknown trait would change nothing, so it is an error, as in the other columns."""
    with (ROOT / "checks" / "metrics.csv").open(encoding="utf-8", newline="") as table:
        traits = {row["trait"] for row in csv.DictReader(table)}
    assert traits == {"", "may_shrink", "not_proportional"}


def test_every_metric_names_what_it_builds_on() -> None:
    """Exceptions are metrics about the logs themselves, and those that do not come from logs."""
    for metric in METRICS.values():
        is_in_logs = metric.subject in set(IN_LOGS) - {Subject.DATA, Subject.LAMBDA}  # Lambda's own words never vary
        is_compared = metric.name in {"api.connect_mismatch_rate", "probe.unread"}
        assert bool(metric.builds_on) == (is_in_logs or is_compared)
        assert metric.is_from_logs == (metric.subject in IN_LOGS or is_compared)


def test_only_numbers_about_the_logs_and_the_alarms_are_no_failure() -> None:
    """They are inconclusive: too little is visible to call the service unhealthy."""
    lenient = {name: metric.breach for name, metric in METRICS.items() if metric.breach is not OnBreach.FAIL}
    assert lenient == {
        "data.near_miss_rate": OnBreach.INCONCLUSIVE,
        "data.unattributed_rate": OnBreach.INCONCLUSIVE,
        "data.gaps": OnBreach.ERROR,
        "data.unreadable_rate": OnBreach.ERROR,
        "data.unseen_signals": OnBreach.INCONCLUSIVE,
        "api.connect_mismatch_rate": OnBreach.INCONCLUSIVE,
        "api.blind_spots": OnBreach.INCONCLUSIVE,
        "alarms.without_data": OnBreach.INCONCLUSIVE,
        "probe.unread": OnBreach.INCONCLUSIVE,
    }


def test_counts_that_one_more_event_can_lower() -> None:
    """A $disconnect ends a connection, and a success follows a failure."""
    shrinking = [metric for metric in METRICS.values() if metric.may_shrink]
    names = ["data.unseen_signals", "lifecycle.open", "lifecycle.incomplete", "welcome.failed", "probe.unread"]
    assert [metric.name for metric in shrinking] == names
    assert {metric.unit for metric in shrinking} == {Unit.COUNT}


def test_a_number_of_the_logs_can_be_compared_unless_it_is_an_extreme() -> None:
    """Excluded: a maximum, which is not proportional to time, and new errors, which are compared already."""
    comparable = {name for name, metric in METRICS.items() if metric.is_comparable}
    in_logs = {name for name, metric in METRICS.items() if metric.subject in set(IN_LOGS) - {Subject.DATA}}
    assert in_logs - comparable == {"gone.max_per_connection", NEW_SIGNATURES}
    assert comparable <= in_logs


def test_a_rate_and_an_average_have_a_sample() -> None:
    """Without a sample there is nothing to take a share of."""
    ratios = {name for name, metric in METRICS.items() if metric.unit in {Unit.RATE, Unit.AVERAGE}}
    assert {name for name in ratios if not METRICS[name].sample} == set()
    assert not [name for name, metric in METRICS.items() if metric.unit is Unit.COUNT and metric.sample]


def test_the_name_says_the_unit() -> None:
    """It says the unit, whether there is a sample, and whether the metric is a quantile of it."""
    names = {
        "own.storms": (Unit.COUNT, None, None),
        "own.storm_rate": (Unit.RATE, "cases", None),
        "own.messages_per_connection": (Unit.AVERAGE, "cases", None),
        "own.average_retries": (Unit.AVERAGE, "cases", None),
        "own.per_hour": (Unit.COUNT, None, None),
        "own.reply_seconds": (Unit.SECONDS, None, None),
        "own.reply_p95_seconds": (Unit.SECONDS, "cases", 0.95),
        "own.median_reply_seconds": (Unit.SECONDS, "cases", 0.5),
        "own.test_error_rate": (Unit.COUNT, None, None),
    }
    found = {name: own_definition(name) for name in names}
    assert {name: (one.unit, one.sample, one.quantile) for name, one in found.items()} == names
    assert all(name in METRICS for name in names)


def test_any_other_name_is_none() -> None:
    """A name of another subject is refused, too."""
    names = ("own.", "own.A", "own._a", "own.a-b", "own.a__b", "gone.storms", "own.a.b", "own.a\n")
    assert [name for name in names if name in METRICS] == []


@pytest.mark.parametrize(
    ("name", "value", "n", "problem"),
    [
        ("storm_rate", 0.5, None, "needs n"),
        ("storm_rate", 1.5, 10, "not from 0 to 1"),
        ("storms", 3, 10, "takes no n"),
        ("storms", 0.5, None, "not a whole number"),
        ("reply_seconds", -1, None, "not from 0"),
        ("reply_seconds", float("nan"), None, "not from 0"),
        ("storm_rate", 0.5, -1, "takes no n"),
        ("Storms", 1, None, "not a valid metric name"),
    ],
)
def test_a_number_that_is_not_what_its_name_says(name: str, value: float, n: int | None, problem: str) -> None:
    """The error names what is allowed."""
    with pytest.raises(ValueError, match=problem) as error:
        measured(name, value, n)
    assert "storm_rate" in str(error.value)


def test_a_share_has_a_numerator() -> None:
    """It has one like the shipped shares; without a sample there is no value."""
    share = measured("own.storm_rate", 0.25, 80)
    assert (share.name, share.numerator) == ("own.storm_rate", 20)
    assert measured("storm_rate", None, 0).numerator is None


DEFINITION = "welcome.attempts,count,welcome messages and their retries,,,welcome"

FORMULA = "UNION ALL SELECT 'welcome.attempts', messages + retries, NULL, NULL FROM totals"

NAME = '    "welcome.attempts",'

LIMIT = "limits: {welcome.attempts: {max: 0}}"


def test_a_metric_of_ones_own(tmp_path: Path) -> None:
    """It takes a row, a line of SQL and its name in a check; schemas, docs and explanations follow."""
    checkout = copy_of_the_checkout(tmp_path)
    for name in (".docs/metrics.md", "tests/__init__.py", "tests/generate.py"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_bytes((ROOT / name).read_bytes())
    put_before(checkout / "checks/metrics.csv", "errors.events,", DEFINITION)
    put_before(checkout / "checks/analysis/sql/metrics/welcome.sql", "UNION ALL SELECT 'welcome.sent'", FORMULA)
    put_before(checkout / "checks/test_welcome.py", '    "welcome.sent",', NAME)
    (checkout / "thresholds.yaml").write_text(f"environments: {{demo: {{logs: checks/demo/recording.jsonl, {LIMIT}}}}}")

    judged = run(tmp_path / "reports", "-E", "demo", cwd=checkout)
    assert re.search(r"welcome\.attempts [0-9,]+ > max 0", judged.stdout), judged.stdout + judged.stderr
    explained = program(checkout, "checks", "explain", "welcome.attempts", "-E", "demo")
    assert "welcome.attempts: welcome messages and their retries" in explained
    assert "sql/metrics/welcome.sql" in explained

    program(checkout, "tests.generate")
    row = "| `welcome.attempts` | welcome messages and their retries | \N{EN DASH} |\n"
    assert row in (checkout / ".docs/metrics.md").read_text(encoding="utf-8")
    assert '"welcome.attempts"' in (checkout / "checks/config/thresholds.schema.json").read_text(encoding="utf-8")


def put_before(file: Path, place: str, text: str) -> None:
    """Insert lines before the one that begins with a text."""
    before, place, after = file.read_text(encoding="utf-8").partition(f"\n{place}")
    assert place, f"{file} has no such line"
    file.write_text(f"{before}\n{text.rstrip()}{place}{after}", encoding="utf-8")


def program(folder: Path, module: str, *arguments: str) -> str:
    """Return the output of a module that is run in a folder."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=True)
    return done.stdout
