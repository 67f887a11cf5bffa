"""Summaries of a run: in Markdown, as GitHub shows it on the page of a workflow run, and in one line for a chat."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Self

from checks.analysis.evidence import Evidence, Template
from checks.errors import OutputError
from checks.file_writing import append
from checks.outputs.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings, writing
from checks.report.phrases import (
    CASE_NAMES,
    events_read,
    evidence_for,
    full_sentence,
    headline,
    limit_text,
    since_and_whom,
    value_text,
    verdict_sentence,
    worst_check,
    worst_first,
)
from checks.report.result import CheckResult, Result
from checks.text import display_path, markdown_block, markdown_inline, one_line, without_mentions
from checks.verdicts.verdict import ExitCode, Verdict

MOST_BYTES: Final = 1024 * 1024
"""Of the summaries of one step; GitHub drops a larger file whole."""
_MOST_TEMPLATES: Final = 3
_LEFT_OUT: Final = "*Left out, for GitHub drops a summary of more than 1 MiB: {}. All of it is in the report.*\n"
_ROOM_FOR_NOTE: Final = 400
_MOST_CHARACTERS: Final = 600
"""Of the one line."""


@dataclass(frozen=True, slots=True)
class StepSummary(Output):
    """The summary of a run in a file, which other runs and steps may share; by itself, on GitHub.

    Attributes:
        file: Made where there is none.
    """

    name = "summary"
    options: ClassVar[Options] = {
        "--summary": {"metavar": "FILE", "help": "append a summary in Markdown to a file ($GITHUB_STEP_SUMMARY)"}
    }

    file: Path

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """An option or a variable names the file."""
        file = settings.option("summary") or settings.variables.get("GITHUB_STEP_SUMMARY")
        return cls(Path(file).absolute()) if file else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Append as much as there is room for."""
        file = self.file
        with writing(file):
            text = summary(run.result, run.report, MOST_BYTES - (file.stat().st_size if file.exists() else 0))
            if not text:
                raise OutputError(f"{display_path(file)} has no room left: GitHub drops a summary of more than 1 MiB")
            append(text, file)
        return OutputLog()


def summary(result: Result, report: str, room_bytes: int) -> str:
    """The verdict, the checks, the evidence of failures, and the passes: what there is room for, in that order.

    Args:
        result: Of the run.
        report: Where its report is; empty where it has none.
        room_bytes: How large it may be; where not even the verdict fits, it is empty.
    """
    text, left_out = "", []
    for name, section in _sections(result, report):
        if _size(text) + _size(section) + _ROOM_FOR_NOTE <= room_bytes:
            text += section
        elif not text:
            return ""
        else:
            left_out.append(name)
    return text + (_LEFT_OUT.format(", ".join(left_out)) if left_out else "")


def _size(text: str) -> int:
    return len(text.encode(errors="backslashreplace"))


def _sections(result: Result, report: str) -> Iterator[tuple[str, str]]:
    """Yield the sections, each with what it is called where it is left out."""
    ordered = worst_first(result.checks)
    yield "the verdict", "\n".join(_verdict(result, report))
    others = [check for check in ordered if check.verdict is not Verdict.PASS]
    if others:
        yield "the checks that did not pass", _table(others)
    failed = [check for check in ordered if check.verdict is Verdict.FAIL and not check.shadow]
    shown: list[Evidence] = []
    for check in failed:
        evidence = evidence_for(result, check.metric)
        if evidence is not None and evidence not in shown:
            shown.append(evidence)
            yield f"the evidence of {check.metric}", "\n".join(_evidence(result, evidence))
    passed = [check for check in ordered if check.verdict is Verdict.PASS]
    if passed:
        folded = f"<details><summary>{len(passed):,} passed</summary>\n\n{_table(passed)}</details>\n\n"
        yield f"{len(passed):,} passed checks", folded


def _verdict(result: Result, report: str) -> Iterator[str]:
    yield f"## {result.verdict.emoji} {markdown_inline(verdict_sentence(result))}\n"
    if result.error:
        yield markdown_block(f"The logs could not be read: {result.error}".splitlines()) + "\n"
    elif result.verdict is not Verdict.PASS:
        yield f"Worst: {markdown_inline(headline(result))}\n"
    if events := events_read(result.receipt):
        yield f"Read from {markdown_inline(', '.join(result.receipt.requested))}: {markdown_inline(events)}\n"
    if report:
        yield f"Report: {markdown_inline(report)}\n"
    yield ""


def _table(checks: Iterable[CheckResult]) -> str:
    rows = (
        "| verdict | check | value | | limit | n | |",
        "|---|---|--:|:-:|--:|--:|---|",
        *(f"| {' | '.join(_cells(check))} |" for check in checks),
    )
    return "\n".join(rows) + "\n\n"


def _cells(check: CheckResult) -> Iterator[str]:
    yield f"{check.verdict.emoji} {check.verdict}{' (shadow)' if check.shadow else ''}"
    yield markdown_inline(check.metric)
    yield markdown_inline(value_text(check))
    yield markdown_inline(check.operator or "")
    yield markdown_inline(limit_text(check))
    yield "" if check.n is None else f"{check.n:,}"
    yield markdown_inline(full_sentence(check)) if check.verdict is not Verdict.PASS else ""


def _evidence(result: Result, evidence: Evidence) -> Iterator[str]:
    yield f"### Evidence: {CASE_NAMES[evidence.kind]} ({evidence.cases:,})\n"
    yield f"When, and for whom: {markdown_inline(', '.join(since_and_whom(result, evidence)))}\n"
    yield (
        markdown_block(line for template in evidence.templates[:_MOST_TEMPLATES] for line in _template(template))
        + "\n\n"
    )


def _template(template: Template) -> Iterator[str]:
    yield f"{template.events:,} event{'' if template.events == 1 else 's'}: {template.text}"
    yield from (f"{example.timestamp:%H:%M:%S} {example.message}" for example in template.examples[:1])


def sentence(result: Result) -> str:
    """The verdict, the check that decided, since when, for whom, and how many more there are.

    `prod: FAIL — welcome.failure_rate 4.1 % > max 2 % (82 of 2,004), began …, 2 connections; 3 more fail`
    """
    verdict = f"{result.environment}: {result.verdict.upper()} — {headline(result)}"
    return without_mentions(one_line("; ".join([verdict, *_more(result)]), _MOST_CHARACTERS))


def _more(result: Result) -> Iterator[str]:
    """Yield what else is to be said; where nothing could be read, all checks say the same."""
    if result.exit_code == ExitCode.FAIL and result.verdict is not Verdict.FAIL:
        yield "a check itself is broken"
    if result.error:
        return
    worst = worst_check(result.checks)
    others = Counter(check.verdict for check in result.checks if check is not worst and not check.shadow)
    del others[Verdict.PASS]
    yield from (f"{others[verdict]:,} more {verdict}" for verdict in reversed(Verdict) if others[verdict])
