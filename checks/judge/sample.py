"""How many cases it takes to judge a share, and what a small sample already proves."""

from math import ceil, log, log1p, sqrt
from typing import Final

MAX_SAMPLES: Final = 300
"""No limit asks for more cases than this, unless the file says so with `min_samples`.

A limit of 1 % needs 299. Below that, few windows would ever hold enough: 0.1 % would need 2,995, and no number of cases
proves 0 %.
"""

_DOUBT: Final = 0.05
_Z: Final = 1.6448536269514722
"""The 95 % quantile of the normal distribution: what _DOUBT is on one side."""


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
