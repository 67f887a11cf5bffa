"""The summary in the terminal shows every number by its name, and every verdict."""

from collections.abc import Collection, Sequence

import pytest
from msgspec import structs

from checks.analysis.evidence import CoincidentError
from checks.logs.spool import Fetch, Progress
from checks.metrics import METRICS, EvidenceKind, Subject
from checks.report import terminal
from checks.report.headline import worst_last
from checks.report.phrases import verdict_sentence
from checks.report.result import Result
from checks.report.terminal import View, error_lines, progress_display, summary_lines
from checks.verdicts.verdict import Verdict
from tests.report.results import (
    HOSTILE,
    UNPRINTABLE,
    at,
    check,
    deploy,
    evidence,
    failing,
    gone,
    overview,
    reading,
    receipt,
    result,
    unread,
)

SECTIONS = {
    Subject.GONE: "=== GoneException Analysis ===",
    Subject.LIFECYCLE: "=== Connection Lifecycle Analysis ===",
    Subject.WELCOME: "=== Welcome Message Analysis ===",
}


WHOLE = View(verbosity=1)


def lines(
    run: Result, subjects: Collection[Subject] = tuple(Subject), changes: Sequence[str] = (), view: View = WHOLE
) -> list[str]:
    """Return all printed lines, with -v first, then why the logs could not be read."""
    return [line.text for line in (*summary_lines(run, subjects, changes, view), *error_lines(run))]


def short(run: Result, width: int = 80, verbosity: int = 0, changes: Sequence[str] = ()) -> list[str]:
    """Return what is printed without -v."""
    return lines(run, changes=changes, view=View(verbosity, width))


def test_the_verdict_comes_first() -> None:
    """Then come the checks, the three analyses in order, and what was read."""
    printed = lines(result())
    assert printed[1].startswith("dev: PASS")
    places = [printed.index(heading) for heading in ("=== Checks ===", *SECTIONS.values())]
    assert places == sorted(places)
    assert "Read from log.jsonl: 1,234 events in the window" in printed[places[-1] :]


def test_analyses_and_passes_are_for_those_who_ask() -> None:
    """Without -v passes are only counted and analyses left out; -q shows only what did not pass."""
    run = result(check(), failing("gone.connections"))
    assert not {*SECTIONS.values(), "=== Checks ==="} & set(short(run))
    assert "PASS  1 check" in short(run)
    assert [line for line in short(run, verbosity=-1) if line] == [
        "dev: FAIL (1 failed, 1 passed), 2026-06-02 00:00:00 to 2026-06-03 00:00:00 UTC",
        "67 connections met a 410 GoneException",
        "FAIL  gone.connections 67 > max 5",
    ]


def outage() -> Result:
    """Return a run with an incident of two checks, another one, and ten checks that passed."""
    undelivered = evidence(EvidenceKind.UNDELIVERED, cases=75, connections=75, began=at(hours=3))
    lost = evidence(EvidenceKind.INCOMPLETE, indicators={"lost": 1})
    return result(
        failing("welcome.undelivered_rate", 0.1875, n=400, limit=0.05),
        failing("lifecycle.incomplete_rate", 0.04, n=200, limit=0.02),
        *(check(name) for name in list(METRICS)[:10]),
        evidence=(structs.replace(undelivered, indicators={"welcome_gone": 75}), lost),
        overview=overview(deploys=(deploy(hours=2.9, version="42"),)),
    )


def test_a_failing_run_is_told_in_a_screen() -> None:
    """It has the verdict, incidents with cause and fix, failed checks, and one line for the passes."""
    printed = short(outage(), changes=("verdict changed: PASS → FAIL",) * 9)
    assert len(printed) <= 20
    assert printed[2:4] == [
        "75 of 400 connections got no welcome message, all since 2026-06-02 03:00 UTC, 6",
        "  minutes after version 42 went live",
    ]
    causes = [line for line in printed if line.startswith("Cause: ")]
    fixes = [line for line in printed if line.startswith("Fix:   ")]
    assert causes[0].startswith("Cause: (seen in 75 of 75 cases) Sending the welcome failed with 410")
    assert (len(causes), len(fixes)) == (2, 2)
    assert "PASS  10 checks" in printed


@pytest.mark.parametrize(("verbosity", "named"), [(0, 1), (1, 2)])
def test_the_most_frequent_error_that_set_in_with_it_is_named(verbosity: int, named: int) -> None:
    """With -v, the others are named as well."""
    errors = tuple(CoincidentError(f"TypeError: no {field}", 3, at(hours=3)) for field in ("name", "room"))
    run = result(failing(), evidence=(evidence(cases=9, began=at(hours=3), errors=errors),))
    lines = [line for line in short(run, verbosity=verbosity) if line.startswith("Error: ")]
    assert len(lines) == named
    assert lines[0] == "Error: 3 times since 2026-06-02 03:00 UTC: TypeError: no name"


def test_warnings_beside_a_failure_are_named_in_a_line() -> None:
    """-q leaves them out; if nothing is worse, each has its sentence."""
    warnings = [check(name, Verdict.WARN) for name in ("gone.errors", "gone.connections")]
    assert "WARN  gone.errors, gone.connections" in short(result(*warnings, failing("welcome.failed")))
    quiet = short(result(*warnings, failing("welcome.failed")), verbosity=-1)
    assert not [line for line in quiet if line.startswith("WARN")]
    assert len([line for line in short(result(*warnings)) if line.startswith("WARN  gone.")]) == len(warnings)


def test_checks_that_wait_for_the_rest_of_the_logs_are_counted() -> None:
    """The reason is the same for all of them, and is given above."""
    waiting = [check(name, Verdict.INCONCLUSIVE, value=0.0) for name in ("gone.errors", "welcome.sent")]
    gap = failing("data.gaps", 1, verdict=Verdict.ERROR)
    printed = short(result(*waiting, gap, receipt=receipt(reading(), complete=False, gaps=("half a gzip",))))
    assert "INCONCLUSIVE  2 checks: not everything was read" in printed
    assert not [line for line in printed if "gone.errors" in line]
    assert any(line.startswith("ERROR  data.gaps") for line in printed)


def test_more_failures_than_fit_are_counted() -> None:
    """The last five are shown, since a line that counts one more could as well show it."""
    shown = {}
    for number in (6, 7):
        printed = short(result(*(failing(name) for name in list(METRICS)[:number])))
        shown[number] = sum(line.startswith("FAIL  ") for line in printed), "… 2 more checks (-v shows all)" in printed
    assert shown == {6: (6, False), 7: (5, True)}


def test_a_long_place_does_not_hide_what_was_read() -> None:
    """The numbers matter more than the end of a path."""
    printed = short(result(receipt=receipt(reading(), requested=("/a/long/path" * 9,))))
    (line,) = (line for line in printed if line.startswith("Read from"))
    assert line.endswith("…: 1,234 events in the window")


def test_too_little_data_is_no_cause() -> None:
    """The summary says what to do about it, without the remedy of a failure."""
    few = check("welcome.failure_rate", Verdict.INCONCLUSIVE, value=0.0, n=5, missing=54)
    printed = short(result(few, overview=overview(indicators={"welcome_gone": 3})))
    assert "Too little data: 5 welcome messages, 59 needed (54 more)" in printed
    assert any(line.startswith("Next:  ") for line in printed)
    assert not [line for line in printed if line.startswith(("Cause", "Fix"))]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_lines_fit_the_terminal(width: int) -> None:
    """At any width, longer sentences continue on the next line, and a % stays with its number."""
    printed = short(outage(), width, changes=("verdict changed: PASS → FAIL",) * 9)
    assert max(map(len, printed)) <= width
    assert not [line for line in printed if line.lstrip().startswith("%")]


def test_receipt_tells_what_was_not_counted() -> None:
    """It has duplicates, unreadable lines, gaps and notes, if there are any."""
    read = reading(
        look_back_events=10, outside_events=20, duplicates=30, unreadable=2, unreadable_examples=("log:7: is not JSON",)
    )
    printed = lines(result(receipt=receipt(read, gaps=("half of it is missing",), notes=("3 places were replaced",))))
    counts = "in the window, 10 in the 2 h before, 20   outside, 30 duplicates, 2 unreadable lines"
    assert f"Read from log.jsonl: 1,234 events {counts}" in " ".join(printed)
    remarks = {"half of it is missing", "3 places were replaced", "unreadable: log:7: is not JSON"}
    assert remarks <= {line.strip() for line in printed}
    assert "Read from log.jsonl: 1,234 events in the window" in lines(result())


def test_near_misses_are_printed() -> None:
    """A person who has to teach a pattern sees the lines."""
    assert any("Greeted client 7" in line for line in lines(result(near_misses=("Greeted client 7",))))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_printed(verdict: Verdict) -> None:
    """The verdicts of the checks and of the run are in capitals."""
    printed = lines(result(check(verdict=verdict)))
    assert any(line.startswith(f"{verdict.upper()}  gone.errors ") for line in printed)
    assert printed[1].startswith(f"dev: {verdict.upper()} (1 ")
    assert "), 2026-06-02 00:00:00 to 2026-06-03 00:00:00" in printed[1]


def test_the_worst_check_comes_last() -> None:
    """A reader at the end of a log sees what matters; equals keep their order."""
    checks = [check(f"gone.{verdict}", verdict) for verdict in reversed(Verdict)]
    assert [one.verdict for one in worst_last(checks)] == list(Verdict)
    equals = [check("gone.errors"), check("data.events")]
    assert worst_last(equals) == equals


def test_verdicts_are_counted() -> None:
    """The first sentence has the number of checks with each verdict."""
    checks = (check(verdict=Verdict.PASS), check(verdict=Verdict.FAIL), check(verdict=Verdict.PASS))
    assert "dev: FAIL (1 failed, 2 passed)" in verdict_sentence(result(*checks))


def test_logs_that_could_not_be_read() -> None:
    """There are no numbers, and the reason is given once, with its examples."""
    run = unread("log: holds no log event\n  log:1: is not JSON")
    printed = lines(run)
    assert not set(SECTIONS.values()) & set(printed)
    assert "ERROR  gone.errors not measured" in printed
    assert printed[-2:] == ["error: dev: log: holds no log event", "hint: log:1: is not JSON"]
    assert sum("log: holds no log event" in line for line in printed) == 1


def test_an_error_is_said_last_and_once() -> None:
    """It has a hint, and one line for all checks that could not be measured."""
    checks = [check(name, Verdict.ERROR, value=None) for name in ("gone.errors", "welcome.sent", "lifecycle.open")]
    assert short(unread("no AWS region", *checks)) == [
        "",
        "dev: ERROR (3 errors)",
        "ERROR  3 checks not measured",
        "error: dev: no AWS region",
        "hint: websocket-health-checks doctor -E dev shows what is missing",
    ]
    assert next(error_lines(unread("no AWS region"))).style == ("red", "bold")


def test_a_long_hint_is_cut() -> None:
    """A list of all formats would push the error out of sight; the report has it."""
    error, hint = error_lines(unread(f"log.jsonl: no known format; known formats: {'text; ' * 99}"))
    assert error.text == "error: dev: log.jsonl: no known format"
    assert hint.text.startswith("hint: known formats: text; ")
    assert hint.text.endswith("…")


def test_a_read_that_failed_tells_how_far_it_came() -> None:
    """Its receipt is above the error; files have none."""
    fetch = Fetch((), 12, 3, 2, 4, 1, 5678, 1_500_000, 0, 0, 0.0)
    printed = lines(structs.replace(unread("access denied"), receipt=receipt(None, fetch=fetch)))
    place = printed.index("Read from log.jsonl: 5,678 events read before the error")
    assert printed[place + 1] == "  12 calls, 3 retries, 2 throttled; 4 pages, 1 empty; 1.5 MB"
    assert place < printed.index("error: dev: access denied")
    assert not any(line.startswith("Read from") for line in lines(unread("no such file")))


def test_what_changed_is_two_lines_at_most() -> None:
    """Without -v it is one, since the report has all; without an earlier run, there is none."""
    names = ("gone.errors", "gone.connections", "gone.connection_rate", "lifecycle.complete", "welcome.failure_rate")
    printed = short(result(), changes=[f"{name}: pass 3 → fail 67 (max 5)" for name in names])
    assert printed[-1].startswith("Since the last run: gone.errors")
    assert printed[-1].endswith(" …")
    assert short(result(), changes=("nothing changed",))[-1] == "Since the last run: nothing changed"
    assert not any(line.startswith("Since") for line in short(result()))


def test_hostile_text_stays_harmless() -> None:
    """No text from a log is printed raw: no id, message, file name, remark, sentence or error."""
    read = reading(unreadable=1, unreadable_examples=(HOSTILE,))
    run = result(
        check(sentence=HOSTILE),
        receipt=receipt(read, requested=(HOSTILE,), gaps=(HOSTILE,), notes=(HOSTILE,)),
        gone_connections=(gone(HOSTILE, sample=HOSTILE),),
        near_misses=(HOSTILE,),
    )
    printed = lines(run, changes=(HOSTILE,)) + lines(unread(HOSTILE))
    assert sum("gnp.exe" in line for line in printed) == 10  # an id is cut before
    assert not set(UNPRINTABLE + "\n") & set("".join(printed))


HALF = Progress(1800, 3600, "of the time", events=1234)


def test_a_line_tells_how_far_the_read_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to standard error, for the log of a pipeline."""
    monkeypatch.setattr(terminal, "_LINE_EVERY_SECONDS", 0)
    with progress_display(is_quiet=False) as show:
        show(HALF)
    printed = capsys.readouterr()
    assert printed.err.startswith("reading logs: 50% of the time, 1,234 events, ")
    assert printed.err.endswith("/s\n")
    assert not printed.out


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """A short read prints none."""
    with progress_display(is_quiet=False) as show:
        show(HALF)
    assert not capsys.readouterr().err


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """This holds however often progress is made."""
    monkeypatch.setattr(terminal, "_LINE_EVERY_SECONDS", 0)
    with progress_display(is_quiet=True) as show:
        show(HALF)
    assert not capsys.readouterr().err
