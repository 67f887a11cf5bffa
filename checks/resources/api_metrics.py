"""API Gateway's CloudWatch metrics: connects, messages, errors and latency."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from msgspec import Struct

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
_MOST_QUERIES: Final = 500
"""That one call of GetMetricData takes."""
Dimensions: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, ordered by name."""
DataPoints: TypeAlias = Mapping[datetime, float]
"""Values by the beginning of their period; periods without data are left out."""
NAMESPACE: Final = "AWS/ApiGateway"
_TRAFFIC: Final = {"api.connects": "ConnectCount", "api.messages": "MessageCount"}

_ERRORS: Final = {
    "api.integration_errors": "IntegrationError",
    "api.execution_errors": "ExecutionError",
    "api.client_errors": "ClientError",
}
"""Has data only where there were errors."""

_RATES: Final = {"api.integration_error_rate": "IntegrationError", "api.execution_error_rate": "ExecutionError"}
_COUNTS: Final = (*_TRAFFIC.values(), *_ERRORS.values())
_LATENCY: Final = "IntegrationLatency"
_SLOWEST: Final = "api.latency_p95_seconds"


class MetricSpan(Struct, frozen=True):
    """Full periods, one after the other: the window from the first to the last, and the length of each."""

    window: Window
    period_seconds: int

    @property
    def part_seconds(self) -> int:
        """The longest period that cuts the window into equal parts: percentiles of parts cannot be added up."""
        length = self.window.length
        part = length / -(-length // _LONGEST)
        return -(-part // timedelta(seconds=self.period_seconds)) * self.period_seconds


class ApiMetrics(Struct, frozen=True):
    """The metrics of a stage.

    Attributes:
        peaks: By metric, when most errors of a period were counted, in a sentence; only where there were any.
        latency_parts: Into how many parts the window was cut for the percentile, which is that of the slowest.
    """

    metrics: tuple[Metric, ...]
    peaks: Mapping[str, str]
    latency_parts: int


def measure(cloudwatch: AwsClient, api: Api, span: MetricSpan | None) -> ApiMetrics:
    """Read the metrics of a stage; of no time at all, there is no sample of anything.

    Raises:
        SourceError: CloudWatch does not tell, or not all of them.
    """
    counted: Mapping[str, DataPoints] = {name: {} for name in _COUNTS}
    slowest, parts = Metric(_SLOWEST, None, 0), 0
    if span:
        reader = _MetricReader(cloudwatch, f"metrics of API {api.id}, stage {api.stage}", span)
        own: Dimensions = (("ApiId", api.id), ("Stage", api.stage))
        dimensions = reader.dimensions(own)
        counted = reader.sums({name: dimensions.get(name, [own]) for name in _COUNTS})
        slowest, parts = reader.slowest(dimensions.get(_LATENCY, [own]))
    errors = {**_ERRORS, **_RATES}
    return ApiMetrics(
        metrics=(*_counts(counted), *_rates(counted), slowest),
        peaks={name: _peak(counted[source]) for name, source in errors.items() if any(counted[source].values())},
        latency_parts=parts,
    )


class _MetricReader(Struct, frozen=True):
    """Reads the metrics of a stage from CloudWatch, in full periods."""

    cloudwatch: AwsClient
    resource: str
    span: MetricSpan

    def dimensions(self, common: Dimensions) -> Mapping[str, list[Dimensions]]:
        """By metric, the fewest dimensions that it is kept by, beside the common ones.

        A metric without data for two weeks is not listed; it is taken to be kept by the common ones.
        """
        filters = {"Namespace": NAMESPACE, "Dimensions": [{"Name": name, "Value": value} for name, value in common]}
        listed: defaultdict[str, set[Dimensions]] = defaultdict(set)
        for metric in self.cloudwatch.pages("ListMetrics", self.resource, "Metrics", **filters):
            listed[metric["MetricName"]].add(tuple(sorted((one["Name"], one["Value"]) for one in metric["Dimensions"])))
        return {name: sorted(one for one in sets if len(one) == min(map(len, sets))) for name, sets in listed.items()}

    def sums(self, dimensions: Mapping[str, list[Dimensions]]) -> Mapping[str, DataPoints]:
        """The sums of each metric, period by period, over all dimensions that it is kept by."""
        pairs = [(name, one) for name, several in dimensions.items() for one in several]
        series = self._series([_statistic(*one, "Sum", self.span.period_seconds) for one in pairs])
        sums: dict[str, Counter[datetime]] = {name: Counter() for name in dimensions}
        for (name, _), points in zip(pairs, series, strict=True):
            sums[name].update(points)
        return sums

    def slowest(self, several: list[Dimensions]) -> tuple[Metric, int]:
        """The worst 95th percentile of the parts of the window, its number of calls, and how many parts there are."""
        pairs = [(one, statistic) for one in several for statistic in ("p95", "SampleCount")]
        series = self._series([_statistic(_LATENCY, *one, self.span.part_seconds) for one in pairs])
        parts = [
            (latency, round(calls[time]))
            for latencies, calls in zip(series[::2], series[1::2], strict=True)
            for time, latency in latencies.items()
            if calls.get(time)
        ]
        if not parts:
            return Metric(_SLOWEST, None, 0), 0
        latency_ms, n = max(parts)
        return Metric(_SLOWEST, latency_ms / 1000, n), len(parts)

    def _series(self, statistics: Sequence[dict[str, Any]]) -> list[DataPoints]:
        series: list[DataPoints] = []
        for first in range(0, len(statistics), _MOST_QUERIES):
            series += self._batch(statistics[first : first + _MOST_QUERIES])
        return series

    def _batch(self, statistics: Sequence[dict[str, Any]]) -> list[DataPoints]:
        names = [f"q{number}" for number in range(len(statistics))]
        queries = [{"Id": name, "MetricStat": one} for name, one in zip(names, statistics, strict=True)]
        window = {"StartTime": self.span.window.since, "EndTime": self.span.window.until}
        values: defaultdict[str, dict[datetime, float]] = defaultdict(dict)
        status: dict[str, str] = {}
        for page in self.cloudwatch.pages(
            "GetMetricData", self.resource, "MetricDataResults", MetricDataQueries=queries, **window
        ):
            values[page["Id"]].update(zip(page["Timestamps"], page["Values"], strict=True))
            status[page["Id"]] = page["StatusCode"]  # of several pages, the last says whether there is more
        for name, one in zip(names, statistics, strict=True):
            if (code := status.get(name, "no answer")) != "Complete":
                raise SourceError(
                    f"{self.resource} in {self.cloudwatch.region}: CloudWatch does not return all of "
                    f"{one['Metric']['MetricName']} ({code}); run again later"
                )
        return [values[name] for name in names]


def _statistic(metric: str, dimensions: Dimensions, statistic: str, period_seconds: int) -> dict[str, Any]:
    """A statistic of a metric as the API names it."""
    pairs = [{"Name": name, "Value": value} for name, value in dimensions]
    address = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": pairs}
    return {"Metric": address, "Period": period_seconds, "Stat": statistic}


def _counts(counted: Mapping[str, DataPoints]) -> Iterator[Metric]:
    """Nothing counted is no sample; of errors it is none, where connects or messages prove that there is life."""
    lives = any(counted[source] for source in _TRAFFIC.values())
    for name, source in {**_TRAFFIC, **_ERRORS}.items():
        has_sample = counted[source] or (lives and name in _ERRORS)
        yield Metric(name, _total(counted[source]) if has_sample else None)


def _rates(counted: Mapping[str, DataPoints]) -> Iterator[Metric]:
    """$disconnect is no message but has an integration, too, so there may be a few more errors than cases."""
    n = sum(_total(counted[source]) for source in _TRAFFIC.values())
    for name, source in _RATES.items():
        part = min(n, _total(counted[source]))
        yield Metric(name, part / n if n else None, n, part)


def _total(series: DataPoints) -> int:
    return round(sum(series.values()))


def _peak(series: DataPoints) -> str:
    time, most = max(series.items(), key=lambda item: (item[1], item[0]))
    return f"{round(most):,} of {_total(series):,} from {time:%Y-%m-%d %H:%M} UTC on, the most at once"


def metric_span(window: Window, now: datetime) -> MetricSpan | None:
    """Find the full periods within a window for which metrics are kept and have arrived; None where there is none.

    Raises:
        SourceError: They are no longer kept.
    """
    age, length = now - window.since, window.length
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
