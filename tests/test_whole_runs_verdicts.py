"""Whole runs: how each verdict shows, and that nothing is green by accident."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.verdicts.verdict import Verdict
from tests.health_run import health_run, healthy, log, thresholds, unhealthy

RATES = "welcome.failure_rate: 50%, welcome.undelivered_rate: 50%, gone.connection_rate: 50%"
COUNTS = "gone.errors: 1000, gone.welcome_errors: 1000, lifecycle.incomplete: 1000, welcome.failed: 1000"
REQUIRED = "lifecycle.complete: {min: 1}, data.unseen_signals: 0, data.gaps: 0"
NO_BLIND_PASS = frozenset(f"{RATES}, {COUNTS}, {REQUIRED}".replace(":", " ").replace(",", " ").split()) - {"data.gaps"}
"""Checks that must not pass where nothing was understood; data.gaps knows of nothing that is missing."""


def reworded(words: dict[str, str]) -> bytes:
    """A healthy log in which an application says something in other words."""
    content = healthy()
    for old, new in words.items():
        content = content.replace(old.encode(), new.encode())
    return content


def waiver(until: str, limit: str = "") -> str:
    return f"""
waivers:
  - metric: gone.errors
    environment: dev
    reason: the mobile app reconnects badly
    owner: team-chat
    until: {until}
    {limit}
"""


def waived(pytester: pytest.Pytester, text: str) -> str:
    limits = thresholds(pytester, "gone.errors: 1, welcome.failure_rate: 50%")
    limits.write_text(limits.read_text() + text)
    return str(limits)


def test_a_waived_failure_passes_the_run_and_is_shown(pytester: pytest.Pytester) -> None:
    """It is skipped with reason, owner and end, in pytest, JUnit and result.json."""
    limits = waived(pytester, waiver("2099-12-31"))
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert run.code == 0
    assert run.verdicts == {"gone.errors": "waived", "welcome.failure_rate": "pass"}
    skipped = run.cases["gone.errors"].find("skipped")
    assert skipped is not None
    assert "waived until 2099-12-31 by team-chat: the mobile app" in skipped.attrib["message"]


def test_a_waiver_has_its_own_limit(pytester: pytest.Pytester) -> None:
    """Beyond that nothing helps."""
    limits = waived(pytester, waiver("2099-12-31", "max: 5"))
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert run.code == 1
    assert run.sentences["gone.errors"].startswith("gone.errors 10 > max 5")


def test_an_expired_waiver_holds_no_longer_and_is_named(pytester: pytest.Pytester) -> None:
    """The limit is what it was, and the sentence tells whom to ask."""
    limits = waived(pytester, waiver("2020-01-01"))
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert run.code == 1
    assert "the waiver until 2020-01-01 by team-chat is over" in run.sentences["gone.errors"]


def test_an_unused_waiver_is_named(pytester: pytest.Pytester) -> None:
    """Where the limit is kept, the waiver can go: with its line, in the terminal and in result.json."""
    limits = waived(pytester, waiver("2099-12-31"))
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", limits)
    assert run.code == 0
    (told,) = run.result["unused_waivers"]
    assert "limits.yaml:" in told
    assert told in run.text
    assert told in run.html


def test_a_shadow_is_shown_and_never_blocks(pytester: pytest.Pytester) -> None:
    """A limit that is tried out is judged, but has no say in verdict and exit code."""
    limits = thresholds(pytester, "gone.errors: {max: 1, shadow: true, owner: team-chat}, welcome.failure_rate: 50%")
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert (run.code, run.result["verdict"]) == (0, "pass")
    assert run.verdicts["gone.errors"] == "fail"
    assert run.outcomes == {"passed": 1, "skipped": 1}
    assert "FAIL  shadow: gone.errors 10 > max 1 · team-chat" in run.lines
    assert "Shadow limits, without a say" in run.html
    assert "gone.errors 10 &gt; max 1" in run.html


def test_only_shadows_are_no_verdict(pytester: pytest.Pytester) -> None:
    """A run in which nothing counts does not open the gate."""
    limits = thresholds(pytester, "gone.errors: {max: 1000, shadow: true}")
    assert health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", limits).code == 5


def test_strict_warnings_have_an_exit_code(pytester: pytest.Pytester) -> None:
    """A pipeline can ask to stop at a warning; the check itself passes, with the verdict as a property."""
    limits = thresholds(pytester, "gone.errors: {warn: 1, max: 1000}")
    arguments = ("--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert health_run(pytester, *arguments).code == 0
    run = health_run(pytester, *arguments, "--strict-warnings")
    assert (run.code, run.outcomes) == (10, {"passed": 1})
    assert {p.attrib["name"]: p.attrib["value"] for p in run.cases["gone.errors"].iter("property")}["verdict"] == "warn"


def test_one_check_may_be_inconclusive(pytester: pytest.Pytester) -> None:
    """Where a limit says so itself, too little evidence for it does not block."""
    limits = thresholds(pytester, "welcome.failure_rate: {max: 5%, on_inconclusive: pass}, gone.errors: 1000")
    run = health_run(pytester, "--logs", log(pytester, healthy(5)), "--thresholds", limits)
    assert (run.code, run.verdicts["welcome.failure_rate"]) == (0, "inconclusive")


@pytest.mark.parametrize(
    ("words", "family", "subject"),
    [
        ({"Welcome message": "Salutation"}, "welcome", "welcome"),
        ({"disconnect": "part", "DISCONNECT": "PART"}, "disconnect", "lifecycle"),
    ],
)
def test_a_renamed_line_is_inconclusive(
    pytester: pytest.Pytester, words: dict[str, str], family: str, subject: str
) -> None:
    """Connections but not one line of a kind that limits build on: reworded, not healthy."""
    run = health_run(pytester, "--logs", log(pytester, reworded(words)))
    assert run.code == 11, run.text
    assert run.verdicts["data.unseen_signals"] == "inconclusive"
    assert {verdict for id_, verdict in run.verdicts.items() if id_.startswith(subject)} == {"inconclusive"}
    assert any(f"no {family} line was seen" in sentence for sentence in run.sentences.values())


NOISE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="eE"), max_size=40)
"""Without its commonest letter, English can't say any of the words that a signal is known by."""


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NOISE, min_size=1, max_size=30))
def test_noise_is_never_green(pytester: pytest.Pytester, messages: list[str]) -> None:
    """Events of which nothing is understood pass no share, no count of errors and nothing that is required."""
    events = [json.dumps({"timestamp": 1780358400000 + n, "message": f"~ {m}"}) for n, m in enumerate(messages)]
    limits = thresholds(pytester, f"{RATES}, {COUNTS}, {REQUIRED}")
    run = health_run(pytester, "--logs", log(pytester, "\n".join(events)), "--thresholds", limits)
    assert run.code not in {0, 10}
    assert [id_ for id_ in NO_BLIND_PASS & set(run.verdicts) if run.verdicts[id_] in {"pass", "warn"}] == []


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 20_000), st.integers(0, 255), st.booleans())
def test_damaged_logs_pass_no_required_check(pytester: pytest.Pytester, keep: int, byte: int, binary: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """A log cut or overwritten anywhere is inconclusive, an error or a failure; what is required never passes."""
    content = healthy()[:keep] + (bytes([byte, 0, 255]) * 50 if binary else b"")
    limits = thresholds(pytester, RATES)
    run = health_run(pytester, "--logs", log(pytester, content), "--thresholds", limits)
    assert run.code in {1, 11, 12}
    assert not {"pass", "warn"} & set(run.verdicts.values())


@pytest.mark.parametrize("option", [("-x",), ("-k", "failure_rate"), ("--lf",), ("-p", "no:html"), ("-q",)])
def test_exit_codes_hold_with_pytests_own_options(pytester: pytest.Pytester, option: tuple[str, ...]) -> None:
    """However the run is cut down, a proven failure is exit code 1 and the report says what ran."""
    limits = thresholds(pytester, "welcome.failure_rate: 1%, welcome.undelivered_rate: 1%")
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits, *option)
    assert (run.code, run.result["verdict"]) == (1, Verdict.FAIL)
