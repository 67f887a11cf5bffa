"""The HTML page: verdict, checks, evidence, advice, charts, receipt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from checks.report import phrases
from checks.report.charts.sparkline import Trend
from checks.report.colours import custom_properties
from checks.report.html import wording
from checks.report.html.figures import figures, margin, trend_line
from checks.report.html.pytest_html import BEGIN, END
from checks.report.html.verdict_sections import likely_cause, passes, sections
from checks.report.jinja import jinja_environment
from checks.report.links import links
from checks.report.phrases import events_read, headline, is_unread, receipt_remarks, verdict_counts
from checks.report.report_folder import cases_name
from checks.report.result import Receipt, Result
from checks.report.sentences import meaning
from checks.text import utc


@dataclass(frozen=True, slots=True)
class Past:
    """The past: what earlier runs add to a report.

    Attributes:
        changes: What changed since the run before, a sentence each; empty where there was none.
        trends: Of every check, by its id.
        problems: What went wrong with remembering, a sentence each.
    """

    changes: tuple[str, ...] = ()
    trends: Mapping[str, Trend] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def receipt_rows(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield the rows of the receipt: a name and a text, in the order in which a reader asks."""
    yield "Source", f"{receipt.source}: {', '.join(receipt.requested) or 'nothing'}"
    yield "Complete", "yes" if receipt.complete else "no"
    if events := events_read(receipt):
        yield "Read", events
    reading = receipt.reading
    if reading and reading.first_event and reading.last_event:
        yield "First and last", f"{utc(reading.first_event)}, {utc(reading.last_event)}"
    yield from receipt_remarks(receipt)


def page(result: Result, before: Past) -> str:
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
        before=before,
        headline=headline(result),
        likely=likely_cause(result),
        local_window=wording.local_window(result.window),
        counts=verdict_counts(result.checks),
        sections=sections(result),
        origins=list(phrases.gate_origins(result)),
        polls=list(phrases.poll_rows(result)),
        passes=passes(result),
        interpretation=list(phrases.interpretation_rows(result.interpretation)) if result.interpretation else [],
        figures=figures(result),
        receipt=list(receipt_rows(result.receipt)),
        meaning=meaning,
        links=lambda evidence: list(links(result, evidence)),
        is_unread=lambda check: is_unread(check, result),
        trend=lambda check: trend_line(check, before.trends[check.id]),
    )
    return rendered


@cache
def _template() -> Any:
    environment = jinja_environment(Path(__file__).parent, finalize=wording.clean)
    environment.filters |= {
        "anchor": wording.anchor,
        "case_name": wording.case_name,
        "cases_link": cases_name,
        "duration": wording.duration_text,
        "instant": utc,
        "limit": phrases.limit_text,
        "margin": margin,
        "meaning": wording.meaning_text,
        "number": wording.count_text,
        "reference": wording.reference,
        "since_connect": wording.since_connect,
        "value": phrases.value_text,
        "versions": wording.versions_text,
    }
    return environment.get_template("report.html.j2")


@cache
def _css() -> str:
    return custom_properties() + Path(__file__).with_name("report.css").read_text(encoding="utf-8")
