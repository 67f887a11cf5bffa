"""What lines say together: those of a request, of a log stream, of a connection."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.analysis.playing import (
    ANN,
    BOB,
    OTHER_REQUEST,
    REQUEST,
    SINCE_MS,
    Event,
    analysed,
    event,
    missed,
    printed,
    said,
    signals,
    start,
    values,
)

GONE = "GoneException: UnknownError"
CONNECTED = f"WebSocket connected, connection ID: {ANN}"
FAILED_POST = f"Could not post the message: {GONE}"
SENT = f"Welcome message sent to connection {ANN}"


# ------------------------------------------------------------------------------------------------ requests


@pytest.mark.parametrize("order", [1, -1])
def test_line_without_id_takes_that_of_its_request(tmp_path: Path, order: int) -> None:
    """Whether the line that names the connection comes before or after."""
    lines = [said(CONNECTED), said(FAILED_POST, SINCE_MS + 1)][::order]
    assert sorted(signals(tmp_path, lines)) == [("connect", ANN), ("gone", ANN)]


def test_line_that_says_nothing_may_name_the_connection(tmp_path: Path) -> None:
    """An id helps the request even where its own line is no signal."""
    lines = [said(f"Posting to connectionId: {ANN}"), said(FAILED_POST)]
    assert signals(tmp_path, lines) == [("gone", ANN)]


def test_other_requests_do_not_help(tmp_path: Path) -> None:
    """A line of another request is no hint."""
    lines = [said(CONNECTED), said(FAILED_POST, request_id=OTHER_REQUEST)]
    assert signals(tmp_path, lines) == [("connect", ANN), ("gone", None)]


def test_request_that_names_several_connections_tells_nothing(tmp_path: Path) -> None:
    """In a broadcast nobody knows whose welcome is meant; lines with an id keep it."""
    lines = [said(f"Client {ANN} connected"), said(f"Client {BOB} connected"), said("Welcome message sent")]
    assert signals(tmp_path, lines) == [("connect", ANN), ("connect", BOB), ("welcome_sent", None)]


def test_unattributed_signals_are_counted(tmp_path: Path) -> None:
    """They count as errors, but for no connection, and the evidence shows them."""
    analysis = analysed(tmp_path, [said(CONNECTED), said(FAILED_POST, request_id=OTHER_REQUEST)])
    assert values(analysis, "gone.errors", "gone.connections", "gone.max_per_connection") == [1, 0, 0]
    assert values(analysis, "data.unattributed_rate", "gone.connection_rate") == [0.5, 1]
    assert [(gone.connection_id, gone.errors) for gone in analysis.gone_connections] == [(None, 1)]


def test_one_line_two_signals(tmp_path: Path) -> None:
    """A welcome that failed with a GoneException is one event about the welcome, and one error."""
    lines = [said(f"Failed to send welcome message to connection {ANN}: {GONE}")]
    assert signals(tmp_path, lines) == [("gone", ANN), ("welcome_failed", ANN)]
    analysis = analysed(tmp_path, lines)
    assert values(analysis, "gone.errors", "gone.welcome_errors", "welcome.events", "welcome.failed") == [1, 1, 1, 1]


# ------------------------------------------------------------------------------------------------ log streams


def test_line_without_request_belongs_to_the_last_start(tmp_path: Path) -> None:
    """An invocation of a stream lasts until the next one begins."""
    lines = [
        printed(FAILED_POST),
        start(REQUEST, SINCE_MS + 1),
        printed(CONNECTED, SINCE_MS + 2),
        printed(FAILED_POST, SINCE_MS + 3),
        start(OTHER_REQUEST, SINCE_MS + 4),
        printed(FAILED_POST, SINCE_MS + 5),
    ]
    assert signals(tmp_path, lines) == [("gone", None), ("connect", ANN), ("gone", ANN), ("gone", None)]


def test_start_in_the_json_format(tmp_path: Path) -> None:
    """`platform.start` begins an invocation like a START line does."""
    begin = f'{{"type":"platform.start","record":{{"requestId":"{REQUEST}","version":"$LATEST"}}}}'
    lines = [event(begin), printed(CONNECTED, SINCE_MS + 1), printed(FAILED_POST, SINCE_MS + 2)]
    assert signals(tmp_path, lines) == [("connect", ANN), ("gone", ANN)]


def test_invocations_are_told_by_time(tmp_path: Path) -> None:
    """The order of the lines in the file does not matter."""
    lines = [
        printed(FAILED_POST, SINCE_MS + 5),
        start(OTHER_REQUEST, SINCE_MS + 4),
        printed(CONNECTED, SINCE_MS + 2),
        start(REQUEST, SINCE_MS + 1),
    ]
    assert signals(tmp_path, lines) == [("gone", None), ("connect", ANN)]


@pytest.mark.parametrize("place", [{"logStreamName": "another"}, {"logGroup": "/aws/lambda/other"}])
def test_streams_are_kept_apart(tmp_path: Path, place: Mapping[str, str]) -> None:
    """Streams of different log groups are two, even by the same name."""
    lines = [
        start(REQUEST),
        printed(CONNECTED, SINCE_MS + 1),
        printed(FAILED_POST, SINCE_MS + 2, **place),
    ]
    assert signals(tmp_path, lines) == [("connect", ANN), ("gone", None)]


def test_events_without_a_stream_have_no_invocation(tmp_path: Path) -> None:
    """Nothing tells which lines belong together."""
    lines = [{**line, "logStreamName": None} for line in (start(), printed(CONNECTED), printed(FAILED_POST))]
    assert signals(tmp_path, lines) == [("connect", ANN), ("gone", None)]


# ------------------------------------------------------------------------------------------------ echoes


def test_echo_of_an_error_is_not_a_second_one(tmp_path: Path) -> None:
    """ "... is gone, deleting" after the exception repeats it."""
    lines = [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {ANN} is gone, deleting it")]
    assert signals(tmp_path, lines) == [("gone", ANN)]


def test_words_alone_are_an_error(tmp_path: Path) -> None:
    """Where the application swallows the exception, its own words are all there is."""
    assert signals(tmp_path, [said(f"Connection {ANN} is gone, deleting it")]) == [("gone", ANN)]


def test_echo_is_one_of_the_same_connection(tmp_path: Path) -> None:
    """In a broadcast the words about one connection are no echo of the error of another."""
    lines = [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {BOB} is gone, deleting it")]
    assert signals(tmp_path, lines) == [("gone", ANN), ("gone", BOB)]


def test_exceptions_are_counted_one_by_one(tmp_path: Path) -> None:
    """Two posts of a request that both fail are two errors."""
    lines = [said(f"Post to connection {ANN} failed: {GONE}", SINCE_MS + number) for number in range(2)]
    assert values(analysed(tmp_path, lines), "gone.errors", "gone.connections", "gone.max_per_connection") == [2, 1, 2]


# ------------------------------------------------------------------------------------------------ welcomes

WELCOME = ("welcome.sent", "welcome.failed", "welcome.undelivered_rate")


def test_sent_after_an_error_is_not_believed(tmp_path: Path) -> None:
    """The application did not look at the result of the post."""
    analysis = analysed(tmp_path, [said(FAILED_POST), said(SENT, SINCE_MS + 1)])
    assert values(analysis, *WELCOME) == [0, 1, 1]
    assert analysis.interpretation.contradicted == 1


@pytest.mark.parametrize(
    "lines",
    [
        [said(SENT), said(FAILED_POST, SINCE_MS + 1)],
        [said(f"Post to connection {BOB} failed: {GONE}"), said(SENT, SINCE_MS + 1)],
        [said(f"Post to connection {ANN} failed: {GONE}", request_id=OTHER_REQUEST), said(SENT, SINCE_MS + 1)],
    ],
    ids=["later error", "error of another connection", "error of another request"],
)
def test_sent_is_believed(tmp_path: Path, lines: list[Event]) -> None:
    """Only an error before it, of the same connection and request, contradicts it."""
    analysis = analysed(tmp_path, lines)
    assert values(analysis, *WELCOME) == [1, 0, 0]
    assert analysis.interpretation.contradicted == 0


def test_sent_wins_over_failed(tmp_path: Path) -> None:
    """One outcome a request: a welcome that arrives at the third attempt arrived."""
    lines = [
        said(f"Failed to send welcome message to connection {ANN}: timed out"),
        said(f"Retrying welcome message to connection {ANN} (attempt 2/3)", SINCE_MS + 1),
        said(SENT, SINCE_MS + 2),
    ]
    analysis = analysed(tmp_path, lines)
    assert values(analysis, *WELCOME) == [1, 0, 0]
    assert values(analysis, "welcome.events", "welcome.retries", "welcome.average_retries") == [3, 1, 1]


def test_outcomes_of_unknown_requests_count_by_themselves(tmp_path: Path) -> None:
    """Nothing tells that they are about the same message; the connection got it all the same."""
    lines = [
        {**printed(text), "logStreamName": None}
        for text in (f"Welcome message to connection {ANN} failed: timed out", SENT)
    ]
    assert values(analysed(tmp_path, lines), *WELCOME) == [1, 1, 0]


def test_retries_alone_deliver_nothing(tmp_path: Path) -> None:
    """A connection of which only retries are known has no outcome, and no welcome."""
    analysis = analysed(tmp_path, [said(f"Retrying welcome message to connection {ANN}")])
    assert values(analysis, *WELCOME) == [0, 0, 1]
    assert values(analysis, "welcome.failure_rate", "welcome.average_retries") == [None, None]


@pytest.mark.parametrize(
    ("neighbour", "welcome_errors"),
    [
        (said(CONNECTED), 1),
        (said(f"Retrying welcome message to connection {ANN}"), 1),
        (said(f"Message received from connection {ANN}"), 0),
        (said(CONNECTED, request_id=OTHER_REQUEST), 0),
    ],
    ids=["$connect", "welcome", "message", "another request"],
)
def test_error_belongs_to_the_welcome(tmp_path: Path, neighbour: Event, welcome_errors: int) -> None:
    """Where its request greets: it handles $connect or is about the welcome."""
    analysis = analysed(tmp_path, [neighbour, said(f"Post to connection {ANN} failed: {GONE}")])
    assert values(analysis, "gone.errors", "gone.welcome_errors") == [1, welcome_errors]
    assert [gone.welcome_errors for gone in analysis.gone_connections] == [welcome_errors]


@pytest.mark.parametrize(
    ("neighbours", "cases"),
    [
        ([said(CONNECTED)], 1),
        ([said(CONNECTED), said(f"Welcome message sent to connection {ANN}", request_id=OTHER_REQUEST)], 0),
        ([said(f"Client connected {BOB}"), said(CONNECTED, request_id=OTHER_REQUEST)], 0),
    ],
    ids=["its $connect", "greeted later", "$connect of another"],
)
def test_a_connection_that_a_410_kept_from_being_greeted(tmp_path: Path, neighbours: list[Event], cases: int) -> None:
    """Its own $connect met it, and no welcome message came through; news of somebody else's are another matter."""
    analysis = analysed(tmp_path, [*neighbours, said(f"Post to connection {ANN} failed: {GONE}")])
    assert analysis.metrics["gone.welcome_rate"].numerator == cases


# ------------------------------------------------------------------------------------------------ taught patterns


def test_taught_pattern_with_an_id(tmp_path: Path) -> None:
    """The named group tells the connection; the line needs no word of the vocabulary."""
    taught = {"connect": {"hello": r"door bell rang, (?P<connection_id>[\w-]+=)"}}
    assert signals(tmp_path, [said(f"door bell rang, {ANN}"), said("door bell broke")], taught) == [("connect", ANN)]


def test_taught_pattern_without_an_id(tmp_path: Path) -> None:
    """The connection is then the one that the line or its request names by other means."""
    taught = {"disconnect": {"bye": "(?i)door slammed"}}
    lines = [said("Door SLAMMED"), said(f"Posting to connection {ANN}")]
    assert signals(tmp_path, lines, taught) == [("disconnect", ANN)]


def test_taught_pattern_wins_over_the_grammar(tmp_path: Path) -> None:
    """What the user says about a line replaces what the grammar makes of it: kinds and id."""
    taught = {"message": {"poll": r"^.*connected.*on behalf of (?P<connection_id>\S+)"}}
    lines = [said(f"Client {ANN} connected on behalf of {BOB}"), said(f"Client {ANN} connected")]
    assert signals(tmp_path, lines, taught) == [("message", BOB), ("connect", ANN)]


def test_taught_patterns_add_up(tmp_path: Path) -> None:
    """A line may match patterns of several kinds, and several of one kind, which count once."""
    taught = {
        "gone": {"one": r"lost (?P<connection_id>\S+)", "two": "lost"},
        "welcome_failed": {"three": "while greeting"},
    }
    lines = [said(f"lost {ANN} while greeting")]
    assert signals(tmp_path, lines, taught) == [("gone", ANN), ("welcome_failed", ANN)]


def test_taught_pattern_with_an_empty_id(tmp_path: Path) -> None:
    """A group that matched nothing names no connection."""
    taught = {"connect": {"hello": r"door bell(?: by (?P<connection_id>\w+=))?"}}
    assert signals(tmp_path, [said("door bell")], taught) == [("connect", None)]


def test_taught_pattern_is_no_sql(tmp_path: Path) -> None:
    """Quotation marks in a pattern are only characters."""
    taught = {"connect": {"hello": 'it\'s "open"; --'}}
    assert signals(tmp_path, [said('it\'s "open"; --')], taught) == [("connect", None)]


# ------------------------------------------------------------------------------------------------ near misses


def test_near_misses_are_shown_by_shape(tmp_path: Path) -> None:
    """Lines that use a signal's words yet give none are counted, and shown once a shape, the most frequent first."""
    lines = [
        said(CONNECTED),
        said("Welcome packet queued for user-1"),
        *(said(f"Lobby {number} greeting in flight", SINCE_MS + number) for number in (17, 4711, 9)),
    ]
    analysis = analysed(tmp_path, lines)
    rate = analysis.metrics["data.near_miss_rate"]
    assert (rate.value, rate.n, rate.numerator) == (0.8, 5, 4)
    shapes = missed(tmp_path, lines)
    assert shapes[1:] == ("Welcome packet queued for user-1",)
    assert shapes[0].endswith("greeting in flight")


def test_few_near_misses_are_shown(tmp_path: Path) -> None:
    """All are counted, five are shown."""
    words = ("red", "green", "blue", "pink", "grey", "black", "white")
    lines = [said(f"The {word} welcome is in flight") for word in words]
    assert analysed(tmp_path, lines).metrics["data.near_miss_rate"].n == 7
    assert len(missed(tmp_path, lines)) == 5


def test_taught_line_is_no_near_miss(tmp_path: Path) -> None:
    """Teaching a pattern is what near misses are shown for."""
    lines = [said(f"Lobby greeting reached {ANN}")]
    assert analysed(tmp_path, lines).metrics["data.near_miss_rate"].value == 1
    taught = {"welcome_sent": {"lobby": r"greeting reached (?P<connection_id>\S+)"}}
    analysis = analysed(tmp_path, lines, signals=taught)
    assert values(analysis, "data.near_miss_rate", "welcome.sent") == [0, 1]
