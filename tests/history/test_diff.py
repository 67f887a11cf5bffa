"""Differences of two runs, in 25 lines: verdicts, values beyond chance, types of errors, and versions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from checks.analysis.dictionary import Sentence, TakenFor
from checks.errors import ConfigError
from checks.history.diff import compare, difference_lines, read_runs
from checks.metrics import METRICS
from checks.report.result import CheckResult, MetricResult, Result, write_result
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.report.results import SINCE, UNTIL, at, check, deploy, evidence, failing, overview, result, unread

RATE = "welcome.undelivered_rate"


def run(*checks: CheckResult, numbers: dict[str, MetricResult] | None = None, **fields: Any) -> Result:
    everything = dict.fromkeys(METRICS, MetricResult()) | (numbers or {})
    return structs.replace(result(*checks, **fields), metrics=everything)


def sentence(template: str, times: int = 1, *, is_error: bool = True) -> Sentence:
    return Sentence(template, times, (), TakenFor.NOTHING, is_error, template)


def lines(a: Result, b: Result, width: int = 200) -> list[str]:
    return list(difference_lines(compare(a, b), width))


def test_runs_that_are_alike() -> None:
    """There is a line for each run, and one that says that nothing differs."""
    assert lines(run(check()), run(check())) == [
        "A: dev: PASS (1 passed)",
        "B: dev: PASS (1 passed)",
        "verdict: unchanged, PASS",
        "no check, value or type of error differs",
    ]


def test_verdicts_that_changed() -> None:
    """Both verdicts have value, sample, limit and perhaps the hour; a check of only one run is named, too."""
    before = run(check(RATE, value=0.01, n=200, limit=0.05), check("gone.errors", value=1.0))
    after = run(
        failing(RATE, 0.2, n=400, limit=0.05, hour=SINCE),
        check("lifecycle.complete", value=9.0, bound="min", limit=1.0),
    )
    assert lines(before, after)[2:] == [
        "verdict: PASS → FAIL",
        "verdicts that changed (3):",
        "  welcome.undelivered_rate: pass 1 % of 200 → fail 20 % of 400 in an hour (max 5 %)",
        "  gone.errors: pass 1 → not run (max 5)",
        "  lifecycle.complete: not run → pass 9 (min 1)",
    ]


@pytest.mark.parametrize(
    ("metric", "before", "after", "is_notable"),
    [
        (RATE, MetricResult(0.02, 100), MetricResult(0.05, 100), False),
        (RATE, MetricResult(0.02, 1000), MetricResult(0.05, 1000), True),
        (RATE, MetricResult(0.05, 1000), MetricResult(0.02, 1000), True),
        ("gone.errors", MetricResult(3.0), MetricResult(6.0), False),
        ("gone.errors", MetricResult(3.0), MetricResult(30.0), True),
        ("gone.errors", MetricResult(3.0, squares=9.0), MetricResult(30.0, squares=900.0), False),
        ("gone.errors", MetricResult(30.0), MetricResult(None), False),
        ("lifecycle.median_duration_seconds", MetricResult(60.0, 90), MetricResult(100.0, 90), False),
        ("lifecycle.median_duration_seconds", MetricResult(60.0, 90), MetricResult(130.0, 90), True),
    ],
)
def test_values_that_moved(metric: str, before: MetricResult, after: MetricResult, *, is_notable: bool) -> None:
    """A value must move beyond chance, up or down; a time, by half of the larger one."""
    difference = compare(run(numbers={metric: before}), run(numbers={metric: after}))
    assert [one.metric for one in difference.values] == ([metric] if is_notable else [])


def test_counts_are_compared_by_the_hour() -> None:
    """If one window is longer, proportionally more is not a change."""
    day, hours = run(numbers={"gone.errors": MetricResult(240.0)}), Window(UNTIL - timedelta(hours=2), UNTIL)
    part = run(numbers={"gone.errors": MetricResult(20.0)}, window=hours)
    assert compare(day, part).values == ()
    assert "the windows differ in length: counts are compared by the hour" in lines(day, part)


def test_types_of_errors() -> None:
    """They are compared by the application's words, or by signatures if both runs have them, not for a blind run."""
    before = run(sentences=(sentence("old"), sentence("both"), sentence("hello", is_error=False)))
    after = run(sentences=(sentence("newer", 4), sentence("new", 42), sentence("both")))
    assert lines(before, after)[3:] == [
        "types of errors only in B (2):",
        "  42 times: new",
        "  4 times: newer",
        "types of errors only in A (1):",
        "  1 time: old",
    ]
    signed = compare(structs.replace(before, signatures=("both",)), structs.replace(after, signatures=("both", "x")))
    assert signed.new_errors is not None
    assert [one.shape for one in signed.new_errors] == ["x"]
    assert compare(unread("access denied"), after).new_errors is None


def test_versions() -> None:
    """The versions of the function are compared, as far as the logs name them."""
    deployed = overview(deploys=(deploy(hours=2, version="10"),))
    after = run(overview=deployed, evidence=(evidence(versions=()),))
    assert lines(run(), after)[-1] == "function versions: unknown → 10"


def test_all_that_differs_fits_a_screen() -> None:
    """At most 25 lines, none wider than the terminal; --format json has everything."""
    names = list(METRICS)
    sentences = [tuple(sentence(f"{side} {number} {'long ' * 60}") for number in range(9)) for side in "ab"]
    numbers = [{name: MetricResult(value) for name in names[9:]} for value in (1.0, 900.0)]
    window = Window(SINCE, at(hours=1))
    before = run(*(check(name, value=1.0) for name in names[:9]), numbers=numbers[0], sentences=sentences[0])
    after = run(
        *(failing(name) for name in names[:9]),
        numbers=numbers[1],
        sentences=sentences[1],
        window=window,
        overview=overview(deploys=(deploy(hours=0, version="7"),)),
    )
    text = lines(before, after, 60)
    assert len(text) == 25
    assert max(map(len, text)) <= 60


def kept(reports: Path, environment: str, day: int, **fields: Any) -> Path:
    folder = reports / f"{environment}.runs" / f"2026060{day}T000000.000000Z-00000000"
    folder.mkdir(parents=True)
    write_result(run(check(), environment=environment, **fields), folder / "result.json")
    return folder


def test_the_last_two_runs(tmp_path: Path) -> None:
    """By default these are of the environment that ran last, or of -E; folders and files name others."""
    for environment, days in {"dev": (1, 2, 5), "prod": (3, 4)}.items():
        for day in days:
            kept(tmp_path, environment, day, command=f"{environment} {day}")
    files = [tmp_path / f"prod.runs/2026060{day}T000000.000000Z-00000000" for day in (3, 4)]
    rows = {
        "newest": read_runs([], tmp_path, None),
        "named environment": read_runs([], tmp_path, "prod"),
        "named runs": read_runs([files[1], files[0] / "result.json"], tmp_path, None),
    }
    assert {name: (a.command, b.command) for name, (a, b) in rows.items()} == {
        "newest": ("dev 2", "dev 5"),
        "named environment": ("prod 3", "prod 4"),
        "named runs": ("prod 4", "prod 3"),
    }


def test_runs_that_are_not_there(tmp_path: Path) -> None:
    """The error says what to name instead."""
    only = kept(tmp_path, "dev", 1)
    problems = {
        "one name": ([only], None, "two runs, not 1"),
        "one run": ([], "dev", "fewer than two kept runs of 'dev'"),
        "one run of the newest": ([], None, "fewer than two kept runs of 'dev', which ran last; -E names another"),
        "no run": ([], "prod", "fewer than two kept runs of 'prod'"),
        "no result": ([only, tmp_path], None, "cannot be read"),
    }
    for paths, environment, words in problems.values():
        with pytest.raises(ConfigError, match=words):
            read_runs(paths, tmp_path, environment)


def test_the_verdict_stays_beside_other_checks() -> None:
    """The end of a waiver also changes a verdict."""
    change, *_ = compare(run(check(verdict=Verdict.WAIVED)), run(failing())).verdicts
    assert (change.a.verdict, change.b.verdict) == (Verdict.WAIVED, Verdict.FAIL)
