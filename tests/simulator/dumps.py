"""The event that API Gateway passes to Lambda, and how applications print all of it."""

import json
import random
import re
from typing import Final

from tests.simulator import clock
from tests.simulator.story import gateway_id
from tests.simulator.timeline import Request, Route, Step

NODE_WIDTH: Final = 72
"""Node prints an object on one line up to this width."""

EVENT_TYPES: Final = {Route.CONNECT: "CONNECT", Route.DISCONNECT: "DISCONNECT", Route.MESSAGE: "MESSAGE"}


def gateway_event(request: Request, step: Step, draw: random.Random) -> dict[str, object]:
    """Return the event of a request, with the fields that matter and a few that mislead."""
    context: dict[str, object] = {
        "routeKey": request.route.value,
        "eventType": EVENT_TYPES[request.route],
        **_route_fields(request.route, draw),
        "requestTime": clock.request_time(step.at_ms),
        "connectedAt": request.connection.opened_ms,
        "requestTimeEpoch": step.at_ms,
        "identity": {"sourceIp": "203.0.113.7"},
        "requestId": gateway_id(draw, "F"),
        "connectionId": request.connection.connection_id,
    }
    if request.route is not Route.MESSAGE:
        return {"requestContext": context}
    return {"requestContext": context, "body": message_body(request.text)}


def message_body(text: str) -> str:
    """Return what the client of this application sends."""
    return json.dumps({"action": "sendMessage", "text": text})


def _route_fields(route: Route, draw: random.Random) -> dict[str, object]:
    match route:
        case Route.CONNECT:
            return {}
        case Route.DISCONNECT:
            return {"disconnectStatusCode": 1001, "disconnectReason": "Going away"}
        case Route.MESSAGE:
            return {"messageId": gateway_id(draw, "C")}


def as_json(event: dict[str, object]) -> str:
    """`json.dumps(event)` of Python."""
    return json.dumps(event)


def as_repr(event: dict[str, object]) -> str:
    """`print(event)` of Python."""
    return repr(event)


def as_inspect(value: object, depth: int = 0) -> str:
    """`console.log(event)` of Node."""
    match value:
        case dict():
            return _inspect_object(value, depth)
        case str():
            return _inspect_string(value)
        case _:
            return json.dumps(value)


def _inspect_object(value: dict[str, object], depth: int) -> str:
    entries = [f"{_inspect_key(key)}: {as_inspect(item, depth + 1)}" for key, item in value.items()]
    line = f"{{ {', '.join(entries)} }}"
    if len(line) <= NODE_WIDTH and "\n" not in line:
        return line
    indent = "  " * depth
    return "{\n" + ",\n".join(f"{indent}  {entry}" for entry in entries) + f"\n{indent}}}"


def _inspect_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII) else f"'{key}'"


def _inspect_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    quote = next((mark for mark in "'\"`" if mark not in text), "'")
    return quote + (escaped.replace("'", "\\'") if quote == "'" else escaped) + quote
