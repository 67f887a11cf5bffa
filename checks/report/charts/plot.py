"""What surrounds data: a heading, lines at round values with their numbers at the right, a dashed limit, marks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from checks.analysis.metrics import Unit
from checks.report.charts.drawing import CHARACTER_PX, heading, label, number, tooltip
from checks.report.charts.ticks import round_ticks, tick_text
from checks.report.text import printable

NARROWEST_PX: Final = 320
"""The least width for which there is room; wider screens stretch the plot, not the texts."""

PLOT_SHARE: Final = 0.88
"""Of the width; the rest is for the numbers at the right."""

PLOT_WIDTH: Final = f"{number(100 * PLOT_SHARE)}%"
AXIS_PX: Final = 20
"""Height of the labels under a plot."""

_HEADING_PX: Final = 20
_LEAST_VISIBLE_PX: Final = 2
_MOST_TICKS: Final = 4
_HEADING_CHARACTERS: Final = int(PLOT_SHARE * NARROWEST_PX / CHARACTER_PX)


@dataclass(frozen=True, slots=True)
class Level:
    """A limit that values are compared with.

    Attributes:
        value: In the unit of the values.
        text: How people know it: `max 5`.
    """

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A plot of one series, with its heading.

    Attributes:
        heading: What the values are.
        ticks: Round values, from 0 up; the last is not under any value.
        unit: Of the values.
        top_px: Where its heading begins.
        flags_px: Of the room between heading and plot.
        height_px: Of the plot alone.
        limit: Drawn as a dashed line where there is one.
    """

    heading: str
    ticks: tuple[float, ...]
    unit: Unit
    top_px: float
    flags_px: float
    height_px: float
    limit: Level | None = None

    @property
    def base_px(self) -> float:
        """Where 0 is."""
        return self.plot_top_px + self.height_px

    @property
    def plot_top_px(self) -> float:
        """Where the greatest tick is."""
        return self.top_px + _HEADING_PX + self.flags_px

    def y_px(self, value: float) -> float:
        """Where a value is; a value over 0 can always be told from 0."""
        height = value / self.ticks[-1] * self.height_px
        return self.base_px - max(height, _LEAST_VISIBLE_PX if value else 0)

    def frame(self) -> Iterator[str]:
        """What stands behind the data, and around it."""
        yield from self._heading()
        for tick in self.ticks:
            y = self.base_px - tick / self.ticks[-1] * self.height_px
            yield across(y, 'stroke-opacity="0.2"')
            yield label(PLOT_WIDTH, y + 4, tick_text(tick, self.unit), dx=5)

    def limit_line(self) -> Iterator[str]:
        """What stands before the data."""
        if self.limit:
            yield across(self.y_px(self.limit.value), 'stroke-dasharray="5 3"', self.limit.text)

    def _heading(self) -> Iterator[str]:
        y = self.top_px + _HEADING_PX - 7
        limit = printable(f"- - {self.limit.text}", _HEADING_CHARACTERS // 2) if self.limit else ""
        yield heading(y, printable(self.heading, _HEADING_CHARACTERS - len(limit)))
        if limit:
            yield label(PLOT_WIDTH, y, limit, anchor="end")


def across(y_px: float, look: str, text: str = "") -> str:
    """A horizontal line through a plot, with a tooltip where there is something to say."""
    y = number(y_px)
    line = f'x2="{PLOT_WIDTH}" y1="{y}" y2="{y}" stroke="currentColor" {look}'
    return f"<line {line}>{tooltip(text)}</line>" if text else f"<line {line}/>"


def x_of(share: float) -> str:
    """Where something is whose share of the plot's width is known."""
    return f"{number(100 * PLOT_SHARE * share)}%"


def axis(ticks: Iterable[tuple[float, str]], top_px: float) -> Iterator[str]:
    """The labels under a plot, each given with its share of the plot's width; none reaches beyond the plot."""
    y = top_px + AXIS_PX - 6
    for share, text in ticks:
        yield label(x_of(share), y, text, anchor=_anchor(share, text))


def _anchor(share: float, text: str) -> str:
    """Where a label stands beside its tick: under it, unless half of it would reach beyond the narrowest plot."""
    width_px = PLOT_SHARE * NARROWEST_PX
    half_px = len(text) * CHARACTER_PX / 2
    if share * width_px < half_px:
        return "start"
    return "end" if share * width_px > width_px - half_px else "middle"


def scale(values: Iterable[float | None], limits: Iterable[Level | None], unit: Unit) -> tuple[float, ...]:
    """Round values between which all values and limits lie."""
    greatest = max([0.0, *(value for value in values if value), *(limit.value for limit in limits if limit)])
    return round_ticks(greatest, most=_MOST_TICKS, whole=unit is Unit.COUNT)
