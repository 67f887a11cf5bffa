"""The words of applications for the steps of a request, without a logger's frame."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tests.simulator import dumps
from tests.simulator.frames import Said, boto3_error, compact_json, javascript_error
from tests.simulator.timeline import Kind, Request, Route, Step

Dump = Callable[[dict[str, object]], str]

LEVELS: Final = {Kind.GONE: "ERROR", Kind.WELCOME_FAILED: "ERROR", Kind.WELCOME_RETRY: "WARNING"}
"""Everything else is INFO."""

DUMPED: Final = frozenset({Kind.CONNECT, Kind.DISCONNECT, Kind.MESSAGE})
"""The steps that an event of API Gateway stands for."""

MAX_ATTEMPTS: Final = 5


class Wording(Protocol):
    """How an application words a step."""

    def __call__(self, step: Step, request: Request, draw: random.Random) -> Iterator[Said]:
        """What it says; one or several lines."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences, with or without dumps of the whole event.

    Attributes:
        sentences: The sentences for each kind of step; `{id}`, `{error}` and `{attempt}` are filled in.
        anonymous: The sentences for a 410 without the connection; the exception goes to the logger.
        error_text: The texts of the SDK's exceptions.
        dump: The notation of the dumped event, if it is dumped.
    """

    sentences: Mapping[Kind, str]
    anonymous: str
    error_text: Callable[[str], str]
    dump: Dump | None = None

    def __call__(self, step: Step, request: Request, draw: random.Random) -> Iterator[Said]:
        if self.dump and step.kind in DUMPED:
            yield Said(f"Event: {self.dump(dumps.gateway_event(request, step, draw))}")
        yield self._sentence(step, request, draw)
        if step.kind is Kind.MESSAGE:
            yield Said(f"Message content: {request.text}")
        if step.kind is Kind.GONE and draw.random() < 0.5:
            yield Said(f"Connection {step.connection_id} is gone, removing it from the table")

    def _sentence(self, step: Step, request: Request, draw: random.Random) -> Said:
        level = LEVELS.get(step.kind, "INFO")
        if step.kind is Kind.GONE and _may_be_anonymous(request, draw):
            return Said(self.anonymous, level, step.error)
        values = {"id": step.connection_id, "error": self.error_text(step.error), "attempt": step.attempt}
        return Said(self.sentences[step.kind].format_map(values), level)


def structured(step: Step, request: Request, draw: random.Random) -> Iterator[Said]:
    """Short messages; the facts are keys of the record."""
    names_connection = step.kind is not Kind.GONE or not _may_be_anonymous(request, draw)
    said = Said(
        STRUCTURED_MESSAGES[step.kind],
        LEVELS.get(step.kind, "INFO"),
        step.error,
        step.connection_id if names_connection else "",
    )
    if step.kind is Kind.MESSAGE:
        said = replace(said, details=(("body", dumps.message_body(request.text)),))
    if step.kind is Kind.WELCOME_RETRY:
        said = replace(said, details=(("attempt", step.attempt),))
    yield said


def connection_events(step: Step, request: Request, draw: random.Random) -> Iterator[Said]:
    """One line for each step: a label and an object with the kind of the step, with or without spaces."""
    event = {"event_type": step.kind.value, "connection_id": step.connection_id, "details": _details(step, request)}
    yield Said(f"CONNECTION_EVENT: {draw.choice((compact_json, json.dumps))(event)}", LEVELS.get(step.kind, "INFO"))


def _details(step: Step, request: Request) -> dict[str, object]:
    if step.error:
        return {"error": boto3_error(step.error)}
    match step.kind:
        case Kind.MESSAGE:
            return {"text": request.text}
        case Kind.WELCOME_RETRY:
            return {"attempt": step.attempt, "max_attempts": MAX_ATTEMPTS}
        case _:
            return {}


def _may_be_anonymous(request: Request, draw: random.Random) -> bool:
    """Whether the line omits the id: sometimes, if the log shows that it is the connecting client's."""
    is_greeting = request.route is Route.CONNECT and request.connection.is_connect_logged
    return is_greeting and draw.random() < 0.5


STRUCTURED_MESSAGES: Final = {
    Kind.CONNECT: "Client connected",
    Kind.DISCONNECT: "Client disconnected",
    Kind.MESSAGE: "Message received",
    Kind.GONE: "Post to connection failed",
    Kind.WELCOME_SENT: "Welcome message sent",
    Kind.WELCOME_FAILED: "Failed to send welcome message",
    Kind.WELCOME_RETRY: "Retrying welcome message",
}

PYTHON_SENTENCES: Final = {
    Kind.CONNECT: "WebSocket connected, connection ID: {id}",
    Kind.DISCONNECT: "WebSocket disconnected, connection ID: {id}",
    Kind.MESSAGE: "Message received from connection ID: {id}",
    Kind.GONE: "Error posting to connection {id}: {error}",
    Kind.WELCOME_SENT: "Welcome message sent to connection {id}",
    Kind.WELCOME_FAILED: "Failed to send welcome message to connection {id}: {error}",
    Kind.WELCOME_RETRY: "Retrying welcome message to connection {id} (attempt {attempt}/5)",
}

NODE_SENTENCES: Final = {
    Kind.CONNECT: "Client connected: {id}",
    Kind.DISCONNECT: "Client disconnected: {id}",
    Kind.MESSAGE: "Message received from connectionId: {id}",
    Kind.GONE: "Error posting to connectionId: {id} {error}",
    Kind.WELCOME_SENT: "Sent welcome message to connectionId: {id}",
    Kind.WELCOME_FAILED: "Error sending welcome message to connectionId: {id} {error}",
    Kind.WELCOME_RETRY: "Retrying welcome message to connectionId: {id}, attempt {attempt} of 5",
}

PYTHON_DUMPS: Final = Prose(PYTHON_SENTENCES, "Could not post the message", boto3_error, dumps.as_json)
PYTHON_REPRS: Final = replace(PYTHON_DUMPS, dump=dumps.as_repr)
PYTHON_PLAIN: Final = replace(PYTHON_DUMPS, dump=None)
NODE_DUMPS: Final = Prose(NODE_SENTENCES, "Could not post the message", javascript_error, dumps.as_inspect)
