"""Text lines: if the tool prints no time, the message may have one, or a line beside it."""

import json
from pathlib import Path

import pytest

from checks.logs.formats import text_lines
from checks.logs.formats.text_lines.tool_text import TEXT_FORMATS

STREAM = "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7"


def rows(folder: Path, text: str) -> list[tuple[object, str]]:
    """Return time and message of each event, or why a line is none, by the format that recognises most lines."""
    (folder / "log").write_text(text, encoding="utf-8")
    form = max(TEXT_FORMATS, key=lambda one: one.votes(text))
    spool = form.convert(folder / "log", folder / "spool", lambda _: None).path
    events = map(json.loads, spool.read_text(encoding="utf-8").splitlines())
    return [(event["timestamp"], event.get("unread") or event["message"]) for event in events]


@pytest.mark.parametrize("prefix", [f"/aws/lambda/chat {STREAM} ", "web-1  | ", "[pod/chat-6b7/web] "])
@pytest.mark.parametrize("time", ['"2026-06-02T00:00:00.125Z"', "1780358400125", '"2026-06-02 00:00:00,125"'])
@pytest.mark.parametrize("name", ["timestamp", "time", "ts", "@timestamp"])
def test_a_record_of_json_tells_its_time(tmp_path: Path, prefix: str, time: str, name: str) -> None:
    """The time need not be its first key, and the record may be spread over lines."""
    record = f'{{"level": "INFO", "{name}": {time}, "message": "connected"}}'
    spread = json.dumps(json.loads(record), indent=2)
    assert rows(tmp_path, f"{prefix}{record}\n{prefix}{spread}\n{prefix}bye\n") == [
        (time.strip('"'), record),
        (time.strip('"'), json.dumps(json.loads(record), separators=(",", ":"))),
        (time.strip('"'), "bye"),
    ]


LOGGERS = (
    ("2026/06/02 00:00:00", "2026/06/02 00:00:00 client connected"),
    ("2026-06-02T00:00:00.125123", "I, [2026-06-02T00:00:00.125123 #8]  INFO -- : client connected"),
    ("2026-06-02T00:00:00.125+00:00", "[2026-06-02T00:00:00.125+00:00] production.INFO: client connected"),
    ("2026-06-02 00:00:00,125", "[INFO] 2026-06-02 00:00:00,125 client connected"),
    ("2026-06-02T00:00:00.125Z", "time=2026-06-02T00:00:00.125Z level=INFO msg=connected"),
    ("2026-06-02T00:00:00.125Z", "\x1b[2m2026-06-02T00:00:00.125Z\x1b[0m \x1b[32m INFO\x1b[0m client connected"),
)


@pytest.mark.parametrize(("time", "line"), LOGGERS)
def test_the_head_that_a_logger_writes_tells_its_time(tmp_path: Path, time: str, line: str) -> None:
    """These are Go, Ruby, PHP, Python and Rust; a time further on may be any."""
    prefix = f"/aws/lambda/chat {STREAM} "
    assert rows(tmp_path, f"{prefix}{line}\n{prefix}next at 2027-01-01 00:00:00\n") == [
        (time, line),
        (time, "next at 2027-01-01 00:00:00"),
    ]


@pytest.mark.parametrize("record", ['{"time": 12}', '{"ts": "soon"}', '{"requestTime": "2026-06-02T00:00:00Z"}', "{"])
def test_what_is_no_time_is_taken_for_none(tmp_path: Path, record: str) -> None:
    """A duration is not a time, nor is a time under another name."""
    assert rows(tmp_path, f"web-1  | {record}\n") == [(None, "1: has no time, and no line near it has one")]


@pytest.mark.parametrize(("seconds", "goes_back"), [((1, 1, 2), False), ((1, 3, 2), True), ((2, 3, 1, 2), True)])
def test_a_time_that_goes_back_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: tuple[int, ...], *, goes_back: bool
) -> None:
    """This holds within a block and between two."""
    text = "".join(f"2026-06-02T00:00:0{second}.000000+00:00 {STREAM} connected\n" for second in seconds)
    (tmp_path / "log").write_text(text, encoding="utf-8")
    form = max(TEXT_FORMATS, key=lambda one: one.votes(text))
    for size in (1, 1 << 18):
        monkeypatch.setattr(text_lines, "_BLOCK_CHARACTERS", size)
        assert form.convert(tmp_path / "log", tmp_path / "spool", lambda _: None).goes_back is goes_back


def test_the_oldest_line_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output with the newest first, as of `logcli query`, is reversed, even events of the same time."""
    oldest_first = [("2026-06-02T00:00:01Z", "a"), ("2026-06-02T00:00:01Z", "b"), ("2026-06-02T00:00:02Z", "c\n  d")]
    text = "".join(f'{time} {{app="web"}} {message}\n' for time, message in reversed(oldest_first))
    for size in (1, 1 << 18):
        monkeypatch.setattr(text_lines, "_BLOCK_CHARACTERS", size)
        assert rows(tmp_path, text) == oldest_first


BLOCKS = {
    "with the prefix of Lambda": "".join(
        f"[ERROR]\t2026-06-02T00:00:0{number}.125Z\t7c1d2a90-4b1e-4c57-9d0e-0f5a1b2c3d41\tpush failed\n"
        "Traceback (most recent call last):\n  File 'app.py', line 12, in handler\nbotocore.GoneException: gone\n"
        for number in range(4)
    ),
    "a time above each message": "".join(
        f"2026-06-02T00:00:0{number}.125Z\nClient connected, connectionId=Qm7xKdTwoAMCJ4g=\n" for number in range(4)
    ),
    "lines of Lambda's own": "".join(
        f"START RequestId: 7c1d2a90-4b1e-4c57-9d0e-0f5a1b2c3d4{number} Version: $LATEST\n"
        f"2026-06-02 17:3{number}:00.005 (+09:00)\t7c1d2a90-4b1e-4c57-9d0e-0f5a1b2c3d4{number}\tINFO\tconnected\n"
        for number in range(2)
    ),
}


@pytest.mark.parametrize("text", BLOCKS.values(), ids=BLOCKS)
def test_a_block_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """It may end in a line that might continue a message, or between a time and its message."""
    whole = rows(tmp_path, text)
    assert len(whole) == 4
    for size in range(1, len(text)):
        monkeypatch.setattr(text_lines, "_BLOCK_CHARACTERS", size)
        assert rows(tmp_path, text) == whole


def test_a_head_may_end_between_a_time_and_its_message() -> None:
    """Both lines belong to one event, like those above them."""
    text = BLOCKS["a time above each message"]
    head = text[: text.rindex("Client")]
    assert max(TEXT_FORMATS, key=lambda one: one.votes(head)) is max(TEXT_FORMATS, key=lambda one: one.votes(text))
