"""The headline says in a natural sentence what hit most users."""

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.analyse import Signature
from checks.analysis.evidence import Evidence, FunctionVersion
from checks.metrics import METRICS, EvidenceKind
from checks.report.headline import (
    claim,
    comparison_sentence,
    evidence_for,
    excess,
    headline,
    worst_check,
    worst_first,
)
from checks.report.result import CheckResult, Result
from checks.text import one_line
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.report.results import SINCE, UNTIL, at, check, deploy, evidence, failing, overview, result, timeline, unread

AMOUNTS = st.none() | st.just(0.0) | st.floats(1e-6, 1e9)

CHECKS = st.builds(
    lambda verdict, value, limit, bound: check(verdict=verdict, value=value, limit=limit, bound=bound),
    st.sampled_from(Verdict),
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["warn", "max", "min"]),
)


@pytest.mark.parametrize(
    ("fields", "ratio"),
    [
        ({"value": 10.0}, 2),
        ({"value": 3.0}, 0.6),
        ({"value": 0.5, "bound": "min"}, 10),
        ({"value": 10.0, "bound": "min"}, 0.5),
        ({"value": 6.0, "limit": 4.0, "bound": "warn"}, 1.5),
        ({"value": 6.0, "limit": 0.0}, 7),
        ({"value": 0.1, "limit": 0.0, "n": 50}, 6),
        ({"value": 0.0, "bound": "min"}, math.inf),
        ({"value": 0.0, "limit": 0.0}, 0),
        ({"value": 0.0, "limit": 0.0, "bound": "min"}, 0),
        ({"value": None}, 0),
        ({"limit": None, "bound": None}, 0),
    ],
)
def test_how_far_beyond_the_limit(fields: dict[str, Any], ratio: float) -> None:
    """It is a ratio in either direction; a limit of 0 does not always win, but a value of 0 under a `min` does."""
    assert excess(check(**fields)) == ratio


def test_a_worse_verdict_comes_before_a_greater_excess() -> None:
    """A warning may be farther from its limit than a failure from its own."""
    blind, warned, failed = (
        check(verdict=Verdict.ERROR, value=None),
        check(verdict=Verdict.WARN, value=900.0),
        failing(),
    )
    assert worst_first([warned, blind, failed]) == [failed, blind, warned]


def test_equals_keep_their_order() -> None:
    """They keep the order of the subjects."""
    equals = [failing("lifecycle.open"), failing("gone.errors"), failing("data.gaps")]
    assert worst_first(equals) == equals


@given(st.lists(CHECKS))
def test_any_checks_can_be_ordered(checks: list[Any]) -> None:
    """None is lost; within a verdict, checks without connections are in descending order of their excess."""
    ordered = worst_first(checks)
    assert sorted(map(id, ordered)) == sorted(map(id, checks))
    for verdict in Verdict:
        ratios = [excess(one) for one in ordered if one.verdict is verdict]
        assert ratios == sorted(ratios, reverse=True)


def worst_of(*checks: CheckResult, **fields: Any) -> str:
    worst = worst_check(result(*checks, **fields).checks)
    return worst.id if worst else ""


def details(one: Evidence, **fields: Any) -> str:
    """Return what follows the claim of the check in the headline."""
    said = headline(result(failing(), evidence=(one,), **fields))
    return said.removeprefix("67 posts to connections failed with 410 GoneException ")


def test_the_worst_is_farthest_beyond_its_limit() -> None:
    """The distance is a multiple of the limit, whichever check comes first."""
    assert worst_of(failing("gone.errors", 9), failing("errors.events", 60, limit=6.0)) == "errors.events"
    assert worst_of(failing("gone.errors", 90), failing("errors.events", 60, limit=6.0)) == "gone.errors"


def test_the_worst_is_what_hit_most_users() -> None:
    """75 connections without a welcome are worse than six new types of error, or 900 errors."""
    new = failing("errors.new_signatures", 6, limit=0.0)
    undelivered = failing("welcome.undelivered_rate", 0.1875, n=400, limit=0.05)
    assert worst_of(new, failing("gone.errors", 900), undelivered) == "welcome.undelivered_rate"
    assert worst_of(new, failing("gone.errors", 900)) == "gone.errors"


def test_the_worst_has_most_connections_beyond_its_limit() -> None:
    """A limit that is hardly broken counts many that are as on any day: 15 beyond it, of 575, and 320 of 381."""
    gone = failing("gone.connection_rate", 0.186, n=3089, limit=0.18)
    undelivered = failing("welcome.undelivered_rate", 0.124, n=3062, limit=0.02)
    assert worst_of(gone, undelivered) == "welcome.undelivered_rate"
    left = failing("lifecycle.short_lived_rate", 0.8, n=3089, limit=0.3)
    assert worst_of(gone, undelivered, left) == "lifecycle.short_lived_rate"


def test_only_the_verdict_of_the_run_is_looked_at() -> None:
    """A warning may be farther from its limit than a failure from its own."""
    assert worst_of(failing("gone.errors", 6), check("gone.connections", Verdict.WARN, value=900.0)) == "gone.errors"


def test_a_shadow_is_never_the_worst() -> None:
    """It does not count; if only shadows are left, the headline says that."""
    shadow = failing("gone.connections", 900, shadow=True)
    assert worst_of(failing("gone.errors", 6), shadow) == "gone.errors"
    assert headline(result(shadow, verdict=Verdict.INCONCLUSIVE)) == "no check counts"


def test_the_worst_comes_first() -> None:
    """The order is by verdict, then by excess, else as given; shadows are last, in the same order."""
    checks = (
        failing("welcome.failed", 900, shadow=True),
        check("data.events", Verdict.WARN, value=900.0),
        check("lifecycle.open"),
        failing("gone.errors", 6),
        failing("gone.connections", 60),
        failing("gone.welcome_errors", 6),
    )
    names = [one.id for one in worst_first(checks)]
    assert names[:3] == ["gone.connections", "gone.errors", "gone.welcome_errors"]
    assert names[3:] == ["data.events", "lifecycle.open", "welcome.failed"]
    assert names[0] == worst_of(*checks)


def test_what_could_not_be_measured_is_not_far_from_its_limit() -> None:
    """An error that has a value says more."""
    blind = check("gone.errors", Verdict.ERROR, value=None)
    assert worst_of(blind, check("data.gaps", Verdict.ERROR, value=1.0)) == "data.gaps"
    assert worst_of(blind) == "gone.errors"


def test_an_error_is_its_own_headline() -> None:
    """The headline is its first line, not that nothing was measured."""
    assert headline(unread("access denied\nask for logs:FilterLogEvents")) == "access denied"


def test_where_all_is_well_the_closest_is_named() -> None:
    """It is the check closest to its limit."""
    run = result(check("gone.errors"), check("gone.connections", value=4.0, sentence="gone.connections 4 <= max 5"))
    assert headline(run) == ("all 2 checks passed; closest to its limit: 4 connections met a 410 GoneException")
    assert comparison_sentence(run) == "gone.connections 4 <= max 5"


def test_without_evidence_the_claim_is_all() -> None:
    """Some metrics count no single cases, and the evidence of another metric does not apply."""
    assert headline(result(failing("data.events"))) == "the window contains 67 log events"
    assert comparison_sentence(result(failing("data.events"))) == "data.events 67 > max 5"
    other = evidence(EvidenceKind.RETRIED)
    assert headline(result(failing(), evidence=(other,))) == "67 posts to connections failed with 410 GoneException"


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "welcome.undelivered_rate": ({"value": 0.1875, "n": 400}, "75 of 400 connections got no welcome message"),
    "lifecycle.complete": ({"value": 0.0, "bound": "min"}, "0 connections opened and closed in the window"),
    "lifecycle.median_duration_seconds": ({"value": 90.0, "n": 4}, "half of the 4 connections lasted 1.5 min or less"),
    "lifecycle.short_lived": ({"value": 1.0}, "1 connection ended within 5 s"),
    "welcome.average_retries": ({"value": 1.25, "n": 4}, "each welcome message took 1.25 retries on average"),
    "alarms.missing": ({"value": 2.0}, "alarms that the limits call for but that do not exist: 2"),
    "tracing.response_p95_seconds": ({"value": 0.5, "n": 8}, "95th percentile response time: 0.5 s"),
    "lambda.timeout_rate": ({"value": 0.5, "n": 8}, "4 of 8 invocations ran out of time"),
}


def test_what_was_measured_is_said_as_people_say_it() -> None:
    """Numbers have nouns; a metric without words of its own says what it counts."""
    run = result(overview=overview())
    claims = {metric: claim(run, check(metric, Verdict.FAIL, **fields)) for metric, (fields, _) in CLAIMS.items()}
    assert claims == {metric: words for metric, (_, words) in CLAIMS.items()}


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_said(metric: str) -> None:
    """The sentence is one line with the number."""
    words = claim(result(overview=overview()), failing(metric, 1.0, n=3))
    assert words == one_line(words)
    assert not set("{}") & set(words)


def test_too_little_data_says_how_much_is_missing() -> None:
    """It is the largest shortfall of all checks, whatever comes first, and nobody is blamed."""
    checks = [
        check(metric, Verdict.INCONCLUSIVE, value=0.0, n=12, missing=missing)
        for metric, missing in (("gone.connection_rate", 2), ("welcome.failure_rate", 47), ("lifecycle.incomplete", 5))
    ]
    checks.append(check("data.near_miss_rate", Verdict.INCONCLUSIVE, value=0.0, n=27, missing=2))
    assert headline(result(*checks)) == "too little data: 12 welcome messages, 59 needed (47 more)"


def test_several_runs_that_are_judged_together() -> None:
    """The sentence says so, and has no times: the cases of earlier runs are not at hand."""
    nights: dict[str, Any] = {"n": 56, "span": "the last 2 nights"}
    gone = failing("gone.connection_rate", 11 / 56, limit=0.18, **nights)
    said = headline(result(gone, evidence=(evidence(cases=3, began=at(hours=3)),)))
    assert said == "11 of 56 connections met a 410 GoneException in the last 2 nights"
    few = check("welcome.failure_rate", Verdict.INCONCLUSIVE, value=0.0, missing=93, **nights)
    said = headline(result(few))
    assert said == "too little data: 56 welcome messages in the last 2 nights, 149 needed (93 more)"


def test_evidence_shows_what_the_metric_counts() -> None:
    """Several metrics may count the same cases."""
    run: Result = result(evidence=(evidence(EvidenceKind.RETRIED), evidence(EvidenceKind.GONE)))
    assert evidence_for(run, "gone.errors") is evidence_for(run, "gone.connection_rate") is run.evidence[1]
    assert evidence_for(run, "welcome.failed") is evidence_for(run, "data.events") is None


def test_cases_that_set_in_at_once() -> None:
    """The sentence has the time, and the number of connections."""
    assert details(evidence(cases=67, began=at(hours=3), connections=1067, connections_seen=2000)) == (
        "since 2026-06-02 03:00 UTC; 1,067 of 2,000 connections affected (53.4 %)"
    )


def test_cases_at_all_times() -> None:
    """If cases came from the first hours of the window to the last, the sentence has the first one's time."""
    assert (
        details(evidence(connections=2, last=at(hours=23)))
        == "throughout the window (first at 2026-06-02 03:00 UTC); 2 of 4 connections affected (50 %)"
    )


def test_cases_that_were_there_when_the_window_began() -> None:
    """Nobody saw when they began, so the first one is not called the beginning."""
    early = evidence(first=at(hours=0), last=at(hours=23), connections=0)
    assert details(early) == "throughout the window, from its beginning on"


def test_cases_that_were_there_when_the_window_began_and_are_over() -> None:
    """The sentence does not say that they come throughout the window."""
    early = evidence(first=at(hours=0), began=at(hours=0), ended=at(hours=5), last=at(hours=23), connections=0)
    assert details(early).endswith("from the window's beginning to 2026-06-02 05:00 UTC")


@pytest.mark.parametrize(
    ("first", "last", "cases", "words"),
    [
        (3, 15, 5, "(first at 2026-06-02 03:00 UTC, last at 15:00 UTC)"),
        (3, 15, 90, "between 2026-06-02 03:00 and 15:00 UTC"),
        (13, 23, 2, "(first at 2026-06-02 13:00 UTC, last at 23:00 UTC)"),
        (13, 23, 9, "from 2026-06-02 13:00 UTC on"),
        (13, 13.01, 2, "at 2026-06-02 13:00 UTC"),
        (13, 15, 2, "between 2026-06-02 13:00 and 15:00 UTC"),
    ],
)
def test_cases_of_a_part_of_the_window(first: float, last: float, cases: int, words: str) -> None:
    """It has a start or an end, if it is not chance that the rest has none."""
    assert details(evidence(first=at(hours=first), last=at(hours=last), cases=cases, connections=0)) == words


def test_a_single_case() -> None:
    """The sentence has its time, and one connection is not `1 connections`."""
    assert details(evidence(last=at(hours=3))) == "at 2026-06-02 03:00 UTC; 1 of 4 connections affected (25 %)"


def test_cases_of_no_connection() -> None:
    """Lines that were not understood name no connection that was hit."""
    assert (
        details(evidence(connections=0, last=at(hours=23))) == "throughout the window (first at 2026-06-02 03:00 UTC)"
    )


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2, ", 60 minutes after version 7 went live"),
        (2.5, ", 30 minutes after version 7 went live"),
        (3, ", less than a minute after version 7 went live"),
        (1.99, ""),
        (3.01, ""),
    ],
)
def test_a_deploy_within_the_hour_before_is_named(hours: float, words: str) -> None:
    """A deploy long before, or after, is not."""
    deployed = overview(deploys=(deploy(hours=hours),))
    assert (
        details(evidence(cases=67, began=at(hours=3)), overview=deployed)
        == f"since 2026-06-02 03:00 UTC{words}; 1 of 4 connections affected (25 %)"
    )


def test_the_deploy_that_the_run_is_about_is_named() -> None:
    """AWS Lambda or the user gives its time, whatever START lines say."""
    words = details(
        evidence(began=at(hours=3)), deployed=at(hours=2.9), overview=overview(deploys=(deploy(hours=2.9),))
    )
    assert "6 minutes after the deploy" in words
    assert "version" not in words


def test_a_new_kind_of_error_is_quoted() -> None:
    """It is the most frequent one."""
    often, seldom = (Signature(shape, events, at(hours=3), shape) for shape, events in (("no key", 30), ("no room", 4)))
    worst = check("errors.new_signatures", Verdict.FAIL, value=2, sentence="errors.new_signatures 2 > max 0")
    words = headline(result(worst, new_signatures=(seldom, often)))
    assert words == "the application logged 2 new types of error; most often 'no key', since 2026-06-02 03:00 UTC"


def test_of_two_deploys_the_later_one_is_named() -> None:
    """A still later deploy, after the beginning, does not hide it."""
    deploys = tuple(deploy(hours=hours, version=f"{number}") for number, hours in enumerate((2.1, 2.9, 3.5)))
    assert "6 minutes after version 1 went live" in details(
        evidence(began=at(hours=3)), overview=overview(deploys=deploys)
    )


def test_a_deploy_explains_no_older_cases() -> None:
    """Cases at all times are not due to a deploy."""
    assert "version" not in details(evidence(), overview=overview(deploys=(deploy(hours=2.9),)))


def test_on_the_last_day_the_time_is_enough() -> None:
    """The date is given only if it is not the one on which the window ends."""
    window = Window(SINCE - timedelta(days=1), UNTIL - timedelta(minutes=1))
    assert details(evidence(cases=67, began=at(hours=3)), window=window).startswith("since 03:00 UTC; ")
    assert details(evidence(cases=67, began=at(hours=-3)), window=window).startswith("since 2026-06-01 21:00 UTC; ")


def test_every_kind_of_cases_has_a_name() -> None:
    """None is shown by its name in the code."""
    assert all(kind.noun for kind in EvidenceKind)


# ------------------------------------------------------------------------------------- each number beside its time


SHARE = {"value": 0.1875, "n": 400}
HOUR = {"value": 0.5, "n": 40, "hour": at(hours=14.5)}
SILENT = EvidenceKind.UNDELIVERED
OVER = {"cases_since": 73, "ended": at(hours=15), "cases_between": 70}


@pytest.mark.parametrize(
    ("metric", "fields", "kind", "cases", "words"),
    [
        ("welcome.undelivered_rate", SHARE, SILENT, {}, ", all since 14:00 UTC"),
        ("welcome.undelivered_rate", SHARE, SILENT, {"cases_since": 73}, ", 73 of them since 14:00 UTC"),
        ("welcome.undelivered_rate", SHARE, SILENT, OVER, ", 70 of them from 14:00 to 15:00 UTC"),
        ("gone.connection_rate", SHARE, EvidenceKind.GONE, {"cases": 90}, "; all 90 GoneExceptions since 14:00 UTC"),
        ("gone.errors", {"per": "day"}, EvidenceKind.GONE, OVER, "; 70 of 75 GoneExceptions from 14:00 to 15:00 UTC"),
        ("welcome.undelivered_rate", HOUR, SILENT, {"cases": 20}, ", all since 14:00 UTC"),
        ("welcome.undelivered_rate", HOUR, SILENT, OVER, "; in the whole window, 70 of 75 from 14:00 to 15:00 UTC"),
        ("lambda.connect_p95_seconds", {"n": 400}, EvidenceKind.SLOW_CONNECT, {}, ", all since 14:00 UTC"),
    ],
)
def test_each_number_stands_beside_the_time_that_it_counts(
    metric: str, fields: dict[str, Any], kind: EvidenceKind, cases: dict[str, Any], words: str
) -> None:
    """A check counts the window or an hour; the cases since the beginning are a different number."""
    mine = evidence(kind, **{"cases": 75, "connections": 0, "began": at(hours=14)} | cases)
    run = result(failing(metric, **fields), evidence=(mine,), window=Window(SINCE, UNTIL - timedelta(minutes=1)))
    said = claim(run, run.checks[0]) + (" in the hour from 14:30 UTC" if "hour" in fields else "")
    assert headline(run) == said + words


def test_an_hour_without_a_beginning_is_all_that_is_said() -> None:
    """What came at all times is not worth a remark."""
    worst = failing("welcome.undelivered_rate", 0.5, n=40, hour=at(hours=14.5))
    mine = evidence(EvidenceKind.UNDELIVERED, cases=75, last=at(hours=23))
    words = headline(result(worst, evidence=(mine,)))
    assert words == "20 of 40 connections got no welcome message in the hour from 2026-06-02 14:30 UTC"


def test_the_worst_connection_has_a_time_of_its_own() -> None:
    """Nothing is said about the other connections, or their times."""
    worst = timeline(cases=67, first_case=at(hours=5), last_case=at(hours=6))
    mine = evidence(cases=90, connections=9, began=at(hours=14), timelines=(timeline(cases=7), worst))
    words = "67 posts to a single connection failed with 410 GoneException"
    when = " from 2026-06-02 05:00 to 06:00 UTC"
    assert headline(result(failing("gone.max_per_connection"), evidence=(mine,))) == words + when
    assert headline(result(failing("gone.max_per_connection"), evidence=(evidence(cases=90),))) == words


@pytest.mark.parametrize(
    ("indicators", "words"),
    [
        ({"lost": 4, "lost_after_gone": 2}, "had no $disconnect"),
        ({"headless": 6}, "had no $connect"),
        ({"headless": 2, "lost": 4}, "had no $connect or no $disconnect"),
        ({}, "had no $connect or no $disconnect"),
    ],
)
def test_the_missing_end_is_named(indicators: dict[str, int], words: str) -> None:
    """It is named if all connections lack the same end."""
    mine = evidence(EvidenceKind.INCOMPLETE, cases=6, began=at(hours=3), indicators=indicators)
    worst = failing("lifecycle.incomplete_rate", 0.06, n=100)
    said = headline(result(worst, evidence=(mine,)))
    assert said == f"6 of 100 connections {words}, all since 2026-06-02 03:00 UTC"


# ---------------------------------------------------------------------------------------------- whose doing it was


@pytest.mark.parametrize(
    ("versions", "is_named"),
    [
        ({}, True),
        ({"7": 67}, True),
        ({"6": 67}, False),
        ({"6": 60, "7": 7}, False),
        ({"6": 20, "7": 47}, True),
        ({"7": 1, "8": 66}, True),
        ({"8": 67}, False),
    ],
)
def test_a_deploy_is_named_only_if_the_cases_are_of_its_version(versions: dict[str, int], *, is_named: bool) -> None:
    """They may be of a later one, but not of an earlier version or another function."""
    of = tuple(FunctionVersion(version, None, cases) for version, cases in versions.items())
    deploys = (deploy(hours=2.5, version="7"), deploy(hours=4, version="8"))
    words = details(evidence(cases=67, began=at(hours=3), versions=of), overview=overview(deploys=deploys))
    assert ("30 minutes after version 7 went live" in words) is is_named


def test_what_was_before_the_beginning_contradicts_no_deploy() -> None:
    """Few cases set in after it, and many of the earlier version are older."""
    versions = (FunctionVersion("6", None, 50), FunctionVersion("7", None, 17))
    mine = evidence(cases=67, cases_since=17, began=at(hours=3), versions=versions)
    assert "after version 7 went live" in details(mine, overview=overview(deploys=(deploy(hours=2.9),)))


def test_a_version_that_alone_fails_is_named_with_its_share() -> None:
    """This holds whether or not it was deployed in the window."""
    versions = (FunctionVersion("42", None, 9, 9), FunctionVersion("41", None, 0, 80))
    mine = evidence(EvidenceKind.UNDELIVERED, cases=9, began=at(hours=3), versions=versions)
    words = headline(result(failing("welcome.undelivered_rate", 0.1, n=90), evidence=(mine,)))
    assert words.endswith(", all since 2026-06-02 03:00 UTC; 9 of 9 of version 42, none of 80 of version 41")
