"""The result of a run: result.json, written and read, and the source of every report."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field, structs

from checks.analysis.analyse import GoneConnection, Interpretation, Reading, Signature
from checks.analysis.dictionary import Sentence
from checks.analysis.evidence import Evidence
from checks.analysis.overview import Overview
from checks.config.limit import Operator
from checks.errors import ConfigError
from checks.logs.spool import Fetch
from checks.metrics import METRICS, EvidenceKind, Metric, Unit
from checks.places import UNFINISHED, write_whole
from checks.report.pipeline import RunOrigin
from checks.text import display_path, without_control_characters
from checks.units import Period
from checks.verdicts.polling import Poll
from checks.verdicts.verdict import Verdict
from checks.window import Window

VERSION: Final = 1
"""The version of result.json's shape; raised when a reader of the old one would misunderstand the new one."""
Amount: TypeAlias = Annotated[float, Meta(ge=0, le=1e15)]
"""A measured number or a limit; what lies beyond is none."""
Size: TypeAlias = Annotated[int, Meta(ge=0)]


class MetricResult(Struct, frozen=True):
    """A measured number.

    Attributes:
        value: Null where there was no sample.
        n: Size of the sample; null where a plain count was taken.
        certain: Of a share's cases, those known for sure; not there where all are.
        squares: The sum of the squares of each connection's cases; not there where each case is by itself.
    """

    value: Amount | None = None
    n: Size | None = None
    certain: Size | UnsetType = UNSET
    squares: Amount | UnsetType = UNSET

    @classmethod
    def of(cls, metric: Metric) -> Self:
        """The value of a metric and the size of its sample; a count is written as the others are: `5.0`."""
        return cls(
            None if metric.value is None else float(metric.value),
            metric.n,
            UNSET if metric.certain is None else metric.certain,
            UNSET if metric.squares is None else metric.squares,
        )

    def metric(self, name: str) -> Metric:
        """The metric that was measured."""
        is_share = METRICS[name].unit is Unit.RATE and self.value is not None and self.n is not None
        numerator = round((self.value or 0) * (self.n or 0)) if is_share else None
        certain = None if self.certain is UNSET else self.certain
        squares = None if self.squares is UNSET else self.squares
        return Metric(name, self.value, self.n, numerator, certain, squares)


class Outcome(Struct, frozen=True, kw_only=True):
    """A limit and what became of it, in numbers: as much as history keeps.

    Attributes:
        id: As in pytest's node id: the metric's name.
        verdict: What follows from value, limit and n.
        value: Null where there was no sample, or the logs could not be read.
        operator: The comparison that is true of value and limit; null where there is no value.
        limit: The number that decided.
        bound: Which number of the limit that is.
        n: Size of the sample.
        shadow: Whether it is only shown, without a say in the run's verdict.
        demands: The whole limit for people: `warn 2 %, max 5 %`.
        per: The time in which value and limit count; null where they count the whole window.
        adds_up: Whether later runs may add the metric to theirs: all of it was seen, and it is one of a row of runs.
        objective: The share of cases that shall be good over many runs; not there where the limit says nothing of it.
        budget_days: Over how many days; likewise.
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


class CheckResult(Outcome, frozen=True, kw_only=True):
    """A limit and what became of it, with all that people are told.

    Attributes:
        metric: A key of `metrics`.
        warn: The number over (or under) which it warns; null where the limit has none.
        place: Where it is written: `thresholds.yaml:12`.
        sentence: Metric, value, limit and sample in one line.
        owner: Whom to ask, as thresholds.yaml says; empty where it doesn't.
        runbook: What to do, likewise.
        findings: What is behind the value where it is not in the logs, a sentence each.
        missing: How many more cases of its sample it takes for a verdict.
    """

    metric: str
    warn: Amount | None
    place: str
    sentence: str
    owner: str
    runbook: str
    findings: tuple[str, ...] = ()
    missing: Size = 0


class Receipt(Struct, frozen=True, kw_only=True):
    """What was to be read, and what was read.

    Attributes:
        source: What was read.
        requested: What the user or the environment named.
        complete: Whether all of it was read.
        gaps: Why not, a sentence each.
        notes: What else a reader should know, a sentence each.
        reading: The counts; null where the logs could not be read.
        fetch: What CloudWatch was asked for and what that took, also where it failed; null where files were read.
    """

    source: str
    requested: tuple[str, ...] = field(name="asked")
    complete: bool
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    reading: Reading | None
    fetch: Fetch | None = None


class BaselineResult(Struct, frozen=True, kw_only=True):
    """What the run was compared with.

    Attributes:
        description: What it is, for people.
        window: When that was; null where that is not known.
        metrics: What was measured then.
        error: Why it says nothing; empty where it does.
    """

    description: str = field(name="told")
    window: Window | None
    metrics: Mapping[str, MetricResult]
    error: str


class Result(Struct, frozen=True, kw_only=True):
    """The result of a run: verdict, checks, metrics, and all that explains them.

    Attributes:
        version: Of this shape.
        environment: As named with `-E`.
        window: What was judged; null where the logs could not be read and no window was given.
        verdict: The worst of the checks that count.
        exit_code: Of the process.
        error: Why the logs could not be read; null where they could.
        metrics: Every metric by name; empty where the logs could not be read.
        checks: The checks that ran, in their order.
        receipt: What was read.
        gone_connections: The connections with a GoneException, the worst first.
        interpretation: Counts that explain the metrics; null where the logs could not be read.
        near_misses: Messages that look like signals in a dialect not known.
        sentences: The application's dictionary: what it says of connections, and what that was taken for.
        unused_waivers: A sentence on each waiver that had nothing to waive.
        command: What to type to judge the same again.
        overview: How the window went by; null where the logs could not be read.
        evidence: What the checks that did not pass count, case by case.
        deployed: When the code was deployed with which the window begins; null where that is not known.
        polls: How often the logs were read, where the run waited, and what was seen.
        baseline: What the run was compared with; null where that was nothing.
        new_signatures: Errors of a kind that the baseline does not hold, the most frequent first.
        signatures: The kinds of all errors; null where nobody looked for them.
        run: When it was made, by which version, in which pipeline; null in what older versions wrote.
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
        """What became of a metric's limit; None where it was not judged."""
        return next((check for check in self.checks if check.metric == metric), None)

    def metric(self, name: str) -> Metric:
        """A metric as it was measured; without a value where it was not."""
        return self.metrics.get(name, MetricResult()).metric(name)


def cleaned(part: Any) -> Any:
    """Return a result, or a part of one, without characters that no report may hold, in whatever text it has."""
    if type(part) is str:  # a verdict is one, too, and stays
        return without_control_characters(part)
    if isinstance(part, tuple):
        return tuple(map(cleaned, part))
    if isinstance(part, Struct):
        return structs.replace(part, **{name: cleaned(getattr(part, name)) for name in part.__struct_fields__})
    return part


def write_result(result: Result, file: Path) -> None:
    """Write result.json so that a reader sees all of it or none; what is no number becomes null.

    Raises:
        OSError: The folder cannot be written to.
    """
    write_whole(msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n", file)


def read_result(file: Path) -> Result:
    """Read a result.json.

    Raises:
        ConfigError: The file can't be read, or is something else.
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
    """The result in a file; a ValueError, or that of an empty window, says what is wrong with it."""
    version = msgspec.json.decode(content, type=_Version).version
    if version != VERSION:
        raise ValueError(f"its version is {version}, and only {VERSION} can be read")
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
    """The name of the file of all cases of a kind, where they are too many for the report; seen from the report."""
    return f"{_CASES}/{kind.value}.jsonl"


def unfinished(file: Path) -> Path:
    """The name of a report while it is written; in the same folder, so that it can be renamed at once."""
    return file.with_name(f"{file.name}{UNFINISHED}")


def finish(folder: Path, names: Iterable[str]) -> None:
    """Give reports that were written their names; result.json comes last, for whoever waits for it takes all else."""
    for file in (folder / name for name in names):
        if unfinished(file).exists():
            unfinished(file).replace(file)


def remove_reports(folder: Path) -> None:
    """Remove the reports and cases of an earlier run, and what one that was killed has left half written.

    result.json goes first, as it comes last: it says that all else is there.
    """
    for name in reversed(REPORT_NAMES):
        (folder / name).unlink(missing_ok=True)
        for left in folder.glob(f"{name}*{UNFINISHED}"):
            left.unlink()
    for kind in EvidenceKind:
        (folder / cases_name(kind)).unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or a file of somebody else is in it
        (folder / _CASES).rmdir()
