"""The log reader: reads the logs of a run and analyses them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, Scope, analyse, engine_in_scope
from checks.analysis.engine import Engine, unreadable_logs_named
from checks.analysis.reading import Reading
from checks.analysis.recognise import Dialect, Relations, broad_patterns
from checks.config.environment import Environment, LogGroup, named_groups
from checks.errors import ConfigError, SourceError
from checks.logs.cloudwatch import CloudWatchSource, GroupsOrLakeSource, LakeSource
from checks.logs.cloudwatch.insights_stats import CountQuery, countable_sentences
from checks.logs.files import FileSource, read_files
from checks.logs.spool import (
    LogRequest,
    LogSource,
    Progress,
    ShowProgress,
    SourceSettings,
    Spool,
    SpoolFile,
    UnfinishedReadError,
)
from checks.metrics import METRICS, EvidenceKind, Metric
from checks.places import DEFAULT_ENVIRONMENT
from checks.run.settings import OWN_METRICS, Settings
from checks.text import display_path
from checks.window import FileWindow, Window, epoch_ms, utc_now

if TYPE_CHECKING:
    from checks.logs.cloudwatch.read_log_groups import EventCounter
    from checks.resources.probe import ProbeRun

_LEAST_DOUBTFUL_LAG: Final = timedelta(minutes=25)
"""The least lag that casts doubt on the time zone: zones differ by at least half an hour."""
SOURCES: Final[list[type[LogSource]]] = [GroupsOrLakeSource, LakeSource, FileSource, CloudWatchSource]
"""The log sources, in the order in which they are tried. To add one, add a line here."""


def source_of(settings: SourceSettings) -> LogSource:
    """Return the first log source that the settings name; the last one, CloudWatch, is the default."""
    return next(source for one in SOURCES if (source := one.from_settings(settings)))


def read_named_logs(paths: Sequence[str], log_groups: Sequence[str], hours: float, folder: Path) -> Spool:
    """Return the events of files or of log groups, for commands that need no environment.

    Raises:
        ConfigError: Neither files nor log groups are named, or both.
        SourceError: They cannot be read.
    """
    if bool(paths) == bool(log_groups):
        raise ConfigError("name the logs to read: either files, or log groups by `--log-group NAME`")
    if paths:
        return read_files(paths, folder)
    now = utc_now()
    environment = Environment(name=DEFAULT_ENVIRONMENT, limits={}, waivers={}, signals={}, redact={}, source="filter")
    request = LogRequest(Window.of_hours(hours, now), patterns=tuple, now=now)
    return CloudWatchSource(named_groups(log_groups), environment).read(request, folder, lambda _: None)


class LogRead(Struct, frozen=True):
    """One read of the logs: the spool of events and their analysis, or the reason why there is none.

    Attributes:
        window: The window that is judged; None if it is not known.
        spool: The events that were read; None if nothing could be read.
        analysis: The analysis of the events; None if the logs could not be read.
        engine: The engine that finds the evidence; None if events were only counted.
        error: The reason why the logs could not be read; None if they could.
        own: The metrics that queries of thresholds.yaml measured.
        own_errors: The reasons why other metrics could not be measured or counted, by name.
        find_cases: Finds the connections that are cases of a kind if there is no engine to do so; returns a sentence on
            each, and an empty spool that tells the cost.
    """

    window: Window | None
    spool: Spool | None = None
    analysis: Analysis | None = None
    engine: Engine | None = None
    error: str | None = None
    own: tuple[Metric, ...] = ()
    own_errors: Mapping[str, str] = field(default_factory=dict)
    find_cases: Callable[[EvidenceKind], tuple[tuple[str, ...], Spool | None]] | None = None

    @property
    def is_counted(self) -> bool:
        """Whether events were counted instead of read."""
        return self.find_cases is not None

    def with_cost_of(self, earlier: "LogRead | None") -> "LogRead":
        """Return this read with the cost of earlier queries added to its own."""
        before, now = earlier.spool if earlier else None, self.spool
        if before is None or now is None or before.fetch is None or now.fetch is None:
            return self
        return replace(self, spool=replace(now, fetch=before.fetch + now.fetch))


class LogReader(Struct, dict=True):
    """Reads and analyses the logs that the settings name, or else the log groups.

    The folder is empty at first, and lives as long as the logs are used.
    """

    settings: Settings
    groups: tuple[LogGroup, ...]
    folder: Path
    show: ShowProgress
    probe_run: "ProbeRun | None" = None
    _remembered: dict[Any, Any] = field(default_factory=dict)
    _notes: tuple[str, ...] = ()

    @cached_property
    def _dialect(self) -> Dialect:
        """The dialect of the application, with the marks of the run's own probes."""
        own = self.settings.environment
        secrets = self.probe_run.secrets.redact if self.probe_run else {}
        return Dialect(
            own.short_lived_seconds,
            own.signals,
            {**own.redact, **secrets},
            own.ignore,
            probe_mark=self.probe_run.mark if self.probe_run else "",
            show_values=self.settings.show_values,
        )

    def read_and_analyse(
        self, window: Window | None, scope: Scope, now: datetime, earlier: LogRead | None = None
    ) -> LogRead:
        """Read the logs and measure them; the `error` of the result says what went wrong.

        After an earlier poll in the same scope, only new events are read, scanned and added to it.
        """
        self._remembered, self._notes = {}, ()  # the next poll may find other log groups
        if reason := self._why_counted(scope, window, now):
            counted = self._count(window, scope, now, reason)
            return counted.with_cost_of(earlier)
        spool: Spool | None = None
        before, known = (earlier.spool, earlier.engine) if earlier else (None, None)
        try:
            if not (known or self.settings.files or self.settings.lake):  # while calls run, it takes much longer
                with self._groups_named():
                    known = engine_in_scope(self._dialect, self.new_folder(), scope)
            folder = self.settings.keep_logs or self.new_folder()
            scan = None if before or not known else partial(self._scan_ahead, known)
            request = replace(self.request(window, now), earlier=before, scan=scan)
            spool = self.read(request, folder)
            analysis, engine = self.analyse(spool, self.settings.file_window or spool.window or window, scope, known)
        except SourceError as error:
            return LogRead(window, _spool_of(error, spool), error=str(error))
        own, own_errors = self._measure_own(engine)
        spool = replace(spool, notes=(*spool.notes, *self._notes, *_time_zone_notes(analysis.reading)))
        return LogRead(analysis.window, spool, analysis, engine, own=own, own_errors=own_errors)

    def _groups_named(self) -> AbstractContextManager[None]:
        return unreadable_logs_named([group.name for group in self.groups])

    def _scan_ahead(self, engine: Engine, files: Sequence[SpoolFile]) -> None:
        """Scan files that are complete while others are being read."""
        with self._groups_named():
            engine.scan(files)

    def read(self, request: LogRequest, folder: Path) -> Spool:
        """Read the logs into a spool."""
        settings = self.settings
        source = source_of(SourceSettings(settings.files or settings.lake, self.groups, settings.environment))
        return source.read(request, folder, self.show)

    def request(self, window: Window | None, now: datetime) -> LogRequest:
        """Return the request for the events of a window, or of the default one."""
        return LogRequest(
            window or self.settings.default_window,
            patterns=self._patterns,
            now=now,
            timeout=self.settings.read_timeout,
            remembered=self._remembered,
        )

    def _why_counted(self, scope: Scope, window: Window | None, now: datetime) -> str:
        """Return the reason why Logs Insights counts the events; empty if they are read."""
        settings = self.settings
        environment = settings.environment
        if settings.files or settings.lake:
            return ""
        if environment.source == "insights-stats":
            return "source: insights-stats in thresholds.yaml"
        if environment.source != "auto" or environment.sentences == "any":
            return ""
        from checks.logs.cloudwatch.log_groups import why_not_filter  # noqa: PLC0415 -- boto3 takes half a second

        try:
            reason = why_not_filter(self.groups, self.request(window, now))
        except SourceError:  # the read will meet and report it
            return ""
        why_events = f"for the version {scope.version}" if scope.version else settings.why_events
        if reason and why_events:
            self._notes = (f"the events were read, not counted: {why_events}",)
        return "" if why_events else reason

    def _count(self, window: Window | None, scope: Scope, now: datetime, reason: str) -> LogRead:
        """Have Logs Insights count the events."""
        from checks.analysis.counted import counted_analysis, tallies, why_not_counted  # noqa: PLC0415 -- boto3
        from checks.logs.cloudwatch.insights_stats.query import stats_query  # noqa: PLC0415
        from checks.logs.cloudwatch.read_log_groups import EventCounter  # noqa: PLC0415

        if scope.version or self.settings.keep_logs:
            why = "counts all versions of a function" if scope.version else "has no events for --keep-logs"
            return LogRead(window, error=f"source: insights-stats {why}; use source: insights")
        own = self.settings.environment
        seen_ms = epoch_ms(scope.seen_until) if scope.seen_until else None
        sentences = countable_sentences(own)
        question = CountQuery(sentences, broad_patterns({}), own.short_lived_seconds, seen_ms)
        counter = EventCounter(self.groups, own, self.request(window, now), reason)
        spool: Spool | None = None
        try:
            spool, result = counter.run(partial(stats_query, question))
            counts = tallies(result, spool.window or self.settings.default_window)
        except SourceError as error:
            return LogRead(window, _spool_of(error, spool), error=str(error))
        analysis, gaps = counted_analysis(counts, own.limits, sentences)
        return LogRead(
            counts.window,
            replace(spool, gaps=gaps, notes=(*spool.notes, *sentences.remarks)),
            analysis,
            own_errors={
                metric: why for metric in (*METRICS, *own.queries) if (why := why_not_counted(metric, sentences))
            },
            find_cases=partial(_find_cases, counter, question, counts.window),
        )

    def analyse(
        self, spool: Spool, window: Window | FileWindow | None, scope: Scope, earlier: Engine | None = None
    ) -> tuple[Analysis, Engine]:
        """Measure a spool."""
        show = partial(self._show_scan, spool)
        return analyse(spool, window, self._dialect, self.new_folder(), scope, show=show, earlier=earlier)

    def _show_scan(self, spool: Spool, share: float) -> None:
        """Show the progress of a scan of files; events from a service were scanned while they were read."""
        if spool.fetch is None:
            size = sum(file.path.stat().st_size for file in spool.files)
            self.show(Progress.of_files((1 + share) / 2, size))

    def _patterns(self) -> tuple[str, ...]:
        """Return the patterns of the lines that are needed."""
        settings = self.settings
        own = broad_patterns(settings.environment.signals, settings.log_subjects)
        return (*own, self.probe_run.mark) if self.probe_run else own

    def _measure_own(self, engine: Engine) -> tuple[tuple[Metric, ...], Mapping[str, str]]:
        """Measure the metrics that are queries of thresholds.yaml and have a limit; return them and errors by name."""
        settings = self.settings
        own, errors = list[Metric](), dict[str, str]()
        limited = settings.limits_on([OWN_METRICS])
        if not limited:
            return (), errors
        relations = Relations(engine)
        for metric in (limit.metric for limit in limited):
            file = settings.environment.queries[metric]
            try:
                own.append(relations.measure(metric, file))
            except ValueError as error:
                errors[metric] = f"{display_path(file)}: {error}"
        return tuple(own), errors

    def new_folder(self) -> Path:
        """Make an empty folder; each read and each analysis has one of its own."""
        return Path(mkdtemp(dir=self.folder))


def _find_cases(
    counter: "EventCounter", question: CountQuery, window: Window, kind: EvidenceKind
) -> tuple[tuple[str, ...], Spool | None]:
    """Ask Logs Insights for the connections that are cases of a kind; an error is returned in their place."""
    from checks.analysis.counted import connection_cases  # noqa: PLC0415 -- boto3 takes half a second
    from checks.logs.cloudwatch.insights_stats.query import CASES, cases_query  # noqa: PLC0415

    if kind not in CASES:
        return (), None
    spool: Spool | None = None
    try:
        spool, result = counter.run(partial(cases_query, question, kind=kind), window)
        return connection_cases(result, window), spool
    except SourceError as error:
        return (f"the connections could not be looked up: {error}",), _spool_of(error, spool)


def _spool_of(error: SourceError, spool: Spool | None) -> Spool | None:
    """Return the events that were read before an error; the error itself may hold them."""
    return error.spool if isinstance(error, UnfinishedReadError) else spool


def _time_zone_notes(reading: Reading) -> Iterator[str]:
    """Yield a note if times may not be in UTC: CloudWatch ingests an event seconds after its time."""
    lag = timedelta(milliseconds=reading.lag_p50_ms or 0)
    if abs(lag) >= _LEAST_DOUBTFUL_LAG:
        side = "before" if lag > timedelta() else "after"
        hours = f"{abs(lag) / timedelta(hours=1):,.1f}".removesuffix(".0")
        yield f"the events' times are {hours} h {side} their ingestionTime: are they local times without an offset?"
