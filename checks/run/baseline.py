"""The baseline of a run: the logs before the deploy or at another time, another version, or an earlier result."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.analysis.analyse import MOST_SIGNATURES, Analysis, Scope
from checks.analysis.engine import Engine, hand_over_memory
from checks.errors import ConfigError, SourceError
from checks.logs.spool import Spool
from checks.metrics import IN_LOGS, METRICS, NEW_SIGNATURES, Metric
from checks.places import is_file
from checks.report.result import Result, read_result
from checks.run.log_reader import LogRead, LogReader
from checks.run.settings import Settings
from checks.units import is_duration, parse_duration
from checks.verdicts.increase import BaselineMetric, NewKinds, new_kinds
from checks.verdicts.verdict import Verdict
from checks.window import LOOK_BACK, Window, parse_length, utc_now

PREVIOUS: Final = "previous"
OTHER_VERSIONS: Final = "version"
_TRAFFIC: Final = "gone.connection_rate"
"""The metric whose sample is the connections that were seen."""


class Baseline(Struct, frozen=True):
    """The baseline that a run is compared with.

    Attributes:
        window: The window of the baseline; None if it is not known.
        signatures: The number of connections that met each kind of error, None if only the kind is known; None if
            errors were not searched.
        is_simultaneous: Whether the baseline has the same window as the run: then traffic is compared, not length.
        error: The reason why the baseline could not be read; empty if it could.
        blind: The reason why nothing can be compared with it; empty if it can.
        kinds: The baseline of all the time up to the run's window, to know rare kinds of errors; None if errors
            were not searched.
    """

    description: str
    window: Window | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    signatures: Mapping[str, int | None] | None = None
    is_simultaneous: bool = False
    error: str = ""
    blind: str = ""
    kinds: "Baseline | None" = None

    def new_kinds(self, now: Mapping[str, int], window: Window, metrics: Mapping[str, Metric]) -> NewKinds:
        """Return the kinds of errors of a run that are new beyond chance, or the reason why they can't be compared."""
        if self.kinds:
            return self.kinds.new_kinds(now, window, metrics)
        before = self.earlier(_TRAFFIC, window, metrics)
        if before.blind or self.signatures is None:
            return NewKinds(reason=before.blind or "the baseline does not list its types of errors")
        if len(self.signatures) >= MOST_SIGNATURES:
            most = f"the baseline has {MOST_SIGNATURES:,} types of errors or more"
            return NewKinds(reason=f"{most}: too many to see which are new")
        return new_kinds(now, self.signatures, before.share)

    def earlier(self, metric: str, window: Window, metrics: Mapping[str, Metric]) -> BaselineMetric:
        """Return a metric of the baseline, to compare with that of a window.

        The windows are compared by the connections seen in them, since twice as many have twice the errors. If either
        window saw none, they are compared by length.
        """
        then, now = _connections(self.metrics), _connections(metrics)
        blind = self.blind
        if not (then and now):
            then, now = _seconds(self.window), _seconds(window)
            if self.is_simultaneous:
                blind = blind or "the other versions had no traffic"
        if not then:
            blind = blind or "the window of the baseline is not known"
        return BaselineMetric(self.metrics.get(metric, Metric(metric, None)), now / (then or 1.0), blind)


def _connections(metrics: Mapping[str, Metric]) -> float:
    return metrics[_TRAFFIC].n or 0 if _TRAFFIC in metrics else 0


def _seconds(window: Window | None) -> float:
    return window.length.total_seconds() if window else 0.0


class BaselineReader:
    """Finds the baseline for a window that may grow to the length `longest`; the logs are read only once."""

    def __init__(self, settings: Settings, reader: LogReader, scope: Scope, longest: timedelta) -> None:
        self._reference = settings.gate.baseline or PREVIOUS
        self._earlier = settings.gate.earlier
        self._reader = reader
        self._scope = scope
        self._longest = longest
        self._warm_up = settings.gate.warm_up
        self._has_files = bool(settings.files)
        has_limit = any(limit.metric == NEW_SIGNATURES for limit in settings.limits)
        self._wants_kinds = has_limit and self._reference != PREVIOUS
        self._kinds: Baseline | None = None
        self._spool: Spool | None = None
        self._engine: Engine | None = None

    def baseline(self, log_read: LogRead) -> Baseline:
        """Return the baseline for a read of the logs; its `error` says what went wrong."""
        if log_read.window is None or log_read.spool is None:
            return Baseline("the baseline", error="the logs were not read")
        hand_over_memory(log_read.engine, self._engine)
        try:
            return self._find(log_read.window, log_read.spool, is_counted=log_read.is_counted)
        except SourceError as error:
            return Baseline("the baseline", error=f"the baseline: {error}")
        except OverflowError:
            return Baseline("the baseline", error="the baseline reaches back before the year 1")
        finally:
            hand_over_memory(self._engine, log_read.engine)

    def _find(self, window: Window, spool: Spool, *, is_counted: bool) -> Baseline:
        if self._reference == OTHER_VERSIONS:
            if self._scope.version is None:
                raise SourceError("one version has all the traffic, so there are no others to compare it with")
            others = replace(self._scope, is_version_excluded=True)
            baseline = self._measured("the other versions in the same window", spool, window, others)
            return replace(baseline, is_simultaneous=True)
        if self._earlier:
            return _recorded(self._reference, self._earlier)
        deployed = window.since - self._warm_up
        shift = window.until - deployed if self._reference == PREVIOUS else parse_duration(self._reference)
        description = "the same time before" if self._reference == PREVIOUS else f"{self._reference} before"
        # Not beyond the deploy: otherwise the run would be compared with itself.
        earlier = Window(window.since - shift, min(window.until - shift, deployed))
        until_deploy = Window(earlier.since, deployed)
        scope = replace(self._scope, version=None)
        if is_counted:
            return self._counted(description, earlier, scope)
        if not self._has_files:
            spool = self._spool = self._spool or self._read(until_deploy, earlier, window, spool)
        baseline = self._measured(description, spool, earlier, scope)
        if self._wants_kinds and self._kinds is None:
            self._kinds = self._measured(description, spool, until_deploy, scope)
        return replace(baseline, kinds=self._kinds)

    def _read(self, until_deploy: Window, earlier: Window, window: Window, judged: Spool) -> Spool:
        """Read the earlier logs as far as the longest window needs, without those that the run itself has read.

        The run has read the look-back of its window, which begins hours before it.
        """
        if self._wants_kinds:
            widest = until_deploy
        elif self._reference == PREVIOUS:
            widest = Window(min(earlier.since, earlier.until - self._longest), earlier.until)
        else:
            widest = Window(earlier.since, max(earlier.until, earlier.since + self._longest))
        folder, known_since = self._reader.new_folder(), window.since - LOOK_BACK
        if judged.fetch is None or widest.until <= known_since:
            return self._reader.read(self._reader.request(widest, utc_now()), folder)
        missing = Window(widest.since - LOOK_BACK, known_since)
        request = replace(self._reader.request(missing, utc_now()), look_back=timedelta())
        return self._reader.read(request, folder) + judged

    def _counted(self, description: str, earlier: Window, scope: Scope) -> Baseline:
        """Return the baseline by another query, for a run whose events are counted instead of read."""
        counted = self._reader.read_and_analyse(earlier, scope, utc_now())
        if counted.analysis is None or counted.spool is None:
            raise SourceError(counted.error or "nothing was counted")
        return self._baseline_of(counted.analysis, counted.spool, earlier, description)

    def _measured(self, description: str, spool: Spool, window: Window, scope: Scope) -> Baseline:
        analysis, self._engine = self._reader.analyse(spool, window, scope, self._engine)
        return self._baseline_of(analysis, spool, window, description)

    def _baseline_of(self, analysis: Analysis, spool: Spool, window: Window, description: str) -> Baseline:
        """Return the baseline of an analysis; if the files begin within its window, only that part was seen."""
        may_begin_within = self._has_files and self._reference != OTHER_VERSIONS
        first = analysis.reading.first_event
        if may_begin_within and first and not analysis.reading.look_back_events:
            window = Window(first, window.until)
        return Baseline(
            description=description,
            window=window,
            metrics=analysis.metrics,
            signatures={one.shape: one.cases for one in analysis.signatures},
            blind=_blind(analysis, spool),
        )


def earlier_run(reference: str | None) -> Result | None:
    """Return the run whose result.json is named by `--baseline`; None if it does not name a file.

    Raises:
        ConfigError: The file is not the result of a run.
    """
    if not reference or reference in {PREVIOUS, OTHER_VERSIONS} or is_duration(reference):
        return None
    return read_result(Path(reference)) if is_file(Path(reference)) else None


def check_baseline(reference: str, environment: str, earlier: Result | None) -> None:
    """Check that the baseline named by `--baseline` exists, and that a run may be compared with it.

    Raises:
        ConfigError: The name is not allowed, or the earlier run of that name can't be a baseline.
    """
    if reference in {PREVIOUS, OTHER_VERSIONS}:
        return
    if is_duration(reference):
        if not parse_length(reference, "--baseline"):
            raise ConfigError(f"--baseline: {reference!r} before is the window itself; give an age such as 24h")
        return
    if earlier is None:
        raise ConfigError(
            f"--baseline: {reference!r} is neither {PREVIOUS}, {OTHER_VERSIONS}, an age such as 24h, "
            "nor a result.json that exists"
        )
    if why := _why_not_comparable(earlier, environment):
        raise ConfigError(f"--baseline: {reference} cannot be a baseline: {why}; name the result.json of another run")


def _why_not_comparable(run: Result, environment: str) -> str:
    """Return the reason why a run can't be a baseline; empty if it can."""
    if run.environment != environment:
        return f"it is a run on {run.environment!r}, but this run judges {environment!r}"
    if run.error is not None:
        return f"its logs could not be read: {run.error}"
    if not run.receipt.complete:
        return f"its read was incomplete: {'; '.join(run.receipt.gaps)}"
    return "that run failed" if run.verdict is Verdict.FAIL else ""


def _recorded(file: str, run: Result) -> Baseline:
    names = [name for name, metric in METRICS.items() if metric.subject in IN_LOGS]
    metrics = {name: run.metric(name) for name in names}
    signatures = None if run.signatures is None else dict.fromkeys(run.signatures)
    return Baseline(f"the run on {run.environment} in {file}", run.window, metrics, signatures)


def _blind(analysis: Analysis, spool: Spool) -> str:
    if spool.gaps:
        return f"the baseline is incomplete: {spool.gaps[0]}"
    return "" if analysis.reading.events else "the baseline contains no event"
