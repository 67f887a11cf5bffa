"""Sections of the page: its checks, in the order in which a reader needs them, with advice and evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from checks.analysis.evidence import Evidence
from checks.metrics import METRICS, EvidenceKind, Subject
from checks.report.phrases import evidence_for, since_and_whom, worst_check, worst_first
from checks.report.remedies import Advice, Cause, advice
from checks.report.result import CheckResult, Result
from checks.verdicts.verdict import Verdict

SUBJECT_TITLES: Final = {
    Subject.DATA: "Can we see?",
    Subject.GONE: "GoneException",
    Subject.LIFECYCLE: "Connection lifecycle",
    Subject.WELCOME: "Welcome messages",
    Subject.ERRORS: "Errors",
    Subject.LAMBDA: "Invocations",
    Subject.API: "API Gateway",
    Subject.TRACING: "Tracing",
    Subject.ALARMS: "Alarms",
    Subject.OWN: "Your own checks",
}

_COUNTING: Final = (
    ("What fails", (Verdict.FAIL,)),
    ("Inconclusive, and errors", (Verdict.INCONCLUSIVE, Verdict.ERROR)),
    ("Warnings", (Verdict.WARN,)),
    ("Waived", (Verdict.WAIVED,)),
)


@dataclass(frozen=True, slots=True)
class EvidenceSection:
    """Evidence on the page, and in a sentence since when and for whom."""

    evidence: Evidence
    summary: str


@dataclass(frozen=True, slots=True)
class SubjectGroup:
    """A group of checks on one subject, with what to do and what was logged.

    Attributes:
        title: The subject, for people.
        checks: Those with a verdict of the section, the worst first.
        advice: What it may be and what to do; None where it stands in an earlier group.
        evidence: What does not stand in an earlier group.
    """

    title: str
    checks: tuple[CheckResult, ...]
    advice: Advice | None
    evidence: tuple[EvidenceSection, ...]


@dataclass(frozen=True, slots=True)
class VerdictSection:
    """A section of checks whose verdicts ask for the same attention.

    Attributes:
        title: For people.
        is_urgent: Whether its evidence is open at once.
        groups: By subject, that of the worst check first.
    """

    title: str
    is_urgent: bool
    groups: tuple[SubjectGroup, ...]


@dataclass(frozen=True, slots=True)
class _Remaining:
    """The subjects and the evidence that no group has yet, while groups are made from the top of the page."""

    subjects: set[Subject]
    evidence: dict[EvidenceKind, Evidence]


def sections(result: Result) -> list[VerdictSection]:
    """The sections of all checks that did not pass; advice and evidence stand once, where first needed."""
    remaining = _Remaining(set(Subject), {evidence.kind: evidence for evidence in result.evidence})
    return [
        VerdictSection(title, any(map(_is_urgent, checks)), tuple(_groups(result, checks, remaining)))
        for title, checks in _by_attention(result)
        if checks
    ]


def passes(result: Result) -> list[CheckResult]:
    """The checks that passed."""
    return [check for check in result.checks if check.verdict is Verdict.PASS]


def likely_cause(result: Result) -> Cause | None:
    """The likeliest cause of the worst verdict; None where all is well, or nothing in the window speaks for one."""
    worst = worst_check(result.checks)
    if worst is None or worst.verdict is Verdict.PASS:
        return None
    causes = _advice(result, METRICS[worst.metric].subject, [worst]).causes
    return causes[0] if causes and causes[0].seen else None


def _by_attention(result: Result) -> Iterator[tuple[str, list[CheckResult]]]:
    for title, verdicts in _COUNTING:
        yield title, [check for check in result.checks if check.verdict in verdicts and not check.shadow]
    shadows = [check for check in result.checks if check.shadow and check.verdict is not Verdict.PASS]
    yield "Shadow limits, without a say", shadows


def _is_measured(check: CheckResult) -> bool:
    """Whether there is anything to explain: why nothing could be looked at is said by the check itself."""
    return check.verdict is not Verdict.ERROR or check.value is not None


def _is_urgent(check: CheckResult) -> bool:
    return check.verdict is Verdict.FAIL and not check.shadow


def _groups(result: Result, checks: Iterable[CheckResult], remaining: _Remaining) -> Iterator[SubjectGroup]:
    """Yield the checks by subject; the worst comes first, in each group and at its head among the groups."""
    by_subject: dict[Subject, list[CheckResult]] = {}
    for check in worst_first(checks):
        by_subject.setdefault(METRICS[check.metric].subject, []).append(check)
    for subject, members in by_subject.items():
        group = tuple(members)
        is_new = subject in remaining.subjects and any(map(_is_measured, group))
        remaining.subjects.difference_update({subject} if is_new else ())
        yield SubjectGroup(
            title=SUBJECT_TITLES[subject],
            checks=group,
            advice=_advice(result, subject, group) if is_new else None,
            evidence=tuple(_new_evidence(result, group, remaining)),
        )


def _advice(result: Result, subject: Subject, checks: Iterable[CheckResult]) -> Advice:
    indicators = result.overview.indicators if result.overview else {}
    return advice(subject, [check.metric for check in checks], indicators)


def _new_evidence(result: Result, checks: Iterable[CheckResult], remaining: _Remaining) -> Iterator[EvidenceSection]:
    for check in checks:
        evidence = evidence_for(result, check.metric)
        if evidence and remaining.evidence.pop(evidence.kind, None):
            yield EvidenceSection(evidence, ", ".join(since_and_whom(result, evidence)))
