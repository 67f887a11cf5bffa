"""The dialects by name: who says what in which frame, and what a reader can learn from it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from tests.simulator import clock, noise, wordings
from tests.simulator.dumps import EVENT_TYPES
from tests.simulator.frames import (
    Frame,
    Invocation,
    LambdaJson,
    NodeText,
    Powertools,
    PythonText,
    compact_json,
    timed_out,
)
from tests.simulator.story import DialectName, gateway_id
from tests.simulator.timeline import CALL_MS, TIMEOUT_MS, Kind, Request, Step
from tests.simulator.wordings import Wording

FUNCTION_LOG_GROUP: Final = "/aws/lambda/chat"
POST_ROUTE: Final = "POST /@connections/{connectionId}"


class Line(NamedTuple):
    """A log event before it is delivered."""

    at_ms: int
    text: str


class Dialect(Protocol):
    """How an application logs, and which part of the story its lines can express."""

    @property
    def log_group(self) -> str:
        """The log group to which it writes."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The signals it can express."""

    @property
    def tells_opening(self) -> bool:
        """Whether its $disconnect lines have the time when the connection was opened (`connectedAt`)."""

    @property
    def tells_request(self) -> bool:
        """Whether its lines show which of them belong to one Lambda request."""

    def lines(self, request: Request, noise_per_step: float, draw: random.Random) -> Iterator[Line]:
        """The log of one request."""


@dataclass(frozen=True, slots=True)
class LambdaLog:
    """The log of a Lambda function."""

    frame: Frame
    wording: Wording
    tells_opening: bool = False
    tells_request: bool = True
    kinds: frozenset[Kind] = frozenset(Kind)
    log_group: str = FUNCTION_LOG_GROUP

    def lines(self, request: Request, noise_per_step: float, draw: random.Random) -> Iterator[Line]:
        start_ms, last_ms = request.steps[0].at_ms, request.steps[-1].at_ms
        end_ms = start_ms + TIMEOUT_MS if request.is_timed_out else last_ms + CALL_MS
        invocation = Invocation(request.request_id, start_ms, end_ms, request.version)
        yield Line(start_ms, self.frame.start(invocation))
        for step in request.steps:
            for said in (*self.wording(step, request, draw), *noise.chatter(noise_per_step, draw)):
                yield Line(step.at_ms, self.frame.line(said, request.request_id, step.at_ms))
        if request.is_timed_out:
            yield Line(end_ms, timed_out(invocation))
        yield from (Line(end_ms, text) for text in self.frame.end(invocation))


@dataclass(frozen=True, slots=True)
class AccessLog:
    """The access log of the API: a row for every request of a client, and for every post to one."""

    tells_opening: bool = False
    tells_request: bool = False
    kinds: frozenset[Kind] = frozenset({Kind.CONNECT, Kind.DISCONNECT, Kind.MESSAGE, Kind.GONE})
    log_group: str = "/aws/apigateway/chat"

    def lines(self, request: Request, noise_per_step: float, draw: random.Random) -> Iterator[Line]:
        for step in request.steps:
            if step.kind in wordings.DUMPED:
                yield _row(step, EVENT_TYPES[request.route], request.route, "200", draw)
            else:
                yield _row(step, "CONNECTION_API", POST_ROUTE, _post_status(step), draw)
            for _ in range(noise.how_many(noise_per_step, draw)):
                yield _row(step, "CONNECTION_API", POST_ROUTE, "200", draw)


def _row(step: Step, event_type: str, route: str, status: str, draw: random.Random) -> Line:
    row = {
        "requestId": gateway_id(draw, "F"),
        "ip": "203.0.113.7",
        "requestTime": clock.request_time(step.at_ms),
        "eventType": event_type,
        "routeKey": route,
        "status": status,
        "connectionId": step.connection_id,
    }
    return Line(step.at_ms, compact_json(row))


def _post_status(step: Step) -> str:
    if Kind.GONE in step.kinds:
        return "410"
    # A retry follows a post that was throttled; a welcome that failed without a 410 was throttled for good.
    return "429" if step.kind in {Kind.WELCOME_RETRY, Kind.WELCOME_FAILED} else "200"


DIALECTS: Final[Mapping[DialectName, Dialect]] = MappingProxyType(
    {
        DialectName.PYTHON_TEXT: LambdaLog(PythonText(), wordings.PYTHON_DUMPS, tells_opening=True),
        DialectName.PYTHON_REPR: LambdaLog(PythonText(), wordings.PYTHON_REPRS, tells_opening=True),
        DialectName.NODE_TEXT: LambdaLog(NodeText(), wordings.NODE_DUMPS, tells_opening=True),
        DialectName.LAMBDA_JSON: LambdaLog(LambdaJson(), wordings.PYTHON_PLAIN),
        DialectName.POWERTOOLS: LambdaLog(Powertools(), wordings.structured),
        DialectName.CONNECTION_EVENT: LambdaLog(PythonText(), wordings.connection_events),
        DialectName.ACCESS_LOG: AccessLog(),
    }
)
