"""At which values a verdict turns into another: found by asking for the verdict on them, not by knowing its rules."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby, pairwise
from math import floor, inf, nextafter
from typing import Final

from checks.analysis.metrics import METRICS, Family, Metric, Unit
from checks.judge.limit import Limit
from checks.judge.quantity import show_limit
from checks.judge.verdict import ReadState, Verdict, judge
from checks.judge.waiver import Waiver

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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring values that have one verdict."""

    verdict: Verdict
    first: float
    last: float


def turning_points(demand: Demand, n: int | None) -> str:
    """Which values pass, and from which on they do not: `passes up to 5 of 120, inconclusive from 7`.

    Args:
        demand: What is demanded of the metric.
        n: Size of the sample; None where the metric has none.
    """
    name, unit = demand.limit.metric, demand.limit.unit
    if unit is Unit.RATE and n:
        cases = n
        points = _around((landmark * cases for landmark in demand.landmarks), most=cases)
        stretches = _stretches(lambda part: demand.verdict(Metric(name, part / cases, cases, round(part))), points)
        return _in_words(stretches, lambda part: f"{part:,.0f}", f" of {cases:,}")
    points = _around(demand.landmarks) if unit is Unit.COUNT else _beside(demand.landmarks)
    stretches = _stretches(lambda value: demand.verdict(Metric(name, value, n)), points)
    if unit is Unit.COUNT:
        return _in_words(stretches, lambda value: show_limit(value, unit))
    return _in_words_of_limits(stretches, demand)


def _around(landmarks: Iterable[float], most: int | None = None) -> list[int]:
    """The smallest value, the largest, and the whole numbers on both sides of the landmarks."""
    near = {floor(landmark) + step for landmark in landmarks for step in (-1, 0, 1, 2)}
    ends = {0} if most is None else {0, most}
    return sorted(value for value in near | ends if value >= 0 and (most is None or value <= most))


def _beside(landmarks: Iterable[float]) -> list[float]:
    """The landmarks, and what is next to them, where values are not counted but measured."""
    near = {value for mark in landmarks for value in (nextafter(mark, -inf), mark, nextafter(mark, inf))}
    return sorted(value for value in near | {0.0} if value >= 0)
