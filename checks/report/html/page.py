"""The HTML page: verdict, checks, evidence, advice, charts, receipt."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from checks import __version__
from checks.report import phrases
from checks.report.charts.sparkline import Trend
from checks.report.colours import custom_properties
from checks.report.headline import formula, headline, worst_first
from checks.report.html import wording
from checks.report.html.figures import MARGIN_LEGEND, figures, margin, onset_figure, trend_line
from checks.report.html.pytest_html import BEGIN, END, report_script
from checks.report.incidents import Incident, incidents
from checks.report.jinja import jinja_environment
from checks.report.links import links
from checks.report.phrases import events_read, is_unread, receipt_remarks, verdict_counts
from checks.report.pipeline import RunOrigin
from checks.report.report_folder import cases_name
from checks.report.result import Receipt, Result
from checks.report.sentences import meaning
from checks.text import sentence_case, utc
from checks.verdicts.verdict import Verdict

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


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


@dataclass(frozen=True, slots=True)
class VerdictSection:
    """A section of incidents whose verdicts ask for the same attention."""

    title: str
    anchor: str
    incidents: tuple[Incident, ...]


_SECTIONS: Final = (
    ("Failed checks", "failed", (Verdict.FAIL,)),
    ("Inconclusive and errors", "undecided", (Verdict.INCONCLUSIVE, Verdict.ERROR)),
    ("Warnings", "warnings", (Verdict.WARN,)),
    ("Waived", "waived", (Verdict.WAIVED,)),
)


def sections(run_incidents: Iterable[Incident]) -> list[VerdictSection]:
    """The incidents by what they ask for; those of shadow limits, which block nothing, come last."""
    every = list(run_incidents)
    by_verdict = [
        *(VerdictSection(title, anchor, _of(every, verdicts)) for title, anchor, verdicts in _SECTIONS),
        VerdictSection(
            "Shadow limits (never affect the exit code)", "shadows", tuple(one for one in every if one.is_shadow)
        ),
    ]
    return [section for section in by_verdict if section.incidents]


def _of(every: Iterable[Incident], verdicts: Collection[Verdict]) -> tuple[Incident, ...]:
    return tuple(one for one in every if one.verdict in verdicts and not one.is_shadow)


def page(result: Result, before: Past) -> str:
    """Our part of the report, as HTML; it needs neither scripts nor the network.

    Args:
        result: What the run found.
        before: What earlier runs add.
    """
    run_incidents = incidents(result)
    onsets = {incident.anchor: onset_figure(result, incident) for incident in run_incidents}
    rendered: str = _template().render(
        begin=Markup(BEGIN),  # noqa: S704 -- a constant
        end=Markup(END),  # noqa: S704 -- a constant
        css=Markup(_css()),  # noqa: S704 -- a file of this package
        result=result,
        before=before,
        headline=headline(result),
        formula=formula(result),
        version=result.run.version if result.run else __version__,
        pipeline=result.run or RunOrigin(started=_NEVER, seconds=0, version=__version__),
        first=next((one for one in run_incidents if not one.is_shadow), None),
        onset=lambda incident: onsets[incident.anchor],
        ordered=worst_first(result.checks),
        all_passed=not run_incidents,
        margin_legend=MARGIN_LEGEND,
        script=Markup(report_script()),  # noqa: S704 -- a file of this package
        local_window=wording.local_window(result.window),
        counts=verdict_counts(result.checks),
        sections=sections(run_incidents),
        origins=list(phrases.gate_origins(result)),
        polls=list(phrases.poll_rows(result)),
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
        "bar": partial(margin, prefix="bar"),
        "first_line": wording.first_line,
        "is_long": wording.is_long,
        "sentence_case": sentence_case,
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
