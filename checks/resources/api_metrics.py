"""API Gateway's CloudWatch metrics: connects, messages, errors and latency."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from checks.aws.client import AwsClient
from checks.config.environment import Api
from checks.errors import SourceError
from checks.metrics import Metric
from checks.window import Window, epoch_ms, from_epoch_ms

ARRIVAL: Final = timedelta(minutes=3)
"""API Gateway sends its metrics every minute, and they are visible a little later; AWS documents no bound."""

_RETENTION: Final = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))
"""How far back CloudWatch keeps values of which period, in seconds."""

_RESOLUTION: Final = ((timedelta(days=1), 60), (timedelta(days=15), 300), (timedelta.max, 3600))
"""How long a window may be for a period, in seconds: some thousand values tell as much as more would."""

_LONGEST: Final = timedelta(days=1)
"""Of a single period."""

MOST_QUERIES: Final = 500
"""That one call of GetMetricData takes."""

Dimensions: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, ordered by name."""

DataPoints: TypeAlias = Mapping[datetime, float]
"""Values by the beginning of their period; periods without data are left out."""

NAMESPACE: Final = "AWS/ApiGateway"

_CONNECTS: Final = "ConnectCount"

_MESSAGES: Final = "MessageCount"

_ERRORS: Final[Mapping[str, str]] = {
    "api.integration_errors": "IntegrationError",
    "api.execution_errors": "ExecutionError",
    "api.client_errors": "ClientError",
}
"""Has data only where there were errors."""

_RATES: Final[Mapping[str, str]] = {
    "api.integration_error_rate": "IntegrationError",
    "api.execution_error_rate": "ExecutionError",
}

_COUNTS: Final = (_CONNECTS, _MESSAGES, *_ERRORS.values())

_LATENCY: Final = "IntegrationLatency"

_SLOWEST: Final = "api.latency_p95_seconds"

_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class MetricSpan:
    """Full periods, one after the other.

    Attributes:
        window: From the beginning of the first to the end of the last.
        period_seconds: The length of each.
    """

    window: Window
    period_seconds: int

    @property
    def part_seconds(self) -> int:
        """The longest period that cuts the window into equal parts: percentiles of parts cannot be added up."""
        length = self.window.until - self.window.since
        part = length / -(-length // _LONGEST)
        return -(-part // timedelta(seconds=self.period_seconds)) * self.period_seconds


@dataclass(frozen=True, slots=True)
class Query:
    """A statistic of a metric.

    Attributes:
        metric: Its name.
        dimensions: All that it is kept by.
        statistic: As the API names it: `Sum`, `p95`.
        period_seconds: What each value is about.
    """

    metric: str
    dimensions: Dimensions
    statistic: str
    period_seconds: int


@dataclass(frozen=True, slots=True)
class MetricData:
    """The metrics of a namespace.

    Attributes:
        cloudwatch: The service.
        namespace: As the API names it: `AWS/ApiGateway`.
        resource: What the metrics are about, for an error's text.
    """

    cloudwatch: AwsClient
    namespace: str
    resource: str

    def dimensions(self, common: Dimensions) -> Mapping[str, list[Dimensions]]:
        """By metric, the fewest dimensions that it is kept by, beside the common ones.

        A metric without data for two weeks is not listed; it is taken to be kept by the common ones.
        """
        filters = [{"Name": name, "Value": value} for name, value in common]
        parameters = {"Namespace": self.namespace, "Dimensions": filters}
        listed: defaultdict[str, set[Dimensions]] = defaultdict(set)
        for metric in self.cloudwatch.pages("ListMetrics", self.resource, "Metrics", **parameters):
            listed[metric["MetricName"]].add(tuple(sorted((one["Name"], one["Value"]) for one in metric["Dimensions"])))
        return {name: sorted(one for one in sets if len(one) == min(map(len, sets))) for name, sets in listed.items()}

    def series(self, queries: Sequence[Query], window: Window) -> list[DataPoints]:
        """The values of each query.

        Raises:
            SourceError: CloudWatch does not tell, or not all of them.
        """
        series: list[DataPoints] = []
        for first in range(0, len(queries), MOST_QUERIES):
            series += self._batch(queries[first : first + MOST_QUERIES], window)
        return series

    def _batch(self, queries: Sequence[Query], window: Window) -> list[DataPoints]:
        parameters = {
            "MetricDataQueries": [self._parameters(f"q{number}", query) for number, query in enumerate(queries)],
            "StartTime": window.since,
            "EndTime": window.until,
        }
        values: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
        status: dict[str, str] = {}
        for page in self.cloudwatch.pages("GetMetricData", self.resource, "MetricDataResults", **parameters):
            values[page["Id"]].update(zip(page["Timestamps"], page["Values"], strict=True))
            status[page["Id"]] = page["StatusCode"]  # of several pages, the last says whether there is more
        for number, query in enumerate(queries):
            if (code := status.get(f"q{number}", "no answer")) != "Complete":
                raise SourceError(
                    f"{self.resource} in {self.cloudwatch.region}: CloudWatch does not return all of {query.metric} "
                    f"({code}); run again later"
                )
        return [values[f"q{number}"] for number in range(len(queries))]

    def _parameters(self, name: str, query: Query) -> dict[str, Any]:
        metric = {
            "Namespace": self.namespace,
            "MetricName": query.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions],
        }
        statistic = {"Metric": metric, "Period": query.period_seconds, "Stat": query.statistic}
        return {"Id": name, "MetricStat": statistic}


@dataclass(frozen=True, slots=True)
class ApiMetrics:
    """The metrics of a stage.

    Attributes:
        metrics: Those of the catalogue.
        peaks: By metric, when most errors of a period were counted, in a sentence; only where there were any.
        latency_parts: Into how many parts the window was cut for the percentile, which is that of the slowest.
    """

    metrics: tuple[Metric, ...]
    peaks: Mapping[str, str]
    latency_parts: int


def measure(data: MetricData, api: Api, span: MetricSpan) -> ApiMetrics:
    """Read the metrics of a stage.

    Raises:
        SourceError: CloudWatch does not tell.
    """
    stage: Dimensions = (("ApiId", api.id), ("Stage", api.stage))
    dimensions = data.dimensions(stage)
    counted = _counted(data, span, {name: dimensions.get(name, [stage]) for name in _COUNTS})
    slowest, parts = _slowest(data, span, dimensions.get(_LATENCY, [stage]))
    errors = {**_ERRORS, **_RATES}
    return ApiMetrics(
        metrics=(*_counts(counted), *_rates(counted), slowest),
        peaks={name: _peak(counted[source]) for name, source in errors.items() if any(counted[source].values())},
        latency_parts=parts,
    )


def no_metrics() -> ApiMetrics:
    """The metrics of no time at all: there is no sample of anything."""
    silence: Mapping[str, DataPoints] = {name: {} for name in _COUNTS}
    return ApiMetrics((*_counts(silence), *_rates(silence), Metric(_SLOWEST, None, 0)), {}, 0)


def _counted(data: MetricData, span: MetricSpan, dimensions: Mapping[str, list[Dimensions]]) -> dict[str, DataPoints]:
    """The sums of each metric, period by period, over all dimensions that it is kept by."""
    queries = [Query(name, one, "Sum", span.period_seconds) for name, several in dimensions.items() for one in several]
    results = list(zip(queries, data.series(queries, span.window), strict=True))
    return {name: _added([series for query, series in results if query.metric == name]) for name in dimensions}


def _added(several: Sequence[DataPoints]) -> DataPoints:
    times = sorted({time for series in several for time in series})
    return {time: sum(series.get(time, 0) for series in several) for time in times}


def _counts(counted: Mapping[str, DataPoints]) -> tuple[Metric, ...]:
    """Nothing counted is no sample; of errors it is none, where connects or messages prove that there is life."""
    lives = bool(counted[_CONNECTS] or counted[_MESSAGES])
    traffic = {"api.connects": _CONNECTS, "api.messages": _MESSAGES}
    return (
        *(Metric(name, _total(counted[source]) if counted[source] else None) for name, source in traffic.items()),
        *(
            Metric(name, _total(counted[source]) if counted[source] or lives else None)
            for name, source in _ERRORS.items()
        ),
    )


def _rates(counted: Mapping[str, DataPoints]) -> tuple[Metric, ...]:
    """$disconnect is no message but has an integration, too, so there may be a few more errors than cases."""
    n = _total(counted[_CONNECTS]) + _total(counted[_MESSAGES])
    parts = {name: min(n, _total(counted[source])) for name, source in _RATES.items()}
    return tuple(Metric(name, part / n if n else None, n, part) for name, part in parts.items())


def _slowest(data: MetricData, span: MetricSpan, several: list[Dimensions]) -> tuple[Metric, int]:
    """The worst 95th percentile of the parts of the window, its number of calls, and how many parts there are."""
    queries = [
        Query(_LATENCY, dimensions, statistic, span.part_seconds)
        for dimensions in several
        for statistic in ("p95", "SampleCount")
    ]
    series = data.series(queries, span.window)
    parts = [
        (latency, round(calls[time]))
        for latencies, calls in zip(series[::2], series[1::2], strict=True)
        for time, latency in latencies.items()
        if calls.get(time)
    ]
    if not parts:
        return Metric(_SLOWEST, None, 0), 0
    latency, n = max(parts)
    return Metric(_SLOWEST, latency / _MS, n), len(parts)


def _total(series: DataPoints) -> int:
    return round(sum(series.values()))


def _peak(series: DataPoints) -> str:
    time, most = max(series.items(), key=lambda item: (item[1], item[0]))
    return f"{round(most):,} of {_total(series):,} from {time:%Y-%m-%d %H:%M} UTC on, the most at once"


def metric_span(window: Window, now: datetime) -> MetricSpan | None:
    """Find the full periods within a window for which metrics are kept and have arrived; None where there is none.

    Args:
        window: What is judged.
        now: When the run began.

    Raises:
        SourceError: They are no longer kept.
    """
    age, length = now - window.since, window.until - window.since
    finest = next((seconds for longest, seconds in _RETENTION if age < longest), None)
    if finest is None:
        raise SourceError(
            f"CloudWatch keeps metrics for {_RETENTION[-1][0].days} days; ask for a later window (--since)"
        )
    period = max(finest, next(seconds for longest, seconds in _RESOLUTION if length <= longest))
    period_ms = period * 1000
    since = from_epoch_ms(-(-window.since_ms // period_ms) * period_ms)
    until = from_epoch_ms(epoch_ms(min(window.until, now - ARRIVAL)) // period_ms * period_ms)
    return MetricSpan(Window(since, until), period) if since < until else None
