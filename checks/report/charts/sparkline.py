"""Small charts beside a check: the trend over the last runs, and the margin to the limit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from math import inf
from typing import Final, TypeAlias

from checks.metrics import Definition, Unit
from checks.report.charts.svg import coordinate, drawing, tooltip
from checks.report.colours import VERDICT_COLOURS
from checks.report.phrases import span_text
from checks.report.result import CheckResult, Outcome
from checks.text import counted, utc
from checks.units import show_value
from checks.verdicts.verdict import Verdict

Trend: TypeAlias = Sequence[tuple[datetime, Outcome]]
"""The start of each run that checked a metric, with the outcome; the oldest first, and at least one."""

_WIDTH_PX: Final = 160
_HEIGHT_PX: Final = 28
_EDGE_PX: Final = 4
"""The margin around the line, so that no dot is cut."""
_STROKE: Final = 'stroke="currentColor" stroke-opacity="0.7" stroke-width="1.3" stroke-linecap="round"'
Place = tuple[str, str]
"""The coordinates of a place, as written in SVG."""


def sparkline(metric: Definition, trend: Trend, prefix: str) -> str:
    """Draw a line with gaps for runs without a sample, the limit dashed, and dots at failures and at the last run."""
    text, parts = _trend_text(metric, trend), _sparkline_parts(metric.unit, trend)
    return drawing(text, prefix, width=coordinate(_WIDTH_PX), height=_HEIGHT_PX, parts=parts)


def _trend_text(metric: Definition, trend: Trend) -> str:
    """Return the trend in words, for readers who do not see it."""
    values = [point.value for _, point in trend if point.value is not None]
    runs = f"{metric.name} in {counted(len(trend), 'run')}"
    if not values:
        return f"{runs}: no sample"
    failed = sum(point.verdict is Verdict.FAIL for _, point in trend)
    low, high, last = (show_value(value, metric.unit) for value in (min(values), max(values), values[-1]))
    return f"{runs}: last {last}, from {low} to {high}, {failed:,} failed"


def _sparkline_parts(unit: Unit, trend: Trend) -> Iterator[str]:
    limit = trend[-1][1].limit
    greatest = max([limit or 0, *(point.value or 0 for _, point in trend)]) or 1
    if limit is not None:
        y = coordinate(_y(limit / greatest))
        yield f'<line x2="{_WIDTH_PX}" y1="{y}" y2="{y}" stroke="currentColor" stroke-dasharray="4 3"/>'
    places = [
        None if point.value is None else (coordinate(x), coordinate(_y(point.value / greatest)))
        for x, (_, point) in zip(_places(len(trend)), trend, strict=True)
    ]
    yield f'<path d="{_line(places)}" fill="none" {_STROKE}/>'
    for later, (place, (started, point)) in enumerate(zip(places[::-1], trend[::-1], strict=True)):
        if place and (point.verdict is Verdict.FAIL or not later):
            title = f"{utc(started)}: {point.verdict}: {show_value(point.value or 0, unit)}{span_text(point)}"
            (x, y), colour = place, VERDICT_COLOURS[point.verdict].drawn
            yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}">{tooltip(title)}</circle>'


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


_BAR_WIDTH_PX: Final = 160
_BAR_HEIGHT_PX: Final = 14
_LIMIT_PX: Final = 76
_MOST: Final = 2
"""The multiple of the limit at which the bar ends; an arrow shows that the value is larger."""
_MOST_TIMES: Final = 100
_END_PX: Final = _MOST * _LIMIT_PX
_LEAST_VISIBLE_PX: Final = 2


def margin_bar(check: CheckResult, prefix: str) -> str:
    """Draw a value as a bar on a track that shows what the limit allows; empty if no limit decided.

    A long tick marks the limit, a short one `warn`.
    """
    if check.limit is None:
        return ""
    text, parts = _margin_text(check.value, check.limit), _bar_parts(check, check.limit)
    return drawing(text, prefix, width=coordinate(_BAR_WIDTH_PX), height=_BAR_HEIGHT_PX, parts=parts)


def _margin_text(value: float | None, limit: float) -> str:
    """Return the margin in words, for readers who do not see the bar."""
    if value is None:
        return "no sample"
    if value and not limit:
        return "over the limit of 0"
    ratio = _in_limits(value, limit)
    if ratio > _MOST_TIMES:
        return f"more than {_MOST_TIMES} times the limit"
    return f"{show_value(ratio, Unit.RATE)} of the limit"


def _in_limits(value: float, limit: float) -> float:
    """Return a value as a multiple of the limit; anything over a limit of 0 is infinite."""
    if limit:
        return value / limit
    return inf if value else 0.0


def _bar_parts(check: CheckResult, limit: float) -> Iterator[str]:
    track = (_LIMIT_PX, _END_PX) if check.bound == "min" else (0, _LIMIT_PX)
    yield f'<rect x="{track[0]}" y="4" width="{track[1] - track[0]}" height="6" fill-opacity="0.15"/>'
    if check.value is not None:
        ratio, colour = _in_limits(check.value, limit), VERDICT_COLOURS[check.verdict].drawn
        width = max(min(ratio, _MOST) * _LIMIT_PX, _LEAST_VISIBLE_PX if ratio else 0)
        yield f'<rect y="4" width="{coordinate(width)}" height="6" fill="{colour}"/>'
        if ratio > _MOST:
            yield f'<path d="M{_END_PX} 1l7 6l-7 6z" fill="{colour}"/>'
    warn = None if check.bound == "warn" else check.warn
    if warn is not None and _in_limits(warn, limit) <= _MOST:
        yield _tick(_in_limits(warn, limit) * _LIMIT_PX, 3)
    yield _tick(_LIMIT_PX, 0)


def _tick(x: float, y: float) -> str:
    line = f'x1="{coordinate(x)}" x2="{coordinate(x)}" y1="{coordinate(y)}" y2="{coordinate(_BAR_HEIGHT_PX - y)}"'
    return f'<line {line} stroke="currentColor" stroke-width="1.5"/>'
