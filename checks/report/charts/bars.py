"""Values as bars side by side, each one unit wide: one outline around all of them keeps a chart small."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from checks.report.charts.drawing import number
from checks.report.charts.plot import Panel

Value = TypeVar("Value", bool, str)


def bars(values: Sequence[float | None], panel: Panel, colour: str) -> Iterator[str]:
    """The bars, and shade where nothing is known."""
    base, top = number(panel.base_px), number(panel.plot_top_px)
    unknown = "".join(
        f"M{start} {base}V{top}h{length}V{base}z"
        for start, length, is_unknown in _runs([value is None for value in values])
        if is_unknown
    )
    if unknown:
        yield f'<path d="{unknown}" fill-opacity="0.12"/>'
    heights = _runs([number(panel.y_px(value or 0)) for value in values])
    outline = "".join(f"V{y}h{length}" for _, length, y in heights)
    yield f'<path d="M0 {base}{outline}V{base}z" fill="{colour}"/>'


def _runs(values: Sequence[Value]) -> Iterator[tuple[int, int, Value]]:
    """Where equal values begin, how many there are, and the value."""
    start = 0
    for value, equal in groupby(values):
        length = len(list(equal))
        yield start, length, value
        start += length
