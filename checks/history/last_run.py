"""The last run: where its window ended, and the next one begins (`--since last-run`).

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
from checks.text import utc

LAST_RUN: Final = "last-run"
"""The value of `--since` that asks for it."""

LONGEST: Final = timedelta(days=7)
"""How far back a window may begin: one pays for what is read, and nobody wants a month after a pause."""

_MOST_READ: Final = 300
"""How many runs, of any kind, are looked through."""


@dataclass(frozen=True, slots=True)
class WindowStart:
    """The start of a window.

    Attributes:
        since: In UTC.
        note: Why there, for the report.
        is_certain: Whether the next window may begin where this one ends; not where earlier runs could not be read.
    """

    since: datetime
    note: str
    is_certain: bool


def window_start(store: Store, environment: str, until: datetime, usual: timedelta) -> WindowStart:
    """The start of this run's window: the end of the last one that covered its own.

    Args:
        store: Where runs are remembered.
        environment: Whose last run it is.
        until: The window's end.
        usual: Its length where there is no last run, or where that is longer ago than LONGEST.
    """

    def with_usual_length(reason: str, *, is_certain: bool = True) -> WindowStart:
        note = f"the window has its usual {usual // timedelta(hours=1)} h: {reason}"
        return WindowStart(until - usual, note, is_certain)

    try:
        past = store.newest(_MOST_READ, environment)
    except HistoryError as error:
        return with_usual_length(f"earlier runs could not be read: {error}", is_certain=False)
    ends = [record.covered_until for record in past.records if record.covered_until]
    if not ends:
        return with_usual_length("there is no last run yet")
    last = max(ends)
    if until - last > LONGEST:
        return with_usual_length(
            f"the last run ended at {utc(last)}, more than {LONGEST.days} days before; nobody judged what came then"
        )
    return WindowStart(last, f"the window begins at {utc(last)}, where that of the last run ended", is_certain=True)


def covered_until(result: Result, limits: Collection[str], started: datetime) -> datetime | None:
    """Where the next window may begin; None where this run has not seen and judged everything up to there.

    Args:
        result: Of the run.
        limits: All that the environment has, by metric.
        started: When it began: what was logged later it has not seen, whatever its window.
    """
    judged = {check.metric for check in result.checks}
    if result.window is None or not result.receipt.complete or judged != set(limits):
        return None
    return min(result.window.until, started)
