"""A metric over the last runs."""

from collections.abc import Iterable

from checks.history.record import Record
from checks.report.trend import Point, Trend


def trend(records: Iterable[Record], metric: str) -> Trend:
    """How a metric came along in the runs that checked it.

    Args:
        records: Of one environment, the oldest first.
        metric: A key of METRICS.
    """
    checks = (record.check(metric) for record in records)
    return Trend(metric, tuple(Point(check.value, check.verdict, check.limit) for check in checks if check))
