"""Statistics: how many cases a share needs, and how likely a share or an increase is to be chance.

.docs/verdict-rates.md says how often the resulting verdicts are wrong; tests/test_statistics.py recomputes it.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from math import ceil, exp, inf, lgamma, log, log1p, sqrt
from typing import Final

MAX_SAMPLES: Final = 600
"""The most cases that a limit requires, unless the file says otherwise with `min_samples`.

A limit of 0.5 % needs 598. For 0.1 % it would be 2,995, which few windows hold, and no number of cases proves 0 %.
"""

_DOUBT: Final = 0.05


def samples_to_prove(limit: float) -> int:
    """Return the smallest sample that proves, at 95 % confidence and without any failure, a rate within the limit."""
    if limit <= 0:
        return MAX_SAMPLES
    return ceil(min(MAX_SAMPLES, log(_DOUBT) / log1p(-limit))) if limit < 1 else 1


_Z: Final = 1.6448536269514722
"""The 95 % quantile of the normal distribution."""


def lower_bound(rate: float, n: int) -> float:
    """Return the lower confidence bound of a rate that was seen in n cases: Wilson's interval, one-sided, 95 %.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    spread = _Z * sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2))
    return (rate + _Z**2 / (2 * n) - spread) / (1 + _Z**2 / n)


MOST_FALSE_FAILS: Final = 0.02
"""The share of runs that may fail on a service at half its limit."""
_NEGLIGIBLE: Final = 1e-17
"""A term that is a smaller share of the sum than this changes no digit of it."""


def chance_of_so_many(cases: int, n: int, rate: float) -> float:
    """Return the exact binomial chance of at least so many cases in a sample of n, at the true rate.

    Above the expected number, the terms shrink, so a few of them make up the sum. The first comes from logarithms,
    because n! overflows a float. Up to the expected number, it might underflow, so the terms of fewer cases are summed.
    """
    if rate <= 0 or rate >= 1 or cases <= 0:
        return float(rate > 0 or cases <= 0)
    if cases <= n * rate:
        return 1 - chance_of_so_many(n - cases + 1, n, 1 - rate)
    first = exp(_log_choices(n, cases) + cases * log(rate) + (n - cases) * log1p(-rate))
    return _series(first, ((n - number) / (number + 1) * rate / (1 - rate) for number in range(cases, n)))


def _series(first: float, ratios: Iterable[float]) -> float:
    """Return the sum of terms, each a ratio times the one before, up to the first that changes no digit of it."""
    term = total = first
    for ratio in ratios:
        term *= ratio
        total += term
        if term <= total * _NEGLIGIBLE:
            break
    return total


def chance_of_total(total: float, squares: float, n: float, mean: float) -> float:
    """Return the chance of at least so many events in n cases with a lower true mean, if events come in clusters.

    It uses a scaled Poisson distribution: events that come five at a time are a fifth of the evidence. The mean size of
    a cluster, squares / total, is the dispersion of a quasi-Poisson model (McCullagh and Nelder, Generalized Linear
    Models, 1989, 6.2.3).

    Args:
        total: Number of events.
        squares: The sum of the squares of the clusters' sizes; the total if each event comes by itself.
        n: Number of cases, or the length of the window.
        mean: The true mean of events in a case.
    """
    if mean <= 0 or not total:
        return 0.0 if total else 1.0
    cluster = max(1.0, squares / total)
    shape, expected = total / cluster, mean * n / cluster
    if shape <= expected:
        return 1.0
    first = exp(shape * log(expected) - expected - lgamma(shape + 1))
    return _series(first, (expected / (shape + number) for number in count(1)))


def chance_of_so_few(events: int, mean: float) -> float:
    """Return the chance of at most so many events if their mean is known: Poisson's law."""
    if events >= mean:
        return 1 - chance_of_total(events + 1, events + 1, 1, mean)
    first = exp(events * log(mean) - mean - lgamma(events + 1))
    return _series(first, (number / mean for number in range(events, 0, -1)))


def samples_to_prove_mean(limit: float) -> int:
    """Return the smallest sample that proves, at 95 % confidence and without any event, a mean within the limit."""
    return ceil(min(MAX_SAMPLES, -log(_DOUBT) / limit)) if limit > 0 else MAX_SAMPLES


def chance_of_events(events: int, exposure: float, earlier: int, earlier_exposure: float) -> float:
    """Return the chance of at least so many events in the later of two spans if both have the same rate of events.

    Given their sum, the later number is binomial (the conditional test of two Poisson rates, one-sided, exact). The
    exposure of a span is its length, or the cases that it holds.
    """
    share = exposure / (exposure + earlier_exposure)
    if not events or events <= (events + earlier) * share:
        return 1.0
    return chance_of_so_many(events, events + earlier, share)


def largest_ratio(events: int, exposure: float, earlier: int, earlier_exposure: float) -> float:
    """Return the upper confidence bound, at 95 %, of the ratio of the later rate of events to the earlier one.

    With a larger ratio, so few events would be seen in less than 5 % of cases. It is the upper end of the one-sided
    interval of the ratio of two Poisson rates, given their sum (Clopper and Pearson, 1934), and infinite if the earlier
    span holds no event.
    """
    if not earlier:
        return inf
    low, high = events / (events + earlier), 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        if chance_of_so_many(earlier, events + earlier, 1 - share) >= _DOUBT:
            low = share
        else:
            high = share
    return low / (1 - low) * earlier_exposure / exposure


_HALVINGS: Final = 40


def shared_doubts(chances: Mapping[str, float], doubt: float) -> Mapping[str, float]:
    """Share a doubt, a probability of error, among several tests, so that together they are wrong no more often.

    The smallest chance must be within the doubt divided by the number of tests, the next within the doubt divided by
    one less, and so on up to the first that is not (S. Holm, A simple sequentially rejective multiple test procedure,
    1979).
    """
    doubts, left, is_over = dict[str, float](), len(chances), False
    for name, chance in sorted(chances.items(), key=lambda one: one[1]):
        doubts[name] = doubt / left
        is_over = is_over or chance > doubts[name]
        left -= not is_over
    return doubts


def kinds_by_chance(cases: int, totals: Iterable[float], share: float) -> float:
    """Return the expected number of kinds with at least so many cases in the later of two spans, and none before.

    If nothing has changed, a case falls into the later span by its share of both, so a kind with m cases in all is new
    with the chance share ** m. Good and Toulmin asked the same of species in a second sample (The number of new
    species, and the increase in population coverage, when a sample is increased, 1956).

    Args:
        cases: The least number of cases.
        totals: The number of cases of each kind in both spans together; infinite if it is not known.
        share: The share of the later span in both.
    """
    return sum(share ** (cases if total == inf else total) for total in totals if total >= cases)


def chance_of_share(cases: int, n: int, earlier_cases: int, earlier_n: int) -> float:
    """Return the chance of at least so many cases in the later of two samples if both have the same share of them.

    Given their sum, the later number is hypergeometric (Fisher's test of two proportions, one-sided, exact).
    """
    all_cases, all_n = cases + earlier_cases, n + earlier_n
    if not cases or cases * all_n <= all_cases * n:
        return 1.0
    choices = _log_choices(n, cases) + _log_choices(earlier_n, earlier_cases) - _log_choices(all_n, all_cases)
    ratios = (
        (n - number) * (all_cases - number) / ((number + 1) * (earlier_n - all_cases + number + 1))
        for number in range(cases, min(n, all_cases))
    )
    return min(1.0, _series(exp(choices), ratios))


_ODDS: Final = (1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 50.0)
"""The odds of the alternatives to a rate, as multiples of its own."""


def evidence_over(cases: int, n: int, rate: float) -> float:
    """Return the evidence that the true rate is over a given rate, however often one has looked: an e-value.

    It is a mixture of likelihood ratios against larger rates. If the true rate is not over the given one, this is a
    supermartingale that begins with 1, so the chance that it ever reaches 1 / a is at most a: in all polls together,
    and whenever one stops.
    H. Robbins, Statistical methods related to the law of the iterated logarithm (1970); Ville's inequality:
    S. Howard, A. Ramdas et al., Time-uniform, nonparametric, nonasymptotic confidence sequences (2021).
    """
    if rate <= 0:
        return inf if cases else 1.0
    if rate >= 1:
        return 1.0
    ratios = (cases * log(times) - n * log1p(rate * (times - 1)) for times in _ODDS)
    return sum(exp(min(ratio, _LARGEST_EXPONENT)) for ratio in ratios) / len(_ODDS)


def evidence_under(cases: int, n: int, rate: float) -> float:
    """Return the evidence that the true rate is under a given rate: that of the other cases is over 1 - `rate`."""
    return evidence_over(n - cases, n, 1 - rate)


_LARGEST_EXPONENT: Final = 700.0
"""exp() of more overflows a float."""


def _log_choices(n: int, k: int) -> float:
    """Return the logarithm of the number of ways to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
