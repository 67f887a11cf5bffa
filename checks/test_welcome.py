"""Welcome messages: delivered, failed, tried again."""

from checks.judge.verdict import Judgement
from checks.plugin import assert_kept


def test_welcome(judgement: Judgement) -> None:
    """Those who connect are greeted."""
    assert_kept(judgement)
