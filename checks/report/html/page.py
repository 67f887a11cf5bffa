"""Renders our part of the report: verdict, checks, evidence, advice, pictures, receipt."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checks.report import gate, interpretation
from checks.report.colours import custom_properties
from checks.report.files import cases_name
from checks.report.headline import headline
from checks.report.html import wording
from checks.report.html.document import BEGIN, END
from checks.report.html.figures import figures, margin, trend_line
from checks.report.html.places import places
from checks.report.html.receipt import rows
from checks.report.html.sections import likely_cause, passes, sections
from checks.report.result import Result
from checks.report.terminal import counts, is_unread
from checks.report.text import utc
from checks.report.trend import Before


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
        before=before,
        headline=headline(result),
        likely=likely_cause(result),
        local_window=wording.local_window(result.window),
        counts=counts(check.verdict for check in result.checks),
        sections=sections(result),
        origins=list(gate.origins(result)),
        looks=list(gate.looks(result)),
        passes=passes(result),
        interpretation=list(interpretation.rows(result.interpretation)) if result.interpretation else [],
        figures=figures(result),
        receipt=list(rows(result.receipt)),
        places=lambda evidence: list(places(result, evidence)),
        is_unread=lambda check: is_unread(check, result),
        trend=lambda check: trend_line(check, before.trends[check.id]),
    )
    return rendered


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "anchor": wording.anchor,
        "case_name": wording.case_name,
        "cases_link": cases_name,
        "duration": wording.duration,
        "instant": utc,
        "limit": wording.limit,
        "margin": margin,
        "meaning": wording.meaning,
        "number": wording.number,
        "reference": wording.reference,
        "since_connect": wording.since_connect,
        "value": wording.value,
        "versions": wording.versions,
    }
    return environment.get_template("report.html.j2")


@cache
def _css() -> str:
    return custom_properties() + (files(__package__) / "report.css").read_text(encoding="utf-8")
