"""An invocation's lines, and an API's logs, together: each event counts once, and for the right connection."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from checks.analysis.dictionary import find_sentences, near_misses
from checks.analysis.overview import Refused
from checks.metrics import Metric
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import (
    ANN,
    API_REQUEST,
    BOB,
    OTHER_REQUEST,
    REQUEST,
    SINCE_MS,
    THIRD_REQUEST,
    WINDOW,
    Event,
    analysed,
    event,
    examined_file,
    metrics_by_case,
    printed,
    renamed,
    said,
    signals_by_case,
    start,
    values,
    written,
)

GONE: Final = "GoneException: UnknownError"
BOTO3_GONE: Final = "An error occurred (GoneException) when calling the PostToConnection operation: "
UNCAUGHT: Final = (
    f'[ERROR] GoneException: {BOTO3_GONE}\nTraceback (most recent call last):\n  File "/var/task/a.py", line 3\n'
)
CONNECTING: Final = json.dumps(
    {"requestContext": {"routeKey": "$connect", "eventType": "CONNECT", "connectionId": ANN}}
)
LATER_MS: Final = SINCE_MS + 5 * 3_600_000


def row(event_type: str, route: str, status: int, at_ms: int = SINCE_MS, connection_id: str = ANN) -> Event:
    """Return a row of an access log."""
    fields = {"requestId": API_REQUEST, "eventType": event_type, "routeKey": route, "status": status}
    message = json.dumps({**fields, "connectionId": connection_id})
    return event(message, at_ms, logStreamName="9f1a", logGroup="/aws/apigateway/lobby")


def steps(*texts: str, request: str = API_REQUEST) -> list[Event]:
    """Return an execution log's lines for one request."""
    return [event(f"({request}) {text}", SINCE_MS + number, logStreamName="0f1e") for number, text in enumerate(texts)]


# ------------------------------------------------------------------------------------------------ one error, two events

SAME_ERROR: Final[Mapping[str, tuple[list[Event], list[tuple[str, str | None]]]]] = {
    "logged, and raised again": (
        [said(f"Post to connection {ANN} failed: {GONE}"), printed(UNCAUGHT)],
        [("gone", ANN)],
    ),
    "a traceback in events of its own": (
        [
            said(f"Post to connection {ANN} failed: {GONE}"),
            printed("Traceback (most recent call last):"),
            printed(f"botocore.errorfactory.GoneException: {BOTO3_GONE}"),
        ],
        [("gone", ANN)],
    ),
    "the bare error, then whose it was": (
        [said(GONE), said(f"Found stale connection, deleting {ANN}"), said(GONE), said(f"Connection {BOB} is gone")],
        [("gone", ANN), ("gone", BOB)],
    ),
    "nothing but bare errors": ([said(GONE), said(GONE)], [("gone", None), ("gone", None)]),
    "more errors than lines that name one": (
        [said(GONE), said(GONE), said(f"Connection {ANN} is gone")],
        [("gone", None), ("gone", ANN)],
    ),
    "Go's error in two events": (
        [said(f"post to {ANN} failed: GoneException: "), said(f"\tstatus code: 410, request id: {OTHER_REQUEST}")],
        [("gone", ANN)],
    ),
}


Signals: TypeAlias = Mapping[str, list[tuple[str, str | None]]]


@pytest.fixture(name="signals", scope="module")
def _signals(tmp_path_factory: pytest.TempPathFactory) -> Signals:
    """The signals of each case about whose error it was; all are in one log, each as if it were alone."""
    cases = {name: [start(), *lines] for name, (lines, _) in SAME_ERROR.items()}
    cases |= {name: [*map(said, lines)] for name, (lines, _) in WHOSE.items()}
    cases |= {sdk: [start(), printed(f"Client connected: {ANN}"), printed(error)] for sdk, error in CALLS.items()}
    return signals_by_case(tmp_path_factory.mktemp("signals"), cases)


def test_an_error_counts_once(signals: Signals) -> None:
    """However many events report it, it counts for the connection that one of them names."""
    assert {name: signals[name] for name in SAME_ERROR} == {
        name: expected for name, (_, expected) in SAME_ERROR.items()
    }


# ------------------------------------------------------------------------------------------------ whose error it was

WHOSE: Final[Mapping[str, tuple[list[str], str | None]]] = {
    "of the one that is being posted to": (
        [f"Message received from connection {ANN}", f"Posting to connection {BOB}", GONE],
        BOB,
    ),
    "of the last that is": ([f"Sending to {ANN}", f"Sending to {BOB}", GONE], BOB),
    "not of one that was reached": ([f"Sending to {ANN}", f"Message sent to {ANN}", GONE], None),
    "not of the sender": ([f"Message received from connection {ANN}", GONE], None),
    "of one that a post failed for, whatever the reason": (
        [f"Message received from connection {ANN}", f"Could not post to connection {BOB}", GONE],
        BOB,
    ),
    "of one that a post failed for, told the other way round": (
        [f"Message received from connection {ANN}", f"Post to {BOB} failed", GONE],
        BOB,
    ),
    "not of one that left": ([f"Client {ANN} disconnected", GONE], None),
    "of one that is greeted": ([f"Client {ANN} connected", GONE], ANN),
    "of the only one there": ([f"Connection {ANN} looked up", GONE], ANN),
}


def test_whose_error_it_was(signals: Signals) -> None:
    """A GoneException without a connection belongs to the one posted to, if a line names it, or else to none."""
    assert {name: dict(signals[name])["gone"] for name in WHOSE} == {
        name: connection_id for name, (_, connection_id) in WHOSE.items()
    }


CALLS: Final = {
    "Go": f"PostToConnection, https response error StatusCode: 410, RequestID: {OTHER_REQUEST}, GoneException: ",
    "Node.js": f"GoneException {{ '$metadata': {{ httpStatusCode: 410, requestId: '{OTHER_REQUEST}' }} }}",
}


def test_the_request_of_a_call_is_not_the_invocation(signals: Signals) -> None:
    """An SDK logs its own request id: the error still belongs to the invocation around it."""
    assert {sdk: signals[sdk] for sdk in CALLS if ("gone", ANN) not in signals[sdk]} == {}


def nameless(seen: int, named: int, unnamed: int) -> list[Event]:
    """Return the lines of connections, of failed posts to some of them, and of others that name none."""
    ids = [f"Zz7LmXa9oAMCK{number:02}=" for number in range(seen)]
    lines = [said(f"Message received from connection {one}") for one in ids]
    lines += [said(f"Post to connection {one} failed: {GONE}") for one in ids[:named]]
    return lines + [said(GONE, request_id=OTHER_REQUEST) for _ in range(unnamed)]


CLIENTS: Final = [said(f"Client {ANN} connected"), said(f"Client {BOB} connected"), said("tick", LATER_MS)]
UNNAMED: Final = [said(f"Client {what}", SINCE_MS + 9, OTHER_REQUEST) for what in ("connected", "disconnected")]
NAMED: Final = [said(f"Client {ANN[:-3]}{number:02}= connected") for number in range(16)]
BOUNDS: Final[Mapping[str, tuple[list[Event], str, tuple[int, int, int | None]]]] = {
    # each error may have hit its own connection, if there are as many, and at least one was hit
    "errors without a name are no zero": (nameless(3, 0, 2), "gone.connection_rate", (3, 2, 1)),
    "nor more than the connections": (nameless(1, 0, 3), "gone.connection_rate", (1, 1, 1)),
    "those with a name are certain": (nameless(4, 2, 1), "gone.connection_rate", (4, 3, 2)),
    "without connections they hit none": (nameless(0, 0, 1), "gone.connection_rate", (0, 0, 0)),
    # each may have been the welcome of another connection; those that are named were not greeted for sure
    "welcomes that met a 410 without a name": (
        [
            *(said(f"Client {one} connected", request_id=OTHER_REQUEST) for one in (BOB, f"{BOB[:-2]}9=")),
            said(f"Client {ANN} connected"),
            said(f"Failed to send welcome message to connection {ANN}: {GONE}"),
            said(f"Failed to send welcome message: {GONE}", request_id=THIRD_REQUEST),
        ],
        "gone.welcome_rate",
        (3, 2, 1),
    ),
    "ends without a name may belong to lost connections": (
        [*CLIENTS, *UNNAMED],
        "lifecycle.incomplete_rate",
        (2, 2, 1),
    ),
}
"""Lines of which some name no connection, and a share: its sample, its cases, and those that are certain."""


ENDS: Final = {
    "half": [*CLIENTS, *UNNAMED],
    "2 of 19": [*CLIENTS, *UNNAMED, *NAMED[1:]],
    "2 of 20": [*CLIENTS, *UNNAMED, *NAMED],
}
"""By the share of lines about a connect or a disconnect that name no connection."""
Measured: TypeAlias = Mapping[str, Mapping[str, Metric]]


@pytest.fixture(name="measured", scope="module")
def _measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """The metrics of each of these cases."""
    bounds = {name: lines for name, (lines, *_) in BOUNDS.items()}
    return metrics_by_case(tmp_path_factory.mktemp("measured"), bounds | ENDS)


def test_what_names_no_connection_is_not_certain(measured: Measured) -> None:
    """A share has it among its cases, but not among those that are certain."""
    shares = {name: measured[name][share] for name, (_, share, _) in BOUNDS.items()}
    assert {name: (one.n, one.numerator, one.certain) for name, one in shares.items()} == {
        name: expected for name, (*_, expected) in BOUNDS.items()
    }


# ------------------------------------------------------------------------------------------------ several logs


FAILURES: Final = (
    "Received response. Status: 403, Integration latency: 11 ms",
    "Execution failed due to configuration error: Malformed Lambda proxy response",
    "User is not authorized to access this resource",
    'Endpoint response body before transformations: {"statusCode":401,"body":"no"}',
)
FAILED_POST: Final = row("CONNECTION_API", "POST /@connections/{connectionId}", 410, SINCE_MS + 700)
SEVERAL_LOGS: Final[Mapping[str, tuple[list[Event], list[tuple[str, str | None]]]]] = {
    # the function knows most; of what it tells without an id, API Gateway's logs know whose it was
    "each event counts once, whoever tells": (
        [
            *(said("Client connected"), said("Message received"), said(f"Client {ANN} disconnected")),
            row("CONNECT", "$connect", 200),
            row("MESSAGE", "say", 200),
            row("DISCONNECT", "$disconnect", 200),
            *steps(f"Client [Connection Id: {ANN}] connected to API [k2v9x0] successfully."),
        ],
        [("connect", ANN), ("disconnect", ANN), ("message", ANN)],
    ),
    "a failed post counts once where the function names the connection": (
        [said(f"Post to connection {ANN} failed: {GONE}"), FAILED_POST],
        [("gone", ANN)],
    ),
    "and where it leaves that to the access log": ([said(f"Failed to post: {GONE}"), FAILED_POST], [("gone", ANN)]),
    "also beside an execution log that names no connection": (
        [
            said(f"Post to connection {ANN} failed: {GONE}"),
            *steps("Connection API request failed: GoneException", "Connection API request completed with status: 410"),
        ],
        [("gone", ANN)],
    ),
    "nor does Lambda's report of the invocation count": (
        [
            start(),
            said(f"Posting to connection {ANN}"),
            printed(f"[ERROR] {GONE}"),
            printed(f"REPORT RequestId: {REQUEST}\tDuration: 3.00 ms\tStatus: error\tError Type: GoneException"),
        ],
        [("gone", ANN)],
    ),
    # by whichever of its steps, and no text of a user's
    "an execution log counts each request once": (
        steps(
            "WebSocket Request Route: [say]",
            f"WebSocket API [k2v9x0] received message from client [Connection Id: {ANN}]. Message: [{BOB} is gone]",
            f"Message from client [Connection Id: {ANN}] sent to API [k2v9x0] with response status code [200].",
        ),
        [("message", ANN)],
    ),
    "the id of a request is no connection's, whatever it begins with": (
        steps(
            f"Starting execution for request: -{API_REQUEST[1:]}",
            "WebSocket Request Route: [$connect]",
            f"Client [Connection Id: {ANN}] connected to API [k2v9x0] successfully.",
            request=f"-{API_REQUEST[1:]}",
        ),
        [("connect", ANN)],
    ),
    **{
        f"nothing came of a refused request, whatever its first steps say: {failure}": (
            steps(
                "WebSocket Request Route: [$connect]",
                f"Endpoint request body after transformations: {CONNECTING}",
                failure,
            ),
            [],
        )
        for failure in FAILURES
    },
}


def test_each_event_counts_once_whoever_tells(tmp_path: Path) -> None:
    """The function's log, the access log and the execution log of an API make one whole."""
    given = signals_by_case(tmp_path, {name: lines for name, (lines, _) in SEVERAL_LOGS.items()})
    assert {name: sorted(signals, key=str) for name, signals in given.items()} == {
        name: expected for name, (_, expected) in SEVERAL_LOGS.items()
    }


# ------------------------------------------------------------------------------------------------ refused connects

REFUSALS: Final = {
    "it raised": [UNCAUGHT],
    "it raised, in Node": [
        f"2026-06-02T00:00:00.000Z\t{REQUEST}\tERROR\tInvoke Error \t" + '{"errorType":"TypeError"}'
    ],
    "it raised, in Go": ['2026/06/02 00:00:00 {"errorMessage":"no such table","errorType":"errorString"}'],
    "it raised, in PHP": [f'{REQUEST}\tInvoke Error\t{{"errorType":"TypeError"}}'],
    "it timed out": [f"2026-06-02T00:00:03.000Z {REQUEST} Task timed out after 3.00 seconds"],
    "only REPORT tells": [f"REPORT RequestId: {REQUEST}\tDuration: 3000.00 ms\tStatus: timeout"],
    "it was killed": [f"RequestId: {REQUEST} Error: Runtime exited with error: signal: killed\nRuntime.ExitError"],
    "in the JSON format": ['{"type":"platform.report","record":{"requestId":"' + REQUEST + '","status":"error"}}'],
    "the application says so": ["Connection rejected: bad token"],
    **{
        reason: [reason]
        for reason in (
            "Visitor is banned from this lobby",
            "Missing room parameter on connect, rejecting",
            "Could not verify the ticket",
            "Session cookie has expired",
            "Login session has expired",
            "Cognito session expired",
            "Too many connections from one address",
            "No credentials in the query string",
            "Bearer token is malformed",
            "Returning 403",
            "Could not store the connection, returning 500",
        )
    },
    "it answers so": ["Unauthorized, returning 401"],
    "its fields tell": [f"done route=$connect connection_id={ANN} status=401"],
    "its answer is shown": ["Response: {'statusCode': 401, 'body': ''}"],
}


def test_a_refused_connect_loses_nothing(tmp_path: Path) -> None:
    """API Gateway opened no connection, so none lost its $disconnect."""
    connect = [start(), said(f"Event: {CONNECTING}")]
    refused = [[*connect, *map(printed, refusal)] for refusal in REFUSALS.values()]
    lines = [line for number, case in enumerate(refused) for line in renamed(case, number)]
    lines.append(said("tick", LATER_MS, THIRD_REQUEST))
    analysis, engine = examined_file(written(tmp_path, lines))
    assert values(analysis, "lifecycle.incomplete", "lifecycle.open") == [0, 0], engine.rows("FROM connections")
    assert analysis.overview
    assert analysis.overview.refused == Refused(len(refused), from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS))


UPGRADES: Final = {
    "in a line": f"203.0.113.4,02/Jun/2026:00:00:00 +0000,CONNECT,$connect,502,{ANN},{API_REQUEST}",
    "in a record": json.dumps(
        {"requestId": API_REQUEST, "requestTime": "", "eventType": "CONNECT", "status": "502", "connectionId": ANN}
    ),
}
LEFT_OPEN: Final = {
    # an error that was caught, or that of another request
    "an error after the connect": [
        *[start(), said(f"Event: {CONNECTING}"), said(f"Could not greet: {GONE}")],
        *[start(OTHER_REQUEST, SINCE_MS + 1), printed(UNCAUGHT, SINCE_MS + 2)],
    ],
}


@pytest.fixture(name="states", scope="module")
def _states(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[str]]:
    """ANN's state in each case, hours later; all are in one log."""
    refused = {
        name: [start(), said(f"Client connected: {ANN}"), printed(access, log_group="/api/access")]
        for name, access in UPGRADES.items()
    }
    cases = [renamed(case, number) for number, case in enumerate((refused | LEFT_OPEN).values())]
    lines = [*[line for case in cases for line in case], said("tick", LATER_MS, THIRD_REQUEST)]
    analysis, engine = examined_file(written(tmp_path_factory.mktemp("states"), lines))
    states = {row["connection_id"]: row["state"] for row in engine.rows("FROM connections")}
    lost = [state for state in states.values() if state in {"lost", "headless"}]
    assert values(analysis, "lifecycle.incomplete") == [len(lost)]
    return {
        name: [state for one, state in states.items() if any(one in str(line["message"]) for line in case)]
        for name, case in zip(refused | LEFT_OPEN, cases, strict=True)
    }


@pytest.mark.parametrize("access", UPGRADES)
def test_an_upgrade_that_api_gateway_refused_loses_nothing(access: str, states: Mapping[str, Sequence[str]]) -> None:
    """The function's answer was none that API Gateway could read, whatever its log says."""
    assert states[access] == ["refused"]


@pytest.mark.parametrize("case", LEFT_OPEN)
def test_an_error_after_the_connect_refuses_nothing(case: str, states: Mapping[str, Sequence[str]]) -> None:
    """A caught error, or one of another request, leaves the connection open."""
    assert states[case] == ["lost"]


def test_an_upgrade_that_only_the_access_log_tells_of_was_refused(tmp_path: Path) -> None:
    """It was throttled, or an authorizer denied it; a refused message is not a connection."""
    lines = [
        row("CONNECT", "$connect", 500, SINCE_MS + 7),
        row("CONNECT", "$connect", 200, SINCE_MS + 8, BOB),
        row("MESSAGE", "$default", 500, SINCE_MS + 9, BOB),
    ]
    for window, refused in ((WINDOW, True), (Window(WINDOW.since + timedelta(hours=1), WINDOW.until), False)):
        analysis = analysed(tmp_path, lines, window)
        assert analysis.overview
        moment = from_epoch_ms(SINCE_MS + 7)
        assert analysis.overview.refused == (Refused(1, moment, moment) if refused else None)
        assert values(analysis, "lifecycle.incomplete") == [1]


# ------------------------------------------------------------------------------------------------ no accusation


def test_ends_without_a_name_accuse_nobody(measured: Measured) -> None:
    """Lines without a connection prove neither too few complete connections nor lost ones."""
    half = measured["half"]
    complete, lost = half["lifecycle.complete"], half["lifecycle.incomplete_rate"]
    assert complete.reason == "2 of 4 lines about a connect or disconnect name no connection"
    assert (lost.value, half["lifecycle.events"].value) == (1, 4)
    values = {name: measured[name]["lifecycle.complete"].value for name in ENDS}
    assert values == {"half": None, "2 of 19": None, "2 of 20": 0}  # one in ten may


def test_an_access_log_alone_shows_no_failed_posts(tmp_path: Path) -> None:
    """The exceptions: it reports posts, or another log is there, too."""
    rows = [row("CONNECT", "$connect", 200), row("DISCONNECT", "$disconnect", 200, SINCE_MS + 9000)]
    alone = analysed(tmp_path, rows).metrics["gone.errors"]
    assert alone.value is None
    assert "read the function's, too" in alone.reason
    posted = row("CONNECTION_API", "POST /@connections/{connectionId}", 200)
    assert values(analysed(tmp_path, [*rows, posted]), "gone.errors") == [0]
    assert values(analysed(tmp_path, [*rows, start()]), "gone.errors") == [0]


# ------------------------------------------------------------------------------------------------ unknown words

HUNGARIAN: Final = (f"Kapcsolódott: {ANN}", f"Üzenet érkezett tőle: {ANN}", f"Lekapcsolódott: {ANN}")
KNOWN: Final = (
    f"Client {ANN} connected",
    f"Saved connection {ANN}",
    f"Updated the profile of {ANN}",
    f"Sending to connection {ANN}",
    f"Üdvözlet: {ANN}",
)


def test_sentences_in_unknown_words_are_near_misses(tmp_path: Path) -> None:
    """An invocation names a connection, but none of its lines was understood, in whatever language."""
    lines = [said(text, SINCE_MS + number, REQUEST[:-1] + str(number)) for number, text in enumerate(HUNGARIAN)]
    starts = [
        event(f"START RequestId: {REQUEST[:-1]}{number} Version: $LATEST\n", SINCE_MS) for number in range(len(lines))
    ]
    analysis, engine = examined_file(written(tmp_path, starts + lines))
    assert values(analysis, "data.near_miss_rate") == [1]
    assert set(near_misses(find_sentences(engine))) == set(HUNGARIAN)


AUTHORIZER: Final = (
    "Token accepted for connection {}",
    "API key accepted for {}",
    "Auth accepted for connectionId={}",
    "Access granted to connection {}",
    "Generated Allow policy for {}",
    '{{"level": "INFO", "message": "JWT accepted", "connection_id": "{}"}}',
)


ANNOUNCED: Final = [said(f"Client {ANN} connected"), said(f"Sending welcome message to {ANN}", SINCE_MS + 1)]
REFUSED_ROW: Final = f"203.0.113.4,02/Jun/2026:08:30:00 +0000,CONNECT,$connect,403,{ANN},{API_REQUEST}"
RIDDLE: Final = printed(f"Kapcsolódott: {ANN}", logStreamName=None)
RIDDLES: Final[Mapping[str, list[Event]]] = {
    "understood": [*map(said, KNOWN)],
    "authorized": [
        *[said(text.format(ANN), SINCE_MS + at, f"{REQUEST[:-1]}{at}") for at, text in enumerate(AUTHORIZER)],
        said(f"Client {ANN} connected", LATER_MS),
    ],
    "announced": ANNOUNCED,
    "announced, and sent": [*ANNOUNCED, said(f"Welcome message sent to {ANN}", SINCE_MS + 2)],
    "refused": [printed(REFUSED_ROW), printed(REFUSED_ROW.replace("403", "200").replace(ANN, BOB))],
    "riddle": [RIDDLE],
    "riddle of a known one": [RIDDLE, printed(f"Client {ANN} connected", logStreamName=None)],
}
"""Lines, of which some may be near misses."""
Answers: TypeAlias = Mapping[str, tuple[int, Sequence[str]]]


@pytest.fixture(name="answers", scope="module")
def _answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The near misses and signals of each case; all are in one log, each as if it were alone."""
    lines = [(name, line) for number, (name, case) in enumerate(RIDDLES.items()) for line in renamed(case, number)]
    analysis, engine = examined_file(written(tmp_path_factory.mktemp("riddles"), [line for _, line in lines]))
    owners = [name for name, _ in lines]
    missed = Counter(owners[row["seq"]] for row in engine.rows("FROM lines WHERE is_near_miss AND is_counted"))
    assert analysis.metrics["data.near_miss_rate"].numerator == missed.total()
    signals = engine.rows("FROM signals WHERE is_counted ORDER BY seq")
    return {name: (missed[name], [row["kind"] for row in signals if owners[row["seq"]] == name]) for name in RIDDLES}


def test_an_understood_invocation_holds_no_near_miss(answers: Answers) -> None:
    """What else it says about its connection is harmless."""
    assert answers["understood"][0] == 0


def test_what_an_authorizer_says_is_no_near_miss(answers: Answers) -> None:
    """Its invocation is separate, before that of $connect, and opens no connection yet."""
    assert answers["authorized"] == (0, ["connect"])


def test_a_welcome_that_is_announced_is_no_near_miss_where_its_outcome_is_told(answers: Answers) -> None:
    """The same request reports it; otherwise an unknown sentence may report it."""
    assert answers["announced"] == (1, ["connect"])
    assert answers["announced, and sent"] == (0, ["connect", "welcome_sent"])


def test_what_an_access_log_tells_of_a_refused_connect_is_no_near_miss(answers: Answers) -> None:
    """It is understood, and means that no connection was opened."""
    assert answers["refused"] == (0, ["connect"])


def test_lines_of_unknown_invocations_are_judged_by_their_connection(answers: Answers) -> None:
    """If no request is known, another line about the connection is enough."""
    assert answers["riddle"] == (1, [])
    assert answers["riddle of a known one"] == (0, ["connect"])
