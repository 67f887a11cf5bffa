"""The histogram of durations: counts of connections on a logarithmic axis of time."""

from collections.abc import Iterator
from itertools import pairwise
from math import log
from typing import Final

from msgspec import Struct

from checks.metrics import Unit
from checks.report.charts.plot import (
    AXIS_PX,
    Flag,
    Panel,
    axis,
    draw_flags,
    flags_px,
    place_flags,
    scale,
    stretched,
)
from checks.report.charts.svg import coordinate, drawing, html_table, tooltip
from checks.report.colours import Tone
from checks.units import show_limit, show_value

_PLOT_PX: Final = 96
_UNITS_WIDE: Final = 1000
"""The width of the stretched plot in units: fine enough for edges at any place."""
_BAR_SHARE: Final = 0.9
"""A bar's share of its bin; the rest is the gap to the next bar."""
_TICKS_SECONDS: Final = (0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36_000, 864_000)


class Histogram(Struct, frozen=True):
    """A histogram: counts of durations.

    Attributes:
        noun: The plural of the counted things: `connections`.
        edges_seconds: The edges of the bins, ascending, the first over 0; a bin includes its lower edge only.
        counts: One count for each bin, so one fewer than the edges, and at least one.
        marks: Special durations in seconds with their meaning; those outside the edges are left out.
    """

    title: str
    noun: str
    edges_seconds: tuple[float, ...]
    counts: tuple[int, ...]
    marks: tuple[tuple[float, str], ...] = ()

    @property
    def marks_within(self) -> tuple[tuple[float, str], ...]:
        """The marks that can be drawn, in order of time, with their whole texts: `10 min idle limit`."""
        first, last = self.edges_seconds[0], self.edges_seconds[-1]
        within = sorted(mark for mark in self.marks if first <= mark[0] <= last)
        return tuple((seconds, f"{_duration(seconds)} {text}") for seconds, text in within)

    def share(self, seconds: float) -> float:
        """Return the position of a positive duration on the axis: 0 at the first edge, 1 at the last."""
        first, last = self.edges_seconds[0], self.edges_seconds[-1]
        return log(seconds / first) / log(last / first)


def histogram(chart: Histogram, prefix: str) -> str:
    """Draw a histogram as SVG."""
    flags = place_flags(Flag(chart.share(seconds), text, text) for seconds, text in chart.marks_within)
    panel = Panel(chart.noun, scale(chart.counts, [], Unit.COUNT), Unit.COUNT, 0, flags_px(flags), _PLOT_PX)
    base_px = panel.base_px
    ticks = ((chart.share(seconds), show_limit(seconds, Unit.SECONDS)) for seconds in _TICKS_SECONDS)
    parts = [
        *panel.frame(),
        stretched(_UNITS_WIDE, panel, _bars(chart, panel)),
        *draw_flags(flags, [panel]),
        *axis(((share, text) for share, text in ticks if 0 <= share <= 1), base_px),
    ]
    return drawing(chart.title, prefix, width="100%", height=base_px + AXIS_PX, parts=parts)


def histogram_table(chart: Histogram) -> str:
    """Return the histogram's numbers as an HTML table, without empty bins."""
    rows = [[period, show_value(count, Unit.COUNT)] for period, count in _bins(chart) if count]
    notes = [chart.title, *(text for _, text in chart.marks_within)]
    return html_table(notes, ["lasted", chart.noun], rows, of=len(chart.counts))


def _bins(chart: Histogram) -> Iterator[tuple[str, int]]:
    for (low, high), count in zip(pairwise(chart.edges_seconds), chart.counts, strict=True):
        yield f"{_duration(low)} to {_duration(high)}", count


def _bars(chart: Histogram, panel: Panel) -> Iterator[str]:
    for (low, high), (period, count) in zip(pairwise(chart.edges_seconds), _bins(chart), strict=True):
        x, end = (_UNITS_WIDE * chart.share(edge) for edge in (low, high))
        width, y = coordinate((end - x) * _BAR_SHARE), panel.y_px(count)
        title = tooltip(f"{period}: {count:,} {chart.noun}")
        yield (
            f'<rect x="{coordinate(x)}" width="{width}" y="{coordinate(y)}" height="{coordinate(panel.base_px - y)}"'
            f' fill="{Tone.NEUTRAL}">{title}</rect>'
        )


def _duration(seconds: float) -> str:
    return show_value(seconds, Unit.SECONDS)
