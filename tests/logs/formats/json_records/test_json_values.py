"""JSON of any layout becomes one value a line, up to the point where it breaks off."""

import io
import json
import time

import pytest

from checks.logs.formats.conversion import LIMIT_REACHED
from checks.logs.formats.json_records import json_values
from checks.logs.formats.json_records.json_values import JsonSplitter
from tests.logs.exports import SAMPLE, event, filter_log_events

PAGES = [{"events": [event("one")], "nextToken": "abc"}, {"events": [event("two")]}]
MORE = "the output has a nextToken: it was cut off, and there were more events"


def split(text: str) -> tuple[list[str], list[str]]:
    """Return the message of each value, and the gaps."""
    lines = io.BytesIO()
    splitter = JsonSplitter(io.BytesIO(text.encode()), lines, lambda _: None)
    splitter.split()
    return [json.loads(line)["message"] for line in lines.getvalue().splitlines()], splitter.gaps


def test_half_a_character_in_json_becomes_u_fffd() -> None:
    """JSON can escape half of an emoji, which no file can hold: the rest of the event is read."""
    assert split('{"events": [{"timestamp": 1, "message": "cut \\ud83d"}]}') == (["cut \ufffd"], [])


def test_a_text_that_is_all_escapes_takes_linear_time() -> None:
    """ASCII JSON writes Japanese so: three megabytes, and no pair is cut in two."""
    text = "\\ud83d\\ude00" * (1 << 18)
    begun = time.process_time()
    assert split(f'[{{"message": "{text}"}}]') == (["\U0001f600" * (1 << 18)], [])
    assert time.process_time() - begun < 5


def test_what_separates_values_is_no_break() -> None:
    """Items copied out of an array keep their commas; GELF ends each value by a zero byte, RFC 7464 begins it by 1E."""
    values = ['{"message": "one"}', '{\n  "message": "two"\n}', '{"message": "three"}']
    for separator in (",\n", ",", "\n,", "\0", "\n\x1e", "\x1e"):
        text = separator.join(["", *values, ""]) if "," not in separator else separator.join([*values, ""])
        assert split(text) == (["one", "two", "three"], []), separator


def test_a_broken_document_is_read_up_to_the_break() -> None:
    """The break is counted with its line, and the events before it are read."""
    messages, [gap] = split(filter_log_events(SAMPLE, indent=4)[:-60])
    assert messages == [one["message"] for one in SAMPLE[:-1]]
    assert gap.startswith("the JSON breaks off at line ")


def test_what_is_whole_before_the_break_is_read() -> None:
    """This holds even if only the end of the list is missing."""
    assert split('{"events": [{"message": "one"}, {"message": "two"}\n') == (
        ["one", "two"],
        ["the JSON breaks off at line 2"],
    )


def test_lists_within_events_are_no_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of the file may end anywhere, even within them."""
    events = [{"message": str(number), "rows": [{"message": "a"}, {"message": "b"}]} for number in range(50)]
    for size in range(8, 120, 7):
        monkeypatch.setattr(json_values, "_BLOCK_BYTES", size)
        monkeypatch.setattr(json_values, "_LONGEST_HEAD", size)
        assert split(json.dumps(events)) == ([str(number) for number in range(50)], [])


@pytest.mark.parametrize("fewest", [0, 1])
def test_lists_of_events_may_stand_one_a_line(monkeypatch: pytest.MonkeyPatch, fewest: int) -> None:
    """Telemetry's subscribers write them so; a block may end anywhere, and the file may break off."""
    lists = [[{"message": f"{line}.{place} ]\\n[{{"} for place in range(fewest + line % 4)] for line in range(30)]
    text = "\n".join(map(json.dumps, lists))
    messages = [one["message"] for some in lists for one in some]
    for size in (*range(8, 120, 7), 1 << 18):
        monkeypatch.setattr(json_values, "_BLOCK_BYTES", size)
        monkeypatch.setattr(json_values, "_LONGEST_HEAD", size)
        assert split(text) == (messages, [])
        assert split(text[:-9]) == (messages[:-1], ["the JSON breaks off at line 30"])


def test_each_list_of_rows_may_be_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs Insights limits the rows of each query, whatever follows them."""
    monkeypatch.setattr(json_values, "MOST_ROWS", 3)
    rows = json.dumps([{"@timestamp": "2026-06-02 08:30:00.125", "message": "one"}] * 3)
    assert split(f"{rows}\n{rows}\n") == (["one"] * 6, [LIMIT_REACHED] * 2)


@pytest.mark.parametrize("indent", [None, 2])
def test_of_pages_in_a_list_the_last_says_whether_there_are_more(indent: int | None) -> None:
    """Each page but the last has the token of the next."""
    assert split(json.dumps(PAGES, indent=indent)) == (["one", "two"], [])
    assert split(json.dumps(PAGES[::-1], indent=indent)) == (["two", "one"], [MORE])


@pytest.mark.parametrize("indent", [None, 2])
def test_so_it_is_with_pages_one_behind_the_other(indent: int | None) -> None:
    """A loop over tokens appends pages to a file, some of them empty."""
    first, last = (json.dumps(page, indent=indent) for page in PAGES)
    empty = json.dumps({"events": [], "nextToken": "abd"}, indent=indent)
    assert split(f"{first}\n{empty}\n{last}") == (["one", "two"], [])
    assert split(f"{last}\n{first}\n{empty}") == (["two", "one"], [MORE])


def test_an_event_may_have_the_key_of_an_envelope() -> None:
    """A record with its own time or message is one event, whatever lists it has."""
    one = {"timestamp": 1, "message": "one", "events": [{"message": "inner"}], "results": []}
    assert split(json.dumps([one])) == (["one"], [])


def test_each_list_of_rows_in_a_list_may_be_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """`jq -s 'map(.results)'` merges the answers of several queries so, and a block may end anywhere."""
    monkeypatch.setattr(json_values, "MOST_ROWS", 3)
    row = [{"field": "@timestamp", "value": "2026-06-02 08:30:00.125"}, {"field": "@message", "value": "one"}]
    for size in (*range(8, 120, 7), 1 << 18):
        monkeypatch.setattr(json_values, "_BLOCK_BYTES", size)
        monkeypatch.setattr(json_values, "_LONGEST_HEAD", size)
        lines = io.BytesIO()
        splitter = JsonSplitter(io.BytesIO(json.dumps([[row] * 3, [row] * 2]).encode()), lines, lambda _: None)
        splitter.split()
        assert [json.loads(line) for line in lines.getvalue().splitlines()] == [row] * 5
        assert splitter.gaps == [LIMIT_REACHED]


@pytest.mark.parametrize("line", ["# comment", "> text", "Progress 100%", "$", "{ $", "exited"])
def test_what_is_no_prompt_breaks_json(line: str) -> None:
    """Only what a terminal shows may surround JSON; anything else may be what is left of an event."""
    assert split(f'{{"message": "one"}}\n{line}\n{{"message": "two"}}\n')[1]
