"""Errors: what the application reports, and whether any of it is new."""

from checks.judge.verdict import Judgement
from checks.plugin import assert_kept


def test_errors(judgement: Judgement) -> None:
    """Events that report an error, and kinds of errors that are new, stay within the limit."""
    assert_kept(judgement)
