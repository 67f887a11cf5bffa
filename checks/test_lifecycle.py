"""The lives of connections: opened, closed, lost, too short."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_lifecycle(judgement: Judgement) -> None:
    """Connections open, last and close as they should."""
    assert_kept(judgement)
