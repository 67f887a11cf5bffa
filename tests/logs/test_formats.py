"""Every format that people have gives the same events, and says what it could not read."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.logs.formats import Gap, LogFormat, Skipped, detect, events_of_document, events_of_text
from tests.logs import exports
from tests.logs.exports import SINCE_MS, STREAM, event

TOKEN_GAP = Gap("the output has a nextToken: it was cut off, more events were there")

BEGINS_AN_EVENT = re.compile(
    r"(\[[A-Z]+\]\s)?\d{4}-|\d{4}/\d\d/|(START|END|REPORT) RequestId: |INIT_START |\[[A-Z]+\] "
)
"""What a line of a message must not look like, where its format is text."""

LINES = st.text(
    st.one_of(st.sampled_from('{}[]"\\ \t:-/é👋\x00\x0b\x1c\x85\u2028\ufeff'), st.characters(codec="utf-8")),
    max_size=20,
).map(lambda text: text.replace("\n", "").replace("\r", ""))
MESSAGES = st.lists(LINES.filter(lambda line: not BEGINS_AN_EVENT.match(line)), min_size=1, max_size=4).map("\n".join)
EVENTS = st.lists(st.builds(event, MESSAGES, st.integers(0, 4 * 10**12)), max_size=5)

SOME = [
    event("one"),
    event("two\n  at line 2\n\n  at line 4", SINCE_MS + 1),
    event('{"three": "\\"3\\""}', SINCE_MS + 2),
]


def text_lines(text: str) -> list[str]:
    """Cut text as a file opened with newline="\\n" does."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def document(text: str) -> tuple[list[Any], list[Skipped], list[Gap]]:
    return parts(events_of_document(text))


def plain_text(text: str) -> tuple[list[Any], list[Skipped], list[Gap]]:
    return parts(events_of_text(text_lines(text)))


def parts(found: Iterable[Any]) -> tuple[list[Any], list[Skipped], list[Gap]]:
    every = list(found)
    events = [e for e in every if not isinstance(e, Skipped | Gap)]
    return events, [s for s in every if isinstance(s, Skipped)], [g for g in every if isinstance(g, Gap)]


def told(events: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str | None]]:
    """Return of events what every format keeps; the time in the words of Logs Insights."""
    return [(insights_time(e["timestamp"]), e["message"], e["logStreamName"]) for e in events]


def insights_time(timestamp: int | str) -> str:
    return str(exports.result(event("", timestamp))[0]["value"]) if isinstance(timestamp, int) else timestamp


@pytest.mark.parametrize(
    "head",
    [
        exports.filter_log_events(SOME),
        exports.filter_log_events(SOME, indent=4),
        exports.filter_log_events([]),
        "\n" + exports.filter_log_events(SOME),
        exports.get_query_results(SOME),
        json.dumps(SOME),
        json.dumps(SOME, indent=2),
        json.dumps([exports.result(e) for e in SOME]),
        "[]",
        '{"searchedLogStreams": [], "events": []}',
        '{"nextToken": "abc", "events": []}',
        '{"nextForwardToken": "abc", "events": []}',
        '{"statistics": {}, "results": []}',
        '{"status": "Running", "results": []}',
        '{"encryptionKey": null, "results": []}',
        '{"ResponseMetadata": {}, "events": []}',
    ],
)
def test_documents_of_the_aws_cli_are_known(head: str) -> None:
    """The output of the AWS CLI is told from its first key, or from the list that `--query` leaves of it."""
    assert detect(head) is LogFormat.DOCUMENT


@pytest.mark.parametrize(
    "head",
    [
        exports.json_lines(SOME),
        "\n\n" + exports.json_lines(SOME),
        "a banner\n" + exports.json_lines(SOME),
        '{"status": "delivered", "timestamp": 1, "message": "x"}\n',
        '{"events": 3, "timestamp": 1, "message": "x"}\n',
        '{"statistics": 1}\n',
    ],
)
def test_json_lines_are_told_from_documents(head: str) -> None:
    """An event a line is JSON Lines, also where a key of an event is one that the AWS CLI prints."""
    assert detect(head) is LogFormat.JSON_LINES


@pytest.mark.parametrize(
    "head",
    [
        exports.s3_export(SOME),
        exports.logs_tail(SOME),
        "2026-06-02T00:00:00 aws logs tail --format short\n",
        "2026-06-02T00:00:00.000Z\t5e1f\tINFO\tNode\n",
        "[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\tPython\n",
        "2026-06-02 00:00:00,123 - INFO - Python's own logging\n",
        "START RequestId: 5e1f Version: $LATEST\n[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\tPython\n",
        "a banner\n\n2026-06-02T00:00:00.000Z text\n",
        "2026-06-02T00:00:00.000Z text\r\n",
    ],
)
def test_text_is_known_by_its_times(head: str) -> None:
    """Text is a log where a line begins with a time, or with Lambda's level and time."""
    assert detect(head) is LogFormat.TEXT


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\n \n",
        "Permission Check Successful",
        "[default]\nregion = eu-west-1\n",
        "[[tool]]\nname = 'x'\n",
        "START RequestId: 5e1f Version: $LATEST\n",
        "at 2026-06-02T00:00:00.000Z it broke\n",
        "\x89PNG\r\n\x1a\n\0\0",
        "a\u2028{",
    ],
)
def test_what_has_no_time_is_no_log(head: str) -> None:
    """A file without any event in sight is of no known format."""
    assert detect(head) is None


@pytest.mark.parametrize(
    "write", [pytest.param(write, id=name) for name, write in exports.FORMATS.items() if name != "JSON Lines"]
)
@settings(max_examples=40)  # seven formats
@given(events=EVENTS)
def test_events_survive_every_format(write: Any, events: list[exports.Event]) -> None:
    """Events that are written in a format are read from it again: all of them, whole and in order."""
    text = write(events)
    if not text:
        return
    form = detect(text)
    assert form is (LogFormat.TEXT if write in (exports.s3_export, exports.logs_tail) else LogFormat.DOCUMENT)
    found, skipped, gaps = (document if form is LogFormat.DOCUMENT else plain_text)(text)
    if write is exports.s3_export:
        events = [{**e, "logStreamName": None} for e in events]
    assert (told(found), skipped, gaps) == (told(events), [], [])


@given(
    lists=st.lists(EVENTS, max_size=4), indent=st.sampled_from([None, 2]), between=st.sampled_from(["", "\n", " \r\n"])
)
def test_documents_in_a_row_are_one_log(lists: list[list[exports.Event]], indent: int | None, between: str) -> None:
    """Outputs that were appended to one file are all read."""
    text = between.join(exports.filter_log_events(events, indent).strip() for events in lists)
    assert document(text) == ([e for events in lists for e in events], [], [])


@pytest.mark.parametrize("key", ["nextToken", "NextToken"])
@pytest.mark.parametrize("indent", [None, 4])
def test_a_token_for_more_is_a_gap(key: str, indent: int | None) -> None:
    """Output that ends with a token for the next page was cut off."""
    assert document(json.dumps({"events": SOME, key: "abc"}, indent=indent)) == (SOME, [], [TOKEN_GAP])


@pytest.mark.parametrize("token", ["", None])
def test_no_token_is_no_gap(token: str | None) -> None:
    """An empty token, and the tokens that get-log-events always gives, say nothing of a gap."""
    text = json.dumps({"events": SOME, "nextToken": token, "nextForwardToken": "f/1", "nextBackwardToken": "b/1"})
    assert document(text) == (SOME, [], [])


@pytest.mark.parametrize("status", ["Running", "Scheduled", "Failed", "Cancelled", "Timeout", None])
def test_a_query_that_is_not_complete_is_a_gap(status: str | None) -> None:
    """Only the results of a Complete query are all there."""
    events, skipped, gaps = document(exports.get_query_results(SOME, status=status))
    assert (told(events), skipped) == (told(SOME), [])
    assert gaps == [
        Gap(f"the query's status is {status!r}: only the results of a Complete query are all there"),
    ]


@pytest.mark.parametrize("status", ["token=secret", ["Running"], {"a": 1}, 7])
def test_a_status_that_is_none_is_not_shown(status: object) -> None:
    """What a file has in its place may be anything."""
    text = json.dumps({"results": [], "status": status})
    gap = Gap("the query's status is none that is known: only the results of a Complete query are all there")
    assert list(events_of_document(text)) == [gap]


def test_a_query_that_reached_its_limit_is_a_gap() -> None:
    """Logs Insights returns no more results than the query's limit: the statistics tell how many there were."""
    text = exports.get_query_results(SOME, statistics={"recordsMatched": 12000.0})
    assert document(text)[2] == [Gap("the query matched 12000 events and returned 3: give it a higher limit")]


@pytest.mark.parametrize("statistics", [None, {}, {"recordsMatched": None}, {"recordsMatched": 3.0}, "x"])
def test_statistics_that_tell_of_no_more_are_no_gap(statistics: object) -> None:
    """Without a greater number of matches there is no sign that a result is missing."""
    assert document(exports.get_query_results(SOME, statistics=statistics))[2] == []


def test_results_keep_what_insights_tells() -> None:
    """A row of Logs Insights is an event: its fields are known by FilterLogEvents' names."""
    fields = {"@timestamp": "2026-06-02 00:00:00.000", "@message": "one", "@ingestionTime": "2026-06-02 00:00:01.000"}
    row = [{"field": name, "value": value} for name, value in (fields | {"@logStream": STREAM, "@ptr": "Cm8"}).items()]
    expected = {
        "timestamp": "2026-06-02 00:00:00.000",
        "message": "one",
        "logStreamName": STREAM,
        "ingestionTime": "2026-06-02 00:00:01.000",
        "eventId": "Cm8",
    }
    assert document(json.dumps({"results": [row]})) == ([expected], [], [])
    assert document(json.dumps([{**fields, "@logStream": STREAM, "@ptr": "Cm8"}])) == ([expected], [], [])


@pytest.mark.parametrize(
    "row",
    [
        [{"field": "@message", "value": "one"}, {"field": "@ptr", "value": "Cm8"}],
        [{"field": "@timestamp", "value": "2026-06-02 00:00:00.000"}],
        [{"field": "count(*)", "value": "12"}],
        [{"name": "@timestamp"}, "x", None],
        [],
        {},
        "x",
        None,
    ],
)
def test_a_result_without_time_and_message_is_skipped(row: object) -> None:
    """A row that cannot be an event is counted, with what to ask the query for."""
    text = json.dumps({"results": [exports.result(SOME[0]), row]})
    events, skipped, gaps = document(text)
    assert (told(events), gaps) == (told(SOME[:1]), [])
    assert skipped == [Skipped("document 1, result 2", "has no @timestamp and @message; ask the query for both")]


@pytest.mark.parametrize("item", [1, "x", None, True, [], {}, {"message": "no time"}])
def test_an_item_that_is_no_event_is_skipped(item: object) -> None:
    """What stands among the events and is none is counted, with its place."""
    text = exports.filter_log_events([]) + json.dumps({"events": [SOME[0], item, SOME[1]]})
    reason = "is not a JSON object with a timestamp"
    assert document(text) == (SOME[:2], [Skipped("document 2, event 2", reason)], [])


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("42", "is not a JSON object"),
        ('"x"', "is not a JSON object"),
        ("null", "is not a JSON object"),
        ("{}", "holds neither events nor results"),
        ('{"events": null}', "holds neither events nor results"),
        ('{"events": {"a": 1}, "results": 3}', "holds neither events nor results"),
    ],
)
def test_a_document_without_events_is_skipped(second: str, reason: str) -> None:
    """A document that holds no list of events is counted; those around it are read."""
    text = exports.filter_log_events(SOME[:1]) + second + "\n" + exports.filter_log_events(SOME[1:])
    assert document(text) == (SOME, [Skipped("document 2", reason)], [])


def test_an_event_among_documents_is_an_event() -> None:
    """A line that is an event by itself is read as one, where the first line looked like the AWS CLI's."""
    events = [{"status": "Failed", "timestamp": 1, "message": "x"}, {"status": "sent", "timestamp": 2, "message": "y"}]
    text = exports.json_lines(events)
    assert detect(text) is LogFormat.DOCUMENT
    assert document(text) == (events, [], [])


@pytest.mark.parametrize("name", ["filter-log-events", "filter-log-events, pretty", "array"])
@given(data=st.data())
def test_of_a_cut_document_the_events_before_the_cut_are_read(name: str, data: st.DataObject) -> None:
    """A document may end anywhere: whole events before that point are read, and a gap says that it breaks off."""
    whole = exports.FORMATS[name](SOME).strip()
    text = whole[: data.draw(st.integers(1, len(whole) - 1))]
    events, skipped, gaps = document(text)
    assert events == SOME[: len(re.findall(r'5e1f0a"\s*\}', text))]
    assert [skip.reason for skip in skipped] == ["is not JSON"]
    assert [gap.reason.partition(" at line ")[0] for gap in gaps] == ["the JSON breaks off"]


def test_a_break_is_told_with_its_line() -> None:
    """The place where a document breaks off is a line number, and what stands behind is not guessed at."""
    text = exports.filter_log_events(SOME, indent=1)
    broken = text.replace('"message": "two', '"message": oops "two') + exports.filter_log_events(SOME)
    assert document(broken) == (
        SOME[:1],
        [Skipped("10", "is not JSON")],
        [Gap("the JSON breaks off at line 10")],
    )


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("[" * 200_000, id="deep"),
        pytest.param('{"timestamp": ' + "9" * 5000 + "}", id="long number"),
        pytest.param('{"timestamp": 1, "message": "\x01"}', id="control character"),
        pytest.param("\ufeff", id="byte order mark"),
        pytest.param("\0", id="zero byte"),
    ],
)
def test_hostile_json_breaks_off_and_never_crashes(hostile: str) -> None:
    """JSON that Python refuses ends the document like any other break."""
    events, skipped, gaps = document('{"events": [' + json.dumps(SOME[0]) + ", " + hostile + "]}")
    assert (events, len(skipped), len(gaps)) == (SOME[:1], 1, 1)


@given(st.text(st.sampled_from('{}[]",: \nevntsru1"\\'), max_size=60))
def test_no_text_makes_a_document_crash(text: str) -> None:
    """Any text but blanks and empty lists is an event, counted, or a gap."""
    events, skipped, gaps = document(text)
    assert events or skipped or gaps or not re.sub(r"\[\s*\]|\s", "", text)


@pytest.mark.parametrize(
    ("line", "timestamp", "stream", "message"),
    [
        ("2026-06-02T00:00:00.250Z hello", 250, None, "hello"),
        ("2026-06-02T00:00:00.250Z  two blanks ", 250, None, " two blanks "),
        ("2026-06-02T00:00:00Z ", 0, None, ""),
        ("2026-06-02T02:00:00+02:00 hello", 0, None, "hello"),
        ("2026-06-01T20:00:00-0400 hello", 0, None, "hello"),
        ("2026-06-02 00:00:00 hello", 0, None, "hello"),
        ("2026-06-02T00:00:00 hello", 0, None, "hello"),
        ("2026-06-02 00:00:00,123 - INFO - hello", 123, None, "- INFO - hello"),
        ("2026-06-02T00:00:00.123456789Z hello", 123, None, "hello"),
        (f"2026-06-02T00:00:00.250000+00:00 {STREAM} hello", 250, STREAM, "hello"),
        ("2026-06-02T00:00:00.250000+00:00 2026/06/02/chat[$LATEST]5e hi", 250, "2026/06/02/chat[$LATEST]5e", "hi"),
        ("2026-06-02T00:00:00Z 2026/06/02 is a date", 0, None, "2026/06/02 is a date"),
        *(
            (line, 250, None, line)
            for line in (
                "2026-06-02T00:00:00.250Z\t5e1f-11\tINFO\thello",
                "[INFO]\t2026-06-02T00:00:00.250Z\t5e1f-11\thello",
                "[ERROR]\t2026-06-02T00:00:00.250Z\t5e1f-11\thello\twith a tab",
            )
        ),
        (
            "2026-06-02T00:00:00.250Z [INFO]\t2026-06-02T00:00:00.249Z\t5e1f-11\thello",
            250,
            None,
            "[INFO]\t2026-06-02T00:00:00.249Z\t5e1f-11\thello",
        ),
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["cut", "LF", "CRLF"])
def test_a_line_of_text_is_an_event(line: str, timestamp: int, stream: str | None, message: str, end: str) -> None:
    """An export's own time and stream are taken off a line; Lambda's prefix stays, for it is part of the message."""
    expected = {"timestamp": SINCE_MS + timestamp, "message": message, "logStreamName": stream}
    assert plain_text(line + end) == ([expected], [], [])


def test_lines_without_a_time_continue_the_event() -> None:
    """A stack trace belongs to its error, blank lines within it too."""
    text = (
        "2026-06-02T00:00:00.000Z [ERROR] KeyError: 'x'\r\n"
        "Traceback (most recent call last):\r\n"
        "\r\n"
        '  File "app.py"\r\n'
        "2026-06-02T00:00:01.000Z next\r\n"
    )
    events, skipped, gaps = plain_text(text)
    trace = "[ERROR] KeyError: 'x'\nTraceback (most recent call last):\n\n  File \"app.py\""
    assert [e["message"] for e in events] == [trace, "next"]
    assert (skipped, gaps) == ([], [])


def test_platform_lines_take_the_time_of_their_neighbours() -> None:
    """START, END and REPORT have no time of their own: they take that before them, the first ones that behind them."""
    lines = [
        "INIT_START Runtime Version: python:3.13",
        "START RequestId: 5e1f Version: $LATEST",
        "[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\tone",
        "[INFO]\t2026-06-02T00:00:01.000Z\t5e1f\ttwo",
        "[ERROR] KeyError: 'x'\n  at line 2",
        "END RequestId: 5e1f",
        "REPORT RequestId: 5e1f\tDuration: 1 ms",
        "[INFO]\t2026-06-02T00:00:02.000Z\t5e20\tthree",
    ]
    events, skipped, gaps = plain_text("\n".join(lines))
    assert [e["message"] for e in events] == lines
    assert [e["timestamp"] - SINCE_MS for e in events] == [0, 0, 0, 1000, 1000, 1000, 1000, 2000]
    assert (skipped, gaps) == ([], [])


def test_lines_before_the_first_event_are_skipped() -> None:
    """What neither has a time nor continues anything is counted by its line; blank lines are nothing."""
    events, skipped, _ = plain_text("\na banner\n \n  of two lines\n2026-06-02T00:00:00Z one\n")
    assert [e["message"] for e in events] == ["one"]
    assert skipped == [
        Skipped("2", "has no time, nor does it continue an event"),
        Skipped("4", "has no time, nor does it continue an event"),
    ]


def test_lines_without_any_time_near_them_are_skipped() -> None:
    """Where the text has no time at all, every line is counted."""
    events, skipped, _ = plain_text("START RequestId: 5e1f\n\ncontinued\nEND RequestId: 5e1f\n")
    reason = "has no time, nor has any line near it"
    assert (events, skipped) == ([], [Skipped("1", reason), Skipped("3", reason), Skipped("4", reason)])


@pytest.mark.parametrize("written", ["2026-13-01T00:00:00Z", "2026-06-02T24:00:01Z", "0000-01-01 00:00:00"])
def test_the_look_of_a_time_is_no_time(written: str) -> None:
    """A line with an impossible time begins no event: it stays whole in the one before it."""
    events, skipped, _ = plain_text(f"2026-06-02T00:00:00Z one\n{written} two\n{written}\tthree\n")
    assert [e["message"] for e in events] == [f"one\n{written} two\n{written}\tthree"]
    assert skipped == []


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["", " ", "\r"]),
            st.builds(
                str.__add__,
                st.sampled_from(
                    [
                        "",
                        "START RequestId: ",
                        "REPORT RequestId: ",
                        "[ERROR] ",
                        "[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\t",
                        "2026-06-02T00:00:00.000Z ",
                        f"2026-06-02T00:00:00.000000+00:00 {STREAM} ",
                        "2026-13-02T00:00:00.000Z ",
                        "9999-12-31T23:59:59-23:59\t",
                        "0001-01-01T00:00:00+23:59\t",
                    ]
                ),
                LINES,
            ),
        ),
        max_size=12,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_no_line_of_text_is_lost(lines: list[str], end: str) -> None:
    """Each line that is not blank is in one event, or counted as skipped."""
    text = end.join(f"{line} #{number};" if line.strip() else line for number, line in enumerate(lines, start=1))
    events, skipped, gaps = plain_text(text)
    kept = [number for e in events for number in re.findall(r" #(\d+);$", e["message"], re.MULTILINE)]
    not_blank = [str(number) for number, line in enumerate(lines, start=1) if line.strip()]
    assert sorted(kept + [skip.place for skip in skipped], key=int) == not_blank
    assert gaps == []


def test_a_long_continuation_takes_linear_time() -> None:
    """An event of a hundred thousand lines is read in a moment."""
    (found,), _, _ = plain_text("2026-06-02T00:00:00Z begin\n" + ("x" * 99 + "\n") * 100_000)
    assert len(found["message"]) == len("begin") + 100 * 100_000
