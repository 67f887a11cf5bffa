"""Chances: how likely it is that a service well within its limit shows what was measured, or more."""

from math import ceil
from typing import Final

from msgspec.structs import replace

from checks.config.limit import Bound, Limit
from checks.metrics import METRICS, Metric, OnBreach, Unit
from checks.statistics import chance_of_so_few, chance_of_so_many, chance_of_total, lower_bound
from checks.window import Window

DECIMALS: Final = 12
"""The decimals of a halved limit: as many as floats hold for sure, so that 97.5 % is not 97.50000000000001 %."""
EARLY_DOUBT: Final = 0.005
"""How often a service at half its limit may fail on too small a sample; strict, because such nights come in rows."""
HALF: Final = 0.5
"""The share of its limit at which a service fails in no more than MOST_FALSE_FAILS of its runs."""


def missing_samples(metric: Metric, limit: Limit) -> int:
    """How many more cases of its sample a metric needs for a verdict."""
    has_sample = METRICS[metric.name].sample is not None
    return max(0, limit.samples - (metric.n or 0)) if has_sample else 0


def is_proven_early(metric: Metric, bound: Bound) -> bool:
    """Whether even a sample that is too small shows at 95 % that a rate breaks a bound, and hardly by chance."""
    if METRICS[metric.name].unit is not Unit.RATE or not metric.n or metric.value is None:
        return False
    if chance_at(metric, bound, HALF) > EARLY_DOUBT:
        return False
    if bound.upper:
        return lower_bound(certain_share(metric, metric.value, metric.n), metric.n) > bound.value
    return lower_bound(1 - metric.value, metric.n) > 1 - bound.value


def certain_share(metric: Metric, value: float, n: int) -> float:
    """What a share is at least, where events that name no connection may have hit fewer connections than they are."""
    return value if metric.certain is None else metric.certain / n


def failures_of(metric: Metric, bound: Bound) -> tuple[int, int]:
    """The failures behind a share, those that are known for sure, and the sample that they are of.

    Under a `min`, the failures are the other cases: a share of at least 95 % allows 5 %.
    """
    n = metric.n or 0
    numerator = round((metric.value or 0.0) * n) if metric.numerator is None else metric.numerator
    if not bound.upper:
        return n - numerator, n
    return (numerator if metric.certain is None else metric.certain), n


def chance_at(metric: Metric, bound: Bound, share: float) -> float:
    """How often a service at a share of the limit shows as much as was measured, or more; 0 where there is no chance.

    Under a `min`, at that share of what it allows: at half of at least 95 %, that is 2.5 % failures. For a quantile,
    where that share of what may be beyond it is: at half of a 95th percentile, 2.5 % of the cases.
    """
    definition, n = METRICS[metric.name], metric.n
    if metric.periods is not None and metric.value is not None:
        return _chance_in_periods(metric, metric.value, metric.periods, bound, share)
    if not n or metric.value is None or definition.breach is OnBreach.ERROR:  # what was not read is no sample
        return 0.0
    if definition.unit is Unit.RATE:
        return chance_of_so_many(*failures_of(metric, bound), bound.allowed * share)
    if definition.unit is Unit.AVERAGE and bound.upper:
        total = metric.value * n
        return chance_of_total(total, total if metric.squares is None else metric.squares, n, bound.value * share)
    if definition.quantile is not None:
        beyond = 1 - definition.quantile if bound.upper else definition.quantile
        return chance_of_so_many(ceil(round(beyond * n, DECIMALS)), n, beyond * share)
    return 0.0


WARNING_DOUBT: Final = 0.05
"""How likely it may be at the `warn` limit itself that it is broken so far, and still be a warning."""


def is_warning(metric: Metric, bound: Bound) -> bool:
    """Whether a `warn` is broken, and beyond chance."""
    is_broken = metric.value is not None and bound.is_broken_by(metric.value)
    share = 1 if METRICS[metric.name].quantile is None else HALF  # as many as a quantile allows are always beyond it
    return is_broken and chance_at(metric, bound, share) <= WARNING_DOUBT


def over_time(metric: Metric, limit: Limit, window: Window) -> Metric:
    """A count as it is in each hour or day of a window, where its limit is so; else the metric as it is."""
    if limit.per is None or metric.value is None:
        return metric
    periods = window.length.total_seconds() / limit.per.seconds
    return replace(metric, value=metric.value / periods, periods=periods)


def _chance_in_periods(metric: Metric, value: float, periods: float, bound: Bound, share: float) -> float:
    """The same of a count in each hour or day, which a short window shows by chance; under a `min`, by its double."""
    total = round(value * periods)
    if bound.upper:
        squares = total if metric.squares is None else metric.squares
        return chance_of_total(total, squares, periods, bound.value * share)
    return chance_of_so_few(total, bound.value / share * periods)
