"""Checks that count the same cases are one incident, with one cause and what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TypeAlias

import pytest
from msgspec import structs

from checks.analysis.analyse import Analysis
from checks.analysis.evidence import CoincidentError, Evidence, find_evidence
from checks.metrics import METRICS, EvidenceKind
from checks.report.headline import headline
from checks.report.incidents import incidents, message_of
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import examined_file
from tests.report.results import (
    at,
    check,
    deploy,
    evidence,
    failing,
    fetch,
    logged,
    overview,
    reading,
    receipt,
    result,
    template,
    unread,
)
from tests.simulator import emit, scenarios
from tests.simulator.scenarios import BLEMISHES, Blemish
from tests.simulator.story import Scenario

GONE = evidence(EvidenceKind.GONE, connections=10, shared={EvidenceKind.UNDELIVERED: 8, EvidenceKind.RETRIED: 7})
UNDELIVERED = evidence(EvidenceKind.UNDELIVERED, connections=20, shared={EvidenceKind.GONE: 8})
RETRIED = evidence(EvidenceKind.RETRIED, connections=30, shared={EvidenceKind.GONE: 7})


def names(run: Result) -> list[list[str]]:
    """Return the checks of each incident."""
    return [[one.id for one in incident.checks] for incident in incidents(run)]


def test_checks_that_count_the_same_cases_are_one_incident() -> None:
    """They have the same kind, or kinds that share four fifths of the smaller one's connections."""
    run = result(
        failing("gone.errors"),
        failing("gone.connections", 9),
        failing("welcome.undelivered_rate", 0.5, n=40, limit=0.05),
        failing("welcome.retries", 900),
        evidence=(GONE, UNDELIVERED, RETRIED),
    )
    assert names(run) == [["welcome.undelivered_rate", "gone.connections", "gone.errors"], ["welcome.retries"]]


def test_one_client_is_no_incident_of_the_others() -> None:
    """The title is the check's sentence with both shares, not the share of those who keep the limit."""
    sentence = "lifecycle.short_lived_rate 70 %: one client, …; without it 6 % <= max 60 % (6 of 100)"
    alone = check("lifecycle.short_lived_rate", Verdict.WARN, sentence, value=0.06, n=100, limit=0.6)
    of_many = failing("lifecycle.incomplete_rate", 0.5, verdict=Verdict.WARN, n=100, limit=0.4, bound="warn")
    titles = [(one.title, one.cause, one.first_steps[0]) for one in incidents(result(alone))]
    assert titles == [
        (
            sentence,
            None,
            "Search the logs for that connection: its lines identify the client. All others are within the limit.",
        )
    ]
    assert [one.title for one in incidents(result(of_many))] == [
        "50 of 100 connections had no $connect or no $disconnect"
    ]


def test_checks_without_cases_are_together_by_their_subject() -> None:
    """Nothing else shows what belongs together."""
    run = result(failing("errors.events"), failing("data.events"), failing("errors.new_signatures", 70))
    assert names(run) == [["errors.new_signatures", "errors.events"], ["data.events"]]


def test_every_check_that_did_not_pass_is_in_one_incident() -> None:
    """The worst comes first; a shadow is separate, and last."""
    run = result(
        check("data.events"),
        check("welcome.sent", Verdict.WARN),
        failing("gone.errors", shadow=True),
        failing("gone.connections"),
        evidence=(GONE,),
    )
    assert names(run) == [["gone.connections"], ["welcome.sent"], ["gone.errors"]]
    assert [one.is_shadow for one in incidents(run)] == [False, False, True]
    assert incidents(result()) == []


def test_what_could_not_be_read_is_one_incident() -> None:
    """It says what to do, without advice on subjects about which nothing is known."""
    blind = [check(name, Verdict.ERROR, value=None) for name in ("gone.errors", "welcome.sent")]
    (only,) = incidents(unread("access denied", *blind))
    assert only.title == "2 checks not measured"
    assert only.advice is None
    assert only.next_steps == ("Find out what is missing: `websocket-health-checks doctor -E dev`",)


def test_a_file_that_cannot_be_read_needs_no_permission() -> None:
    """If files were named, looking at AWS does not help."""
    run = structs.replace(unread("log.jsonl: no such file"), command="websocket-health-checks -E dev --logs log.jsonl")
    assert incidents(run)[0].next_steps == (
        "Check the file that the error names, or export it again, and repeat the run.",
    )
    lake = structs.replace(run, command="websocket-health-checks -E dev --logs s3://lake/dev")
    assert incidents(lake)[0].next_steps == ("Find out what is missing: `websocket-health-checks doctor -E dev`",)


@pytest.mark.parametrize(
    ("source", "step"),
    [
        ("files", "Export or copy the file that is named here again"),
        ("CloudWatch", "Repeat the run. If it stops again"),
    ],
)
def test_a_part_that_was_not_read_is_one_incident(source: str, step: str) -> None:
    """It says what to do, with one line for all waiting checks and no advice on their subjects."""
    gap = failing("data.gaps", 1, verdict=Verdict.ERROR)
    waiting = [check(name, Verdict.INCONCLUSIVE, value=0.0, n=12) for name in ("gone.errors", "data.near_miss_rate")]
    incomplete = receipt(reading(), source=source, complete=False, gaps=("half a gzip",))
    (only,) = incidents(result(*waiting, gap, receipt=incomplete))
    assert only.title == "the logs were not read completely"
    assert only.listed == (gap,)
    assert only.unlisted.startswith("2 more checks cannot be judged")
    assert (only.advice, only.evidence) == (None, None)
    assert only.next_steps[0].startswith(step)


def test_too_little_data_accuses_nobody() -> None:
    """One incident says what is missing and how to get it, for files and for CloudWatch."""
    few = [
        check(name, Verdict.INCONCLUSIVE, value=0.0, n=12, missing=missing)
        for name, missing in (("gone.connection_rate", 38), ("welcome.failure_rate", 47))
    ]
    seen = overview(indicators={"welcome_gone": 3, "gone_in_connect": 3})
    (only,) = incidents(result(*few, overview=seen, evidence=(GONE,)))
    assert only.title == "too little data: 12 welcome messages, 59 needed (47 more)"
    assert (only.advice, only.cause, only.evidence) == (None, None, None)
    assert "--logs" in only.next_steps[0]
    from_cloudwatch = receipt(result().receipt.reading, fetch=fetch())
    (only,) = incidents(result(*few, receipt=from_cloudwatch))
    assert "-T 118" in only.next_steps[0]
    assert "--wait" in only.next_steps[1]
    assert "welcome.failure_rate: off" in only.next_steps[-1]


def test_logs_that_say_too_little_have_advice() -> None:
    """Lines that are not understood don't mean a failure of the service, but have causes."""
    (only,) = incidents(result(check("data.unseen_signals", Verdict.INCONCLUSIVE, value=1.0, limit=0.0)))
    assert only.advice is not None


def test_a_cause_is_counted_among_the_cases() -> None:
    """What was seen elsewhere in the window explains nothing."""
    mine = evidence(cases=4, indicators={"gone_after_idle": 3, "gone_repeated": 1})
    (only,) = incidents(result(failing(), evidence=(mine,), overview=overview(indicators={"gone_repeated": 16})))
    assert only.cause is not None
    assert only.cause.sighting == "seen in 3 of 4 cases"
    assert [one.seen for one in only.also_seen] == [1]
    (vague,) = incidents(result(failing(), evidence=(evidence(),)))
    assert vague.cause is None
    assert vague.unlikely


def test_a_cause_of_few_cases_is_none() -> None:
    """One case in five is enough; below that, it is listed with the other known causes."""
    for seen, is_likely in ((20, True), (19, False)):
        mine = evidence(cases=100, indicators={"gone_after_idle": seen})
        (only,) = incidents(result(failing(), evidence=(mine,)))
        assert (only.cause is not None) is is_likely
        assert (only.unlikely[0].seen == seen) is not is_likely


@pytest.mark.parametrize(
    ("kind", "message", "events", "line"),
    [
        (EvidenceKind.UNDELIVERED, "TypeError: no 'name'", 21, "TypeError: no 'name' (21 of 21 cases)"),
        (EvidenceKind.UNDELIVERED, '{"level": "ERROR", "message": "no name"}', 11, "no name (11 of 21 cases)"),
        (EvidenceKind.UNDELIVERED, "TypeError: no 'name'", 10, ""),
        (EvidenceKind.SHORT_LIVED, "Client disconnected", 21, ""),
    ],
)
def test_the_line_that_says_why(kind: EvidenceKind, message: str, events: int, line: str) -> None:
    """It is a line of most cases; the end of a connection is not its reason."""
    mine = evidence(kind, cases=21, templates=(template(logged(message), events=events),))
    metric = next(name for name, one in METRICS.items() if one.evidence is kind)
    (only,) = incidents(result(failing(metric), evidence=(mine,)))
    assert only.log_line == line
    (unknown,) = incidents(result(failing("data.events")))
    assert unknown.log_line == ""


def test_errors_that_set_in_with_it() -> None:
    """It has how often and since when; a check that could not be judged has none."""
    errors = tuple(CoincidentError(text, 2, at(hours=3)) for text in ('{"message": "no room"}', "TypeError: 1\nat 2"))
    mine = evidence(began=at(hours=3), errors=errors)
    (only,) = incidents(result(failing("gone.connections"), evidence=(mine,)))
    since = "2 times since 2026-06-02 03:00 UTC"
    assert only.errors == (f"{since}: no room", f"{since}: TypeError: 1 at 2")
    unsure = result(check("gone.connections", Verdict.INCONCLUSIVE, missing=5), evidence=(mine,))
    assert [one.errors for one in incidents(unsure)] == [()]


def test_the_line_of_what_is_behind_it_says_why() -> None:
    """If connections end soon for lack of a welcome, it is the welcome's line."""
    soon = evidence(EvidenceKind.SHORT_LIVED, cases=30, shared={EvidenceKind.UNDELIVERED: 1})
    ungreeted = evidence(
        EvidenceKind.UNDELIVERED, shared={EvidenceKind.SHORT_LIVED: 1}, templates=(template(logged("i/o timeout")),)
    )
    checks = (
        failing("lifecycle.short_lived_rate", 0.9, n=100, limit=0.3),
        failing("welcome.undelivered_rate", 0.1, n=100, limit=0.05),
    )
    (only,) = incidents(result(*checks, evidence=(soon, ungreeted)))
    assert (only.evidence, only.log_line) == (soon, "i/o timeout (1 of 1 case)")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"level": "ERROR", "message": "no room"}', "no room"),
        ('{"message": {"a": 1}, "errorMessage": "no room"}', "no room"),
        ('{"level": "ERROR", "mess … room"}', '{"level": "ERROR", "mess … room"}'),
        ('{"a": 1}', '{"a": 1}'),
        ("no room", "no room"),
        ('{"msg": "not sent", "error": "i/o timeout"}', "not sent: i/o timeout"),
        ('{"msg": "not sent: i/o timeout", "error": "i/o timeout"}', "not sent: i/o timeout"),
        ('{"msg": "not sent", "err": {"type": "TypeError", "message": "no name"}}', "not sent: TypeError: no name"),
        ('{"message": "not sent", "error": {"name": "TypeError", "code": 1}}', "not sent: TypeError"),
        ('{"message": "not sent", "thrown": {"name": "a.B", "message": null}}', "not sent: a.B"),
        ('{"event": "not sent", "exception": "Traceback (…):\\n  File …\\nKeyError: 1"}', "not sent: KeyError: 1"),
        ('{"message": "not sent", "stack": "Error: no user\\n    at a.js:1"}', "not sent: Error: no user"),
        ('{"message": "not sent", "errorType": "KeyError", "errorMessage": "1"}', "not sent: KeyError: 1"),
        ('{"message": "not sent", "error.type": "a.B", "error.message": "no user"}', "not sent: a.B: no user"),
        ('{"message": "not sent", "error": true}', "not sent"),
        ('{"message": "not sent to [ip]", "body":[body], "agent": [redacted]}', "not sent to [ip]"),
        ('{"message": "not sent", "stack": " "}', "not sent"),
        ('not sent: {"errorType": "KeyError", "errorMessage": "1\\n at a.js"}', "not sent: KeyError: 1"),
        ('not sent {"user": 1}', 'not sent {"user": 1}'),
    ],
)
def test_what_a_line_says(line: str, message: str) -> None:
    """It is a record's message with the error of a separate field, or all of a line that is not a record."""
    assert message_of(line) == message


def test_the_title_says_since_when() -> None:
    """It uses the words of the headline."""
    (only,) = incidents(result(failing("gone.connections"), evidence=(evidence(cases=67, began=at(hours=3)),)))
    assert only.title == "67 connections met a 410 GoneException since 2026-06-02 03:00 UTC"


@pytest.mark.parametrize(
    ("hours", "ended", "step"),
    [
        (2.9, None, "Roll back version 7, or read what it changed."),
        (2.9, at(hours=5), "It is over: read what version 7 changed."),
        (9, None, "Check in the chart whether the errors started with a deploy."),
    ],
)
def test_a_suspected_deploy_is_to_be_rolled_back(hours: float, ended: datetime | None, step: str) -> None:
    """This holds while the trouble lasts. If none is suspected, the first step is to look for one."""
    case, deploys = evidence(cases=67, began=at(hours=3), ended=ended), (deploy(hours=hours),)
    (only,) = incidents(result(failing("gone.connections"), evidence=(case,), overview=overview(deploys=deploys)))
    assert only.advice
    assert only.advice.next_steps[0] == step


@pytest.mark.parametrize(("hours", "steps"), [(2.9, ("Roll back version 7, or read what it changed.",)), (9, ())])
def test_a_roll_back_comes_before_the_fix_of_a_known_cause(hours: float, steps: tuple[str, ...]) -> None:
    """At night, nobody writes the fix. If no deploy is suspected, the fix is what to do."""
    case = evidence(cases=67, began=at(hours=3), indicators={"gone_in_connect": 67})
    run = result(failing("gone.connections"), evidence=(case,), overview=overview(deploys=(deploy(hours=hours),)))
    (only,) = incidents(run)
    assert only.cause
    assert only.first_steps == steps


# ------------------------------------------------------------------------------------------------ the simulator's truth


FAULTS: dict[str, tuple[str, str, str]] = {
    "left before the welcome": ("left at once", "welcome.undelivered_rate", "with 410 GoneException"),
    "left unnoticed": ("left unnoticed", "welcome.failure_rate", "with 410 GoneException"),
    "gone in $connect": (
        "left at once",
        "gone.connection_rate",
        "while the $connect request was still running",
    ),
    "short after a 410": ("left at once", "lifecycle.short_lived_rate", "had met a 410 before"),
    "throttled": ("throttled", "welcome.failure_rate", "refused the post with 429"),
    "lost": ("lost", "lifecycle.incomplete_rate", "2 hours ran out without a $disconnect"),
    "lost after a 410": ("left unheard", "lifecycle.incomplete_rate", "no $disconnect followed"),
    "no answer": ("answered in vain", "gone.errors_per_connection", ""),
}
"""How the connection fails, the metric that tells, and words of the cause; empty: no cause is certain."""


def with_fault(fault: Blemish) -> Scenario:
    """Return a day on which one connection in four has a fault, beside some blemishes of other kinds."""
    day = scenarios.healthy(120, seed=3)
    people = [
        fault(one) if number % 4 == 0 else BLEMISHES["answered in vain"](one) if number % 40 == 1 else one
        for number, one in enumerate(day.connections)
    ]
    return replace(day, connections=tuple(people))


Days: TypeAlias = Callable[[str], tuple[Analysis, Mapping[EvidenceKind, Evidence]]]


@pytest.fixture(name="days", scope="module")
def _days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    """The analysis of a day with each fault; several metrics may show one."""

    @cache
    def examined(fault: str) -> tuple[Analysis, Mapping[EvidenceKind, Evidence]]:
        played = with_fault(BLEMISHES[fault])
        path = tmp_path_factory.mktemp("day") / "log.jsonl"
        path.write_bytes(b"".join(emit.json_lines(emit.delivered(played))))
        window = Window(from_epoch_ms(played.since_ms), from_epoch_ms(played.until_ms))
        analysis, engine = examined_file(path, window)
        return analysis, find_evidence(engine, tuple(EvidenceKind))

    return examined


@pytest.mark.parametrize("name", FAULTS)
def test_the_likely_cause_is_the_true_one(name: str, days: Days) -> None:
    """This holds for each simulated fault; no cause is seen on more cases than it explains."""
    fault, metric, words = FAULTS[name]
    analysis, evidence = days(fault)
    kind = METRICS[metric].evidence
    assert kind is not None
    cases = evidence[kind]
    (only,) = incidents(result(failing(metric, 0.5, n=1), evidence=(cases,), overview=analysis.overview))
    assert only.advice is not None
    assert all(0 <= cause.seen <= cases.cases for cause in only.advice.causes)
    assert words in (only.cause.text if only.cause else "")


def test_what_an_error_says_to_do_comes_first() -> None:
    """The headline keeps what is wrong; a list to look something up is not a step."""
    run = unread("no AWS region is named; set AWS_DEFAULT_REGION")
    assert headline(run) == "no AWS region is named"
    assert incidents(run)[0].next_steps[0] == "Set AWS_DEFAULT_REGION."
    listed = unread(f"log.jsonl: no known format; known formats: {'text; ' * 99}")
    assert headline(listed) == "log.jsonl: no known format"
    assert len(incidents(listed)[0].next_steps) == 1
