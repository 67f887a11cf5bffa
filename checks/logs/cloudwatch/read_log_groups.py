"""Reads all log groups of an environment into a spool, in parallel, or has Logs Insights count their events.

Either succeeds completely or raises an error.
"""

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config.environment import Environment, LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.filter_log_events import end_where_arrived, parts
from checks.logs.cloudwatch.insights import InsightsReader, Queries, QueryResult
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose_api, pages_stored, resolve_all
from checks.logs.cloudwatch.logs_client import MOST_AT_ONCE, Counters, SharedState, Workers
from checks.logs.spool import (
    Counted,
    Fetch,
    GroupRead,
    LogRequest,
    Progress,
    ShowProgress,
    Spool,
    SpoolFile,
    UnfinishedReadError,
)
from checks.text import counted, utc
from checks.window import LATE_MS, TimeSpan, Window, epoch_ms

_MOST_SLICES: Final = 12
_SHORTEST_SLICE_MS: Final = 20 * 60 * 1000
"""A slice takes a call even if nothing was logged, so a short window is cut into few slices."""
_SHORTEST_QUERY_MS: Final = 6 * 60 * 60 * 1000
"""A query takes a few calls, but covers any length of time."""
_MOST_WAITING: Final = timedelta(hours=1)
"""How far a window may begin before a group's oldest events without a note: the run may have been queued."""
_SCANNED_AT_ONCE: Final = 24_000_000
"""The fewest bytes to scan while other files are read: each scan takes a tenth of a second to prepare."""
_API_NAMES: Final = {"filter": "FilterLogEvents", "insights": "Logs Insights"}
_COUNTS: Final = "Logs Insights (counts only)"
_MOST_COUNTED: Final = 50
"""The most log groups of one query."""


def read_log_groups(
    groups: Sequence[LogGroup], environment: Environment, request: LogRequest, folder: Path, show: ShowProgress
) -> Spool:
    """Read everything in the window and its look-back; see LogSource.read.

    Returns:
        The spool. Its window is the one to judge; it ends earlier than the requested one if events are still arriving.

    Raises:
        UnfinishedReadError: Some of it could not be read; the error says how far the read came.
    """
    read = _Read(environment, request, folder)
    try:
        return read.run(groups, show)
    except SourceError as error:
        raise UnfinishedReadError(str(error), read.spool(tuple(group.name for group in groups))) from error


class _Slice(Struct, frozen=True):
    """A slice of a log group's time, which is read into one or more files; `files` lists those that are complete."""

    group: ResolvedGroup
    stem: Path
    files: list[SpoolFile] = field(default_factory=list)

    def path(self, number: int) -> Path:
        """The path of the file with this number."""
        return Path(f"{self.stem}-{number:04}.jsonl")

    def add(self, path: Path) -> None:
        """Add a file that is complete."""
        self.files.append(SpoolFile(path, f"{self.group.name} in {self.group.client.region}", self.group.name))


class _Read(Struct):
    """The state of one read of log groups.

    Attributes:
        jobs: The jobs that read slices of the logs' time.
        total_ms: How much of the logs' time the jobs cover.
        scanned_bytes: How many of the bytes that were read have been scanned.
    """

    environment: Environment
    request: LogRequest
    folder: Path
    state: SharedState = field(default_factory=SharedState)
    groups: list[GroupRead] = field(default_factory=list)
    jobs: dict[Future[Counted | None], _Slice] = field(default_factory=dict)
    total_ms: int = 0
    scanned_bytes: int = 0

    def run(self, groups: Sequence[LogGroup], show: ShowProgress) -> Spool:
        """Read all groups, and return the spool."""
        request, earlier = self.request, self.request.earlier
        with Workers(MOST_AT_ONCE, self.state.is_stopped, request.time_limit, self._timeout_error) as pool:
            apis = pool.result(pool.submit(lambda: dict(self._apis(groups))))
            window, note = pool.result(pool.submit(end_where_arrived, request.window, apis, request.now))
            if earlier and earlier.window:  # it must not shrink if events now arrive later
                window = replace(window, until=max(window.until, earlier.window.until))
            patterns = request.patterns() if "insights" in apis.values() else ()
            for group, api in apis.items():
                if api == "filter":
                    self._filter(pool, group, request.span(window))
                else:
                    self._query(pool, group, window, patterns)
            for pending in pool.waits(self.jobs):
                covered_ms, events = self.state.counters["covered_ms"], self.state.counters["events"]
                show(Progress(covered_ms, self.total_ms, "of the time", events))
                if pending:
                    self._scan()
        counted = tuple(one for job in self.jobs if (one := job.result()))
        spool = self.spool(tuple(group.name for group in self.groups))
        notes = _notes(note, apis, window, request.now)
        spool = replace(spool, files=self._files(), notes=notes, counted=counted, window=window)
        return earlier + spool if earlier else spool

    def spool(self, names: tuple[str, ...]) -> Spool:
        """A spool without events, which says what was read and what that took."""
        source = " and ".join(sorted({f"CloudWatch {group.api}" for group in self.groups}))
        fetch = _fetch_of(self.state.counters, self.groups, self.environment)
        return Spool(source or "nothing", names, (), fetch=fetch)

    def _apis(self, groups: Sequence[LogGroup]) -> Iterator[tuple[ResolvedGroup, Source]]:
        """The requested log groups, each once, and the API that reads it."""
        request = self.request
        for group in resolve_all(groups, self.state.counters, request.remembered):
            span = request.span(request.window)
            api, reason = choose_api(group, self.environment.source, span, epoch_ms(request.now))
            self.groups.append(GroupRead(group.name, group.client.region, _API_NAMES[api], reason))
            yield group, api

    def _timeout_error(self) -> SourceError:
        counters = self.state.counters
        return SourceError(
            f"CloudWatch Logs took too long: {counted(counters['calls'], 'call')} read "
            f"{counted(counters['events'], 'event')}, {counters['covered_ms'] / (self.total_ms or 1):.0%} of the time",
            "judge a shorter window, or allow more with --read-timeout",
        )

    def _filter(self, pool: Workers, group: ResolvedGroup, span: TimeSpan) -> None:
        """Read a group with FilterLogEvents, in slices."""
        if self.request.earlier:
            span = TimeSpan(span.since_ms - LATE_MS, span.until_ms)
        self.total_ms += span.length_ms
        for piece in span.cut(_MOST_SLICES, _SHORTEST_SLICE_MS):
            part = self._slice(group)
            self.jobs[pool.submit_steps(self._read_parts(part, piece))] = part

    def _read_parts(self, part: _Slice, span: TimeSpan) -> Generator[None, None, None]:
        """Read a slice with FilterLogEvents, one file at a time; after each file, other slices have their turn."""
        for path in parts(part.group, span, part.path, self.state):
            part.add(path)
            yield

    def _query(self, pool: Workers, group: ResolvedGroup, window: Window, patterns: Sequence[str]) -> None:
        """Read a group with Logs Insights, in slices, each with a count of the events that it does not return."""
        days = group.retention_days
        if days is not None and window.until <= self.request.now - timedelta(days=days):
            raise SourceError(
                f"{group.resource}: Logs Insights has no logs of this window, because they are kept for "
                f"{counted(days, 'day')}; ask for a later one (--since, -T)"
            )
        reader = InsightsReader(Queries((group,), self.state), patterns)
        span = self.request.span(window)
        if self.request.earlier:
            late = TimeSpan(span.since_ms - LATE_MS, span.since_ms)
            self._submit(pool, group, partial(reader.read, late, is_counted=False))
        edge_ms = max(span.since_ms, window.since_ms)  # so that the look-back is counted separately
        for part in (TimeSpan(span.since_ms, edge_ms), TimeSpan(edge_ms, max(edge_ms, window.until_ms))):
            if part.length_ms:
                self.total_ms += part.length_ms
                for piece in part.cut(_MOST_SLICES, _SHORTEST_QUERY_MS):
                    self._submit(pool, group, partial(reader.read, piece, is_counted=True))

    def _submit(self, pool: Workers, group: ResolvedGroup, read: Callable[[Path], Counted | None]) -> None:
        """Submit a slice, to be read into one file."""
        part = self._slice(group)

        def read_and_add() -> Counted | None:
            counted = read(part.path(0))
            part.add(part.path(0))
            return counted

        self.jobs[pool.submit(read_and_add)] = part

    def _slice(self, group: ResolvedGroup) -> _Slice:
        """A new slice; its number follows those of an earlier read."""
        number = len(self.jobs) + (len(self.request.earlier.files) if self.request.earlier else 0)
        return _Slice(group, self.folder / f"{number:04}")

    def _files(self) -> tuple[SpoolFile, ...]:
        """The files of all slices in spool order, up to the first that is incomplete.

        The first files of all slices come first, because slices are read in parallel. The order does not depend on how
        fast each was read, so that equal logs have equal reports.
        """
        is_read = [job.done() for job in self.jobs]  # checked before `files`, which may grow in between
        files = [tuple(one.files) for one in self.jobs.values()]
        rounds = min((len(those) for those, done in zip(files, is_read, strict=True) if not done), default=None)
        return tuple(file for those in islice(zip_longest(*files), rounds) for file in those if file)

    def _scan(self) -> None:
        """Scan the complete files while others are being read."""
        if self.request.scan is None or self.state.counters["bytes"] < self.scanned_bytes + _SCANNED_AT_ONCE:
            return
        files = self._files()
        size = sum(file.path.stat().st_size for file in files)
        if size >= self.scanned_bytes + _SCANNED_AT_ONCE:
            self.scanned_bytes = size
            self.request.scan(files)


def _fetch_of(counters: Counters, groups: Iterable[GroupRead], environment: Environment) -> Fetch:
    """What it took to read the groups, by the counters of all threads."""
    same = ("calls", "throttles", "pages", "empty_pages", "events", "bytes", "queries", "bytes_scanned")
    return Fetch(
        groups=tuple(groups),
        retries=max(0, counters["attempts"] - counters["calls"]),  # a call that cannot be signed is not attempted
        price_usd=counters["bytes_scanned"] / 1e9 * environment.insights_price,
        **{name: counters[name] for name in same},
    )


def _notes(end: str | None, groups: Collection[ResolvedGroup], window: Window, now: datetime) -> tuple[str, ...]:
    """Notes for the reader: where the window ends, and which log groups mask data or have dropped old events."""
    masked = "has a data protection policy: what it masks, perhaps connection ids, is not seen"
    return (
        *filter(None, [end]),
        *(f"{group.name} {masked}" for group in groups if group.is_masked),
        *chain.from_iterable(_expired(group, window, now) for group in groups),
    )


def _expired(group: ResolvedGroup, window: Window, now: datetime) -> Iterator[str]:
    """Yield a note if a window begins before the oldest event that a group keeps."""
    if group.retention_days is None:
        return
    oldest = now - timedelta(days=group.retention_days)
    if window.since < oldest - _MOST_WAITING:
        yield f"{group.name} keeps events since {utc(oldest)}: earlier ones may be gone"


class EventCounter(Struct, frozen=True):
    """Counts the events of log groups with Logs Insights; `reason` says why they are counted and not read."""

    groups: Sequence[LogGroup]
    environment: Environment
    request: LogRequest
    reason: str

    def run(self, query: Callable[[Window], str], window: Window | None = None) -> tuple[Spool, QueryResult]:
        """Run a query over all log groups.

        Args:
            query: Makes the query for a window.
            window: The window of the query; None for the requested one, as far as its events have arrived.

        Returns:
            A spool without events, but with the window and what the query took; and the rows.

        Raises:
            UnfinishedReadError: Some of it could not be counted.
        """
        state, reads = SharedState(), list[GroupRead]()
        late = SourceError("Logs Insights took too long", "judge a shorter window, or use --read-timeout")
        try:
            with Workers(1, state.is_stopped, self.request.time_limit, lambda: late) as workers:
                return workers.result(workers.submit(self._run, query, window, state, reads))
        except SourceError as error:
            raise UnfinishedReadError(str(error), self._spool(state, reads)) from error

    def _spool(self, state: SharedState, reads: Sequence[GroupRead]) -> Spool:
        """A spool without events, which says what counting them took."""
        fetch = _fetch_of(state.counters, reads, self.environment)
        return Spool(f"CloudWatch {_COUNTS}", tuple(one.name for one in self.groups), (), fetch=fetch)

    def _run(
        self, query: Callable[[Window], str], window: Window | None, state: SharedState, reads: list[GroupRead]
    ) -> tuple[Spool, QueryResult]:
        request, note = self.request, None
        groups = list(resolve_all(self.groups, state.counters, request.remembered))
        reads += self._reads(groups)
        if window is None:
            window, note = end_where_arrived(request.window, groups, request.now)
        if len(groups) > _MOST_COUNTED or len({one.client.region for one in groups}) > 1:
            raise SourceError(
                f"one query counts the events of at most {_MOST_COUNTED} log groups in one region; use source: insights"
            )
        result = Queries(groups, state).run(query(window), request.span(window))
        notes = _notes(note, groups, window, request.now)
        return replace(self._spool(state, reads), window=window, notes=notes), result

    def _reads(self, groups: Sequence[ResolvedGroup]) -> Iterator[GroupRead]:
        span, now_ms = self.request.span(self.request.window), epoch_ms(self.request.now)
        gb = sum(pages_stored(one, span, now_ms) for one in groups) / 1000  # of a megabyte each
        why = f"{self.reason}; a scan of about {gb:,.1f} GB, US$ {gb * self.environment.insights_price:,.2f}"
        return (GroupRead(one.name, one.client.region, _COUNTS, why) for one in groups)
