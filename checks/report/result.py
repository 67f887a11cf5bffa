"""The result of a run: result.json, written and read, and the source of every report."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field, structs

from checks.analysis.analyse import GoneConnection, Interpretation, Signature
from checks.analysis.dictionary import Sentence
from checks.analysis.evidence import Evidence
from checks.analysis.overview import Overview
from checks.analysis.reading import Reading
from checks.config.limit import Operator
from checks.errors import ConfigError
from checks.logs.spool import Fetch
from checks.metrics import METRICS, EvidenceKind, Metric, Unit
from checks.places import UNFINISHED, write_whole
from checks.report.pipeline import RunOrigin
from checks.text import display_path, without_control_characters
from checks.units import Period
from checks.verdicts.polling import Poll
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window

FORMAT_VERSION: Final = 1
"""The version of result.json's format; raised when a reader of the old one would misunderstand the new one."""
Amount: TypeAlias = Annotated[float, Meta(ge=0, le=1e15)]
"""A measured number or a limit, within a range that no real one exceeds."""
Size: TypeAlias = Annotated[int, Meta(ge=0)]


class MetricResult(Struct, frozen=True):
    """A measured number.

    Attributes:
        value: The number; null if there was no sample.
        n: Size of the sample; null for a plain count.
        certain: Cases of a share that are known for sure; absent if all are.
        squares: The sum of the squares of each connection's cases; absent if cases do not come in clusters.
        usual: The longest other silence of a log, or this one if others are too few to tell; else absent.
    """

    value: Amount | None = None
    n: Size | None = None
    certain: Size | UnsetType = UNSET
    squares: Amount | UnsetType = UNSET
    usual: Amount | UnsetType = UNSET

    @classmethod
    def of(cls, metric: Metric) -> Self:
        """Make the number of a metric; counts become floats like other values: `5.0`."""
        return cls(
            None if metric.value is None else float(metric.value),
            metric.n,
            UNSET if metric.certain is None else metric.certain,
            UNSET if metric.squares is None else metric.squares,
            UNSET if metric.usual is None else metric.usual,
        )

    def metric(self, name: str) -> Metric:
        """Return the number as a metric."""
        is_share = METRICS[name].unit is Unit.RATE and self.value is not None and self.n is not None
        numerator = round((self.value or 0) * (self.n or 0)) if is_share else None
        certain = None if self.certain is UNSET else self.certain
        squares = None if self.squares is UNSET else self.squares
        usual = None if self.usual is UNSET else self.usual
        return Metric(name, self.value, self.n, numerator, certain, squares, usual=usual)


class Outcome(Struct, frozen=True, kw_only=True):
    """The outcome of a limit in numbers: the part of a check that the history keeps.

    Attributes:
        id: The metric's name, as in pytest's node id.
        verdict: The verdict that follows from value, limit and n.
        value: The measured value; null if there was no sample, or the logs could not be read.
        operator: The comparison that is true of value and limit; null if there is no value.
        limit: The number of the limit that decided.
        bound: The name of that number.
        n: Size of the sample.
        shadow: Whether the verdict is only shown and does not affect that of the run.
        demands: The whole limit for people: `warn 2 %, max 5 %`.
        per: The unit of time that value and limit refer to; null if they refer to the whole window.
        adds_up: Whether later runs may add the metric to theirs: all of it was seen, and the run is a regular one.
        objective: The share of cases that should be good over many runs; absent if the limit has no objective.
        budget_days: The period of the objective in days; absent if the limit has no objective.
        hour: Start of the hour that value and n refer to; null if they refer to the whole window.
    """

    id: str
    verdict: Verdict
    value: Amount | None
    operator: Operator | None
    limit: Amount | None
    bound: Literal["warn", "max", "min", "max_increase"] | None
    n: Size | None
    shadow: bool
    demands: str = ""
    per: Period | None = None
    adds_up: bool = False
    objective: Amount | UnsetType = UNSET
    budget_days: Size | UnsetType = UNSET
    hour: datetime | None = None

    @classmethod
    def of(cls, judgement: Judgement, **others: Any) -> Self:
        """Return the outcome of a judgement; `others` are the fields that it alone does not tell."""
        measured = MetricResult.of(judgement.metric)
        return cls(
            id=judgement.metric.name,
            verdict=judgement.verdict,
            value=measured.value,
            operator=judgement.operator,
            limit=judgement.bound.value,
            bound=judgement.bound.side.value,
            n=measured.n,
            shadow=judgement.limit.shadow,
            hour=judgement.hour,
            **others,
        )


class CheckResult(Outcome, frozen=True, kw_only=True):
    """The outcome of a limit, with everything that people are told.

    Attributes:
        metric: The metric's name, a key of `metrics`.
        warn: The number over (or under) which the limit warns; null if it has none.
        place: The place of the limit: `thresholds.yaml:12`.
        sentence: Metric, value, limit and sample in one line.
        owner: Whom to ask, as thresholds.yaml says; empty if it does not.
        runbook: What to do, as thresholds.yaml says; empty if it does not.
        findings: Sentences on what is behind a value that has no cases: the most frequent errors, or AWS resources.
        missing: Number of cases that the sample lacks for a verdict.
        span: The runs that value and n refer to: `the last 9 nights`; empty for this run or hour alone.
    """

    metric: str
    warn: Amount | None
    place: str
    sentence: str
    owner: str
    runbook: str
    findings: tuple[str, ...] = ()
    missing: Size = 0
    span: str = ""


class Receipt(Struct, frozen=True, kw_only=True):
    """The receipt of the read: the logs that were requested, and those that were read.

    Attributes:
        source: The kind of source that was read.
        requested: The files or log groups that the user or the environment named.
        complete: Whether everything was read.
        gaps: Sentences on what is missing.
        notes: Sentences on anything else that a reader should know.
        reading: The counts of events; null if the logs could not be read.
        fetch: The requests to CloudWatch and their cost, even if they failed; null if files were read.
    """

    source: str
    requested: tuple[str, ...] = field(name="asked")
    complete: bool
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    reading: Reading | None
    fetch: Fetch | None = None


class BaselineResult(Struct, frozen=True, kw_only=True):
    """The baseline that the run was compared with.

    Attributes:
        description: The baseline in words.
        window: The window of the baseline; null if it is not known.
        metrics: The metrics of the baseline, by name.
        error: The reason why the run can't be compared with it; empty if it can.
    """

    description: str = field(name="told")
    window: Window | None
    metrics: Mapping[str, MetricResult]
    error: str


class Result(Struct, frozen=True, kw_only=True):
    """The result of a run: verdict, checks, metrics, and everything that explains them.

    Attributes:
        version: The version of this format.
        environment: The environment, as named with `-E`.
        window: The window that was judged; null if the logs could not be read and no window was given.
        verdict: The worst verdict of the checks that count.
        exit_code: The exit code of the process.
        error: The reason why the logs could not be read; null if they could.
        metrics: Every metric by name; empty if the logs could not be read.
        checks: The checks that ran, in order.
        receipt: The receipt of the read.
        gone_connections: The connections with a GoneException, the worst first.
        interpretation: Counts that explain the metrics; null if the logs could not be read.
        near_misses: Messages that look like signals, but in unknown words.
        sentences: The application's dictionary: its sentences about connections, and what they were taken for.
        unused_waivers: Sentences on waivers that waived nothing.
        command: The command that judges the same again.
        overview: The course of the window; null if the logs could not be read.
        evidence: The cases behind checks that did not pass.
        deployed: The time of the deploy that the window begins with; null if it is not known.
        polls: The polls of a run that waited, in order.
        baseline: The baseline that the run was compared with; null for none.
        new_signatures: Errors of kinds that are not in the baseline, the most frequent first.
        signatures: The kinds of all errors; null if errors were not searched.
        run: The time, the version and the pipeline of the run; null in results of older versions.
    """

    version: int
    environment: str
    window: Window | None
    verdict: Verdict
    exit_code: int
    error: str | None
    metrics: Mapping[str, MetricResult]
    checks: tuple[CheckResult, ...]
    receipt: Receipt
    gone_connections: tuple[GoneConnection, ...] = ()
    interpretation: Interpretation | None = None
    near_misses: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    unused_waivers: tuple[str, ...] = ()
    command: str = ""
    overview: Overview | None = None
    evidence: tuple[Evidence, ...] = ()
    deployed: datetime | None = None
    polls: tuple[Poll, ...] = field(default=(), name="looks")
    baseline: BaselineResult | None = None
    new_signatures: tuple[Signature, ...] = ()
    signatures: tuple[str, ...] | None = None
    run: RunOrigin | None = None

    def check(self, metric: str) -> CheckResult | None:
        """Return the check on a metric; None if it was not judged."""
        return next((check for check in self.checks if check.metric == metric), None)

    def metric(self, name: str) -> Metric:
        """Return a metric; without a value if it was not measured."""
        return self.metrics.get(name, MetricResult()).metric(name)

    def judged(self, name: str) -> Metric:
        """Return a metric over the sample that was judged, such as the window, several nights, or an hour."""
        check, measured = self.check(name), self.metric(name)
        if check is None or (check.value, check.n) == (measured.value, measured.n):
            return measured
        return MetricResult(check.value, check.n).metric(name)


def cleaned(part: Any) -> Any:
    """Return a result, or a part of one, without the characters that no report may contain."""
    if type(part) is str:  # not a verdict, which is a subclass
        return without_control_characters(part)
    if isinstance(part, tuple):
        return tuple(map(cleaned, part))
    if isinstance(part, Struct):
        return structs.replace(part, **{name: cleaned(getattr(part, name)) for name in part.__struct_fields__})
    return part


def write_result(result: Result, file: Path) -> None:
    """Write result.json so that a reader sees all of it or none; NaN and infinity become null.

    Raises:
        OSError: The folder cannot be written to.
    """
    write_whole(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n", file)


def result_file(run: Path) -> Path:
    """Return the result.json of a run, given its path or that of the folder of reports."""
    return run / RESULT if run.is_dir() else run


def read_result(file: Path) -> Result:
    """Read a result.json.

    Raises:
        ConfigError: The file can't be read, or is not a result.
    """
    try:
        return _decode(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{display_path(file)}: cannot be read: {error.strerror}") from error
    except (ValueError, ConfigError, RecursionError) as error:
        raise ConfigError(f"{display_path(file)}: is not the result.json of a run: {error}") from error


class _Version(Struct):
    version: int


def _decode(content: bytes) -> Result:
    """Return the result in a file; a ValueError, or the ConfigError of an empty window, says what is wrong with it."""
    version = msgspec.json.decode(content, type=_Version).version
    if version != FORMAT_VERSION:
        raise ValueError(f"its version is {version}, but only version {FORMAT_VERSION} can be read")
    result = msgspec.json.decode(content, type=Result)
    for name, metric in result.metrics.items():
        if name in METRICS and METRICS[name].unit is Unit.RATE and (metric.value or 0) > 1:
            raise ValueError(f"metrics.{name}: {metric.value} is not a share")
    return result


RESULT: Final = "result.json"
BESIDE_RESULT: Final = ("report.html", "junit.xml", "sentence.txt", "verdict.env")
REPORT_NAMES: Final = (*BESIDE_RESULT, RESULT)
_CASES: Final = "cases"


def cases_name(kind: EvidenceKind) -> str:
    """Return the file for all cases of a kind, if the report can't hold them; relative to the report."""
    return f"{_CASES}/{kind.value}.jsonl"


def unfinished(file: Path) -> Path:
    """Return the name of a report while it is written, in the same folder, so that renaming is atomic."""
    return file.with_name(f"{file.name}{UNFINISHED}")


def finish(folder: Path, names: Iterable[str]) -> None:
    """Give finished reports their final names; result.json comes last, as its readers need the others."""
    for file in (folder / name for name in names):
        if unfinished(file).exists():
            unfinished(file).replace(file)


def remove_reports(folder: Path) -> None:
    """Remove the reports and cases of an earlier run, and unfinished ones of a run that was killed.

    result.json goes first, because it tells readers that the others are there.
    """
    for name in reversed(REPORT_NAMES):
        (folder / name).unlink(missing_ok=True)
        for left in folder.glob(f"{name}*{UNFINISHED}"):
            left.unlink()
    for kind in EvidenceKind:
        (folder / cases_name(kind)).unlink(missing_ok=True)
    with suppress(OSError):  # there is no folder, or it holds other files
        (folder / _CASES).rmdir()
