"""Whether what was measured is enough to say that a bound is broken."""

from checks.analysis.metrics import METRICS, Metric, Unit
from checks.judge.limit import Bound, Limit
from checks.judge.sample import chance_of_so_many, lower_bound


def missing_samples(metric: Metric, limit: Limit) -> int:
    """How many more cases a verdict takes."""
    has_sample = METRICS[metric.name].sample is not None
    return max(0, limit.samples - (metric.n or 0)) if has_sample else 0


def is_proven_early(metric: Metric, bound: Bound) -> bool:
    """Whether even a sample that is too small shows at 95 % that a rate breaks a bound."""
    if METRICS[metric.name].unit is not Unit.RATE or not metric.n or metric.value is None:
        return False
    if bound.upper:
        return lower_bound(metric.value, metric.n) > bound.value
    return lower_bound(1 - metric.value, metric.n) > 1 - bound.value


def chance_at_half(metric: Metric, bound: Bound) -> float:
    """How often a service at half the limit shows as many failures as were measured, or more; only rates have chance.

    Under a `min`, the failures are the other cases: a share of at least 95 % allows 5 %, and half of that is 2.5 %.
    """
    if METRICS[metric.name].unit is not Unit.RATE or not metric.n or metric.value is None:
        return 0.0
    part = round(metric.value * metric.n) if metric.part is None else metric.part
    if bound.upper:
        return chance_of_so_many(part, metric.n, bound.value / 2)
    return chance_of_so_many(metric.n - part, metric.n, (1 - bound.value) / 2)
