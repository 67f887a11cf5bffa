"""The trend of a metric over the last runs."""

from checks.metrics import Unit
from checks.report.trend import Trend
from checks.verdicts.verdict import Verdict
from tests.report.results import outcome


def test_a_trend_is_in_the_unit_of_its_metric() -> None:
    """The catalogue of metrics says which."""
    assert Trend("welcome.failure_rate", ()).unit is Unit.RATE
    assert Trend("gone.errors", ()).unit is Unit.COUNT


def test_the_limit_is_that_of_the_last_run() -> None:
    """An older one is drawn no more; where no run checked the metric, or none decided, there is none."""
    older, newer = outcome(9, Verdict.FAIL, 5), outcome(9, Verdict.PASS, 10)
    assert Trend("gone.errors", (older, newer)).limit == 10
    assert Trend("gone.errors", (newer, outcome(None, Verdict.ERROR, None))).limit is None
    assert Trend("gone.errors", ()).limit is None
