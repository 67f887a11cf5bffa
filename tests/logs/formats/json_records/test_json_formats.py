"""A record is told by its keys, and its time has many names."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.logs.exports import json_lines
from tests.logs.formats.json_records.test_json_records import converted, messages


@pytest.mark.parametrize("name", ["timestamp", "time", "@timestamp", "_time", "ts", "@t", "requestTime", "asctime"])
def test_a_time_has_many_names(tmp_path: Path, name: str) -> None:
    """Of the libraries that log, and of the variables of API Gateway."""
    record = {name: "2026-06-02T00:00:00Z", "msg": "x", "level": "INFO"}
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines([record])))] == [record]


RECORDS: Mapping[str, Mapping[str, Any]] = {
    ".NET": {"Timestamp": "2026-06-02T00:00:00Z", "EventId": 0, "LogLevel": "Error", "Message": "x", "Exception": "y"},
    "Logback for Logstash": {"@timestamp": "2026-06-02T00:00:00Z", "@version": "1", "message": "x", "logger_name": "y"},
    "OpenTelemetry": {"timestamp": "2026-06-02T00:00:00Z", "body": "x", "attributes": {"connectionId": "y"}},
    "its exceptions": {"timeUnixNano": "1780358400000000000", "body": "x", "attributes": {"exception.type": "y"}},
    "Vector": {"timestamp": "2026-06-02T00:00:00Z", "source_type": "s3", "message": "x", "connectionId": "y"},
    "Vector, of a log group": {
        "timestamp": "2026-06-02T00:00:00Z",
        "log_group": "/aws/lambda/chat",
        "message": "x",
        "errorType": "y",
    },
    "FilterLogEvents, with jq": {"timestamp": 1780358400000, "eventId": "39", "message": "x", "connectionId": "y"},
    "Filebeat": {"@timestamp": "2026-06-02T00:00:00Z", "agent": {}, "message": "x", "error": {"type": "y"}},
    "Log4j": {"instant": {"epochSecond": 1780358400, "nanoOfSecond": 0}, "level": "INFO", "message": "x"},
    "Loguru": {"text": "x", "record": {"message": "x", "time": {"repr": "", "timestamp": 1780358400.5}}},
    "tslog": {"0": "x", "_meta": {"date": "2026-06-02T00:00:00.000Z", "logLevelName": "INFO"}},
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_loggers_record_is_an_event_as_it_is(tmp_path: Path, name: str) -> None:
    """Connection and error stand beside the message; some look like another tool's, or hide their time."""
    conversion = converted(tmp_path, json_lines([RECORDS[name]]))
    assert [json.loads(one) for one in messages(conversion)] == [RECORDS[name]]


@pytest.mark.parametrize("key", ["_source", "attributes"])
def test_what_was_taken_apart_is_the_event(tmp_path: Path, key: str) -> None:
    """Of a document of OpenSearch, or an event of Datadog: the message alone names no connection."""
    record = {"timestamp": "2026-06-02T00:00:00Z", "message": "x", "connectionId": "y"}
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines([{key: record}])))] == [record]
