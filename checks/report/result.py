"""The result of a run: result.json, written and read, and the source of every report."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from checks.analysis.analyse import GoneConnection, Interpretation, Reading, Signature
from checks.analysis.evidence import Evidence
from checks.analysis.overview import Overview
from checks.errors import ConfigError
from checks.file_writing import write_whole
from checks.logs.spool import Fetch
from checks.metrics import METRICS, Metric, Unit
from checks.text import display_path, without_control_characters
from checks.verdicts.polling import Poll
from checks.verdicts.verdict import Verdict

VERSION: Final = 1
"""Of the shape of result.json; raised when a reader of the old one would misunderstand the new one."""


@dataclass(frozen=True, slots=True)
class WindowResult:
    """The half-open time [since, until) in UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class MetricResult:
    """A measured number; `value` is null where there was no sample, `n` where a plain count was taken."""

    value: float | None
    n: int | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A limit and what became of it.

    Attributes:
        id: As in pytest's node id: the metric's name.
        metric: A key of `metrics`.
        verdict: What follows from value, limit and n.
        value: Null where there was no sample, or the logs could not be read.
        operator: The comparison that is true of value and limit; null where there is no value.
        limit: The number that decided.
        bound: Which number of the limit that is.
        n: Size of the sample.
        warn: The number over (or under) which it warns; null where the limit has none.
        demands: The whole limit for people: `warn 2 %, max 5 %`.
        place: Where it is written: `thresholds.yaml:12`.
        sentence: All of this for people, in one line.
        shadow: Whether it is only shown, without a say in the run's verdict.
        owner: Whom to ask, as thresholds.yaml says; empty where it doesn't.
        runbook: What to do, likewise.
        findings: What is behind the value where it is not in the logs, a sentence each.
    """

    id: str
    metric: str
    verdict: Verdict
    value: float | None
    operator: str | None
    limit: float | None
    bound: Literal["warn", "max", "min", "max_increase"] | None
    n: int | None
    warn: float | None
    demands: str
    place: str
    sentence: str
    shadow: bool
    owner: str
    runbook: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was asked for and what was read.

    Attributes:
        source: What was read.
        asked: What the user or the environment named.
        complete: Whether all of it was read.
        gaps: Why not, a sentence each.
        notes: What else a reader should know, a sentence each.
        reading: The counts; null where the logs could not be read.
        fetch: What CloudWatch was asked for and what that took, also where it failed; null where files were read.
    """

    source: str
    asked: tuple[str, ...]
    complete: bool
    gaps: tuple[str, ...]
    notes: tuple[str, ...]
    reading: Reading | None
    fetch: Fetch | None = None


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """What the run was compared with.

    Attributes:
        told: What it is, for people.
        window: When that was; null where that is not known.
        metrics: What was measured then.
        error: Why it says nothing; empty where it does.
    """

    told: str
    window: WindowResult | None
    metrics: Mapping[str, MetricResult]
    error: str


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run found.

    Attributes:
        version: Of this shape.
        environment: As asked for.
        window: What was judged; null where the logs could not be read and no window was asked for.
        verdict: The worst of the checks that count.
        exit_code: Of the process.
        error: Why the logs could not be read; null where they could.
        metrics: Every metric by name; empty where the logs could not be read.
        checks: The checks that ran, in their order.
        receipt: What was read.
        gone_connections: The connections with a GoneException, the worst first.
        interpretation: Counts that explain the metrics; null where the logs could not be read.
        near_misses: Messages that look like signals in a dialect not known.
        unused_waivers: A sentence on each waiver that had nothing to waive.
        command: What to type to judge the same again.
        overview: How the window went by; null where the logs could not be read.
        evidence: What the checks that did not pass count, case by case.
        deployed: When the code was deployed with which the window begins; null where that is not known.
        looks: How often was looked, where the run waited, and what was seen.
        baseline: What the run was compared with; null where that was nothing.
        new_signatures: Errors of a kind that the baseline does not hold, the most frequent first.
        signatures: The kinds of all errors; None where nobody looked for them.
    """

    version: int
    environment: str
    window: WindowResult | None
    verdict: Verdict
    exit_code: int
    error: str | None
    metrics: Mapping[str, MetricResult]
    checks: tuple[CheckResult, ...]
    receipt: Receipt
    gone_connections: tuple[GoneConnection, ...] = ()
    interpretation: Interpretation | None = None
    near_misses: tuple[str, ...] = ()
    unused_waivers: tuple[str, ...] = ()
    command: str = ""
    overview: Overview | None = None
    evidence: tuple[Evidence, ...] = ()
    deployed: datetime | None = None
    looks: tuple[Poll, ...] = ()
    baseline: BaselineResult | None = None
    new_signatures: tuple[Signature, ...] = ()
    signatures: tuple[str, ...] | None = None


_RESULT: Final = TypeAdapter(Result)


def schema() -> dict[str, Any]:
    """The JSON Schema of result.json, as published beside this module."""
    return _RESULT.json_schema(mode="serialization")


def cleaned(result: Result) -> Result:
    """Return the result without characters that no report may hold, in whatever text it has."""
    harmless_result: Result = _cleaned(result)
    return harmless_result


def _cleaned(part: Any) -> Any:
    if type(part) is str:  # a verdict is one, too, and stays
        return without_control_characters(part)
    if isinstance(part, tuple):
        return tuple(map(_cleaned, part))
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: _cleaned(getattr(part, field.name)) for field in fields(part)})
    return part


def write(result: Result, path: Path) -> None:
    """Write result.json so that a reader sees all of it or none.

    Raises:
        OSError: The folder cannot be written to.
    """
    told = json.dumps(_RESULT.dump_python(result, mode="json"))
    numbers_only = json.loads(told, parse_constant=lambda _: None)  # NaN and infinity are not JSON
    text = json.dumps(numbers_only, indent=2, ensure_ascii=False)
    # a file name need not be UTF-8; what can't be encoded becomes an escape, which JSON has too
    write_whole(f"{text}\n".encode(errors="backslashreplace"), path)


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """What became of a limit."""

    metric: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordedMetric:
    """What was measured."""

    value: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    n: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class RecordedWindow:
    """What was judged."""

    since: AwareDatetime
    until: AwareDatetime


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What a run found; whatever else its result.json holds is of no interest here."""

    environment: str
    checks: tuple[RecordedCheck, ...]
    metrics: Mapping[str, RecordedMetric]
    window: RecordedWindow | None = None
    signatures: tuple[str, ...] | None = None

    def check(self, name: str) -> RecordedCheck | None:
        """What became of a metric's limit; None where it was not judged."""
        return next((check for check in self.checks if check.metric == name), None)

    def metric(self, name: str) -> Metric:
        """A metric as it was measured; without a value where it was not."""
        found = self.metrics.get(name, RecordedMetric())
        if METRICS[name].unit is not Unit.RATE or found.value is None or found.n is None:
            return Metric(name, found.value, found.n)
        return Metric(name, found.value, found.n, round(found.value * found.n))


_RECORDED: Final = TypeAdapter(RecordedRun)


def read_run(file: Path) -> RecordedRun:
    """Read a result.json.

    Raises:
        ConfigError: The file can't be read, or is something else.
    """
    try:
        run = _RECORDED.validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{display_path(file)}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _foreign(file, ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))) from error
    if run.window and run.window.since >= run.window.until:
        raise _foreign(file, "window: it is empty")
    for name, metric in run.metrics.items():
        if name in METRICS and METRICS[name].unit is Unit.RATE and (metric.value or 0) > 1:
            raise _foreign(file, f"metrics.{name}: {metric.value} is no share")
    return run


def _foreign(file: Path, reason: str) -> ConfigError:
    return ConfigError(f"{display_path(file)}: is not the result.json of a run: {reason}")
