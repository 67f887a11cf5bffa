"""CloudWatch alarms: what watches between runs exists, matches the limits, tells somebody, and is quiet."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_alarms(judgement: Judgement) -> None:
    """The alarms that the limits call for are there, and none is in ALARM."""
    assert_kept(judgement)
