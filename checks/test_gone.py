"""GoneException (410): the application posts to connections that are gone, or not yet there."""

from checks.judge.verdict import Judgement
from checks.plugin import assert_kept


def test_gone(judgement: Judgement) -> None:
    """Posts to connections that do not exist stay within the limit."""
    assert_kept(judgement)
