"""Whole runs on bad logs: what can't be read is said, and is never a pass."""

import gzip
import json

import pytest

from tests.health_run import REPORTS, HealthRun, health_run, healthy, log, shared_run, thresholds, unhealthy

GONE = "GoneException: 410 for connectionId: Qw7LmXa9oAMCKbg="


def event(message: str = GONE, at_ms: float | str = 1_780_358_400_000, **fields: str) -> str:
    return json.dumps({"timestamp": at_ms, "message": message, **fields}) + "\n"


def assert_not_measured(run: HealthRun, reason: str) -> None:
    """No check passed anywhere, and all reports tell why."""
    assert run.code == 12, run.text
    assert run.outcomes == {"errors": 16}
    assert set(run.verdicts.values()) == {"error"}
    assert (run.result["verdict"], run.result["exit_code"]) == ("error", 12)
    assert reason in run.result["error"]
    assert run.result["metrics"] == {}
    assert not run.result["receipt"]["complete"]
    assert sum(reason in line for line in run.lines) == 1
    assert "Traceback" not in run.text
    for case in run.cases.values():
        error = case.find("error")
        assert error is not None
        assert reason in (error.text or "")
        assert "verdict" in {one.attrib["name"] for one in case.iter("property")}
    assert reason in run.html.replace("&#x27;", "'")


def test_a_file_that_is_no_log(pytester: pytest.Pytester) -> None:
    """Logs that can't be read are an error in all reports, with exit code 12; its lines are shown as examples."""
    run = health_run(pytester, "--logs", log(pytester, b'{"message": "hello"}\n'))
    assert_not_measured(run, "log.jsonl: holds no log event with a time")
    assert "log.jsonl:1: " in run.text


def test_a_missing_file(pytester: pytest.Pytester) -> None:
    """A name that matches nothing is no empty log."""
    run = health_run(pytester, "--logs", "missing.jsonl")
    assert_not_measured(run, "missing.jsonl: no such file")
    assert (run.result["evidence"], run.result["overview"]) == ([], None)


def test_a_line_that_is_no_event_is_shown(pytester: pytest.Pytester) -> None:
    """It is counted and named with its line, and the others are read."""
    run = health_run(pytester, "--logs", log(pytester, event() + "half a li\n" + event()))
    assert run.value("gone.errors") == 2
    assert "1 unreadable line" in run.text
    assert "log.jsonl:2: is not JSON" in run.text
    assert run.result["receipt"]["reading"]["unreadable"] == 1


def test_more_unreadable_lines_than_a_trifle_are_a_gap(pytester: pytest.Pytester) -> None:
    """What was not read may be what matters: the first of the lines is named, and what to do."""
    lines = [*healthy().decode().splitlines()[:20], "torn"]
    run = health_run(pytester, "--logs", log(pytester, "\n".join(lines)))
    gap = "1 of 21 lines could not be read, the first at log.jsonl:21: is not JSON; export them again, or allow more by"
    assert run.code == 12
    assert (run.value("data.gaps"), run.value("data.unreadable_rate")) == (1, 1 / 21)
    assert {run.verdicts["data.gaps"], run.verdicts["data.unreadable_rate"]} == {"error"}
    assert gap in run.sentences["data.unreadable_rate"].replace(f"{pytester.path}/", "")
    allowed = thresholds(pytester, "gone.errors: 500, data.unreadable_rate: 5%, data.gaps: 0")
    assert health_run(pytester, "--logs", "log.jsonl", "--thresholds", allowed).code == 0
    unlimited = thresholds(pytester, "welcome.failure_rate: 50%")
    assert health_run(pytester, "--logs", "log.jsonl", "--thresholds", unlimited).code == 11


def test_half_a_gzip_is_never_a_pass(pytester: pytest.Pytester) -> None:
    """What stands before the break is judged only where more events could not change it."""
    whole = gzip.compress(healthy(), mtime=0)
    run = health_run(pytester, "--logs", log(pytester, whole[: len(whole) * 7 // 10], "log.jsonl.gz"))
    assert run.code == 12, run.text
    assert "pass" not in run.verdicts.values()
    assert run.verdicts["data.gaps"] == "error"
    assert not run.result["receipt"]["complete"]
    assert "the compressed data are cut off or damaged" in run.text


def test_half_a_gzip_can_prove_a_failure(pytester: pytest.Pytester) -> None:
    """More events can't take away the errors that were seen."""
    whole = gzip.compress(unhealthy(), mtime=0)
    limits = thresholds(pytester, "gone.errors: 1")
    run = health_run(pytester, "--logs", log(pytester, whole[: len(whole) * 2 // 3], "log.gz"), "--thresholds", limits)
    assert run.code == 1
    assert run.verdicts == {"gone.errors": "fail"}


def test_duplicates_count_once(pytester: pytest.Pytester) -> None:
    """An event that was delivered twice happened once: its id tells, in whatever order and file it comes."""
    log(pytester, unhealthy(), "once.jsonl")
    log(pytester, gzip.compress(b"".join(reversed(unhealthy().splitlines(keepends=True)))), "twice.jsonl.gz")
    run = health_run(pytester, "--logs", "once.jsonl", "--logs", "twice.jsonl.gz")
    result, count = run.result, len(unhealthy().splitlines())
    assert result["receipt"]["reading"]["duplicates"] == count
    assert f"{count:,} duplicates" in " ".join(run.text.split())
    assert result["metrics"] == shared_run(pytester, unhealthy()).result["metrics"]


def test_several_files_are_one_log(pytester: pytest.Pytester) -> None:
    """Files, folders and globs in one run, in any format; what is named twice is read once."""
    (pytester.path / "folder").mkdir()
    one = log(pytester, event())
    log(pytester, event(at_ms=1_780_358_401_000), "folder/two.jsonl")
    log(pytester, f"2026-06-02T00:00:02.000Z {GONE}\n", "three.txt")
    run = health_run(pytester, "--logs", one, "--logs", "folder", "--logs", "th*.txt", "--logs", "log*.jsonl")
    assert (run.value("gone.errors"), run.value("data.events")) == (3, 3)
    assert run.result["receipt"]["asked"] == [str(one), "folder", "th*.txt", "log*.jsonl"]
    assert run.result["window"] == {"since": "2026-06-02T00:00:00Z", "until": "2026-06-02T00:00:02.001000Z"}


def test_odd_bytes(pytester: pytest.Pytester) -> None:
    """In a name, in an event, and a great many of them: nothing is lost, and no report breaks."""
    odd = event().encode().replace(b"410", b"\xff410")
    content = odd + event(f"{GONE} {'x' * (1 << 20)}").encode()
    try:
        path = log(pytester, content, "caf\udce9.jsonl")
    except OSError:  # this file system takes only UTF-8
        path = log(pytester, content, "café.jsonl")
    run = health_run(pytester, "--logs", path)
    assert run.value("gone.errors") == 2
    assert "not UTF-8" in run.text
    assert max(map(len, run.lines)) < 1000
    assert set(run.reports) >= set(REPORTS)


def test_the_window_is_judged(pytester: pytest.Pytester) -> None:
    """Events before it tell how connections began; they and those outside are not counted."""
    hours = "".join(event(at_ms=1_780_358_400_000 + hour * 3_600_000) for hour in range(8))
    window = ("--since", "2026-06-02T04:00", "--until", "2026-06-02T06:00Z")
    run = health_run(pytester, "--logs", log(pytester, hours), *window)
    assert run.value("gone.errors") == 2
    assert run.result["window"] == {"since": "2026-06-02T04:00:00Z", "until": "2026-06-02T06:00:00Z"}
    reading = run.result["receipt"]["reading"]
    assert (reading["look_back_events"], reading["outside_events"]) == (2, 4)


def test_hours_before_the_end(pytester: pytest.Pytester) -> None:
    """-T is the length of the window."""
    run = health_run(pytester, "--logs", log(pytester, event()), "-T", "1.5", "--until", "2026-06-02T01:00Z")
    assert run.result["window"] == {"since": "2026-06-01T23:30:00Z", "until": "2026-06-02T01:00:00Z"}


def test_hours_of_files_count_back_from_their_last_event(pytester: pytest.Pytester) -> None:
    """A file of last week is judged as it was then."""
    run = health_run(
        pytester, "--logs", log(pytester, event() + event(at_ms=1_780_358_400_000 + 3_600_000)), "-T", "0.5"
    )
    assert run.result["window"] == {"since": "2026-06-02T00:30:00.001000Z", "until": "2026-06-02T01:00:00.001000Z"}
    assert run.value("gone.errors") == 1
    assert run.verdicts["data.age_seconds"] == "pass"


def test_files_end_the_window_where_nobody_does(pytester: pytest.Pytester) -> None:
    """A begin alone asks for all that follows in the files, and not for the time up to now."""
    run = health_run(pytester, "--logs", log(pytester, event() + event("x")), "--since", "2026-06-01T12:00Z")
    assert run.result["window"] == {"since": "2026-06-01T12:00:00Z", "until": "2026-06-02T00:00:00.001000Z"}


@pytest.mark.parametrize(
    "options",
    [
        ("--since", "20m"),
        ("--since", "2026-06-05T00:00Z", "--until", "2026-06-06T00:00Z"),
        ("-T", "6", "--until", "2026-06-01T00:00Z"),
        ("--deployed-at", "20m"),
    ],
)
def test_a_window_outside_of_the_files_is_an_error_of_the_command_line(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    """It is said what the files cover, and what to give instead; nobody is unhealthy."""
    run = health_run(pytester, "--logs", log(pytester, healthy()), *options)
    assert run.code == 4
    covered = "outside of what the logs cover, 2026-06-01 22:00:00 to 2026-06-02 23:"
    assert f"error: {' '.join(options)}: {covered}" in run.text
    assert "; give --since 2026-06-01T22:00:00Z --until 2026-06-02T23:" in run.text
    assert "or -T 6 for their last 6 hours" in run.text
    assert "Traceback" not in run.text
    assert "!!!" not in run.text
    assert run.reports == []


def test_a_window_without_events_is_never_a_pass(pytester: pytest.Pytester) -> None:
    """No error among no events proves nothing, where the files reach over the window."""
    hours = event("x") + event("y", at_ms=1_780_358_400_000 + 9 * 3_600_000)
    window = ("--since", "2026-06-02T04:00Z", "--until", "2026-06-02T05:00Z")
    limits = thresholds(pytester, "gone.errors: 5, welcome.failure_rate: 5%")
    run = health_run(pytester, "--logs", log(pytester, hours), "--thresholds", limits, *window)
    assert run.code == 11
    assert set(run.verdicts.values()) == {"inconclusive"}


@pytest.mark.parametrize(("hours", "side"), [(9, "before"), (-5.5, "after")])
def test_times_hours_away_from_their_ingestion_are_told(pytester: pytest.Pytester, hours: float, side: str) -> None:
    """A tool has written local times without an offset: the window is another than it seems."""
    ingested = 1_780_358_400_000 + round(hours * 3_600_000)
    run = health_run(pytester, "--logs", log(pytester, event(ingestionTime=str(ingested)) * 5))
    told = f"the events' times are {abs(hours):g} h {side} their ingestionTime"
    assert told in " ".join(run.text.split())
    assert any(told in note for note in run.result["receipt"]["notes"])
