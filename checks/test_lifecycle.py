"""The lives of connections: opened, closed, lost, too short."""

from checks.judge.verdict import Judgement
from checks.plugin import assert_kept


def test_lifecycle(judgement: Judgement) -> None:
    """Connections open, last and close as they should."""
    assert_kept(judgement)
