"""Incidents: checks that count the same cases are one, with one story, its likely cause and its fix."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from math import ceil
from typing import Final

from msgspec import Struct

from checks.analysis.evidence import Evidence
from checks.metrics import METRICS, OnBreach
from checks.places import COMMAND
from checks.report.headline import account, error_and_hint, evidence_for, worst_first
from checks.report.links import Advice, Cause, advice
from checks.report.result import CheckResult, Result
from checks.text import counted, sentence_case
from checks.verdicts.verdict import Verdict

SAME: Final = 0.8
"""Two kinds of cases are one incident if they share this part of the smaller one's connections."""
FEW: Final = 0.2
"""A cause that was seen on a smaller part of its cases does not explain an incident."""


class Obstacle(StrEnum):
    """An obstacle to a verdict: why checks of an incident accuse nobody."""

    NONE = ""
    UNREAD = "nothing could be read"
    INCOMPLETE = "a part could not be read"
    TOO_LITTLE = "too little data"
    UNDECIDED = "too close to call"


class Incident(Struct, frozen=True):
    """An incident: what went wrong, which checks say so, why, and what to do.

    Attributes:
        checks: That count the same cases, the worst first.
        advice: What it may be and what to do; None where nothing is wrong for sure.
        next_steps: What to do where there is too little data, or nothing could be read; else empty.
        evidence: The cases of the worst check; None where no event or connection shows them.
        obstacle: To a verdict on its checks, if there is one.
    """

    checks: tuple[CheckResult, ...]
    title: str
    advice: Advice | None
    next_steps: tuple[str, ...]
    evidence: Evidence | None
    obstacle: Obstacle = Obstacle.NONE

    @property
    def verdict(self) -> Verdict:
        """The verdict of its worst check."""
        return self.checks[0].verdict

    @property
    def is_shadow(self) -> bool:
        """Whether it is only shown, without a say in the run's verdict."""
        return self.checks[0].shadow

    @property
    def is_unread(self) -> bool:
        """Whether it is only that nothing could be read: its checks have nothing to say."""
        return self.obstacle is Obstacle.UNREAD

    @property
    def listed(self) -> tuple[CheckResult, ...]:
        """The checks with a finding of their own: not those that are undecided only because the read is incomplete."""
        if self.is_unread:
            return ()
        waits = Verdict.INCONCLUSIVE if self.obstacle is Obstacle.INCOMPLETE else None
        return tuple(one for one in self.checks if one.verdict is not waits)

    @property
    def unlisted(self) -> str:
        """A sentence on the checks that are not listed; empty where all are."""
        if self.is_unread:
            return "Nothing is known of them: see the error above."
        number = len(self.checks) - len(self.listed)
        because = "cannot be judged: what was not read may change the result. The table below has the numbers so far."
        return f"{counted(number, 'more check' if self.listed else 'check')} {because}" if number else ""

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"incident-{self.checks[0].id.replace('.', '-')}"

    @property
    def cause(self) -> Cause | None:
        """The likeliest cause that was seen among its cases."""
        causes = self.advice.causes if self.advice else ()
        return causes[0] if causes and causes[0].seen else None

    @property
    def also_seen(self) -> tuple[Cause, ...]:
        """Other causes that were seen on more than a few of its cases."""
        causes = self.advice.causes[1:] if self.advice else ()
        return tuple(one for one in causes if one.seen >= FEW * (one.cases or 0) and one.seen)

    @property
    def unlikely(self) -> tuple[Cause, ...]:
        """All other causes that are known."""
        causes = self.advice.causes if self.advice else ()
        return tuple(one for one in causes if one is not self.cause and one not in self.also_seen)


def incidents(result: Result) -> list[Incident]:
    """The incidents of a run, the worst first; each check that did not pass is in one of them."""
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
    """Whether two checks tell of one incident: what they count is the same, or they could not look for one reason."""
    obstacle = _obstacle(one, result)
    if obstacle is not _obstacle(other, result) or one.shadow != other.shadow:
        return False
    if obstacle:
        return True
    mine, others = evidence_for(result, one.metric), evidence_for(result, other.metric)
    if mine is None or others is None:
        return mine is others and METRICS[one.metric].subject is METRICS[other.metric].subject
    return mine is others or mine.shared.get(others.kind, 0) >= SAME * max(min(mine.connections, others.connections), 1)


def _obstacle(check: CheckResult, result: Result) -> Obstacle:
    """What kept a check from a verdict that accuses anybody, if anything did."""
    definition = METRICS[check.metric]
    if check.verdict is Verdict.ERROR and definition.is_from_logs:
        return Obstacle.UNREAD if check.value is None and result.error else Obstacle.INCOMPLETE
    if check.verdict is not Verdict.INCONCLUSIVE:
        return Obstacle.NONE
    if definition.is_from_logs and not result.receipt.complete:
        return Obstacle.INCOMPLETE
    if check.missing:
        return Obstacle.TOO_LITTLE
    return Obstacle.UNDECIDED if definition.breach is OnBreach.FAIL else Obstacle.NONE


def _incident(result: Result, checks: list[CheckResult]) -> Incident:
    lead = checks[0]
    evidence = evidence_for(result, lead.metric)
    obstacle = _obstacle(lead, result)
    return Incident(
        checks=tuple(checks),
        title=_title(result, checks, obstacle),
        advice=None if obstacle or not _is_explained(lead) else _advice(result, checks, evidence),
        next_steps=tuple(_next_steps(result, checks, obstacle)),
        evidence=None if obstacle else evidence,
        obstacle=obstacle,
    )


def _title(result: Result, checks: Sequence[CheckResult], obstacle: Obstacle) -> str:
    match obstacle:
        case Obstacle.UNREAD:
            return f"{counted(len(checks), 'check')} not measured"
        case Obstacle.INCOMPLETE:
            return "the logs were not read completely"
        case _:
            return account(result, checks[0])


def _is_explained(check: CheckResult) -> bool:
    """Whether there is something to explain: an undecided number accuses nobody, unless it is about the logs."""
    if check.verdict is Verdict.INCONCLUSIVE:
        return METRICS[check.metric].breach is not OnBreach.FAIL
    return check.verdict is not Verdict.ERROR or check.value is not None


def _advice(result: Result, checks: Iterable[CheckResult], evidence: Evidence | None) -> Advice:
    """What is known of the subject of the worst check, by what was seen on its cases, or else in the window."""
    lead, *_ = checks = list(checks)
    subject = METRICS[lead.metric].subject
    metrics = [check.metric for check in checks if METRICS[check.metric].subject is subject]
    if evidence:
        return advice(subject, metrics, evidence.indicators, evidence.cases)
    return advice(subject, metrics, result.overview.indicators if result.overview else {})


def _next_steps(result: Result, checks: Iterable[CheckResult], obstacle: Obstacle) -> Iterator[str]:
    if obstacle is Obstacle.UNREAD and (hint := error_and_hint(result)[1]):
        yield f"{sentence_case(hint)}."
    match obstacle:
        case Obstacle.UNREAD if is_of_files(result):
            yield CHECK_FILE
        case Obstacle.UNREAD:
            yield f"Find out what is missing: {COMMAND} doctor -E {result.environment}"
        case Obstacle.INCOMPLETE if is_of_files(result):
            yield "Export or copy the file that is named here again, and repeat the run."
        case Obstacle.INCOMPLETE:
            doctor = f"{COMMAND} doctor -E {result.environment}"
            yield f"Repeat the run. If it stops again, look for the reason: {doctor}"
        case Obstacle.TOO_LITTLE:
            yield from _ways_to_more_data(result, max(checks, key=lambda check: check.missing))
    if obstacle is Obstacle.INCOMPLETE:
        yield "Until then, take this for neither a pass nor a failure: what was not read may change it."


def is_of_files(result: Result) -> bool:
    """Whether files were read, or were to be read."""
    return result.receipt.source == "files" or " --logs " in result.command


CHECK_FILE: Final = "Check the file that the error names, or export it again, and repeat the run."
"""What to do where files could not be read."""
_MOST_HOURS: Final = 24 * 30


def _ways_to_more_data(result: Result, check: CheckResult) -> Iterator[str]:
    """Yield what would decide a check whose sample is too small."""
    n, window = check.n or 0, result.window
    if n and window and result.receipt.fetch:
        hours = ceil(window.length.total_seconds() / 3600 * (n + check.missing) / n)
        if hours <= _MOST_HOURS:
            yield f"Look at a longer window: -T {hours} should be enough at this rate of traffic."
    if result.receipt.fetch:
        yield "After a deploy, wait until enough has been seen: --wait 2h. At night, judge several nights."
    else:
        yield "Add the logs of more days: repeat --logs for each file. From CloudWatch, take a larger -T."
    yield f"If so little traffic is normal, drop the limit ({check.metric}: off) or set on_inconclusive: pass for it."
