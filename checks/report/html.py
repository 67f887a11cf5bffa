"""The head of the HTML report: verdict, checks, analyses. Every text from a log or the YAML is escaped."""

from collections.abc import Collection, Iterator
from html import escape

from checks.analysis.metrics import Subject
from checks.judge.verdict import Verdict
from checks.report.result import Result
from checks.report.terminal import summary, verdict_sentence
from checks.report.text import printable

_COLOURS = {
    Verdict.PASS: "#1a7f37",
    Verdict.WAIVED: "#6e7781",
    Verdict.WARN: "#9a6700",
    Verdict.INCONCLUSIVE: "#0969da",
    Verdict.ERROR: "#8250df",
    Verdict.FAIL: "#cf222e",
}


def head(result: Result, subjects: Collection[Subject]) -> str:
    """Render what stands above pytest-html's table; it needs neither scripts nor the network."""
    return "\n".join(_head(result, subjects))


def cell(text: str) -> str:
    """Make `text` safe as the content of an element."""
    return escape(printable(text))


def _head(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    yield f'<h2 style="color:{_COLOURS[result.verdict]}">{cell(verdict_sentence(result))}</h2>'
    if result.error:
        yield f"<p>{cell(result.error)}</p>"
    yield '<table style="border-collapse:collapse"><tbody>'
    for check in reversed(list(result.checks)):
        yield (
            f'<tr><td style="color:{_COLOURS[check.verdict]};padding:2px 12px 2px 0"><b>{check.verdict.upper()}</b></td>'
            f'<td style="padding:2px 0">{cell(check.sentence)}</td></tr>'
        )
    yield "</tbody></table>"
    yield '<pre style="white-space:pre-wrap">'
    for line in summary(result, subjects):
        if line == "=== Checks ===":  # the table above shows them
            break
        yield escape(line)
    yield "</pre>"
