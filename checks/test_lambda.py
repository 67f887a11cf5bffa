"""Invocations of the functions behind the routes: how long they take, cold starts, memory, timeouts."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "lambda.invocations",
    "lambda.duration_p50_seconds",
    "lambda.duration_p95_seconds",
    "lambda.connect_p95_seconds",
    "lambda.cold_start_rate",
    "lambda.full_memory_rate",
    "lambda.timeout_rate",
)
def test_lambda(judgement: Judgement) -> None:
    """The functions answer in time, as their REPORT lines say."""
    assert_within_limit(judgement)
