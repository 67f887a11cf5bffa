"""The time that CloudWatch is asked about: the full periods of its metrics within a window."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from checks.errors import SourceError
from checks.logs.window import Window, epoch_ms, from_epoch_ms

ARRIVAL: Final = timedelta(minutes=3)
"""API Gateway sends its metrics every minute, and they are visible a little later; AWS documents no bound."""

_RETENTION: Final = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))
"""How far back CloudWatch keeps values of which period, in seconds."""
_RESOLUTION: Final = ((timedelta(days=1), 60), (timedelta(days=15), 300), (timedelta.max, 3600))
"""How long a window may be for a period, in seconds: some thousand values tell as much as more would."""
_LONGEST: Final = timedelta(days=1)
"""Of a single period."""


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


def metric_span(window: Window, now: datetime) -> MetricSpan | None:
    """Find the full periods within a window for which metrics are kept and have arrived; None where there is none.

    Args:
        window: What is judged.
        now: When the run began.

    Raises:
        SourceError: They are no longer kept.
    """
    age, length = now - window.since, window.until - window.since
    kept = next((seconds for longest, seconds in _RETENTION if age < longest), None)
    if kept is None:
        raise SourceError(
            f"CloudWatch keeps metrics for {_RETENTION[-1][0].days} days; ask for a later window (--since)"
        )
    period = max(kept, next(seconds for longest, seconds in _RESOLUTION if length <= longest))
    period_ms = period * 1000
    since = from_epoch_ms(-(-window.since_ms // period_ms) * period_ms)
    until = from_epoch_ms(epoch_ms(min(window.until, now - ARRIVAL)) // period_ms * period_ms)
    return MetricSpan(Window(since, until), period) if since < until else None
