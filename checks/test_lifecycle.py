"""The lives of connections: opened, closed, lost, too short."""

from checks.judge.limit import Limit
from checks.plugin import AssertWithin


def test_lifecycle(assert_within: AssertWithin, limit: Limit) -> None:
    """Connections open, last and close as they should."""
    assert_within(limit)
