"""The worst comes first: the worst verdict, then the value farthest beyond its limit."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.analyse import Signature
from checks.analysis.evidence import Evidence
from checks.metrics import EvidenceKind
from checks.report.phrases import (
    CASE_NAMES,
    events_read,
    evidence_for,
    excess,
    headline,
    interpretation_rows,
    limit_text,
    receipt_remarks,
    value_text,
    worst_check,
    worst_first,
)
from checks.report.result import CheckResult, Result
from checks.verdicts.verdict import Verdict
from tests.report.results import (
    at,
    check,
    deploy,
    evidence,
    failing,
    fetch,
    interpretation,
    overview,
    reading,
    receipt,
    result,
    unread,
)

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
        ({"value": 1.0, "limit": 0.0}, math.inf),
        ({"value": 0.0, "bound": "min"}, math.inf),
        ({"value": 0.0, "limit": 0.0}, 0),
        ({"value": 0.0, "limit": 0.0, "bound": "min"}, 0),
        ({"value": None}, 0),
        ({"limit": None, "bound": None}, 0),
    ],
)
def test_how_far_beyond_the_limit(fields: dict[str, Any], ratio: float) -> None:
    """As a ratio, whichever way the limit goes; infinite beyond a limit of 0, and where nothing is of what must be."""
    assert excess(check(**fields)) == ratio


def test_a_worse_verdict_comes_before_a_greater_excess() -> None:
    """A warning may be farther from its number than a failure from its own."""
    blind, warned, failed = (
        check(verdict=Verdict.ERROR, value=None),
        check(verdict=Verdict.WARN, value=900.0),
        failing(),
    )
    assert worst_first([warned, blind, failed]) == [failed, blind, warned]


def test_equals_keep_their_order() -> None:
    """That of the subjects."""
    equals = [failing("lifecycle.open"), failing("gone.errors"), failing("data.gaps")]
    assert worst_first(equals) == equals


@given(st.lists(CHECKS))
def test_any_checks_can_be_ordered(checks: list[Any]) -> None:
    """None is lost, and among those of a verdict the excess never grows."""
    ordered = worst_first(checks)
    assert sorted(map(id, ordered)) == sorted(map(id, checks))
    for verdict in Verdict:
        ratios = [excess(one) for one in ordered if one.verdict is verdict]
        assert ratios == sorted(ratios, reverse=True)


def worst_of(*checks: CheckResult, **fields: Any) -> str:
    worst = worst_check(result(*checks, **fields).checks)
    return worst.id if worst else ""


def details(one: Evidence, **fields: Any) -> str:
    """What follows the sentence of the check in the headline."""
    return headline(result(failing(), evidence=(one,), **fields)).removeprefix("gone.errors 67 > max 5, ")


def test_the_worst_is_farthest_beyond_its_limit() -> None:
    """As a multiple of it, whichever check comes first."""
    assert worst_of(failing("gone.errors", 9), failing("gone.connections", 60, limit=6.0)) == "gone.connections"
    assert worst_of(failing("gone.errors", 90), failing("gone.connections", 60, limit=6.0)) == "gone.errors"


def test_only_the_verdict_of_the_run_is_looked_at() -> None:
    """A warning may be farther from its number than a failure from its own."""
    assert worst_of(failing("gone.errors", 6), check("gone.connections", Verdict.WARN, value=900.0)) == "gone.errors"


def test_a_shadow_is_never_the_worst() -> None:
    """It has no say; where nothing has one, that is the headline."""
    shadow = failing("gone.connections", 900, shadow=True)
    assert worst_of(failing("gone.errors", 6), shadow) == "gone.errors"
    assert headline(result(shadow, verdict=Verdict.INCONCLUSIVE)) == "no check counts"


def test_the_worst_comes_first() -> None:
    """By verdict, then by how far it is beyond its limit, else in their order; shadows last, in the same way."""
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
    """Its first line, and not that nothing was measured."""
    assert headline(unread("access denied\nask for logs:FilterLogEvents")) == "access denied"


def test_where_all_is_well_the_closest_is_named() -> None:
    """To its limit."""
    run = result(check("gone.errors"), check("gone.connections", value=4.0, sentence="gone.connections 4 <= max 5"))
    assert headline(run) == "closest to its limit: gone.connections 4 <= max 5"


def test_without_evidence_the_sentence_is_all() -> None:
    """Some metrics count nothing single, and that of another metric tells nothing of this one."""
    assert headline(result(failing("data.events"))) == "data.events 67 > max 5"
    assert headline(result(failing(), evidence=(evidence(EvidenceKind.RETRIED),))) == "gone.errors 67 > max 5"


def test_evidence_shows_what_the_metric_counts() -> None:
    """Several metrics may count the same."""
    run: Result = result(evidence=(evidence(EvidenceKind.RETRIED), evidence(EvidenceKind.GONE)))
    assert evidence_for(run, "gone.errors") is evidence_for(run, "gone.connection_rate") is run.evidence[1]
    assert evidence_for(run, "welcome.failed") is evidence_for(run, "data.events") is None


def test_cases_that_set_in_at_once() -> None:
    """Since when, and how many connections."""
    assert details(evidence(began=at(hours=3), connections=1067, connections_seen=2000)) == (
        "began 2026-06-02 03:00:00 UTC, 1,067 connections (53.4 % of 2,000 seen)"
    )


def test_cases_at_all_times() -> None:
    """When the first was."""
    assert (
        details(evidence(connections=2))
        == "at all times, first 2026-06-02 03:00:00 UTC, 2 connections (50 % of 4 seen)"
    )


def test_a_single_case() -> None:
    """When it was; one connection is not `1 connections`."""
    assert details(evidence(last=at(hours=3))) == "at 2026-06-02 03:00:00 UTC, 1 connection (25 % of 4 seen)"


def test_cases_of_no_connection() -> None:
    """Lines that were not understood hit nobody that is known."""
    assert details(evidence(connections=0)) == "at all times, first 2026-06-02 03:00:00 UTC"


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (2, "60 min after version 7 began to serve, "),
        (2.5, "30 min after version 7 began to serve, "),
        (3, "0 min after version 7 began to serve, "),
        (1.99, ""),
        (3.01, ""),
    ],
)
def test_a_deploy_within_the_hour_before_is_named(hours: float, words: str) -> None:
    """One long before, or after, is not."""
    deployed = overview(deploys=(deploy(hours=hours),))
    assert (
        details(evidence(began=at(hours=3)), overview=deployed)
        == f"began 2026-06-02 03:00:00 UTC, {words}1 connection (25 % of 4 seen)"
    )


def test_the_deploy_that_the_run_is_about_is_named() -> None:
    """It is known from AWS Lambda or from the user, whatever START lines say."""
    words = details(
        evidence(began=at(hours=3)), deployed=at(hours=2.9), overview=overview(deploys=(deploy(hours=2.9),))
    )
    assert "6 min after the deploy" in words
    assert "version" not in words


def test_a_new_kind_of_error_is_quoted() -> None:
    """The first of them, for that is what the deploy brought."""
    later, first = (Signature(shape, 3, at(hours=hours), shape) for shape, hours in (("no room", 4), ("no key", 3)))
    worst = check("errors.new_signatures", Verdict.FAIL, value=2, sentence="errors.new_signatures 2 > max 0")
    words = headline(result(worst, new_signatures=(later, first)))
    assert words == "errors.new_signatures 2 > max 0, first at 2026-06-02 03:00:00 UTC: no key"


def test_of_two_deploys_the_later_one_is_named() -> None:
    """And a still later one after the beginning does not hide it."""
    deploys = tuple(deploy(hours=hours, version=f"{number}") for number, hours in enumerate((2.1, 2.9, 3.5)))
    assert "6 min after version 1 began" in details(evidence(began=at(hours=3)), overview=overview(deploys=deploys))


def test_a_deploy_explains_no_older_cases() -> None:
    """Cases at all times are nobody's doing."""
    assert "version" not in details(evidence(), overview=overview(deploys=(deploy(hours=2.9),)))


def test_what_does_not_count_is_named() -> None:
    """Zeros are left out."""
    read = reading(look_back_events=10, outside_events=20, duplicates=30, unreadable=2)
    assert events_read(receipt(read)) == (
        "1,234 events in the window, 10 in the 2 h before, 20 outside, 30 duplicates, 2 unreadable lines"
    )
    assert events_read(receipt(reading())) == "1,234 events in the window"


def test_nothing_was_read() -> None:
    """No sentence is made of it; of files there is nothing else to tell either."""
    assert events_read(receipt(None)) == ""
    assert list(receipt_remarks(receipt(None))) == []


def test_queries_have_a_price() -> None:
    """With the bytes that it is for."""
    remarks = dict(
        receipt_remarks(receipt(reading(), fetch=fetch(queries=2, bytes_scanned=2_500_000, price_usd=0.0125)))
    )
    assert remarks["Queries"] == "2 queries scanned 2.5 MB, about 0.0125 USD"
    assert "Queries" not in dict(receipt_remarks(receipt(reading(), fetch=fetch())))


def test_how_late_events_arrived() -> None:
    """Median and 99 %, of files as of CloudWatch."""
    assert dict(receipt_remarks(receipt(reading(lag_p50_ms=900, lag_p99_ms=5100)))) == {
        "Arrival": "events arrived after 0.9 s (median), 5.1 s (99 %)"
    }
    assert dict(receipt_remarks(receipt(reading()))) == {}


def test_gaps_notes_and_unreadable_lines_stand_one_by_one() -> None:
    """In this order."""
    most = receipt(reading(unreadable=2, unreadable_examples=("log:7: why", "log:9: why")), gaps=("g",), notes=("n",))
    assert list(receipt_remarks(most)) == [
        ("Gap", "g"),
        ("Note", "n"),
        ("Line", "unreadable: log:7: why"),
        ("Line", "unreadable: log:9: why"),
    ]


def test_every_count_has_its_line() -> None:
    """What the events were, why connections are incomplete or not judged, and which welcome was not believed."""
    counted = interpretation(connects=1234, disconnects=2, messages=3, lost=4, headless=5678, unknown=6, contradicted=7)
    assert dict(interpretation_rows(counted)) == {
        "Events of connections": "1,234 connect, 2 disconnect, 3 message",
        "No $disconnect within the 2 h that API Gateway allows": "4",
        "A $disconnect but no $connect": "5,678",
        "Not judged, the logs do not reach back to their beginning": "6",
        "Logged as sent right after a GoneException, so counted as failed": "7",
    }


def test_a_zero_explains_nothing() -> None:
    """But for the events: that there were none is said."""
    assert list(interpretation_rows(interpretation())) == [
        ("Events of connections", "0 connect, 0 disconnect, 0 message")
    ]


def test_every_kind_of_cases_has_a_name() -> None:
    """None is shown by its name in the code."""
    assert set(CASE_NAMES) == set(EvidenceKind)


def test_a_value_is_not_rounded_onto_a_limit() -> None:
    """Neither onto that which decided, nor onto the one before it."""
    assert value_text(check("welcome.failure_rate", value=0.04999, limit=0.05)) == "4.999 %"
    assert value_text(check("welcome.failure_rate", value=0.02001, limit=0.05, warn=0.02)) == "2.001 %"
    assert value_text(check(value=None)) == "no sample"
    assert value_text(check(verdict=Verdict.ERROR, value=None)) == "not measured"


def test_a_limit_has_its_name() -> None:
    """In the unit of the metric; where none decided, there is no text."""
    assert limit_text(check("welcome.failure_rate", limit=0.05, bound="warn")) == "warn 5 %"
    assert limit_text(check(limit=None, bound=None)) == ""
