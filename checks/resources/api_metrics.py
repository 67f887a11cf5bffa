"""API Gateway's CloudWatch metrics: connects, messages, errors and latency."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from msgspec import Struct

from checks.alarms.metric_filters import WATCHED, api_address
from checks.aws.client import AwsClient
from checks.config.environment import Api
from checks.errors import SourceError
from checks.metrics import Metric
from checks.resources import Observation
from checks.window import Window, epoch_ms, from_epoch_ms

ARRIVAL: Final = timedelta(minutes=3)
"""How late metrics may arrive: API Gateway sends them every minute, and AWS documents no bound."""
_RETENTION: Final = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))
"""How far back CloudWatch keeps the values of each period, in seconds."""
_RESOLUTION: Final = ((timedelta(days=1), 60), (timedelta(days=15), 300), (timedelta.max, 3600))
"""The longest window for each period, in seconds: more than a few thousand values would show no more."""
_LONGEST: Final = timedelta(days=1)
"""The longest period that is requested."""
DataPoints: TypeAlias = Mapping[datetime, float]
"""Values by the beginning of their period; periods without data are left out."""
_TRAFFIC: Final = {one: WATCHED[one] for one in ("api.connects", "api.messages")}
_ERRORS: Final = {one: WATCHED[one] for one in ("api.integration_errors", "api.execution_errors", "api.client_errors")}
"""Counters that have data only if there were errors."""
_RATES: Final = {one: WATCHED[one].split()[0] for one in ("api.integration_error_rate", "api.execution_error_rate")}
_COUNTS: Final = (*_TRAFFIC.values(), *_ERRORS.values())
_SLOWEST: Final = "api.latency_p95_seconds"
_LATENCY: Final = WATCHED[_SLOWEST]
_STATISTICS: Final = ("p95", "SampleCount")
"""The statistics of the latency."""


class MetricSpan(Struct, frozen=True):
    """Full periods, one after the other: the window from the first to the last, and the length of each."""

    window: Window
    period_seconds: int

    @property
    def part_seconds(self) -> int:
        """The longest period that cuts the window into equal parts: percentiles of parts cannot be combined."""
        length = self.window.length
        part = length / -(-length // _LONGEST)
        return -(-part // timedelta(seconds=self.period_seconds)) * self.period_seconds


def measure(cloudwatch: AwsClient, api: Api, span: MetricSpan | None) -> Observation:
    """Read the metrics of a stage; without a span, none of them has a sample.

    The finding of each kind of error is the period with the most of them.
    """
    points = _read(cloudwatch, api, span) if span else {}
    counted = {name: points.get((name, "Sum"), {}) for name in _COUNTS}
    latencies, calls = (points.get((_LATENCY, statistic), {}) for statistic in _STATISTICS)
    parts = [(latency, round(calls[time])) for time, latency in latencies.items() if calls.get(time)]
    latency_ms, n = max(parts, default=(None, 0))
    slowest = Metric(_SLOWEST, None if latency_ms is None else latency_ms / 1000, n)
    errors = {**_ERRORS, **_RATES}
    cut = f"{_SLOWEST} is that of the slowest of {len(parts)} parts of the window"
    return Observation(
        metrics=(*_counts(counted), *_rates(counted), slowest),
        findings={name: (_peak(counted[source]),) for name, source in errors.items() if any(counted[source].values())},
        notes=(cut,) if len(parts) > 1 else (),
        window=span.window if span else None,
    )


def _read(cloudwatch: AwsClient, api: Api, span: MetricSpan) -> Mapping[tuple[str, str], DataPoints]:
    """Read the statistics of a stage's metrics, by metric and statistic."""
    periods = {
        **{(name, "Sum"): span.period_seconds for name in _COUNTS},
        **{(_LATENCY, statistic): span.part_seconds for statistic in _STATISTICS},
    }
    ids = {f"q{number}": one for number, one in enumerate(periods)}
    queries = [
        {"Id": name, "MetricStat": {"Metric": api_address(api, one[0]), "Period": periods[one], "Stat": one[1]}}
        for name, one in ids.items()
    ]
    resource = f"metrics of API {api.id}, stage {api.stage}"
    window = {"StartTime": span.window.since, "EndTime": span.window.until}
    points: dict[tuple[str, str], dict[datetime, float]] = {one: {} for one in periods}
    status: dict[str, str] = {}
    for page in cloudwatch.pages("GetMetricData", resource, "MetricDataResults", MetricDataQueries=queries, **window):
        points[ids[page["Id"]]].update(zip(page["Timestamps"], page["Values"], strict=True))
        status[page["Id"]] = page["StatusCode"]  # of several pages, the last says whether there is more
    for name, (metric, _) in ids.items():
        if (code := status.get(name, "no answer")) != "Complete":
            missing = f"CloudWatch does not return all of {metric} ({code})"
            raise SourceError(f"{resource} in {cloudwatch.region}: {missing}; run again later")
    return points


def _counts(counted: Mapping[str, DataPoints]) -> Iterator[Metric]:
    """Yield the counts. A missing count means no sample; missing errors mean 0 if connects or messages show traffic."""
    lives = any(counted[source] for source in _TRAFFIC.values())
    for name, source in {**_TRAFFIC, **_ERRORS}.items():
        has_sample = counted[source] or (lives and name in _ERRORS)
        yield Metric(name, _total(counted[source]) if has_sample else None)


def _rates(counted: Mapping[str, DataPoints]) -> Iterator[Metric]:
    """Yield the error rates. A $disconnect has an integration but is no message, so errors may outnumber the cases."""
    n = sum(_total(counted[source]) for source in _TRAFFIC.values())
    for name, source in _RATES.items():
        part = min(n, _total(counted[source]))
        yield Metric(name, part / n if n else None, n, part)


def _total(series: DataPoints) -> int:
    return round(sum(series.values()))


def _peak(series: DataPoints) -> str:
    time, most = max(series.items(), key=lambda item: (item[1], item[0]))
    return f"{round(most):,} of {_total(series):,} from {time:%Y-%m-%d %H:%M} UTC on, the peak"


def metric_span(window: Window, now: datetime) -> MetricSpan | None:
    """The full periods within a window whose metrics have arrived, or None; an error if none are kept any more."""
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
