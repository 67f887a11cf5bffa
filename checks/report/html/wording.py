"""Filters of the page's template: links, counts, times and versions as text."""

from datetime import timedelta
from typing import Final

from markupsafe import Markup

from checks.analysis.evidence import ConnectionTimeline, Evidence, TimelineEntry
from checks.metrics import METRICS, EvidenceKind, Unit
from checks.report.headline import CASE_NAMES
from checks.report.result import CheckResult
from checks.text import one_line, without_control_characters
from checks.units import show_value
from checks.window import Window


def clean(value: object) -> object:
    """Strip what a terminal or a browser would obey from every text that is put into the page; escaping comes after."""
    return without_control_characters(value) if type(value) is str else value


def anchor(name: str) -> str:
    """The id of a check's element on the page."""
    return f"check-{name.replace('.', '-')}"


_MOST_OF_A_LINE: Final = 200
"""Characters of a log line that stands whole on the page."""


_MOST_LINES: Final = 3


def is_long(text: str) -> bool:
    """Whether a text is one line until somebody opens it."""
    return len(text) > _MOST_OF_A_LINE or text.count("\n") > _MOST_LINES


def first_line(text: str) -> str:
    """What is to be seen of a long text before it is opened."""
    return one_line(text, _MOST_OF_A_LINE)


def case_name(kind: EvidenceKind) -> str:
    """The name of a kind of evidence."""
    return CASE_NAMES[kind]


def duration_text(seconds: float) -> str:
    """A duration: `1.5 min`."""
    return show_value(seconds, Unit.SECONDS)


def meaning_text(check: CheckResult) -> str:
    """What the metric of a check counts, as the beginning of a sentence."""
    text = METRICS[check.metric].meaning
    return text[:1].upper() + text[1:]


def count_text(count: int) -> str:
    """A count with separators between thousands."""
    return f"{count:,}"


def reference(target: str, text: str = "") -> Markup | str:
    """A link where the target is one; what thresholds.yaml calls a runbook may be any text."""
    if not target.startswith(("https://", "http://")):
        return target
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(clean(target), clean(text or target))


def since_connect(entry: TimelineEntry, timeline: ConnectionTimeline) -> str:
    """The time of an entry, from the beginning of its connection where that is known: `+2.4 s`."""
    if timeline.began is None:
        return f"{entry.timestamp:%H:%M:%S}"
    seconds = (entry.timestamp - timeline.began).total_seconds()
    return f"{'-' if seconds < 0 else '+'}{duration_text(abs(seconds))}"


def versions_text(evidence: Evidence) -> str:
    """The function versions of the cases: `75 by version 42, 1 by version 41`; empty where no line names one."""
    named = [
        f"{count_text(one.cases)} by version {one.version}{f' of {one.log_group}' if one.log_group else ''}"
        for one in evidence.versions
    ]
    unknown = evidence.cases - sum(one.cases for one in evidence.versions)
    return ", ".join([*named, *([f"{count_text(unknown)} by a version not known"] if unknown else [])]) if named else ""


def local_window(window: Window | None) -> str:
    """The window by the clock of the machine that ran the checks; empty where that shows UTC, or no year has it."""
    if window is None:
        return ""
    try:
        since, until = window.since.astimezone(), window.until.astimezone()
    except (OverflowError, ValueError):  # on the first or last day of the calendar, in a zone that is far from UTC
        return ""
    if since.utcoffset() == until.utcoffset() == timedelta():
        return ""
    return f"local time {since:%Y-%m-%d %H:%M %Z} to {until:%Y-%m-%d %H:%M %Z}"
