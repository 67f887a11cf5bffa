"""Flags: vertical marks whose texts find room above a plot, so that none covers another or is crossed by a line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from checks.report.charts.plot import GUTTER_SHARE, NARROWEST_PX, PLOT_SHARE, Panel, x_of
from checks.report.charts.svg import CHARACTER_PX, coordinate, label, tooltip
from checks.text import one_line

LONGEST: Final = 22
"""Characters of a text; longer ones are cut."""

MOST_ROWS: Final = 4
"""Texts that need more are left out: their tooltips have them."""

ROW_PX: Final = 15
_GAP_PX: Final = 8


@dataclass(frozen=True, slots=True)
class Flag:
    """A vertical line and its text.

    Attributes:
        share: Where in the plot the line is: 0 at the left, 1 at the right.
        text: What stands beside its upper end.
        tooltip: The whole of it.
    """

    share: float
    text: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class PlacedFlag:
    """A flag that has found its place.

    Attributes:
        flag: What was placed; its text is empty where it found no room.
        is_left: Whether the text stands at the left of its line.
        row: Of the text, counted upwards from the plot.
    """

    flag: Flag
    is_left: bool = False
    row: int = 0

    @property
    def x_px(self) -> float:
        """The place of the line on the narrowest screen; a wider one only leaves more room between lines."""
        return (GUTTER_SHARE + self.flag.share * PLOT_SHARE) * NARROWEST_PX

    @property
    def reach_px(self) -> tuple[float, float]:
        """The pixels between which the text is, and a gap."""
        width = len(self.flag.text) * CHARACTER_PX + _GAP_PX
        return (self.x_px - width, self.x_px) if self.is_left else (self.x_px, self.x_px + width)

    def covers(self, other: "PlacedFlag") -> bool:
        """Whether the line of another flag would run through this one's text, if it came from the same row."""
        low, high = self.reach_px
        return low < other.x_px < high

    def is_beside(self, other: "PlacedFlag") -> bool:
        """Whether both texts have room in the same row."""
        (low, high), (other_low, other_high) = self.reach_px, other.reach_px
        return high <= other_low or other_high <= low


def place_flags(flags: Iterable[Flag]) -> list[PlacedFlag]:
    """Place flags: each text in the lowest free row above the rows from which the lines that it would cover come.

    A line runs from its text down through the plot, so it passes all rows under its own.
    """
    ordered = sorted(flags, key=lambda flag: flag.share)
    waiting = _turned([PlacedFlag(replace(flag, text=one_line(flag.text, LONGEST))) for flag in ordered])
    placed: list[PlacedFlag] = []
    while waiting:
        chosen = next((flag for flag in reversed(waiting) if not any(map(flag.covers, waiting))), waiting[0])
        is_stuck = any(map(chosen.covers, waiting))
        waiting.remove(chosen)
        placed.append(_without_text(chosen) if is_stuck else _in_its_row(chosen, placed))
    return placed


def _turned(ordered: Sequence[PlacedFlag]) -> list[PlacedFlag]:
    """Turn those that reach over the right edge, or that would cover a turned one while it covers them."""
    turned: list[PlacedFlag] = []
    for flag in reversed(ordered):
        is_in_the_way = any(flag.covers(other) and other.covers(flag) for other in turned if other.is_left)
        is_left = is_in_the_way or flag.reach_px[1] > NARROWEST_PX
        turned.insert(0, replace(flag, is_left=is_left))
    return turned


def _in_its_row(flag: PlacedFlag, placed: Sequence[PlacedFlag]) -> PlacedFlag:
    """A flag in its row, or without its text where there is none."""
    with_text = [other for other in placed if other.flag.text]
    lowest = max((other.row + 1 for other in with_text if flag.covers(other)), default=0)
    taken = {other.row for other in with_text if not flag.is_beside(other)}
    row = next(row for row in count(lowest) if row not in taken)
    has_room = row < MOST_ROWS and flag.reach_px[0] >= -_GAP_PX
    return replace(flag, row=row) if has_room else _without_text(flag)


def _without_text(flag: PlacedFlag) -> PlacedFlag:
    return replace(flag, flag=replace(flag.flag, text=""))


def rows_px(flags: Iterable[PlacedFlag]) -> float:
    """The height that the texts need above the plot, in pixels."""
    return ROW_PX * max((placed.row + 1 for placed in flags if placed.flag.text), default=0)


def draw_flags(flags: Iterable[PlacedFlag], panels: Sequence[Panel]) -> Iterator[str]:
    """Yield the texts above the first plot, and the lines through all plots but not through headings."""
    for placed in flags:
        flag, x = placed.flag, x_of(placed.flag.share)
        start_px = panels[0].plot_top_px
        if flag.text:
            start_px -= ROW_PX * (placed.row + 1)
            anchor, dx = ("end", -4) if placed.is_left else ("start", 4)
            yield label(x, start_px + 10, flag.text, anchor=anchor, dx=dx)
        pieces = [(start_px, panels[0].base_px), *((panel.plot_top_px, panel.base_px) for panel in panels[1:])]
        lines = "".join(
            f'<line x1="{x}" x2="{x}" y1="{coordinate(top)}" y2="{coordinate(base)}"/>' for top, base in pieces
        )
        yield f'<g stroke="currentColor" stroke-dasharray="1 2">{tooltip(flag.tooltip)}{lines}</g>'
