"""An axis has few and round numbers."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.metrics import Unit
from checks.report.charts.ticks import round_ticks, tick_text


@pytest.mark.parametrize(
    ("greatest", "whole", "ticks"),
    [
        (0, True, (0, 1)),
        (1, True, (0, 1)),
        (3, True, (0, 1, 2, 3)),
        (7, True, (0, 5, 10)),
        (1_234_567, True, (0, 500_000, 1_000_000, 1_500_000)),
        (0.25, False, (0, 0.1, 0.2, 0.3)),
        (0.004, False, (0, 0.002, 0.004)),
    ],
)
def test_ticks_are_round(greatest: float, whole: bool, ticks: tuple[float, ...]) -> None:  # noqa: FBT001 -- a case
    """In steps of 1, 2 or 5, a power of ten larger or smaller."""
    assert round_ticks(greatest, most=4, whole=whole) == ticks


@given(st.just(0.0) | st.floats(1e-9, 1e15), st.integers(2, 10), st.booleans())
def test_ticks_hold_every_value(greatest: float, most: int, whole: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """They ascend evenly from 0 to the first that is not under the greatest value, and are no more than asked for."""
    ticks = round_ticks(greatest, most=most, whole=whole)
    exact = [Decimal(repr(tick)) for tick in ticks]
    assert ticks[0] == 0
    assert ticks[-2] < (greatest or 1) <= ticks[-1]
    assert 2 <= len(ticks) <= most
    assert len({high - low for low, high in pairwise(exact)}) == 1
    assert not whole or all(tick.is_integer() for tick in ticks)


@given(st.floats(1e-9, 1e15), st.integers(2, 10))
def test_ticks_have_no_idle_digits(greatest: float, most: int) -> None:
    """No 0.30000000000000004."""
    for tick in round_ticks(greatest, most=most, whole=False):
        assert len(Decimal(repr(tick)).normalize().as_tuple().digits) <= 2


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, Unit.COUNT, "0"),
        (1500, Unit.COUNT, "1,500"),
        (20_000, Unit.COUNT, "20k"),
        (1_200_000, Unit.COUNT, "1.2M"),
        (5e9, Unit.COUNT, "5G"),
        (2e12, Unit.COUNT, "2T"),
        (0.05, Unit.RATE, "5 %"),
        (7200, Unit.SECONDS, "2 h"),
        (0.5, Unit.AVERAGE, "0.5"),
    ],
)
def test_a_tick_is_short(value: float, unit: Unit, text: str) -> None:
    """As people read it, in as few characters as the axis has room for."""
    assert tick_text(value, unit) == text
