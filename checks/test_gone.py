"""GoneException (410): the application posts to connections that are gone, or not yet there."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "gone.errors",
    "gone.connections",
    "gone.max_per_connection",
    "gone.welcome_errors",
    "gone.errors_per_connection",
    "gone.connection_rate",
    "gone.welcome_rate",
)
def test_gone(judgement: Judgement) -> None:
    """Posts to connections that do not exist stay within the limit."""
    assert_within_limit(judgement)
