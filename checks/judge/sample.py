"""How many cases it takes to judge a share, and what the cases that were seen prove.

How often does a verdict on a rate mislead? For limits from 0.5 % to 40 %, in % of runs, exactly
(tests/judge/test_error_rates.py). The gate opens on pass and warn; the true rate is in multiples of the limit.

    true            at min_samples                      at three times min_samples
    rate         opens  inconclus.       fails       opens  inconclus.       fails
    0.5      81.0-90.1    8.2-17.2     0.6-1.8   96.1-98.6     0.0-2.3     0.7-1.7
    1        42.4-54.4   27.6-43.8    9.9-18.3   45.9-57.7    0.0-14.5   32.4-43.7
    1.5      15.0-17.9   27.6-47.2   37.9-54.4     5.8-8.0     0.0-6.8   85.2-94.2
    2          1.7-6.2    8.2-24.2   71.3-90.1     0.0-0.7     0.0-0.8  98.4-100.0
    3          0.0-0.6     0.0-4.9  94.5-100.0     0.0-0.0     0.0-0.0 100.0-100.0

From min_samples to 10,000 cases, at most 2.0 % of runs fail at half the limit; at three times the limit at most 2.1 %
open the gate, and at most 9.1 % don't fail. Below min_samples nothing passes, and a failure takes both proofs, Wilson's
bound and this chance: one failure among the first few cases is no proof.
"""

from math import ceil, exp, lgamma, log, log1p, sqrt
from typing import Final

MAX_SAMPLES: Final = 600
"""No limit asks for more cases than this, unless the file says so with `min_samples`.

A limit of 0.5 % needs 598. Below that, few windows would ever hold enough: 0.1 % would need 2,995, and no number of
cases proves 0 %.
"""

MOST_FALSE_FAILS: Final = 0.02
"""How many of the runs over a service at half its limit may fail."""

_DOUBT: Final = 0.05
_Z: Final = 1.6448536269514722
"""The 95 % quantile of the normal distribution: what _DOUBT is on one side."""
_NEGLIGIBLE: Final = 1e-17


def samples_to_prove(limit: float) -> int:
    """The smallest sample in which not one failure shows, at 95 %, that the rate of failures is within the limit."""
    if limit <= 0:
        return MAX_SAMPLES
    return ceil(min(MAX_SAMPLES, log(_DOUBT) / log1p(-limit))) if limit < 1 else 1


def lower_bound(rate: float, n: int) -> float:
    """The least true rate that the rate seen in n cases leaves credible: Wilson's interval, one-sided, 95 %.

    https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
    """
    spread = _Z * sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2))
    return (rate + _Z**2 / (2 * n) - spread) / (1 + _Z**2 / n)


def chance_of_so_many(part: int, n: int, rate: float) -> float:
    """How likely n cases hold `part` failures or more, for a true rate that is less than part / n: exactly, binomial.

    Beyond the expected number each term is smaller than the one before, so a few of them are the sum. The first comes
    from logarithms, for n! is too large to be a float from 171 cases on.
    """
    if rate <= 0:
        return 0.0
    ways = lgamma(n + 1) - lgamma(part + 1) - lgamma(n - part + 1)
    term = chance = exp(ways + part * log(rate) + (n - part) * log1p(-rate))
    for failures in range(part, n):
        term *= (n - failures) / (failures + 1) * rate / (1 - rate)
        chance += term
        if term <= chance * _NEGLIGIBLE:
            break
    return chance
