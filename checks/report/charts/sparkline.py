"""The trend of a value over the last runs, as a small line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from checks.analysis.metrics import Unit
from checks.judge.quantity import show_value
from checks.judge.verdict import Verdict
from checks.report.charts.colours import VERDICT_COLOURS
from checks.report.charts.drawing import drawing, number, tooltip

MOST_RUNS: Final = 90
"""Older ones are left out."""

_WIDTH_PX: Final = 160
_HEIGHT_PX: Final = 28
_EDGE_PX: Final = 4
"""Around the line, so that no dot is cut."""

_STROKE: Final = 'stroke="currentColor" stroke-opacity="0.7" stroke-width="1.3" stroke-linecap="round"'

Point = tuple[str, str]
"""Coordinates, as written."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found.

    Attributes:
        value: None where it had no sample.
        verdict: What followed.
    """

    value: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trend:
    """A value, run by run.

    Attributes:
        name: Of the value.
        runs: Oldest first.
        unit: Of the values and the limit.
        limit: The one that decides, now.
    """

    name: str
    runs: tuple[Run, ...]
    unit: Unit
    limit: float | None = None

    @property
    def shown(self) -> tuple[Run, ...]:
        """The runs for which there is room."""
        return self.runs[-MOST_RUNS:]

    def in_words(self) -> str:
        """What is to be seen, for those who do not see it."""
        values = [run.value for run in self.shown if run.value is not None]
        number_of_runs = len(self.shown)
        runs = f"{self.name} in {number_of_runs:,} {'run' if number_of_runs == 1 else 'runs'}"
        if not values:
            return f"{runs}: no sample"
        failed = sum(run.verdict is Verdict.FAIL for run in self.shown)
        low, high, last = (show_value(value, self.unit) for value in (min(values), max(values), values[-1]))
        return f"{runs}: last {last}, from {low} to {high}, {failed:,} failed"


def sparkline(trend: Trend, prefix: str) -> str:
    """Draw a line with gaps where there was no sample, the limit dashed, and dots at failures and at the last run."""
    return drawing(trend.in_words(), prefix, width=number(_WIDTH_PX), height=_HEIGHT_PX, parts=_parts(trend))


def _parts(trend: Trend) -> Iterator[str]:
    runs = trend.shown
    greatest = max([trend.limit or 0, *(run.value or 0 for run in runs)]) or 1
    if trend.limit is not None:
        y = number(_y(trend.limit / greatest))
        yield f'<line x2="{_WIDTH_PX}" y1="{y}" y2="{y}" stroke="currentColor" stroke-dasharray="4 3"/>'
    points = [
        None if run.value is None else (number(x), number(_y(run.value / greatest)))
        for x, run in zip(_places(len(runs)), runs, strict=True)
    ]
    yield f'<path d="{_line(points)}" fill="none" {_STROKE}/>'
    for later, (point, run) in enumerate(zip(reversed(points), reversed(runs), strict=True)):
        if point and (run.verdict is Verdict.FAIL or not later):
            yield _dot(point, run, trend.unit)


def _places(number_of_runs: int) -> Iterator[float]:
    """Where runs stand from left to right; the last one is at the right edge."""
    step = (_WIDTH_PX - 2 * _EDGE_PX) / max(number_of_runs - 1, 1)
    return (_WIDTH_PX - _EDGE_PX - later * step for later in reversed(range(number_of_runs)))


def _y(share: float) -> float:
    return _HEIGHT_PX - _EDGE_PX - share * (_HEIGHT_PX - 2 * _EDGE_PX)


def _line(points: Sequence[Point | None]) -> str:
    """A path that pauses where there is no point."""
    stretches = ([" ".join(point) for point in run if point] for _, run in groupby(points, key=bool))
    # The first point twice, so that a single one is a dot.
    return "".join("L".join([f"M{run[0]}", *run]) for run in stretches if run)


def _dot(point: Point, run: Run, unit: Unit) -> str:
    x, y = point
    told = tooltip(f"{run.verdict}: {show_value(run.value or 0, unit)}")
    return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{VERDICT_COLOURS[run.verdict]}">{told}</circle>'
