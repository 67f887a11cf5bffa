"""Small charts beside a check: the trend over the last runs, and the margin to the limit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from math import inf
from typing import Final

from msgspec import Struct

from checks.metrics import METRICS, Unit
from checks.report.charts.svg import coordinate, drawing, tooltip
from checks.report.colours import VERDICT_COLOURS
from checks.report.result import Outcome
from checks.text import counted, utc
from checks.units import show_value
from checks.verdicts.verdict import Verdict


class Trend(Struct, frozen=True):
    """The trend of a metric: the outcome of its limit in each run that checked it, the oldest first, with the times."""

    metric: str
    points: tuple[Outcome, ...]
    times: tuple[datetime, ...] = ()

    @property
    def unit(self) -> Unit:
        """The unit of the values and limits."""
        return METRICS[self.metric].unit

    @property
    def limit(self) -> float | None:
        """The limit that decided in the last run."""
        return self.points[-1].limit if self.points else None


_WIDTH_PX: Final = 160
_HEIGHT_PX: Final = 28
_EDGE_PX: Final = 4
"""The margin around the line, so that no dot is cut."""
_STROKE: Final = 'stroke="currentColor" stroke-opacity="0.7" stroke-width="1.3" stroke-linecap="round"'
Place = tuple[str, str]
"""The coordinates of a place, as written in SVG."""


def sparkline(trend: Trend, prefix: str) -> str:
    """Draw a line with gaps for runs without a sample, the limit dashed, and dots at failures and at the last run."""
    return drawing(
        _trend_text(trend), prefix, width=coordinate(_WIDTH_PX), height=_HEIGHT_PX, parts=_sparkline_parts(trend)
    )


def _trend_text(trend: Trend) -> str:
    """Return the trend in words, for readers who do not see it."""
    values = [point.value for point in trend.points if point.value is not None]
    runs = f"{trend.metric} in {counted(len(trend.points), 'run')}"
    if not values:
        return f"{runs}: no sample"
    failed = sum(point.verdict is Verdict.FAIL for point in trend.points)
    low, high, last = (show_value(value, trend.unit) for value in (min(values), max(values), values[-1]))
    return f"{runs}: last {last}, from {low} to {high}, {failed:,} failed"


def _sparkline_parts(trend: Trend) -> Iterator[str]:
    points = trend.points
    greatest = max([trend.limit or 0, *(point.value or 0 for point in points)]) or 1
    if trend.limit is not None:
        y = coordinate(_y(trend.limit / greatest))
        yield f'<line x2="{_WIDTH_PX}" y1="{y}" y2="{y}" stroke="currentColor" stroke-dasharray="4 3"/>'
    places = [
        None if point.value is None else (coordinate(x), coordinate(_y(point.value / greatest)))
        for x, point in zip(_places(len(points)), points, strict=True)
    ]
    yield f'<path d="{_line(places)}" fill="none" {_STROKE}/>'
    times = trend.times or (None,) * len(points)
    for later, (place, point, at) in enumerate(zip(places[::-1], points[::-1], times[::-1], strict=True)):
        if place and (point.verdict is Verdict.FAIL or not later):
            yield _dot(place, point, trend.unit, at)


def _places(number_of_runs: int) -> Iterator[float]:
    """Return the places of runs from left to right, in pixels; the last one is at the right edge."""
    step = (_WIDTH_PX - 2 * _EDGE_PX) / max(number_of_runs - 1, 1)
    return (_WIDTH_PX - _EDGE_PX - later * step for later in reversed(range(number_of_runs)))


def _y(share: float) -> float:
    return _HEIGHT_PX - _EDGE_PX - share * (_HEIGHT_PX - 2 * _EDGE_PX)


def _line(places: Sequence[Place | None]) -> str:
    """Return a path that is interrupted at missing places."""
    lines = ([" ".join(place) for place in run if place] for _, run in groupby(places, key=bool))
    # The first place twice, so that a single one is a dot.
    return "".join("L".join([f"M{line[0]}", *line]) for line in lines if line)


def _dot(place: Place, point: Outcome, unit: Unit, at: datetime | None) -> str:
    x, y = place
    when = f"{utc(at)}: " if at else ""
    title = tooltip(f"{when}{point.verdict}: {show_value(point.value or 0, unit)}")
    return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{VERDICT_COLOURS[point.verdict].drawn}">{title}</circle>'


_BAR_WIDTH_PX: Final = 160
_BAR_HEIGHT_PX: Final = 14
_LIMIT_PX: Final = 76
_MOST: Final = 2
"""The multiple of the limit at which the bar ends; an arrow shows that the value is larger."""
_MOST_TIMES: Final = 100
_END_PX: Final = _MOST * _LIMIT_PX
_LEAST_VISIBLE_PX: Final = 2


class Margin(Struct, frozen=True):
    """A value and its limits, all in the same unit and none negative.

    Attributes:
        limit: The limit that decides.
        warn: The limit that warns, if there is one.
        is_upper: Whether values over the limit break it, and not those under it.
    """

    value: float | None
    limit: float
    warn: float | None
    is_upper: bool
    verdict: Verdict

    def text(self) -> str:
        """The margin in words, for readers who do not see the bar."""
        if self.value is None:
            return "no sample"
        if self.value and not self.limit:
            return "over the limit of 0"
        ratio = self.in_limits(self.value)
        if ratio > _MOST_TIMES:
            return f"more than {_MOST_TIMES} times the limit"
        return f"{show_value(ratio, Unit.RATE)} of the limit"

    def in_limits(self, value: float) -> float:
        """Return a value as a multiple of the limit; anything over a limit of 0 is infinitely many."""
        if self.limit:
            return value / self.limit
        return inf if value else 0.0


def margin_bar(margin: Margin, prefix: str) -> str:
    """Draw the bar on a track of what the limit allows, with a high tick at the limit and a low one at `warn`."""
    return drawing(
        margin.text(), prefix, width=coordinate(_BAR_WIDTH_PX), height=_BAR_HEIGHT_PX, parts=_bar_parts(margin)
    )


def _bar_parts(margin: Margin) -> Iterator[str]:
    track = (0, _LIMIT_PX) if margin.is_upper else (_LIMIT_PX, _END_PX)
    yield f'<rect x="{track[0]}" y="4" width="{track[1] - track[0]}" height="6" fill-opacity="0.15"/>'
    if margin.value is not None:
        ratio, colour = margin.in_limits(margin.value), VERDICT_COLOURS[margin.verdict].drawn
        width = max(min(ratio, _MOST) * _LIMIT_PX, _LEAST_VISIBLE_PX if ratio else 0)
        yield f'<rect y="4" width="{coordinate(width)}" height="6" fill="{colour}"/>'
        if ratio > _MOST:
            yield f'<path d="M{_END_PX} 1l7 6l-7 6z" fill="{colour}"/>'
    if margin.warn is not None and margin.in_limits(margin.warn) <= _MOST:
        yield _tick(margin.in_limits(margin.warn) * _LIMIT_PX, 3)
    yield _tick(_LIMIT_PX, 0)


def _tick(x: float, y: float) -> str:
    line = f'x1="{coordinate(x)}" x2="{coordinate(x)}" y1="{coordinate(y)}" y2="{coordinate(_BAR_HEIGHT_PX - y)}"'
    return f'<line {line} stroke="currentColor" stroke-width="1.5"/>'
