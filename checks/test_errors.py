"""Errors: what the application reports, and whether any of it is new."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "errors.events",
    "errors.new_signatures",
)
def test_errors(judgement: Judgement) -> None:
    """Events that report an error, and new kinds of errors, stay within the limit."""
    assert_within_limit(judgement)
