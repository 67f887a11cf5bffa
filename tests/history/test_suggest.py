"""Suggested limits follow from what past runs measured."""

import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from checks.config.thresholds import load
from checks.history.backtest import runs_of_history
from checks.history.suggest import PastMeasurements, Suggestion, patch, repeated_defaults
from checks.report.result import MetricResult
from tests.history.records import record

NOW = datetime(2026, 7, 1, tzinfo=UTC)

FILE = """\
defaults:
  limits:
    welcome.failure_rate: {warn: 2%, max: 5%}
    gone.max_per_connection: 50
environments:
  dev: # where people break things
    logs: log.jsonl
    limits:
      gone.connection_rate: {max: 40%} # too loose
      welcome.average_retries:
        max: 1
      welcome.failure_rate: {max: 5%}
  bare:
    logs: log.jsonl
waivers:
  - {metric: gone.connection_rate, environment: dev, reason: r, owner: o, until: 2027-01-01}
"""


def experience(folder: Path, *, runs: int = 30, environment: str = "dev") -> PastMeasurements:
    """Return a month of nights: 1 % of 400 welcomes fail, 2 of 400 connections meet a 410; the last was an outage."""
    file = folder / "thresholds.yaml"
    file.write_text(FILE, encoding="utf-8")
    healthy = {
        "data.events": MetricResult(9000.0),
        "welcome.failure_rate": MetricResult(0.01, 400),
        "gone.connection_rate": MetricResult(0.005, 400),
        "gone.max_per_connection": MetricResult(3.0),
        "welcome.average_retries": MetricResult(0.0, 400),
        "gone.errors": MetricResult(3.0),
    }
    outage = {**healthy, "welcome.failure_rate": MetricResult(0.5, 400)}
    records = [record(day=day, metrics=healthy if day < runs - 1 else outage) for day in range(runs)]
    return PastMeasurements(list(runs_of_history(records)), load(file).environment(environment).at(NOW), file)


def test_a_limit_is_twice_what_is_usual(tmp_path: Path) -> None:
    """Failed runs don't count; what never happened may still occur in a few of a thousand cases."""
    suggestions = {one.metric: one for one in experience(tmp_path).suggestions()}
    assert {name: (one.written, one.failed, one.runs) for name, one in suggestions.items()} == {
        "gone.connection_rate": ("{warn: 0.8%, max: 1%}", 0, 30),
        "gone.max_per_connection": ("{warn: 4, max: 6}", 0, 30),
        "welcome.average_retries": ("{warn: 0.08, max: 0.1}", 0, 30),
        "welcome.failure_rate": ("{warn: 1.5%, max: 2%}", 1, 30),
    }
    assert suggestions["welcome.failure_rate"].present == "max 5 %, warn 2 %"
    assert suggestions["welcome.failure_rate"].reason == "1 % of 11,600 welcome messages in 29 runs, at worst 1 %"


def test_what_is_never_close_or_needed_is_named(tmp_path: Path) -> None:
    """It is named only once there are enough runs."""
    name = str(tmp_path / "thresholds.yaml")
    assert list(experience(tmp_path).remarks()) == [
        f"{name}:4: gone.max_per_connection: max 50 is at least 5 times the worst of 30 runs, 3",
        f"{name}:9: gone.connection_rate: max 40 % is at least 5 times the worst of 30 runs, 0.5 %",
        f"{name}:10: welcome.average_retries: max 1 is at least 5 times the worst of 30 runs, 0",
        f"{name}:16: the waiver of gone.connection_rate until 2027-01-01 was not needed in 30 runs",
    ]
    few = list(experience(tmp_path, runs=5).remarks())
    assert len(few) == 1
    assert "not needed in 5 runs" in few[0]


def test_a_limit_that_repeats_its_default_is_named(tmp_path: Path) -> None:
    """It can be removed."""
    file = experience(tmp_path).file
    assert list(repeated_defaults(file, "dev")) == [f"{file}:12: welcome.failure_rate: repeats its limit in defaults"]


def one_of(past: PastMeasurements, metric: str) -> list[Suggestion]:
    return [one for one in past.suggestions() if one.metric == metric]


def patched(past: PastMeasurements, suggestions: Sequence[str], environment: str) -> str:
    """Return the file after `patch` applied the patch."""
    chosen = [one for one in past.suggestions() if one.metric in suggestions]
    text = patch(past.file, environment, chosen)
    command = ["patch", "--quiet", str(past.file)]
    subprocess.run(command, input=text, text=True, check=True)
    return past.file.read_text(encoding="utf-8")


def test_the_patch_changes_these_limits_alone(tmp_path: Path) -> None:
    """Comments and other lines stay; a limit of several lines is left to people; the result is valid."""
    past = experience(tmp_path)
    text = patched(past, ["gone.connection_rate", "gone.max_per_connection", "welcome.average_retries"], "dev")
    assert "      gone.connection_rate: {warn: 0.8%, max: 1%} # 0.5 % of 12,000 connections" in text
    assert "    limits:\n      gone.max_per_connection: {warn: 4, max: 6} # at most 3 in 30 runs\n" in text
    assert "      welcome.average_retries:\n        max: 1\n" in text
    assert "  dev: # where people break things\n" in text
    limits = load(past.file).environment("dev").limits
    assert limits["gone.max_per_connection"].demands == "max 6, warn 4"
    assert limits["gone.connection_rate"].demands == "max 1 %, warn 0.8 %"


def test_an_environment_without_limits_gets_some(tmp_path: Path) -> None:
    """They are added below its name."""
    past = experience(tmp_path, environment="bare")
    patched(past, ["gone.connection_rate"], "bare")
    limits = load(past.file).environment("bare").limits
    assert limits["gone.connection_rate"].demands == "max 1 %, warn 0.8 %"


@pytest.mark.parametrize(
    ("section", "is_patched"),
    [
        ("    limits:\n      # of chats\n      gone.errors: 5\n", True),
        ("    limits: # of chats\n          gone.errors: 5\n", True),
        ("    limits:\n      gone.errors: 5", True),
        ("    limits:\n      gone.connection_rate: 5%", True),
        ("    limits:\n      gone.connection_rate: {max: 5%}\n", True),
        ("    limits:\n      gone.connection_rate: {max: 5%, owner: chat}\n", False),
        ("    limits: {gone.errors: 5}\n", False),
        ("    limits: {\n      gone.errors: 5\n    }\n", False),
        ("    limits: {}\n", False),
        ("", True),
    ],
)
def test_the_file_is_valid_however_it_is_written(tmp_path: Path, section: str, *, is_patched: bool) -> None:
    """This includes limits in deeper levels or in braces; a note names what is left to people."""
    past = experience(tmp_path)
    past.file.write_text(f"environments:\n  dev:\n    logs: log.jsonl\n{section}", encoding="utf-8")
    limits = load(past.file).environment("dev").limits
    if not is_patched:
        note = "# not in the patch, because they share a line with other keys: gone.connection_rate\n"
        assert patch(past.file, "dev", one_of(past, "gone.connection_rate")) == note
        return
    text = patched(past, ["gone.connection_rate"], "dev")
    assert load(past.file).environment("dev").limits.keys() == {*limits, "gone.connection_rate"}
    assert text.count("# of chats\n") == section.count("# of chats\n")


def test_a_count_in_a_period_stays(tmp_path: Path) -> None:
    """Runs remember counts for their windows, which may be longer or shorter."""
    past = experience(tmp_path)
    for written, suggested in (("200", 1), ("200/day", 0)):
        past.file.write_text(
            f"environments:\n  dev:\n    logs: l\n    limits:\n      gone.errors: {written}\n", "utf-8"
        )
        limited = replace(past, environment=load(past.file).environment("dev"))
        assert len(one_of(limited, "gone.errors")) == suggested


def test_an_environment_within_braces_stays(tmp_path: Path) -> None:
    """An environment that is not in the file, such as `demo`, also stays."""
    past = experience(tmp_path)
    past.file.write_text("environments:\n  dev: {logs: log.jsonl}\n", encoding="utf-8")
    for environment in ("dev", "demo"):
        assert "+" not in patch(past.file, environment, one_of(past, "gone.connection_rate"))


def test_an_application_without_welcome_gets_no_limit_on_it(tmp_path: Path) -> None:
    """Nor does it get limits on other analyses that it lacks."""
    past = experience(tmp_path)
    lacking = replace(past, environment=replace(past.environment, absent=frozenset({"welcome"})))
    assert not [one for one in lacking.suggestions() if one.metric.startswith("welcome.")]


@pytest.mark.parametrize(("rate", "written"), [(0.0075, "{warn: 1%, max: 1.5%}"), (0.015, "{warn: 2%, max: 3%}")])
def test_a_warning_comes_before_the_failure(tmp_path: Path, rate: float, written: str) -> None:
    """This also holds after both are rounded."""
    assert [one.written for one in suggested(tmp_path, rate)] == [written]


def test_a_limit_that_nothing_breaks_is_not_suggested(tmp_path: Path) -> None:
    """No share is above 100 %."""
    assert list(suggested(tmp_path, 0.6)) == []


def suggested(folder: Path, rate: float) -> Iterator[Suggestion]:
    file = folder / "thresholds.yaml"
    file.write_text("environments: {dev: {log_group: chat, limits: {}}}", encoding="utf-8")
    runs = list(runs_of_history([record(metrics={"welcome.failure_rate": MetricResult(rate, 400)})]))
    return PastMeasurements(runs, load(file).environment("dev").at(NOW), file).suggestions()
