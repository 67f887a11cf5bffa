"""Plots: round ticks, the axis of time, heading, limit line, bars, and flags, which mark moments."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, count, groupby
from math import ceil, inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.metrics import Unit
from checks.report.charts.svg import CHARACTER_PX, coordinate, heading, label, tooltip
from checks.text import one_line
from checks.units import show_limit

_ROUND: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
"""The steps between ticks, times a power of 10."""
_SHORT: Final = ((Decimal(10**12), "T"), (Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))
_LEAST_SHORTENED: Final = 10_000
_MOST_TICKS: Final = 4


def round_ticks(greatest: float, *, whole: bool) -> tuple[float, ...]:
    """Return a few evenly spaced round numbers, from 0 to the first that is not under `greatest`.

    `whole` says that fractions mean nothing, as with counts.
    """
    # In decimal: 3 * 0.1 in floats is 0.30000000000000004.
    needed = Decimal(repr(float(greatest))) or Decimal(1)
    least = needed / (_MOST_TICKS - 1)
    if whole:
        least = max(least, Decimal(1))
    power = Decimal(1).scaleb(least.adjusted())
    step = next(factor * power for factor in _ROUND if factor * power >= least)
    return tuple(float(step * times) for times in range(ceil(needed / step) + 1))


def tick_text(value: float, unit: Unit) -> str:
    """Return the label of a tick, short enough for an axis: `1,500`, `12k`, `1.2M`, `5 %`."""
    if unit is not Unit.COUNT or value < _LEAST_SHORTENED:
        return show_limit(value, unit)
    exact = Decimal(repr(float(value)))
    size, letter = next((size, letter) for size, letter in _SHORT if exact >= size)
    return f"{round(exact / size, 1).normalize():,f}{letter}"


_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)

_PARTS_OF_A_DAY: Final = (
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12)),
)

_DAY_FORMAT: Final = "%d %b"
_MOST_SHORT: Final = 6
"""The number of labels such as `07:00` or `02 Jun` that fit beside each other on a phone."""
_MOST_LONG: Final = 3
"""The same for labels such as `02 Jun 07:00`."""


def round_steps() -> Iterator[timedelta]:
    """Yield the distances between round times, from a minute up."""
    return chain(_PARTS_OF_A_DAY, (factor * 10**power * _DAY for power in count() for factor in (1, 2, 5)))


class TimeAxis(Struct, frozen=True):
    """An axis of time, in UTC; its times have seconds if its parts are shorter than a minute."""

    since: datetime
    until: datetime
    has_seconds: bool = False

    def share(self, at: datetime) -> float:
        """Return the share of the axis before a time: 0 at its beginning, 1 at its end."""
        return (at - self.since) / (self.until - self.since)

    def show(self, at: datetime) -> str:
        """Return the text of a time, with its day if the axis is longer than a day."""
        return f"{at.astimezone(UTC):{self._minute_format}{':%S' if self.has_seconds else ''}}"

    def ticks(self) -> dict[datetime, str]:
        """Return round times with their labels, in order; only the beginning if there is no round time."""
        step, times = next((step, times) for step in round_steps() if (times := self._multiples(step)) is not None)
        if step >= _DAY:
            return {at: f"{at:{_DAY_FORMAT}}" for at in times}
        return {at: f"{at:{self._minute_format}}" for at in times or (self.since,)}

    @property
    def _is_long(self) -> bool:
        return self.until - self.since > _DAY

    @property
    def _minute_format(self) -> str:
        return f"{_DAY_FORMAT} %H:%M" if self._is_long else "%H:%M"

    def _multiples(self, step: timedelta) -> list[datetime] | None:
        """Return the times that are whole steps from midnight; None if there are too many for their labels."""
        lead = (_EPOCH - self.since) % step  # a timedelta, as the first multiple may lie beyond the calendar
        number = (self.until - self.since - lead) // step + 1
        if number > (_MOST_LONG if self._is_long and step < _DAY else _MOST_SHORT):
            return None
        return [self.since + lead + times * step for times in range(number)]


NARROWEST_PX: Final = 320
"""The width of the narrowest screen; wider ones stretch the plot, not the texts."""
PLOT_SHARE: Final = 0.86
"""The plot's share of the width."""
GUTTER_SHARE: Final = 0.13
"""The share of the width for the numbers left of the plot; the rest is for labels that reach beyond its right edge."""
_PLOT_WIDTH: Final = f"{coordinate(100 * PLOT_SHARE)}%"
AXIS_PX: Final = 20
"""The height of the labels under a plot."""
_HEADING_PX: Final = 20
_LEAST_VISIBLE_PX: Final = 2
_HEADING_CHARACTERS: Final = int(PLOT_SHARE * NARROWEST_PX / CHARACTER_PX)


class Level(Struct, frozen=True):
    """A limit that values are compared with, in their unit, and its text: `max 5`."""

    value: float
    text: str


class Panel(Struct, frozen=True):
    """A plot of one series, with its heading.

    Attributes:
        ticks: Round values, from 0 up; the last is not under any value.
        flags_px: The height of the room for flags between heading and plot.
        limit: The limit to draw as a dashed line, if any.
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
        """The position of 0, in pixels from the top of the page."""
        return self.plot_top_px + self.height_px

    @property
    def plot_top_px(self) -> float:
        """The position of the greatest tick, in pixels from the top of the page."""
        return self.top_px + _HEADING_PX + self.flags_px

    def y_px(self, value: float) -> float:
        """Return the position of a value, in pixels from the top of the page; a value over 0 never looks like 0."""
        height = value / self.ticks[-1] * self.height_px
        return self.base_px - max(height, _LEAST_VISIBLE_PX if value else 0)

    def frame(self) -> Iterator[str]:
        """Draw the heading, and the ticks behind the data."""
        y = self.top_px + _HEADING_PX - 7
        limit = one_line(f"- - {self.limit.text}", _HEADING_CHARACTERS // 2) if self.limit else ""
        yield heading(y, one_line(self.heading, _HEADING_CHARACTERS - len(limit)))
        if limit:
            yield label(x_of(1), y, limit, anchor="end")
        for tick in self.ticks:
            y = self.base_px - tick / self.ticks[-1] * self.height_px
            yield across(y, 'opacity=".2"')
            yield label(x_of(0), y + 4, tick_text(tick, self.unit), anchor="end", dx=-5)

    def limit_line(self) -> Iterator[str]:
        """Draw the line of the limit, in front of the data."""
        if self.limit:
            yield across(self.y_px(self.limit.value), 'stroke-dasharray="5 3"', self.limit.text)


def across(y_px: float, style: str, text: str = "") -> str:
    """Draw a horizontal line through a plot, with a tooltip if there is a text for it."""
    y = coordinate(y_px)
    line = f'x1="{x_of(0)}" x2="{x_of(1)}" y1="{y}" y2="{y}" stroke="currentColor" {style}'
    return f"<line {line}>{tooltip(text)}</line>" if text else f"<line {line}/>"


def x_of(share: float) -> str:
    """Return the position on the page of a share of the plot's width."""
    return f"{coordinate(100 * (GUTTER_SHARE + PLOT_SHARE * share))}%"


def axis(ticks: Iterable[tuple[float, str]], top_px: float) -> Iterator[str]:
    """Draw the labels under a plot, each at its share of the width; none reaches beyond the plot or into another."""
    y, free_px = top_px + AXIS_PX - 6, -inf
    for share, text in ticks:
        anchor, length_px = _anchor(share, text), len(text) * CHARACTER_PX
        start_px = share * PLOT_SHARE * NARROWEST_PX - length_px * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        if start_px >= free_px:
            yield label(x_of(share), y, text, anchor=anchor)
            free_px = start_px + length_px + CHARACTER_PX


def _anchor(share: float, text: str) -> str:
    """Return the anchor of a label: centred under its tick, unless half of it would reach beyond the narrowest plot."""
    width_px = PLOT_SHARE * NARROWEST_PX
    half_px = len(text) * CHARACTER_PX / 2
    if share * width_px < half_px:
        return "start"
    return "end" if share * width_px > width_px - half_px else "middle"


def scale(values: Iterable[float | None], limits: Iterable[Level | None], unit: Unit) -> tuple[float, ...]:
    """Return the scale of a plot: round values between which all values and limits lie."""
    greatest = max([0.0, *(value for value in values if value), *(limit.value for limit in limits if limit)])
    return round_ticks(greatest, whole=unit is Unit.COUNT)


def bars(values: Sequence[float | None], panel: Panel, colour: str) -> Iterator[str]:
    """Draw the bars, and shade the buckets without a value."""
    if None in values:
        shade = _outline((panel.plot_top_px if value is None else panel.base_px for value in values), panel)
        yield f'<path d="{shade}" fill-opacity="0.12"/>'
    yield f'<path d="{_outline((panel.y_px(value or 0) for value in values), panel)}" fill="{colour}"/>'


def _outline(heights_px: Iterable[float], panel: Panel) -> str:
    """Return the path around bars of these heights, each one unit wide."""
    runs = ((y, len(list(run))) for y, run in groupby(map(coordinate, heights_px)))
    base = coordinate(panel.base_px)
    return f"M0 {base}{''.join(f'V{y}h{length}' for y, length in runs)}V{base}z"


def stretched(units_wide: float, panel: Panel, parts: Iterable[str]) -> str:
    """Draw a part that is stretched: its `units_wide` become the width of the plot; its height stays in pixels."""
    high = coordinate(panel.base_px)
    return (
        f'<svg x="{x_of(0)}" width="{_PLOT_WIDTH}" height="{high}" viewBox="0 0 {coordinate(units_wide)} {high}"'
        f' preserveAspectRatio="none">{"".join(parts)}</svg>'
    )


LONGEST_FLAG: Final = 22
"""The most characters of a flag's text; longer ones are cut."""
MOST_FLAG_ROWS: Final = 4
"""The most rows of flags' texts; those that need more are left out, and appear only in tooltips."""
_FLAG_ROW_PX: Final = 15
_FLAG_GAP_PX: Final = 8


class Flag(Struct, frozen=True):
    """A vertical line at a share of the plot's width, a text above it, and the whole text as a tooltip.

    Attributes:
        text: The text as it is drawn, once it is placed; empty if there is no room for it.
        row: The row of the text, counted upwards from the plot.
        span_px: The left and right ends of the text on the narrowest screen; a wider one only leaves more room.
        is_left: Whether the text stands left of its line, because it would reach beyond the right edge.
    """

    share: float
    text: str
    tooltip: str
    row: int = 0
    span_px: tuple[float, float] = (0, 0)
    is_left: bool = False


def place_flags(flags: Iterable[Flag]) -> list[Flag]:
    """Place flags from right to left, so that no text covers another: each in the lowest row with room for it."""
    placed: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: flag.share, reverse=True):
        text = one_line(flag.text, LONGEST_FLAG)
        x_px, width_px = (
            (GUTTER_SHARE + flag.share * PLOT_SHARE) * NARROWEST_PX,
            len(text) * CHARACTER_PX + _FLAG_GAP_PX,
        )
        is_left = x_px + width_px > NARROWEST_PX
        low, high = span_px = (x_px - width_px, x_px) if is_left else (x_px, x_px + width_px)
        taken = {one.row for one in placed if one.text and low < one.span_px[1] and one.span_px[0] < high}
        row = next((row for row in range(MOST_FLAG_ROWS) if row not in taken), None)
        text = "" if row is None else text
        placed.append(replace(flag, text=text, row=row or 0, span_px=span_px, is_left=is_left))
    return placed


def flags_px(flags: Iterable[Flag]) -> float:
    """Return the height that the flags' texts need above the plot, in pixels."""
    return _FLAG_ROW_PX * max((flag.row + 1 for flag in flags if flag.text), default=0)


def draw_flags(flags: Iterable[Flag], panels: Sequence[Panel]) -> Iterator[str]:
    """Yield the texts above the first plot, and the lines through all plots but not through headings."""
    for flag in flags:
        x = x_of(flag.share)
        if flag.text:
            y = panels[0].plot_top_px - _FLAG_ROW_PX * flag.row - 5
            anchor, dx = ("end", 1) if flag.is_left else ("start", -1)
            yield label(x, y, flag.text, anchor=anchor, dx=dx)
        lines = "".join(
            f'<line x1="{x}" x2="{x}" y1="{coordinate(panel.plot_top_px)}" y2="{coordinate(panel.base_px)}"/>'
            for panel in panels
        )
        yield f'<g stroke="currentColor" stroke-dasharray="1 2">{tooltip(flag.tooltip)}{lines}</g>'
