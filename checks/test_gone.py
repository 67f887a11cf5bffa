"""GoneException (410): the application posts to connections that are gone, or not yet there."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_gone(judgement: Judgement) -> None:
    """Posts to connections that do not exist stay within the limit."""
    assert_kept(judgement)
