"""Envelopes, which carry events, are unpacked; other records stay as they are."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from checks.logs.formats.json_records.envelopes import ENVELOPES
from tests.logs.exports import event

EVENTS = [event("one"), event("two"), event("three")]


def unwrapped(key: str, value: object) -> list[Any]:
    """Return the events of the envelope with a key."""
    envelope = next(one for one in ENVELOPES if one.key == key)
    return [json.loads(line) for line in envelope.events(json.dumps(value).encode()).splitlines()]


def message(kind: str) -> bytes:
    """Return a message of a subscription filter."""
    return json.dumps({"messageType": kind, "logGroup": "/chat", "logStream": "web", "logEvents": EVENTS}).encode()


def carried(data: bytes) -> dict[str, Any]:
    return {"data": base64.b64encode(data).decode()}


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_messages_are_unpacked_wherever_they_are_carried(pack: Callable[[bytes], bytes]) -> None:
    """Lambda and Kinesis pack them, Firehose does so or not, also after an error; control messages have no events."""
    one, control = carried(pack(message("DATA_MESSAGE"))), carried(pack(message("CONTROL_MESSAGE")))
    values: list[dict[str, Any]] = [
        {"awslogs": one},
        {"Records": [{"kinesis": control}, {"kinesis": one}]},
        {"Records": [{"Data": control["data"]}, {"Data": one["data"]}]},
        {"records": [control, one]},
        {"rawData": one["data"]},
    ]
    expected = [("/chat", "web", one["message"]) for one in EVENTS]
    for value in values:
        [key] = value
        assert [(e["log_group"], e["log_stream"], e["message"]) for e in unwrapped(key, value)] == expected, value


@pytest.mark.parametrize(
    "data",
    [b"", b"no gzip", gzip.compress(b"{}"), gzip.compress(message("DATA_MESSAGE"))[:40]],
    ids=["nothing", "no gzip", "no message", "half a message"],  # all workers of the tests have to know them alike
)
def test_what_carries_something_else_stays_what_it_is(data: bytes) -> None:
    """Other events that a function received and logged are not unpacked."""
    with pytest.raises(msgspec.DecodeError):
        unwrapped("Records", {"Records": [{"kinesis": carried(data)}]})


def test_a_body_of_otlp_is_the_object_that_was_logged() -> None:
    """OpenTelemetry's collector splits an object, and adds the type of each value."""
    nested = {"kvlistValue": {"values": [{"key": "id", "value": {"stringValue": "Qm7xKdTwoAMCJ4g="}}]}}
    values: dict[str, Any] = {
        "msg": {"stringValue": "connected"},
        "attempt": {"intValue": "2"},
        "ms": {"doubleValue": 1.5},
        "is_new": {"boolValue": False},
        "connection": nested,
        "routes": {"arrayValue": {"values": [{"stringValue": "$connect"}, {}]}},
    }
    body = {"kvlistValue": {"values": [{"key": key, "value": value} for key, value in values.items()]}}
    records = [{"timeUnixNano": "1", "body": body}, {"body": {"stringValue": "plain"}}]
    export = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
    first, second = unwrapped("resourceLogs", export)
    logged = {"msg": "connected", "attempt": "2", "ms": 1.5, "is_new": False}
    connection = {"connection": {"id": "Qm7xKdTwoAMCJ4g="}, "routes": ["$connect", None]}
    assert first == {"timeUnixNano": "1", "body": logged | connection}
    assert second == records[1]


def test_attributes_of_otlp_name_the_connection() -> None:
    """They become an object again, beside the body."""
    attributes = [{"key": "connectionId", "value": {"stringValue": "Qm7xKdTwoAMCJ4g="}}]
    record = {"body": {"stringValue": "up"}, "attributes": attributes}
    export = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    assert unwrapped("resourceLogs", export) == [{"body": "up", "attributes": {"connectionId": "Qm7xKdTwoAMCJ4g="}}]


@pytest.mark.parametrize("labels", [[], [{"trace_id": "1"}]])
def test_a_line_of_loki_may_have_labels_of_its_own(labels: list[dict[str, str]]) -> None:
    """Structured metadata follows the line."""
    streams = [{"stream": {"app": "chat"}, "values": [["1780358400000000000", "one", *labels]]}]
    pushed = unwrapped("streams", {"streams": streams})
    answered = unwrapped("resultType", {"data": {"resultType": "streams", "result": streams}})
    assert pushed == answered == [{"timestamp": "1780358400000000000", "message": "one"}]


def test_half_a_line_of_loki_is_none() -> None:
    """An entry with a time but no line is not unpacked."""
    with pytest.raises(msgspec.DecodeError):
        unwrapped("streams", {"streams": [{"values": [["1780358400000000000"]]}]})
