"""What API Gateway counts, from moto's CloudWatch."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from checks.analysis.metrics import Metric
from checks.aws.names import Api
from checks.aws.service import Service
from checks.logs.window import Window
from checks.resources.api_metrics import NAMESPACE, ApiMetrics, measure
from checks.resources.metric_data import MetricData
from checks.resources.metric_span import metric_span

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
SINCE = NOW - timedelta(hours=2)
WINDOW = Window(SINCE, NOW - timedelta(hours=1))
API = Api("abc123", "prod", None)
STAGE = {"ApiId": "abc123", "Stage": "prod"}

pytestmark = pytest.mark.usefixtures("moto")


def put(name: str, *values: float, minute: int = 5, by: Mapping[str, str] = STAGE) -> None:
    """Count something."""
    datum: dict[str, Any] = {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in by.items()],
        "Timestamp": SINCE + timedelta(minutes=minute),
        "Values": values,
        "Counts": [1.0] * len(values),
    }
    boto3.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])


def measured(window: Window = WINDOW) -> ApiMetrics:
    data = MetricData(Service("cloudwatch", None, "CloudWatch"), NAMESPACE, "metrics of API abc123")
    span = metric_span(window, NOW)
    assert span is not None
    return measure(data, API, span)


def by_name(found: ApiMetrics) -> dict[str, Metric]:
    return {metric.name: metric for metric in found.metrics}


def test_counts_and_rates() -> None:
    """Sums over the window; n of a rate is connects and messages."""
    for minute in (0, 10, 59):
        put("ConnectCount", 10, minute=minute)
    put("MessageCount", 70)
    put("IntegrationError", 4, minute=7)
    put("IntegrationError", 1, minute=8)
    metrics = by_name(found := measured())
    assert metrics["api.connects"] == Metric("api.connects", 30)
    assert metrics["api.messages"] == Metric("api.messages", 70)
    assert metrics["api.integration_errors"] == Metric("api.integration_errors", 5)
    assert metrics["api.integration_error_rate"] == Metric("api.integration_error_rate", 0.05, 100, 5)
    peak = SINCE + timedelta(minutes=7)
    assert found.peaks == dict.fromkeys(
        ["api.integration_errors", "api.integration_error_rate"],
        f"4 of 5 from {peak:%Y-%m-%d %H:%M} UTC on, the most at once",
    )


def test_no_error_is_none_with_proof_of_life() -> None:
    """CloudWatch has data of errors only where there were some."""
    put("MessageCount", 3)
    metrics = by_name(measured())
    assert [metrics[f"api.{name}_errors"].value for name in ("integration", "execution", "client")] == [0, 0, 0]
    assert metrics["api.connects"].value is None
    assert metrics["api.execution_error_rate"] == Metric("api.execution_error_rate", 0, 3, 0)


def test_silence_is_no_sample() -> None:
    """Nothing at all was counted: zero errors would be a claim."""
    found = measured()
    assert {metric.value for metric in found.metrics} == {None}
    assert found.latency_parts == 0


def test_what_lies_outside_is_not_counted() -> None:
    """The end is exclusive; another stage is another."""
    put("ConnectCount", 1, minute=-1)
    put("ConnectCount", 1, minute=60)
    put("ConnectCount", 1, by={"ApiId": "abc123", "Stage": "dev"})
    assert by_name(measured())["api.connects"].value is None


def test_routes_are_added_where_only_they_are_counted() -> None:
    """And left out where the stage is counted, too."""
    for route in ("$connect", "$default"):
        put("IntegrationError", 2, by={**STAGE, "Route": route})
        put("ConnectCount", 5, by={**STAGE, "Route": route})
    put("ConnectCount", 10)
    metrics = by_name(measured())
    assert metrics["api.integration_errors"].value == 4
    assert metrics["api.connects"].value == 10


def test_more_errors_than_cases_are_all_of_them() -> None:
    """The $disconnect route has an integration, too, and is no message: a share is never over 1."""
    put("ConnectCount", 2)
    put("ExecutionError", 3)
    assert by_name(measured())["api.execution_error_rate"] == Metric("api.execution_error_rate", 1, 2, 2)
