"""Tables are recognised by the names of their columns, and every row is an event, or says why not."""

import json
import re
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from checks.analysis.analyse import Analysis, GoneConnection, analyse, gone_connections
from checks.analysis.dictionary import find_sentences
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect
from checks.errors import SourceError
from checks.logs.files import read_files
from checks.logs.formats import conversion
from checks.logs.formats.tables import csv_converter
from tests.health_run import unhealthy
from tests.logs.parquet import LAYOUTS, write_parquet


def rows(folder: Path, text: str) -> list[str]:
    """Return the message of each row, or why it is not an event."""
    (folder / "log").write_text(text, encoding="utf-8", newline="")
    converter = csv_converter(text)
    assert converter
    spool = converter.convert(folder / "log", folder / "spool", lambda _: None).path
    events = map(json.loads, spool.read_text(encoding="utf-8").splitlines())
    return [event.get("unread") or event["message"] for event in events]


@pytest.mark.parametrize(
    "header",
    ["", "when,what", "timestamp", "x" * 200_000, "timestamp\rmessage", '"timestamp', "timestamp message"],
    ids=lambda header: header[:20],
)
def test_what_is_no_header_is_no_csv(header: str) -> None:
    """A header needs known names for a time and a message."""
    assert csv_converter(f"{header}\n1780358400000,hello\n") is None


@pytest.mark.parametrize(
    "header",
    ["timestamp,message", '"Timestamp"; "Message"', "@timestamp\t@message", " time , _raw ", "Date,Log"],
)
def test_columns_are_known_by_many_names(tmp_path: Path, header: str) -> None:
    """They may be written in any way, with other columns between them."""
    delimiter = next(one for one in ",;\t" if one in header)
    text = f'{header}\r\n1780358400000{delimiter}"a ""quoted""{delimiter}\r\nmessage"\r\n'
    assert rows(tmp_path, text) == [f'a "quoted"{delimiter}\r\nmessage']


@pytest.mark.parametrize("message", ["hello", '[INFO]\t12\t"hello"', '"hello" and\tmore'])
def test_a_table_that_was_copied_from_a_page_is_no_csv(message: str) -> None:
    """Quotes in its messages are not CSV quotes; a spreadsheet's file is CSV."""
    quoted = '"' + message.replace('"', '""') + '"'
    header, time = "@timestamp\t@message\n", "2026-06-02 00:00:00.125"
    assert csv_converter(f"{header}{time}\tClient\tconnected\n{time}\t{message}\n") is None
    assert csv_converter(f"{header}{time}\thello\n{time}\t{quoted}\n")


def test_quotation_marks_may_be_escaped_by_a_backslash(tmp_path: Path) -> None:
    """Databases write CSV so; a backslash before a doubled quotation mark, or at the end, is one of the message."""
    messages = ['{"text": "a \\"b\\", \\n c"}', 'he said "bye", left', "C:\\"]
    for escape in (r"\\\1", r"\1\1"):
        pattern = r'(["\\])' if escape == r"\\\1" else '(")'
        lines = [f'1780358400000,"{re.sub(pattern, escape, message)}"' for message in messages]
        assert rows(tmp_path, "\n".join(["timestamp,message", *lines, ""])) == messages, lines


def test_a_header_may_come_again_where_files_were_joined(tmp_path: Path) -> None:
    """It is no event; the header of a table with other columns is an unreadable row."""
    for header in ("timestamp,message", "Message,Time", "timestamp,message,connectionId"):
        row = header.lower().replace("message", "hello").replace("timestamp", "1780358400000")
        row = row.replace("time", "1780358400000")
        assert len(rows(tmp_path, f"{header}\n{row}\n{header}\r\n{row}\n")) == 2, header
    assert len(rows(tmp_path, "timestamp,message\n1,one\nmessage,timestamp\ntwo,2\n")) == 3


def test_a_row_that_is_no_event_says_why(tmp_path: Path) -> None:
    """It also has its number."""
    lines = ["one,1780358400000", "two", "three,,", "four,", "five,1780358400001,six", "seven,1.78036E+12"]
    assert rows(tmp_path, "\n".join(["message,timestamp", *lines, "eight,1780358400002\n"])) == [
        "one",
        "row 2: has fewer fields than the header",
        "row 3: has more fields than the header",
        "row 4: has no time",
        "row 5: has more fields than the header",
        "row 6: has a time that a spreadsheet has rounded",
        "eight",
    ]
    events = [json.loads(line) for line in (tmp_path / "spool").read_text(encoding="utf-8").splitlines()]
    assert [event for event in events if event.get("unread") and event.get("timestamp")] == []


def test_a_row_of_fields_is_a_record(tmp_path: Path) -> None:
    """Logs Insights takes records apart: without @message, connection and error are only in columns of their own."""
    fields = {"@timestamp": "2026-06-02 08:30:00.125", "message": "x", "connectionId": "y", "record.errorType": ""}
    header, row = ",".join(fields), ",".join(fields.values())
    assert [*map(json.loads, rows(tmp_path, f"{header}\n{row}\n"))] == [fields]
    assert rows(tmp_path, "@timestamp,connection_id\n12,y\n") == ['{"@timestamp":"12","connection_id":"y"}']
    assert csv_converter("timestamp,connection_id,status\n12,y,connected\n") is None  # a table of connections
    assert rows(tmp_path, f"{header},@message\n{row},whole\n") == ["whole"]


FLAT, NESTED = list(LAYOUTS)[:2]


@pytest.fixture(name="lines", scope="module")
def _lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day, as JSON Lines."""
    file = tmp_path_factory.mktemp("lines") / "log.jsonl"
    file.write_bytes(unhealthy())
    return file


def analysed(folder: Path, *names: Path) -> tuple[Analysis, tuple[GoneConnection, ...]]:
    folder.mkdir()
    spool = read_files([str(name) for name in names], folder)
    assert (spool.gaps, spool.notes) == ((), ())
    analysis, engine = analyse(spool, None, Dialect(5, {}, {}), folder)
    find_sentences(engine)
    return analysis, gone_connections(engine)


def test_rows_are_put_in_order_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The console exports the newest first, perhaps in files larger than the memory."""
    monkeypatch.setattr(conversion, "_MEMORY", "200MB")
    text = "".join(f"{1780358400000 - number},{number} {'x' * 1000}\n" for number in range(120_000))
    messages = rows(tmp_path, f"timestamp,message\n{text}")
    assert [int(message.split()[0]) for message in messages] == list(reversed(range(120_000)))


def test_every_layout_of_parquet_gives_the_same_events(tmp_path: Path, lines: Path) -> None:
    """Time, message, stream, group and id are equal, whatever the columns and the file are called."""
    for number, layout in enumerate(LAYOUTS):
        write_parquet(lines, layout, tmp_path / f"lake/hour={number}/all*.gz")
    spool = read_files([str(tmp_path / "lake"), str(lines)], tmp_path)
    assert (spool.gaps, spool.notes) == ((), ())
    engine = Engine(tmp_path)
    engine.open(spool.files)
    engine.run("events")
    rows = engine.rows("SELECT file, timestamp, message, stream, log_group, event_id FROM events")
    events = {
        file: [tuple(row.values())[1:] for row in those] for file, those in groupby(rows, key=lambda row: row["file"])
    }
    right = events.pop(1)  # lines come before rows
    assert len(right) == len(lines.read_bytes().splitlines())
    assert [layout for layout, those in zip(LAYOUTS, events.values(), strict=True) if those != right] == []


def test_parquet_gives_the_same_metrics(tmp_path: Path, lines: Path) -> None:
    """They equal those of JSON Lines, even if a part of the day is there as both, in another layout."""
    right, right_gone = analysed(tmp_path / "right", lines)
    first = write_parquet(lines, NESTED, tmp_path / "first", "number <= 1000")
    rest = tmp_path / "rest.jsonl"
    rest.write_bytes(b"".join(lines.read_bytes().splitlines(keepends=True)[900:]))
    there, gone = analysed(tmp_path / "together", first, rest)
    assert (there.metrics, there.overview, gone) == (right.metrics, right.overview, right_gone)
    assert (there.reading.events, there.reading.duplicates) == (right.reading.events, right.reading.duplicates + 100)


def test_a_row_without_a_time_says_so(tmp_path: Path) -> None:
    """It has its number in its file, and counts as unreadable."""
    rows = "(VALUES (1780358400000, 'one'), (NULL, 'two'), (-1, 'three')) AS rows(time, message)"
    duckdb.execute(f"COPY (FROM {rows}) TO '{tmp_path / 'log'}' (FORMAT parquet)")
    reading = analysed(tmp_path / "spool", tmp_path / "log")[0].reading
    assert (reading.events, reading.unreadable) == (1, 2)
    assert reading.unreadable_examples == tuple(f"{tmp_path / 'log'}:row {row}: has no time" for row in (2, 3))


def damaged(content: bytes) -> dict[str, bytes]:
    middle = len(content) // 2
    return {
        "cut off": content[:middle],
        "a page overwritten": content[:500] + b"\xff" * 2000 + content[2500:],
        "no footer": content[:-8] + bytes(8),
        "a beginning alone": b"PAR1",
    }


def test_damaged_parquet_is_a_gap(tmp_path: Path, lines: Path) -> None:
    """It is a gap among several files, and an error if named. DuckDB's quotes of it are not repeated."""
    content = write_parquet(lines, FLAT, tmp_path / "whole").read_bytes()
    (tmp_path / "day").mkdir()
    (tmp_path / "day/good").write_bytes(content)
    for name, broken in damaged(content).items():
        (tmp_path / "day/broken").write_bytes(broken)
        (tmp_path / name).mkdir()
        spool = read_files([str(tmp_path / "day")], tmp_path / name)
        assert [file.origin for file in spool.files] == [f"{tmp_path}/day/good"]
        [gap] = spool.gaps
        assert gap.startswith(f"{tmp_path}/day/broken: cannot be read: "), name
        with pytest.raises(SourceError, match="broken: cannot be read: "):
            read_files([str(tmp_path / "day/broken")], tmp_path / name)


def test_pages_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups need not fit into memory, but a page of Parquet must."""
    rows = "SELECT range AS timestamp, repeat(hash(range)::VARCHAR, 20) AS message FROM range(100_000)"
    duckdb.execute(f"COPY ({rows}) TO '{tmp_path / 'log'}' (FORMAT parquet, COMPRESSION uncompressed)")
    monkeypatch.setattr(conversion, "_MEMORY", "20MB")
    with pytest.raises(
        SourceError, match=r"has values, or pages of Parquet, that don't fit into memory: write smaller ones$"
    ):
        read_files([str(tmp_path / "log")], tmp_path)


def test_parquet_of_something_else_is_named_with_its_columns(tmp_path: Path) -> None:
    """A lake may hold other things; in a folder, such a file is ignored."""
    columns = ", ".join(f"{number} AS column_{number}" for number in range(12))
    duckdb.execute(f"COPY (SELECT {columns}) TO '{tmp_path / 'log'}' (FORMAT parquet)")
    with pytest.raises(SourceError, match=r"without columns for the time and .* it has column_0, .*column_9, …$"):
        read_files([str(tmp_path / "log")], tmp_path)
