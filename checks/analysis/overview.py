"""The overview of a window: its course in time buckets and hours, silences, missing welcomes, and likely causes."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate, combinations, groupby
from typing import Final

from msgspec import Struct, field

from checks.analysis.engine import Engine
from checks.metrics import Metric
from checks.statistics import chance_of_share
from checks.verdicts.nights import HourOfMetric
from checks.window import (
    Window,
    from_epoch_ms,
)

_MOST_BUCKETS: Final = 96
_BUCKET_SECONDS: Final = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400)
DURATION_EDGES_SECONDS: Final = (0.1, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0)
"""The edges of the histogram of durations; shorter ones count into the first bin, and none is longer than the last."""


class Bucket(Struct, frozen=True):
    """A bucket of time: the signals in a part of the window, and the outcomes of welcome messages.

    Attributes:
        start: Start of the bucket.
        connects: Number of `connect` signals.
        disconnects: Number of `disconnect` signals.
        gone_errors: Number of GoneExceptions.
        welcomes_sent: Number of welcome messages that were delivered.
        welcomes_failed: Number of welcome messages that were not.
    """

    start: datetime
    connects: int
    disconnects: int
    gone_errors: int
    welcomes_sent: int
    welcomes_failed: int


class VersionStart(Struct, frozen=True):
    """A published version of a function that took over from another one."""

    version: str
    first: datetime


class Refused(Struct, frozen=True):
    """Connections that were refused: how many, and the times of the first and the last."""

    connections: int
    first: datetime
    last: datetime


class Overview(Struct, frozen=True, kw_only=True):
    """The overview of a window: buckets of time, durations, deploys, and indicators of causes.

    Attributes:
        bucket_seconds: Length of each bucket.
        buckets: The buckets of the window, in order.
        short_lived_seconds: Duration below which a complete connection is short-lived.
        durations: Number of complete connections in each bin of durations, whose edges are DURATION_EDGES_SECONDS.
        deploys: Deploys in the window, as far as the logs tell: `$LATEST` hides them.
        indicators: How often each indicator of a likely cause was seen, by its name.
        refused: Connections whose `$connect` failed, or turned the client away; null if there is none.
    """

    bucket_seconds: int = field(name="stretch_seconds")
    buckets: tuple[Bucket, ...] = field(name="stretches")
    short_lived_seconds: float
    durations: tuple[int, ...]
    deploys: tuple[VersionStart, ...]
    indicators: Mapping[str, int] = field(name="clues")
    refused: Refused | None = None


def overview(engine: Engine, window: Window, short_lived_seconds: float) -> Overview:
    """Describe the window."""
    length_seconds = window.length.total_seconds()
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
        refused=_refused(engine),
    )


def _whole_days(length_seconds: float) -> int:
    day_seconds = _BUCKET_SECONDS[-1]
    return day_seconds * -(-int(length_seconds) // (_MOST_BUCKETS * day_seconds))


def _refused(engine: Engine) -> Refused | None:
    row = engine.row("FROM refused_connections")
    return Refused(row["connections"], *map(from_epoch_ms, (row["first"], row["last"]))) if row["connections"] else None


_WITH_HOURS: Final = timedelta(hours=3)
"""The least length of a window that is judged by the hour: a shorter one is hardly more than its worst hour."""


def hours(engine: Engine, window: Window) -> tuple[HourOfMetric, ...]:
    """Measure shares in each hour of a window, with a new hour every 30 minutes; none if the window is short."""
    if window.length < _WITH_HOURS:
        return ()
    engine.run_once("hours")
    return tuple(
        HourOfMetric(from_epoch_ms(row["start"]), Metric(row["name"], row["cases"] / row["n"], row["n"], row["cases"]))
        for row in engine.rows("FROM hours")
    )


_LEAST_EXPECTED: Final = 150
"""The fewest missing signals that are hardly chance: if connections come or go ten at a time, so many are missing in at
most 1 % of simulated days (800 to 20,000 signals, with a rhythm of up to ±95 %); if single ones do, in none."""
_LEAST_BESIDE: Final = 100
"""The fewest signals that must be likely at the rates just before and just after. Of days with two steep peaks, in
groups of ten, up to 20 % are taken for silent; without this rule, up to 80 %."""


class Silence(Struct, frozen=True):
    """A time without a signal, although many were likely.

    Attributes:
        begin: Its beginning.
        end: Its end; None if it is the end of the window.
        expected: How many signals would have been likely.
    """

    begin: datetime
    end: datetime | None
    expected: int


def silences(overview: Overview) -> Iterator[Silence]:
    """Yield the silent times of a window: the service was down, or logs are missing.

    A silence is compared with equally long times before and after it, without the adjacent buckets, which may be
    silent in part. The quieter time counts, and the nearest of its buckets must be busy as well, because traffic fades
    and returns slowly around a night. A silence at the beginning of the window is compared with all that follows, if
    it is most of the window; `data.age_seconds` judges one at the end.
    """
    signals = [one.connects + one.disconnects for one in overview.buckets]  # errors come in bursts
    at = 0
    for is_silent, group in groupby(signals, key=lambda number: number == 0):
        begin, length = at, len(list(group))
        at = end = begin + length
        if not is_silent or end == len(signals):
            continue
        before, after = signals[: max(begin - 1, 0)], signals[end + 1 :]
        expected = 0
        if begin == 0 and length > len(after) > 0:
            expected = sum(after) * length // len(after)
        elif length <= min(len(before), len(after)) and length * min(before[-1], after[0]) >= _LEAST_BESIDE:
            expected = min(sum(before[-length:]), sum(after[:length]))
        if expected >= _LEAST_EXPECTED:
            yield Silence(overview.buckets[begin].start, overview.buckets[end].start, expected)


_LEAST_UNWELCOMED: Final = 30
_LEAST_PART: Final = 0.1  # of the welcome messages must be missing in a gap
_CLUSTER: Final = 5  # connections may come at a time, all with a welcome message or all without one
_DOUBT: Final = 1e-6
"""The chance up to which a gap counts; small, as a window has a hundred parts, any of which may look like one."""


class WelcomeGap(Struct, frozen=True):
    """A time in which lines reported fewer welcome messages than connections opened.

    Attributes:
        begin: Its beginning.
        end: Its end; None if it is the end of the window.
        opened: How many connections opened.
        unwelcomed: How many of them, at least, have no line about a welcome message.
    """

    begin: datetime
    end: datetime | None
    opened: int
    unwelcomed: int


def welcome_gap(overview: Overview) -> WelcomeGap | None:
    """Return the time with the most missing welcome messages, compared with other times; None if none are missing.

    Shares of welcome messages can't show it: they count only connections that some line about a welcome names. If no
    line in the window is about a welcome, `data.unseen_signals` judges that.
    """
    buckets, most, gap = overview.buckets, 0.0, None
    opened = [0, *accumulate(one.connects for one in buckets)]
    welcomed = [0, *accumulate(one.welcomes_sent + one.welcomes_failed for one in buckets)]
    for begin, end in combinations(range(len(opened)), 2) if opened[-1] - welcomed[-1] >= _LEAST_UNWELCOMED else ():
        here, with_welcome = opened[end] - opened[begin], welcomed[end] - welcomed[begin]
        counts = (here, with_welcome, opened[-1] - here, welcomed[-1] - with_welcome)
        if (missing := _missing(*counts)) > most and not _is_chance(*counts):
            after = buckets[end].start if end < len(buckets) else None
            most, gap = missing, WelcomeGap(buckets[begin].start, after, here, here - with_welcome)
    return gap


def _missing(opened: int, welcomed: int, opened_beside: int, welcomed_beside: int) -> float:
    """Return how many welcome messages are missing beyond a small part of those expected; 0 if there are too few."""
    if not opened_beside or 2 * welcomed_beside < opened_beside:
        return 0.0
    expected = opened * min(1.0, welcomed_beside / opened_beside)
    return (1 - _LEAST_PART) * expected - welcomed if expected - welcomed >= _LEAST_UNWELCOMED else 0.0


def _is_chance(opened: int, welcomed: int, opened_beside: int, welcomed_beside: int) -> bool:
    clusters, beside = opened // _CLUSTER, opened_beside // _CLUSTER
    without, without_beside = (opened - welcomed) // _CLUSTER, max(opened_beside - welcomed_beside, 0) // _CLUSTER
    return chance_of_share(without, clusters, without_beside, beside) > _DOUBT
