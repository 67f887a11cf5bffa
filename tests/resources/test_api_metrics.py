"""API Gateway's own counts, from moto's CloudWatch."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.aws.client import AwsClient
from checks.config.environment import Api
from checks.errors import SourceError
from checks.metrics import Metric
from checks.resources import Observation
from checks.resources.api_metrics import ARRIVAL, MetricSpan, measure, metric_span
from checks.window import Window
from tests.resources.recorded import Answer, Recorded, Refusal, recorded

NOW = datetime.now(UTC).replace(second=0, microsecond=0)

SINCE = NOW - timedelta(hours=2)

WINDOW = Window(SINCE, NOW - timedelta(hours=1))

API = Api("abc123", "prod", None)

STAGE = {"ApiId": "abc123", "Stage": "prod"}

pytestmark = pytest.mark.usefixtures("moto")


def put(name: str, *values: float, minute: int = 5, by: Mapping[str, str] = STAGE) -> None:
    """Put a count into CloudWatch."""
    datum: dict[str, Any] = {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in by.items()],
        "Timestamp": SINCE + timedelta(minutes=minute),
        "Values": values,
        "Counts": [1.0] * len(values),
    }
    boto3.client("cloudwatch").put_metric_data(Namespace="AWS/ApiGateway", MetricData=[datum])


def measured(window: Window = WINDOW) -> Observation:
    return measure(AwsClient("cloudwatch", None), API, metric_span(window, NOW))


def by_name(counted: Observation) -> dict[str, Metric]:
    return {metric.name: metric for metric in counted.metrics}


def test_counts_and_rates() -> None:
    """Counts are sums over the window; n of a rate is connects and messages."""
    for minute in (0, 10, 59):
        put("ConnectCount", 10, minute=minute)
    put("MessageCount", 70)
    put("IntegrationError", 4, minute=7)
    put("IntegrationError", 1, minute=8)
    metrics = by_name(counted := measured())
    assert metrics["api.connects"] == Metric("api.connects", 30)
    assert metrics["api.messages"] == Metric("api.messages", 70)
    assert metrics["api.integration_errors"] == Metric("api.integration_errors", 5)
    assert metrics["api.integration_error_rate"] == Metric("api.integration_error_rate", 0.05, 100, 5)
    peak = SINCE + timedelta(minutes=7)
    assert counted.findings == dict.fromkeys(
        ["api.integration_errors", "api.integration_error_rate"],
        (f"4 of 5 from {peak:%Y-%m-%d %H:%M} UTC on, the peak",),
    )


def test_no_error_is_none_with_proof_of_life() -> None:
    """CloudWatch has error data only for errors, so connects or messages must be there."""
    put("MessageCount", 3)
    metrics = by_name(measured())
    assert [metrics[f"api.{name}_errors"].value for name in ("integration", "execution", "client")] == [0, 0, 0]
    assert metrics["api.connects"].value is None
    assert metrics["api.execution_error_rate"] == Metric("api.execution_error_rate", 0, 3, 0)


def test_silence_is_no_sample() -> None:
    """If nothing at all was counted, zero errors would be only a claim."""
    counted = measured()
    assert {metric.value for metric in counted.metrics} == {None}
    assert counted.notes == ()


def test_what_lies_outside_is_not_counted() -> None:
    """The end is exclusive, and another stage does not count."""
    put("ConnectCount", 1, minute=-1)
    put("ConnectCount", 1, minute=60)
    put("ConnectCount", 1, by={"ApiId": "abc123", "Stage": "dev"})
    assert by_name(measured())["api.connects"].value is None


def test_more_errors_than_cases_are_all_of_them() -> None:
    """$disconnect calls the integration but is not a message; still, a share is never over 1."""
    put("ConnectCount", 2)
    put("ExecutionError", 3)
    assert by_name(measured())["api.execution_error_rate"] == Metric("api.execution_error_rate", 1, 2, 2)


SPAN_NOW = datetime(2026, 6, 20, 12, 34, 56, tzinfo=UTC)

DAY = timedelta(days=1)


def span_of(window: Window) -> MetricSpan:
    span = metric_span(window, SPAN_NOW)
    assert span is not None
    return span


def ago(since: timedelta, until: timedelta = timedelta()) -> Window:
    return Window(SPAN_NOW - since, SPAN_NOW - until)


@pytest.mark.parametrize(
    ("window", "period"),
    [
        (ago(DAY), 60),
        (ago(1.5 * DAY), 300),
        (ago(14 * DAY, 13 * DAY), 60),
        (ago(16 * DAY, 15 * DAY), 300),
        (ago(64 * DAY, 63 * DAY), 3600),
        (ago(30 * DAY), 3600),
    ],
)
def test_the_period_follows_from_age_and_length(window: Window, period: int) -> None:
    """Minutes are kept 15 days, five minutes 63; a long window takes longer periods."""
    assert span_of(window).period_seconds == period


def test_the_newest_are_left_out() -> None:
    """They have not arrived yet."""
    assert span_of(ago(DAY)).window.until == datetime(2026, 6, 20, 12, 31, tzinfo=UTC)


def test_a_window_in_the_past_is_taken_to_its_end() -> None:
    """All of it has arrived."""
    window = Window(datetime(2026, 6, 19, 1, tzinfo=UTC), datetime(2026, 6, 19, 2, tzinfo=UTC))
    assert span_of(window).window == window


@pytest.mark.parametrize("window", [ago(timedelta(minutes=3)), ago(timedelta(hours=1, seconds=20), timedelta(hours=1))])
def test_nothing_is_left_of_a_short_window(window: Window) -> None:
    """It has no metrics yet."""
    assert metric_span(window, SPAN_NOW) is None


def test_metrics_expire() -> None:
    """After 455 days there are none to judge."""
    with pytest.raises(SourceError, match="keeps metrics for 455 days"):
        metric_span(ago(456 * DAY, 455 * DAY), SPAN_NOW)


@given(
    st.timedeltas(min_value=timedelta(), max_value=400 * DAY),
    st.timedeltas(min_value=timedelta(hours=3), max_value=50 * DAY),
)
def test_periods_are_full_and_inside(age: timedelta, length: timedelta) -> None:
    """No moment outside the window is judged, and less than a period is lost at each edge."""
    window = Window(SPAN_NOW - age - length, SPAN_NOW - age)
    span = span_of(window)
    period = timedelta(seconds=span.period_seconds)
    assert window.since <= span.window.since < window.since + period
    end = min(window.until, SPAN_NOW - ARRIVAL)
    assert end - period < span.window.until <= end
    assert not (span.window.until - span.window.since) % period
    assert span.part_seconds <= DAY.total_seconds()
    assert span.part_seconds % span.period_seconds == 0


LATENCY_NOW = datetime(2026, 6, 10, tzinfo=UTC)

NAME = "api.latency_p95_seconds"


def result(number: int, values: Sequence[float] = (), status: str = "Complete") -> dict[str, Any]:
    times = [(LATENCY_NOW - timedelta(days=1 + at)).timestamp() for at in range(len(values))]
    return {"Id": f"q{number}", "Label": "x", "Timestamps": times, "Values": values, "StatusCode": status}


def with_latency(milliseconds: Sequence[float] = (), calls: Sequence[float] = ()) -> Answer:
    """Return an answer with latencies, but without counts."""
    counts = [result(number) for number in range(5)]
    return {"MetricDataResults": [*counts, result(5, milliseconds), result(6, calls)]}


def measured_latency(server: Recorded, days: float = 1) -> tuple[Observation, list[dict[str, Any]]]:
    window = Window(LATENCY_NOW - timedelta(days=days), LATENCY_NOW - timedelta(hours=1))
    span = metric_span(window, LATENCY_NOW)
    return measure(AwsClient("cloudwatch", None), API, span), server.parameters("GetMetricData")


def test_latency_is_in_seconds_with_its_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one percentile for the whole window, if that is at most a day."""
    with recorded(monkeypatch, {"GetMetricData": [with_latency([950.0], [120.0])]}) as server:
        counted, [request] = measured_latency(server)
    assert counted.metrics[-1] == Metric(NAME, 0.95, 120)
    queries = request["MetricDataQueries"][5:]
    statistics = [(query["MetricStat"]["Stat"], query["MetricStat"]["Period"]) for query in queries]
    assert statistics == [("p95", 23 * 3600), ("SampleCount", 23 * 3600)]


def test_the_slowest_part_of_a_long_window_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percentiles don't add up, so the worst part counts, with its own number of calls."""
    with recorded(monkeypatch, {"GetMetricData": [with_latency([100.0, 900.0], [50.0, 7.0])]}) as server:
        counted, [request] = measured_latency(server, days=2)
    assert counted.metrics[-1] == Metric(NAME, 0.9, 7)
    assert counted.notes == ("api.latency_p95_seconds is that of the slowest of 2 parts of the window",)
    assert request["MetricDataQueries"][5]["MetricStat"]["Period"] == 23.5 * 3600


def test_pages_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A metric's values may continue on the next page; the last page says that they are complete."""
    first: Answer = {
        "MetricDataResults": [result(0, [3.0], "PartialData"), *(result(number) for number in range(1, 7))],
        "NextToken": "more",
    }
    rest: Answer = {"MetricDataResults": [result(0, [0.0, 4.0])]}
    with recorded(monkeypatch, {"GetMetricData": [first, rest]}) as server:
        counted, requests = measured_latency(server)
    assert counted.metrics[0] == Metric("api.connects", 4)  # the later page corrects the first of its two
    assert requests[1]["NextToken"] == "more"


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_what_is_not_complete_is_an_error(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    """A part of a sum is not a sum."""
    partial: Answer = {"MetricDataResults": [result(number, [1.0], status) for number in range(7)]}
    with (
        recorded(monkeypatch, {"GetMetricData": [partial]}) as server,
        pytest.raises(SourceError, match=rf"does not return all of ConnectCount \({status}\)"),
    ):
        measured_latency(server)


def test_a_throttled_call_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others use CloudWatch, too."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")  # whose pauses are shorter
    throttled = Refusal("ThrottlingException", "Rate exceeded")
    with recorded(monkeypatch, {"GetMetricData": [throttled, with_latency([950.0], [120.0])]}) as server:
        counted, _ = measured_latency(server)
    assert counted.metrics[-1].value == 0.95


def test_a_missing_permission_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error also says where to find what to allow."""
    refusal = Refusal(
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: cloudwatch:GetMetricData because no "
        "identity-based policy allows the cloudwatch:GetMetricData action",
        403,
    )
    with recorded(monkeypatch, {"GetMetricData": [refusal]}) as server, pytest.raises(SourceError) as caught:
        measured_latency(server)
    assert "access denied: cloudwatch:GetMetricData is missing for arn:aws:iam::123456789012:user/ci" in str(
        caught.value
    )
    assert "`websocket-health-checks doctor -E NAME --policy` prints the minimum IAM policy" in str(caught.value)
