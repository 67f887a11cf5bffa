"""API Gateway: what it counted itself, and whether the logs agree."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "api.connects",
    "api.messages",
    "api.integration_errors",
    "api.integration_error_rate",
    "api.execution_errors",
    "api.execution_error_rate",
    "api.client_errors",
    "api.latency_p95_seconds",
    "api.connect_mismatch_rate",
    "api.blind_spots",
)
def test_api(judgement: Judgement) -> None:
    """What API Gateway counts, and how its stage is set, stay within the limit."""
    assert_within_limit(judgement)
