"""The meaning of lines together: those of a request, of a log stream, of a connection."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from checks.analysis.analyse import Analysis, GoneConnection
from checks.analysis.dictionary import find_sentences, near_misses
from tests.analysis.playing import (
    ANN,
    BOB,
    OTHER_REQUEST,
    REQUEST,
    SINCE_MS,
    THIRD_REQUEST,
    Event,
    Numbers,
    analysed,
    event,
    examined_file,
    numbers_by_case,
    printed,
    renamed,
    said,
    signals_by_case,
    start,
    values,
    with_gone_connections,
    written,
)

GONE = "GoneException: UnknownError"
CONNECTED = f"WebSocket connected, connection ID: {ANN}"
FAILED_POST = f"Could not post the message: {GONE}"
SENT = f"Welcome message sent to connection {ANN}"
NOT_SENT = f"Failed to send welcome message to connection {ANN}: timed out"


NOBODY_CAUGHT: Mapping[str, str] = {
    "Python": f'[ERROR] {GONE}\nTraceback (most recent call last):\n  File "/var/task/push.py", line 40, in handler\n',
    "Node.js": f'2026-06-02T00:00:00.000Z\t{REQUEST}\tERROR\tInvoke Error \t{{"errorType":"GoneException"}}\n',
    "PHP": f'{REQUEST}\tInvoke Error\t{{"errorMessage":"PostToConnection: `410 Gone` response","stack":[]}}\n',
    "Go": '2026/06/02 00:00:00 {"errorMessage":"operation error ApiGatewayManagementApi: PostToConnection, https '
    'response error StatusCode: 410, RequestID: 0c1d, GoneException: ","errorType":"OperationError"}\n',
    "Java": "null (Service: ApiGatewayManagementApi, Status Code: 410, Request ID: 0c1d): a.model.GoneException\n"
    "a.model.GoneException: null (Service: ApiGatewayManagementApi, Status Code: 410, Request ID: 0c1d)\n\tat a.Push\n",
}
"""How runtimes print the exception that ended an invocation."""
ALONE: Mapping[str, str] = {
    "Python": "Error: An error occurred (GoneException) when calling the PostToConnection operation: ",
    "Node.js": "Stack trace:\nGoneException: 410\n    at Request.extractError (/var/task/push.js:12:8)",
    "Go": "operation error ApiGatewayManagementApi: PostToConnection, https response error StatusCode: 410, "
    "RequestID: 0c1d, GoneException: ",
    "Java": "error: a.model.GoneException: null (Service: ApiGatewayManagementApi, Status Code: 410, Request ID: 0c1d)",
    ".NET": "Error: Amazon.ApiGatewayManagementApi.Model.GoneException: Exception of type "
    "'Amazon.ApiGatewayManagementApi.Model.GoneException' was thrown.\n   at Push.Send() in /src/Push.cs:line 31",
}
"""How SDKs name the exception, where nothing else is said."""

SignalsOf: TypeAlias = list[tuple[str, str | None]]

WITHOUT_STREAM = {"logStreamName": None}
STREAMS = {"by name": {"logStreamName": "another"}, "by log group": {"logGroup": "/aws/lambda/other"}}
STARTED_IN_JSON = f'{{"type":"platform.start","record":{{"requestId":"{REQUEST}","version":"$LATEST"}}}}'

CASES: Mapping[str, tuple[list[Event], SignalsOf]] = {
    # ---------------------------------------------------------------------------------------- requests
    "a line without an id takes that of its request": (
        [said(CONNECTED), said(FAILED_POST, SINCE_MS + 1)],
        [("connect", ANN), ("gone", ANN)],
    ),
    "also where the line that names the connection comes later": (
        [said(FAILED_POST, SINCE_MS + 1), said(CONNECTED)],
        [("gone", ANN), ("connect", ANN)],
    ),
    "a line that says nothing may name the connection": (
        [said(f"Posting to connectionId: {ANN}"), said(FAILED_POST)],
        [("gone", ANN)],
    ),
    "a line of another request is no hint": (
        [said(CONNECTED), said(FAILED_POST, request_id=OTHER_REQUEST)],
        [("connect", ANN), ("gone", None)],
    ),
    **{
        f"the request that {sdk} names in its error is none of the function's": (
            [
                start(),
                printed(f"Client {ANN} connected", SINCE_MS + 1),
                printed(f"Post failed: GoneException {{ {error} }}", SINCE_MS + 2),
                printed(f"Connection {ANN} is gone, deleting it", SINCE_MS + 3),
            ],
            [("connect", ANN), ("gone", ANN)],
        )
        for sdk, error in {
            "Rust's SDK": f'extras: {{"aws_request_id": "{OTHER_REQUEST}"}}',
            "v2 of JavaScript's": f"code: 'GoneException', requestId: '{OTHER_REQUEST}',\n  statusCode: 410",
        }.items()
    },
    # in a broadcast nobody knows whose welcome is meant; lines with an id keep it
    "a request that names several connections tells nothing": (
        [said(f"Client {ANN} connected"), said(f"Client {BOB} connected"), said("Welcome message sent")],
        [("connect", ANN), ("connect", BOB), ("welcome_sent", None)],
    ),
    "of several, it is the one whose message the request is": (
        [
            said(f"Message received from {ANN}"),
            said("Handling $default route"),
            said(f"Sending to connection {BOB}"),
            said(FAILED_POST),
        ],
        [("message", ANN), ("message", ANN), ("gone", BOB)],
    ),
    "a request that handles a message is no $disconnect of somebody else": (
        [
            said(f"Message received from {ANN}"),
            said(f"Connection closed, removing: {BOB}", SINCE_MS + 1),
            said(f"Client {ANN} disconnected", SINCE_MS + 2),
        ],
        [("message", ANN), ("disconnect", ANN)],
    ),
    "nor of its client, whose post met a 410": (
        [
            said(f"Message received from {ANN}"),
            said(f"Post to connection {ANN} failed: {GONE}", SINCE_MS + 1),
            said(f"Connection {ANN} disconnected before the answer", SINCE_MS + 2),
        ],
        [("message", ANN), ("gone", ANN)],
    ),
    "nor of nobody in particular, after a post to somebody else": (
        [
            said(f"Message received from {ANN}"),
            said(f"Sending to connection {BOB}", SINCE_MS + 1),
            said("Connection was closed", SINCE_MS + 2),
        ],
        [("message", ANN)],
    ),
    "a request that handles a $disconnect is one, whatever it posts": (
        [
            said(f"Client {ANN} disconnected"),
            said(f"Sending to connection {BOB}", SINCE_MS + 1),
            said("Connection was closed", SINCE_MS + 2),
        ],
        [("disconnect", ANN), ("disconnect", ANN)],
    ),
    "a batch of events is": (
        [
            said(f"Client {BOB} disconnected"),
            said(f"Message received from {ANN}", SINCE_MS + 1),
            said(f"Message received from {BOB}", SINCE_MS + 2),
            said(f"Client {ANN} disconnected", SINCE_MS + 3),
        ],
        [("disconnect", BOB), ("message", ANN), ("message", BOB), ("disconnect", ANN)],
    ),
    # one event about the welcome, and one error
    "a welcome that failed with a GoneException is two signals": (
        [said(f"Failed to send welcome message to connection {ANN}: {GONE}")],
        [("gone", ANN), ("welcome_failed", ANN)],
    ),
    # ---------------------------------------------------------------------------------------- log streams
    "an invocation of a stream lasts until the next one begins": (
        [
            printed(FAILED_POST),
            start(REQUEST, SINCE_MS + 1),
            printed(CONNECTED, SINCE_MS + 2),
            printed(FAILED_POST, SINCE_MS + 3),
            start(OTHER_REQUEST, SINCE_MS + 4),
            printed(FAILED_POST, SINCE_MS + 5),
        ],
        [("gone", None), ("connect", ANN), ("gone", ANN), ("gone", None)],
    ),
    "platform.start begins one like a START line does": (
        [event(STARTED_IN_JSON), printed(CONNECTED, SINCE_MS + 1), printed(FAILED_POST, SINCE_MS + 2)],
        [("connect", ANN), ("gone", ANN)],
    ),
    "the order of the lines in the file does not matter": (
        [
            printed(FAILED_POST, SINCE_MS + 5),
            start(OTHER_REQUEST, SINCE_MS + 4),
            printed(CONNECTED, SINCE_MS + 2),
            start(REQUEST, SINCE_MS + 1),
        ],
        [("gone", None), ("connect", ANN)],
    ),
    **{
        f"streams are kept apart {how}": (
            [start(REQUEST), printed(CONNECTED, SINCE_MS + 1), printed(FAILED_POST, SINCE_MS + 2, **place)],
            [("connect", ANN), ("gone", None)],
        )
        for how, place in STREAMS.items()
    },
    "without a stream nothing tells which lines belong together": (
        [{**line, **WITHOUT_STREAM} for line in (start(), printed(CONNECTED), printed(FAILED_POST))],
        [("connect", ANN), ("gone", None)],
    ),
    # ---------------------------------------------------------------------------------------- echoes
    "words after the exception repeat it": (
        [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {ANN} is gone, deleting it")],
        [("gone", ANN)],
    ),
    "so do they where they give its number": (
        [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {ANN} is gone (410)")],
        [("gone", ANN)],
    ),
    "so do those of what is done about it": (
        [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Removed {ANN} from the table after 410 Gone")],
        [("gone", ANN)],
    ),
    "so does the handler to which the exception was passed on": (
        [said(f"Failed to send to {ANN}: {GONE}"), said(f"Error processing message: {GONE}")],
        [("gone", ANN)],
    ),
    "what else could not be sent is another error": (
        [said(f"Failed to send to {ANN}: {GONE}"), said(FAILED_POST)],
        [("gone", ANN), ("gone", None)],
    ),
    "words alone are an error, where the application swallows the exception": (
        [said(f"Connection {ANN} is gone, deleting it")],
        [("gone", ANN)],
    ),
    "so they are beside other lines of the request": (
        [said(f"Message received from {ANN}"), said(f"Connection {ANN} is gone, deleting it")],
        [("message", ANN), ("gone", ANN)],
    ),
    "words of another request are no echo": (
        [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {ANN} is gone", request_id=OTHER_REQUEST)],
        [("gone", ANN), ("gone", ANN)],
    ),
    "words about one connection are no echo of the error of another": (
        [said(f"Post to connection {ANN} failed: {GONE}"), said(f"Connection {BOB} is gone, deleting it")],
        [("gone", ANN), ("gone", BOB)],
    ),
    **{
        f"so does the exception that nobody caught, in {name}: {first}": (
            [start(), said(first), event(text)],
            [("gone", who)],
        )
        for name, text in NOBODY_CAUGHT.items()
        for first, who in {f"Failed to send to {ANN}: {GONE}": ANN, FAILED_POST: None}.items()
    },
    **{
        f"so does its name alone, as the SDK for {name} gives it": ([said(FAILED_POST), said(text)], [("gone", None)])
        for name, text in ALONE.items()
    },
    **{
        f"an exception that nobody caught counts, if no other line reports it, in {name}": (
            [start(), event(text)],
            [("gone", None)],
        )
        for name, text in NOBODY_CAUGHT.items()
    },
    "so does one that is about another connection": (
        [
            start(),
            said(f"Failed to send to {ANN}: {GONE}"),
            event(f"[ERROR] PushFailed: Failed to send to {BOB}: {GONE}\nTraceback (most recent call last):\n"),
        ],
        [("gone", ANN), ("gone", BOB)],
    ),
    "two errors that name nobody are two": ([said(FAILED_POST), said(FAILED_POST)], [("gone", None), ("gone", None)]),
    "an exception that nobody caught is no $disconnect": (
        [
            start(),
            said(f"Message received from {ANN}"),
            event(f"[ERROR] SocketClosed: Connection {ANN} closed\nTraceback (most recent call last):\n"),
        ],
        [("message", ANN)],
    ),
}
"""Lines, and what they say together, in their order."""


def test_what_lines_say_together(tmp_path: Path) -> None:
    """Lines of one request, log stream or connection explain each other; others do not."""
    actual = signals_by_case(tmp_path, {name: lines for name, (lines, _) in CASES.items()})
    assert actual == {name: expected for name, (_, expected) in CASES.items()}


DELIVERED: Numbers = {"welcome.sent": 1, "welcome.failed": 0, "welcome.undelivered_rate": 0}
LOST: Numbers = {"welcome.sent": 0, "welcome.failed": 1, "welcome.undelivered_rate": 1}
ERROR = said(f"Post to connection {ANN} failed: {GONE}")
ANNOUNCED = [said(f"Sending welcome message to {ANN}"), said(GONE, SINCE_MS + 1)]
BOB_WELCOMED = said(f"Welcome message sent to connection {BOB}", SINCE_MS + 9, OTHER_REQUEST)
QUEUED = [said(f"Processing the welcome for {ANN} from the queue"), said(f"Welcome queued for {ANN}: ok")]
MET = [said(f"Message received from {ANN}"), said(f"Connection closed, removing: {BOB}", SINCE_MS + 2)]
CLEARED = said(f"Removing stale connection: {BOB}", SINCE_MS + 2)
SEEN_STALE = [said(f"Message received from {ANN}"), CLEARED]
POST_FAILED = said(f"Failed to send to {BOB}: GoneException", SINCE_MS + 1)
RECEIVED = said(f"Message received from {ANN}")
BROKEN_OFF = f"Client {ANN} disconnected during streaming"


def what_was_met(near_miss_rate: float, events: int, errors: int) -> Numbers:
    return {"data.near_miss_rate": near_miss_rate, "lifecycle.events": events, "gone.errors": errors}


NUMBERS: Mapping[str, tuple[list[Event], Numbers]] = {
    # API Gateway's access log has the whole id; a function may cut off the "="
    "an id that is also logged without its end is the same": (
        [said(CONNECTED), said(f"Client disconnected connectionId={ANN.rstrip('=')}", SINCE_MS + 1)],
        {"lifecycle.complete": 1, "lifecycle.incomplete": 0},
    ),
    "two failed posts of a request are two errors; that of a welcome is also a welcome event": (
        [
            *(said(f"Post to connection {BOB} failed: {GONE}", SINCE_MS + number) for number in range(2)),
            said(f"Failed to send welcome message to connection {ANN}: {GONE}", request_id=OTHER_REQUEST),
        ],
        {
            "gone.errors": 3,
            "gone.connections": 2,
            "gone.max_per_connection": 2,
            "gone.welcome_errors": 1,
            "welcome.events": 1,
            "welcome.failed": 1,
        },
    ),
    # ---------------------------------------------------------------------------------------- welcomes
    # the application did not check the result of the post
    "sent after an error is not believed": (
        [said(FAILED_POST), said(SENT, SINCE_MS + 1)],
        {**LOST, "contradicted": 1},
    ),
    # only an error before it, of the same connection and request, contradicts it
    "sent is believed in spite of a later error": (
        [said(SENT), said(FAILED_POST, SINCE_MS + 1)],
        {**DELIVERED, "contradicted": 0},
    ),
    "in spite of an error of another connection": (
        [said(f"Post to connection {BOB} failed: {GONE}"), said(SENT, SINCE_MS + 1)],
        {**DELIVERED, "contradicted": 0},
    ),
    "in spite of an error of another request": (
        [said(f"Post to connection {ANN} failed: {GONE}", request_id=OTHER_REQUEST), said(SENT, SINCE_MS + 1)],
        {**DELIVERED, "contradicted": 0},
    ),
    "a request has one outcome: a welcome that arrives at the third attempt arrived": (
        [
            said(NOT_SENT),
            said(f"Retrying welcome message to connection {ANN} (attempt 2/3)", SINCE_MS + 1),
            said(SENT, SINCE_MS + 2),
        ],
        {**DELIVERED, "welcome.events": 3, "welcome.retries": 1, "welcome.average_retries": 1},
    ),
    # they may be about different messages; the connection still got one
    "outcomes of unknown requests count by themselves": (
        [
            {**printed(text), **WITHOUT_STREAM}
            for text in (f"Welcome message to connection {ANN} failed: timed out", SENT)
        ],
        {"welcome.sent": 1, "welcome.failed": 1, "welcome.undelivered_rate": 0},
    ),
    # an exception that nobody caught ends the request before it says so; others show that successes are told
    "an announced welcome that met a 410 failed": (
        [*ANNOUNCED, BOB_WELCOMED],
        {"welcome.sent": 1, "welcome.failed": 1, "gone.welcome_errors": 1, "data.near_miss_rate": 0},
    ),
    "unless the 410 was another connection's": (
        [ANNOUNCED[0], said(f"Failed to send to {BOB}: {GONE}", SINCE_MS + 1), BOB_WELCOMED],
        {"welcome.sent": 1, "welcome.failed": 0, "gone.welcome_errors": 0},
    ),
    "retries alone deliver nothing: they have no outcome": (
        [said(f"Retrying welcome message to connection {ANN}")],
        {
            "welcome.sent": 0,
            "welcome.failed": 0,
            "welcome.undelivered_rate": 1,
            "welcome.failure_rate": None,
            "welcome.average_retries": None,
        },
    ),
    # nobody can tell whether it should have been greeted, but the report says so
    "connections that no welcome is about are counted": (
        [said(CONNECTED), said(f"Client connected: {BOB}", request_id=OTHER_REQUEST), BOB_WELCOMED],
        {"unwelcomed": 1, "welcome.undelivered_rate": 0},
    ),
    "unless the welcome is some connection's": (
        [
            said(CONNECTED),
            said(f"Client connected: {BOB}", request_id=OTHER_REQUEST),
            BOB_WELCOMED,
            printed("Welcome message sent"),
        ],
        {"unwelcomed": 0},
    ),
    "or the application greets nobody": ([said(CONNECTED)], {"unwelcomed": 0}),
    # its own $connect met it, and no welcome arrived; news about others are a different matter
    "a 410 keeps a connection from being greeted": ([said(CONNECTED), ERROR], {"gone.welcome_rate": 1}),
    "unless it is greeted later": (
        [said(CONNECTED), ERROR, said(SENT, request_id=OTHER_REQUEST)],
        {"gone.welcome_rate": 0},
    ),
    "or the $connect was another's": (
        [said(f"Client connected {BOB}"), said(CONNECTED, request_id=OTHER_REQUEST), ERROR],
        {"gone.welcome_rate": 0},
    ),
    # ---------------------------------------------------------------------------------------- near misses
    # CloudWatch may hold the end of an error of Go's SDK as an event of its own
    "the second line of an error is no near miss": (
        [printed("GoneException: "), printed("\tstatus code: 410, request id: 6f2a9c1e-aaaa-bbbb", SINCE_MS + 1)],
        {"gone.errors": 1, "data.near_miss_rate": 0},
    ),
    "leaving a place is known, and says nothing about the connection": (
        [said(CONNECTED), said("Player 3 disconnected from game 17")],
        {"data.near_miss_rate": 0},
    ),
    # it tells what a post met, but not that this was a 410
    "the end of somebody else is a near miss": (MET, what_was_met(0.5, 1, 0)),
    "unless a GoneException explains it": ([*MET, POST_FAILED], what_was_met(0, 1, 1)),
    # who streams an answer learns from a 410 that nobody listens
    "an end that breaks off an answer is no disconnect": (
        [RECEIVED, said("Client disconnected, stopping the stream", SINCE_MS + 1)],
        {"lifecycle.events": 1, "gone.errors": 0},
    ),
    "nor is one in the middle of it": (
        [RECEIVED, said(f"Client {ANN} disconnected mid-stream", SINCE_MS + 1)],
        {"lifecycle.events": 1, "gone.errors": 0},
    ),
    "but it is a near miss": ([RECEIVED, said(BROKEN_OFF, SINCE_MS + 1)], what_was_met(0.5, 1, 0)),
    "unless an error explains it": (
        [RECEIVED, said(f"Failed to send: {GONE}"), said(BROKEN_OFF, SINCE_MS + 1)],
        what_was_met(0, 1, 1),
    ),
    "a $disconnect that says so has its own request": (
        [RECEIVED, said(BROKEN_OFF, SINCE_MS + 1, OTHER_REQUEST)],
        what_was_met(0, 2, 0),
    ),
    # something must have shown that it is stale: likely a 410
    "clearing away a stale connection is a near miss if somebody sent a message": (SEEN_STALE, what_was_met(0.5, 1, 0)),
    "and nothing if an error explains it": ([*SEEN_STALE, POST_FAILED], what_was_met(0, 1, 1)),
    "a job that looks for such connections needs no 410": (
        [said(CONNECTED, request_id=OTHER_REQUEST), CLEARED],
        what_was_met(0, 1, 0),
    ),
    # a worker may tell the outcome in another request
    "what is said of a welcome is known once a line says what became of it": (
        [*QUEUED, said(SENT)],
        {"data.near_miss_rate": 0, "welcome.sent": 1},
    ),
    "in another request, too": (
        [*QUEUED, said(SENT, request_id=OTHER_REQUEST)],
        {"data.near_miss_rate": 0, "welcome.sent": 1},
    ),
    "where no line does, it may be a sentence that nobody knows": (
        [*QUEUED, said(SENT.replace(ANN, BOB), request_id=OTHER_REQUEST)],
        {"data.near_miss_rate": 2 / 3, "welcome.sent": 1},
    ),
    "what nobody knows is a near miss": ([said(f"Lobby greeting landed at {ANN}")], {"data.near_miss_rate": 1}),
}
"""Lines, and what they count as."""


def test_what_lines_count_as(tmp_path: Path) -> None:
    """The numbers of each case are those of its lines alone."""
    assert numbers_by_case(tmp_path, NUMBERS) == {name: expected for name, (_, expected) in NUMBERS.items()}


KNOWN_TO_A_TEAM = {
    "disconnect": {"closed": r"Connection closed, removing: (?P<connection_id>\S+)"},
    "gone": {"cleared": r"Removing stale connection: (?P<connection_id>\S+)"},
    "welcome_sent": {"lobby": r"greeting landed at (?P<connection_id>\S+)"},
}
TAUGHT_NUMBERS: Mapping[str, tuple[list[Event], Numbers]] = {
    "the end of somebody else": (MET, what_was_met(0, 2, 0)),
    "clearing away a stale connection": (SEEN_STALE, what_was_met(0, 1, 1)),
    # near misses are shown so that users teach them
    "a taught line is no near miss": (
        [said(f"Lobby greeting landed at {ANN}")],
        {"data.near_miss_rate": 0, "welcome.sent": 1},
    ),
}


def test_what_lines_count_as_where_a_team_teaches_them(tmp_path: Path) -> None:
    """A team that knows what its line means says so."""
    assert numbers_by_case(tmp_path, TAUGHT_NUMBERS, KNOWN_TO_A_TEAM) == {
        name: expected for name, (_, expected) in TAUGHT_NUMBERS.items()
    }


def test_an_announced_welcome_is_left_open_where_no_line_tells_of_a_success(tmp_path: Path) -> None:
    """The application may never say that one was sent."""
    names = ("welcome.sent", "welcome.failed", "gone.welcome_errors", "data.near_miss_rate")
    assert values(analysed(tmp_path, ANNOUNCED), *names) == [0, 0, 0, 0.5]


def test_unattributed_signals_are_counted(tmp_path: Path) -> None:
    """They count as errors, but for no connection, and the evidence shows them."""
    lines = [said(CONNECTED), said(FAILED_POST, request_id=OTHER_REQUEST)]
    analysis, shown = with_gone_connections(written(tmp_path, lines))
    assert values(analysis, "gone.errors", "gone.connections", "gone.max_per_connection") == [1, 0, 0]
    assert values(analysis, "data.unattributed_rate", "gone.connection_rate") == [0.5, 1]
    assert [(gone.connection_id, gone.errors) for gone in shown] == [(None, 1)]


# ------------------------------------------------------------------------------------------------ welcomes

DELAYS: Mapping[str, tuple[list[Event], float | None]] = {
    "at once": ([said(CONNECTED), said(SENT, SINCE_MS + 1500)], 1.5),
    "at the second try": ([said(CONNECTED), said(NOT_SENT, SINCE_MS + 1000), said(SENT, SINCE_MS + 3000)], 3),
    "twice": ([said(CONNECTED), said(SENT, SINCE_MS + 2000), said(SENT, SINCE_MS + 9000, OTHER_REQUEST)], 2),
    "by a clock that is behind": ([said(CONNECTED, SINCE_MS + 500), said(SENT)], 0),
    "never": ([said(CONNECTED), said(NOT_SENT, SINCE_MS + 1000)], None),
    "not believed": ([said(CONNECTED), said(FAILED_POST, SINCE_MS + 1), said(SENT, SINCE_MS + 2)], None),
    "of a connection that began at an unknown time": ([said(SENT)], None),
    "before the window": ([said(CONNECTED, SINCE_MS - 60_000), said(SENT, SINCE_MS - 59_000)], None),
}
"""When a connection was welcomed, and after how many seconds."""


def test_the_delay_of_a_welcome(tmp_path: Path) -> None:
    """It is the time from the connect to the first welcome that arrived."""
    lines = [line for number, (case, _) in enumerate(DELAYS.values()) for line in renamed(case, number)]
    analysis, engine = examined_file(written(tmp_path, lines))
    rows = engine.rows("SELECT seconds FROM welcome_delays WHERE is_counted ORDER BY connection_id")
    assert [row["seconds"] for row in rows] == [seconds for _, seconds in DELAYS.values() if seconds is not None]
    median = analysis.metrics["welcome.delay_p50_seconds"]
    assert (median.value, median.n) == (1.75, 4)


def test_retries_of_one_connection_cluster(tmp_path: Path) -> None:
    """One that names no connection stands for itself."""
    whose = ((f" to connection {ANN}", REQUEST), (f" to connection {BOB}", OTHER_REQUEST), ("", THIRD_REQUEST))
    lines = [said(f"Retrying welcome message{to}", request_id=request) for to, request in whose for _ in range(2)]
    retries = analysed(tmp_path, lines[1:]).metrics["welcome.retries"]
    assert (retries.value, retries.squares) == (5, 1 + 4 + 1 + 1)


def errors_by_case(folder: Path, cases: Mapping[str, list[Event]]) -> tuple[Analysis, list[GoneConnection]]:
    """Analyse cases in one log, each with one error of ANN; return the errors in the order of the cases."""
    lines = [line for number, case in enumerate(cases.values()) for line in renamed(case, number)]
    analysis, shown = with_gone_connections(written(folder, lines))
    return analysis, sorted(shown, key=lambda gone: gone.connection_id or "")


def test_error_belongs_to_the_welcome(tmp_path: Path) -> None:
    """It does if its request greets: it handles $connect or is about the welcome."""
    neighbours = {
        "$connect": (said(CONNECTED), 1),
        "welcome": (said(f"Retrying welcome message to connection {ANN}"), 1),
        "message": (said(f"Message received from connection {ANN}"), 0),
        "another request": (said(CONNECTED, request_id=OTHER_REQUEST), 0),
    }
    analysis, errors = errors_by_case(tmp_path, {name: [line, ERROR] for name, (line, _) in neighbours.items()})
    assert values(analysis, "gone.errors", "gone.welcome_errors") == [4, 2]
    assert dict(zip(neighbours, (gone.welcome_errors for gone in errors), strict=True)) == {
        name: welcome_errors for name, (_, welcome_errors) in neighbours.items()
    }


# ------------------------------------------------------------------------------------------------ taught patterns


TAUGHT = {
    "connect": {
        "hello": r"door bell rang, (?P<connection_id>[\w-]+=)",
        "perhaps": r"knock(?: by (?P<connection_id>\w+=))?",
        "quoted": 'it\'s "open"; --',
    },
    "disconnect": {"bye": "(?i)door slammed"},
    "message": {"poll": r"^.*connected.*on behalf of (?P<connection_id>\S+)"},
    "gone": {"one": r"lost (?P<connection_id>\S+)", "two": "lost"},
    "welcome_failed": {"three": "while greeting"},
}
OWN_WORDS: Mapping[str, tuple[list[Event], SignalsOf]] = {
    "a named group tells the connection, and the line needs no word of the vocabulary": (
        [said(f"door bell rang, {ANN}"), said("door bell broke")],
        [("connect", ANN)],
    ),
    "without one it is the connection that the line or its request names by other means": (
        [said("Door SLAMMED"), said(f"Posting to connection {ANN}")],
        [("disconnect", ANN)],
    ),
    "what the user says about a line replaces what the grammar makes of it: kinds and id": (
        [said(f"Client {ANN} connected on behalf of {BOB}"), said(f"Client {ANN} connected")],
        [("message", BOB), ("connect", ANN)],
    ),
    "a line may match patterns of several kinds, and several of one kind, which count once": (
        [said(f"lost {ANN} while greeting")],
        [("gone", ANN), ("welcome_failed", ANN)],
    ),
    "a group that matched nothing names no connection": ([said("knock")], [("connect", None)]),
    "quotation marks in a pattern are only characters": ([said('it\'s "open"; --')], [("connect", None)]),
}


def test_taught_patterns(tmp_path: Path) -> None:
    """A taught line means what the user says."""
    actual = signals_by_case(tmp_path, {name: lines for name, (lines, _) in OWN_WORDS.items()}, TAUGHT)
    assert actual == {name: expected for name, (_, expected) in OWN_WORDS.items()}


# ------------------------------------------------------------------------------------------------ near misses


def test_near_misses_are_shown_by_shape(tmp_path: Path) -> None:
    """Lines with a signal's words but no signal are counted; each shape is shown once, the most frequent first."""
    lines = [
        said(CONNECTED),
        said("Welcome packet queued for user-1"),
        *(said(f"Lobby {number} greeting in flight", SINCE_MS + number) for number in (17, 4711, 9)),
    ]
    analysis, engine = examined_file(written(tmp_path, lines))
    rate = analysis.metrics["data.near_miss_rate"]
    assert (rate.value, rate.n, rate.numerator) == (0.8, 5, 4)
    shapes = near_misses(find_sentences(engine))
    assert shapes[1:] == ("Welcome packet queued for user-1",)
    assert shapes[0].endswith("greeting in flight")


def test_few_near_misses_are_shown(tmp_path: Path) -> None:
    """All are counted, five are shown."""
    words = ("red", "green", "blue", "pink", "grey", "black", "white")
    analysis, engine = examined_file(written(tmp_path, [said(f"The {word} welcome is in flight") for word in words]))
    assert analysis.metrics["data.near_miss_rate"].n == 7
    assert len(near_misses(find_sentences(engine))) == 5
