"""A window that begins where the last run's ended: nights in a row lose nothing, and count nothing twice.

Only runs that asked for such a window are its last run: one of a person, of a deploy, or of a past day would leave out
what lies between. And only those that read it completely and judged all limits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from checks.errors import HistoryError
from checks.history.store import Store
from checks.report.result import Result
from checks.report.text import utc

LAST_RUN: Final = "last-run"
"""What `--since` is told."""
LONGEST: Final = timedelta(days=7)
"""How far back a window may begin: one pays for what is read, and nobody wants a month after a pause."""

_MOST_SOUGHT: Final = 300
"""How many runs, of any kind, are looked through."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a window begins.

    Attributes:
        since: In UTC.
        note: Why there, for the report.
        is_certain: Whether the next window may begin where this one ends; not where nobody knows of an earlier one.
    """

    since: datetime
    note: str
    is_certain: bool


def beginning(store: Store, environment: str, until: datetime, usual: timedelta) -> Beginning:
    """Where the window of this run begins.

    Args:
        store: Where runs are remembered.
        environment: Whose last run is sought.
        until: The window's end.
        usual: Its length where there is no last run, or where that is longer ago than LONGEST.
    """
    try:
        past = store.newest(_MOST_SOUGHT, environment)
    except HistoryError as error:
        return Beginning(until - usual, f"{_usual(usual)}: earlier runs could not be read: {error}", is_certain=False)
    ends = [record.covered_until for record in past.records if record.covered_until]
    if not ends:
        return Beginning(until - usual, f"{_usual(usual)}: there is no last run yet", is_certain=True)
    last = max(ends)
    if until - last > LONGEST:
        reason = (
            f"the last run ended at {utc(last)}, more than {LONGEST.days} days before; nobody judged what came then"
        )
        return Beginning(until - usual, f"{_usual(usual)}: {reason}", is_certain=True)
    return Beginning(last, f"the window begins at {utc(last)}, where that of the last run ended", is_certain=True)


def covered_until(result: Result, limits: Collection[str], started: datetime) -> datetime | None:
    """Where the next window may begin; None where this run has not seen and judged everything up to there.

    Args:
        result: What it found.
        limits: All that the environment has, by metric.
        started: When it began: what was logged later it has not seen, whatever its window.
    """
    judged = {check.metric for check in result.checks}
    if result.window is None or not result.receipt.complete or judged != set(limits):
        return None
    return min(result.window.until, started)


def _usual(length: timedelta) -> str:
    return f"the window has its usual {length // timedelta(hours=1)} h"
