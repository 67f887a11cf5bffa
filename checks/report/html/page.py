"""The HTML page: verdict, checks, evidence, advice, charts, receipt; and the Jinja environment of all pages."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import Struct, field

from checks import __version__
from checks.metrics import METRICS, Unit
from checks.places import cache_folder
from checks.report import phrases
from checks.report.charts.sparkline import Trend
from checks.report.colours import custom_properties
from checks.report.headline import comparison_sentence, headline, worst_first
from checks.report.html.figures import (
    MOST_OF_A_LINE,
    anchor,
    clean,
    figures,
    is_long,
    local_window,
    margin,
    onset_figure,
    prose,
    reference,
    since_connect,
    state_text,
    trend_line,
    versions_text,
)
from checks.report.incidents import Incident, incidents
from checks.report.links import links
from checks.report.result import Receipt, Result, cases_name
from checks.text import counted, one_line, sentence_case, utc, without_control_characters
from checks.units import show_value
from checks.verdicts.verdict import Verdict


class EarlierRuns(Struct, frozen=True):
    """Earlier runs in a report: changes since the last one, trends of checks by id, problems with the history."""

    changes: tuple[str, ...] = ()
    trends: Mapping[str, Trend] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the run before had the same outcome."""
        return self.changes == (phrases.NOTHING_CHANGED,)


def age(result: Result) -> str:
    """Return how long before the run its window ended, if a day or more: in old logs "since 14:03" is not today."""
    if not (result.run and result.window):
        return ""
    days = (result.run.started - result.window.until) // timedelta(days=1)
    return f"the window ended {counted(days, 'day')} before this run" if days >= 1 else ""


def receipt_rows(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield the rows of the receipt: a name and a text, in the order of a reader's questions."""
    yield "Source", f"{receipt.source}: {', '.join(receipt.requested) or 'nothing'}"
    yield "Complete", "yes" if receipt.complete else "no"
    if events := phrases.events_read(receipt):
        yield "Read", events
    reading = receipt.reading
    if reading and reading.first_event and reading.last_event:
        yield "First and last", f"{utc(reading.first_event)}, {utc(reading.last_event)}"
    yield from ((name, text.removeprefix(f"{name.lower()}: ")) for name, text in phrases.receipt_remarks(receipt))


_SECTIONS: Final = (
    ("Failed checks", "failed", (Verdict.FAIL,)),
    ("Inconclusive and errors", "undecided", (Verdict.INCONCLUSIVE, Verdict.ERROR)),
    ("Warnings", "warnings", (Verdict.WARN,)),
    ("Waived", "waived", (Verdict.WAIVED,)),
)


def sections(run_incidents: Iterable[Incident]) -> Iterator[tuple[str, str, list[Incident]]]:
    """Yield title, anchor and incidents of each section; shadow limits, which block nothing, come last."""
    every = list(run_incidents)
    for title, name, verdicts in _SECTIONS:
        if chosen := [one for one in every if one.verdict in verdicts and not one.is_shadow]:
            yield title, name, chosen
    if shadows := [one for one in every if one.is_shadow]:
        yield "Shadow limits (never affect the exit code)", "shadows", shadows


def page(result: Result, before: EarlierRuns) -> str:
    """Return our part of the report as HTML; it needs neither scripts nor the network."""
    run_incidents = incidents(result)
    trends = {check.id: trend_line(check, before.trends[check.id]) for check in result.checks}
    rendered: str = _template().render(
        begin=Markup(BEGIN),  # noqa: S704 -- a constant
        end=Markup(END),  # noqa: S704 -- a constant
        css=Markup(_css()),  # noqa: S704 -- a file of this package
        result=result,
        before=before,
        headline=headline(result),
        comparison_sentence=comparison_sentence(result),
        uncounted=list(phrases.uncounted(result.overview)),
        version=__version__,
        first=next((one for one in run_incidents if not one.is_shadow), None),
        onsets={incident.anchor: onset_figure(result, incident) for incident in run_incidents},
        listed={check.id for one in run_incidents for check in one.listed},
        ordered=worst_first(result.checks),
        all_passed=not run_incidents,
        script=Markup(report_script()),  # noqa: S704 -- a file of this package
        local_window=local_window(result.window),
        age=age(result),
        counts=phrases.verdict_counts(result.checks),
        sections=list(sections(run_incidents)),
        origins=list(phrases.gate_origins(result)),
        polls=list(phrases.poll_rows(result)),
        interpretation=list(phrases.interpretation_rows(result.interpretation)) if result.interpretation else [],
        figures=list(figures(result)),
        receipt=list(receipt_rows(result.receipt)),
        links=partial(links, result),
        metrics=METRICS,
        sentence_kind=phrases.sentence_kind,
        trends=trends,
        has_trends=any(trends.values()),
    )
    return rendered


@cache
def _template() -> Any:
    environment = jinja_environment(Path(__file__).parent)
    environment.filters |= {
        "anchor": anchor,
        "first_line": partial(one_line, width=MOST_OF_A_LINE),
        "is_long": is_long,
        "sentence_case": sentence_case,
        "cases_link": cases_name,
        "counted": counted,
        "duration": partial(show_value, unit=Unit.SECONDS),
        "instant": utc,
        "limit": phrases.limit_text,
        "margin": margin,
        "number": "{:,}".format,
        "prose": prose,
        "reference": reference,
        "since_connect": since_connect,
        "state": state_text,
        "value": phrases.value_text,
        "versions": versions_text,
    }
    return environment.get_template("report.html.j2")


@cache
def _css() -> str:
    return custom_properties() + Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def metadata(result: Result) -> Mapping[str, str]:
    """Return the environment, window and logs of a run, to replace the machine's description."""
    window = result.window
    texts = {
        "Environment": result.environment,
        "Window": f"{utc(window.since)} to {utc(window.until)}" if window else "not known",
        "Logs": ", ".join(result.receipt.requested) or "none",
    }
    return {name: cell(text) for name, text in texts.items()}


def cell(text: str) -> str:
    """Return a text that is safe as the content of an element."""
    return str(escape(without_control_characters(text)))


BEGIN: Final = "<!-- health report -->"
END: Final = "<!-- end of the health report -->"
_SCRIPT: Final = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)
_CHARSET: Final = '<meta charset="utf-8"/>'
_HANDLER: Final = ' onclick="location.reload()"'
"""The handler of a button of pytest-html that is never shown, and that the policy would block."""

_POLICY: Final = (
    ("default-src", "'none'"),
    ("style-src", "'unsafe-inline'"),
    ("img-src", "data:"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)
"""The security policy: nothing is fetched or sent, and only the report's own script and pytest-html's run."""


@cache
def report_script() -> str:
    """Return the script of our part; the page's policy has its digest, so that no injected script can run."""
    return Path(__file__).with_name("report.js").read_text(encoding="utf-8")


def rewrite(file: Path) -> None:
    """Turn the page of pytest-html into the report, if it was written."""
    if file.exists():
        file.write_text(assemble(file.read_text(encoding="utf-8")), encoding="utf-8")


def assemble(written: str) -> str:
    """Move our part of a page, between BEGIN and END, to the top, and everything else into a section below it.

    A page without our part is left alone.
    """
    if BEGIN not in written:
        return written
    before, _, rest = written.partition(BEGIN)
    ours, _, after = rest.partition(END)
    head, _, above = before.partition("<body>")
    below, _, end = after.rpartition("</body>")
    table = above.replace("<h1", "<h2", 1).replace("</h1>", "</h2>", 1) + below.replace(_HANDLER, "", 1)
    return "".join(
        (
            head.replace("<html>", '<html lang="en">', 1).replace(_CHARSET, _head(before + after), 1),
            f"<body>\n<main>{ours}",
            f'<details class="pytest"><summary>pytest results</summary>{table}</details></main>\n',
            f"</body>{end}",
        )
    )


def _head(theirs: str) -> str:
    """Return the head elements that pytest-html leaves out: width on a phone, both colour schemes, and the policy."""
    scripts = (report_script(), *_SCRIPT.findall(theirs))
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    policy = "; ".join(map(" ".join, (*_POLICY, ("script-src", *(f"'sha256-{digest}'" for digest in digests)))))
    return "\n    ".join(
        (
            _CHARSET,
            f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            '<meta name="color-scheme" content="light dark"/>',
            '<meta name="referrer" content="no-referrer"/>',
        )
    )


def jinja_environment(folder: Path) -> Environment:
    """Return the Jinja environment of the templates in a folder."""
    cache = cache_folder(folder)
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=clean,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(cache), f"%s-{__version__}.jinja") if cache else None,
    )
