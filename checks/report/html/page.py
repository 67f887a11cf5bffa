"""Renders our part of the report: verdict, checks, evidence, advice, pictures, receipt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checks.analysis.evidence import Evidence, Step, Story
from checks.analysis.metrics import METRICS, Cases, Unit
from checks.judge.quantity import show_limit, show_value
from checks.logs.spool import Fetch
from checks.report.colours import custom_properties
from checks.report.console import aws_command, insights_link
from checks.report.files import cases_name
from checks.report.headline import headline
from checks.report.html.document import BEGIN, END
from checks.report.html.figures import figures, margin, trend_line
from checks.report.html.receipt import rows
from checks.report.html.sections import likely_cause, passes, sections
from checks.report.remedies import advice
from checks.report.result import CheckResult, Result, WindowResult
from checks.report.terminal import counts
from checks.report.text import harmless, utc
from checks.report.trend import Before

_CASE_NAMES: Final = {
    Cases.GONE: "GoneExceptions",
    Cases.GONE_WELCOME: "GoneExceptions while sending the welcome message",
    Cases.INCOMPLETE: "connections whose end or beginning was lost",
    Cases.SHORT_LIVED: "short-lived connections",
    Cases.WELCOME_FAILED: "welcome messages that failed",
    Cases.UNDELIVERED: "connections that never got their welcome message",
    Cases.RETRIED: "retries",
    Cases.NEAR_MISS: "lines that were not understood",
    Cases.UNATTRIBUTED: "signals without a connection id",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader can look further.

    Attributes:
        log_group: What to look into.
        link: To CloudWatch Logs Insights, with window and query; empty where files were read.
        command: For a shell.
    """

    log_group: str
    link: str
    command: str


def page(result: Result, before: Before) -> str:
    """Our part of the report, as HTML; it needs neither scripts nor the network.

    Args:
        result: What the run found.
        before: What earlier runs add.
    """
    rendered: str = _template().render(
        begin=Markup(BEGIN),  # noqa: S704 -- a constant
        end=Markup(END),  # noqa: S704 -- a constant
        css=Markup(_css()),  # noqa: S704 -- a file of this package
        result=result,
        headline=headline(result),
        likely=likely_cause(result),
        local_window=_local(result.window),
        counts=counts(result),
        before=before,
        trend=lambda check: trend_line(check, before.trends[check.id]),
        sections=sections(result),
        passes=passes(result),
        figures=figures(result),
        receipt=list(rows(result.receipt)),
        look_up=lambda evidence: list(_places(result, evidence)),
        margin=margin,
        meaning=_meaning,
        since_connect=_since_connect,
    )
    return rendered


def clean(value: object) -> object:
    """Strip what a terminal or a browser would obey from every text that is put into the page; escaping comes after."""
    return harmless(value) if type(value) is str else value


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "anchor": lambda name: f"check-{name.replace('.', '-')}",
        "case_name": lambda kind: _CASE_NAMES[kind],
        "cases_link": cases_name,
        "duration": lambda seconds: show_value(seconds, Unit.SECONDS),
        "instant": utc,
        "limit": _limit,
        "number": lambda number: f"{number:,}",
        "reference": _reference,
        "value": _value,
    }
    return environment.get_template("report.html.j2")


@cache
def _css() -> str:
    return custom_properties() + (files(__package__) / "report.css").read_text(encoding="utf-8")


def _local(window: WindowResult | None) -> str:
    """The window by the clock of the machine that ran the checks; empty where that shows UTC."""
    if window is None:
        return ""
    since, until = window.since.astimezone(), window.until.astimezone()
    if since.utcoffset() == until.utcoffset() == datetime.now(UTC).utcoffset():
        return ""
    return f"local time {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M %Z}"


def _meaning(check: CheckResult) -> str:
    meaning = METRICS[check.metric].meaning
    return meaning[:1].upper() + meaning[1:]


def _value(check: CheckResult) -> str:
    if check.value is None:
        return "no sample"
    limits = [limit for limit in (check.limit, check.warn) if limit is not None]
    return show_value(check.value, METRICS[check.metric].unit, limits)


def _limit(check: CheckResult) -> str:
    return "" if check.limit is None else f"{check.bound} {show_limit(check.limit, METRICS[check.metric].unit)}"


def _reference(target: str, text: str = "") -> Markup | str:
    """A link where the target is one; what thresholds.yaml calls a runbook may be any text."""
    if not target.startswith(("https://", "http://")):
        return target
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(clean(target), clean(text or target))


def _since_connect(story: Story, step: Step) -> str:
    """When a step was, seen from the beginning of the connection: `+2.4 s`."""
    if story.began is None:
        return f"{step.timestamp:%H:%M:%S}"
    seconds = (step.timestamp - story.began).total_seconds()
    return f"{'-' if seconds < 0 else '+'}{show_value(abs(seconds), Unit.SECONDS)}"


def _places(result: Result, evidence: Evidence) -> Iterator[Place]:
    fetch, window = result.receipt.fetch, result.window
    if fetch is None or window is None:
        if result.receipt.asked:
            yield Place("the files", "", "python -m checks recognise …")
        return
    yield from _log_groups(fetch, window, evidence)


def _log_groups(fetch: Fetch, window: WindowResult, evidence: Evidence) -> Iterator[Place]:
    subject = next(metric.subject for metric in METRICS.values() if metric.cases is evidence.kind)
    query = advice(subject, [], {}).query
    worst = [story.connection_id for story in evidence.stories[:1]]
    for group in fetch.groups:
        link = insights_link(group.region, [group.name], window.since, window.until, query)
        command = aws_command(group.region, group.name, window.since, window.until, worst)
        yield Place(group.name, link, command)


def metadata(result: Result) -> Mapping[str, str]:
    """What pytest-html shows as the environment; it inserts this as HTML."""
    window = result.window
    told = {
        "Environment": result.environment,
        "Window": f"{utc(window.since)} to {utc(window.until)}" if window else "not known",
        "Logs": ", ".join(result.receipt.asked) or "none",
    }
    return {name: cell(text) for name, text in told.items()}


def cell(text: str) -> str:
    """A text made safe as the content of an element."""
    return str(Markup.escape(harmless(text)))
