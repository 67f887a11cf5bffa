"""The history of runs: a run is remembered, compared with those before it, and shown on the page of all."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.config.limit import Limit
from checks.errors import HistoryError
from checks.file_writing import write_whole
from checks.history.changes import what_changed
from checks.history.index_page import render_index
from checks.history.record import Record
from checks.history.store import PastRuns, Store
from checks.report.charts.sparkline import Trend
from checks.report.html.page import Past
from checks.report.result import MetricResult
from checks.verdicts.nights import Night
from checks.verdicts.verdict import Verdict
from checks.window import Window

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
        """The run that this one is compared with; None where there is none before it that counts."""
        return next((one for one in reversed(self.earlier) if not one.struck), None)

    @property
    def records(self) -> tuple[Record, ...]:
        """The last runs, this one included."""
        return (*self.earlier, self.record)[-MOST_SHOWN:]

    @property
    def before(self) -> Past:
        """Earlier runs as the report shows them."""
        changes = what_changed(self.previous, self.record) if self.previous else ()
        trends = {check.id: trend(self.records, check.id) for check in self.record.checks}
        return Past(tuple(changes), trends, self.problems)


def trend(records: Iterable[Record], metric: str) -> Trend:
    """The trend of a metric over the runs that checked it.

    Args:
        records: Of one environment, the oldest first.
        metric: A key of METRICS.
    """
    checks = (record.check(metric) for record in records)
    return Trend(metric, tuple(filter(None, checks)))


def nights_before(records: Iterable[Record], limit: Limit, window: Window) -> Iterator[Night]:
    """Yield the nights that a limit was judged in before, the newest first, as far as they add up with this one.

    They go back to the last one that broke the limit: what came before has been judged, and was mended, or waived.

    Args:
        records: Of one environment, the oldest first.
        limit: It must have been the same.
        window: Of this run.
    """
    before = [one for one in records if one.window and one.window.until <= window.since and not one.struck]
    for record in sorted(before, key=lambda one: one.window.until if one.window else window.since, reverse=True):
        check = record.check(limit.metric)
        if check and check.verdict in {Verdict.FAIL, Verdict.WAIVED}:
            return
        if check and record.window and check.adds_up and check.demands == limit.demands:
            measured = record.metrics.get(limit.metric, MetricResult())
            yield Night(record.window, measured.metric(limit.metric))


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
