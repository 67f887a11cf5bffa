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


@dataclass(frozen=True, slots=True)
class BaselineMetric:
    """A metric of the baseline.

    Attributes:
        metric: As measured there.
        exposure: Length of its window in seconds; or its traffic, where both share one window.
        blind: Why that says nothing; empty where it does.
    """

    metric: Metric
    exposure: float
    blind: str = ""


_DECIMALS: Final = 9


@dataclass(frozen=True, slots=True)
class _Increase:
    """An increase: a value, what it would be without one, and how likely the difference is chance.

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
    before: BaselineMetric,
    exposure: float,
    *,
    now: datetime,
    waiver: Waiver | None = None,
) -> Judgement:
    """Judge an increase: whether a metric grew by more than its limit allows.

    It fails where three things hold: the value is over what it was before by more than `max_increase`, that is at least
    `at_least` cases more, and so many would be seen by chance in at most 5 % of runs.

    Args:
        metric: What was measured.
        limit: With `max_increase`.
        read: What is known about the read.
        before: The same metric in the baseline.
        exposure: Length or traffic of the window, as that of the baseline: a count is proportional to it.
        now: Tells whether the waiver is over.
        waiver: That of this metric, if there is one.
    """
    blind = blind_spot(metric.name, read) or before.blind
    if metric.value is None or before.metric.value is None or blind:
        reason = blind or ("no sample now" if metric.value is None else "no sample in the baseline")
        sentence = f"{metric.name} not compared: {reason}"
        return Judgement(metric, limit, Verdict.INCONCLUSIVE, limit.increase, None, sentence)
    increase = _increase(metric, metric.value, before, exposure)
    bound = Bound(Side.INCREASE, increase.allowed(limit), upper=True)
    if bound.is_broken_by(increase.value) and increase.chance <= _DOUBT:
        verdict, why = _proven(increase.value, waiver, now)
    else:
        verdict, why = _not_proven(metric, limit, increase, bound)
    sentence = f"{_comparison(metric, before, increase, bound)} ({limit.show(limit.increase)}){why}"
    return Judgement(metric, limit, verdict, bound, bound.operator(increase.value), sentence, increase.chance)


_DOUBT: Final = 0.05
"""How likely an increase may be chance, and still fail."""


def _proven(value: float, waiver: Waiver | None, now: datetime) -> tuple[Verdict, str]:
    """The verdict on an increase, and what a waiver has to do with it; one with a `min` is about values too low."""
    if waiver is None or waiver.min is not None:
        return Verdict.FAIL, ""
    if not waiver.holds(now):
        return Verdict.FAIL, f"; the waiver until {waiver.until} by {waiver.owner} is over"
    if waiver.bound and waiver.bound.is_broken_by(value):
        return Verdict.FAIL, ""
    return Verdict.WAIVED, f", waived until {waiver.until} by {waiver.owner}: {waiver.reason}"


def _not_proven(metric: Metric, limit: Limit, increase: _Increase, bound: Bound) -> tuple[Verdict, str]:
    """The verdict where chance explains the increase, or there is none, and why it is no pass."""
    if missing := _missing_cases(metric, limit, increase):
        return Verdict.INCONCLUSIVE, f": needs {missing:,} more to compare"
    if bound.is_broken_by(increase.value):
        return Verdict.INCONCLUSIVE, f": more than before, but in {increase.chance:.0%} of cases by chance"
    return Verdict.PASS, ""


_FINEST_RATE: Final = 0.05
"""No rate asks for a larger sample than this one would: before the deploy there may have been no case at all."""


def _missing_cases(metric: Metric, limit: Limit, increase: _Increase) -> int:
    """How many more cases a rate takes before it can be said not to have grown."""
    if METRICS[metric.name].unit is not Unit.RATE:
        return 0
    needed = limit.min_samples or samples_to_prove(max(increase.expected * (1 + limit.increase.value), _FINEST_RATE))
    return max(0, needed - (metric.n or 0))


def _increase(metric: Metric, value: float, before: BaselineMetric, exposure: float) -> _Increase:
    earlier_value = before.metric.value or 0.0
    if metric.n is None:
        expected = earlier_value * exposure / before.exposure
        chance = chance_of_events(round(value), exposure, round(earlier_value), before.exposure)
        return _Increase(value, expected, 1, chance)
    chance_of = chance_of_share if METRICS[metric.name].unit is Unit.RATE else chance_of_events
    chance = chance_of(_cases(metric), metric.n, _cases(before.metric), before.metric.n or 0)
    return _Increase(value, earlier_value, max(metric.n, 1), chance)


def _cases(metric: Metric) -> int:
    """How many cases a share or an average is made of."""
    return round((metric.value or 0) * (metric.n or 0)) if metric.numerator is None else metric.numerator


def _comparison(metric: Metric, before: BaselineMetric, increase: _Increase, bound: Bound) -> str:
    """The comparison of now and before: `gone.errors 12 > 3, for it was 2 before`."""
    unit = METRICS[metric.name].unit
    n, earlier_n = (f" of {one.n:,}" if one.n is not None else "" for one in (metric, before.metric))
    value, limit = show_value(increase.value, unit, [bound.value]), show_limit(bound.value, unit)
    earlier = f"{show_value(increase.expected, unit)}{earlier_n}"
    return f"{metric.name} {value}{n} {bound.operator(increase.value)} {limit}, for it was {earlier} before"
