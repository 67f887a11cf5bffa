"""CloudWatch as a log source: the log groups of an environment, or the lake that has the same events.

Where Logs Insights only counts, there are no events, so that is no log source: `Counter`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from checks.config.environment import Environment, LogGroup
from checks.errors import SourceError
from checks.logs.lake import LakeSource
from checks.logs.spool import GroupRead, LogRequest, ShowProgress, SourceSettings, Spool, UnfinishedReadError
from checks.window import TimeSpan, Window, epoch_ms

if TYPE_CHECKING:
    from checks.logs.cloudwatch.insights import QueryResult
    from checks.logs.cloudwatch.log_groups import ResolvedGroup  # which loads boto3: it takes half a second
    from checks.logs.cloudwatch.logs_client import SharedState

COUNTS: Final = "Logs Insights (counts only)"

_MOST_GROUPS: Final = 50
"""Of a query."""

_PAGES_OF_GB: Final = 1000


@dataclass(frozen=True, slots=True)
class CloudWatchSource:
    """The log groups of an environment, or those of `--log-group`.

    Attributes:
        groups: The log groups to read.
        environment: Says which API to use, and what Logs Insights costs.
    """

    groups: Sequence[LogGroup]
    environment: Environment

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return CloudWatch as the source where nothing else is named."""
        return None if settings.places else cls(settings.groups, settings.environment)

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the window and the two hours before it; see LogSource.

        Raises:
            UnfinishedReadError: A log group could not be read. The error tells how far the read came.
        """
        from checks.logs.cloudwatch.read_log_groups import read_log_groups  # noqa: PLC0415 -- boto3 takes half a second

        return read_log_groups(self.groups, self.environment, request, folder, show)


@dataclass(frozen=True, slots=True)
class GroupsOrLakeSource:
    """The log groups of an environment, or its lake where FilterLogEvents would take too long, or can't read them.

    Attributes:
        groups: The log groups.
        lake: What has the same events, minutes later.
    """

    groups: CloudWatchSource
    lake: LakeSource

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return it where an environment names both, and the command line neither."""
        environment = settings.environment
        is_open = environment.log_groups and settings.places == (environment.lake,)
        return cls(CloudWatchSource(settings.groups, environment), LakeSource(settings.places)) if is_open else None

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read one of them, and note which and why; see LogSource."""
        why_lake = self._why_lake(request)
        spool = (self.lake if why_lake else self.groups).read(request, folder, show)
        note = f"the lake was read, for {why_lake}" if why_lake else f"the log groups were read, and not {self._places}"
        return replace(spool, notes=(note, *spool.notes))

    @property
    def _places(self) -> str:
        return ", ".join(self.lake.places)

    def _why_lake(self, request: LogRequest) -> str:
        """Why the log groups are not read; empty where they are."""
        return why_not_filter(self.groups.groups, request)


def why_not_filter(groups: Sequence[LogGroup], request: LogRequest) -> str:
    """Why FilterLogEvents is not what `auto` reads some of these log groups by; empty where it is.

    Raises:
        SourceError: There is no such log group.
    """
    from checks.logs.cloudwatch.log_groups import choose_api  # noqa: PLC0415 -- boto3 takes half a second
    from checks.logs.cloudwatch.logs_client import SharedState  # noqa: PLC0415

    span = _span(request, request.window or request.default_window)
    for group in _resolved(groups, SharedState()):
        api, reason = choose_api(group, "auto", span, epoch_ms(request.now))
        if api != "filter":
            return f"{group.name}: {reason}"
    return ""


@dataclass(frozen=True, slots=True)
class Counter:
    """Logs Insights as a counter of the events of log groups.

    Attributes:
        groups: The log groups.
        environment: Says what Logs Insights costs.
        request: The window, and how long a query may take.
        reason: Why events are counted, and not read.
    """

    groups: Sequence[LogGroup]
    environment: Environment
    request: LogRequest
    reason: str

    def run(self, query: Callable[[Window], str], window: Window | None = None) -> "tuple[Spool, QueryResult]":
        """Run a query over all log groups.

        Args:
            query: Makes it, for a window.
            window: To ask for; None for that of the request, as far as its events have arrived.

        Returns:
            A spool without events, which has the window, and says what that took; and the rows.

        Raises:
            UnfinishedReadError: Not all could be counted.
        """
        from checks.logs.cloudwatch.logs_client import SharedState, Workers  # noqa: PLC0415 -- boto3 takes half a second
        from checks.logs.cloudwatch.read_log_groups import default_timeout, fetch_of  # noqa: PLC0415

        state, reads, asked = SharedState(), list[GroupRead](), self.request.window or self.request.default_window
        end = monotonic() + (self.request.timeout or default_timeout(asked)).total_seconds()
        spool, error = Spool(f"CloudWatch {COUNTS}", tuple(one.name for one in self.groups), ()), None
        with Workers(1, state.is_stopped) as workers:
            job = workers.submit(self._run, query, window, state, reads)
            try:
                result, window, notes = job.result(max(0.0, end - monotonic()))
            except TimeoutError:
                error = SourceError("Logs Insights took too long", "judge a shorter window, or use --read-timeout")
            except SourceError as raised:
                error = raised
        spool = replace(spool, fetch=fetch_of(state.counters, reads, self.environment))
        if error:
            raise UnfinishedReadError(str(error), spool) from error
        return replace(spool, window=window, notes=notes), result

    def _run(
        self, query: Callable[[Window], str], window: Window | None, state: "SharedState", reads: list[GroupRead]
    ) -> "tuple[QueryResult, Window, tuple[str, ...]]":
        """The rows, the window, and what a reader should know of them."""
        from checks.logs.cloudwatch.filter_log_events import end_where_arrived  # noqa: PLC0415 -- boto3, as above
        from checks.logs.cloudwatch.insights import Queries  # noqa: PLC0415
        from checks.logs.cloudwatch.read_log_groups import masked_groups  # noqa: PLC0415

        request, note = self.request, None
        groups = list(_resolved(self.groups, state))
        reads += self._reads(groups)
        if window is None:
            window, note = end_where_arrived(request.window or request.default_window, groups, request.now)
        first, *others = groups
        if len(groups) > _MOST_GROUPS or any(one.client.region != first.client.region for one in others):
            raise SourceError(
                f"one query counts the events of {_MOST_GROUPS} log groups in one region at most; use source: insights"
            )
        queries = Queries(first.client, first.identifier, state, tuple(one.identifier for one in others))
        result = queries.run(query(window), _span(request, window))
        return result, window, (*((note,) if note else ()), *masked_groups(groups))

    def _reads(self, groups: "Sequence[ResolvedGroup]") -> Iterator[GroupRead]:
        from checks.logs.cloudwatch.log_groups import pages_stored  # noqa: PLC0415 -- boto3, as above

        request = self.request
        span = _span(request, request.window or request.default_window)
        gb = sum(pages_stored(one, span, epoch_ms(request.now)) for one in groups) / _PAGES_OF_GB
        why = f"{self.reason}; a scan of about {gb:,.1f} GB, US$ {gb * self.environment.insights_price:,.2f}"
        yield from (GroupRead(one.name, one.client.region, COUNTS, why) for one in groups)


def _span(request: LogRequest, window: Window) -> TimeSpan:
    """The window and its look-back, as far as it is over."""
    since_ms = max(0, epoch_ms(window.since - request.look_back))
    return TimeSpan(since_ms, max(since_ms, min(window.until_ms, epoch_ms(request.now))))


def _resolved(groups: Sequence[LogGroup], state: "SharedState") -> "Iterator[ResolvedGroup]":
    """The log groups that are meant, each once."""
    from checks.logs.cloudwatch.log_groups import resolve  # noqa: PLC0415 -- boto3 takes half a second
    from checks.logs.cloudwatch.logs_client import LogsClient  # noqa: PLC0415

    known = set()
    for named in groups:
        client = LogsClient(named.region, state.counters)
        for group in resolve(client, named):
            if (client.region, group.identifier) not in known:
                known.add((client.region, group.identifier))
                yield group
