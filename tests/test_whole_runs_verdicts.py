"""Whole runs: how each verdict is shown, and that nothing is green by accident."""

import pytest

from tests.health_run import health_run, healthy, log, thresholds, unhealthy


def reworded(words: dict[str, str]) -> bytes:
    """Return a healthy log in which an application says something in other words."""
    content = healthy()
    for old, new in words.items():
        content = content.replace(old.encode(), new.encode())
    return content


def waiver(metric: str, until: str, limit: str = "") -> str:
    return f"""
  - metric: {metric}
    environment: dev
    reason: the mobile app reconnects badly
    owner: team-chat
    until: {until}
    {limit}
"""


def waived(pytester: pytest.Pytester, limits: str, *waivers: str) -> str:
    file = thresholds(pytester, limits)
    file.write_text(f"{file.read_text()}\nwaivers:{''.join(waivers)}")
    return str(file)


def test_what_does_not_pass_and_does_not_block(pytester: pytest.Pytester) -> None:
    """A waived failure, a shadow's failure and a warning are shown as such, and the run passes.

    The waived check is skipped with reason, owner and end; an unused waiver is named; the shadow limit does not count.
    """
    waivers = (waiver("gone.errors", "2099-12-31"), waiver("welcome.failure_rate", "2099-12-31"))
    limits = (
        "gone.errors: 1, welcome.failure_rate: 50%, gone.connections: {max: 1, shadow: true, owner: team-chat}, "
        "gone.welcome_errors: {warn: 1, max: 1000}"
    )
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", waived(pytester, limits, *waivers))
    assert (run.code, run.result["verdict"]) == (0, "warn")
    assert run.verdicts == {
        "gone.errors": "waived",
        "gone.connections": "fail",
        "gone.welcome_errors": "warn",
        "welcome.failure_rate": "pass",
    }
    assert run.outcomes == {"passed": 2, "skipped": 2}
    skipped = run.cases["gone.errors"].find("skipped")
    assert skipped is not None
    assert "waived until 2099-12-31 by team-chat: the mobile app" in skipped.attrib["message"]
    (unused,) = run.result["unused_waivers"]
    assert "limits.yaml:" in unused
    assert "welcome.failure_rate" in unused
    assert unused in run.text
    assert unused in run.html
    assert "FAIL    shadow: gone.connections 10 > max 1 · team-chat" in run.lines
    assert "Shadow limits (never affect the exit code)" in run.html
    assert "gone.connections 10 &gt; max 1" in run.html
    assert "WARN    gone.welcome_errors 5 > warn 1, within max 1,000" in run.lines


@pytest.mark.parametrize(
    ("until", "code", "sentence"),
    [
        ("03:00", 0, "data.age_seconds 3.1 h > max 1 h, but another silence of this log lasted 2 h"),
        ("05:00", 1, "data.age_seconds 5.1 h > max 1 h"),
    ],
)
def test_a_silence_at_the_end(pytester: pytest.Pytester, until: str, code: int, sentence: str) -> None:
    """It fails if it is unusual for the log; otherwise a run passes where the limit says `on_inconclusive: pass`."""
    limits = thresholds(pytester, "data.age_seconds: {max: 1h, on_inconclusive: pass}")
    window = ("--since", "2026-06-02T00:00:00Z", "--until", f"2026-06-03T{until}:00Z")
    run = health_run(pytester, *window, "--logs", log(pytester, healthy()), "--thresholds", limits)
    assert (run.code, run.sentences["data.age_seconds"]) == (code, sentence)


def test_a_waiver_that_does_not_help(pytester: pytest.Pytester) -> None:
    """A waiver does not cover values beyond its own limit; the sentence names the owner of an expired one."""
    waivers = (waiver("gone.errors", "2099-12-31", "max: 5"), waiver("welcome.failed", "2020-01-01"))
    limits = waived(pytester, "gone.errors: 1, welcome.failed: 1", *waivers)
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert run.code == 1
    assert run.sentences["gone.errors"].startswith("gone.errors 10 > max 5")
    assert "waiver expired on 2020-01-01 (owner: team-chat)" in run.sentences["welcome.failed"]


def test_only_shadows_are_no_verdict(pytester: pytest.Pytester) -> None:
    """A run in which nothing counts does not open the gate."""
    limits = thresholds(pytester, "gone.errors: {max: 1000, shadow: true}")
    assert health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", limits).code == 5


def test_strict_warnings_have_an_exit_code(pytester: pytest.Pytester) -> None:
    """A pipeline can stop at a warning; the check itself passes, with the verdict as a property."""
    limits = thresholds(pytester, "gone.errors: {warn: 1, max: 1000}")
    arguments = ("--logs", log(pytester, unhealthy()), "--thresholds", limits)
    run = health_run(pytester, *arguments, "--strict-warnings")
    assert (run.code, run.outcomes) == (10, {"passed": 1})
    assert {p.attrib["name"]: p.attrib["value"] for p in run.cases["gone.errors"].iter("property")}["verdict"] == "warn"


def test_renamed_lines_are_inconclusive(pytester: pytest.Pytester) -> None:
    """Connections without a line of a kind that limits build on mean renamed lines, not health."""
    words = {"Welcome message": "Salutation", "disconnect": "part", "DISCONNECT": "PART"}
    run = health_run(pytester, "--logs", log(pytester, reworded(words)))
    assert run.code == 11, run.text
    assert run.verdicts["data.unseen_signals"] == "inconclusive"
    blind = {name: verdict for name, verdict in run.verdicts.items() if name.startswith(("welcome.", "lifecycle."))}
    assert set(blind.values()) == {"inconclusive"}
    for family in ("welcome", "disconnect"):
        assert any(f"no {family} line was seen" in sentence for sentence in run.sentences.values())
