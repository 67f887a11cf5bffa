"""One run of the checks: what was asked for, what was read, and what was judged."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from checks.analysis.analyse import Dialect, analyse
from checks.analysis.metrics import METRICS, Metric, Subject
from checks.analysis.results import Analysis
from checks.errors import LogsError
from checks.judge.limit import Limit
from checks.judge.problems import display
from checks.judge.thresholds import Environment
from checks.judge.verdict import Judgement, ReadState, Verdict, exit_code, judge, worst
from checks.logs.files import read_files
from checks.logs.spool import Spool
from checks.logs.window import Window
from checks.report.result import VERSION, CheckResult, MetricResult, Receipt, Result, WindowResult


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line and thresholds.yaml ask for.

    Attributes:
        environment: What is judged.
        logs: Files to read in place of the environment's own source.
        window: What to judge; None for all that the files hold.
        subjects: The analyses that were selected.
        report_folder: Where this environment's reports go.
    """

    environment: Environment
    logs: tuple[str, ...]
    window: Window | None
    subjects: Collection[Subject]
    report_folder: Path

    def limits(self, subject: Subject) -> list[Limit]:
        """The limits to check on a subject: none where its analysis was not selected."""
        limits = self.environment.limits.values()
        return [limit for limit in limits if subject in self.subjects and METRICS[limit.metric].subject is subject]


@dataclass
class Run:
    """The state of a run, filled as pytest goes along."""

    settings: Settings
    error: str | None = None
    checks: list[CheckResult] = field(default_factory=list)
    _window: Window | None = None
    _spool: Spool | None = None
    _analysis: Analysis | None = None

    def read(self, folder: Path) -> None:
        """Read the logs and measure them, once for all checks; afterwards `error` tells whether that was possible.

        Args:
            folder: An empty folder for what the read needs on disk.
        """
        self._window = self.settings.window
        environment = self.settings.environment
        try:
            self._spool = read_files(self._sources(), folder)
            dialect = Dialect(environment.short_lived_seconds, environment.signals)
            self._window, self._analysis = analyse(self._spool, self._window, dialect, folder)
        except LogsError as error:
            self.error = str(error)

    def judge(self, limit: Limit) -> CheckResult:
        """Judge a metric by its limit; where the logs could not be read, the verdict is an error."""
        if self._analysis is None or self._spool is None:
            check = _not_measured(limit, self.error or "the logs were not read")
        else:
            read = ReadState(
                events=self._analysis.reading.events,
                complete=not self._spool.gaps,
                reason="; ".join(self._spool.gaps),
            )
            check = _judged(judge(self._analysis.metrics[limit.metric], limit, read))
        self.checks.append(check)
        return check

    def result(self) -> Result | None:
        """All that was found; None where no check ran, for that is no result."""
        if not self.checks:
            return None
        verdicts = [check.verdict for check in self.checks]
        found = self._analysis
        return Result(
            version=VERSION,
            environment=self.settings.environment.name,
            window=WindowResult(self._window.since, self._window.until) if self._window else None,
            verdict=worst(verdicts),
            exit_code=exit_code(verdicts, self.settings.environment.on_inconclusive),
            error=self.error,
            metrics={m.name: MetricResult(m.value, m.n) for m in found.metrics.values()} if found else {},
            checks=tuple(self.checks),
            receipt=self._receipt(),
            gone_connections=found.gone_connections if found else (),
            interpretation=found.interpretation if found else None,
            near_misses=found.near_misses if found else (),
        )

    def _sources(self) -> tuple[str, ...]:
        environment = self.settings.environment
        if self.settings.logs:
            return self.settings.logs
        if environment.logs is not None:
            return (display(environment.logs),)
        raise LogsError(
            f"the logs of {environment.name!r} are in the CloudWatch log group {environment.log_group}, which this "
            "version cannot read yet; export them and give the file with --logs, or try -E demo"
        )

    def _receipt(self) -> Receipt:
        spool = self._spool
        return Receipt(
            source=spool.source if spool else "nothing",
            asked=spool.asked if spool else self.settings.logs,
            complete=spool is not None and not spool.gaps and self.error is None,
            gaps=spool.gaps if spool else (),
            notes=spool.notes if spool else (),
            reading=self._analysis.reading if self._analysis else None,
        )


def _judged(judgement: Judgement) -> CheckResult:
    metric: Metric = judgement.metric
    return CheckResult(
        id=metric.name,
        metric=metric.name,
        verdict=judgement.verdict,
        value=metric.value,
        operator=judgement.operator,
        limit=judgement.bound.value,
        bound=judgement.bound.side.value,
        n=metric.n,
        sentence=judgement.sentence,
    )


def _not_measured(limit: Limit, error: str) -> CheckResult:
    bound = limit.bounds[0]
    return CheckResult(
        id=limit.metric,
        metric=limit.metric,
        verdict=Verdict.ERROR,
        value=None,
        operator=None,
        limit=bound.value,
        bound=bound.side.value,
        n=None,
        sentence=f"{limit.metric} not measured: {error.splitlines()[0]}",
    )
