"""One run of the checks: it reads the logs, judges each limit, and makes the result."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from checks.analysis.analyse import Scope, gone_connections
from checks.analysis.dictionary import find_sentences, near_misses
from checks.analysis.evidence import Evidence, find_evidence, write_cases
from checks.analysis.recognise import Relations
from checks.config.environment import LogGroup
from checks.config.limit import Limit, Side
from checks.errors import HistoryError, SourceError
from checks.history.history import MOST_SHOWN, nights_before
from checks.history.record import Record
from checks.history.store import Store
from checks.logs.spool import ShowProgress, write_archive
from checks.metrics import METRICS, Metric, Subject
from checks.report.phrases import uncounted
from checks.report.result import (
    FORMAT_VERSION,
    BaselineResult,
    CheckResult,
    MetricResult,
    Receipt,
    Result,
    cases_name,
)
from checks.run.baseline import Baseline
from checks.run.log_reader import LogRead, LogReader
from checks.run.observer import Observer, poll_until
from checks.run.settings import Settings
from checks.run.snapshot import Snapshot
from checks.text import one_line
from checks.verdicts.nights import Night
from checks.verdicts.polling import Poll, PollState
from checks.verdicts.verdict import Judgement, Verdict, exit_code, overall, unused_waivers
from checks.window import Window

if TYPE_CHECKING:
    from checks.resources.lambda_function import Deploy  # which loads boto3: it takes half a second
    from checks.resources.probe import ProbeRun

_MOMENT: Final = timedelta(seconds=1)
"""The least length of a window, which is never empty, not even right after a deploy."""
_SHOWS_VALUES: Final = "--show-values: values of log lines are shown; they may be users' words, names or secrets"
_NOTHING_THERE: Final = "no event in the window or the 2 h before it; is this where the function logs?"


@dataclass
class Run:
    """The state of a run, filled while pytest runs the checks; its snapshot holds everything that is known."""

    settings: Settings
    history: Store
    judgements: list[Judgement] = field(default_factory=list)
    snapshot: Snapshot = field(init=False)
    _polls: tuple[Poll, ...] = ()
    _deploy: "Deploy | None" = None
    _probe_run: "ProbeRun | None" = None
    _groups: tuple[LogGroup, ...] = ()

    def __post_init__(self) -> None:
        self._groups = self.settings.groups
        self.snapshot = Snapshot(self.settings, LogRead(self.settings.window, error="the logs were not read"))

    def read(self, folder: Path, show: ShowProgress) -> None:
        """Read the logs and measure them, once for all checks; the snapshot includes whatever goes wrong."""
        try:
            self._prepare()
        except SourceError as error:
            self.snapshot = Snapshot(self.settings, LogRead(self.settings.window, error=str(error)))
            return
        observer, gate = self._observer(folder, show), self.settings.gate
        if gate.wait:
            self.snapshot, self._polls = poll_until(
                observer.observe, self.settings.observed_limits, gate.wait, gate.hold
            )
            if observer.misses_late_events and self._polls[-1].state is not PollState.FAILED:
                self.snapshot = observer.observe_anew()
        else:
            self.snapshot = observer.observe()
        spool = self.snapshot.log_read.spool
        if self.settings.keep_logs and spool and spool.files:
            write_archive(spool, self.settings.keep_logs)

    def judge(self, limit: Limit) -> Judgement:
        """Judge a metric by its limit."""
        judgement = self.snapshot.judge(limit, self._nights(limit))
        if judgement.verdict in {Verdict.FAIL, Verdict.WARN}:
            self.snapshot = self.snapshot.with_cases(limit.metric)
        self.judgements.append(judgement)
        return judgement

    def add_own(self, metric: Metric, findings: Sequence[str] = ()) -> None:
        """Add the metric that a team's own test measured, and the findings behind it, to the snapshot."""
        snapshot, name = self.snapshot, metric.name
        behind = {name: tuple(one_line(self.redacted(finding)) for finding in findings)}
        self.snapshot = replace(
            snapshot, own={**snapshot.own, name: metric}, own_findings={**snapshot.own_findings, **behind}
        )

    @cached_property
    def relations(self) -> Relations:
        """The tables of the logs, for a team's own checks.

        Raises:
            SourceError: There is no analysis: the logs could not be read, or this run reads none.
        """
        log_read = self.snapshot.log_read
        if log_read.engine is None:
            counted = "the events were counted, not read; use source: insights" if log_read.is_counted else ""
            raise SourceError(log_read.error or counted or "this run reads no logs")
        return Relations(log_read.engine)

    def redacted(self, text: str) -> str:
        """Redact a text that may quote the logs."""
        engine = self.snapshot.log_read.engine
        return engine.redacted(text) if engine else text

    def result(self) -> Result | None:
        """Return the result; None if no check ran."""
        if not self.judgements:
            return None
        environment, snapshot = self.settings.environment, self.snapshot
        log_read, analysis = snapshot.log_read, snapshot.log_read.analysis
        sentences = find_sentences(log_read.engine) if log_read.engine else ()
        return Result(
            version=FORMAT_VERSION,
            environment=environment.name,
            window=log_read.window,
            verdict=overall(self.judgements),
            exit_code=exit_code(self.judgements, strict_warnings=self.settings.strict_warnings),
            error=log_read.error if self.settings.needs_logs else None,
            metrics={metric.name: MetricResult.of(metric) for metric in snapshot.metrics.values()},
            checks=tuple(map(self.check_result, self.judgements)),
            receipt=self._receipt(),
            gone_connections=gone_connections(log_read.engine) if log_read.engine else (),
            interpretation=analysis.interpretation if analysis else None,
            near_misses=near_misses(sentences),
            sentences=sentences,
            command=self._command(),
            overview=analysis.overview if analysis else None,
            evidence=tuple(self._evidence()),
            unused_waivers=tuple(unused_waivers(environment.waivers, self._limits, self.judgements)),
            deployed=self._deployed,
            polls=self._polls,
            baseline=_baseline(snapshot.baseline),
            new_signatures=snapshot.new_signatures,
            signatures=tuple(one.shape for one in analysis.signatures)
            if analysis and Subject.ERRORS in self.settings.log_subjects
            else None,
        )

    @property
    def _limits(self) -> dict[str, Limit]:
        """All limits: those of the environment, and those of tests with plain assertions."""
        return {**{one.limit.metric: one.limit for one in self.judgements}, **self.settings.environment.limits}

    def _prepare(self) -> None:
        """Prepare the read of the logs: run the probes, find the deploy and the log groups of functions."""
        settings = self.settings
        if settings.probe:
            from checks.resources.probe import run_probes  # noqa: PLC0415 -- few runs have probes

            self._probe_run = run_probes(settings.probe)
        functions = settings.environment.functions
        if settings.files or not functions:
            return
        from checks.resources.lambda_function import find_deploy, log_groups_of  # noqa: PLC0415 -- boto3 takes half a second

        if settings.gate.since_deploy:
            self._deploy = find_deploy(functions, settings.gate.deployed)
            named = {group.name for group in self._groups}
            if not settings.log_groups:  # --log-group replaces all others
                self._groups += tuple(group for group in self._deploy.log_groups if group.name not in named)
        elif not (self._groups or settings.lake):
            self._groups = log_groups_of(functions)

    def _observer(self, folder: Path, show: ShowProgress) -> Observer:
        settings, deploy = self.settings, self._deploy
        window = settings.window
        if deploy:
            begin = deploy.at + settings.gate.warm_up
            window = Window(begin, max(settings.now, begin + _MOMENT))
        seen_until = settings.continued.seen_until if settings.continued else None
        scope = Scope(version=self._version, seen_until=seen_until, subjects=settings.log_subjects)
        reader = LogReader(settings, self._groups, folder, show, self._probe_run)
        return Observer(reader, window, scope)

    @property
    def _deployed(self) -> datetime | None:
        """The time of the deploy that the window begins with; None if it is not known."""
        return self._deploy.at if self._deploy else self.settings.gate.deployed

    @property
    def _version(self) -> str | None:
        """The only version that is judged; None if all are."""
        return self.settings.gate.version or (self._deploy.version if self._deploy else None)

    def _nights(self, limit: Limit) -> Iterator[Night]:
        """Yield the nights before this one, the newest first; the history is read when a limit first needs it."""
        window = self.snapshot.log_read.window
        if window and self.settings.is_in_a_row:
            yield from nights_before(self._past, limit, window)

    @cached_property
    def _past(self) -> tuple[Record, ...]:
        """The runs before this one; none if they can't be read, which is reported when this run is recorded."""
        try:
            return self.history.newest(MOST_SHOWN, self.settings.environment.name).records
        except HistoryError:
            return ()

    def _evidence(self) -> Iterator[Evidence]:
        """Yield the cases behind checks that do not pass; too many for the report go into a file beside it."""
        engine = self.snapshot.log_read.engine
        if engine is None:
            return
        behind = (METRICS[one.limit.metric].evidence for one in self.judgements if one.verdict is not Verdict.PASS)
        kinds = [kind for kind in dict.fromkeys(behind) if kind]
        if not kinds:
            return
        for kind, evidence in find_evidence(engine, kinds).items():
            yield evidence
            if not evidence.is_whole:
                file = self.settings.report_folder / cases_name(kind)
                file.parent.mkdir(exist_ok=True)
                write_cases(engine, kind, file)

    def _receipt(self) -> Receipt:
        log_read = self.snapshot.log_read
        spool, analysis = log_read.spool, log_read.analysis
        reading, overview = (analysis.reading, analysis.overview) if analysis else (None, None)
        places = self.settings.files or self.settings.lake or tuple(group.name for group in self._groups)
        notes = (
            *([self.settings.continued.note] if self.settings.continued else ()),
            *([_SHOWS_VALUES] if self.settings.show_values else ()),
            *(self._deploy.notes if self._deploy else ()),
            *(spool.notes if spool else ()),
            *chain.from_iterable(one.notes for one in self.snapshot.observations.by_subject.values()),
            *self.settings.left_out,
            *uncounted(overview),
        )
        return Receipt(
            source=spool.source if spool else "nothing",
            requested=spool.requested if spool else places,
            complete=spool is not None and not self.snapshot.gaps and log_read.error is None,
            gaps=self.snapshot.gaps,
            notes=(*notes, _NOTHING_THERE) if reading and reading.is_empty else notes,
            reading=reading,
            fetch=spool.fetch if spool else None,
        )

    def _command(self) -> str:
        """Return the command that judges the same window of the same logs again."""
        settings, gate, window = self.settings, self.settings.gate, self.snapshot.log_read.window
        options: list[tuple[str, str | None]] = [
            ("-E", settings.environment.name),
            *(("--logs", place) for place in settings.logs),
            *(("--log-group", group.name) for group in settings.log_groups),
            ("-A", ",".join(settings.subjects) if len(settings.subjects) < len(Subject) else None),
            ("--thresholds", settings.thresholds),
            ("--function-version", self._version),
            ("--baseline", gate.baseline),
        ]
        if window:
            begin, at = ("--deployed-at", self._deployed) if self._deployed else ("--since", window.since)
            options.append((begin, at.isoformat()))
            options.append(("--warm-up", f"{gate.warm_up.total_seconds():g}s" if gate.warm_up else None))
            options.append(("--until", window.until.isoformat()))
        words = [word for name, value in options if value for word in (name, value)]
        return shlex.join([*settings.program, *words, *(["--strict-warnings"] if settings.strict_warnings else [])])

    def check_result(self, judgement: Judgement) -> CheckResult:
        """Return a judgement as every report shows it."""
        metric, limit = judgement.metric, judgement.limit
        return CheckResult.of(
            judgement,
            metric=metric.name,
            warn=limit.warn,
            demands=limit.demands,
            place=limit.place + (" (defaults)" if limit.inherited else ""),
            sentence=judgement.sentence,
            owner=limit.owner,
            runbook=limit.runbook,
            per=limit.per if judgement.bound.side is not Side.INCREASE else None,
            objective=limit.budget.objective if limit.budget else UNSET,
            budget_days=limit.budget.days if limit.budget else UNSET,
            adds_up=self.snapshot.adds_up(metric.name),
            findings=tuple(map(one_line, self.snapshot.findings(metric.name))),
            missing=self.snapshot.missing_samples(judgement),
            span=judgement.span,
        )


def _baseline(baseline: Baseline | None) -> BaselineResult | None:
    if baseline is None:
        return None
    return BaselineResult(
        description=baseline.description,
        window=baseline.window,
        metrics={metric.name: MetricResult.of(metric) for metric in baseline.metrics.values()},
        error=baseline.error or baseline.blind,
    )
