"""Flags: vertical lines through plots, whose texts stand above these without covering each other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.report.charts.plot import GUTTER_SHARE, NARROWEST_PX, PLOT_SHARE, Panel, x_of
from checks.report.charts.svg import CHARACTER_PX, coordinate, label, tooltip
from checks.text import one_line

LONGEST_TEXT: Final = 22
"""The most characters of a text; longer ones are cut."""
MOST_ROWS: Final = 4
"""The most rows of texts; those that need more are left out, and stand in tooltips only."""
ROW_PX: Final = 15
_GAP_PX: Final = 8


class Flag(Struct, frozen=True):
    """A vertical line at a share of the plot's width, a text above it, and the whole text as a tooltip.

    Attributes:
        text: The text as it is drawn, once it is placed; empty if there is no room for it.
        row: The row of the text, counted upwards from the plot.
        span_px: The left and right end of the text on the narrowest screen; a wider one only leaves more room.
        is_left: Whether the text stands left of its line, because it would reach over the right edge.
    """

    share: float
    text: str
    tooltip: str
    row: int = 0
    span_px: tuple[float, float] = (0, 0)
    is_left: bool = False


def place_flags(flags: Iterable[Flag]) -> list[Flag]:
    """Place flags from right to left, each text in the lowest row with room for it."""
    placed: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: flag.share, reverse=True):
        text = one_line(flag.text, LONGEST_TEXT)
        x_px, width_px = (GUTTER_SHARE + flag.share * PLOT_SHARE) * NARROWEST_PX, len(text) * CHARACTER_PX + _GAP_PX
        is_left = x_px + width_px > NARROWEST_PX
        low, high = span_px = (x_px - width_px, x_px) if is_left else (x_px, x_px + width_px)
        taken = {one.row for one in placed if one.text and low < one.span_px[1] and one.span_px[0] < high}
        row = next((row for row in range(MOST_ROWS) if row not in taken), None)
        text = "" if row is None else text
        placed.append(replace(flag, text=text, row=row or 0, span_px=span_px, is_left=is_left))
    return placed


def rows_px(flags: Iterable[Flag]) -> float:
    """Return the height that the texts need above the plot, in pixels."""
    return ROW_PX * max((flag.row + 1 for flag in flags if flag.text), default=0)


def draw_flags(flags: Iterable[Flag], panels: Sequence[Panel]) -> Iterator[str]:
    """Yield the texts above the first plot, and the lines through all plots but not through headings."""
    for flag in flags:
        x = x_of(flag.share)
        if flag.text:
            y = panels[0].plot_top_px - ROW_PX * flag.row - 5
            anchor, dx = ("end", 1) if flag.is_left else ("start", -1)
            yield label(x, y, flag.text, anchor=anchor, dx=dx)
        lines = "".join(
            f'<line x1="{x}" x2="{x}" y1="{coordinate(panel.plot_top_px)}" y2="{coordinate(panel.base_px)}"/>'
            for panel in panels
        )
        yield f'<g stroke="currentColor" stroke-dasharray="1 2">{tooltip(flag.tooltip)}{lines}</g>'
