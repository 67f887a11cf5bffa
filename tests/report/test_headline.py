"""The headline names the worst check, since when, and for whom."""

from typing import Any

import pytest

from checks.analysis.evidence import Evidence
from checks.analysis.metrics import Cases
from checks.analysis.results import Signature
from checks.judge.verdict import Verdict
from checks.report.headline import evidence_for, headline, worst_check
from checks.report.result import CheckResult, Result
from checks.report.severity import worst_first
from tests.report.results import at, check, deploy, evidence, failing, overview, result, unread


def worst_of(*checks: CheckResult, **fields: Any) -> str:
    worst = worst_check(result(*checks, **fields))
    return worst.id if worst else ""


def told(found: Evidence, **fields: Any) -> str:
    """What follows the sentence of the check."""
    return headline(result(failing(), evidence=(found,), **fields)).removeprefix("gone.errors 67 > max 5, ")


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
    found = result(check("gone.errors"), check("gone.connections", value=4.0, sentence="gone.connections 4 <= max 5"))
    assert headline(found) == "closest to its limit: gone.connections 4 <= max 5"


def test_without_evidence_the_sentence_is_all() -> None:
    """Some metrics count nothing single, and that of another metric tells nothing of this one."""
    assert headline(result(failing("data.events"))) == "data.events 67 > max 5"
    assert headline(result(failing(), evidence=(evidence(Cases.RETRIED),))) == "gone.errors 67 > max 5"


def test_evidence_is_found_by_what_the_metric_counts() -> None:
    """Several metrics may count the same."""
    found: Result = result(evidence=(evidence(Cases.RETRIED), evidence(Cases.GONE)))
    assert evidence_for(found, "gone.errors") is evidence_for(found, "gone.connection_rate") is found.evidence[1]
    assert evidence_for(found, "welcome.failed") is evidence_for(found, "data.events") is None


def test_cases_that_set_in_at_once() -> None:
    """Since when, and how many connections."""
    assert told(evidence(began=at(hours=3), connections=1067, connections_seen=2000)) == (
        "began 2026-06-02 03:00:00 UTC, 1,067 connections (53.4 % of 2,000 seen)"
    )


def test_cases_at_all_times() -> None:
    """When the first was."""
    assert (
        told(evidence(connections=2)) == "at all times, first 2026-06-02 03:00:00 UTC, 2 connections (50 % of 4 seen)"
    )


def test_a_single_case() -> None:
    """When it was; one connection is not `1 connections`."""
    assert told(evidence(last=at(hours=3))) == "at 2026-06-02 03:00:00 UTC, 1 connection (25 % of 4 seen)"


def test_cases_of_no_connection() -> None:
    """Lines that were not understood hit nobody that is known."""
    assert told(evidence(connections=0)) == "at all times, first 2026-06-02 03:00:00 UTC"


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
        told(evidence(began=at(hours=3)), overview=deployed)
        == f"began 2026-06-02 03:00:00 UTC, {words}1 connection (25 % of 4 seen)"
    )


def test_the_deploy_that_the_run_is_about_is_named() -> None:
    """It is known from AWS Lambda or from the user, whatever START lines tell."""
    words = told(evidence(began=at(hours=3)), deployed=at(hours=2.9), overview=overview(deploys=(deploy(hours=2.9),)))
    assert "6 min after the deploy" in words
    assert "version" not in words


def test_a_new_kind_of_error_is_told() -> None:
    """The first of them, for that is what the deploy brought."""
    later, first = (Signature(shape, 3, at(hours=hours), shape) for shape, hours in (("no room", 4), ("no key", 3)))
    worst = check("errors.new_signatures", Verdict.FAIL, value=2, sentence="errors.new_signatures 2 > max 0")
    words = headline(result(worst, new_signatures=(later, first)))
    assert words == "errors.new_signatures 2 > max 0, first at 2026-06-02 03:00:00 UTC: no key"


def test_of_two_deploys_the_later_one_is_named() -> None:
    """And a still later one after the beginning does not hide it."""
    deploys = tuple(deploy(hours=hours, version=f"{number}") for number, hours in enumerate((2.1, 2.9, 3.5)))
    assert "6 min after version 1 began" in told(evidence(began=at(hours=3)), overview=overview(deploys=deploys))


def test_a_deploy_explains_no_cases_that_were_there_before() -> None:
    """Cases at all times are nobody's doing."""
    assert "version" not in told(evidence(), overview=overview(deploys=(deploy(hours=2.9),)))
