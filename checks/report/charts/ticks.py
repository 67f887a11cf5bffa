"""Round numbers for an axis, and how they are written there."""

from decimal import Decimal
from itertools import count
from typing import Final

from checks.analysis.metrics import Unit
from checks.judge.quantity import show_limit

_ROUND: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_SHORT: Final = ((Decimal(10**12), "T"), (Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
_LEAST_SHORTENED: Final = 10_000


def round_ticks(greatest: float, *, most: int, whole: bool) -> tuple[float, ...]:
    """Evenly spaced round numbers, from 0 to the first that is not under `greatest`.

    Args:
        greatest: What the axis has to hold; not negative.
        most: How many numbers there may be, at least 2.
        whole: Whether numbers between 0 and 1 mean nothing, as with counts.
    """
    # In decimal: 3 * 0.1 in floats is 0.30000000000000004.
    needed = Decimal(repr(float(greatest))) or Decimal(1)
    step = round_step(needed / (most - 1))
    if whole:
        step = max(step, Decimal(1))
    multiples = (step * times for times in count(1))
    ticks = [Decimal(0)]
    while ticks[-1] < needed:
        ticks.append(next(multiples))
    return tuple(map(float, ticks))


def round_step(least: Decimal) -> Decimal:
    """The first of 1, 2, 5, 10, 20, 50… and 0.5, 0.2, 0.1… that is not under `least`, which is over 0."""
    power = Decimal(1).scaleb(least.adjusted())
    return next(factor * power for factor in _ROUND if factor * power >= least)


def tick_text(value: float, unit: Unit) -> str:
    """A round number as short as an axis wants it: `1,500`, `12k`, `1.2M`, `5 %`."""
    if unit is not Unit.COUNT or value < _LEAST_SHORTENED:
        return show_limit(value, unit)
    exact = Decimal(repr(float(value)))
    size, letter = next((size, letter) for size, letter in _SHORT if exact >= size)
    return f"{round(exact / size, 1).normalize():,f}{letter}"
