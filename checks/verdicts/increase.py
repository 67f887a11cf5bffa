"""Increases over the baseline, and new kinds of errors: whether they are more than chance explains."""

from collections.abc import Mapping
from math import ceil, inf
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config.limit import Bound, Limit, Side, Waiver
from checks.metrics import METRICS, Metric, Unit
from checks.statistics import chance_of_events, chance_of_share, kinds_by_chance, largest_ratio
from checks.units import show_limit, show_value
from checks.verdicts.rules import ReadState, blind_spot, expiry
from checks.verdicts.verdict import Judgement, Verdict


class BaselineMetric(Struct, frozen=True):
    """A metric of the baseline, and in `blind` the reason why it can't be compared, if there is one.

    `ratio` is the traffic, or the length, of the window to judge, divided by the baseline's: counts grow with it.
    """

    metric: Metric
    ratio: float = 1.0
    blind: str = ""

    @property
    def share(self) -> float:
        """The share of the window to judge in the traffic, or the length, of both windows together."""
        return self.ratio / (self.ratio + 1)


_DECIMALS: Final = 9
INCREASE_DOUBT: Final = 0.05
"""The share of runs without any change that may fail by increases, for all limits on increases together."""


class _Increase(Struct, frozen=True):
    """An increase: a value, the value expected without a change, and how often chance alone shows the difference.

    Attributes:
        expected: The value of the baseline, scaled to the length or the traffic of this window.
        cases: The cases behind a value of 1: 1 for a count, n for a ratio.
        missed: The increase that could have been missed, as a ratio of what was expected.
    """

    value: float
    expected: float
    cases: int
    chance: float
    missed: float

    def allowed(self, limit: Limit) -> float:
        """Return the highest value that the limit allows. Cases are whole numbers; the expected value need not be."""
        fewest = ceil(round(self.expected * self.cases + limit.at_least, _DECIMALS)) - 1
        return round(max(self.expected * (1 + limit.increase.value), fewest / self.cases), _DECIMALS)


def judge_increase(
    metric: Metric, limit: Limit, read: ReadState, before: BaselineMetric, *, doubt: float = INCREASE_DOUBT
) -> Judgement:
    """Judge an increase: whether a metric grew by more than its limit allows.

    It fails if three things hold: the value exceeds the baseline by more than `max_increase`, it does so by at
    least `at_least` cases, and chance alone shows so many in at most 5 % of runs. Otherwise it passes, and says how
    large an increase could have been missed; with `prove` it is inconclusive if that is more than the limit allows.

    `doubt` is the chance up to which an increase fails; it is smaller if several increases are judged.
    """
    blind = blind_spot(metric.name, read) or before.blind
    if metric.value is None or before.metric.value is None or blind:
        reason = blind or ("no sample now" if metric.value is None else "no sample in the baseline")
        sentence = f"{metric.name} not compared: {reason}"
        return Judgement(metric, limit, Verdict.INCONCLUSIVE, limit.increase, None, sentence)
    increase = _increase(metric, metric.value, before)
    bound = Bound(Side.INCREASE, increase.allowed(limit), upper=True)
    if bound.is_broken_by(increase.value) and increase.chance <= doubt:
        verdict, why = _proven(increase.value, limit.waiver)
    else:
        verdict, why = _not_proven(limit, increase, bound)
    sentence = f"{_comparison(metric, before, increase, bound)} ({_allowance(limit)}){why}"
    return Judgement(metric, limit, verdict, bound, bound.operator(increase.value), sentence, increase.chance)


def _proven(value: float, waiver: Waiver | None) -> tuple[Verdict, str]:
    """Return the verdict on a proven increase, and the words on its waiver; one with a `min` is about low values."""
    if waiver is None or waiver.min is not None:
        return Verdict.FAIL, ""
    if waiver.is_over or (waiver.bound and waiver.bound.is_broken_by(value)):
        return Verdict.FAIL, expiry(waiver)
    return Verdict.WAIVED, f", waived until {waiver.until} by {waiver.owner}: {waiver.reason}"


def _not_proven(limit: Limit, increase: _Increase, bound: Bound) -> tuple[Verdict, str]:
    """Return the verdict if chance explains the increase or there is none, and how much could have been missed."""
    why = ""
    if bound.is_broken_by(increase.value):
        why = f": more than before, but by chance alone in {_percent(increase.chance)} of cases"
    if increase.missed <= limit.increase.value:
        return Verdict.PASS, why
    size = "any increase" if increase.missed == inf else f"up to +{_percent(increase.missed)}"
    return Verdict.INCONCLUSIVE if limit.prove else Verdict.PASS, f"{why}; {size} could have been missed"


def _percent(share: float) -> str:
    return f"{100 * share:,.0f} %"


def _increase(metric: Metric, value: float, before: BaselineMetric) -> _Increase:
    earlier = before.metric
    is_count = metric.n is None
    now, then = (before.ratio, 1.0) if is_count else (metric.n or 0, earlier.n or 0)
    expected = (earlier.value or 0.0) * (before.ratio if is_count else 1)
    cluster = _cluster(metric, earlier)
    cases, earlier_cases = (round(one.cases / cluster) for one in (metric, earlier))
    if METRICS[metric.name].unit is Unit.RATE and not is_count:
        chance = chance_of_share(cases, round(now), earlier_cases, round(then))
    else:
        chance = chance_of_events(cases, now, earlier_cases, then)
    missed = largest_ratio(cases, now, earlier_cases, then) - 1
    return _Increase(value, expected, 1 if is_count else max(round(now), 1), chance, missed)


def chance_of_increase(metric: Metric, before: BaselineMetric) -> float:
    """Return how often chance alone shows such an increase."""
    return _increase(metric, metric.value or 0.0, before).chance


def _cluster(*metrics: Metric) -> float:
    """Return the mean size of clusters of cases, as far as known: the cases of one connection count as one event."""
    known = [metric for metric in metrics if metric.squares is not None]
    total = sum(metric.cases for metric in known)
    return max(1.0, sum(metric.squares or 0.0 for metric in known) / total) if total else 1.0


def _comparison(metric: Metric, before: BaselineMetric, increase: _Increase, bound: Bound) -> str:
    """Return the comparison of now and before: `gone.errors rose from 2 to 12`."""
    unit = METRICS[metric.name].unit
    n, earlier_n = (f" of {one.n:,}" if one.n is not None else "" for one in (metric, before.metric))
    now, earlier = show_value(increase.value, unit, [bound.value]), show_value(increase.expected, unit)
    if now == earlier:  # after rounding
        return f"{metric.name} stayed at {now}{n}"
    change = "rose" if increase.value > increase.expected else "fell"
    return f"{metric.name} {change} from {earlier}{earlier_n} to {now}{n}"


def _allowance(limit: Limit) -> str:
    """Return the increase that a limit allows: `allowed: +50 %, ignoring increases below 5`."""
    ignored = f", ignoring increases below {limit.at_least:,}" if limit.at_least > 1 else ""
    return f"allowed: +{show_limit(limit.increase.value, Unit.RATE)}{ignored}"


NEW_DOUBT: Final = 0.02
"""The share of runs without any change in which a kind of error may count as new."""
FEWEST_CASES: Final = 2
"""The fewest connections or requests that make a new kind of error: a single one proves nothing."""
_MOST_CASES: Final = 100
"""The most cases of a new kind that are tried; a baseline that would need more is too short."""


class NewKinds(Struct, frozen=True):
    """The kinds of errors that are new beyond chance, each with its chance, the most certain first.

    `fewest` is the number of cases that a kind needs to count as new; `reason` says why none were compared, if so.
    """

    chances: Mapping[str, float] = field(default_factory=dict)
    fewest: int = FEWEST_CASES
    reason: str = ""


def new_kinds(now: Mapping[str, int], before: Mapping[str, int | None], share: float) -> NewKinds:
    """Return the kinds of errors that are not in the baseline, unless the long tail of rare kinds explains them.

    A long tail always brings kinds that were not seen before, and more of them with a shorter baseline. A kind
    therefore needs more cases than chance lets any kind show.

    Args:
        now: The connections or requests that met each kind.
        before: The same in the baseline; None if only the kind is known.
        share: This window's share of the length, or the traffic, of both together.
    """
    totals = [inf if cases is None else cases + now.get(kind, 0) for kind, cases in before.items()]
    totals += [cases for kind, cases in now.items() if kind not in before]
    chances = {
        kind: kinds_by_chance(cases, totals, share)
        for kind, cases in now.items()
        if kind not in before and cases >= FEWEST_CASES
    }
    certain = {kind: chance for kind, chance in chances.items() if chance <= NEW_DOUBT}
    tries = range(FEWEST_CASES, _MOST_CASES)
    enough = (number for number in tries if kinds_by_chance(number, [*totals, number], share) <= NEW_DOUBT)
    fewest = next(enough, _MOST_CASES)
    return NewKinds(dict(sorted(certain.items(), key=lambda one: one[1])), fewest)


def judge_new_kinds(judgement: Judgement, kinds: NewKinds) -> Judgement:
    """Add the chance to a judgement on the number of new kinds, or the reason why they were not compared."""
    limit = judgement.limit
    if kinds.reason:
        return replace(judgement, sentence=f"{limit.metric} not compared: {kinds.reason}")
    allowed, chances = int(judgement.bound.value), list(kinds.chances.values())
    chance = chances[allowed] if judgement.bound.upper and len(chances) > allowed else None
    missed = f"; a kind met by fewer than {kinds.fewest} connections or requests could have been missed"
    is_short = judgement.verdict is Verdict.PASS and kinds.fewest > FEWEST_CASES
    return replace(judgement, chance=chance, sentence=judgement.sentence + (missed if is_short else ""))
