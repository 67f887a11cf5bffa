"""Figures of the page: charts drawn from the numbers of a result."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import accumulate
from typing import Final

from markupsafe import Markup, escape
from msgspec import Struct

from checks.analysis.evidence import ConnectionTimeline, Evidence, TimelineEntry
from checks.analysis.overview import DURATION_EDGES_SECONDS, Bucket, Overview
from checks.metrics import METRICS, Unit
from checks.report.charts.histogram import Histogram, histogram, histogram_table
from checks.report.charts.plot import Level
from checks.report.charts.sparkline import Trend, margin_bar, sparkline
from checks.report.charts.time_chart import Mark, Series, TimeChart, time_chart, time_table
from checks.report.colours import Tone
from checks.report.headline import evidence_for, worst_check
from checks.report.incidents import Incident
from checks.report.phrases import limit_text
from checks.report.result import CheckResult, Result
from checks.text import sentence_case, without_control_characters
from checks.units import show_limit, show_value
from checks.window import CONNECTION_LIMIT, Window


def clean(value: object) -> object:
    """Strip control characters, which a terminal or a browser obeys, from texts of the page; escaping follows."""
    return without_control_characters(value) if type(value) is str else value


_CODE: Final = re.compile(r"`([^`]+)`")
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=(?:%|ms|s|min|h|d)(?:\W|$))")


def prose(text: str) -> Markup:
    """Return a sentence as HTML: commands in backquotes as code, and no line break between a number and its unit."""
    escaped = str(escape(without_control_characters(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", _BEFORE_UNIT.sub("&nbsp;", escaped)))  # noqa: S704 -- escaped above


def anchor(name: str) -> str:
    """Return the id of a check's element on the page."""
    return f"check-{name.replace('.', '-')}"


MOST_OF_A_LINE: Final = 200
"""The longest log line that is shown whole on the page."""
_MOST_LINES: Final = 3


def is_long(text: str) -> bool:
    """Whether a text is folded to one line."""
    return len(text) > MOST_OF_A_LINE or text.count("\n") > _MOST_LINES


def reference(target: str, text: str = "") -> Markup | str:
    """Return a runbook as a link if it is a URL; it may be any text of thresholds.yaml."""
    if not target.startswith(("https://", "http://")):
        return target
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(clean(target), clean(text or target))


def since_connect(entry: TimelineEntry, timeline: ConnectionTimeline) -> str:
    """Return the time of an entry since the beginning of its connection, if that is known: `+2.4 s`."""
    if timeline.began is None:
        return f"{entry.timestamp:%H:%M:%S}"
    seconds = (entry.timestamp - timeline.began).total_seconds()
    return f"{'-' if seconds < 0 else '+'}{show_value(abs(seconds), Unit.SECONDS)}"


_STATES: Final = {
    "lost": "no $disconnect",
    "headless": "no $connect",
    "unknown": "its beginning is not in the logs",
    "unsettled": "it ended with the window",
    "earlier": "it ended before the window",
    "refused": "its $connect failed",
    "elsewhere": "of another version",
}
"""The states of connections whose names do not explain themselves, in words."""


def state_text(timeline: ConnectionTimeline) -> str:
    """Return what became of a connection, in words."""
    return _STATES.get(timeline.state, timeline.state) if timeline.state else "not known"


def versions_text(evidence: Evidence) -> str:
    """Return the function versions of the cases: `75 by version 42, 1 by version 41`; empty if no line names one."""
    named = [
        f"{one.cases:,} by version {one.version}{f' of {one.log_group}' if one.log_group else ''}"
        for one in evidence.versions
        if one.cases
    ]
    unknown = evidence.cases - sum(one.cases for one in evidence.versions)
    return ", ".join([*named, *([f"{unknown:,} by an unknown version"] if unknown else [])]) if named else ""


def local_window(window: Window | None) -> str:
    """Return the window in the local time of this machine; empty if that is UTC, or outside of the calendar."""
    if window is None:
        return ""
    try:
        since, until = window.since.astimezone(), window.until.astimezone()
    except (OverflowError, ValueError):  # on the first or last day of the calendar, in a zone that is far from UTC
        return ""
    if since.utcoffset() == until.utcoffset() == timedelta():
        return ""
    return f"local time {since:%Y-%m-%d %H:%M %Z} to {until:%Y-%m-%d %H:%M %Z}"


class Figure(Struct, frozen=True):
    """A figure: a chart, and the same numbers as a table; both are HTML made of escaped text."""

    title: str
    drawing: Markup
    table: Markup


def margin(check: CheckResult, prefix: str = "margin") -> Markup:
    """Return the bar of the margin between a value and its limit; empty if no limit decided."""
    return _safe(margin_bar(check, f"{prefix}-{anchor(check.id)}"))


def trend_line(check: CheckResult, trend: Trend) -> Markup:
    """Return the sparkline of a check's metric over the last runs; empty if there is only one run."""
    return _safe(sparkline(METRICS[check.metric], trend, f"trend-{anchor(check.id)}")) if trend[1:] else Markup()


def onset_figure(result: Result, incident: Incident) -> Figure | None:
    """Return the chart of an incident: its cases over time, with the deploy; None if no case has a time."""
    overview, evidence = result.overview, incident.evidence
    if overview is None or evidence is None or not any(evidence.counts):
        return None
    series = Series("cases", tuple(map(float, evidence.counts)), Tone.BAD)
    title, marks = sentence_case(evidence.kind.noun), _marks(overview, evidence)
    return _over_time(overview, marks, title, series, prefix=incident.anchor)


def figures(result: Result) -> Iterator[Figure]:
    """Yield the charts of a window; none if the logs could not be read."""
    overview, worst = result.overview, worst_check(result.checks)
    if overview is None:
        return
    buckets = overview.buckets
    over_time = partial(_over_time, overview, _marks(overview, evidence_for(result, worst.metric) if worst else None))
    yield over_time(
        "Connections opened and closed",
        Series("opened", tuple(one.connects for one in buckets), Tone.GOOD),
        Series("closed", tuple(one.disconnects for one in buckets), Tone.NEUTRAL),
    )
    yield over_time(
        "GoneExceptions",
        Series("errors", tuple(one.gone_errors for one in buckets), Tone.BAD),
        *_cumulative(result, buckets),
    )
    yield over_time(
        "Welcome messages",
        Series("delivered", tuple(one.welcomes_sent for one in buckets), Tone.GOOD),
        Series("failed", tuple(one.welcomes_failed for one in buckets), Tone.BAD),
    )
    yield over_time(
        "Share of welcome messages that failed",
        Series("failed", tuple(map(_failed_share, buckets)), Tone.BAD, _level(result, "welcome.failure_rate")),
        unit=Unit.RATE,
    )
    yield _durations(overview)


def _over_time(
    overview: Overview,
    marks: tuple[Mark, ...],
    title: str,
    *series: Series,
    unit: Unit = Unit.COUNT,
    prefix: str = "chart",
) -> Figure:
    unknown = " (grey: nothing to measure)" if any(value is None for one in series for value in one.values) else ""
    title = f"{title}, per {show_limit(overview.bucket_seconds, Unit.SECONDS)}{unknown}"
    chart = TimeChart(title, overview.buckets[0].start, overview.bucket_seconds, series, marks=marks, unit=unit)
    prefix = f"{prefix}-{title.partition(',')[0].lower().replace(' ', '-').replace('$', '')}"
    return Figure(title, _safe(time_chart(chart, prefix)), _safe(time_table(chart)))


def _durations(overview: Overview) -> Figure:
    title = "How long connections lasted"
    of_api_gateway = ((600.0, "idle limit"), (CONNECTION_LIMIT.total_seconds(), "lifetime"))
    marks = ((overview.short_lived_seconds, "short-lived"), *of_api_gateway)
    chart = Histogram(title, "connections", DURATION_EDGES_SECONDS, overview.durations, marks)
    return Figure(title, _safe(histogram(chart, "durations")), _safe(histogram_table(chart)))


def _marks(overview: Overview, evidence: Evidence | None) -> tuple[Mark, ...]:
    """Return the marks that explain a change: each deploy, when the cases set in, and when they were over."""
    deploys = (Mark(deploy.first, f"version {deploy.version} live") for deploy in overview.deploys)
    began = [Mark(evidence.began, "problem began")] if evidence and evidence.began else []
    ended = [Mark(evidence.ended, "problem over")] if evidence and evidence.ended else []
    return (*deploys, *began, *ended)


def _cumulative(result: Result, buckets: Sequence[Bucket]) -> Iterator[Series]:
    """Yield the series of all errors so far with their limit, if there is one."""
    level = _level(result, "gone.errors")
    if level:
        so_far = tuple(accumulate(bucket.gone_errors for bucket in buckets))
        yield Series("cumulative", so_far, Tone.NEUTRAL, level)


def _failed_share(bucket: Bucket) -> float | None:
    outcomes = bucket.welcomes_sent + bucket.welcomes_failed
    return bucket.welcomes_failed / outcomes if outcomes else None


def _level(result: Result, metric: str) -> Level | None:
    """Return the limit that decided, if the metric was checked."""
    check = result.check(metric)
    return None if check is None or check.limit is None else Level(check.limit, limit_text(check))


def _safe(html: str) -> Markup:
    """Mark the HTML of a chart as safe: charts escape all texts."""
    return Markup(html)  # noqa: S704
