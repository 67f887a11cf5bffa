"""The head of the HTML report: verdict, checks, analyses. Every text from a log or the YAML is escaped."""

from collections.abc import Collection, Iterator
from html import escape
from itertools import takewhile

from checks.analysis.metrics import Subject
from checks.judge.verdict import Verdict
from checks.report.result import Result
from checks.report.terminal import CHECKS_HEADING, full_sentence, summary, verdict_sentence, worst_last
from checks.report.text import printable, utc

_COLOURS = {
    Verdict.PASS: "#1a7f37",
    Verdict.WAIVED: "#6e7781",
    Verdict.WARN: "#9a6700",
    Verdict.INCONCLUSIVE: "#0969da",
    Verdict.ERROR: "#8250df",
    Verdict.FAIL: "#cf222e",
}


_TEXT = "color:#24292f"  # pytest-html's own grey is hard to read
_CELL = "padding:2px 12px 2px 0"


def head(result: Result, subjects: Collection[Subject]) -> str:
    """Render what stands above pytest-html's table; it needs neither scripts nor the network."""
    return "\n".join(_head(result, subjects))


def cell(text: str) -> str:
    """Make `text` safe as the content of an element."""
    return escape(printable(text))


def metadata(result: Result) -> dict[str, str]:
    """What pytest-html shows as the environment."""
    window = result.window
    return {
        "Environment": cell(result.environment),
        "Window": f"{utc(window.since)} to {utc(window.until)}" if window else "not known",
        "Logs": cell(", ".join(result.receipt.asked) or "none"),
    }


def _head(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    yield f'<h2 style="color:{_COLOURS[result.verdict]}">{cell(verdict_sentence(result))}</h2>'
    yield f'<table style="border-collapse:collapse"><tbody style="{_TEXT}">'
    for check in reversed(worst_last(result.checks)):
        verdict = f'<b style="color:{_COLOURS[check.verdict]}">{check.verdict.upper()}</b>'
        yield f'<tr><td style="{_CELL}">{verdict}</td><td style="{_CELL}">{cell(full_sentence(check))}</td></tr>'
    yield "</tbody></table>"
    yield from (f"<p>{cell(waiver)}</p>" for waiver in result.unused_waivers)
    yield f'<pre style="white-space:pre-wrap;{_TEXT}">'
    analyses = takewhile(lambda line: line != CHECKS_HEADING, summary(result, subjects))  # the table shows the checks
    yield from map(escape, analyses)
    yield "</pre>"
