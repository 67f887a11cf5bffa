"""How often the verdict on a rate is wrong: no sampling, but the binomial distribution of what a run may see.

A run over a service with a known true rate sees `part` failures in n cases. The verdict follows from part and n alone,
and only gets worse as part grows; so two thresholds cut the distribution into passes, inconclusives and fails. Their
probabilities are exact, where a simulation of 10,000 runs could not tell 2 % from 2.3 %.
"""

from bisect import bisect_left
from itertools import accumulate, pairwise
from math import exp, lgamma, log, log1p
from typing import Final, NamedTuple

import pytest

from checks.judge import sample
from checks.judge.limit import Limit
from checks.judge.sample import MOST_FALSE_FAILS, samples_to_prove
from checks.judge.verdict import Verdict, judge
from tests.judge.making import ALIVE, NOW, RATE, limit, share

LIMITS: Final = (0.005, 0.0075, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4)
SAMPLES: Final = (1, 1.01, 1.05, 1.1, 1.2, 1.35, 1.5, 1.7, 2, 2.5, 3, 5, 10, 30)
"""In multiples of min_samples: close together where the sample is small, for that is where the steps are."""


class Shares(NamedTuple):
    """Of all runs, how many end how."""

    opens: float
    inconclusive: float
    fails: float


def sizes(allowed: float) -> list[int]:
    n = samples_to_prove(allowed)
    return sorted({min(10_000, round(n * factor)) for factor in SAMPLES} | {n + 1, n + 2, n + 3, 10_000})


def verdict(demanded: Limit, part: int, n: int) -> Verdict:
    return judge(share(part, n), demanded, ALIVE, now=NOW).verdict


def severity(demanded: Limit, failures: int, n: int) -> int:
    """0 where the gate opens, 1 where nothing can be told, 2 where it is a failure."""
    part = failures if demanded.min is None else n - failures
    order = {Verdict.PASS: 0, Verdict.WARN: 0, Verdict.INCONCLUSIVE: 1, Verdict.FAIL: 2}
    return order[verdict(demanded, part, n)]


def shares(demanded: Limit, n: int, true_rate: float) -> Shares:
    """What becomes of all runs that see n cases of a service with a true rate of failures."""
    failures = range(n + 1)
    inconclusive = bisect_left(failures, 1, key=lambda k: severity(demanded, k, n))
    fails = bisect_left(failures, 2, key=lambda k: severity(demanded, k, n))
    below = [0.0, *accumulate(probability(k, n, true_rate) for k in failures)]
    return Shares(below[inconclusive], below[fails] - below[inconclusive], 1 - below[fails])


def probability(k: int, n: int, rate: float) -> float:
    if rate >= 1:
        return float(k == n)
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(rate) + (n - k) * log1p(-rate))


def limits_that_allow(failures: float) -> tuple[Limit, Limit]:
    return limit(RATE, max=failures), limit(RATE, min=1 - failures)


@pytest.mark.parametrize("allowed", LIMITS)
def test_a_verdict_gets_worse_as_failures_grow(allowed: float) -> None:
    n = samples_to_prove(allowed)
    for demanded in limits_that_allow(allowed):
        found = [severity(demanded, failures, n) for failures in range(n + 1)]
        assert all(before <= after for before, after in pairwise(found))
        assert (found[0], found[-1]) == (0, 2)


@pytest.mark.parametrize("allowed", LIMITS)
def test_once_the_sample_is_reached_wrong_verdicts_are_rare(allowed: float) -> None:
    """At most 2 % of the runs over a service at half its limit fail; at most 5 % at three times the limit pass."""
    for n in sizes(allowed):
        for demanded in limits_that_allow(allowed):
            assert shares(demanded, n, allowed / 2).fails <= 0.02
            assert shares(demanded, n, min(1, 3 * allowed)).opens <= 0.05


def test_at_three_times_the_limit_nine_runs_in_ten_fail() -> None:
    """The rest is mostly inconclusive, which keeps the gate shut as well."""
    found = [shares(limit(RATE, max=allowed), n, min(1, 3 * allowed)) for allowed in LIMITS for n in sizes(allowed)]
    assert max(1 - run.fails for run in found) <= 0.091
    assert max(run.opens for run in found) <= 0.021


def test_a_sample_that_is_too_small_fails_no_more_often() -> None:
    """Wilson's bound alone would: it makes much of one failure among a handful of cases."""
    early = [
        shares(limit(RATE, max=allowed), n, allowed / 2).fails
        for allowed in LIMITS
        for n in range(1, samples_to_prove(allowed))
    ]
    assert 0 < max(early) <= MOST_FALSE_FAILS


@pytest.mark.parametrize("times", [0.5, 1, 1.5, 2, 3])
def test_the_documented_figures_are_those_of_the_code(times: float) -> None:
    cells = []
    for multiple in (1, 3):
        cases = [(allowed, multiple * samples_to_prove(allowed)) for allowed in LIMITS]
        found = [shares(limit(RATE, max=allowed), n, min(1, times * allowed)) for allowed, n in cases]
        cells += [f"{100 * min(column):.1f}-{100 * max(column):.1f}" for column in zip(*found, strict=True)]
    line = "".join([f"    {times:<6g}", *(f"{cell:>12}" for cell in cells)])
    assert line in str(sample.__doc__).splitlines()
