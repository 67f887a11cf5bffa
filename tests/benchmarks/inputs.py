"""Logs to measure with: one mostly noise, one dense with a chat's own lines, and one without similar lines."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from tests.simulator.bulk import bulk, bulk_truth
from tests.simulator.story import connection_id
from tests.simulator.timeline import new_request_id

SINCE_MS: Final = 1_780_358_400_000
STEP_MS: Final = 20
PAUSE_MS: Final = 3_000
"""The time between the lines of one connection; meanwhile, others log theirs."""

OPENS: Final = ("$connect", "CONNECT", "Connect event received for connection ID: {id}", "Saved connection {id}")
SAYS: Final = ("$default", "MESSAGE", "Message event received for connection ID: {id}", "Got message: {chat}")
CLOSES: Final = ("$disconnect", "DISCONNECT", "Disconnect event received for connection ID: {id}", "Removed {id}")
POSTS: Final = "Sending message to connection {id} (attempt 1/4)"
POSTED: Final = "Message sent successfully to connection {id}"
GONE: Final = (
    "Connection {id} is invalid: An error occurred (GoneException) when calling the PostToConnection operation: "
)
CONNECTIONS_PER_ERROR: Final = 40
"""One connection in so many is gone when its second message is answered."""
EVENTS_PER_CONNECTION: Final = 30
CHAT: Final = (
    "connection", "gone", "the", "printer", "is", "welcome", "why", "disconnected", "lunch", "at", "noon", "again",
    "my", "received", "nothing", "really", "message", "maybe", "tomorrow", "kitchen", "open", "closed", "you", "never",
)  # fmt: skip


class Input(NamedTuple):
    """A log to measure with.

    Attributes:
        lines: Returns the lines of a number of events.
        truth: Returns what a run must find in them: metric -> value.
    """

    lines: Callable[[int], Iterator[bytes]]
    truth: Callable[[int], Mapping[str, float | None]]


def dense(events: int) -> Iterator[bytes]:
    """Yield the log of a chat, connection after connection: each opens, says two things, and closes."""
    draw = random.Random(5)
    for number in range(events // EVENTS_PER_CONNECTION):
        identity = connection_id(number)
        at_ms = SINCE_MS + number * STEP_MS * EVENTS_PER_CONNECTION
        lines = connection_lines(identity, is_gone=number % CONNECTIONS_PER_ERROR == 0, draw=draw)
        for place, line in enumerate(lines):
            yield _event(at_ms + place * PAUSE_MS, line)


def dense_truth(events: int) -> Mapping[str, float | None]:
    """Return what happened in such a log."""
    connections = events // EVENTS_PER_CONNECTION
    errors = -(-connections // CONNECTIONS_PER_ERROR)
    return {"lifecycle.complete": connections, "gone.errors": errors, "gone.connections": errors}


def connection_lines(identity: str, *, is_gone: bool, draw: random.Random) -> Iterator[str]:
    """Yield the lines of a connection, EVENTS_PER_CONNECTION of them."""
    for (route, kind, *sentences), end in (
        (OPENS, POSTED),
        (SAYS, POSTED),
        (SAYS, GONE if is_gone else POSTED),
        (CLOSES, ""),
    ):
        request = new_request_id(draw)
        chat = " ".join(draw.choices(CHAT, k=8))
        prefix = f"[INFO]\t2026-06-02T00:00:00.000Z\t{request}\t"
        yield f"START RequestId: {request} Version: $LATEST\n"
        yield f"{prefix}Event: {_api_event(identity, route, kind, chat, draw)}\n"
        said = (*sentences, POSTS, end) if end else sentences
        for sentence in said:
            yield f"{prefix}{sentence.format(id=identity, chat=chat)}\n"
        yield f"END RequestId: {request}\n"
        yield f"REPORT RequestId: {request}\tDuration: {draw.randrange(900)}.12 ms\tBilled Duration: 913 ms\n"


def _api_event(identity: str, route: str, kind: str, chat: str, draw: random.Random) -> str:
    agent = f"ChatApp/{draw.randrange(30)}.{draw.randrange(9)} (Android {draw.randrange(15)})"
    context = {"routeKey": route, "eventType": kind, "connectedAt": SINCE_MS + draw.randrange(10**6), "stage": "prod"}
    context |= {"identity": {"sourceIp": f"10.2.{draw.randrange(256)}.9"}, "connectionId": identity, "apiId": "b7c4"}
    headers = {"Host": "b7c4.execute-api.eu-west-1.amazonaws.com", "User-Agent": agent, "X-Forwarded-Port": "443"}
    said = {"body": json.dumps({"action": "say", "text": chat})} if kind == "MESSAGE" else {"headers": headers}
    return json.dumps({"requestContext": context, **said, "isBase64Encoded": False})


def unlike(events: int) -> Iterator[bytes]:
    """Yield a log in which every line is a different sentence that may say something about connections."""
    draw = random.Random(6)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randrange(3, 9))) for _ in range(5000)]
    for number in range(events):
        before, after = " ".join(draw.choices(words, k=4)), " ".join(draw.choices(words, k=4))
        line = f"[INFO]\t2026-06-02T00:00:00.000Z\t{new_request_id(draw)}\t{before} received {after}\n"
        yield _event(SINCE_MS + number * STEP_MS, line)


def _event(at_ms: int, message: str) -> bytes:
    fields = {"timestamp": at_ms, "logStreamName": "2026/06/02/[$LATEST]5e1f", "message": message}
    return json.dumps(fields).encode() + b"\n"


INPUTS: Final[Mapping[str, Input]] = {
    "noise": Input(bulk, lambda events: {name: measure.value for name, measure in bulk_truth(events).items()}),
    "dense": Input(dense, dense_truth),
    "unlike": Input(unlike, lambda _: {"gone.errors": 0, "lifecycle.complete": 0}),
}
