"""The statistics, compared with exact arithmetic: how many cases prove what."""

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate, pairwise
from math import comb, exp, inf, lgamma, log, log1p
from random import Random
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.config.limit import Limit
from checks.statistics import (
    MOST_FALSE_FAILS,
    chance_of_events,
    chance_of_share,
    chance_of_so_few,
    chance_of_so_many,
    evidence_over,
    evidence_under,
    lower_bound,
    samples_to_prove,
    shared_doubts,
)
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Verdict
from tests.documents import content
from tests.health_run import ROOT
from tests.verdicts.making import ALIVE, RATE, limit, share


@pytest.mark.parametrize(
    ("rate", "samples"),
    [
        (0.5, 5),
        (0.05, 59),
        (0.02, 149),
        (0.01, 299),
        (0.005, 598),
        (0.004, 600),
        (1e-30, 600),
        (0, 600),
        (1, 1),
        (0.99, 1),
    ],
)
def test_the_sample_follows_from_the_limit(rate: float, samples: int) -> None:
    assert samples_to_prove(rate) == samples


@given(st.floats(0.005, 0.999))
def test_zero_failures_in_the_sample_prove_the_limit(rate: float) -> None:
    """In 95 % of samples a rate over the limit shows itself; with one case less, it need not."""
    n = samples_to_prove(rate)
    assert (1 - rate) ** n <= 0.05 + 1e-12
    assert (1 - rate) ** (n - 1) > 0.05 - 1e-12


@pytest.mark.parametrize(
    ("cases", "n", "bound"),
    [(8, 23, 0.2085), (0, 23, 0), (23, 23, 0.895), (1, 1, 0.27), (50, 1000, 0.0399)],
)
def test_wilsons_lower_bound(cases: int, n: int, bound: float) -> None:
    assert lower_bound(cases / n, n) == pytest.approx(bound, abs=5e-4)


@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 499))
def test_the_chance_is_that_of_exact_arithmetic(n: int, cases: int, permille: int) -> None:
    cases, rate = min(cases, n), Fraction(permille, 1000)
    exact = sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(cases, n + 1))
    assert chance_of_so_many(cases, n, permille / 1000) == pytest.approx(float(exact), rel=1e-9)


def test_what_is_impossible_has_no_chance() -> None:
    assert chance_of_so_many(1, 10**6, 0) == 0


@pytest.mark.parametrize(
    ("cases", "n", "rate", "chance"),
    [
        # One and two standard deviations above the mean, where the normal distribution is as good as exact
        (100_302, 4_000_000, 0.025, 0.1671),
        (100_625, 4_000_000, 0.025, 0.0227),
        (2_000_000, 4_000_000, 0.025, 0),
        (4_000_000, 4_000_000, 0.5, 0),
        # Below the mean, where the chance of just so many is too small to be a float
        (0, 6_780, 0.3, 1),
        (1, 4_000_000, 0.025, 1),
        (99_698, 4_000_000, 0.025, 0.8329),
    ],
)
def test_the_chance_is_known_for_millions(cases: int, n: int, rate: float, chance: float) -> None:
    assert chance_of_so_many(cases, n, rate) == pytest.approx(chance, abs=1e-3)


@pytest.mark.parametrize(
    ("events", "mean", "chance"),
    [
        (0, 3, exp(-3)),
        (3, 3, 13 * exp(-3)),
        (0, 0, 1),
        # At the mean and two standard deviations below it: where exp(-mean) is too small to be a float, too
        (999, 1_000, 0.4958),
        (1_001, 1_000, 0.5210),
        (998_000, 1_000_000, 0.0228),
        (0, 1_000, 0),
    ],
)
def test_the_chance_of_so_few_events_is_poissons(events: int, mean: float, chance: float) -> None:
    assert chance_of_so_few(events, mean) == pytest.approx(chance, abs=1e-4)


small = st.integers(0, 40)


@pytest.mark.parametrize(
    ("events", "earlier", "chance"), [(5, 0, 1 / 32), (1, 0, 1 / 2), (0, 5, 1.0), (3, 3, 1.0), (8, 2, 56 / 1024)]
)
def test_two_spans_of_one_length(events: int, earlier: int, chance: float) -> None:
    """Each event is like a coin toss: five heads in a row have a chance of 1 in 32."""
    assert chance_of_events(events, 600, earlier, 600) == pytest.approx(chance)


@given(small, small, st.integers(1, 20), st.integers(1, 20))
def test_events_are_binomial(events: int, earlier: int, exposure: int, earlier_exposure: int) -> None:
    """Given the sum, the later count is binomial; the chance is the tail beyond the expected count."""
    n, share = events + earlier, Fraction(exposure, exposure + earlier_exposure)
    tail = sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(events, n + 1))
    chance = chance_of_events(events, exposure, earlier, earlier_exposure)
    assert chance == pytest.approx(float(tail) if events > n * share else 1.0, rel=1e-9)


@given(st.data(), st.integers(1, 60), st.integers(1, 60))
def test_shares_are_hypergeometric(data: st.DataObject, n: int, earlier_n: int) -> None:
    """The test of two shares is Fisher's exact test, one-sided."""
    cases, earlier_cases = data.draw(st.integers(0, n)), data.draw(st.integers(0, earlier_n))
    all_cases, all_n = cases + earlier_cases, n + earlier_n
    tail = sum(comb(n, k) * comb(earlier_n, all_cases - k) for k in range(cases, min(n, all_cases) + 1))
    is_more = cases * all_n > all_cases * n
    expected = float(Fraction(tail, comb(all_n, all_cases))) if is_more else 1.0
    assert chance_of_share(cases, n, earlier_cases, earlier_n) == pytest.approx(expected, rel=1e-9)


@given(st.integers(1, 40), st.integers(1, 999))
def test_evidence_is_a_fair_game(n: int, permille: int) -> None:
    """At the tested rate its mean is 1: nobody can expect to win, no matter when one stops (Ville)."""
    rate = permille / 1000
    for evidence in (evidence_over, evidence_under):
        mean = sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) * evidence(k, n, rate) for k in range(n + 1))
        assert mean == pytest.approx(1, rel=1e-6)


def test_what_is_impossible_is_evidence_enough() -> None:
    """This is one case where none is allowed, or one exception to what is always so."""
    assert evidence_over(1, 1000, 0) == evidence_under(999, 1000, 1) == inf
    assert evidence_over(0, 1000, 0) == evidence_under(1000, 1000, 1) == 1
    assert evidence_over(1000, 1000, 1) == evidence_under(0, 1000, 0) == 1
    assert 1e100 < evidence_over(10**6, 10**6, 0.01) < inf


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_looking_at_every_case_finds_no_more_than_was_allowed(rate: float) -> None:
    """However often one looks, evidence fails at most 5 % of healthy services; a plain test fails many more."""
    random, proven, naive, games = Random(1), 0, 0, 300
    for _ in range(games):
        cases, has_evidence, has_chance = 0, False, False
        for n in range(1, 1001):
            is_case = random.random() < rate
            cases += is_case
            if is_case and not has_evidence:  # in between, evidence gets less
                has_evidence = evidence_over(cases, n, rate) >= 1 / 0.05
            if not has_chance and n % 20 == 0 and cases > n * rate:
                has_chance = chance_of_so_many(cases, n, rate) <= 0.05
        proven, naive = proven + has_evidence, naive + has_chance
    assert proven / games <= 0.08  # 5 %, and what 300 games leave to chance
    assert naive / games > 0.1


LIMITS: Final = (0.005, 0.0075, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4)

SAMPLES: Final = (1, 1.01, 1.05, 1.1, 1.2, 1.35, 1.5, 1.7, 2, 2.5, 3, 5, 10, 30)
"""In multiples of min_samples: close together where the sample is small, for that is where the steps are."""


class Shares(NamedTuple):
    """The shares of runs by outcome."""

    opens: float
    inconclusive: float
    fails: float


def sizes(allowed: float) -> list[int]:
    n = samples_to_prove(allowed)
    return sorted({min(10_000, round(n * factor)) for factor in SAMPLES} | {n + 1, n + 2, n + 3, 10_000})


def verdict(demanded: Limit, cases: int, n: int) -> Verdict:
    return judge(share(cases, n), demanded, ALIVE).verdict


def severity(demanded: Limit, failures: int, n: int) -> int:
    """Return 0 if the gate opens, 1 if it is inconclusive, and 2 if it is a failure."""
    cases = failures if demanded.min is None else n - failures
    order = {Verdict.PASS: 0, Verdict.WARN: 0, Verdict.INCONCLUSIVE: 1, Verdict.FAIL: 2}
    return order[verdict(demanded, cases, n)]


def shares(demanded: Limit, n: int, true_rate: float) -> Shares:
    """Return the outcomes of all runs that see n cases of a service with a true failure rate."""
    failures = range(n + 1)
    inconclusive = bisect_left(failures, 1, key=lambda k: severity(demanded, k, n))
    fails = bisect_left(failures, 2, key=lambda k: severity(demanded, k, n))
    below = [0.0, *accumulate(probability(k, n, true_rate) for k in failures[:fails])]
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
        severities = [severity(demanded, failures, n) for failures in range(n + 1)]
        assert all(before <= after for before, after in pairwise(severities))
        assert (severities[0], severities[-1]) == (0, 2)


@pytest.mark.parametrize("allowed", LIMITS)
def test_once_the_sample_is_reached_wrong_verdicts_are_rare(allowed: float) -> None:
    """At half the limit at most 2 % of runs fail; at three times the limit at most 5 % pass."""
    for n in sizes(allowed):
        for demanded in limits_that_allow(allowed):
            assert shares(demanded, n, allowed / 2).fails <= 0.02
            assert shares(demanded, n, min(1, 3 * allowed)).opens <= 0.05


def test_at_three_times_the_limit_nine_runs_in_ten_fail() -> None:
    """Most of the others are inconclusive, which keeps the gate shut as well."""
    just_above = {
        allowed: range(size, size + size // 40 + 2) for allowed in LIMITS for size in [samples_to_prove(allowed)]
    }
    runs = [
        shares(limit(RATE, max=allowed), n, min(1, 3 * allowed))
        for allowed in LIMITS
        for n in {*sizes(allowed), *just_above[allowed]}
    ]
    assert max(1 - run.fails for run in runs) <= 0.102
    assert max(run.opens for run in runs) <= 0.021


def test_a_sample_that_is_too_small_fails_no_more_often() -> None:
    """Wilson's bound alone would fail more often: it makes much of one failure among a few cases."""
    early = [
        shares(limit(RATE, max=allowed), n, allowed / 2).fails
        for allowed in LIMITS
        for n in range(1, samples_to_prove(allowed))
    ]
    assert 0 < max(early) <= MOST_FALSE_FAILS


@pytest.mark.parametrize("times", [0.5, 0.75, 1, 1.5, 2, 3])
def test_the_documented_figures_are_those_of_the_code(times: float) -> None:
    cells = []
    for multiple in (1, 3):
        cases = [(allowed, multiple * samples_to_prove(allowed)) for allowed in LIMITS]
        runs = [shares(limit(RATE, max=allowed), n, min(1, times * allowed)) for allowed, n in cases]
        cells += [f"{100 * min(column):.1f}-{100 * max(column):.1f}" for column in zip(*runs, strict=True)]
    page = content(ROOT / ".docs/verdict-rates.md")
    assert f"| {' | '.join([f'{times:g}', *cells])} |" in page.splitlines()


def test_a_doubt_is_shared_step_by_step() -> None:
    """A test that finds something leaves its share to the others; the first that does not stops this."""
    doubts = shared_doubts({"a": 0.02, "b": 0.001, "c": 0.9, "d": 0.03}, 0.06)
    assert doubts == pytest.approx({"b": 0.015, "a": 0.02, "d": 0.03, "c": 0.06})
    assert shared_doubts({"a": 0.04, "b": 0.05}, 0.06) == pytest.approx({"a": 0.03, "b": 0.03})
    assert shared_doubts({}, 0.05) == {}


def test_the_chance_at_the_edges() -> None:
    """At a rate of 0 there are never cases, and at a rate of 1 everything is a case."""
    assert (chance_of_so_many(1, 5, 0.0), chance_of_so_many(1, 5, 1.0)) == (0.0, 1.0)
