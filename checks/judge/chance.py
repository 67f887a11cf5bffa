"""How likely an increase is chance: exact tests of two counts, and of two shares."""

from math import exp, lgamma
from typing import Final

from checks.judge.sample import chance_of_so_many

_NEGLIGIBLE: Final = 1e-17


def chance_of_events(events: int, exposure: float, earlier: int, earlier_exposure: float) -> float:
    """How often so many events, or more, fall into the later of two spans where the rate of events is the same in both.

    Given their sum, the later number is binomial (the conditional test of two Poisson rates, one-sided, exact).

    Args:
        events: In the later span.
        exposure: Its length, or the cases that it holds.
        earlier: Events in the earlier span.
        earlier_exposure: Its length, in the same measure.
    """
    share = exposure / (exposure + earlier_exposure)
    if not events or events <= (events + earlier) * share:
        return 1.0
    return chance_of_so_many(events, events + earlier, share)


def chance_of_share(part: int, n: int, earlier_part: int, earlier_n: int) -> float:
    """How often the later of two samples holds so many cases, or more, where their share is the same in both.

    Given their sum, the later number is hypergeometric (Fisher's test of two proportions, one-sided, exact).

    Args:
        part: Cases in the later sample.
        n: Its size.
        earlier_part: Cases in the earlier sample.
        earlier_n: Its size.
    """
    cases, everything = part + earlier_part, n + earlier_n
    if not part or part * everything <= cases * n:
        return 1.0
    ways = _ways(n, part) + _ways(earlier_n, earlier_part) - _ways(everything, cases)
    term = chance = exp(ways)
    for number in range(part, min(n, cases)):
        term *= (n - number) * (cases - number) / ((number + 1) * (earlier_n - cases + number + 1))
        chance += term
        if term <= chance * _NEGLIGIBLE:
            break
    return min(1.0, chance)


def _ways(n: int, k: int) -> float:
    """The logarithm of n over k."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
