"""Errors: what the application reports, and whether any of it is new."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_errors(judgement: Judgement) -> None:
    """Events that report an error, and kinds of errors that are new, stay within the limit."""
    assert_kept(judgement)
