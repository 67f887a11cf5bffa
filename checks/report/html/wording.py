"""The words of the page: how it says numbers, times and limits."""

from datetime import timedelta
from typing import Final

from markupsafe import Markup

from checks.analysis.evidence import ConnectionTimeline, Evidence, TimelineEntry
from checks.metrics import METRICS, EvidenceKind, Unit
from checks.report.result import CheckResult, WindowResult
from checks.text import without_control_characters
from checks.units import show_limit, show_value

CASE_NAMES: Final = {
    EvidenceKind.GONE: "GoneExceptions",
    EvidenceKind.GONE_WELCOME: "GoneExceptions while sending the welcome message",
    EvidenceKind.INCOMPLETE: "connections whose end or beginning was lost",
    EvidenceKind.SHORT_LIVED: "short-lived connections",
    EvidenceKind.WELCOME_FAILED: "welcome messages that failed",
    EvidenceKind.UNDELIVERED: "connections that never got their welcome message",
    EvidenceKind.RETRIED: "retries",
    EvidenceKind.NEAR_MISS: "lines that were not understood",
    EvidenceKind.UNATTRIBUTED: "signals without a connection id",
}


def clean(value: object) -> object:
    """Strip what a terminal or a browser would obey from every text that is put into the page; escaping comes after."""
    return without_control_characters(value) if type(value) is str else value


def anchor(name: str) -> str:
    """Where on the page a check stands."""
    return f"check-{name.replace('.', '-')}"


def case_name(kind: EvidenceKind) -> str:
    """What cases of a kind are called."""
    return CASE_NAMES[kind]


def duration(seconds: float) -> str:
    """How long something lasted."""
    return show_value(seconds, Unit.SECONDS)


def limit(check: CheckResult) -> str:
    """The number that decided, by its name: `max 5`; empty where none did."""
    return "" if check.limit is None else f"{check.bound} {show_limit(check.limit, METRICS[check.metric].unit)}"


def meaning(check: CheckResult) -> str:
    """What the metric of a check counts, as the beginning of a sentence."""
    text = METRICS[check.metric].meaning
    return text[:1].upper() + text[1:]


def number(count: int) -> str:
    """A count."""
    return f"{count:,}"


def reference(target: str, text: str = "") -> Markup | str:
    """A link where the target is one; what thresholds.yaml calls a runbook may be any text."""
    if not target.startswith(("https://", "http://")):
        return target
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(clean(target), clean(text or target))


def since_connect(step: TimelineEntry, story: ConnectionTimeline) -> str:
    """When a step was, seen from the beginning of the connection where that is known: `+2.4 s`."""
    if story.began is None:
        return f"{step.timestamp:%H:%M:%S}"
    seconds = (step.timestamp - story.began).total_seconds()
    return f"{'-' if seconds < 0 else '+'}{duration(abs(seconds))}"


def versions(evidence: Evidence) -> str:
    """Which function versions logged the cases: `75 by version 42, 1 by version 41`; empty where no line tells."""
    named = [
        f"{number(one.cases)} by version {one.version}{f' of {one.log_group}' if one.log_group else ''}"
        for one in evidence.versions
    ]
    unknown = evidence.cases - sum(one.cases for one in evidence.versions)
    return ", ".join([*named, *([f"{number(unknown)} by a version not known"] if unknown else [])]) if named else ""


def value(check: CheckResult) -> str:
    """What was measured, on the side of the limits on which it is."""
    if check.value is None:
        return "no sample"
    limits = [one for one in (check.limit, check.warn) if one is not None]
    return show_value(check.value, METRICS[check.metric].unit, limits)


def local_window(window: WindowResult | None) -> str:
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
