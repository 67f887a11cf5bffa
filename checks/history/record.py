"""What is remembered of a run: one line of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Annotated, Final, Literal, TypeAlias, cast

import msgspec

from checks.report.result import CheckResult, Result
from checks.verdicts.verdict import Verdict

VERSION: Final = 1
"""Of the shape; raised when a reader of the old one would misunderstand the new one."""

_Amount: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1e15)]
"""A measured number or a limit; what lies beyond is none."""
_Operator: TypeAlias = Literal["<", "<=", ">", ">="]
_Size: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
_Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class RecordedWindow:
    """The half-open time [since, until) in UTC."""

    since: _Instant
    until: _Instant


@dataclass(frozen=True, slots=True)
class RecordedMetric:
    """A measured number; `value` is None where there was no sample, `n` where a plain count was taken."""

    value: _Amount | None
    n: _Size | None


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """A limit and what became of it; as in result.json, without what is only for people."""

    id: str
    verdict: Verdict
    value: _Amount | None
    operator: _Operator | None
    limit: _Amount | None
    bound: Literal["warn", "max", "min", "max_increase"] | None
    n: _Size | None
    shadow: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Which run it was: as much as it takes to choose the newest among thousands."""

    version: Literal[1]
    id: str
    environment: str
    started: _Instant

    @property
    def order(self) -> tuple[datetime, str]:
        """What runs are sorted by."""
        return self.started, self.id


@dataclass(frozen=True, slots=True)
class Record(Head):
    """A run.

    Attributes:
        version: Of this shape.
        id: The time at which it began, and chance: it sorts by time, and no two runs share one.
        environment: As asked for.
        started: In UTC.
        finished: In UTC.
        window: What was judged; None where the logs could not be read and no window was asked for.
        verdict: The worst of the checks that count.
        exit_code: Of the process.
        checks: Those that ran, in their order.
        metrics: Every metric by name; empty where the logs could not be read.
        covered_until: Where the window of the next `--since last-run` begins; None where this run is none of those.
    """

    finished: _Instant
    window: RecordedWindow | None
    verdict: Verdict
    exit_code: int
    checks: tuple[RecordedCheck, ...]
    metrics: Mapping[str, RecordedMetric]
    covered_until: _Instant | None = None

    def check(self, name: str) -> RecordedCheck | None:
        """What became of the limit on a metric; None where none was checked."""
        return next((check for check in self.checks if check.id == name), None)


_ENCODER: Final = msgspec.json.Encoder()
_HEAD_DECODER: Final = msgspec.json.Decoder(Head)
_DECODER: Final = msgspec.json.Decoder(Record)
_NOT_A_RECORD: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def record_of(result: Result, started: datetime, finished: datetime, covered_until: datetime | None = None) -> Record:
    """What is to be remembered of a result."""
    window = result.window
    return Record(
        version=VERSION,
        id=f"{started:%Y%m%dT%H%M%S.%fZ}-{token_hex(4)}",
        environment=result.environment,
        started=started,
        finished=finished,
        window=RecordedWindow(window.since, window.until) if window else None,
        verdict=result.verdict,
        exit_code=result.exit_code,
        checks=tuple(map(_check, result.checks)),
        metrics={name: RecordedMetric(metric.value, metric.n) for name, metric in result.metrics.items()},
        covered_until=covered_until,
    )


def encode(record: Record) -> bytes:
    """The record as one line; what is no number becomes null, for JSON knows neither NaN nor infinity."""
    return _ENCODER.encode(record) + b"\n"


def decode(line: bytes) -> Record | None:
    """The record in a line; None where it is damaged, or of a version that is not known here."""
    try:
        return _DECODER.decode(line)
    except _NOT_A_RECORD:
        return None


def decode_head(line: bytes) -> Head | None:
    """Which run a line is of, told much faster than all of it; None likewise."""
    try:
        return _HEAD_DECODER.decode(line)
    except _NOT_A_RECORD:
        return None


def _check(check: CheckResult) -> RecordedCheck:
    return RecordedCheck(
        id=check.id,
        verdict=check.verdict,
        value=check.value,
        operator=cast("_Operator | None", check.operator),
        limit=check.limit,
        bound=check.bound,
        n=check.n,
        shadow=check.shadow,
    )
