"""The timeline: the story cut into Lambda requests, each a series of timed steps."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tests.simulator.story import UNPUBLISHED, Connection, Ending, Message, Scenario, Welcome

CALL_MS: Final = 20
"""One call of the management API."""

TIMEOUT_MS: Final = 3000
"""After this Lambda stops a request."""

BACKOFF_MS: Final = 1000
"""The wait before a retry: long enough for a window's edge to fall into a request."""


GONE_ERROR: Final = "GoneException"
THROTTLED_ERROR: Final = "LimitExceededException"


class Kind(StrEnum):
    """The kinds of steps, named as the signals are."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    MESSAGE = "message"
    GONE = "gone"
    WELCOME_SENT = "welcome_sent"
    WELCOME_FAILED = "welcome_failed"
    WELCOME_RETRY = "welcome_retry"


class Route(StrEnum):
    """The route whose request Lambda handles."""

    CONNECT = "$connect"
    DISCONNECT = "$disconnect"
    MESSAGE = "sendMessage"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a request logs.

    Attributes:
        at_ms: The time of all lines of the step.
        kind: Its kind.
        connection_id: The connection that it concerns: usually the one that the request serves, in a broadcast another.
        error: Name of the SDK's exception, if the step reports one.
        attempt: Number of the retry, from 1.
    """

    at_ms: int
    kind: Kind
    connection_id: str
    error: str = ""
    attempt: int = 0

    @property
    def kinds(self) -> frozenset[Kind]:
        """Its kinds: a welcome that failed with a 410 has two."""
        return frozenset({self.kind, Kind.GONE}) if self.error == GONE_ERROR else frozenset({self.kind})


@dataclass(frozen=True, slots=True)
class Request:
    """One Lambda invocation.

    Attributes:
        request_id: Lambda's request id, a UUID.
        connection: The connection that it serves.
        route: The route that it handles.
        steps: The steps that it logs, in order of time.
        text: The user's message.
        version: The function's version.
        is_timed_out: Whether Lambda stopped it.
    """

    request_id: str
    connection: Connection
    route: Route
    steps: tuple[Step, ...]
    text: str = ""
    version: str = UNPUBLISHED
    is_timed_out: bool = False


def requests(scenario: Scenario) -> list[Request]:
    """Return all requests of a scenario, connection by connection."""
    draw = random.Random(scenario.seed)
    unversioned = (request for connection in scenario.connections for request in _requests(connection, draw))
    return [replace(request, version=scenario.version_at(request.steps[0].at_ms)) for request in unversioned]


def new_request_id(draw: random.Random) -> str:
    """Return a request id like Lambda's."""
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


def _requests(connection: Connection, draw: random.Random) -> Iterator[Request]:
    if connection.is_connect_logged:
        yield Request(new_request_id(draw), connection, Route.CONNECT, tuple(_connect_steps(connection)))
    for message in connection.messages:
        steps = tuple(_message_steps(connection, message))
        yield Request(
            new_request_id(draw), connection, Route.MESSAGE, steps, message.text, is_timed_out=message.is_timed_out
        )
    if connection.disconnected_ms is not None:
        step = Step(connection.disconnected_ms, Kind.DISCONNECT, connection.connection_id)
        yield Request(new_request_id(draw), connection, Route.DISCONNECT, (step,))


def _connect_steps(connection: Connection) -> Iterator[Step]:
    yield Step(connection.connected_ms, Kind.CONNECT, connection.connection_id)
    yield from _welcome_steps(connection.connected_ms, connection.connection_id, connection.welcome)


def _welcome_steps(at_ms: int, connection_id: str, welcome: Welcome) -> Iterator[Step]:
    for attempt in range(1, welcome.retries + 1):
        at_ms += BACKOFF_MS
        yield Step(at_ms, Kind.WELCOME_RETRY, connection_id, attempt=attempt)
    for _ in range(welcome.gone_errors):
        at_ms += CALL_MS
        yield Step(at_ms, Kind.GONE, connection_id, GONE_ERROR)
    at_ms += CALL_MS
    match welcome.ending:
        case Ending.SENT:
            yield Step(at_ms, Kind.WELCOME_SENT, connection_id)
        case Ending.FAILED:
            yield Step(at_ms, Kind.WELCOME_FAILED, connection_id, THROTTLED_ERROR)
        case Ending.FAILED_GONE:
            yield Step(at_ms, Kind.WELCOME_FAILED, connection_id, GONE_ERROR)
        case Ending.NONE:
            pass


def _message_steps(connection: Connection, message: Message) -> Iterator[Step]:
    yield Step(message.at_ms, Kind.MESSAGE, connection.connection_id)
    receivers = (connection.connection_id,) * message.gone_answers + message.gone_listeners
    for position, receiver in enumerate(receivers, start=1):
        yield Step(message.at_ms + position * CALL_MS, Kind.GONE, receiver, GONE_ERROR)
