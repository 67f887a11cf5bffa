"""How likely is an increase chance? Against the definitions, in whole numbers."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judge.chance import chance_of_events, chance_of_share

small = st.integers(0, 40)


@pytest.mark.parametrize(
    ("events", "earlier", "chance"), [(5, 0, 1 / 32), (1, 0, 1 / 2), (0, 5, 1.0), (3, 3, 1.0), (8, 2, 56 / 1024)]
)
def test_two_spans_of_one_length(events: int, earlier: int, chance: float) -> None:
    """A coin that is thrown for each event: five heads in a row are 1 in 32."""
    assert chance_of_events(events, 600, earlier, 600) == pytest.approx(chance)


@given(small, small, st.integers(1, 20), st.integers(1, 20))
def test_events_are_binomial(events: int, earlier: int, exposure: int, earlier_exposure: int) -> None:
    """The later number, given the sum: the tail of the binomial distribution where it is over what is expected."""
    n, share = events + earlier, Fraction(exposure, exposure + earlier_exposure)
    tail = sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(events, n + 1))
    found = chance_of_events(events, exposure, earlier, earlier_exposure)
    assert found == pytest.approx(float(tail) if events > n * share else 1.0, rel=1e-9)


@given(st.data(), st.integers(1, 60), st.integers(1, 60))
def test_shares_are_hypergeometric(data: st.DataObject, n: int, earlier_n: int) -> None:
    """Fisher's exact test, one-sided."""
    part, earlier_part = data.draw(st.integers(0, n)), data.draw(st.integers(0, earlier_n))
    cases, everything = part + earlier_part, n + earlier_n
    tail = sum(comb(n, k) * comb(earlier_n, cases - k) for k in range(part, min(n, cases) + 1))
    is_more = part * everything > cases * n
    expected = float(Fraction(tail, comb(everything, cases))) if is_more else 1.0
    assert chance_of_share(part, n, earlier_part, earlier_n) == pytest.approx(expected, rel=1e-9)
