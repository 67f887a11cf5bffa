"""Settings of a run: what the command line and thresholds.yaml ask for."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from checks.config.environment import Environment, LogGroup, Probe
from checks.config.limit import Limit
from checks.logs.cloudwatch.insights_stats import countable_sentences
from checks.metrics import LOOKED_UP, METRICS, NEW_SIGNATURES, Subject
from checks.text import display_path
from checks.window import FileWindow, Window

DEFAULT_LENGTH: Final = timedelta(days=1)
"""The length of the window where CloudWatch is read and nothing else is said."""
OWN_METRICS: Final = "own.*"
"""In place of a name: all that queries of thresholds.yaml measure."""


class Gate(Struct, frozen=True):
    """The gate after a deploy: where its window begins, how long it waits, what it compares with.

    Attributes:
        since_deploy: Whether the window begins with the last deploy, as AWS Lambda tells it.
        deployed: When the code was deployed, where somebody says so; None where nobody does.
        warm_up: For how long from then on nothing is judged: cold starts, and the last requests of the old code.
        version: The version of the function to judge; None for all.
        wait: For how long to poll; nothing for one snapshot.
        hold: How many passing polls in a row it takes.
        baseline: What to compare with: `previous`, an age such as `24h`, `version`, or a result.json; None for nothing.
    """

    since_deploy: bool = False
    deployed: datetime | None = None
    warm_up: timedelta = timedelta()
    version: str | None = None
    wait: timedelta = timedelta()
    hold: int = 1
    baseline: str | None = None


class Settings(Struct, frozen=True):
    """All that a run needs to know beforehand.

    Attributes:
        logs: Files or a lake to read in place of the environment's own source.
        log_groups: Log groups to read in place of it.
        window: What to judge of CloudWatch; None for a day up to now, and where files are read.
        file_window: What to judge of files; None for all that they hold.
        notes: How the window came about, where that takes a sentence.
        is_continued: Whether the next run's window may begin where this one's ends.
        thresholds: Other limits than those of the checkout; None where these hold.
        keep_logs: Where to keep what is read from CloudWatch; None where it is not kept.
        now: When the run began: what waivers end by.
        strict_warnings: Whether a warning has an exit code of its own.
        probe: The connections that the run opens itself; None where nobody asked for them.
        show_values: Whether reports show values of log lines that are not known to be harmless.
        read_timeout: How long a read of CloudWatch may take; None for what fits the window.
        seen_until: In a run that follows another: when the last event arrived that that one saw.
        files: To read; none where CloudWatch or a lake is read.
        lake: To read, prefix by prefix; none where files or CloudWatch are read.
    """

    program: tuple[str, ...]
    environment: Environment
    logs: tuple[str, ...]
    log_groups: tuple[LogGroup, ...]
    window: Window | None
    file_window: FileWindow | None
    notes: tuple[str, ...]
    is_continued: bool
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
    seen_until: datetime | None = None
    files: tuple[str, ...] = ()
    lake: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[LogGroup, ...]:
        """The log groups to read where no files are."""
        return self.log_groups or self.environment.log_groups

    @property
    def is_in_a_row(self) -> bool:
        """Whether this run is one of a row that judges an environment again and again: no gate."""
        gate = self.gate
        return not (self.logs or self.log_groups or gate.since_deploy or gate.deployed or gate.version or gate.wait)

    @property
    def default_window(self) -> Window:
        """What is judged where CloudWatch is read and nobody says otherwise."""
        return Window(self.now - DEFAULT_LENGTH, self.now)

    @property
    def limits(self) -> list[Limit]:
        """The limits to check: those of the selected analyses, as far as this run can look at what they are about."""
        return [limit for limit in self._selected if not self._reason_to_leave_out(limit)]

    @property
    def left_out(self) -> Iterator[str]:
        """A sentence on the limits that this run can't look at, and why."""
        metrics: dict[str, list[str]] = {}
        for limit in self._selected:
            if reason := self._reason_to_leave_out(limit):
                metrics.setdefault(reason, []).append(limit.metric)
        return (f"not judged, {reason}: {', '.join(names)}" for reason, names in metrics.items())

    @property
    def resources(self) -> tuple[Subject, ...]:
        """The subjects to look up in AWS itself."""
        limited = {METRICS[limit.metric].subject for limit in self.limits}
        return tuple(subject for subject in LOOKED_UP if subject in limited)

    @property
    def needs_logs(self) -> bool:
        """Whether any of the limits is on what the logs tell, or a team's own checks may look into them."""
        return self.has_own_checks or any(METRICS[limit.metric].is_from_logs for limit in self.limits)

    @property
    def wants_errors(self) -> bool:
        """Whether errors have to be told apart by their signatures."""
        # Even where a limit on them has no baseline yet: this run's result.json may become one.
        is_limited = any(METRICS[limit.metric].subject is Subject.ERRORS for limit in self._selected)
        return self.gate.baseline is not None or is_limited

    @property
    def wants_invocations(self) -> bool:
        """Whether Lambda's reports of invocations are read: each is a line that nothing else needs."""
        return any(METRICS[limit.metric].subject is Subject.LAMBDA for limit in self._selected)

    @property
    def why_events(self) -> str:
        """Why the run needs more than what Logs Insights can count; empty where it does not."""
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
        """The limits to check on some of the metrics; `own.*` are all that queries of thresholds.yaml measure."""
        names = {*metrics, *(self.environment.queries if OWN_METRICS in metrics else ())}
        return [limit for limit in self.limits if limit.metric in names]

    @property
    def observed_limits(self) -> list[Limit]:
        """The limits whose metrics a snapshot holds: all but those that a test of a team's own judges later."""
        return [limit for limit in self.limits if not self.is_judged_by_test(limit)]

    def is_judged_by_test(self, limit: Limit) -> bool:
        """Whether it takes a `judge(…)` in a test of a team's own."""
        return METRICS[limit.metric].subject is Subject.OWN and limit.metric not in self.environment.queries

    @property
    def _selected(self) -> Iterator[Limit]:
        subjects = {*self.subjects} - (set() if self.probe else {Subject.PROBE})
        return (one for one in self.environment.limits.values() if METRICS[one.metric].subject in subjects)

    def _reason_to_leave_out(self, limit: Limit) -> str:
        if absent := self.environment.absent_analysis(limit.metric):
            return f"because {display_path(limit.file)} says `{absent}: none`"
        if self.files and METRICS[limit.metric].subject in LOOKED_UP:
            return "because files are read, and not AWS"
        if self.gate.baseline is None and (limit.metric == NEW_SIGNATURES or not limit.bounds):
            return "because there is no --baseline to compare with"
        return ""
