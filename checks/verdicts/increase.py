"""An increase over the baseline: is it larger than its limit allows, and than chance explains?"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from checks.config.limit import Bound, Limit, Side, Waiver
from checks.metrics import METRICS, Metric, Unit
from checks.statistics import chance_of_events, chance_of_share, samples_to_prove
from checks.units import show_limit, show_value
from checks.verdicts.rules import ReadState, blind_spot
from checks.verdicts.verdict import Judgement, Verdict

_DOUBT: Final = 0.05
"""How likely an increase may be chance, and still fail."""

_DECIMALS: Final = 9

_FINEST_RATE: Final = 0.05
"""No rate asks for a larger sample than this one would: before the deploy there may have been no case at all."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a metric was in the baseline.

    Attributes:
        metric: As measured there.
        exposure: Length of its window in seconds; or its traffic, where both share one window.
        blind: Why that says nothing; empty where it does.
    """

    metric: Metric
    exposure: float
    blind: str = ""


@dataclass(frozen=True, slots=True)
class _Increase:
    """A value, what it may be, and how much of the difference is chance.

    Attributes:
        value: Now.
        expected: What would be the same as before, in a window of this length, or with this traffic.
        cases: What the value counts for each one of itself: 1 of a count, n of a ratio.
        chance: How often so many are seen where nothing has changed.
    """

    value: float
    expected: float
    cases: int
    chance: float

    def allowed(self, limit: Limit) -> float:
        """The highest value that is no increase: cases are whole, and what was expected need not be."""
        fewest = ceil(round(self.expected * self.cases + limit.at_least, _DECIMALS)) - 1
        return round(max(self.expected * (1 + limit.increase.value), fewest / self.cases), _DECIMALS)


def judge_increase(  # noqa: PLR0913 -- what judge() takes, and what was before
    metric: Metric,
    limit: Limit,
    read: ReadState,
    before: Earlier,
    exposure: float,
    *,
    now: datetime,
    waiver: Waiver | None = None,
) -> Judgement:
    """Whether a metric grew by more than its limit allows.

    It fails where three things hold: the value is over what it was before by more than `max_increase`, that is at least
    `at_least` cases more, and so many would be seen by chance in at most 5 % of runs.

    Args:
        metric: What was measured.
        limit: With `max_increase`.
        read: What is known about the read.
        before: What it was in the baseline.
        exposure: Length or traffic of the window, as that of the baseline: a count is proportional to it.
        now: Tells whether the waiver is over.
        waiver: That of this metric, if there is one.
    """
    blind = blind_spot(metric.name, read) or before.blind
    if metric.value is None or before.metric.value is None or blind:
        reason = blind or ("no sample now" if metric.value is None else "no sample in the baseline")
        return Judgement(
            metric, limit, Verdict.INCONCLUSIVE, limit.increase, None, f"{metric.name} not compared: {reason}"
        )
    found = _increase(metric, metric.value, before, exposure)
    bound = Bound(Side.INCREASE, found.allowed(limit), upper=True)
    operator = bound.operator(found.value)
    told = f"{_compared(metric, before, found, bound)} ({limit.show(limit.increase)})"

    def judged(verdict: Verdict, why: str = "") -> Judgement:
        return Judgement(metric, limit, verdict, bound, operator, told + why)

    is_over = bound.is_broken_by(found.value)
    if is_over and found.chance <= _DOUBT:
        return judged(*_grown(found.value, waiver, now))
    if missing := _missing(metric, limit, found):
        return judged(Verdict.INCONCLUSIVE, f": needs {missing:,} more to compare")
    if is_over:
        return judged(Verdict.INCONCLUSIVE, f": more than before, but in {found.chance:.0%} of cases by chance")
    return judged(Verdict.PASS)


def _grown(value: float, waiver: Waiver | None, now: datetime) -> tuple[Verdict, str]:
    """The verdict on an increase, and what a waiver has to do with it; one with a `min` is about values too low."""
    if waiver is None or waiver.min is not None:
        return Verdict.FAIL, ""
    if not waiver.holds(now):
        return Verdict.FAIL, f"; the waiver until {waiver.until} by {waiver.owner} is over"
    if waiver.bound and waiver.bound.is_broken_by(value):
        return Verdict.FAIL, ""
    return Verdict.WAIVED, f", waived until {waiver.until} by {waiver.owner}: {waiver.reason}"


def _increase(metric: Metric, value: float, before: Earlier, exposure: float) -> _Increase:
    was = before.metric.value or 0.0
    if metric.n is None:
        expected = was * exposure / before.exposure
        chance = chance_of_events(round(value), exposure, round(was), before.exposure)
        return _Increase(value, expected, 1, chance)
    cases, earlier = _cases(metric), _cases(before.metric)
    n, earlier_n = metric.n, before.metric.n or 0
    compare = chance_of_share if METRICS[metric.name].unit is Unit.RATE else chance_of_events
    return _Increase(value, was, max(n, 1), compare(cases, n, earlier, earlier_n))


def _cases(metric: Metric) -> int:
    return round((metric.value or 0) * (metric.n or 0)) if metric.part is None else metric.part


def _missing(metric: Metric, limit: Limit, found: _Increase) -> int:
    """How many more cases a rate takes before it can be said not to have grown."""
    if METRICS[metric.name].unit is not Unit.RATE:
        return 0
    needed = limit.min_samples or samples_to_prove(max(found.expected * (1 + limit.increase.value), _FINEST_RATE))
    return max(0, needed - (metric.n or 0))


def _compared(metric: Metric, before: Earlier, found: _Increase, bound: Bound) -> str:
    """What is and what was: `gone.errors 12 > 3, the limit for 2 before`."""
    unit = METRICS[metric.name].unit
    n, earlier_n = (f" of {one.n:,}" if one.n is not None else "" for one in (metric, before.metric))
    value, limit = show_value(found.value, unit, [bound.value]), show_limit(bound.value, unit)
    was = show_value(found.expected, unit)
    return f"{metric.name} {value}{n} {bound.operator(found.value)} {limit}, for it was {was}{earlier_n} before"
