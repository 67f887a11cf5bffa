"""What carries events of CloudWatch is unpacked, or stays what it is."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from checks.logs.formats.json_records.cloudwatch_json import FIREHOSE, KINESIS, LAMBDA_EVENT, YAML
from tests.logs.exports import as_yaml, event

EVENTS = [event("one"), event("two"), event("three")]


def message(kind: str) -> bytes:
    """A message of a subscription filter."""
    return json.dumps({"messageType": kind, "logGroup": "/chat", "logStream": "web", "logEvents": EVENTS}).encode()


def carried(data: bytes) -> dict[str, Any]:
    return {"data": base64.b64encode(data).decode()}


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_messages_are_unpacked_wherever_they_are_carried(pack: Callable[[bytes], bytes]) -> None:
    """Lambda and Kinesis carry them packed, Firehose also plain; control messages hold nothing of the log's."""
    one, control = carried(pack(message("DATA_MESSAGE"))), carried(pack(message("CONTROL_MESSAGE")))
    values: list[tuple[Any, dict[str, Any]]] = [
        (LAMBDA_EVENT, {"awslogs": one}),
        (KINESIS, {"Records": [{"kinesis": control}, {"kinesis": one}]}),
        (KINESIS, {"Records": [{"Data": control["data"]}, {"Data": one["data"]}]}),
        (FIREHOSE, {"records": [control, one]}),
    ]
    for form, value in values:
        events = [json.loads(line) for line in form.events(json.dumps(value).encode()).splitlines()]
        assert [(e["log_group"], e["log_stream"], e["message"]) for e in events] == [
            ("/chat", "web", one["message"]) for one in EVENTS
        ], form.name


@pytest.mark.parametrize(
    "data",
    [b"", b"no gzip", gzip.compress(b"{}"), gzip.compress(message("DATA_MESSAGE"))[:40]],
    ids=["nothing", "no gzip", "no message", "half a message"],  # all workers of the tests have to know them alike
)
def test_what_carries_something_else_stays_what_it_is(data: bytes) -> None:
    """Of another event that a function got, and logged, nothing is unpacked."""
    with pytest.raises(msgspec.DecodeError):
        KINESIS.events(json.dumps({"Records": [{"kinesis": carried(data)}]}).encode())


def rewritten(text: str) -> tuple[str, list[str]]:
    target = io.BytesIO()
    gaps = list(YAML.rewrite(io.BytesIO(text.encode()), target))
    return target.getvalue().decode(), gaps


@pytest.mark.parametrize(
    "document",
    [
        {"events": EVENTS, "searchedLogStreams": []},
        {"a": {"b": [[], {}, [1, -2.5, True, None]]}, "c": ["007", "true", "1e5", "null", "", "~"], "1": "x: y"},
        [],
    ],
)
def test_yaml_becomes_the_same_json(document: object) -> None:
    """Texts that look like numbers stay texts, for they are in quotation marks."""
    text, gaps = rewritten(as_yaml(document))
    assert (json.loads(text), gaps) == (document, [])


def test_yaml_that_breaks_off_is_read_up_to_the_break() -> None:
    """What stands for other text is not followed: a few lines could become endless."""
    text, [gap] = rewritten(as_yaml({"events": EVENTS}) + '  "cut off')
    assert all(f'"message":"{one}"' in text for one in ("one", "two", "three"))
    assert gap.startswith("the YAML breaks off, or is none, at line ")
    _, gaps = rewritten("events: &a []\nmore: *a\n")
    assert gaps == ["the YAML has an alias at line 2, which is not followed"]
