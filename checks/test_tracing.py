"""AWS X-Ray: the functions are traced, and the traces show neither faults nor slowness."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "tracing.inactive_functions",
    "tracing.fault_rate",
    "tracing.error_rate",
    "tracing.throttle_rate",
    "tracing.response_p50_seconds",
    "tracing.response_p95_seconds",
    "tracing.response_p99_seconds",
)
def test_tracing(judgement: Judgement) -> None:
    """What the traces of the functions show stays within the limit."""
    assert_within_limit(judgement)
