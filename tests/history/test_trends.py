"""A trend has a point for each run that checked the metric."""

from checks.history.trends import trend
from checks.judge.verdict import Verdict
from checks.report.trend import Point, Trend
from tests.history.records import check, record


def test_a_trend() -> None:
    """Value, verdict and limit of each run, in their order; a run that did not check the metric has no point."""
    judged = record(check(verdict=Verdict.FAIL, value=7, limit=5))
    unchecked = record(check("welcome.sent"), day=1)
    unread = record(check(verdict=Verdict.ERROR, value=None), day=2, metrics={})
    assert trend([judged, unchecked, unread], "gone.errors") == Trend(
        "gone.errors", (Point(7, Verdict.FAIL, 5), Point(None, Verdict.ERROR, 5))
    )


def test_no_runs() -> None:
    """Before the first run there is nothing to draw."""
    told = trend([], "gone.errors")
    assert told.points == ()
    assert told.limit is None
