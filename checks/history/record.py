"""Records of runs in the history: what of a result.json is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Final, Literal

import msgspec

from checks.errors import ConfigError
from checks.report.result import MetricResult, Outcome, Result
from checks.verdicts.verdict import Verdict
from checks.window import Instant, Window

VERSION: Final = 1
"""Of the shape; raised when a reader of the old one would misunderstand the new one."""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a record: as much as it takes to choose the newest runs among thousands."""

    version: Literal[1]
    id: str
    environment: str
    started: Instant

    @property
    def order(self) -> tuple[datetime, str]:
        """The key that runs are sorted by."""
        return self.started, self.id


@dataclass(frozen=True, slots=True)
class Record(Head):
    """A run, as history keeps it.

    Attributes:
        version: Of this shape.
        id: The time at which it began, and chance: it sorts by time, and no two runs share one.
        environment: As named with `-E`.
        started: In UTC.
        finished: In UTC.
        window: What was judged; None where the logs could not be read and no window was given.
        verdict: The worst of the checks that count.
        exit_code: Of the process.
        checks: Those that ran, in their order.
        metrics: Every metric by name; empty where the logs could not be read.
        covered_until: Where the window of the next `--since last-run` begins; None where this run is none of those.
        struck: Why it is struck out, so that nothing is compared with it or added to it; empty where it counts.
    """

    finished: Instant
    window: Window | None
    verdict: Verdict
    exit_code: int
    checks: tuple[Outcome, ...]
    metrics: Mapping[str, MetricResult]
    covered_until: Instant | None = None
    struck: str = ""

    def check(self, name: str) -> Outcome | None:
        """What became of the limit on a metric; None where none was checked."""
        return next((check for check in self.checks if check.id == name), None)


_ENCODER: Final = msgspec.json.Encoder()
_HEAD_DECODER: Final = msgspec.json.Decoder(Head)
_DECODER: Final = msgspec.json.Decoder(Record)
_NOT_A_RECORD: Final = (ValueError, ConfigError, RecursionError)


def record_of(result: Result, started: datetime, finished: datetime, covered_until: datetime | None = None) -> Record:
    """The record of a result.

    Args:
        result: Of the run.
        started: In UTC.
        finished: In UTC.
        covered_until: Where the window of the next `--since last-run` begins; None where this run is none of those.
    """
    return Record(
        version=VERSION,
        id=f"{started:%Y%m%dT%H%M%S.%fZ}-{token_hex(4)}",
        environment=result.environment,
        started=started,
        finished=finished,
        window=result.window,
        verdict=result.verdict,
        exit_code=result.exit_code,
        checks=msgspec.convert(result.checks, tuple[Outcome, ...], from_attributes=True),
        metrics=result.metrics,
        covered_until=covered_until,
    )


def encode(record: Record) -> bytes:
    """The record as one line of JSON; what is no number becomes null, for JSON knows neither NaN nor infinity."""
    return _ENCODER.encode(record) + b"\n"


def decode(line: bytes) -> Record | None:
    """The record in a line; None where it is damaged, or of a version that is not known here."""
    try:
        return _DECODER.decode(line)
    except _NOT_A_RECORD:
        return None


def decode_head(line: bytes) -> Head | None:
    """The head of the record in a line, read much faster than all of it; None likewise."""
    try:
        return _HEAD_DECODER.decode(line)
    except _NOT_A_RECORD:
        return None
