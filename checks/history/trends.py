"""A metric over the last runs."""

from collections.abc import Iterable

from checks.history.record import Record, RecordedMetric
from checks.report.trend import Point, Trend


def trend(records: Iterable[Record], metric: str) -> Trend:
    """How a metric came along, with its limit and verdict in each run.

    Args:
        records: Of one environment, the oldest first.
        metric: A key of METRICS.
    """
    return Trend(metric, tuple(_point(record, metric) for record in records))


def _point(record: Record, metric: str) -> Point:
    measured, check = record.metrics.get(metric, RecordedMetric(None, None)), record.check(metric)
    return Point(
        time=record.started,
        value=measured.value,
        n=measured.n,
        verdict=check.verdict if check else None,
        limit=check.limit if check else None,
    )
