"""Checks stand in the order of the attention that they ask for, and what explains them once."""

from checks.metrics import EvidenceKind
from checks.report.html.verdict_sections import likely_cause, passes, sections
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.report.results import at, check, evidence, failing, overview, result

EVIDENCE = (evidence(EvidenceKind.GONE), evidence(EvidenceKind.GONE_WELCOME), evidence(EvidenceKind.WELCOME_FAILED))


def titles(run: Result) -> list[tuple[str, list[str]]]:
    """The sections, and the checks in them."""
    return [(section.title, [one.id for group in section.groups for one in group.checks]) for section in sections(run)]


def kinds(run: Result) -> list[list[EvidenceKind]]:
    """The evidence of each group, from the top of the page."""
    groups = (group for section in sections(run) for group in section.groups)
    return [[one.evidence.kind for one in group.evidence] for group in groups]


def test_the_order_of_the_verdicts() -> None:
    """What fails, then what could not be judged, warnings and what is waived; what has no say comes last."""
    run = result(
        failing("welcome.sent", shadow=True),
        check("data.events", Verdict.WAIVED),
        check("gone.errors", Verdict.WARN),
        check("lifecycle.open", Verdict.ERROR),
        check("lifecycle.complete", Verdict.INCONCLUSIVE),
        failing("welcome.failed"),
        check("welcome.retries"),
    )
    assert titles(run) == [
        ("What fails", ["welcome.failed"]),
        ("Inconclusive, and errors", ["lifecycle.open", "lifecycle.complete"]),
        ("Warnings", ["gone.errors"]),
        ("Waived", ["data.events"]),
        ("Shadow limits, without a say", ["welcome.sent"]),
    ]
    assert [one.id for one in passes(run)] == ["welcome.retries"]


def test_a_shadow_that_passes_is_a_pass() -> None:
    """Each check is in one place only."""
    run = result(check(shadow=True))
    assert sections(run) == []
    assert passes(run) == list(run.checks)


def test_only_failures_that_count_are_urgent() -> None:
    """A shadow that fails is not."""
    run = result(failing(), check("gone.connections", Verdict.WARN), failing("welcome.failed", shadow=True))
    assert [section.is_urgent for section in sections(run)] == [True, False, False]


def test_checks_on_a_subject_stand_together() -> None:
    """Under the name of the subject."""
    (section,) = sections(result(failing(), failing("gone.connections"), failing("welcome.failed")))
    assert [(group.title, len(group.checks)) for group in section.groups] == [
        ("GoneException", 2),
        ("Welcome messages", 1),
    ]


def test_the_worst_stands_first() -> None:
    """Of the checks on a subject, and of the subjects in a section by their worst check."""
    run = result(
        failing("gone.errors", 6),
        failing("gone.connections", 9),
        failing("welcome.failed", 7),
        failing("welcome.retries", 70),
    )
    assert titles(run) == [("What fails", ["welcome.retries", "welcome.failed", "gone.connections", "gone.errors"])]


def test_advice_on_a_subject_stands_once() -> None:
    """Where it is first needed."""
    run = result(failing(), check("gone.connections", Verdict.WARN), check("welcome.failed", Verdict.WARN))
    groups = [group for section in sections(run) for group in section.groups]
    assert [group.advice is not None for group in groups] == [True, False, True]


def test_evidence_stands_once() -> None:
    """Where it is first needed, whichever of the metrics counts the same cases."""
    run = result(failing("gone.errors"), failing("gone.connections"), evidence=EVIDENCE)
    assert kinds(run) == [[EvidenceKind.GONE]]
    run = result(failing("gone.errors"), check("gone.connections", Verdict.WARN), evidence=EVIDENCE)
    assert kinds(run) == [[EvidenceKind.GONE], []]


def test_evidence_of_another_kind_stands_in_a_later_section() -> None:
    """Also where the kind has the name of the subject, which was told of before."""
    run = result(failing("gone.welcome_errors"), check("gone.errors", Verdict.WARN), evidence=EVIDENCE)
    assert kinds(run) == [[EvidenceKind.GONE_WELCOME], [EvidenceKind.GONE]]


def test_a_check_without_evidence_has_none() -> None:
    """Where it counts nothing single, or there was nothing of the kind."""
    assert kinds(result(failing("data.events"), failing("lifecycle.incomplete"), evidence=EVIDENCE)) == [[], []]


def test_evidence_tells_since_when_and_for_whom() -> None:
    """In a sentence beside it."""
    (section,) = sections(result(failing(), evidence=(evidence(began=at(hours=3), connections=2),)))
    assert section.groups[0].evidence[0].summary == "began 2026-06-02 03:00:00 UTC, 2 connections (50 % of 4 seen)"


def test_the_likely_cause_is_one_that_was_seen() -> None:
    """That of the worst check; where nothing speaks for one, none is named."""
    indicated = overview(indicators={"gone_after_disconnect": 3, "gone_after_idle": 7})
    cause = likely_cause(result(failing(), overview=indicated))
    assert cause is not None
    assert cause.seen == 7
    assert likely_cause(result(failing(), overview=overview())) is None
    assert likely_cause(result(failing())) is None


def test_a_run_that_is_well_has_no_cause() -> None:
    """Whatever was seen, and where nothing counts, too."""
    indicated = overview(indicators={"gone_after_idle": 7})
    assert likely_cause(result(check(), overview=indicated)) is None
    assert likely_cause(result(failing(shadow=True), overview=indicated, verdict=Verdict.PASS)) is None
