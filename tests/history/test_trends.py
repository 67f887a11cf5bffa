"""A trend has a point for each run."""

from datetime import timedelta

from checks.history.record import RecordedMetric
from checks.history.trends import trend
from checks.judge.verdict import Verdict
from checks.report.trend import Point, Trend

from .records import BEGIN, check, record


def test_a_trend() -> None:
    """Value, sample, limit and verdict of each run, in their order; what a run did not have is None."""
    judged = record(check(verdict=Verdict.FAIL, value=7, n=9, limit=5))
    measured = record(check("welcome.sent"), day=1, metrics={"gone.errors": RecordedMetric(2, None)})
    unread = record(check(verdict=Verdict.ERROR, value=None), day=2, metrics={})
    assert trend([judged, measured, unread], "gone.errors") == Trend(
        "gone.errors",
        (
            Point(BEGIN, 7, 9, Verdict.FAIL, 5),
            Point(BEGIN + timedelta(days=1), 2, None, None, None),
            Point(BEGIN + timedelta(days=2), None, None, Verdict.ERROR, 5),
        ),
    )


def test_no_runs() -> None:
    """Before the first run there is nothing to draw."""
    assert trend([], "gone.errors").points == ()
