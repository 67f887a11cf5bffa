"""CSV is told by its header, and every row is an event, or says why it is none."""

import json
from pathlib import Path

import pytest

from checks.logs.formats import FORMATS
from checks.logs.formats.csv_rows import CsvFormat, csv_converter

CSV = [one for one in FORMATS if isinstance(one, CsvFormat)]


def rows(folder: Path, text: str) -> list[str]:
    """The message of each row, or why it is no event."""
    (folder / "log").write_text(text, encoding="utf-8", newline="")
    converter = csv_converter(text, CSV)
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
    """Columns of a time and of a message are what is known."""
    assert csv_converter(f"{header}\n1780358400000,hello\n", CSV) is None


@pytest.mark.parametrize(
    "header",
    ["timestamp,message", '"Timestamp"; "Message"', "@timestamp\t@message", " time , _raw ", "Date,Log"],
)
def test_columns_are_known_by_many_names(tmp_path: Path, header: str) -> None:
    """Whatever stands between them, and however they are written."""
    delimiter = next(one for one in ",;\t" if one in header)
    text = f'{header}\r\n1780358400000{delimiter}"a ""quoted""{delimiter}\r\nmessage"\r\n'
    assert rows(tmp_path, text) == [f'a "quoted"{delimiter}\r\nmessage']


def test_a_row_that_is_no_event_says_why(tmp_path: Path) -> None:
    """With its number."""
    text = "message,timestamp\none,1780358400000\ntwo\nthree,,\nfour,\nfive,1780358400001\n"
    assert rows(tmp_path, text) == [
        "one",
        "row 2: has fewer fields than the header",
        "row 3: has more fields than the header",
        "row 4: has no time",
        "five",
    ]
