"""The history of runs: remembers a run, and tells where the last one's window ended.

Only runs that asked for such a window are its last run: one of a person, of a deploy, or of a past day would leave out
what lies between. And only those that read it completely and judged all limits.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from checks.errors import HistoryError
from checks.file_writing import write_whole
from checks.history.changes import trend, what_changed
from checks.history.index_page import render_index
from checks.history.record import Record
from checks.history.store import PastRuns, Store
from checks.report.result import Result
from checks.report.trend import Past
from checks.text import utc

MOST_SHOWN: Final = 90
"""How many runs of an environment its trends show."""

INDEX: Final = "index.html"

_REPORT: Final = "report.html"


@dataclass(frozen=True, slots=True)
class RunInHistory:
    """A run among those before it.

    Attributes:
        record: What is remembered of this run.
        earlier: The runs of its environment before it, the oldest first.
        problems: A sentence on all that could not be read or written.
    """

    record: Record
    earlier: tuple[Record, ...]
    problems: tuple[str, ...]

    @property
    def previous(self) -> Record | None:
        """The run that this one is compared with; None where it is the first of its environment."""
        return self.earlier[-1] if self.earlier else None

    @property
    def before(self) -> Past:
        """What a report shows of it."""
        changes = what_changed(self.previous, self.record) if self.previous else ()
        trends = {check.id: trend(self.records, check.id) for check in self.record.checks}
        return Past(tuple(changes), trends, self.problems)

    @property
    def records(self) -> tuple[Record, ...]:
        """The last runs, this one included."""
        return (*self.earlier, self.record)[-MOST_SHOWN:]


def remember(record: Record, store: Store, folder: Path, *, has_report: bool) -> RunInHistory:
    """Remember a run, and write the page of all runs.

    Args:
        record: Of the run.
        store: Where runs are remembered.
        folder: Where the reports of all environments lie, and the page.
        has_report: Whether this run writes a report.html in its environment's folder, for it isn't there yet.
    """
    past, problems = _read(store)
    try:
        store.add(record)
    except HistoryError as error:
        problems.append(f"history: could not be written: {error}")
    if past is not None:  # else the page would forget what it tells of earlier runs
        written = {record.environment} if has_report else set()
        problems += _write_index((*past.records, record), folder, written)
    return RunInHistory(record, past.before(record) if past else (), tuple(problems))


def write_index(store: Store, folder: Path) -> tuple[str, ...]:
    """Write the page of all runs anew, after several that ran at once: none of them knew of all others.

    Args:
        store: Where runs are remembered.
        folder: Where the reports of all environments lie, and the page.

    Returns:
        A sentence on all that could not be read or written.
    """
    past, problems = _read(store)
    if past is not None and past.records:
        problems += _write_index(past.records, folder, set())
    return tuple(problems)


def _read(store: Store) -> tuple[PastRuns | None, list[str]]:
    try:
        past = store.newest(MOST_SHOWN)
    except HistoryError as error:
        return None, [f"history: could not be read: {error}"]
    return past, [f"history: {problem}" for problem in past.problems]


def _write_index(records: tuple[Record, ...], folder: Path, written: AbstractSet[str]) -> list[str]:
    reported = written | {report.parent.name for report in folder.glob(f"*/{_REPORT}")}
    try:
        write_whole(render_index(records, reported).encode(errors="backslashreplace"), folder / INDEX)
    except OSError as error:
        return [f"history: {INDEX} could not be written: {error.strerror}"]
    return []


LAST_RUN: Final = "last-run"
"""What `--since` is told."""

LONGEST: Final = timedelta(days=7)
"""How far back a window may begin: one pays for what is read, and nobody wants a month after a pause."""

_MOST_SOUGHT: Final = 300
"""How many runs, of any kind, are looked through."""


@dataclass(frozen=True, slots=True)
class WindowStart:
    """Where a window begins.

    Attributes:
        since: In UTC.
        note: Why there, for the report.
        is_certain: Whether the next window may begin where this one ends; not where nobody knows of an earlier one.
    """

    since: datetime
    note: str
    is_certain: bool


def window_start(store: Store, environment: str, until: datetime, usual: timedelta) -> WindowStart:
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
        return WindowStart(until - usual, f"{_usual(usual)}: earlier runs could not be read: {error}", is_certain=False)
    ends = [record.covered_until for record in past.records if record.covered_until]
    if not ends:
        return WindowStart(until - usual, f"{_usual(usual)}: there is no last run yet", is_certain=True)
    last = max(ends)
    if until - last > LONGEST:
        reason = (
            f"the last run ended at {utc(last)}, more than {LONGEST.days} days before; nobody judged what came then"
        )
        return WindowStart(until - usual, f"{_usual(usual)}: {reason}", is_certain=True)
    return WindowStart(last, f"the window begins at {utc(last)}, where that of the last run ended", is_certain=True)


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
