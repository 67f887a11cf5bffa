"""Log data quality: the logs are complete, fresh enough and understood."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "data.events",
    "data.age_seconds",
    "data.near_miss_rate",
    "data.unattributed_rate",
    "data.gaps",
    "data.unreadable_rate",
    "data.unseen_signals",
)
def test_data(judgement: Judgement) -> None:
    """What the logs show is enough to judge by."""
    assert_within_limit(judgement)
