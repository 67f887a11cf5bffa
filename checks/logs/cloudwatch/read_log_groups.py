"""Reads all log groups of an environment into a spool: in parallel, and completely or not at all."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from checks.config.environment import LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch import filter_log_events, insights
from checks.logs.cloudwatch.filter_log_events import Page, end_where_arrived, pages
from checks.logs.cloudwatch.insights import InsightsReader, Queries
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose, resolve
from checks.logs.cloudwatch.logs_client import MOST_AT_ONCE, Counters, LogsClient, SharedState
from checks.logs.spool import Counted, Fetch, GroupRead, Progress, ShowProgress, Spool, SpoolFile, UnfinishedReadError
from checks.window import CONNECTION_LIFETIME, TimeSpan, Window, epoch_ms

_ENOUGH_EVENTS: Final = 1000

_SHORTEST_MS: Final = 60 * 1000


def latest_events(group: ResolvedGroup, source: Source, span: TimeSpan) -> Page:
    """Look for events in the last minute, and ever further back until there are enough.

    That asks little of a busy group, whatever the length of the span.

    Args:
        group: Whose.
        source: Which API is asked, `filter` or `insights`.
        span: Where to look.

    Returns:
        A page that ends with the latest event; empty where there is none in the span.

    Raises:
        SourceError: They could not be read.
    """
    ask = _filtered if source == "filter" else _queried
    page = Page(b"", 0, None, None)
    for end in span.ends(_SHORTEST_MS):
        page = ask(group, end)
        if page.events >= _ENOUGH_EVENTS:
            break
    return page


def _filtered(group: ResolvedGroup, span: TimeSpan) -> Page:
    last: deque[Page] = deque(maxlen=2)  # the very last may hold a handful
    for page in pages(group.client, group.name, span, Counters()):
        last.extend([page] if page.events else [])
    lines, events = b"".join(page.lines for page in last), sum(page.events for page in last)
    return Page(lines, events, None, last[-1].last_ms if last else None)


def _queried(group: ResolvedGroup, span: TimeSpan) -> Page:
    return insights.latest_rows(Queries(group.client, group.name, SharedState()), span, _ENOUGH_EVENTS)


_MOST_SLICES: Final = 12

_SHORTEST_SLICE_MS: Final = 20 * 60 * 1000
"""A slice takes a call even where nothing was logged, so a short window is cut into few."""

_SHORTEST_QUERY_MS: Final = 6 * 60 * 60 * 1000
"""A query takes a few calls, but reads any amount of time at once."""

_LATE_MS: Final = 2 * 60 * 1000

_SHOW_SECONDS: Final = 0.2

_BYTES_PER_GB: Final = 1e9

_API_NAMES: Final = {"filter": "FilterLogEvents", "insights": "Logs Insights"}


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What is to be read.

    Attributes:
        groups: As thresholds.yaml or the command line names them.
        window: What will be judged; two hours before it are read, too.
        source: Which API reads them.
        patterns: Gives regular expressions that together match every line that the analysis may understand.
        insights_price: US dollars for each GB that Logs Insights scans.
        now: When the read begins.
        earlier: What was read up to its window's end, to which this read adds what is new; None to read all.
    """

    groups: Sequence[LogGroup]
    window: Window
    source: Source
    patterns: Callable[[], Sequence[str]]
    insights_price: float
    now: datetime
    earlier: Spool | None = None

    @property
    def reach(self) -> TimeSpan:
        """What there is to read: the window and its look-back, or what is new in it, up to now."""
        began_ms = epoch_ms(self.window.since - CONNECTION_LIFETIME)
        if self.earlier is not None and self.earlier.window is not None:
            began_ms = self.earlier.window.until_ms
        return TimeSpan(began_ms, max(began_ms, epoch_ms(min(self.window.until, self.now))))


@dataclass
class _Plan:
    """The jobs of a read, as far as they were handed out."""

    folder: Path
    work: SharedState
    pool: ThreadPoolExecutor
    first_number: int = 0
    total_ms: int = 0
    files: list[SpoolFile] = field(default_factory=list)
    jobs: list[Future[Counted | None]] = field(default_factory=list)

    def filter(self, group: ResolvedGroup, span: TimeSpan) -> None:
        """Read a group by FilterLogEvents, in slices."""
        self.total_ms += span.length_ms
        for part in span.cut(_MOST_SLICES, _SHORTEST_SLICE_MS):
            self.jobs.append(
                self.pool.submit(
                    filter_log_events.read_span, group.client, group.name, part, self._file(group), self.work
                )
            )

    def query(self, reader: InsightsReader, group: ResolvedGroup, span: TimeSpan) -> None:
        """Read a group by Logs Insights, in slices, each with the count of what it does not return."""
        self.total_ms += span.length_ms
        for part in span.cut(_MOST_SLICES, _SHORTEST_QUERY_MS):
            self.jobs.append(self.pool.submit(reader.read_and_count, part, self._file(group)))

    def query_again(self, reader: InsightsReader, group: ResolvedGroup, span: TimeSpan) -> None:
        """Ask again for the lines of a span: what came late is new, the rest is known by its id."""
        self.jobs.append(self.pool.submit(reader.read, span, self._file(group)))

    def _file(self, group: ResolvedGroup) -> Path:
        path = self.folder / f"{self.first_number + len(self.files):04}.jsonl"
        self.files.append(SpoolFile(path, f"{group.name} in {group.client.region}", group.name))
        return path


def read_log_groups(wanted: ReadRequest, folder: Path, show: ShowProgress) -> Spool:
    """Read everything in the window and its look-back.

    Args:
        wanted: What is to be read.
        folder: An empty folder; it must live as long as the spool.
        show: Called a few times a second.

    Returns:
        The spool; its window is the one to judge, which ends earlier than asked for where events are on their way.

    Raises:
        UnfinishedReadError: Any of it could not be read; the error knows how far it came.
    """
    work = SharedState()
    reads: list[GroupRead] = []
    try:
        return _read_groups(wanted, folder, show, work, reads)
    except SourceError as error:
        so_far = Spool(
            source=_source(reads),
            asked=tuple(group.name for group in wanted.groups),
            files=(),
            fetch=_fetch(reads, work, wanted.insights_price),
        )
        raise UnfinishedReadError(str(error), so_far) from error


def _read_groups(
    wanted: ReadRequest, folder: Path, show: ShowProgress, work: SharedState, reads: list[GroupRead]
) -> Spool:
    """Read everything; `work` and `reads` tell how far it came, should it fail."""
    chosen = []
    for group in _resolve(wanted.groups, work):
        source, reason = choose(group, wanted.source, wanted.reach, epoch_ms(wanted.now))
        chosen.append((group, source))
        reads.append(GroupRead(group.name, group.client.region, _API_NAMES[source], reason))
    groups = [group for group, _ in chosen]
    window, moved = end_where_arrived(wanted.window, groups, wanted.now)
    if wanted.earlier and wanted.earlier.window:  # where events come later than before, it does not shrink again
        window = replace(window, until=max(window.until, wanted.earlier.window.until))
    span = replace(wanted, window=window).reach
    edge_ms = max(span.since_ms, window.since_ms)
    look_back, judged = TimeSpan(span.since_ms, edge_ms), TimeSpan(edge_ms, max(edge_ms, window.until_ms))
    patterns = wanted.patterns() if any(source == "insights" for _, source in chosen) else ()
    with _pool(work) as pool:
        plan = _Plan(folder, work, pool, len(wanted.earlier.files) if wanted.earlier else 0)
        for group, source in chosen:
            if source == "filter":
                plan.filter(group, TimeSpan(span.since_ms - _late_ms(wanted), span.until_ms))
            else:
                reader = InsightsReader(Queries(group.client, group.name, work), patterns)
                if wanted.earlier:
                    plan.query_again(reader, group, TimeSpan(span.since_ms - _LATE_MS, span.since_ms))
                for part in (part for part in (look_back, judged) if part.length_ms):
                    plan.query(reader, group, part)
        counted = _finish(plan.jobs, work, plan.total_ms, show)
    spool = Spool(
        source=_source(reads),
        asked=tuple(read.name for read in reads),
        files=tuple(plan.files),
        notes=(*((moved,) if moved else ()), *_masked(groups)),
        counted=tuple(counted),
        window=window,
        fetch=_fetch(reads, work, wanted.insights_price),
    )
    return wanted.earlier + spool if wanted.earlier else spool


def _resolve(names: Sequence[LogGroup], work: SharedState) -> Iterator[ResolvedGroup]:
    """The log groups that are meant, each once."""
    clients: dict[str | None, LogsClient] = {}
    found = set()
    for named in names:
        client = clients.setdefault(named.region, LogsClient(named.region, work.tally))
        for group in resolve(client, named.name):
            if (client.region, group.name) not in found:
                found.add((client.region, group.name))
                yield group


def _late_ms(wanted: ReadRequest) -> int:
    """How far back a later look asks again, for what came late; what was there before is known by its id."""
    return _LATE_MS if wanted.earlier else 0


@contextmanager
def _pool(work: SharedState) -> Iterator[ThreadPoolExecutor]:
    """Threads that stop early where the block is left by an error or Ctrl-C."""
    pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="read")
    try:
        yield pool
    finally:
        work.is_stopped.set()
        pool.shutdown(cancel_futures=True)


def _finish(
    jobs: Sequence[Future[Counted | None]], work: SharedState, total_ms: int, show: ShowProgress
) -> list[Counted]:
    """Wait for all jobs, or the first that fails."""
    pending = set(jobs)
    failed: Future[Counted | None] | None = None
    while pending and failed is None:
        done, pending = wait(pending, timeout=_SHOW_SECONDS, return_when=FIRST_EXCEPTION)
        show(Progress(work.tally["covered_ms"] / 1000, total_ms / 1000, work.tally["events"]))
        failed = next((job for job in done if job.exception()), None)
    if failed is not None:
        failed.result()  # raises its error: one that comes first by number may only have been called off
    return [found for job in jobs if (found := job.result())]


def _masked(groups: Sequence[ResolvedGroup]) -> Iterator[str]:
    for group in groups:
        if group.is_masked:
            yield f"{group.name} has a data protection policy: what it masks, perhaps connection ids, is not seen"


def _source(reads: Sequence[GroupRead]) -> str:
    return " and ".join(sorted({f"CloudWatch {read.api}" for read in reads})) or "nothing"


def _fetch(reads: Sequence[GroupRead], work: SharedState, price: float) -> Fetch:
    tally = work.tally
    return Fetch(
        groups=tuple(reads),
        calls=tally["calls"],
        retries=max(0, tally["attempts"] - tally["calls"]),  # a call that nobody can sign is not attempted
        throttles=tally["throttles"],
        pages=tally["pages"],
        empty_pages=tally["empty_pages"],
        events=tally["events"],
        bytes=tally["bytes"],
        queries=tally["queries"],
        bytes_scanned=tally["bytes_scanned"],
        price_usd=tally["bytes_scanned"] / _BYTES_PER_GB * price,
    )
