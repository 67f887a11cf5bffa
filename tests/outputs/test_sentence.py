"""A run in one sentence."""

import pytest

from checks.outputs.summary import sentence
from checks.verdicts.verdict import Verdict
from tests.report.results import HOSTILE, UNPRINTABLE, at, check, deploy, evidence, failing, overview, result, unread


def test_what_since_when_for_whom_and_how_many_more() -> None:
    """It uses the words of the headline."""
    run = result(
        failing(),
        failing("gone.connections", 6),
        failing("lifecycle.open", 6),
        check("gone.max_per_connection", Verdict.WARN),
        check("welcome.failed", Verdict.PASS),
        failing("welcome.retries", 900, shadow=True),
        evidence=(evidence(cases=6, began=at(hours=3), connections=12),),
        overview=overview(deploys=(deploy(hours=2.9, version="42"),)),
        environment="prod",
        exit_code=1,
    )
    assert sentence(run) == (
        "prod: FAIL — 6 connections met a 410 GoneException since 2026-06-02 03:00 UTC, 6 minutes after version 42 "
        "went live (gone.connections 6 > max 5); 2 more fail; 1 more warn"
    )


def test_all_is_well() -> None:
    """The check closest to its limit is named."""
    assert sentence(result()) == (
        "dev: PASS — the only check passed; closest to its limit: 3 posts to connections failed with 410 GoneException "
        "(gone.errors 3 <= max 5)"
    )


def test_nothing_could_be_read() -> None:
    """The reason is given once, and not that each check repeats it."""
    blind = [check(name, Verdict.ERROR, value=None) for name in ("gone.errors", "gone.connections")]
    assert sentence(unread("access denied\nask for more", *blind)) == "dev: ERROR — access denied"


@pytest.mark.parametrize(("code", "more"), [(0, ""), (3, "; a check itself is broken")])
def test_a_check_that_is_broken(code: int, more: str) -> None:
    """The pipeline is red without a failure, and the sentence says why."""
    assert sentence(result(exit_code=code)).partition("(gone.errors 3 <= max 5)")[2] == more


def test_hostile_text_is_inert_and_on_one_line() -> None:
    """This holds whatever the error quotes."""
    line = sentence(unread(f"{HOSTILE} @channel <!here> https://x.example"))
    assert not set(UNPRINTABLE) & set(line)
    assert len(line.splitlines()) == 1
    for alive in ("@channel", "<!here>", "://x", "<script>"):
        assert alive not in line


def test_an_endless_error_is_cut() -> None:
    """A chat channel takes a line, not a book."""
    assert len(sentence(unread("x" * 5000))) == 600
