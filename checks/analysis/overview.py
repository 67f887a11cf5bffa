"""The overview of a window: its course in buckets of time, for charts, and indicators of causes, for advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from checks.analysis.engine import Engine
from checks.metrics import Metric
from checks.verdicts.nights import HourOfMetric
from checks.window import Window, from_epoch_ms

_MOST_BUCKETS: Final = 96
_BUCKET_SECONDS: Final = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400)
DURATION_EDGES_SECONDS: Final = (0.1, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0)
"""What is shorter than the first is counted from there; nothing is longer than the last."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of time: what happened in a part of the window.

    Attributes:
        start: When it begins.
        connects: `connect` signals.
        disconnects: `disconnect` signals.
        gone_errors: GoneExceptions.
        welcomes_sent: Welcome messages that were delivered.
        welcomes_failed: Welcome messages that were not.
    """

    start: datetime
    connects: int
    disconnects: int
    gone_errors: int
    welcomes_sent: int
    welcomes_failed: int


@dataclass(frozen=True, slots=True)
class VersionStart:
    """A published version of a function that began to serve while another one did before."""

    version: str
    first: datetime


class Overview(Struct, frozen=True, kw_only=True):
    """The overview of a window: buckets of time, durations, deploys, and indicators of causes.

    Attributes:
        bucket_seconds: Length of each bucket.
        buckets: All of the window, in order.
        short_lived_seconds: A complete connection shorter than this is short-lived.
        durations: Complete connections by how long they lasted: from one of DURATION_EDGES_SECONDS to the next.
        deploys: In the window, as far as the logs tell: `$LATEST` hides them.
        indicators: What tells the likely causes of errors apart, by name, and how often it was seen.
    """

    bucket_seconds: int = field(name="stretch_seconds")
    buckets: tuple[Bucket, ...] = field(name="stretches")
    short_lived_seconds: float
    durations: tuple[int, ...]
    deploys: tuple[VersionStart, ...]
    indicators: Mapping[str, int] = field(name="clues")


def overview(engine: Engine, window: Window, short_lived_seconds: float) -> Overview:
    """Describe the window.

    Args:
        engine: After an analysis.
        window: The one that was analysed.
        short_lived_seconds: What was taken for short-lived.
    """
    length_seconds = (window.until - window.since).total_seconds()
    fitting = (one for one in _BUCKET_SECONDS if length_seconds / one <= _MOST_BUCKETS)
    bucket_seconds = next(fitting, _whole_days(length_seconds))
    engine.set(bucket=bucket_seconds * 1000, duration_edges=list(DURATION_EDGES_SECONDS[:-1]))
    engine.run("series", "evidence_cases", "indicators")
    return Overview(
        bucket_seconds=bucket_seconds,
        buckets=tuple(Bucket(**{**row, "start": from_epoch_ms(row["start"])}) for row in engine.rows("FROM series")),
        short_lived_seconds=short_lived_seconds,
        durations=tuple(row["connections"] for row in engine.rows("FROM durations")),
        deploys=tuple(VersionStart(row["version"], from_epoch_ms(row["first"])) for row in engine.rows("FROM deploys")),
        indicators={row["name"]: row["times"] for row in engine.rows("FROM indicators")},
    )


def _whole_days(length_seconds: float) -> int:
    day_seconds = _BUCKET_SECONDS[-1]
    return day_seconds * -(-int(length_seconds) // (_MOST_BUCKETS * day_seconds))


_WITH_HOURS: Final = timedelta(hours=3)
"""A shorter window is judged as a whole: it is hardly more than its worst hour."""


def hours(engine: Engine, window: Window) -> tuple[HourOfMetric, ...]:
    """Measure shares in each hour of a window, and a new hour every half; none where it has only a few."""
    if window.until - window.since < _WITH_HOURS:
        return ()
    engine.run("hours")
    return tuple(
        HourOfMetric(from_epoch_ms(row["start"]), Metric(row["name"], row["cases"] / row["n"], row["n"], row["cases"]))
        for row in engine.rows("FROM hours")
    )
