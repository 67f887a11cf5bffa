"""A record is recognised by its keys, and its time has many names."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.logs.exports import json_lines
from tests.logs.formats.json_records.test_json_records import converted, messages


@pytest.mark.parametrize("name", ["timestamp", "time", "@timestamp", "_time", "ts", "@t", "requestTime", "asctime"])
def test_a_time_has_many_names(tmp_path: Path, name: str) -> None:
    """They are those of logging libraries, and of API Gateway's variables."""
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
    "Lambda's, with a text in JSON": {
        "timestamp": "2026-06-02T00:00:00Z",
        "message": '{"action": "connect"}',
        "requestId": "7c1d",
    },
    "tslog": {"0": "x", "_meta": {"date": "2026-06-02T00:00:00.000Z", "logLevelName": "INFO"}},
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_loggers_record_is_an_event_as_it_is(tmp_path: Path, name: str) -> None:
    """Connection and error are beside the message; some look like another tool's, or hide their time."""
    conversion = converted(tmp_path, json_lines([RECORDS[name]]))
    assert [json.loads(one) for one in messages(conversion)] == [RECORDS[name]]


@pytest.mark.parametrize("key", ["_source", "attributes"])
def test_what_was_taken_apart_is_the_event(tmp_path: Path, key: str) -> None:
    """In OpenSearch's documents and Datadog's events the message alone names no connection."""
    record = {"timestamp": "2026-06-02T00:00:00Z", "message": "x", "connectionId": "y"}
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines([{key: record}])))] == [record]


def test_what_a_query_took_apart_is_the_event(tmp_path: Path) -> None:
    """Without @message, a row of Logs Insights is a record as a whole, from the console or the AWS CLI."""
    row = {"@timestamp": "2026-06-02 00:00:00.125", "routeKey": "$connect", "connectionId": "y", "@ptr": "z"}
    cells = [{"field": name, "value": value} for name, value in row.items()]
    for answer in (json.dumps([row]), json.dumps({"results": [cells], "status": "Complete"})):
        assert [json.loads(one) for one in messages(converted(tmp_path, answer))] == [row]


def test_the_collectors_time_belongs_to_the_record_beside_it(tmp_path: Path) -> None:
    """Splunk's HTTP Event Collector takes an application's record as it is."""
    record = {"level": "info", "msg": "x", "connectionId": "y"}
    posted = {"time": 1780358400.125, "sourcetype": "_json", "event": record}
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines([posted])))] == [
        {"time": 1780358400.125, **record}
    ]


SAID = '{"timestamp": "2026-06-02T00:00:00.125Z", "level": "INFO", "message": "connected", "requestId": "7c1d"}\n'

SHIPPERS: Mapping[str, Mapping[str, Any]] = {
    "Datadog's archive": {"_id": "A1", "date": "2026-06-02T00:00:00.125Z", "service": "chat", "attributes": {"a": 1}},
    "New Relic": {"timestamp": 1780358400125, "aws.logGroup": "/aws/lambda/chat", "newrelic.source": "api.logs"},
    "a subscription's events": {"id": "3" * 56, "timestamp": 1780358400125},
}


@pytest.mark.parametrize("name", SHIPPERS)
def test_a_whole_record_within_one_of_a_shipper_is_the_event(tmp_path: Path, name: str) -> None:
    """As text, its quotes would be escaped, hiding connection and request."""
    assert messages(converted(tmp_path, json_lines([{**SHIPPERS[name], "message": SAID}]))) == [SAID]


def test_beside_a_time_alone_the_text_is_the_event(tmp_path: Path) -> None:
    """Whatever its key: `msg` is a logger's, or one of a query for these two."""
    assert messages(converted(tmp_path, json_lines([{"time": 1780358400125, "msg": SAID}]))) == [SAID]


def test_a_subscriptions_event_keeps_its_id(tmp_path: Path) -> None:
    """By its id it counts once, in however many files; any other `id` is the application's."""
    own = {"id": "42", "timestamp": 1780358400125, "message": "connected"}
    spool = converted(tmp_path, json_lines([own, {**own, "id": "3" * 56}])).path
    lines = map(json.loads, spool.read_text(encoding="utf-8").splitlines())
    assert [(one["message"], one.get("eventId")) for one in lines] == [
        (json.dumps(own), None),
        ("connected", "3" * 56),
    ]


@pytest.mark.parametrize("key", ["requestId", "awsRequestId", "function_request_id"])
def test_datadog_keeps_the_invocation_of_a_record_apart(tmp_path: Path, key: str) -> None:
    """It connects the message of one line with the connection of another."""
    record = {"timestamp": "2026-06-02T00:00:00Z", "message": "connected", "attributes": {key: "7c1d"}}
    spool = converted(tmp_path, json_lines([{"attributes": record}])).path
    [line] = map(json.loads, spool.read_text(encoding="utf-8").splitlines())
    assert (line["message"], line["requestId"]) == ("connected", "7c1d")
