"""Settings of a run, as the command line and thresholds.yaml define them."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config.crosschecks import RESOURCES
from checks.config.environment import Environment, LogGroup, Probe
from checks.config.limit import Limit
from checks.history.history import WindowStart
from checks.logs.cloudwatch.insights_stats import countable_sentences
from checks.metrics import IN_LOGS, LOOKED_UP, METRICS, NEW_SIGNATURES, OF_CONNECTIONS, Subject
from checks.report.result import Result
from checks.text import display_path
from checks.window import FileWindow, Window

DEFAULT_LENGTH: Final = timedelta(days=1)
"""The default length of the window if CloudWatch is read."""
_NO_BASELINE: Final = "because there is no --baseline to compare with"
OWN_METRICS: Final = "own.*"
"""The name that stands for all metrics measured by queries of thresholds.yaml."""


class Gate(Struct, frozen=True):
    """The gate after a deploy: where its window begins, how long it waits, what it compares with.

    Attributes:
        since_deploy: Whether the window begins with the last deploy, as reported by AWS Lambda.
        deployed: The time of the deploy, if the command line gives it; otherwise None.
        warm_up: The time after the deploy that is not judged: cold starts, and the last requests of the old code.
        version: The version of the function to judge; None for all.
        wait: The longest time to poll; zero for a single snapshot.
        hold: The number of passing polls in a row that opens the gate.
        baseline: The baseline: `previous`, an age such as `24h`, `version`, or a result.json; None for no comparison.
        earlier: The run in that result.json; None for any other baseline.
    """

    since_deploy: bool = False
    deployed: datetime | None = None
    warm_up: timedelta = timedelta()
    version: str | None = None
    wait: timedelta = timedelta()
    hold: int = 1
    baseline: str | None = None
    earlier: Result | None = None


class Settings(Struct, frozen=True):
    """The settings of a run.

    Attributes:
        logs: Files or a lake to read instead of the environment's own source.
        log_groups: Log groups to read instead of the environment's own.
        window: The window to judge in CloudWatch; None for the last day, and if files are read.
        file_window: The window to judge in files; None for everything in them.
        continued: Where the window begins with `--since last-run`; None for any other window.
        thresholds: The file that `--thresholds` names; None for the nearest one.
        keep_logs: The folder that keeps the events read from CloudWatch; None if they are not kept.
        now: The time when the run began, by which waivers expire.
        strict_warnings: Whether a warning has an exit code of its own.
        probe: The connections that the run opens itself; None if `--probe` is not given.
        show_values: Whether reports show values of log lines that are not known to be harmless.
        read_timeout: The longest time for a read of CloudWatch; None for a time that fits the window.
        files: The files to read; none if CloudWatch or a lake is read.
        lake: The prefixes of the lake to read; none if files or CloudWatch are read.
    """

    program: tuple[str, ...]
    environment: Environment
    logs: tuple[str, ...]
    log_groups: tuple[LogGroup, ...]
    window: Window | None
    file_window: FileWindow | None
    thresholds: str | None
    keep_logs: Path | None
    subjects: Collection[Subject]
    report_folder: Path
    now: datetime
    strict_warnings: bool
    gate: Gate = field(default_factory=Gate)
    probe: Probe | None = None
    has_own_checks: bool = False
    show_values: bool = False
    read_timeout: timedelta | None = None
    continued: WindowStart | None = None
    files: tuple[str, ...] = ()
    lake: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[LogGroup, ...]:
        """The log groups to read if no files are read."""
        return self.log_groups or self.environment.log_groups

    @property
    def is_in_a_row(self) -> bool:
        """Whether this run is one of the regular runs on an environment, not a gate or a look at chosen logs."""
        gate = self.gate
        return not (self.logs or self.log_groups or gate.since_deploy or gate.deployed or gate.version or gate.wait)

    @property
    def default_window(self) -> Window:
        """The default window if CloudWatch is read."""
        return Window(self.now - DEFAULT_LENGTH, self.now)

    @property
    def limits(self) -> list[Limit]:
        """The limits to check: those of the selected analyses, without those that this run can't judge."""
        return [limit for limit in self._selected if not self._reason_to_leave_out(limit)]

    @property
    def judgeable(self) -> frozenset[str]:
        """The metrics with a limit that a run like this one judges if no option selects some of its checks."""
        return frozenset(limit.metric for limit in replace(self, subjects=tuple(Subject)).limits)

    @property
    def left_out(self) -> Iterator[str]:
        """A sentence on the limits, or parts of limits, that this run can't judge, for each reason."""
        metrics: dict[str, list[str]] = {}
        for limit in self._selected:
            if reason := self._reason_to_leave_out(limit):
                metrics.setdefault(f"not judged, {reason}", []).append(limit.metric)
            elif limit.max_increase is not None and self.gate.baseline is None:
                metrics.setdefault(f"`max_increase` is not judged, {_NO_BASELINE}", []).append(limit.metric)
        return (f"{what}: {', '.join(names)}" for what, names in metrics.items())

    @property
    def why_no_limits(self) -> Iterator[str]:
        """A sentence on each reason why there is nothing to check; none if there is a limit to check."""
        if self.limits:
            return
        yield from self.left_out
        limited = {METRICS[limit.metric].subject for limit in self.environment.limits.values()}
        if Subject.PROBE in self.subjects and Subject.PROBE in limited:
            yield "not judged, because there is no --probe: probe.*"
        if absent := [subject for subject in self.subjects if subject not in limited]:
            names = ", ".join(f"{subject}.*" for subject in absent)
            needed = " and ".join(["one", *(f"`{RESOURCES[subject]}`" for subject in absent if subject in RESOURCES)])
            yield f"{self.environment.name} has no limit on {names}: thresholds.yaml needs {needed}"

    @property
    def resources(self) -> tuple[Subject, ...]:
        """The subjects to look up in AWS itself."""
        limited = {METRICS[limit.metric].subject for limit in self.limits}
        return tuple(subject for subject in LOOKED_UP if subject in limited)

    @property
    def needs_logs(self) -> bool:
        """Whether any limit is on a metric of the logs, or a team's own checks may use the logs."""
        return self.has_own_checks or any(METRICS[limit.metric].is_from_logs for limit in self.limits)

    @property
    def log_subjects(self) -> list[Subject]:
        """The subjects of the logs to measure."""
        # Includes errors even if a limit on them has no baseline yet: this run's result.json may become one.
        limited = {METRICS[limit.metric].subject for limit in self._selected}
        compared = set() if self.gate.baseline is None else {Subject.ERRORS}
        return [subject for subject in IN_LOGS if subject in {*OF_CONNECTIONS, *limited, *compared}]

    @property
    def why_events(self) -> str:
        """The reason why the run needs the events themselves and not only counts of them; empty if it does not."""
        from checks.analysis.counted import why_not_counted  # noqa: PLC0415 -- boto3 takes half a second

        own = self.environment
        sentences = countable_sentences(own)
        uncounted = ((limit.metric, why_not_counted(limit.metric, sentences)) for limit in self.limits)
        needs = {
            "for --keep-logs": self.keep_logs,
            "for --probe": self.probe,
            "for checks of your own": self.has_own_checks,
            "`signals` teaches others": own.sentences == "connection_events" and own.signals,
        }
        why = next((f"{metric}: {why}" for metric, why in uncounted if why), "")
        return why or next((reason for reason, is_needed in needs.items() if is_needed), "")

    def limits_on(self, metrics: Collection[str]) -> list[Limit]:
        """Return the limits to check on some metrics; `own.*` stands for all queries of thresholds.yaml."""
        names = {*metrics, *(self.environment.queries if OWN_METRICS in metrics else ())}
        return [limit for limit in self.limits if limit.metric in names]

    @property
    def observed_limits(self) -> list[Limit]:
        """The limits whose metrics a snapshot holds: all but those that a team's own tests judge later."""
        return [limit for limit in self.limits if not self.is_judged_by_test(limit)]

    def is_judged_by_test(self, limit: Limit) -> bool:
        """Whether a limit is judged by a `judge(…)` in a team's own test."""
        return METRICS[limit.metric].subject is Subject.OWN and limit.metric not in self.environment.queries

    @property
    def _selected(self) -> Iterator[Limit]:
        subjects = {*self.subjects} - (set() if self.probe else {Subject.PROBE})
        return (one for one in self.environment.limits.values() if METRICS[one.metric].subject in subjects)

    def _reason_to_leave_out(self, limit: Limit) -> str:
        if absent := self.environment.absent_analysis(limit.metric):
            return f"because {display_path(limit.file)} says `{absent}: none`"
        if self.files and METRICS[limit.metric].subject in LOOKED_UP:
            return "because files are read, not AWS"
        if self.gate.baseline is None and (limit.metric == NEW_SIGNATURES or not limit.bounds):
            return _NO_BASELINE
        return ""
