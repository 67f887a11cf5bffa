"""Whole runs on bad logs: what can't be read is said, and is never a pass."""

import gzip
import json

import pytest

from tests.health_run import HealthRun, health_run, healthy, interfering, log, thresholds, unhealthy

GONE = "GoneException: 410 for connectionId: Qw7LmXa9oAMCKbg="


def event(message: str = GONE, at_ms: float | str = 1_780_358_400_000, **fields: str) -> str:
    return json.dumps({"timestamp": at_ms, "message": message, **fields}) + "\n"


def assert_not_measured(run: HealthRun, reason: str) -> None:
    """No check passed anywhere, and all reports tell why."""
    assert run.code == 12, run.text
    assert run.outcomes == {"errors": 15}
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
        assert "verdict" in {found.attrib["name"] for found in case.iter("property")}
    assert reason in run.html.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "log.jsonl: is empty"),
        (b"\n\n", "log.jsonl: is empty"),
        (b"buy milk\n", "log.jsonl: holds no event in a format that is known"),
        (bytes(range(256)) * 9, "log.jsonl: is binary"),
        (b'{"message": "hello"}\n', "log.jsonl: holds no log event with a time"),
        (b'{"events": [{"timestamp": 1', "log.jsonl: holds no log event"),
    ],
)
def test_a_file_that_is_no_log(pytester: pytest.Pytester, content: bytes, reason: str) -> None:
    """Logs that can't be read are an error in all reports, with exit code 12."""
    assert_not_measured(health_run(pytester, "--logs", log(pytester, content)), reason)


def test_a_missing_file(pytester: pytest.Pytester) -> None:
    """A name that matches nothing is no empty log."""
    assert_not_measured(health_run(pytester, "--logs", "missing.jsonl"), "missing.jsonl: no such file")


def test_no_credentials(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment whose logs can't be reached is an error: the demo is never a fallback."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    run = health_run(pytester, environment="dev")
    assert_not_measured(run, "boto3 finds no credentials for AWS; name a profile in AWS_PROFILE")


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
    gap = "1 of 21 lines could not be read, the first is log.jsonl:21: is not JSON; export them again, or allow more by"
    assert run.code == 12
    assert (run.value("data.gaps"), run.value("data.unreadable_rate")) == (1, 1 / 21)
    assert {run.verdicts["data.gaps"], run.verdicts["data.unreadable_rate"]} == {"error"}
    assert gap in run.sentences["data.unreadable_rate"].replace(f"{pytester.path}/", "")
    allowed = thresholds(pytester, "gone.errors: 500, data.unreadable_rate: 5%, data.gaps: 0")
    assert health_run(pytester, "--logs", "log.jsonl", "--thresholds", allowed).code == 0
    unlimited = thresholds(pytester, "welcome.failure_rate: 50%")
    assert health_run(pytester, "--logs", "log.jsonl", "--thresholds", unlimited).code == 11


def test_no_line_is_an_event(pytester: pytest.Pytester) -> None:
    """The lines that were no events are shown as examples."""
    run = health_run(pytester, "--logs", log(pytester, '{"message": "hello"}\n'))
    assert "log.jsonl:1: " in run.text


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.98])
def test_half_a_gzip_is_never_a_pass(pytester: pytest.Pytester, kept: float) -> None:
    """What stands before the break is judged only where more events could not change it."""
    whole = gzip.compress(healthy(), mtime=0)
    run = health_run(pytester, "--logs", log(pytester, whole[: int(len(whole) * kept)], "log.jsonl.gz"))
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


def test_a_whole_gzip(pytester: pytest.Pytester) -> None:
    """Compression changes no number."""
    run = health_run(pytester, "--logs", log(pytester, gzip.compress(healthy(), mtime=0), "log.jsonl.gz"))
    assert run.code == 0
    assert run.value("data.events") == len(healthy().splitlines())


def test_duplicates_count_once(pytester: pytest.Pytester) -> None:
    """An event that was delivered twice happened once: its id tells."""
    once = log(pytester, unhealthy(), "once.jsonl")
    twice = log(pytester, unhealthy() + unhealthy(), "twice.jsonl")
    expected = health_run(pytester, "--logs", once).result["metrics"]
    run = health_run(pytester, "--logs", twice)
    assert run.result["metrics"] == expected
    count = len(unhealthy().splitlines())
    assert run.result["receipt"]["reading"]["duplicates"] == count
    assert f"{count:,} duplicates" in run.text


def test_the_same_file_named_twice_is_read_once(pytester: pytest.Pytester) -> None:
    """--logs can be repeated, and names may overlap."""
    path = log(pytester, event() + event("noise"))
    run = health_run(pytester, "--logs", path, "--logs", path.parent / "*.jsonl")
    assert run.value("data.events") == 2


def test_several_files_are_one_log(pytester: pytest.Pytester) -> None:
    """Files, folders and globs in one run, in any format."""
    (pytester.path / "folder").mkdir()
    one = log(pytester, event())
    log(pytester, event(at_ms=1_780_358_401_000), "folder/two.jsonl")
    log(pytester, f"2026-06-02T00:00:02.000Z {GONE}\n", "three.txt")
    run = health_run(pytester, "--logs", one, "--logs", "folder", "--logs", "th*.txt")
    assert run.value("gone.errors") == 3
    assert run.result["receipt"]["asked"] == [str(one), "folder", "th*.txt"]


@pytest.mark.parametrize("at", [1_780_358_400, 1_780_358_400_000, 1_780_358_400_000_000, "2026-06-02T00:00:00Z"])
def test_units_of_time(pytester: pytest.Pytester, at: float | str) -> None:
    """Timestamps come in seconds, milliseconds, microseconds, or as text."""
    run = health_run(pytester, "--logs", log(pytester, event(at_ms=at)))
    assert run.result["window"]["since"] == "2026-06-02T00:00:00Z"


def test_events_out_of_order(pytester: pytest.Pytester) -> None:
    """The order of the lines does not matter."""
    backwards = b"".join(reversed(unhealthy().splitlines(keepends=True)))
    forwards = health_run(pytester, "--logs", log(pytester, unhealthy())).result["metrics"]
    assert health_run(pytester, "--logs", log(pytester, backwards)).result["metrics"] == forwards


def test_bytes_that_are_not_utf_8(pytester: pytest.Pytester) -> None:
    """They are replaced, which is said; nothing is lost."""
    run = health_run(pytester, "--logs", log(pytester, event().encode().replace(b"410", b"\xff410")))
    assert run.value("gone.errors") == 1
    assert "not UTF-8" in run.text


def test_a_line_of_a_mebibyte(pytester: pytest.Pytester) -> None:
    """A long line is an event as any other."""
    run = health_run(pytester, "--logs", log(pytester, event(GONE + " " + "x" * (1 << 20)) + event()))
    assert run.value("gone.errors") == 2
    assert max(map(len, run.lines)) < 1000


def test_a_name_that_is_not_utf_8(pytester: pytest.Pytester) -> None:
    """A name that can't be encoded breaks no report."""
    try:
        path = log(pytester, f"2026-06-02T00:00:00.000Z {GONE}\n", "caf\udce9.txt")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    run = health_run(pytester, "--logs", path)
    assert run.value("gone.errors") == 1
    assert run.reports == ["junit.xml", "report.html", "result.json"]


def test_standard_input(pytester: pytest.Pytester) -> None:
    """`--logs -` reads what is piped in, although pytest keeps the standard input from tests."""
    piped = interfering(
        pytester,
        f"""
        import io, pathlib, sys

        sys.stdin = io.TextIOWrapper(io.BytesIO(pathlib.Path({str(log(pytester, healthy()))!r}).read_bytes()))
        """,
    )
    run = health_run(pytester, piped, "--logs", "-")
    assert run.code == 0
    assert "Read from -" in run.text or "Read from standard input" in run.text


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
    assert f"ERROR: {' '.join(options)}: {covered}" in run.text
    assert "; give --since 2026-06-01T22:00:00Z --until 2026-06-02T23:" in run.text
    assert "or -T 6 for their last 6 hours" in run.text
    assert "Traceback" not in run.text
    assert run.reports == []


def test_a_window_without_events_is_never_a_pass(pytester: pytest.Pytester) -> None:
    """No error among no events proves nothing, where the files reach over the window."""
    hours = event("x") + event("y", at_ms=1_780_358_400_000 + 9 * 3_600_000)
    window = ("--since", "2026-06-02T04:00Z", "--until", "2026-06-02T05:00Z")
    limits = thresholds(pytester, "gone.errors: 5, welcome.failure_rate: 5%")
    run = health_run(pytester, "--logs", log(pytester, hours), "--thresholds", limits, *window)
    assert run.code == 11
    assert set(run.verdicts.values()) == {"inconclusive"}
