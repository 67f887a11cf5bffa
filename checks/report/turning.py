"""At which values a verdict turns into another: found by asking for the verdict on them, not by knowing its rules."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from math import floor, inf, nextafter
from typing import Final, TypeVar

from checks.analysis.metrics import Family, Metric, Unit
from checks.judge.limit import Limit
from checks.judge.quantity import show_limit
from checks.judge.verdict import ReadState, Verdict, judge
from checks.judge.waiver import Waiver

Number = TypeVar("Number", int, float)

_EVERYTHING: Final = ReadState(events=1, complete=True, seen=frozenset(Family))
"""A read that leaves no doubt, so that the value alone decides."""

_WORDS: Final = {Verdict.PASS: "passes", Verdict.WARN: "warns", Verdict.FAIL: "fails"}


@dataclass(frozen=True, slots=True)
class Demand:
    """A limit, its waiver if there is one, and when that has to hold."""

    limit: Limit
    waiver: Waiver | None
    now: datetime

    def verdict(self, metric: Metric) -> Verdict:
        """What follows from a metric where nothing was in the way of seeing it."""
        return judge(metric, self.limit, _EVERYTHING, now=self.now, waiver=self.waiver).verdict

    @property
    def landmarks(self) -> list[float]:
        """The numbers that values are compared with; between two of them, only more evidence changes a verdict."""
        bounds = (*self.limit.bounds, self.waiver.bound if self.waiver else None)
        return sorted({bound.value for bound in bounds if bound})


def turning_points(demand: Demand, n: int | None) -> str:
    """Which values pass, and from which on they do not: `passes up to 5 of 120, inconclusive from 7`.

    Args:
        demand: What is demanded of the metric.
        n: Size of the sample; None where the metric has none.
    """
    name, unit = demand.limit.metric, demand.limit.unit
    landmarks = demand.landmarks
    if unit is Unit.RATE and n:
        near = _around((landmark * n for landmark in landmarks), most=n)
        shares = _stretches(near, lambda part: demand.verdict(Metric(name, part / n, n, part)))
        return _in_words(shares, lambda part: f"{part:,}", size=f" of {n:,}")
    if unit is Unit.COUNT:
        counts = _stretches(_around(landmarks), lambda value: demand.verdict(Metric(name, value, n)))
        return _in_words(counts, lambda value: f"{value:,}")
    beside = [(value, demand.verdict(Metric(name, value, n))) for value in _beside(landmarks)]
    return _in_words(beside, lambda value: show_limit(value, unit), exact={0.0, *landmarks})


def _around(landmarks: Iterable[float], most: int | None = None) -> list[int]:
    """The least and the greatest value, and the whole numbers on both sides of the landmarks."""
    near = {floor(landmark) + step for landmark in landmarks for step in (-1, 0, 1, 2)}
    ends = {0} if most is None else {0, most}
    return sorted(value for value in near | ends if value >= 0 and (most is None or value <= most))


def _beside(landmarks: Iterable[float]) -> list[float]:
    """The landmarks and what is next to them, for values that are not whole numbers."""
    near = {value for mark in landmarks for value in (nextafter(mark, -inf), mark, nextafter(mark, inf))}
    return sorted(value for value in near | {0.0} if value >= 0)


def _stretches(points: Sequence[int], verdict: Callable[[int], Verdict]) -> list[tuple[int, Verdict]]:
    """The points, and between them all numbers before and after which the verdict changes."""
    known = cache(verdict)
    changes = (edge for low, high in pairwise(points) for edge in _edges(low, high, known))
    return [(value, known(value)) for value in sorted({*points, *changes})]


def _edges(low: int, high: int, verdict: Callable[[int], Verdict]) -> Iterator[int]:
    """The last number before a change of the verdict, and the first one after it."""
    if verdict(low) is verdict(high):
        return
    if high - low == 1:
        yield from (low, high)
        return
    middle = (low + high) // 2
    yield from _edges(low, middle, verdict)
    yield from _edges(middle, high, verdict)


def _in_words(
    verdicts: Sequence[tuple[Number, Verdict]],
    show: Callable[[Number], str],
    *,
    size: str = "",
    exact: Collection[Number] | None = None,
) -> str:
    """Which verdict which values have.

    Args:
        verdicts: By value, in ascending order.
        show: A value for people.
        size: Of the sample, to be said once.
        exact: The values that can be shown; any other is over or under the one beside it. None for all.
    """
    changes = [(low, high, verdict) for (low, before), (high, verdict) in pairwise(verdicts) if verdict is not before]
    first = _word(verdicts[0][1])
    if not changes:
        return f"{first} at any value"
    rests: list[str] = []
    for low, high, verdict in changes:
        start = f"from {show(high)}" if exact is None or high in exact else f"over {show(low)}"
        rests.append(f"{_word(verdict)} {start}")
    low, high, _ = changes[0]
    end = f"up to {show(low)}" if exact is None or low in exact else f"under {show(high)}"
    return ", ".join([f"{first} {end}{size}", *rests])


def _word(verdict: Verdict) -> str:
    return _WORDS.get(verdict, verdict.value)
