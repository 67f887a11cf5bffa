"""Flags: vertical lines through plots, whose texts stand above these without covering each other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from checks.report.charts.plot import GUTTER_SHARE, NARROWEST_PX, PLOT_SHARE, Panel, x_of
from checks.report.charts.svg import CHARACTER_PX, coordinate, label, tooltip
from checks.text import one_line

LONGEST: Final = 22
"""Characters of a text; longer ones are cut."""
MOST_ROWS: Final = 4
"""Texts that need more are left out: their tooltips have them."""
ROW_PX: Final = 15
_GAP_PX: Final = 8


class Flag(Struct, frozen=True):
    """A vertical line at a share of the plot's width, the text above it, and the whole of that as a tooltip."""

    share: float
    text: str
    tooltip: str


class PlacedFlag(Struct, frozen=True):
    """A flag whose text has its place.

    Attributes:
        text: As it is drawn; empty where it has no room.
        row: Of the text, counted upwards from the plot.
        span_px: From where to where it reaches on the narrowest screen; a wider one only leaves more room.
        is_left: Whether it stands at the left of its line, for it would reach over the right edge.
    """

    flag: Flag
    text: str
    row: int
    span_px: tuple[float, float]
    is_left: bool


def place_flags(flags: Iterable[Flag]) -> list[PlacedFlag]:
    """Place flags from right to left, the text of each in the lowest row that has room for it."""
    placed: list[PlacedFlag] = []
    for flag in sorted(flags, key=lambda flag: flag.share, reverse=True):
        text = one_line(flag.text, LONGEST)
        x_px, width_px = (GUTTER_SHARE + flag.share * PLOT_SHARE) * NARROWEST_PX, len(text) * CHARACTER_PX + _GAP_PX
        is_left = x_px + width_px > NARROWEST_PX
        low, high = span_px = (x_px - width_px, x_px) if is_left else (x_px, x_px + width_px)
        taken = {one.row for one in placed if one.text and low < one.span_px[1] and one.span_px[0] < high}
        row = next((row for row in range(MOST_ROWS) if row not in taken), None)
        placed.append(PlacedFlag(flag, "" if row is None else text, row or 0, span_px, is_left))
    return placed


def rows_px(flags: Iterable[PlacedFlag]) -> float:
    """The height that the texts need above the plot, in pixels."""
    return ROW_PX * max((placed.row + 1 for placed in flags if placed.text), default=0)


def draw_flags(flags: Iterable[PlacedFlag], panels: Sequence[Panel]) -> Iterator[str]:
    """Yield the texts above the first plot, and the lines through all plots but not through headings."""
    for placed in flags:
        x = x_of(placed.flag.share)
        if placed.text:
            y = panels[0].plot_top_px - ROW_PX * placed.row - 5
            anchor, dx = ("end", 1) if placed.is_left else ("start", -1)
            yield label(x, y, placed.text, anchor=anchor, dx=dx)
        lines = "".join(
            f'<line x1="{x}" x2="{x}" y1="{coordinate(panel.plot_top_px)}" y2="{coordinate(panel.base_px)}"/>'
            for panel in panels
        )
        yield f'<g stroke="currentColor" stroke-dasharray="1 2">{tooltip(placed.flag.tooltip)}{lines}</g>'
