"""Whole runs on bad logs: what can't be read is reported, and is never a pass."""

import base64
import gzip
import json
import random

import pytest

from tests import own_process
from tests.health_run import REPORTS, HealthRun, health_run, healthy, log, shared_run, thresholds, unhealthy
from tests.history.records import remembered

ID = "Qw7LmXa9oAMCKbg="
GONE = f"GoneException: 410 for connectionId: {ID}"


def event(message: str = GONE, at_ms: float | str = 1_780_358_400_000, **fields: str) -> str:
    return json.dumps({"timestamp": at_ms, "message": message, **fields}) + "\n"


def assert_not_measured(run: HealthRun, reason: str) -> None:
    """Check that no check passed anywhere, and that all reports say why."""
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
    """All reports show an error, with exit code 12, and quote lines of the file as examples."""
    run = health_run(pytester, "--logs", log(pytester, b'{"message": "hello"}\n'))
    assert_not_measured(run, "log.jsonl: holds no log event with a time")
    assert "log.jsonl:1: " in run.text


def test_a_missing_file(pytester: pytest.Pytester) -> None:
    """A name that matches nothing is not an empty log."""
    run = health_run(pytester, "--logs", "missing.jsonl")
    assert_not_measured(run, "missing.jsonl: no such file")
    assert (run.result["evidence"], run.result["overview"]) == ([], None)
    (one,) = remembered(pytester.path / "reports" / "history")  # that nothing was seen is remembered, too
    assert (one["verdict"], one["metrics"]) == ("error", {})


def test_more_unreadable_lines_than_a_trifle_are_a_gap(pytester: pytest.Pytester) -> None:
    """What was not read may matter most: the report names the first such line, and what to do."""
    lines = [*healthy().decode().splitlines()[:20], "torn"]
    run = health_run(pytester, "--logs", log(pytester, "\n".join(lines)))
    gap = "1 of 21 lines could not be read, the first at log.jsonl:21: is not JSON; export them again, or allow more"
    assert run.code == 12
    assert (run.value("data.gaps"), run.value("data.unreadable_rate")) == (1, 1 / 21)
    assert {run.verdicts["data.gaps"], run.verdicts["data.unreadable_rate"]} == {"error"}
    assert gap in run.sentences["data.unreadable_rate"].replace(f"{pytester.path}/", "")


def test_half_a_gzip_is_never_a_pass(pytester: pytest.Pytester) -> None:
    """The part before the break is judged only if more events could not change the verdict."""
    whole = gzip.compress(healthy(), mtime=0)
    run = health_run(pytester, "--logs", log(pytester, whole[: len(whole) * 7 // 10], "log.jsonl.gz"))
    assert run.code == 12, run.text
    assert "pass" not in run.verdicts.values()
    assert run.verdicts["data.gaps"] == "error"
    assert not run.result["receipt"]["complete"]
    assert "the compressed data are cut off or damaged" in run.text


def test_half_a_gzip_can_prove_a_failure(pytester: pytest.Pytester) -> None:
    """More events can't undo the errors that were seen; what they could change is inconclusive."""
    whole = gzip.compress(unhealthy(), mtime=0)
    limits = thresholds(pytester, "gone.errors: 1, welcome.failure_rate: 50%")
    run = health_run(pytester, "--logs", log(pytester, whole[: len(whole) * 2 // 3], "log.gz"), "--thresholds", limits)
    assert run.code == 1
    assert run.verdicts == {"gone.errors": "fail", "welcome.failure_rate": "inconclusive"}


def test_duplicates_count_once(pytester: pytest.Pytester) -> None:
    """An event that was delivered twice counts once, by its id, in whatever order and file it comes."""
    log(pytester, unhealthy(), "once.jsonl")
    log(pytester, gzip.compress(b"".join(reversed(unhealthy().splitlines(keepends=True)))), "twice.jsonl.gz")
    run = health_run(pytester, "--logs", "once.jsonl", "--logs", "twice.jsonl.gz")
    result, count = run.result, len(unhealthy().splitlines())
    assert result["receipt"]["reading"]["duplicates"] == count
    assert f"{count:,} duplicates" in " ".join(run.text.split())
    assert result["metrics"] == shared_run(pytester, unhealthy()).result["metrics"]


def test_several_files_are_one_log(pytester: pytest.Pytester) -> None:
    """Files, folders and globs of any format are read in one run; a file that is named twice is read once."""
    (pytester.path / "folder").mkdir()
    one = log(pytester, event(at_ms=1_780_358_400_123))
    log(pytester, event(at_ms=1_780_358_401_000), "folder/two.jsonl")
    log(pytester, f"2026-06-02T00:00:02.456Z {GONE}\n", "three.txt")
    run = health_run(pytester, "--logs", one, "--logs", "folder", "--logs", "th*.txt", "--logs", "log*.jsonl")
    assert (run.value("gone.errors"), run.value("data.events")) == (3, 3)
    assert run.result["receipt"]["asked"] == [str(one), "folder", "th*.txt", "log*.jsonl"]
    # Without a window all is judged, to the millisecond after the last event.
    assert run.result["window"] == {"since": "2026-06-02T00:00:00.123000Z", "until": "2026-06-02T00:00:02.457000Z"}


def test_odd_bytes(pytester: pytest.Pytester) -> None:
    """Odd bytes in a name or an event, even a great many, neither lose data nor break a report.

    A line that is not an event is counted and named with its line number, and the others are read; a limit may allow
    it.
    """
    odd = event().encode().replace(b"410", b"\xff410")
    content = odd + b"half a li\n" + event(f"{GONE} {'x' * (1 << 20)}").encode()
    try:
        path = log(pytester, content, "caf\udce9.jsonl")
    except OSError:  # this file system takes only UTF-8
        path = log(pytester, content, "café.jsonl")
    limits = "gone.errors: 500, data.unreadable_rate: 50%, data.gaps: 0"
    allowed = thresholds(pytester, limits, "on_inconclusive: pass")
    run = health_run(pytester, "--logs", path, "--thresholds", allowed)
    assert (run.code, run.value("gone.errors"), run.value("data.unreadable_rate")) == (0, 2, 1 / 3)
    assert run.verdicts["data.gaps"] == "pass"
    assert "not UTF-8" in run.text
    assert max(map(len, run.lines)) < 1000
    assert "1 unreadable line" in run.text
    assert ".jsonl:2: is not JSON" in run.text
    assert run.result["receipt"]["reading"]["unreadable"] == 1
    assert set(run.reports) >= set(REPORTS)


def test_events_of_a_megabyte_take_half_a_gigabyte_at_most(pytester: pytest.Pytester) -> None:
    """Each event is a sentence of its own, with a signal at its beginning."""
    draw = random.Random(1)
    texts = (f"Client connected: {ID}\n{base64.b64encode(draw.randbytes(3 << 18)).decode()}" for _ in range(16))
    path = log(pytester, "".join(map(event, texts)).encode())
    peak_mib = own_process.peak_mib(pytester.path / "reports", "--logs", str(path))
    result = json.loads((pytester.path / "reports/dev/result.json").read_text())
    assert result["interpretation"]["connects"] == 16
    assert 100 < peak_mib < 512


def test_the_window_is_judged(pytester: pytest.Pytester) -> None:
    """Earlier events show how connections began; neither they nor later ones are counted."""
    hours = "".join(event(at_ms=1_780_358_400_000 + hour * 3_600_000) for hour in range(8))
    window = ("--since", "2026-06-02T04:00", "--until", "2026-06-02T06:00Z")
    run = health_run(pytester, "--logs", log(pytester, hours), *window)
    assert run.value("gone.errors") == 2
    assert run.result["window"] == {"since": "2026-06-02T04:00:00Z", "until": "2026-06-02T06:00:00Z"}
    reading = run.result["receipt"]["reading"]
    assert (reading["look_back_events"], reading["outside_events"]) == (2, 4)


def test_hours_of_files_count_back_from_their_last_event(pytester: pytest.Pytester) -> None:
    """A file of last week is judged as it was then."""
    hour_ms = 3_600_000
    times_ms = (1_780_358_400_000, 1_780_358_400_000 + hour_ms)
    events = "".join(event(at_ms=at_ms, ingestionTime=str(at_ms + 9 * hour_ms)) for at_ms in times_ms)
    run = health_run(pytester, "--logs", log(pytester, events), "-T", "0.5")
    assert run.result["window"] == {"since": "2026-06-02T00:30:00.001000Z", "until": "2026-06-02T01:00:00.001000Z"}
    assert run.value("gone.errors") == 1
    assert run.verdicts["data.age_seconds"] == "pass"
    assert_told(run, "the events' times are 9 h before their ingestionTime")


def assert_told(run: HealthRun, note: str) -> None:
    """Check that it is on the terminal and in the receipt."""
    assert note in " ".join(run.text.split())
    assert any(note in one for one in run.result["receipt"]["notes"])


def test_files_end_the_window_where_nobody_does(pytester: pytest.Pytester) -> None:
    """With --since alone, the window ends with the files, and not now.

    If times are hours away from their ingestion, the report says so: a tool has written local times without an offset,
    so the window is not what it seems.
    """
    ingested_ms = 1_780_358_400_000 - round(5.5 * 3_600_000)
    events = event(ingestionTime=str(ingested_ms)) + event("x", ingestionTime=str(ingested_ms))
    run = health_run(pytester, "--logs", log(pytester, events), "--since", "2026-06-01T12:00Z")
    assert run.result["window"] == {"since": "2026-06-01T12:00:00Z", "until": "2026-06-02T00:00:00.001000Z"}
    assert_told(run, "the events' times are 5.5 h after their ingestionTime")


def test_a_window_outside_of_the_files_is_an_error_of_the_command_line(pytester: pytest.Pytester) -> None:
    """The message says what the files cover, and what to give instead; no service is unhealthy."""
    options = ("--deployed-at", "20m")
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
    """If the files cover the window but have no events in it, no errors prove nothing."""
    hours = event("x") + event("y", at_ms=1_780_358_400_000 + 9 * 3_600_000)
    window = ("--since", "2026-06-02T04:00Z", "--until", "2026-06-02T05:00Z")
    limits = thresholds(pytester, "gone.errors: 5, welcome.failure_rate: 5%")
    run = health_run(pytester, "--logs", log(pytester, hours), "--thresholds", limits, *window)
    assert run.code == 11
    assert set(run.verdicts.values()) == {"inconclusive"}
