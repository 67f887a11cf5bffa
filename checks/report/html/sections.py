"""What the page shows of the checks, in the order in which a reader needs it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from checks.analysis.evidence import Evidence
from checks.analysis.metrics import METRICS, Cases, Subject
from checks.judge.verdict import Verdict
from checks.report.headline import evidence_for, since_and_whom, worst_check
from checks.report.remedies import Advice, Cause, advice
from checks.report.result import CheckResult, Result

SUBJECT_TITLES: Final = {
    Subject.DATA: "Can we see?",
    Subject.GONE: "GoneException",
    Subject.LIFECYCLE: "Connection lifecycle",
    Subject.WELCOME: "Welcome messages",
}

_ORDER: Final = (
    ("What fails", (Verdict.FAIL,)),
    ("Inconclusive, and errors", (Verdict.INCONCLUSIVE, Verdict.ERROR)),
    ("Warnings", (Verdict.WARN,)),
    ("Waived", (Verdict.WAIVED,)),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence, and in a sentence since when and for whom."""

    evidence: Evidence
    summary: str


@dataclass(frozen=True, slots=True)
class Group:
    """Checks on one subject, with what to do and what was logged.

    Attributes:
        subject: What they are about.
        title: Its name for people.
        checks: Those with a verdict of the section.
        advice: What it may be and what to do; None where it stands in an earlier group.
        found: The evidence that does not stand in an earlier group.
    """

    subject: Subject
    title: str
    checks: tuple[CheckResult, ...]
    advice: Advice | None
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Checks whose verdicts ask for the same attention.

    Attributes:
        title: For people.
        is_urgent: Whether its evidence is open at once.
        groups: By subject.
    """

    title: str
    is_urgent: bool
    groups: tuple[Group, ...]


def sections(result: Result) -> list[Section]:
    """All checks that did not pass, those without a say last; advice and evidence stand once, where first needed."""
    shown: set[Subject | Cases] = set()
    found = []
    for title, verdicts in _ORDER:
        checks = [check for check in result.checks if check.verdict in verdicts and not check.shadow]
        found.append(Section(title, Verdict.FAIL in verdicts, tuple(_groups(result, checks, shown))))
    shadows = [check for check in result.checks if check.shadow and check.verdict is not Verdict.PASS]
    found.append(
        Section("Shadow limits, without a say", is_urgent=False, groups=tuple(_groups(result, shadows, shown)))
    )
    return [section for section in found if section.groups]


def passes(result: Result) -> list[CheckResult]:
    """The checks that passed."""
    return [check for check in result.checks if check.verdict is Verdict.PASS]


def likely_cause(result: Result) -> Cause | None:
    """The likeliest cause of the worst verdict; None where all is well, or nothing in the window speaks for one."""
    worst = worst_check(result)
    if worst is None or worst.verdict is Verdict.PASS:
        return None
    causes = _advice(result, METRICS[worst.metric].subject, [worst]).causes
    return causes[0] if causes and causes[0].seen else None


def _groups(result: Result, checks: Sequence[CheckResult], shown: set[Subject | Cases]) -> Iterator[Group]:
    for subject, members in groupby(checks, key=lambda check: METRICS[check.metric].subject):
        group = tuple(members)
        yield Group(
            subject=subject,
            title=SUBJECT_TITLES[subject],
            checks=group,
            advice=None if subject in shown else _advice(result, subject, group),
            found=tuple(_new_evidence(result, group, shown)),
        )
        shown.add(subject)


def _advice(result: Result, subject: Subject, checks: Sequence[CheckResult]) -> Advice:
    clues = result.overview.clues if result.overview else {}
    return advice(subject, [check.metric for check in checks], clues)


def _new_evidence(result: Result, checks: Sequence[CheckResult], shown: set[Subject | Cases]) -> Iterator[Found]:
    for check in checks:
        evidence = evidence_for(result, check.metric)
        if evidence and evidence.kind not in shown:
            shown.add(evidence.kind)
            yield Found(evidence, ", ".join(since_and_whom(result, evidence)))
