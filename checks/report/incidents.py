"""Incidents: groups of checks that count the same cases, each with a headline, a likely cause and a fix."""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from math import ceil
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.evidence import CoincidentError, Evidence
from checks.metrics import METRICS, EvidenceKind, OnBreach
from checks.places import COMMAND
from checks.report.headline import (
    clock,
    error_and_hint,
    evidence_for,
    finding_sentence,
    is_of_one_client,
    suspected_deploy,
    worst_first,
)
from checks.report.links import Advice, Cause, advice
from checks.report.phrases import is_unread
from checks.report.result import CheckResult, Result
from checks.text import counted, one_line, sentence_case
from checks.verdicts.verdict import Verdict

_SAME: Final = 0.8
"""Two kinds of cases are one incident if they share at least this part of the smaller kind's connections."""
_FEW: Final = 0.2
"""A cause explains an incident only if it was seen on at least this share of the cases."""

_FAILURES: Final = frozenset(
    {EvidenceKind.UNDELIVERED, EvidenceKind.WELCOME_FAILED, EvidenceKind.GONE, EvidenceKind.GONE_WELCOME}
)
"""The kinds of cases whose log lines give the reason; the lines of other kinds only show that cases occurred."""
_LONGEST_LINE: Final = 300


class Obstacle(StrEnum):
    """The obstacle to a verdict: the reason why the checks of an incident do not blame the service."""

    NONE = ""
    UNREAD = "nothing could be read"
    INCOMPLETE = "a part could not be read"
    TOO_LITTLE = "too little data"
    UNDECIDED = "too close to call"


class Incident(Struct, frozen=True):
    """An incident: what went wrong, which checks say so, why, and what to do.

    Attributes:
        checks: The checks that count the same cases, the worst first.
        advice: Likely causes and fixes; None if nothing is certainly wrong.
        next_steps: What to do if there is too little data, or nothing could be read; otherwise empty.
        evidence: The cases of the worst check; None if no event or connection shows them.
        failures: The cases of its first check whose log lines give the reason; None if there is no such check.
        errors: Errors that set in together with its cases: `21 times since 14:03 UTC: TypeError: no such key`.
        deploy_step: What to do about the deploy that is suspected; empty if none is.
        obstacle: The obstacle to a verdict on its checks, if any.
    """

    checks: tuple[CheckResult, ...]
    title: str
    advice: Advice | None
    next_steps: tuple[str, ...]
    evidence: Evidence | None
    failures: Evidence | None
    errors: tuple[str, ...] = ()
    deploy_step: str = ""
    obstacle: Obstacle = Obstacle.NONE

    @property
    def verdict(self) -> Verdict:
        """The verdict of its worst check."""
        return self.checks[0].verdict

    @property
    def first_steps(self) -> tuple[str, ...]:
        """What to do first: its next steps, or else the first step of the advice: a fix waits for a roll-back."""
        is_first = self.advice is not None and (self.deploy_step or not self.cause)
        return self.next_steps or (self.advice.next_steps[:1] if self.advice and is_first else ())

    @property
    def is_shadow(self) -> bool:
        """Whether it is only shown and does not affect the run's verdict."""
        return self.checks[0].shadow

    @property
    def is_unread(self) -> bool:
        """Whether its checks found nothing, because nothing could be read."""
        return self.obstacle is Obstacle.UNREAD

    @property
    def listed(self) -> tuple[CheckResult, ...]:
        """The checks with a finding of their own: without those undecided only because the read is incomplete."""
        if self.is_unread:
            return ()
        waits = Verdict.INCONCLUSIVE if self.obstacle is Obstacle.INCOMPLETE else None
        return tuple(one for one in self.checks if one.verdict is not waits)

    @property
    def unlisted(self) -> str:
        """A sentence on the checks that are not listed; empty if all are."""
        if self.is_unread:
            return "Nothing is known about them: see the error above."
        number = len(self.checks) - len(self.listed)
        because = "cannot be judged: missing events may change the result. The table below has the numbers so far."
        return f"{counted(number, 'more check' if self.listed else 'check')} {because}" if number else ""

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"incident-{self.checks[0].id.replace('.', '-')}"

    @property
    def cause(self) -> Cause | None:
        """The likeliest cause that was seen on more than a few of its cases."""
        return next(iter(self._likely), None)

    @property
    def also_seen(self) -> tuple[Cause, ...]:
        """Other causes that were seen on more than a few of its cases."""
        return self._likely[1:]

    @property
    def log_line(self) -> str:
        """The log line that explains most cases: `TypeError: no such key (21 of 21 cases)`; empty if none does."""
        failures = self.failures
        if failures is None or not failures.templates:
            return ""
        most, cases = failures.templates[0], failures.cases
        number = min(most.events, cases)
        line = one_line(message_of(most.examples[0].message), _LONGEST_LINE)
        return f"{line} ({number:,} of {counted(cases, 'case')})" if 2 * number >= cases else ""

    @property
    def _likely(self) -> tuple[Cause, ...]:
        causes = self.advice.causes if self.advice else ()
        return tuple(one for one in causes if one.seen and one.seen >= _FEW * (one.cases or 0))

    @property
    def unlikely(self) -> tuple[Cause, ...]:
        """The other known causes."""
        causes = self.advice.causes if self.advice else ()
        return tuple(one for one in causes if one is not self.cause and one not in self.also_seen)


_MESSAGE_FIELDS: Final = ("message", "msg", "event", "errorMessage")
_ERROR_FIELDS: Final = ("error", "err", "thrown", "exception", "stack")
_HIDDEN: Final = re.compile(r'(":\s?)\[([a-z-]+)\]')
"""The mark that redaction put in place of a value, without quotation marks."""


def message_of(line: str) -> str:
    """Return the message of a log line: the words before a JSON record, or else the record's own, and its error."""
    words, brace, fields = line.partition("{")
    try:
        record = msgspec.json.decode(_HIDDEN.sub(r'\1"[\2]"', brace + fields)) if brace else {}
    except msgspec.DecodeError:  # truncated, or not JSON
        return line
    error, words = _error_of(record), words.strip().rstrip(":")
    if words and not error:
        return line
    message = words or next((record[name] for name in _MESSAGE_FIELDS if isinstance(record.get(name), str)), line)
    return message if error in message else f"{message}: {error}"


def _error_of(record: dict[str, Any]) -> str:
    """Return the error of a JSON record on one line; empty if it has none in a field of its own."""
    error = next((record[name] for name in _ERROR_FIELDS if record.get(name)), None)
    if isinstance(error, str):
        lines = error.strip().splitlines() or [""]
        return lines[-1 if lines[0].startswith("Traceback") else 0]  # Python names the error last
    if not isinstance(error, dict):  # as in Lambda's own format and Elastic's
        error = {name: record.get(f"error{name.title()}", record.get(f"error.{name}")) for name in ("type", "message")}
    parts = (error.get("type", error.get("name")), error.get("message"))
    return ": ".join(part.strip().partition("\n")[0] for part in parts if isinstance(part, str))


def incidents(result: Result) -> list[Incident]:
    """Return the incidents of a run, the worst first; each check that did not pass is in one of them."""
    return [_incident(result, members) for members in _groups(result)]


def _groups(result: Result) -> list[list[CheckResult]]:
    groups: list[list[CheckResult]] = []
    for check in worst_first(check for check in result.checks if check.verdict is not Verdict.PASS):
        same = next((group for group in groups if _is_same(result, group[0], check)), None)
        if same is None:
            groups.append([check])
        else:
            same.append(check)
    return groups


def _is_same(result: Result, one: CheckResult, other: CheckResult) -> bool:
    """Whether two checks belong to one incident: they count the same cases, or have the same obstacle."""
    obstacle = _obstacle(one, result)
    if obstacle is not _obstacle(other, result) or one.shadow != other.shadow:
        return False
    if obstacle:
        return True
    mine, others = evidence_for(result, one.metric), evidence_for(result, other.metric)
    if mine is None or others is None:
        return mine is others and METRICS[one.metric].subject is METRICS[other.metric].subject
    smaller = max(min(mine.connections, others.connections), 1)
    return mine is others or mine.shared.get(others.kind, 0) >= _SAME * smaller


def _obstacle(check: CheckResult, result: Result) -> Obstacle:
    """Return the obstacle that kept a check from passing or failing, if any."""
    definition = METRICS[check.metric]
    if is_unread(check, result):
        return Obstacle.UNREAD
    if check.verdict not in {Verdict.INCONCLUSIVE, Verdict.ERROR}:
        return Obstacle.NONE
    if definition.is_from_logs and not result.receipt.complete:
        return Obstacle.INCOMPLETE
    if check.verdict is Verdict.ERROR:  # such as a check of the user's own that is itself broken
        return Obstacle.NONE
    if check.missing:
        return Obstacle.TOO_LITTLE
    return Obstacle.UNDECIDED if definition.breach is OnBreach.FAIL else Obstacle.NONE


def _incident(result: Result, checks: list[CheckResult]) -> Incident:
    lead = checks[0]
    all_evidence = [evidence_for(result, check.metric) for check in checks]
    evidence, obstacle = all_evidence[0], _obstacle(lead, result)
    is_explained = not obstacle and _is_explained(lead)
    deploy_step = _deploy_step(result, evidence) if is_explained and evidence else ""
    return Incident(
        checks=tuple(checks),
        title=_title(result, checks, obstacle),
        advice=_advice(result, checks, evidence, deploy_step) if is_explained else None,
        next_steps=tuple(_next_steps(result, checks, obstacle)),
        evidence=None if obstacle else evidence,
        failures=None if obstacle else next((one for one in all_evidence if one and one.kind in _FAILURES), None),
        errors=tuple(_error_text(result, error) for error in evidence.errors) if evidence and not obstacle else (),
        deploy_step=deploy_step,
        obstacle=obstacle,
    )


def _error_text(result: Result, error: CoincidentError) -> str:
    times = f"{counted(error.events, 'time')} since {clock(result, error.first)}"
    return f"{times}: {one_line(message_of(error.message), _LONGEST_LINE)}"


def _title(result: Result, checks: Sequence[CheckResult], obstacle: Obstacle) -> str:
    match obstacle:
        case Obstacle.UNREAD:
            return f"{counted(len(checks), 'check')} not measured"
        case Obstacle.INCOMPLETE:
            return "the logs were not read completely"
        case _:
            return finding_sentence(result, checks[0])


def _is_explained(check: CheckResult) -> bool:
    """Whether a check needs an explanation: an inconclusive one does only if it is about the logs."""
    if check.verdict is Verdict.INCONCLUSIVE:
        return METRICS[check.metric].breach is not OnBreach.FAIL
    return check.verdict is not Verdict.ERROR or check.value is not None


def _advice(result: Result, checks: Iterable[CheckResult], evidence: Evidence | None, deploy_step: str) -> Advice:
    """Return the advice on the subject of the worst check, by the indicators on its cases, or else in the window."""
    lead, *_ = checks = list(checks)
    subject = METRICS[lead.metric].subject
    metrics = [check.metric for check in checks if METRICS[check.metric].subject is subject]
    if evidence:
        card = advice(subject, metrics, evidence.indicators, evidence.cases)
    else:
        card = advice(subject, metrics, result.overview.indicators if result.overview else {})
    step = deploy_step or card.deploy_step
    return replace(card, next_steps=(step, *card.next_steps)) if step else card


def _deploy_step(result: Result, evidence: Evidence) -> str:
    """Return what to do about the suspected deploy; empty if no deploy is suspected."""
    deploy = suspected_deploy(result, evidence)
    if deploy is None:
        return ""
    _, name = deploy
    return f"It is over: read what {name} changed." if evidence.ended else f"Roll back {name}, or read what it changed."


_LONGEST_STEP: Final = 200
"""The longest error hint that is shown as a step; longer ones are lists to look something up in."""


def _next_steps(result: Result, checks: Sequence[CheckResult], obstacle: Obstacle) -> Iterator[str]:
    doctor, of_files = f"`{COMMAND} doctor -E {result.environment}`", is_of_files(result)
    match obstacle:
        case Obstacle.UNREAD:
            _, hint = error_and_hint(result)
            if 0 < len(hint) <= _LONGEST_STEP:
                yield f"{sentence_case(hint)}."
            yield CHECK_FILE if of_files else f"Find out what is missing: {doctor}"
        case Obstacle.INCOMPLETE:
            again = "Export or copy the file that is named here again, and repeat the run."
            yield again if of_files else f"Repeat the run. If it stops again, look for the reason: {doctor}"
            yield "Until then, take this as neither a pass nor a failure: the missing events may change it."
        case Obstacle.TOO_LITTLE:
            yield from _ways_to_more_data(result, max(checks, key=lambda check: check.missing))
        case Obstacle.NONE if all(map(is_of_one_client, checks)):
            yield "Search the logs for that connection: its lines identify the client. All others are within the limit."


def is_of_files(result: Result) -> bool:
    """Whether the run reads files, and not a lake."""
    return result.receipt.source == "files" or bool(re.search(r" --logs (?!s3://)", result.command))


CHECK_FILE: Final = "Check the file that the error names, or export it again, and repeat the run."
"""The advice if files could not be read."""
_MOST_HOURS: Final = 24 * 30


def _ways_to_more_data(result: Result, check: CheckResult) -> Iterator[str]:
    """Yield ways to decide a check whose sample is too small."""
    n, window = check.n or 0, result.window
    # A window that begins with a deploy cannot be made longer.
    if n and window and result.receipt.fetch and not result.deployed:
        hours = ceil(window.length.total_seconds() / 3600 * (n + check.missing) / n)
        if hours <= _MOST_HOURS:
            yield f"Look at a longer window: -T {hours} should be enough at this rate of traffic."
    if result.receipt.fetch:
        yield "After a deploy, wait until enough has been seen: --wait 2h. At night, judge several nights."
    else:
        yield "Add the logs of more days: repeat --logs for each file. From CloudWatch, take a larger -T."
    yield f"If so little traffic is normal, drop the limit ({check.metric}: off) or set on_inconclusive: pass for it."
