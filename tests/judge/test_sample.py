"""How many cases prove what, held against exact arithmetic."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judge.sample import chance_of_so_many, lower_bound, samples_to_prove


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
    """95 % of the time a rate that is over the limit shows itself in the sample; with one case less, it needn't."""
    n = samples_to_prove(rate)
    assert (1 - rate) ** n <= 0.05 + 1e-12
    assert (1 - rate) ** (n - 1) > 0.05 - 1e-12


@pytest.mark.parametrize(
    ("part", "n", "bound"),
    [(8, 23, 0.2085), (0, 23, 0), (23, 23, 0.895), (1, 1, 0.27), (50, 1000, 0.0399)],
)
def test_wilsons_lower_bound(part: int, n: int, bound: float) -> None:
    assert lower_bound(part / n, n) == pytest.approx(bound, abs=5e-4)


@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 499))
def test_the_chance_is_that_of_exact_arithmetic(n: int, part: int, permille: int) -> None:
    part, rate = min(part, n), Fraction(permille, 1000)
    if part > n * rate:
        exact = sum(comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(part, n + 1))
        assert chance_of_so_many(part, n, permille / 1000) == pytest.approx(float(exact), rel=1e-9)


def test_what_is_impossible_has_no_chance() -> None:
    assert chance_of_so_many(1, 10**6, 0) == 0


@pytest.mark.parametrize(
    ("part", "n", "rate", "chance"),
    [
        # One and two standard deviations above the mean, where the normal distribution is as good as exact
        (100_302, 4_000_000, 0.025, 0.1671),
        (100_625, 4_000_000, 0.025, 0.0227),
        (2_000_000, 4_000_000, 0.025, 0),
        (4_000_000, 4_000_000, 0.5, 0),
    ],
)
def test_the_chance_is_known_for_millions(part: int, n: int, rate: float, chance: float) -> None:
    assert chance_of_so_many(part, n, rate) == pytest.approx(chance, abs=1e-3)
