"""Reads all log groups of an environment into a spool: in parallel, and completely or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, ParamSpec, Self, TypeVar

from checks.config.environment import Environment, LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.filter_log_events import end_where_arrived, read_span
from checks.logs.cloudwatch.insights import InsightsReader, Queries
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose_api, resolve
from checks.logs.cloudwatch.logs_client import MOST_AT_ONCE, LogsClient, SharedState
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
from checks.window import LOOK_BACK, TimeSpan, Window, epoch_ms

_MOST_SLICES: Final = 12

_SHORTEST_SLICE_MS: Final = 20 * 60 * 1000
"""A slice takes a call even where nothing was logged, so a short window is cut into few."""

_SHORTEST_QUERY_MS: Final = 6 * 60 * 60 * 1000
"""A query takes a few calls, but reads any amount of time at once."""

_LATE_MS: Final = 2 * 60 * 1000
"""How far back a later poll asks again, for what came late; what was there before is known by its id."""

_SHOW_SECONDS: Final = 0.2

_BYTES_PER_GB: Final = 1e9

_API_NAMES: Final = {"filter": "FilterLogEvents", "insights": "Logs Insights"}


_SHORTEST_TIMEOUT: Final = timedelta(minutes=15)
_TIMEOUT_OF_WINDOW: Final = 24
"""A day may take an hour more; at the pace of the quota, one of 10 million events takes a few minutes."""

_PATIENCE_SECONDS: Final = 1.0
"""For calls that are on their way where a read ends early."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def default_timeout(window: Window) -> timedelta:
    """How long a read of a window may take, where nobody says otherwise."""
    return _SHORTEST_TIMEOUT + (window.until - window.since) / _TIMEOUT_OF_WINDOW


def read_log_groups(
    groups: Sequence[LogGroup], environment: Environment, request: LogRequest, folder: Path, show: ShowProgress
) -> Spool:
    """Read everything in the window and its look-back.

    Args:
        groups: As thresholds.yaml or the command line names them.
        environment: Says which API reads them, and what Logs Insights costs.
        request: Which events are needed.
        folder: An empty folder; it must live as long as the spool.
        show: Called a few times a second.

    Returns:
        The spool; its window is the one to judge, which ends earlier than the request's where events are on their way.

    Raises:
        UnfinishedReadError: Any of it could not be read; the error knows how far it came.
    """
    read = _Read(environment, request, folder)
    try:
        return read.run(groups, show)
    except SourceError as error:
        raise UnfinishedReadError(str(error), read.spool(tuple(group.name for group in groups))) from error


@dataclass
class _Read:
    """One read of log groups, as far as it has come.

    Attributes:
        environment: Says which API reads them, and what Logs Insights costs.
        request: Which events are needed.
        folder: Where the events go.
        state: What its threads share.
        groups: The log groups, and how each is read.
        files: One for each job that writes events.
        jobs: Slices of the logs' time, each of which writes a file.
        total_ms: How much of the logs' time the jobs cover.
        deadline: When it gives up, by the monotonic clock.
    """

    environment: Environment
    request: LogRequest
    folder: Path
    state: SharedState = field(default_factory=SharedState)
    groups: list[GroupRead] = field(default_factory=list)
    files: list[SpoolFile] = field(default_factory=list)
    jobs: list[Future[Counted | None]] = field(default_factory=list)
    total_ms: int = 0
    deadline: float = 0.0

    def run(self, groups: Sequence[LogGroup], show: ShowProgress) -> Spool:
        """Read all groups, and return the spool.

        Raises:
            SourceError: Any of it could not be read.
        """
        request, earlier = self.request, self.request.earlier
        window = request.window or request.default_window
        self.deadline = monotonic() + (request.timeout or default_timeout(window)).total_seconds()
        with Workers(MOST_AT_ONCE, self.state.is_stopped) as pool:
            apis = self._result(pool.submit(lambda: dict(self._apis(groups, self._span(window)))))
            window, note = self._result(pool.submit(end_where_arrived, window, apis, request.now))
            if earlier and earlier.window:  # where events come later than before, it does not shrink again
                window = replace(window, until=max(window.until, earlier.window.until))
            patterns = request.patterns() if "insights" in apis.values() else ()
            for group, api in apis.items():
                if api == "filter":
                    self._filter(pool, group, self._span(window))
                else:
                    self._query(pool, group, window, patterns)
            counted = self._finish(show)
        notes = (*((note,) if note else ()), *_masked(apis))
        names = tuple(group.name for group in self.groups)
        spool = replace(self.spool(names), files=tuple(self.files), notes=notes, counted=tuple(counted), window=window)
        return earlier + spool if earlier else spool

    def spool(self, names: tuple[str, ...]) -> Spool:
        """A spool without events, which tells what was read and what that took."""
        source = " and ".join(sorted({f"CloudWatch {group.api}" for group in self.groups}))
        return Spool(source=source or "nothing", asked=names, files=(), fetch=self._fetch())

    def _apis(self, groups: Sequence[LogGroup], span: TimeSpan) -> Iterator[tuple[ResolvedGroup, Source]]:
        """The log groups that are meant, each once, and the API that reads each of them."""
        clients: dict[str | None, LogsClient] = {}
        known = set()
        for named in groups:
            client = clients.setdefault(named.region, LogsClient(named.region, self.state.counters))
            for group in resolve(client, named):
                if (client.region, group.identifier) not in known:
                    known.add((client.region, group.identifier))
                    api, reason = choose_api(group, self.environment.source, span, epoch_ms(self.request.now))
                    self.groups.append(GroupRead(group.name, client.region, _API_NAMES[api], reason))
                    yield group, api

    def _span(self, window: Window) -> TimeSpan:
        """The time to read: the window and its look-back, or what is new in it, up to now."""
        since_ms = max(0, epoch_ms(window.since) - round(LOOK_BACK.total_seconds() * 1000))
        if self.request.earlier and self.request.earlier.window:
            since_ms = self.request.earlier.window.until_ms
        return TimeSpan(since_ms, max(since_ms, epoch_ms(min(window.until, self.request.now))))

    def _result(self, job: Future[Result]) -> Result:
        """Wait for a job until the deadline."""
        try:
            return job.result(max(0, self.deadline - monotonic()))
        except TimeoutError:
            if job.done():
                raise
            raise self._late() from None

    def _late(self) -> SourceError:
        counters = self.state.counters
        return SourceError(
            f"CloudWatch Logs took too long: {counters['calls']} calls, {counters['events']} events and "
            f"{counters['covered_ms'] / (self.total_ms or 1):.0%} of the time were read",
            "judge a shorter window, or allow more with --read-timeout",
        )

    def _filter(self, pool: "Workers", group: ResolvedGroup, span: TimeSpan) -> None:
        """Read a group by FilterLogEvents, in slices."""
        if self.request.earlier:
            span = TimeSpan(span.since_ms - _LATE_MS, span.until_ms)
        self.total_ms += span.length_ms
        for part in span.cut(_MOST_SLICES, _SHORTEST_SLICE_MS):
            self.jobs.append(
                pool.submit(read_span, group.client, group.identifier, part, self._file(group), self.state)
            )

    def _query(self, pool: "Workers", group: ResolvedGroup, window: Window, patterns: Sequence[str]) -> None:
        """Read a group by Logs Insights, in slices, each with the count of what it does not return."""
        reader = InsightsReader(Queries(group.client, group.identifier, self.state), patterns)
        span = self._span(window)
        if self.request.earlier:
            late = TimeSpan(span.since_ms - _LATE_MS, span.since_ms)
            self.jobs.append(pool.submit(reader.read, late, self._file(group)))
        edge_ms = max(span.since_ms, window.since_ms)  # so that the look-back is counted by itself
        for part in (TimeSpan(span.since_ms, edge_ms), TimeSpan(edge_ms, max(edge_ms, window.until_ms))):
            if part.length_ms:
                self.total_ms += part.length_ms
                for piece in part.cut(_MOST_SLICES, _SHORTEST_QUERY_MS):
                    self.jobs.append(pool.submit(reader.read_and_count, piece, self._file(group)))

    def _file(self, group: ResolvedGroup) -> Path:
        """A new file of the spool; its number goes on from an earlier read's."""
        number = len(self.files) + (len(self.request.earlier.files) if self.request.earlier else 0)
        path = self.folder / f"{number:04}.jsonl"
        self.files.append(SpoolFile(path, f"{group.name} in {group.client.region}", group.name))
        return path

    def _finish(self, show: ShowProgress) -> list[Counted]:
        """Wait for all jobs, or the first that fails."""
        pending, failed = set(self.jobs), None
        while pending and failed is None:
            done, pending = wait(pending, timeout=_SHOW_SECONDS, return_when=FIRST_EXCEPTION)
            counters = self.state.counters
            show(Progress(counters["covered_ms"], self.total_ms, "of the time", counters["events"]))
            failed = next((job for job in done if job.exception()), None)
            if pending and failed is None and monotonic() > self.deadline:
                raise self._late()
        if failed is not None:
            failed.result()  # raises its error: one that comes first by number may only have been called off
        return [counted for job in self.jobs if (counted := job.result())]

    def _fetch(self) -> Fetch:
        counters = self.state.counters
        return Fetch(
            groups=tuple(self.groups),
            calls=counters["calls"],
            retries=max(0, counters["attempts"] - counters["calls"]),  # a call that nobody can sign is not attempted
            throttles=counters["throttles"],
            pages=counters["pages"],
            empty_pages=counters["empty_pages"],
            events=counters["events"],
            bytes=counters["bytes"],
            queries=counters["queries"],
            bytes_scanned=counters["bytes_scanned"],
            price_usd=counters["bytes_scanned"] / _BYTES_PER_GB * self.environment.insights_price,
        )


def _masked(groups: Iterable[ResolvedGroup]) -> Iterator[str]:
    for group in groups:
        if group.is_masked:
            yield f"{group.name} has a data protection policy: what it masks, perhaps connection ids, is not seen"


class Workers:
    """Threads for the calls of a read, which hold nobody up: a call that hangs is left behind.

    They stop where the `with` block is left, also by an error or Ctrl-C. ThreadPoolExecutor waits for its threads,
    where the process ends at the latest.

    Args:
        most: At most so many at once.
        is_stopped: Set where the block is left; the calls look at it.
    """

    def __init__(self, most: int, is_stopped: Event) -> None:
        self._most = most
        self._is_stopped = is_stopped
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_stopped.set()
        self._stop()

    def submit(
        self, call: Callable[Parameters, Result], *args: Parameters.args, **more: Parameters.kwargs
    ) -> Future[Result]:
        """Have a call made by the next thread that is free."""
        future: Future[Result] = Future()
        self._jobs.put((future, partial(call, *args, **more)))
        if len(self._threads) < self._most:
            self._threads.append(Thread(target=self._work, name="read", daemon=True))
            self._threads[-1].start()
        return future

    def _work(self) -> None:
        while job := self._jobs.get():
            future, call = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:  # noqa: BLE001 -- it is raised where somebody waits for the result
                    future.set_exception(error)

    def _stop(self) -> None:
        """Call off what has not begun, and wait a moment for the rest."""
        while not self._jobs.empty():
            if job := self._jobs.get():
                job[0].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        end = monotonic() + _PATIENCE_SECONDS
        for thread in self._threads:
            thread.join(max(0, end - monotonic()))
