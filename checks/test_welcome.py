"""Welcome messages: delivered, failed, tried again."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "welcome.events",
    "welcome.sent",
    "welcome.failed",
    "welcome.retries",
    "welcome.failure_rate",
    "welcome.average_retries",
    "welcome.undelivered_rate",
    "welcome.delay_p50_seconds",
    "welcome.delay_p95_seconds",
)
def test_welcome(judgement: Judgement) -> None:
    """Those who connect are greeted."""
    assert_within_limit(judgement)
