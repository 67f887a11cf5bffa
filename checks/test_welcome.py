"""Welcome messages: delivered, failed, tried again."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_welcome(judgement: Judgement) -> None:
    """Those who connect are greeted."""
    assert_kept(judgement)
