"""The time chart: a small plot for each series, one above the other, on a common axis of time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from math import ceil
from typing import Final

from msgspec import Struct

from checks.metrics import Unit
from checks.report.charts.plot import (
    AXIS_PX,
    Flag,
    Level,
    Panel,
    TimeAxis,
    axis,
    bars,
    draw_flags,
    flags_px,
    place_flags,
    round_steps,
    scale,
    stretched,
    x_of,
)
from checks.report.charts.svg import drawing, html_table, label, tooltip
from checks.report.colours import Tone
from checks.units import show_limit, show_value

_PANEL_PX: Final = 56
_ALONE_PX: Final = 84
"""The height of the plot of a single series."""
_SPACE_PX: Final = 6
_MINUTE_SECONDS: Final = 60
_CALENDAR_END: Final = datetime.max.replace(tzinfo=UTC)
_MOST_TOOLTIPS: Final = 24
"""The most tooltips of a series: more would be too narrow to point at, and take most of the chart's size."""


class Series(Struct, frozen=True):
    """A series of values over time.

    Attributes:
        values: One value for each bucket of the chart; None if it is not known.
        tone: The tone, which decides the colour; series of one tone share a scale, so that they can be compared.
    """

    name: str
    values: tuple[float | None, ...]
    tone: Tone = Tone.NEUTRAL
    limit: Level | None = None


class Mark(Struct, frozen=True):
    """A mark: a moment that explains a change, such as a deploy."""

    at: datetime
    text: str


class TimeChart(Struct, frozen=True):
    """A time chart: series in buckets of the same length.

    Attributes:
        since: The start of the first bucket, in UTC.
        series: One or more series, all with the same number of values, one or more.
        marks: The marks to draw; those outside the buckets are left out.
    """

    title: str
    since: datetime
    bucket_seconds: int
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    unit: Unit = Unit.COUNT

    @property
    def size(self) -> int:
        """The number of buckets."""
        return len(self.series[0].values)

    @property
    def span(self) -> TimeAxis:
        """The axis of all buckets."""
        return TimeAxis(self.since, self.begin(self.size), has_seconds=self.bucket_seconds < _MINUTE_SECONDS)

    @property
    def marks_within(self) -> tuple[Mark, ...]:
        """The marks that can be drawn, in order of time."""
        within = (mark for mark in self.marks if self.since <= mark.at <= self.span.until)
        return tuple(sorted(within, key=lambda mark: mark.at))

    def begin(self, bucket: int) -> datetime:
        """Return the beginning of a bucket, by its number from 0, but no time beyond the calendar."""
        return self.since + min(timedelta(seconds=bucket * self.bucket_seconds), _CALENDAR_END - self.since)

    def show(self, value: float | None) -> str:
        """Return a value as people read it."""
        return "not known" if value is None else show_value(value, self.unit)


def time_chart(chart: TimeChart, prefix: str) -> str:
    """Draw a time chart as SVG."""
    span = chart.span
    flags = place_flags(
        Flag(span.share(mark.at), mark.text, f"{span.show(mark.at)} UTC: {mark.text}") for mark in chart.marks_within
    )
    panels = list(_panels(chart, flags_px(flags)))
    base_px = panels[-1].base_px
    data = [part for one, panel in zip(chart.series, panels, strict=True) for part in bars(one.values, panel, one.tone)]
    parts = [
        *(part for panel in panels for part in panel.frame()),
        stretched(chart.size, panels[-1], [*data, _tooltips(chart)]),
        *(part for panel in panels for part in panel.limit_line()),
        *draw_flags(flags, panels),
        *axis(((span.share(at), text) for at, text in span.ticks().items()), base_px),
        label(x_of(0), base_px + AXIS_PX - 6, "UTC", anchor="end", dx=-5),
    ]
    return drawing(chart.title, prefix, width="100%", height=base_px + AXIS_PX, parts=parts)


def time_table(chart: TimeChart) -> str:
    """Return the time chart's numbers as an HTML table, without buckets in which nothing was seen."""
    rows = [
        [chart.span.show(chart.begin(bucket)), *map(chart.show, values)]
        for bucket, values in enumerate(zip(*(one.values for one in chart.series), strict=True))
        if any(value != 0 for value in values)
    ]
    return html_table(_notes(chart), ["UTC", *(one.name for one in chart.series)], rows, of=chart.size)


def _panels(chart: TimeChart, flags_px: float) -> Iterator[Panel]:
    top_px = 0.0
    height_px = _PANEL_PX if chart.series[1:] else _ALONE_PX
    for one in chart.series:
        alike = [other for other in chart.series if other.tone is one.tone]
        values = [value for other in alike for value in other.values]
        ticks = scale(values, [other.limit for other in alike], chart.unit)
        panel = Panel(one.name, ticks, chart.unit, top_px, flags_px, height_px, one.limit)
        yield panel
        top_px, flags_px = panel.base_px + _SPACE_PX, 0


def _tooltips(chart: TimeChart) -> str:
    """Return the tooltips: one for each bucket, or for several together if they are narrow."""
    together = _buckets_together(chart)
    rests = (
        f'<rect x="{bucket}" width="{together}" height="100%">{tooltip(_tooltip_text(chart, bucket, together))}</rect>'
        for bucket in range(0, chart.size, together)
    )
    return f'<g fill="none" pointer-events="all">{"".join(rests)}</g>'


def _buckets_together(chart: TimeChart) -> int:
    """Return how many buckets share a tooltip: as many as make a round time, if possible."""
    least, length = ceil(chart.size / _MOST_TOOLTIPS), timedelta(seconds=chart.size * chart.bucket_seconds)
    steps = takewhile(lambda step: step <= length, round_steps() if least > 1 else ())
    fitting = (divmod(step.total_seconds(), chart.bucket_seconds) for step in steps)
    return next((int(buckets) for buckets, rest in fitting if buckets >= least and not rest), least)


def _tooltip_text(chart: TimeChart, bucket: int, together: int) -> str:
    begin, end = (chart.span.show(chart.begin(edge)) for edge in (bucket, min(bucket + together, chart.size)))
    day, _, time = end.rpartition(" ")
    end = time if begin.startswith(f"{day} ") else end  # the day is said once
    values = (f"{one.name} {_greatest(chart, one.values[bucket : bucket + together])}" for one in chart.series)
    return f"{begin} to {end}{', at most' if together > 1 else ''}: {', '.join(values)}"


def _greatest(chart: TimeChart, values: tuple[float | None, ...]) -> str:
    return chart.show(max((value for value in values if value is not None), default=None))


def _notes(chart: TimeChart) -> Iterator[str]:
    yield chart.title
    yield f"{show_limit(chart.bucket_seconds, Unit.SECONDS)} a row"
    yield from (f"{one.name}: {one.limit.text}" for one in chart.series if one.limit)
    yield from (f"{chart.span.show(mark.at)} {mark.text}" for mark in chart.marks_within)
