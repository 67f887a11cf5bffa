"""The history of runs: remembers a run, compares it with earlier ones, and shows it on the page of all runs."""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from checks.config.limit import Limit
from checks.errors import HistoryError
from checks.history.index_page import page_ids, render_index
from checks.history.record import Record, run_before, what_changed
from checks.history.store import Store, StoredRuns
from checks.places import write_whole
from checks.report.charts.sparkline import Trend
from checks.report.html.page import EarlierRuns
from checks.report.result import MetricResult, Result
from checks.text import utc
from checks.verdicts.nights import Night
from checks.verdicts.verdict import Verdict
from checks.window import Window

MOST_SHOWN: Final = 90
"""The number of runs in the trends of an environment."""
INDEX: Final = "index.html"
_REPORT: Final = "report.html"


class RunInHistory(Struct, frozen=True):
    """A run and the earlier ones, the oldest first, with a sentence on each thing that could not be read or written."""

    record: Record
    earlier: tuple[Record, ...]
    problems: tuple[str, ...]

    @property
    def previous(self) -> Record | None:
        """The run that this one is compared with; None if no earlier run counts."""
        return run_before(self.earlier)

    @property
    def records(self) -> tuple[Record, ...]:
        """The last runs, this one included."""
        return (*self.earlier, self.record)[-MOST_SHOWN:]

    @property
    def before(self) -> EarlierRuns:
        """Earlier runs as the report shows them."""
        changes = what_changed(self.previous, self.record) if self.previous else ()
        trends = {check.id: trend(self.records, check.id) for check in self.record.checks}
        return EarlierRuns(tuple(changes), trends, self.problems)


def trend(records: Iterable[Record], metric: str) -> Trend:
    """Return the trend of a metric over the runs of an environment that checked it."""
    return [(record.started, check) for record in records if (check := record.check(metric))]


def nights_before(records: Iterable[Record], limit: Limit, window: Window) -> Iterator[Night]:
    """Yield earlier nights that were judged by the same limit and can be added to this one, the newest first.

    They go back to the last night that broke the limit, which was judged, and then fixed or waived. The records are
    those of one environment, and the window is that of this run.
    """
    before = [one for one in records if one.window and one.window.until <= window.since and not one.struck]
    for record in sorted(before, key=lambda one: one.window.until if one.window else window.since, reverse=True):
        check = record.check(limit.metric)
        if check and check.verdict in {Verdict.FAIL, Verdict.WAIVED}:
            return
        if check and record.window and check.adds_up and check.demands == limit.demands:
            measured = record.metrics.get(limit.metric, MetricResult())
            yield Night(record.window, measured.metric(limit.metric))


def remember(record: Record, store: Store, folder: Path, *, has_report: bool, pages: int = 0) -> RunInHistory:
    """Remember a run and write the page of all runs; the run's own report, if it gets one, is not written yet."""
    past, problems = _read(store)
    try:
        store.add(record)
    except HistoryError as error:
        problems.append(f"history: could not be written: {error}")
    if past is not None:  # otherwise the page would lose the earlier runs
        written = {record.environment} if has_report else set()
        own = {record.id} if has_report and pages else set()
        problems += _write_index((*past.records, record), folder, written, own)
    return RunInHistory(record, past.before(record) if past else (), tuple(problems))


def write_index(store: Store, folder: Path) -> tuple[str, ...]:
    """Rewrite the page of all runs after several ran at once, unaware of each other; return what went wrong."""
    past, problems = _read(store)
    if past is not None and past.records:
        problems += _write_index(past.records, folder, set(), set())
    return tuple(problems)


def _read(store: Store) -> tuple[StoredRuns | None, list[str]]:
    try:
        past = store.newest(MOST_SHOWN)
    except HistoryError as error:
        return None, [f"history: could not be read: {error}"]
    return past, [f"history: {problem}" for problem in past.problems]


def _write_index(
    records: tuple[Record, ...], folder: Path, written: AbstractSet[str], own: AbstractSet[str]
) -> list[str]:
    reported = written | {report.parent.name for report in folder.glob(f"*/{_REPORT}")}
    pages = own | page_ids(folder)
    try:
        write_whole(render_index(records, reported, pages).encode(errors="backslashreplace"), folder / INDEX)
    except OSError as error:
        return [f"history: {INDEX} could not be written: {error.strerror}"]
    return []


LAST_RUN: Final = "last-run"
"""The value of `--since` that lets a window begin where that of the last run ended."""
LONGEST_LOOK_BACK: Final = timedelta(days=7)
"""The longest window after a pause: reading costs money, and nobody wants to judge a month of logs."""
_MOST_READ: Final = 300
"""The number of runs that are searched for the last one that covered its window."""


class WindowStart(Struct, frozen=True):
    """The start of a window.

    Attributes:
        is_certain: Whether the next window may begin where this one ends; False if earlier runs could not be read.
        seen_until: The arrival time of the last event that the last run saw. Events that arrived later are new,
            whatever their time.
    """

    since: datetime
    note: str
    is_certain: bool
    seen_until: datetime


def window_start(store: Store, environment: str, until: datetime, usual: timedelta) -> WindowStart:
    """Return the start of this run's window: the end of the last run that covered its own, or else the usual start."""

    def with_usual_length(reason: str, *, is_certain: bool = True) -> WindowStart:
        note = f"the window has its usual {usual // timedelta(hours=1)} h: {reason}"
        return WindowStart(until - usual, note, is_certain, seen_until=until)

    try:
        past = store.newest(_MOST_READ, environment)
    except HistoryError as error:
        return with_usual_length(f"earlier runs could not be read: {error}", is_certain=False)
    ends = [(one.covered_until, one.seen_until or until) for one in past.records if one.covered_until]
    if not ends:
        return with_usual_length("there is no last run yet")
    last, seen_until = max(ends)
    if until - last > LONGEST_LOOK_BACK:
        ended = f"the last run ended at {utc(last)}, more than {LONGEST_LOOK_BACK.days} days before"
        return with_usual_length(f"{ended}; the time between is not judged")
    note = f"the window begins at {utc(last)}, where the last run's window ended"
    return WindowStart(last, note, is_certain=True, seen_until=seen_until)


def covered_until(result: Result, limits: Collection[str], started: datetime) -> datetime | None:
    """Return where the next window may begin; None if this run has not seen and judged everything up to there."""
    judged = {check.metric for check in result.checks}
    if result.window is None or not result.receipt.complete or not judged.issuperset(limits):
        return None
    return min(result.window.until, started)  # it has not seen what was logged later
