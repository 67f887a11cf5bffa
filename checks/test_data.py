"""Can we see? The logs are fresh enough and understood."""

from checks.judge.limit import Limit
from checks.plugin import AssertWithin


def test_data(assert_within: AssertWithin, limit: Limit) -> None:
    """What the logs show is enough to judge by."""
    assert_within(limit)
