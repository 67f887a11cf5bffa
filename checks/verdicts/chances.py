"""Chances: how likely it is that a service well within its limit shows a measured value, or a worse one."""

from math import ceil
from typing import Final

from msgspec.structs import replace

from checks.config.limit import Bound, Limit
from checks.metrics import METRICS, Metric, OnBreach, Unit
from checks.statistics import chance_of_so_few, chance_of_so_many, chance_of_total, lower_bound
from checks.window import Window

DECIMALS: Final = 12
"""The decimals that a halved limit is rounded to, so that 97.5 % is not shown as 97.50000000000001 %."""
EARLY_DOUBT: Final = 0.005
"""How often a service at half its limit may fail on too small a sample; strict, because such nights often recur."""
HALF: Final = 0.5
"""The share of its limit at which a service fails in no more than MOST_FALSE_FAILS of its runs."""


def missing_samples(metric: Metric, limit: Limit) -> int:
    """Return how many more cases the sample of a metric needs for a verdict."""
    has_sample = METRICS[metric.name].sample is not None
    return max(0, limit.samples - (metric.n or 0)) if has_sample else 0


def is_proven_early(metric: Metric, bound: Bound) -> bool:
    """Whether even too small a sample shows, at 95 % confidence and hardly by chance, that a rate breaks a bound."""
    if METRICS[metric.name].unit is not Unit.RATE or not metric.n:
        return False
    if chance_at(metric, bound, HALF) > EARLY_DOUBT:
        return False
    failures, n = failures_of(metric, bound)
    return lower_bound(failures / n, n) > bound.allowed


def failures_of(metric: Metric, bound: Bound) -> tuple[int, int]:
    """Return the failures behind a share that are known for sure, and the size of its sample.

    Several events that name no connection may have hit the same one. For a `min`, the failures are the other cases:
    a share of at least 95 % allows 5 %.
    """
    n = metric.n or 0
    if not bound.upper:
        return n - metric.cases, n
    return (metric.cases if metric.certain is None else metric.certain), n


def chance_at(metric: Metric, bound: Bound, share: float) -> float:
    """Return how often a service at a share of the limit shows this value or a worse one; 0 for metrics without chance.

    For a `min`, the share refers to the failures that it allows: half of `min 95 %` means 2.5 % failures. For a
    quantile, it refers to the cases that may lie beyond it: half of a 95th percentile means 2.5 % of the cases.
    """
    definition, n = METRICS[metric.name], metric.n
    if metric.periods is not None and metric.value is not None:
        return _chance_in_periods(metric, metric.value, metric.periods, bound, share)
    if not n or metric.value is None or definition.breach is OnBreach.ERROR:  # a gap in the read is not a sample
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


UNUSUAL: Final = 2
"""A silence is unusual if it is at least this many times as long as any other of the same log."""


def is_unusual(metric: Metric) -> bool:
    """Whether a value is far beyond what is usual, as far as that is known."""
    return metric.usual is None or metric.value is None or metric.value >= UNUSUAL * metric.usual


WARNING_DOUBT: Final = 0.05
"""A broken `warn` is a warning if a service exactly at that limit shows as much with at most this chance."""


def is_warning(metric: Metric, bound: Bound) -> bool:
    """Whether a `warn` is broken beyond chance."""
    is_broken = metric.value is not None and bound.is_broken_by(metric.value)
    share = 1 if METRICS[metric.name].quantile is None else HALF  # the cases a quantile allows are always beyond it
    return is_broken and is_unusual(metric) and chance_at(metric, bound, share) <= WARNING_DOUBT


def over_time(metric: Metric, limit: Limit, window: Window) -> Metric:
    """Return a count per hour or day of the window, if its limit is per hour or day; else the metric unchanged."""
    if limit.per is None or metric.value is None:
        return metric
    periods = window.length.total_seconds() / limit.per.seconds
    return replace(metric, value=metric.value / periods, periods=periods)


def _chance_in_periods(metric: Metric, value: float, periods: float, bound: Bound, share: float) -> float:
    """Return the chance of a count per hour or day in a short window; for a `min`, the share divides the limit."""
    total = round(value * periods)
    if bound.upper:
        squares = total if metric.squares is None else metric.squares
        return chance_of_total(total, squares, periods, bound.value * share)
    return chance_of_so_few(total, bound.value / share * periods)
