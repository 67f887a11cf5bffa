"""Lines of JSON become events, the oldest first; a file with only exported events stays as it is."""

import json
from pathlib import Path

import pytest

from checks.logs.formats import converter, json_records
from checks.logs.formats.conversion import LONGEST_MESSAGE, Conversion
from tests.logs.exports import SAMPLE, SINCE_MS, event, json_lines

RECORD = {"time": "2026-06-02T00:00:00Z", "msg": "of an application", "level": "INFO"}


def converted(folder: Path, text: str) -> Conversion:
    (folder / "log").write_text(text, encoding="utf-8")
    convert = converter(text[: 1 << 16])
    assert convert
    return convert(folder / "log", folder / "spool", lambda _: None)


def messages(conversion: Conversion) -> list[str]:
    lines = map(json.loads, conversion.path.read_text(encoding="utf-8").splitlines())
    return [one.get("unread") or one["message"] for one in lines]


def test_exported_events_stay_where_they_are(tmp_path: Path) -> None:
    """A record of another kind, anywhere among them, has the file converted: all of it is the message."""
    assert converted(tmp_path, json_lines(SAMPLE)).path == tmp_path / "log"
    conversion = converted(tmp_path, json_lines([*SAMPLE, RECORD, event("last", SINCE_MS + 70_000)]))
    assert conversion.path == tmp_path / "spool"
    *first, record, last = messages(conversion)
    assert (first, json.loads(record), last) == ([one["message"] for one in SAMPLE], RECORD, "last")


def test_a_document_among_events_is_a_gap(tmp_path: Path) -> None:
    """As one unreadable line of many it would hardly count, but it has thousands of events."""
    document = json.dumps({"events": [event(f"number {number}") for number in range(3000)]})
    conversion = converted(tmp_path, json_lines(SAMPLE) * 200 + document)
    line = 200 * len(SAMPLE) + 1
    assert conversion.gaps == (f"line {line:,} is a document with events of its own: put it into another file",)


def test_a_large_file_is_looked_at_in_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another format follows, it is converted; one line between samples is left to the analysis."""
    monkeypatch.setattr(json_records, "_LARGE_BYTES", 10_000)
    monkeypatch.setattr(json_records, "_PLACE_BYTES", 2_000)
    monkeypatch.setattr(json_records, "_STRIDE_BYTES", 16_000)
    events = [event(f"text {number}", SINCE_MS + number) for number in range(1000)]
    assert converted(tmp_path, json_lines([*events[:500], *[RECORD] * 200])).path == tmp_path / "spool"
    assert converted(tmp_path, json_lines([*events, *[RECORD] * 3])).path == tmp_path / "spool"
    assert converted(tmp_path, json_lines([*events[:500], RECORD, *events[500:]])).path == tmp_path / "log"
    assert converted(tmp_path, json_lines([*events[:30], RECORD])).path == tmp_path / "spool"


def test_the_newest_first_are_turned_round(tmp_path: Path) -> None:
    """Logs Insights and many stores export them so."""
    records = [RECORD | {"time": f"2026-06-02T00:00:0{second}Z"} for second in range(5)]
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines(records[::-1])))] == records


def test_exported_events_are_turned_round_too(tmp_path: Path) -> None:
    """Within a millisecond only the order of lines counts; streams in sequence stay."""
    events = [event(f"text {number}", SINCE_MS + number // 3) for number in range(30)]
    conversion = converted(tmp_path, json_lines(events[::-1]))
    assert messages(conversion) == [f"text {number}" for number in range(30)]
    assert converted(tmp_path, json_lines([*events[15:], *events[:15]])).path == tmp_path / "log"


def test_a_line_that_is_no_event_says_why(tmp_path: Path) -> None:
    """It has its number, but its contents are not shown."""
    lines = [json.dumps(RECORD), '{"level": "INFO"}', '{"level": ']
    assert messages(converted(tmp_path, "\n".join(lines)))[1:] == [
        "2: has no time under a name that is known, such as timestamp, time or @timestamp",
        "3: is not JSON",
    ]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize(
    ("texts", "number"),
    [((500_000, 500_000), 0), ((500_000, 500_000, 500_000), 1), ((1_400_000, 10), 1), ((1_400_000, 500_000), 1)],
)
def test_a_note_says_how_many_records_were_cut(
    tmp_path: Path, separators: tuple[str, str], texts: tuple[int, ...], number: int
) -> None:
    """One text, or all together, may be too long, with any spacing."""
    long = RECORD | {f"text{place}": "x" * length for place, length in enumerate(texts)}
    lines = "".join(json.dumps(one, separators=separators) + "\n" for one in (RECORD, long))
    conversion = converted(tmp_path, lines)
    assert [note.rpartition(": ")[2] for note in conversion.notes] == [str(number)] * (number > 0)
    assert max(map(len, messages(conversion))) <= LONGEST_MESSAGE


def test_a_long_line_of_which_nothing_was_cut_has_no_note(tmp_path: Path) -> None:
    """No message is cut if only the line is longer than a message may be."""
    lines = json.dumps({**event("x" * 1_000_000, SINCE_MS), "tag": "y" * 400_000}) + "\n"
    assert not converted(tmp_path, lines).notes
