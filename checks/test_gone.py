"""GoneException (410): the application posts to connections that are gone, or not yet there."""

from checks.judge.limit import Limit
from checks.plugin import AssertWithin


def test_gone(assert_within: AssertWithin, limit: Limit) -> None:
    """Posts to connections that do not exist stay within the limit."""
    assert_within(limit)
