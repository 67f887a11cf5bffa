"""CloudWatch alarms, which watch between runs: they exist, match the limits, notify somebody, and are quiet."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "alarms.missing",
    "alarms.different",
    "alarms.without_actions",
    "alarms.in_alarm",
    "alarms.without_data",
)
def test_alarms(judgement: Judgement) -> None:
    """The alarms that the limits call for are there, and none is in ALARM."""
    assert_within_limit(judgement)
