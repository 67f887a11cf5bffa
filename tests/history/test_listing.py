"""The history as a table for a terminal."""

from datetime import UTC, datetime

import pytest

from checks.history.record import last_change, runs, runs_on
from checks.report.result import MetricResult
from checks.verdicts.verdict import Verdict
from tests.history.records import check, record
from tests.report.results import HOSTILE, UNPRINTABLE

RATE = "welcome.failure_rate"
FAILED = check(RATE, Verdict.FAIL, value=0.139, limit=0.05, operator=">", n=267)


def test_runs() -> None:
    """A run has the check that decides its verdict, with its value; a pass has none."""
    warned = check(verdict=Verdict.WARN, value=7)
    records = record(), record(warned, FAILED, day=1, environment="prod", exit_code=1)
    assert list(runs(records)) == [
        "time in UTC       environment  verdict  exit  worst check",
        "2026-06-01 00:00  dev          PASS     0",
        "2026-06-02 00:00  prod         FAIL     1     13.9 % welcome.failure_rate",
    ]


def test_the_worst_is_farthest_beyond_its_limit() -> None:
    """It is the same check as in the headline and in the last lines of the run."""
    slight = check(verdict=Verdict.FAIL, value=6)
    assert list(runs([record(slight, FAILED)]))[1].endswith("13.9 % welcome.failure_rate")


def test_a_shadow_decides_nothing() -> None:
    """Its verdict is not the run's."""
    shadow = check(RATE, Verdict.FAIL, shadow=True)
    assert list(runs([record(shadow, check(), verdict=Verdict.PASS)]))[1].endswith("PASS     0")
    assert list(runs([record(shadow, verdict=Verdict.INCONCLUSIVE)]))[1].endswith("INCONCLUSIVE  0")


def test_a_metric() -> None:
    """A run has its value, sample, limit and verdict, as far as there are any."""
    measured = record(day=1, metrics={RATE: MetricResult(0.0123, 81)})
    unread = record(check(RATE, Verdict.ERROR, value=None, limit=0.05), day=2, metrics={})
    assert list(runs_on(RATE, [record(FAILED), measured, unread])) == [
        "time in UTC       environment  value         n    limit    verdict",
        "2026-06-01 00:00  dev          13.9 %        267  max 5 %  FAIL",
        "2026-06-02 00:00  dev          1.2 %         81",
        "2026-06-03 00:00  dev          not measured       max 5 %  ERROR",
    ]


def test_a_metric_that_an_hour_decided() -> None:
    """The sample belongs to the value beside it, not to the whole window."""
    hour = check(
        RATE, Verdict.FAIL, value=0.69, limit=0.05, operator=">", n=116, hour=datetime(2026, 6, 1, 11, tzinfo=UTC)
    )
    run = record(hour, metrics={RATE: MetricResult(0.06, 1168)})
    assert list(runs_on(RATE, [run]))[1] == "2026-06-01 00:00  dev          69 % in an hour  116  max 5 %  FAIL"


def test_the_last_change() -> None:
    """It is between the newest run and the one before it in the same environment."""
    records = record(), record(day=1, environment="prod"), record(check(value=4), day=2)
    assert list(last_change(records)) == [
        "Since the previous run on dev:",
        "  no verdict changed; largest change: gone.errors 3 → 4",
    ]
    assert list(last_change(records[:2])) == []


@pytest.mark.parametrize("environment", [HOSTILE, "e" * 200])
def test_lines_fit_and_are_harmless(environment: str) -> None:
    """80 columns, whatever the environment is called, without colours or line breaks."""
    records = [record(FAILED, environment=environment), record(FAILED, day=1, environment=environment)]
    lines = [*runs(records), *runs_on(RATE, records)]
    assert max(map(len, lines)) <= 80
    assert not set(UNPRINTABLE) & set("".join((*lines, *last_change(records))))
