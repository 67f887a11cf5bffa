"""`python -m checks recognise` shows why a log line is (not) counted."""

import gzip
import io
import json
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from checks.__main__ import main

ROOT = Path(__file__).parents[1]

REQUEST = "3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7f821"
CONNECTED = f"[INFO]\t2026-06-02T00:00:00.000Z\t{REQUEST}\tConnect: connectionId: Qw7LmXa9oAMCKbg="
GREETED = "Saluted Qw7LmXa9oAMCKbg= warmly"
NOISE = "the cache is warm"

TAUGHT = r"""
    environments:
      dev:
        log_group: /aws/lambda/chat
    signals:
      welcome_sent:
        saluted: 'Saluted (?P<connection_id>\S+)'
    """


def recording(folder: Path, *messages: str) -> str:
    path = folder / "log.jsonl"
    path.write_text(events(*messages), encoding="utf-8")
    return str(path)


def events(*messages: str) -> str:
    """Return the messages as events, a second apart."""
    timed = enumerate(messages, start=1_780_358_400)
    return "".join(json.dumps({"timestamp": 1000 * at, "message": message}) + "\n" for at, message in timed)


def thresholds(folder: Path, text: str) -> str:
    path = folder / "taught.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return str(path)


def recognised(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["recognise", *arguments]) == 0
    printed = capsys.readouterr()
    assert not printed.err
    return [json.loads(line) for line in printed.out.splitlines()]


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    assert main(["recognise", *arguments]) == code
    printed = capsys.readouterr()
    assert not printed.out
    return printed.err


def test_a_json_line_for_each_event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An event without a signal also has a line."""
    assert recognised(capsys, recording(tmp_path, CONNECTED, NOISE)) == [
        {
            "line": 1,
            "kinds": ["connect"],
            "connection_id": "Qw7LmXa9oAMCKbg=",
            "request_id": REQUEST,
        },
        {"line": 2, "kinds": [], "connection_id": None, "request_id": None},
    ]


def test_lines_without_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The meaning of a line does not depend on its time, so messages that somebody copied work, too."""
    texts, records = tmp_path / "log.txt", tmp_path / "log.jsonl"
    texts.write_text(f"START RequestId: {REQUEST} Version: $LATEST\nClient connected: Qw7LmXa9oAMCKbg=\n")
    records.write_text('{"message": "Client Qw7LmXa9oAMCKbg= disconnected"}\n')
    kinds = [one["kinds"] for one in recognised(capsys, str(texts), str(records))]
    assert kinds == [[], ["connect"], ["disconnect"]]


def test_taught_patterns_are_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The patterns of thresholds.yaml are recognised with --thresholds, and not without."""
    log = recording(tmp_path, GREETED)
    (untaught,) = recognised(capsys, log)
    (taught,) = recognised(capsys, log, "--thresholds", thresholds(tmp_path, TAUGHT))
    assert untaught["kinds"] == []
    assert (taught["kinds"], taught["connection_id"]) == (["welcome_sent"], "Qw7LmXa9oAMCKbg=")


UNKNOWN = "Line gone away: lobby"


def test_the_sentences_of_an_application(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each has its count and its classification; relevant ones that are not recognised come first."""
    log = recording(tmp_path, *[CONNECTED] * 3, NOISE, UNKNOWN)
    assert main(["recognise", log, "--templates"]) == 0
    table = capsys.readouterr().out.splitlines()
    rows = [line.split(maxsplit=1) for line in (table[0], *table[1::2])]
    assert [(times, rest.split("  ")[0]) for times, rest in rows] == [
        ("times", "taken for"),
        ("1", "near miss"),
        ("3", "connect"),
        ("1", "other"),
    ]
    assert "Connect: connectionId: {connection_id}" in table[3]


def test_the_sentences_that_nobody_understands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is a line of JSON, for programs; ignored ones are left out."""
    log = recording(tmp_path, CONNECTED, NOISE, UNKNOWN)
    first, second = recognised(capsys, log, "--unknown", "--format", "json")
    assert (first["template"], first["taken_for"], first["times"]) == (
        "Line gone away: lobby",
        "near miss",
        1,
    )
    assert second["taken_for"] == "other"
    ignoring = thresholds(tmp_path, "ignore: ['Line gone away: *']")
    (only,) = recognised(capsys, log, "--unknown", "--format", "json", "--thresholds", ignoring)
    assert only["taken_for"] == "other"


@pytest.mark.parametrize("arguments", [(), ("log.jsonl", "--log-group", "/aws/lambda/chat")])
def test_files_or_log_groups(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """Neither or both is an error that shows the usage."""
    assert "`--log-group NAME`" in complaint(capsys, *arguments, code=4)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`-` reads what is piped in."""
    piped = io.TextIOWrapper(io.BytesIO(events(NOISE, CONNECTED).encode()))
    monkeypatch.setattr(sys, "stdin", piped)
    assert [one["kinds"] for one in recognised(capsys, "-")] == [[], ["connect"]]


def test_several_files_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each event names its file, and its line in that file."""
    (tmp_path / "b").mkdir()
    names = recording(tmp_path, CONNECTED, NOISE), recording(tmp_path / "b", NOISE)
    lines = [(one["file"], one["line"], one["kinds"]) for one in recognised(capsys, *names)]
    assert lines == [(names[0], 1, ["connect"]), (names[0], 2, []), (names[1], 1, [])]


def test_letters_of_all_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An id is printed as it was read, whatever the message's script."""
    (one,) = recognised(capsys, recording(tmp_path, f"Grüße 世界 {CONNECTED}"))
    assert one["line"] == 1


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Logs that can't be read are exit code 12, and one line that names the file."""
    error = complaint(capsys, str(tmp_path / "missing.jsonl"), code=12)
    assert error.startswith("error: ")
    assert "missing.jsonl: no such file" in error
    assert len(error.splitlines()) == 1


def test_an_empty_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty file is an error, not an empty answer."""
    assert "is empty" in complaint(capsys, recording(tmp_path), code=12)


def test_a_file_of_no_known_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The problem comes first; a list of all formats would push it out of sight."""
    log = tmp_path / "log.txt"
    log.write_text("Client connected\n")
    error, hint = complaint(capsys, str(log), code=12).splitlines()
    assert error.endswith("log.txt: contains no event in a known format: an event needs a time")
    assert hint.startswith("hint: known formats: text lines that begin with a time; CSV and JSON")
    assert hint.endswith(" others")


def test_a_folder_without_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are not logs are named, and no event is printed."""
    (tmp_path / "notes.txt").write_text("buy milk\n")
    error = complaint(capsys, str(tmp_path), code=12)
    assert "notes.txt" in error
    assert error.splitlines()[-1].endswith("holds no log event")


def test_a_file_that_breaks_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its readable events are printed, with a note that the file is cut off."""
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(events(*[NOISE] * 9).encode(), mtime=0)[:-8])
    assert main(["recognise", str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out
    assert "note: " in printed.err
    assert "cut off" in printed.err


def test_a_mistake_in_the_thresholds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An invalid configuration is exit code 4, with file and line."""
    mistaken = thresholds(tmp_path, TAUGHT.replace("welcome_sent", "welcome_scent"))
    error = complaint(capsys, recording(tmp_path, GREETED), "--thresholds", mistaken, code=4)
    assert "taught.yaml:6:" in error
    assert "welcome_sent" in error


def test_a_pattern_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern that RE2 refuses is exit code 4, with file and line."""
    mistaken = thresholds(tmp_path, TAUGHT.replace("(?P<connection_id>", "(").replace(r"\S+)", r"\S+"))
    assert "taught.yaml:7:" in complaint(capsys, recording(tmp_path, GREETED), "--thresholds", mistaken, code=4)


def test_the_projects_patterns_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The patterns of the thresholds.yaml that a run would find apply, too; a mistake in it is an error."""
    log = recording(tmp_path, GREETED)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert recognised(capsys, log)[0]["kinds"] == []
    (tmp_path / "thresholds.yaml").write_text(dedent(TAUGHT), encoding="utf-8")
    assert recognised(capsys, log)[0]["kinds"] == ["welcome_sent"]
    (tmp_path / "thresholds.yaml").write_text("signals: {welcom: {}}", encoding="utf-8")
    assert "unknown signal kind 'welcom'" in complaint(capsys, log, code=4)
