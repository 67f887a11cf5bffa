"""`python -m checks explain` says what a metric means, what its limit is, and what would change its verdict."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, UnsetType, structs

from checks.__main__ import main
from checks.config.limit import Limit
from checks.config.thresholds import load
from checks.metrics import METRICS
from checks.report.explain import explain, explain_verdict, explanation, verdict_boundaries
from checks.report.result import MetricResult, read_result, write_result
from checks.units import Period
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Verdict
from tests.report.results import check, result
from tests.run.making import environment
from tests.verdicts.making import ALIVE, AVERAGE, COUNT, DURATION, RATE, limit, share, under, waiver

ROOT = Path(__file__).parents[2]

SMALL = """\
defaults:
  log_group: /aws/lambda/chat
  limits:
    gone.errors: 5
    welcome.failure_rate: {warn: 1%, max: 5%, min_samples: 100, owner: team-chat, runbook: look twice}
    welcome.average_retries: {max: 1, shadow: true}
    gone.connection_rate: 0.1%
environments:
  dev: {}
  prod:
    limits:
      welcome.failure_rate: {max: 4%}
waivers:
  - {metric: gone.errors, environment: dev, reason: old clients, owner: ops, until: 2999-06-30, max: 8}
  - {metric: gone.errors, environment: prod, reason: old clients, owner: ops, until: 2020-06-30}
"""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thresholds.yaml in the current folder."""
    (tmp_path / "thresholds.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the printed lines, with single spaces."""
    assert main(["explain", *arguments]) == 0
    printed = capsys.readouterr()
    assert not printed.err
    return [" ".join(line.split()) for line in printed.out.splitlines()]


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 4
    printed = capsys.readouterr()
    assert not printed.out
    return printed.err


def written(
    environment: str = "dev",
    verdict: str = "fail",
    value: Any = 0.1,
    n: Any = 120,
    measured: MetricResult | None = None,
) -> str:
    """Write a result.json of one check on welcome.failure_rate, which may judge another sample than the window's."""
    judged = check(RATE, Verdict(verdict), "so it is", value=value, n=n)
    metrics = {RATE: measured or MetricResult(value, n)}
    run = structs.replace(result(judged, environment=environment), metrics=metrics)
    write_result(run, Path("result.json"))
    return "result.json"


def test_what_a_metric_means(capsys: pytest.CaptureFixture[str]) -> None:
    """It has meaning, unit, sample, signals, formula, and the file that computes it."""
    assert explained(capsys, RATE)[:6] == [
        "welcome.failure_rate: welcome messages that were not delivered",
        "unit a rate; a limit is a share such as 5% or 0.05",
        "sample welcome messages",
        "builds on welcome signals; without them it is inconclusive",
        "formula welcome messages that were not delivered ÷ welcome messages",
        "computed in checks/analysis/sql/metrics/welcome.sql",
    ]


@pytest.mark.parametrize(
    ("metric", "formula"),
    [
        ("gone.errors", "formula number of events that report a GoneException (410)"),
        ("welcome.average_retries", "formula retries ÷ welcome messages"),
        ("data.age_seconds", "formula time from the newest event to the end of the window"),
        ("data.gaps", "computed in no SQL file: the run counts it as it reads"),
        ("api.blind_spots", "computed in checks/resources/api_gateway.py"),
        ("tracing.fault_rate", "computed in checks/resources/xray.py"),
    ],
)
def test_a_formula_for_each_unit(metric: str, formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The formula follows from meaning, unit and sample."""
    assert formula in explained(capsys, metric)


def test_every_metric_of_the_shipped_file() -> None:
    """Every environment has an explanation, and every formula is in the file that it names."""
    environments = load(ROOT / "thresholds.yaml").environments
    wrong = [
        (metric.name, environment.name, lines)
        for metric, environment in product(METRICS.values(), environments.values())
        if not is_explained(environment.name, lines := [*explain(metric, environment)])
    ]
    assert len(environments) == 5
    assert wrong == []


def is_explained(environment: str, lines: Sequence[str]) -> bool:
    """Whether the named file exists, or none is named on purpose, and the limit of the environment is explained."""
    (place,) = (line.split(maxsplit=2)[2] for line in lines if line.lstrip().startswith("computed in "))
    is_place_known = (ROOT / place).is_file() or place.startswith("no SQL file")
    return is_place_known and any(line.startswith(f"In {environment}: ") for line in lines)


def test_an_inherited_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """Its place is the line under `defaults`."""
    assert explained(capsys, RATE)[7:] == [
        "In dev: max 5 %, warn 1 %",
        "written in thresholds.yaml:5, inherited from defaults",
        "min_samples 100, as written",
        "on_inconclusive fail",
        "shadow no",
        "owner team-chat",
        "runbook look twice",
        "waiver none",
    ]


def test_a_limit_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Its place is the line in the environment."""
    lines = explained(capsys, RATE, "-E", "prod")
    assert {"In prod: max 4 %, warn 1 %", "written in thresholds.yaml:12, own"} <= set(lines)


def test_no_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """A metric without a limit is still measured."""
    assert explained(capsys, "welcome.sent")[-1] == "In dev: no limit, so it is measured but not judged"


def test_a_shadow_limit_and_the_sample_of_an_average(capsys: pytest.CaptureFixture[str]) -> None:
    """That many messages without a retry show that the mean is within the limit."""
    lines = explained(capsys, AVERAGE)
    assert "shadow yes: evaluated and shown; never affects the exit code" in lines
    assert "min_samples 3: this many cases without a failure prove the limit at 95 % confidence" in lines


def test_a_limit_on_the_increase(capsys: pytest.CaptureFixture[str]) -> None:
    """It depends on the baseline, so there is no fixed value at which it fails."""
    Path("thresholds.yaml").write_text(SMALL.replace("gone.errors: 5", "gone.errors: {max_increase: 50%, at_least: 5}"))
    Path("thresholds.yaml").write_text(Path("thresholds.yaml").read_text().partition("waivers")[0])
    lines = explained(capsys, COUNT, written())
    assert "In dev: max_increase 50 %, at least 5 more" in lines
    assert lines[-1] == "against the --baseline: max_increase 50 %, at least 5 more, beyond what chance explains"


def test_where_min_samples_comes_from(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It follows from the limit, up to a maximum; a count has no sample."""
    capped = "min_samples 600: the largest default; min_samples may ask for more"
    assert capped in explained(capsys, "gone.connection_rate")
    assert "min_samples none: there is no sample" in explained(capsys, COUNT)
    monkeypatch.chdir(ROOT)
    proven = "min_samples 59: this many cases without a failure prove the limit at 95 % confidence"
    assert proven in explained(capsys, RATE)


def test_a_waiver(capsys: pytest.CaptureFixture[str]) -> None:
    """It has its place, its own limit, and its end."""
    holds = "waiver thresholds.yaml:14, until 2999-06-30 by ops, max 8: old clients"
    is_over = "waiver thresholds.yaml:15, expired on 2020-06-30 by ops, any value: old clients"
    assert holds in explained(capsys, COUNT)
    assert is_over in explained(capsys, COUNT, "-E", "prod")


def test_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """It has the run's sentence, and the values with another verdict among as many cases."""
    assert explained(capsys, RATE, written())[-2:] == [
        "The run: FAIL: so it is",
        "with n = 120 passes up to 3 of 120, warns from 4, inconclusive from 7, fails from 8",
    ]


@pytest.mark.parametrize("measured", [MetricResult(0, 9), MetricResult(0.9, 300)])
def test_a_verdict_on_another_sample(capsys: pytest.CaptureFixture[str], measured: MetricResult) -> None:
    """Several nights, an hour, or all but one client are explained by their own sample, not the window's."""
    assert explained(capsys, RATE, written(measured=measured))[-2:] == explained(capsys, RATE, written())[-2:]
    dev = environment(limit(RATE, max=0.05))
    runs = [read_result(Path(written(measured=one))) for one in (measured, None)]
    one, other = (explanation(METRICS[RATE], dev, run)["run"]["boundaries"] for run in runs)
    assert one == other


def test_a_verdict_on_too_few(capsys: pytest.CaptureFixture[str]) -> None:
    """A small sample is compared with one that is large enough."""
    small, enough = explained(capsys, RATE, written(verdict="inconclusive", value=0, n=9))[-2:]
    assert small.startswith("with n = 9 inconclusive up to ")
    assert enough.startswith("with n = 100 passes up to 3 of 100, warns from 4, ")


def test_a_verdict_without_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a sample, it says only how large a sample is needed."""
    lines = explained(capsys, RATE, written(verdict="inconclusive", value=None, n=0))
    assert [line for line in lines if line.startswith("with n")] == lines[-1:]


def test_a_verdict_that_is_not_due_to_the_value(capsys: pytest.CaptureFixture[str]) -> None:
    """A blind spot, or another limit at that time, is named."""
    last = explained(capsys, RATE, written(verdict="inconclusive", value=0))[-1]
    assert last == "By this value and limit alone, after a complete read with every signal: PASS"


def test_a_limit_by_the_day_has_no_boundaries() -> None:
    """The deciding count depends on the window's length, so neither text nor JSON has one."""
    daily, run = environment(structs.replace(limit(COUNT, max=200), per=Period.DAY)), result(check(COUNT))
    assert "boundaries" not in explanation(METRICS[COUNT], daily, run)["run"]
    assert len(list(explain_verdict(METRICS[COUNT], daily, run))) == 1
    whole = environment(limit(COUNT, max=200))
    assert explanation(METRICS[COUNT], whole, run)["run"]["boundaries"]


def test_a_metric_that_was_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """With a limit there is still an explanation; without one there is not."""
    file = written()
    assert explained(capsys, COUNT, file)[-2:] == [
        "The run: not judged",
        "by value passes up to 5, waived from 6, fails from 9",
    ]
    assert explained(capsys, "welcome.sent", file)[-1] == "The run: not judged"


def test_the_environment_is_that_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Without -E it is taken from the run; with -E, both must agree."""
    assert "In prod: max 4 %, warn 1 %" in explained(capsys, RATE, written("prod"))
    error = complaint(capsys, RATE, written("prod"), "-E", "dev")
    assert error == "error: result.json is a run on 'prod', not on 'dev'\n"


def test_an_unknown_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the nearest, or where to find all."""
    assert complaint(capsys, "gone.erors") == "error: unknown metric 'gone.erors'; did you mean 'gone.errors'?\n"
    listed = "`websocket-health-checks metrics` lists all"
    assert complaint(capsys, "latency") == f"error: unknown metric 'latency'; {listed}\n"


def test_an_unknown_environment(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the nearest, whether the name is from -E or from a run."""
    expected = "error: unknown environment 'prd'; did you mean 'prod'? (allowed: dev, prod)\n"
    assert complaint(capsys, COUNT, "-E", "prd") == expected
    assert complaint(capsys, COUNT, written("prd")) == expected


def test_a_foreign_file(capsys: pytest.CaptureFixture[str]) -> None:
    """One line says that it is not a result.json."""
    Path("foreign.json").write_text("{}", encoding="utf-8")
    error = complaint(capsys, COUNT, "foreign.json")
    assert error.startswith("error: foreign.json: is not the result.json of a run: ")
    assert len(error.splitlines()) == 1


def test_a_missing_result(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that can't be read is a mistake on the command line."""
    assert complaint(capsys, COUNT, "no.json") == "error: no.json: cannot be read: No such file or directory\n"


DURATION_60 = limit(DURATION, min=60, warn=90)
BOUNDARIES = {
    "fails up to 0, passes from 1": (limit("lifecycle.complete", min=1), None),
    "passes up to 0, error from 1": (limit("data.gaps", max=0), None),
    "fails under 1 min, warns from 1 min, passes from 1.5 min": (DURATION_60, 40),
    "passes up to 0.62, warns from 0.63, fails from 1.01": (limit(AVERAGE, warn=0.5, max=1), 100),
    "inconclusive at any value": (limit(AVERAGE, max=1, min_samples=9), 2),
    "passes up to 5, waived from 6": (under(limit(COUNT, max=5), waiver(COUNT)), None),
}


def test_verdicts_change_at_values_that_can_be_read() -> None:
    """This covers lower limits, measured values that are not counts, and waivers."""
    assert [verdict_boundaries(demand, n) for demand, n in BOUNDARIES.values()] == list(BOUNDARIES)


@pytest.mark.parametrize(
    ("usual", "text"),
    [
        (UNSET, "passes up to 15 min, warns over 15 min, fails over 1 h"),
        (60.0, "passes up to 15 min, warns over 15 min, fails over 1 h"),
        (6000.0, "passes up to 1 h, inconclusive over 1 h, fails from 3.3 h"),
        (5000.0, "passes up to 1 h, inconclusive over 1 h"),
    ],
)
def test_a_silence_that_is_unusual_for_the_log(usual: float | UnsetType, text: str) -> None:
    """The boundary is twice the longest other silence; there is none if the log has too few others."""
    age, own = "data.age_seconds", environment(limit("data.age_seconds", warn=900, max=3600))
    run = result(check(age, Verdict.INCONCLUSIVE, value=5000.0))
    run = structs.replace(run, metrics={**run.metrics, age: MetricResult(5000.0, usual=usual)})
    lines = explain_verdict(METRICS[age], own, run)
    assert f"  by value         {text}" in lines


@pytest.mark.parametrize("demanded", [limit(RATE, warn=0.02, max=0.05), limit(RATE, min=0.9), limit(RATE, warn=0.1)])
def test_boundaries_are_all_that_there_are(demanded: Limit) -> None:
    """They match the verdicts on every number of cases, with a waiver and without, in any sample."""
    for exception, n in product([None, waiver(RATE)], [1, 20, 59, 120, 1000]):
        demand = under(demanded, exception)
        verdicts = [judge(share(cases, n), demand, ALIVE).verdict for cases in range(n + 1)]
        changes = [cases for cases in range(1, n + 1) if verdicts[cases] is not verdicts[cases - 1]]
        text = verdict_boundaries(demand, n)
        starts = [int(start.split()[-1].replace(",", "")) for start in text.split(", ")[1:]]
        assert starts == changes, (exception, n)
