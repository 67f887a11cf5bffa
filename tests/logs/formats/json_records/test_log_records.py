"""Records of shippers and stores give the message that was logged."""

import io
import json
from typing import Any

import pytest

from checks.logs.formats.json_records.log_records import LOKI_ANSWER, LOKI_PUSH, OTLP, TAGGED_RECORDS

RECORD = '{"log": "one"}'


def test_a_body_of_otlp_is_the_object_that_was_logged() -> None:
    """OpenTelemetry's collector takes an object apart, and names the type of each value."""
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
    first, second = (json.loads(line) for line in OTLP.events(json.dumps(export).encode()).splitlines())
    logged = {"msg": "connected", "attempt": "2", "ms": 1.5, "is_new": False}
    connection = {"connection": {"id": "Qm7xKdTwoAMCJ4g="}, "routes": ["$connect", None]}
    assert first == {"timeUnixNano": "1", "body": logged | connection}
    assert second == records[1]


@pytest.mark.parametrize("labels", [[], [{"trace_id": "1"}]])
def test_a_line_of_loki_may_have_labels_of_its_own(labels: list[dict[str, str]]) -> None:
    """Structured metadata stands behind it."""
    streams = [{"stream": {"app": "chat"}, "values": [["1780358400000000000", "one", *labels]]}]
    pushed = LOKI_PUSH.events(json.dumps({"streams": streams}).encode())
    answered = LOKI_ANSWER.events(json.dumps({"data": {"resultType": "streams", "result": streams}}).encode())
    expected = {"timestamp": "1780358400000000000", "message": "one"}
    assert (json.loads(pushed), json.loads(answered)) == (expected, expected)


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (f"2026-06-02T00:00:00+00:00\tchat.web\t{RECORD}", '"2026-06-02T00:00:00+00:00"'),
        (f"2026-06-02 00:00:00.125000000 +0900 chat.web: {RECORD}", '"2026-06-02 00:00:00.125000000 +0900"'),
        (f"chat.web: [1780358400.125000000, {RECORD}]", "1780358400.125000000"),
        (f"[7] chat.web: [[1780358400.125000000, {{}}], {RECORD}]\r", "1780358400.125000000"),
    ],
)
def test_the_time_before_a_record_is_put_into_it(line: str, time: str) -> None:
    """As Fluentd and Fluent Bit write records to files and to standard output."""
    target = io.BytesIO()
    assert list(TAGGED_RECORDS.rewrite(io.BytesIO(f"{line}\n{line}\nother\n".encode()), target)) == []
    rewritten = f'{{"timestamp":{time},"log": "one"}}'
    assert target.getvalue().decode().splitlines() == [rewritten, rewritten, "other"]
