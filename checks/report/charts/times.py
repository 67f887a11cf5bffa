"""Round times for an axis, and how times are written, in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import Final

_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_PARTS_OF_A_DAY: Final = (
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12)),
)

_MOST_SHORT: Final = 6
"""How many of `07:00` or `06-02` find room beside each other on a phone."""

_MOST_LONG: Final = 3
"""How many of `06-02 07:00` do."""


def round_steps() -> Iterator[timedelta]:
    """The distances between round times, from a minute up."""
    return chain(_PARTS_OF_A_DAY, (factor * 10**power * _DAY for power in count() for factor in (1, 2, 5)))


@dataclass(frozen=True, slots=True)
class Span:
    """The time that an axis stands for, in UTC.

    Attributes:
        since: Where it begins.
        until: Where it ends.
        has_seconds: Whether minutes are too coarse to tell its parts from each other.
    """

    since: datetime
    until: datetime
    has_seconds: bool = False

    def share(self, at: datetime) -> float:
        """How far into the span a time is: 0 at its beginning, 1 at its end."""
        return (at - self.since) / (self.until - self.since)

    def show(self, at: datetime) -> str:
        """A time in the span, with its day where the span is longer than a day."""
        return f"{at.astimezone(UTC):{self._minute_format}{':%S' if self.has_seconds else ''}}"

    def ticks(self) -> dict[datetime, str]:
        """Round times with their labels, in order; the beginning where there is no round time."""
        step, times = next((step, times) for step in round_steps() if (times := self._multiples(step)) is not None)
        if step >= _DAY:
            return {at: f"{at:%m-%d}" for at in times}
        return {at: f"{at:{self._minute_format}}" for at in times or (self.since,)}

    @property
    def _is_long(self) -> bool:
        return self.until - self.since > _DAY

    @property
    def _minute_format(self) -> str:
        return "%m-%d %H:%M" if self._is_long else "%H:%M"

    def _multiples(self, step: timedelta) -> list[datetime] | None:
        """The times that are whole steps from midnight; None where their labels would be too many."""
        lead = (_EPOCH - self.since) % step  # a time, lest the first multiple lies beyond the calendar
        number = (self.until - self.since - lead) // step + 1
        if number > (_MOST_LONG if self._is_long and step < _DAY else _MOST_SHORT):
            return None
        return [self.since + lead + times * step for times in range(number)]
