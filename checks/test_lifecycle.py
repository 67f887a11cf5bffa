"""The lives of connections: opened, closed, lost, too short."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "lifecycle.events",
    "lifecycle.complete",
    "lifecycle.open",
    "lifecycle.incomplete",
    "lifecycle.incomplete_rate",
    "lifecycle.short_lived",
    "lifecycle.short_lived_rate",
    "lifecycle.median_duration_seconds",
)
def test_lifecycle(judgement: Judgement) -> None:
    """Connections open, last and close as they should."""
    assert_within_limit(judgement)
