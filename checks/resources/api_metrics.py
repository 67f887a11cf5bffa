"""What API Gateway counts itself: connects, messages, errors, and how long the integration takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from checks.analysis.metrics import Metric
from checks.aws.names import Api
from checks.resources.metric_data import Dimensions, MetricData, Query, Series
from checks.resources.metric_span import MetricSpan

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
class ApiMetrics:
    """What was counted.

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


def nothing() -> ApiMetrics:
    """What is counted in no time at all: there is no sample of anything."""
    silence: Mapping[str, Series] = {name: {} for name in _COUNTS}
    return ApiMetrics((*_counts(silence), *_rates(silence), Metric(_SLOWEST, None, 0)), {}, 0)


def _counted(data: MetricData, span: MetricSpan, kept_by: Mapping[str, list[Dimensions]]) -> dict[str, Series]:
    """The sums of each metric, period by period, over all dimensions that it is kept by."""
    queries = [Query(name, one, "Sum", span.period_seconds) for name, several in kept_by.items() for one in several]
    found = list(zip(queries, data.series(queries, span.window), strict=True))
    return {name: _added([series for query, series in found if query.metric == name]) for name in kept_by}


def _added(several: Sequence[Series]) -> Series:
    times = sorted({time for series in several for time in series})
    return {time: sum(series.get(time, 0) for series in several) for time in times}


def _counts(counted: Mapping[str, Series]) -> tuple[Metric, ...]:
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


def _rates(counted: Mapping[str, Series]) -> tuple[Metric, ...]:
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


def _total(series: Series) -> int:
    return round(sum(series.values()))


def _peak(series: Series) -> str:
    time, most = max(series.items(), key=lambda item: (item[1], item[0]))
    return f"{round(most):,} of {_total(series):,} from {time:%Y-%m-%d %H:%M} UTC on, the most at once"
