"""Summaries of a run: in Markdown for GitHub, in one line for a chat, and as files for a pipeline's jobs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Self

from checks.analysis.evidence import Evidence
from checks.errors import OutputError
from checks.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings, writing
from checks.places import append, write_whole
from checks.report.headline import comparison_sentence, headline, worst_check, worst_first
from checks.report.incidents import Incident, incidents
from checks.report.phrases import events_read, full_sentence, limit_text, value_text, verdict_sentence
from checks.report.result import CheckResult, Result
from checks.text import (
    counted,
    display_path,
    markdown_block,
    markdown_inline,
    one_line,
    sentence_case,
    without_mentions,
)
from checks.verdicts.verdict import ExitCode, Verdict

MOST_BYTES: Final = 1024 * 1024
"""The size limit for the summaries of one step: GitHub drops a larger file entirely."""
_MOST_TEMPLATES: Final = 3
_LEFT_OUT: Final = "*Left out, because GitHub drops summaries of more than 1 MiB: {}. The report has all of it.*\n"
_ROOM_FOR_NOTE: Final = 400
_MOST_CHARACTERS: Final = 600
"""The longest summary in one line."""


@dataclass(frozen=True, slots=True)
class StepSummary(Output):
    """The summary of a run in a file, which other runs and steps may share; it is the default on GitHub."""

    name = "summary"
    options: ClassVar[Options] = {
        "--summary": {"metavar": "FILE", "help": "append a summary in Markdown to a file ($GITHUB_STEP_SUMMARY)"}
    }

    file: Path

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if the option or a variable names the file."""
        file = settings.option("summary") or settings.variables.get("GITHUB_STEP_SUMMARY")
        return cls(Path(file).absolute()) if file else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Append as much of the summary as there is room for."""
        file = self.file
        with writing(file):
            text = summary(run.result, run.report, MOST_BYTES - (file.stat().st_size if file.exists() else 0))
            if not text:
                raise OutputError(f"{display_path(file)} has no room left: GitHub drops a summary of more than 1 MiB")
            append(text, file)
        return OutputLog()


def summary(result: Result, report: str, room_bytes: int) -> str:
    """Return the verdict, the checks, the evidence of failures, and the passes, as far as there is room for them."""
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
    """Yield the sections, each with the name by which a note lists it if it is left out."""
    ordered = worst_first(result.checks)
    counting = [] if result.error else [one for one in incidents(result) if not one.is_shadow]
    yield "the verdict", "\n".join(_verdict(result, report))
    for number, incident in enumerate(counting):
        if text := "\n".join(_incident(incident, with_title=number > 0)):
            yield f"why {incident.checks[0].metric} did not pass", f"{text}\n\n"
    others = [check for check in ordered if check.verdict is not Verdict.PASS]
    if others:
        yield "the checks that did not pass", _table(others)
    for incident in counting:
        if incident.verdict is Verdict.FAIL and incident.evidence:
            yield f"the evidence of {incident.checks[0].metric}", "\n".join(_evidence(incident.evidence))
    passed = [check for check in ordered if check.verdict is Verdict.PASS]
    if passed:
        folded = f"<details><summary>{len(passed):,} passed</summary>\n\n{_table(passed)}</details>\n\n"
        yield f"{len(passed):,} passed checks", folded


def _verdict(result: Result, report: str) -> Iterator[str]:
    yield f"## {result.verdict.emoji} {markdown_inline(verdict_sentence(result))}\n"
    if result.error:
        yield markdown_block(f"The logs could not be read: {result.error}".splitlines()) + "\n"
    elif result.verdict is not Verdict.PASS:
        said = sentence_case(headline(result))
        behind = f"<br><sub>{markdown_inline(comparison)}</sub>" if (comparison := comparison_sentence(result)) else ""
        yield f"**{markdown_inline(said)}**{behind}\n"
    if events := events_read(result.receipt):
        yield f"Read from {markdown_inline(', '.join(result.receipt.requested))}: {markdown_inline(events)}\n"
    if report:
        yield f"Report: {markdown_inline(report)}\n"
    yield ""


def _incident(incident: Incident, *, with_title: bool) -> Iterator[str]:
    """Yield what is logged about an incident; its likely cause and its fix, or what to do next."""
    if with_title:
        yield f"### {markdown_inline(sentence_case(incident.title))}\n"
    if incident.log_line:
        yield f"**Logged:** {markdown_inline(incident.log_line)}\n"
    for error in incident.errors:
        yield f"**Error that began with it:** {markdown_inline(error)}\n"
    if cause := incident.cause:
        yield f"**Cause:** {markdown_inline(cause.text)} ({markdown_inline(cause.sighting)})\n"
        yield f"**Fix:** {markdown_inline(cause.fix)} ([{markdown_inline(cause.link_text)}]({cause.link}))\n"
    more = incident.advice.next_steps[1:] if incident.advice and not cause and not incident.next_steps else ()
    steps = (*incident.first_steps, *more)
    yield from (f"- {markdown_inline(step)}" for step in steps)


def _table(checks: Iterable[CheckResult]) -> str:
    rows = (
        "| verdict | check | value | relation | limit | sample | remark |",
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
    yield markdown_inline(_remark(check))


def _remark(check: CheckResult) -> str:
    """Return the part of the sentence that the other cells lack: why it is not a failure, whom to ask, what to do."""
    comparison = f"{check.metric} {value_text(check)} {check.operator} {limit_text(check)}"
    sentence = full_sentence(check).removeprefix("shadow: ")
    return re.sub(r"^( \([^)]*\))?[,;:· ]*", "", sentence.removeprefix(comparison)) if check.operator else sentence


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield f"### Evidence: {evidence.cases:,} {evidence.kind.noun}\n"
    lines = list[str]()
    for template in evidence.templates[:_MOST_TEMPLATES]:
        lines.append(f"{counted(template.events, 'event')}: {template.text}")
        lines += (f"{example.timestamp:%H:%M:%S} {example.message}" for example in template.examples[:1])
    yield f"{markdown_block(lines)}\n\n"


def sentence(result: Result) -> str:
    """Return the run in a sentence: verdict, the check that decided, since when, for whom, and how many others.

    `prod: FAIL — 75 of 400 connections got no welcome message, all since 14:03 UTC (…); 1 more fail`
    """
    behind = f" ({comparison})" if (comparison := comparison_sentence(result)) else ""
    verdict = f"{result.environment}: {result.verdict.upper()} — {headline(result)}{behind}"
    return without_mentions(one_line("; ".join([verdict, *_more(result)]), _MOST_CHARACTERS))


def _more(result: Result) -> Iterator[str]:
    """Yield a remark on broken checks and, unless nothing could be read, the number of others by verdict."""
    if result.exit_code == ExitCode.BROKEN:
        yield "a check itself is broken"
    if result.error:
        return
    worst = worst_check(result.checks)
    others = Counter(check.verdict for check in result.checks if check is not worst and not check.shadow)
    del others[Verdict.PASS]
    yield from (f"{others[verdict]:,} more {verdict}" for verdict in reversed(Verdict) if others[verdict])


@dataclass(frozen=True, slots=True)
class JobFiles(Output):
    """The files `sentence.txt` and `verdict.env` beside the reports, in GitLab CI and Jenkins."""

    name = "files for the jobs that follow"

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if a variable indicates one of these pipelines."""
        variables = settings.variables
        return cls() if variables.get("GITLAB_CI") or variables.get("JENKINS_URL") else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Write both files, each atomically; if one fails, the other is still written."""
        texts = {"sentence.txt": f"{sentence(run.result)}\n", "verdict.env": dotenv(run.result)}
        problems = []
        for name, text in texts.items():
            file = run.folder / name
            try:
                with writing(file):
                    write_whole(text.encode(errors="backslashreplace"), file)
            except OutputError as error:
                problems.append(f"{name}: {error}")
        return OutputLog(problems=tuple(problems))


def dotenv(result: Result) -> str:
    """Return variables for GitLab jobs, shells and Jenkins' readProperties; GitLab allows no spaces in values."""
    return f"HEALTH_VERDICT={result.verdict.value}\nHEALTH_EXIT_CODE={result.exit_code}\n"
