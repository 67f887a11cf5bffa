"""One run of the checks: what was asked for, what was read, and what was judged."""

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from checks.analysis.analyse import Dialect, analyse
from checks.analysis.engine import Engine
from checks.analysis.evidence import Evidence, find_evidence, write_cases
from checks.analysis.metrics import METRICS, Cases, Metric, Subject
from checks.analysis.results import Analysis
from checks.analysis.taught import broad_patterns
from checks.errors import LogsError
from checks.judge.limit import Limit
from checks.judge.problems import display
from checks.judge.thresholds import Environment
from checks.judge.verdict import Judgement, ReadState, Verdict, exit_code, judge, not_measured, overall, unseen, unused
from checks.logs import kept
from checks.logs.files import read_files
from checks.logs.groups import LogGroup
from checks.logs.progress import ShowProgress
from checks.logs.spool import Spool
from checks.logs.unfinished import UnfinishedReadError
from checks.logs.window import Window
from checks.report.files import cases_name
from checks.report.result import VERSION, CheckResult, MetricResult, Receipt, Result, WindowResult, cleaned
from checks.report.text import printable

DEFAULT_LENGTH: Final = timedelta(days=1)
"""Of the window, where CloudWatch is read and nobody says otherwise."""
_NOTHING_THERE: Final = "no event in the window or the 2 h before it; is it where the function logs?"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line and thresholds.yaml ask for.

    Attributes:
        program: How the checks were started.
        environment: What is judged.
        logs: Files to read in place of the environment's own source.
        log_groups: Log groups to read in place of it.
        window: What to judge; None for all that the files hold, or for a day up to now.
        notes: How the window came about, where that takes a sentence.
        is_continued: Whether the next run's window may begin where this one's ends.
        thresholds: Other limits than those of the checkout; None where these hold.
        keep_logs: Where to keep what is read from CloudWatch; None where it is not kept.
        subjects: The analyses that were selected.
        report_folder: Where this environment's reports go.
        now: When the run began: what waivers end by.
        strict_warnings: Whether a warning has an exit code of its own.
    """

    program: tuple[str, ...]
    environment: Environment
    logs: tuple[str, ...]
    log_groups: tuple[LogGroup, ...]
    window: Window | None
    notes: tuple[str, ...]
    is_continued: bool
    thresholds: str | None
    keep_logs: Path | None
    subjects: Collection[Subject]
    report_folder: Path
    now: datetime
    strict_warnings: bool

    @property
    def files(self) -> tuple[str, ...]:
        """The files to read; none where CloudWatch is read."""
        if self.logs or self.log_groups or self.environment.logs is None:
            return self.logs
        return (display(self.environment.logs),)

    @property
    def groups(self) -> tuple[LogGroup, ...]:
        """The log groups to read where no files are."""
        return self.log_groups or self.environment.log_groups

    @property
    def limits(self) -> list[Limit]:
        """The limits to check: those of the selected analyses."""
        return [limit for limit in self.environment.limits.values() if METRICS[limit.metric].subject in self.subjects]

    def limits_on(self, subject: Subject) -> list[Limit]:
        """The limits to check on a subject."""
        return [limit for limit in self.limits if METRICS[limit.metric].subject is subject]


@dataclass
class Run:
    """The state of a run, filled as pytest goes along."""

    settings: Settings
    error: str | None = None
    judgements: list[Judgement] = field(default_factory=list)
    _window: Window | None = None
    _spool: Spool | None = None
    _analysis: Analysis | None = None
    _engine: Engine | None = None
    _evidence: dict[Cases, Evidence] = field(default_factory=dict)

    def read(self, folder: Path, show: ShowProgress) -> None:
        """Read the logs and measure them, once for all checks; afterwards `error` tells whether that was possible.

        Args:
            folder: An empty folder for what the read needs on disk.
            show: Shows how a read of CloudWatch gets on.
        """
        self._window = self.settings.window
        environment = self.settings.environment
        try:
            if files := self.settings.files:
                self._spool = read_files(files, folder)
            else:
                self._spool = self._read_cloudwatch(folder, show)
                self._window = self._spool.window
                self._keep(self._spool)
            dialect = Dialect(environment.short_lived_seconds, environment.signals, environment.redact)
            self._analysis, self._engine = analyse(self._spool, self._window, dialect, folder)
            self._window = self._analysis.window
        except UnfinishedReadError as error:
            self._spool, self.error = error.spool, str(error)
        except LogsError as error:
            self.error = str(error)

    def judge(self, limit: Limit) -> Judgement:
        """Judge a metric by its limit; where the logs could not be read, the verdict is an error."""
        if self._analysis is None or self._spool is None:
            judgement = not_measured(limit, self.error or "the logs were not read")
        else:
            judgement = judge(
                self._metrics()[limit.metric],
                limit,
                _read_state(self._analysis, self._spool),
                now=self.settings.now,
                waiver=self.settings.environment.waivers.get(limit.metric),
            )
        judgement = replace(judgement, sentence=printable(judgement.sentence))
        self.judgements.append(judgement)
        if judgement.verdict is not Verdict.PASS:
            self._find_evidence(METRICS[limit.metric].cases)
        return judgement

    def result(self) -> Result | None:
        """All that was found; None where no check ran, for that is no result."""
        if not self.judgements:
            return None
        environment = self.settings.environment
        found = self._analysis
        result = Result(
            version=VERSION,
            environment=environment.name,
            window=WindowResult(self._window.since, self._window.until) if self._window else None,
            verdict=overall(self.judgements),
            exit_code=exit_code(self.judgements, strict_warnings=self.settings.strict_warnings),
            error=self.error,
            metrics={metric.name: MetricResult(metric.value, metric.n) for metric in self._metrics().values()},
            checks=tuple(map(_check, self.judgements)),
            receipt=self._receipt(),
            gone_connections=found.gone_connections if found else (),
            interpretation=found.interpretation if found else None,
            near_misses=found.near_misses if found else (),
            command=self._command(),
            overview=found.overview if found else None,
            evidence=tuple(self._evidence.values()),
            unused_waivers=tuple(unused(environment.waivers, environment.limits, self.judgements)),
        )
        return cleaned(result)

    def _metrics(self) -> Mapping[str, Metric]:
        """What the events tell, and what the read and the limits add; nothing where the logs could not be read."""
        if self._analysis is None or self._spool is None:
            return {}
        missing = unseen(self.settings.limits, self._analysis.seen)
        added = (Metric("data.gaps", len(self._spool.gaps)), Metric("data.unseen_signals", len(missing)))
        measured = {**self._analysis.metrics, **{metric.name: metric for metric in added}}
        return {name: measured[name] for name in METRICS}

    def _find_evidence(self, kind: Cases | None) -> None:
        """Look for the cases behind a verdict; those that don't fit into a report go into a file beside it."""
        if kind is None or kind in self._evidence or self._engine is None:
            return
        evidence = find_evidence(self._engine, kind)
        if evidence is None:
            return
        self._evidence[kind] = evidence
        if not evidence.is_whole:
            file = self.settings.report_folder / cases_name(kind)
            file.parent.mkdir(exist_ok=True)
            write_cases(self._engine, file)

    def _read_cloudwatch(self, folder: Path, show: ShowProgress) -> Spool:
        from checks.logs.cloudwatch.read import Wanted, read_log_groups  # noqa: PLC0415 -- boto3 takes half a second

        settings, environment = self.settings, self.settings.environment
        self._window = settings.window or Window(settings.now - DEFAULT_LENGTH, settings.now)
        wanted = Wanted(
            groups=settings.groups,
            window=self._window,
            source=environment.source,
            patterns=partial(broad_patterns, environment.signals),
            insights_price=environment.insights_price,
            now=settings.now,
        )
        return read_log_groups(wanted, settings.keep_logs or folder, show)

    def _keep(self, spool: Spool) -> None:
        if self.settings.keep_logs:
            kept.keep(spool, self.settings.keep_logs)

    def _receipt(self) -> Receipt:
        spool, reading = self._spool, self._analysis.reading if self._analysis else None
        notes = (*self.settings.notes, *(spool.notes if spool else ()))
        return Receipt(
            source=spool.source if spool else "nothing",
            asked=spool.asked if spool else self._asked(),
            complete=spool is not None and not spool.gaps and self.error is None,
            gaps=spool.gaps if spool else (),
            notes=(*notes, _NOTHING_THERE) if reading and reading.is_empty else notes,
            reading=reading,
            fetch=spool.fetch if spool else None,
        )

    def _command(self) -> str:
        """What judges the same window of the same logs again."""
        settings = self.settings
        words = [*settings.program, "-E", settings.environment.name]
        for option, values in (
            ("--logs", settings.logs),
            ("--log-group", [group.name for group in settings.log_groups]),
        ):
            words += chain.from_iterable((option, value) for value in values)
        if settings.thresholds:
            words += ["--thresholds", settings.thresholds]
        if self._window:
            words += ["--since", self._window.since.isoformat(), "--until", self._window.until.isoformat()]
        return shlex.join(words)

    def _asked(self) -> tuple[str, ...]:
        return self.settings.files or tuple(group.name for group in self.settings.groups)


def _read_state(analysis: Analysis, spool: Spool) -> ReadState:
    return ReadState(
        events=analysis.reading.events, complete=not spool.gaps, seen=analysis.seen, reason="; ".join(spool.gaps)
    )


def _check(judgement: Judgement) -> CheckResult:
    metric, limit = judgement.metric, judgement.limit
    return CheckResult(
        id=metric.name,
        metric=metric.name,
        verdict=judgement.verdict,
        value=metric.value,
        operator=judgement.operator,
        limit=judgement.bound.value,
        bound=judgement.bound.side.value,
        n=metric.n,
        warn=limit.warn,
        demands=", ".join(map(limit.show, limit.bounds)),
        place=f"{display(limit.file)}:{limit.line}" + (" (defaults)" if limit.inherited else ""),
        sentence=judgement.sentence,
        shadow=limit.shadow,
        owner=limit.owner,
        runbook=limit.runbook,
    )
