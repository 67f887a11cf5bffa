"""Welcome messages: delivered, failed, tried again."""

from checks.judge.limit import Limit
from checks.plugin import AssertWithin


def test_welcome(assert_within: AssertWithin, limit: Limit) -> None:
    """Those who connect are greeted."""
    assert_within(limit)
