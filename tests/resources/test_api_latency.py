"""How long the integration takes: percentiles, which moto does not know, in answers as AWS documents them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.analysis.metrics import Metric
from checks.aws.names import Api
from checks.aws.service import Service
from checks.errors import SourceError
from checks.logs.window import Window
from checks.resources.api_metrics import NAMESPACE, ApiMetrics, measure
from checks.resources.metric_data import MetricData
from checks.resources.metric_span import metric_span
from tests.resources.recorded import Answer, Recorded, Refusal, recorded

NOW = datetime(2026, 6, 10, tzinfo=UTC)
API = Api("abc123", "prod", None)
NAME = "api.latency_p95_seconds"
NOTHING: Answer = {"Metrics": []}


def result(number: int, values: Sequence[float] = (), status: str = "Complete") -> dict[str, Any]:
    times = [(NOW - timedelta(days=1 + at)).timestamp() for at in range(len(values))]
    return {"Id": f"q{number}", "Label": "x", "Timestamps": times, "Values": values, "StatusCode": status}


COUNTS: Answer = {"MetricDataResults": [result(number) for number in range(5)]}


def measured(server: Recorded, days: float = 1) -> tuple[ApiMetrics, list[dict[str, Any]]]:
    data = MetricData(Service("cloudwatch", None, "CloudWatch"), NAMESPACE, "metrics of API abc123")
    span = metric_span(Window(NOW - timedelta(days=days), NOW - timedelta(hours=1)), NOW)
    assert span is not None
    return measure(data, API, span), server.parameters("GetMetricData")


def test_latency_is_in_seconds_with_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """One percentile for the whole window, where that is no longer than a day."""
    latency: Answer = {"MetricDataResults": [result(0, [950.0]), result(1, [120.0])]}
    with recorded(monkeypatch, {"ListMetrics": [NOTHING], "GetMetricData": [COUNTS, latency]}) as server:
        found, asked = measured(server)
    assert found.metrics[-1] == Metric(NAME, 0.95, 120)
    statistics = [
        (query["MetricStat"]["Stat"], query["MetricStat"]["Period"]) for query in asked[1]["MetricDataQueries"]
    ]
    assert statistics == [("p95", 23 * 3600), ("SampleCount", 23 * 3600)]


def test_the_slowest_part_of_a_long_window_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percentiles of parts cannot be added up, so the worst is told with its own number of calls."""
    latency: Answer = {"MetricDataResults": [result(0, [100.0, 900.0]), result(1, [50.0, 7.0])]}
    with recorded(monkeypatch, {"ListMetrics": [NOTHING], "GetMetricData": [COUNTS, latency]}) as server:
        found, asked = measured(server, days=2)
    assert found.metrics[-1] == Metric(NAME, 0.9, 7)
    assert found.latency_parts == 2
    assert asked[1]["MetricDataQueries"][0]["MetricStat"]["Period"] == 23.5 * 3600


def test_pages_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The values of a metric may go on on the next page; the last page says that they are complete."""
    first: Answer = {
        "MetricDataResults": [result(0, [3.0], "PartialData"), *(result(number) for number in range(1, 5))],
        "NextToken": "more",
    }
    rest: Answer = {"MetricDataResults": [result(0, [0.0, 4.0])]}
    latency: Answer = {"MetricDataResults": [result(0), result(1)]}
    with recorded(monkeypatch, {"ListMetrics": [NOTHING], "GetMetricData": [first, rest, latency]}) as server:
        found, asked = measured(server)
    assert found.metrics[0] == Metric("api.connects", 4)  # the later page corrects the first of its two
    assert asked[1]["NextToken"] == "more"


def test_all_dimensions_are_found_on_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """ListMetrics may have many pages."""
    stage = [{"Name": "ApiId", "Value": "abc123"}, {"Name": "Stage", "Value": "prod"}]
    route = [*stage, {"Name": "Route", "Value": "$connect"}]
    pages: list[Answer] = [
        {"Metrics": [{"Namespace": NAMESPACE, "MetricName": "ConnectCount", "Dimensions": route}], "NextToken": "more"},
        {"Metrics": [{"Namespace": NAMESPACE, "MetricName": "ConnectCount", "Dimensions": stage}]},
    ]
    latency: Answer = {"MetricDataResults": [result(0), result(1)]}
    with recorded(monkeypatch, {"ListMetrics": pages, "GetMetricData": [COUNTS, latency]}) as server:
        _, asked = measured(server)
    assert asked[0]["MetricDataQueries"][0]["MetricStat"]["Metric"]["Dimensions"] == stage


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_what_is_not_complete_is_an_error(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    """A part of a sum is no sum."""
    partial: Answer = {"MetricDataResults": [result(number, [1.0], status) for number in range(5)]}
    answers = {"ListMetrics": [NOTHING], "GetMetricData": [partial]}
    with (
        recorded(monkeypatch, answers) as server,
        pytest.raises(SourceError, match=rf"does not tell all of ConnectCount \({status}\)"),
    ):
        measured(server)


def test_a_throttled_call_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others ask CloudWatch, too."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")  # whose pauses are shorter
    latency: Answer = {"MetricDataResults": [result(0, [950.0]), result(1, [120.0])]}
    answers: dict[str, Sequence[Answer]] = {
        "ListMetrics": [Refusal("ThrottlingException", "Rate exceeded"), NOTHING],
        "GetMetricData": [COUNTS, latency],
    }
    with recorded(monkeypatch, answers) as server:
        found, _ = measured(server)
    assert found.metrics[-1].value == 0.95


def test_a_missing_permission_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where to find what to allow."""
    refusal = Refusal(
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: cloudwatch:ListMetrics because no "
        "identity-based policy allows the cloudwatch:ListMetrics action",
        403,
    )
    with recorded(monkeypatch, {"ListMetrics": [refusal]}) as server, pytest.raises(SourceError) as caught:
        measured(server)
    assert "access denied: cloudwatch:ListMetrics is missing for arn:aws:iam::123456789012:user/ci" in str(caught.value)
    assert "`python -m checks doctor` prints the least policy" in str(caught.value)
