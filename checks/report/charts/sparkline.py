"""The trend of a value over the last runs, as a small line."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from checks.analysis.metrics import Unit
from checks.judge.quantity import show_value
from checks.judge.verdict import Verdict
from checks.report.charts.drawing import drawing, number, tooltip
from checks.report.colours import VERDICT_COLOURS
from checks.report.trend import Point, Trend

_WIDTH_PX: Final = 160
_HEIGHT_PX: Final = 28
_EDGE_PX: Final = 4
"""Around the line, so that no dot is cut."""

_STROKE: Final = 'stroke="currentColor" stroke-opacity="0.7" stroke-width="1.3" stroke-linecap="round"'

Place = tuple[str, str]
"""Coordinates, as written."""


def sparkline(trend: Trend, prefix: str) -> str:
    """Draw a line with gaps where there was no sample, the limit dashed, and dots at failures and at the last run."""
    return drawing(_in_words(trend), prefix, width=number(_WIDTH_PX), height=_HEIGHT_PX, parts=_parts(trend))


def _in_words(trend: Trend) -> str:
    """What is to be seen, for those who do not see it."""
    values = [point.value for point in trend.points if point.value is not None]
    number_of_runs = len(trend.points)
    runs = f"{trend.metric} in {number_of_runs:,} {'run' if number_of_runs == 1 else 'runs'}"
    if not values:
        return f"{runs}: no sample"
    failed = sum(point.verdict is Verdict.FAIL for point in trend.points)
    low, high, last = (show_value(value, trend.unit) for value in (min(values), max(values), values[-1]))
    return f"{runs}: last {last}, from {low} to {high}, {failed:,} failed"


def _parts(trend: Trend) -> Iterator[str]:
    points = trend.points
    greatest = max([trend.limit or 0, *(point.value or 0 for point in points)]) or 1
    if trend.limit is not None:
        y = number(_y(trend.limit / greatest))
        yield f'<line x2="{_WIDTH_PX}" y1="{y}" y2="{y}" stroke="currentColor" stroke-dasharray="4 3"/>'
    places = [
        None if point.value is None else (number(x), number(_y(point.value / greatest)))
        for x, point in zip(_places(len(points)), points, strict=True)
    ]
    yield f'<path d="{_line(places)}" fill="none" {_STROKE}/>'
    for later, (place, point) in enumerate(zip(reversed(places), reversed(points), strict=True)):
        if place and (point.verdict is Verdict.FAIL or not later):
            yield _dot(place, point, trend.unit)


def _places(number_of_runs: int) -> Iterator[float]:
    """Where runs stand from left to right; the last one is at the right edge."""
    step = (_WIDTH_PX - 2 * _EDGE_PX) / max(number_of_runs - 1, 1)
    return (_WIDTH_PX - _EDGE_PX - later * step for later in reversed(range(number_of_runs)))


def _y(share: float) -> float:
    return _HEIGHT_PX - _EDGE_PX - share * (_HEIGHT_PX - 2 * _EDGE_PX)


def _line(places: Sequence[Place | None]) -> str:
    """A path that pauses where there is no place."""
    stretches = ([" ".join(place) for place in run if place] for _, run in groupby(places, key=bool))
    # The first place twice, so that a single one is a dot.
    return "".join("L".join([f"M{stretch[0]}", *stretch]) for stretch in stretches if stretch)


def _dot(place: Place, point: Point, unit: Unit) -> str:
    x, y = place
    told = tooltip(f"{point.verdict}: {show_value(point.value or 0, unit)}")
    return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{VERDICT_COLOURS[point.verdict].drawn}">{told}</circle>'
