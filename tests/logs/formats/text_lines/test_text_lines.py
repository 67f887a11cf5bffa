"""Text lines: where a tool tells no time, the message may, or a line beside it."""

import json
from pathlib import Path

import pytest

from checks.logs.formats.text_lines.tool_text import TEXT_FORMATS

STREAM = "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7"


def rows(folder: Path, text: str) -> list[tuple[object, str]]:
    """Time and message of each event, or why a line is none, by the format that knows most lines."""
    (folder / "log").write_text(text, encoding="utf-8")
    form = max(TEXT_FORMATS, key=lambda one: one.votes(text))
    spool = form.convert(folder / "log", folder / "spool", lambda _: None).path
    events = map(json.loads, spool.read_text(encoding="utf-8").splitlines())
    return [(event["timestamp"], event.get("unread") or event["message"]) for event in events]


@pytest.mark.parametrize("prefix", [f"/aws/lambda/chat {STREAM} ", "web-1  | ", "[pod/chat-6b7/web] "])
@pytest.mark.parametrize("time", ['"2026-06-02T00:00:00.125Z"', "1780358400125", '"2026-06-02 00:00:00,125"'])
@pytest.mark.parametrize("name", ["timestamp", "time", "ts", "@timestamp"])
def test_a_record_of_json_tells_its_time(tmp_path: Path, prefix: str, time: str, name: str) -> None:
    """Also where it is not the first that it tells, or spread over lines."""
    record = f'{{"level": "INFO", "{name}": {time}, "message": "connected"}}'
    spread = json.dumps(json.loads(record), indent=2)
    assert rows(tmp_path, f"{prefix}{record}\n{prefix}{spread}\n{prefix}bye\n") == [
        (time.strip('"'), record),
        (time.strip('"'), json.dumps(json.loads(record), separators=(",", ":"))),
        (time.strip('"'), "bye"),
    ]


@pytest.mark.parametrize("record", ['{"time": 12}', '{"ts": "soon"}', '{"requestTime": "2026-06-02T00:00:00Z"}', "{"])
def test_what_is_no_time_is_taken_for_none(tmp_path: Path, record: str) -> None:
    """A duration is none, nor is a time under another name."""
    assert rows(tmp_path, f"web-1  | {record}\n") == [(None, "1: has no time, nor has any line near it")]
