"""When have events arrived? A window that ends now would miss those that are still on their way."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import quantiles
from typing import Final

import msgspec

from checks.errors import SourceError
from checks.logs.cloudwatch.answer import decoded
from checks.logs.cloudwatch.filtering import PAGE_EVENTS
from checks.logs.cloudwatch.resolve import INFREQUENT_ACCESS, FoundGroup
from checks.logs.window import Window, epoch_ms

SHORTEST_WAIT: Final = timedelta(seconds=30)
"""Events become visible later than they are ingested, so even a service without any lag needs this."""

_LATEST: Final = timedelta(minutes=15)
_FEWEST: Final = 20


class _Event(msgspec.Struct):
    timestamp: int
    ingestionTime: int  # noqa: N815 -- the API's name


class _Answer(msgspec.Struct):
    events: list[_Event]


def settled(window: Window, groups: Iterable[FoundGroup], now: datetime) -> tuple[Window, str | None]:
    """End a window where the events have arrived, if it ends later; and say so.

    The wait is the ingestion lag of 99 % of the events of the last quarter of an hour, or 30 s where that is less.
    Log groups of the Infrequent Access class do not tell it cheaply, and are left out.

    Args:
        window: As asked for.
        groups: What is to be read.
        now: When the run began.

    Returns:
        The window, and a sentence for the report where it was moved.

    Raises:
        SourceError: A log group could not be read, or nothing is left of the window.
    """
    if window.until <= now - SHORTEST_WAIT:
        return window, None
    lags = [lag for group in groups if group.log_class != INFREQUENT_ACCESS for lag in _lags_ms(group, now)]
    lag = timedelta(milliseconds=quantiles(lags, n=100)[-1] if len(lags) >= _FEWEST else 0)
    wait = max(SHORTEST_WAIT, timedelta(seconds=-(-lag // timedelta(seconds=1))))
    until = min(window.until, (now - wait).replace(microsecond=0))
    if until <= window.since:
        raise SourceError(f"nothing is left of the window: events arrive after {wait.seconds} s; ask for a longer one")
    reason = (
        f"99 % of events arrive within {wait.seconds} s" if lag > SHORTEST_WAIT else "later events may be under way"
    )
    return replace(window, until=until), f"the window ends {wait.seconds} s before the run began: {reason}"


def _lags_ms(group: FoundGroup, now: datetime) -> list[int]:
    """From the time of an event to its ingestion, for a page of recent events."""
    resource = f"log group {group.name}"
    body = group.client.call(
        "FilterLogEvents",
        resource,
        logGroupName=group.name,
        startTime=epoch_ms(now - _LATEST),
        endTime=epoch_ms(now),
        limit=PAGE_EVENTS,
    )
    events = decoded(body, _Answer, resource).events
    return [max(0, event.ingestionTime - event.timestamp) for event in events]
