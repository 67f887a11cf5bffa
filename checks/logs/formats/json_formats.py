"""The JSON formats: of CloudWatch (APIs, Logs Insights, subscription filters), of loggers, and of log shippers."""

from dataclasses import replace
from itertools import chain
from typing import Any, Final

import msgspec

from checks.logs.formats.conversion import Envelope, with_fields
from checks.logs.formats.json_records import GROUPS, STREAMS, TIMES, WHOLE, JsonFormat

EXPORT_EVENTS: Final = JsonFormat(
    name="events as `aws logs filter-log-events` prints them, or one a line",
    # known by what only exports have, or by having nothing beside time and message
    matches=(
        "list_contains(keys, 'message') AND (list_has_any(keys, ['logStreamName', 'ingestionTime', 'eventId',"
        " 'logGroup', 'logGroupName', 'logStream', 'log_stream', 'log_group'])"
        " OR (len(keys) = 2 AND list_has_any(keys, ['timestamp', 'time', '@timestamp', '_time', 'ts'])))"
    ),
    stream=STREAMS,
    group=GROUPS,
    event_id=("$.eventId", "$.id"),
    ingested=("$.ingestionTime",),
    request_id=("$.requestId",),
)

POWERSHELL_EVENTS: Final = JsonFormat(
    name="events as the AWS Tools for PowerShell give them to ConvertTo-Json",
    matches=(
        "list_has_all(keys, ['Timestamp', 'Message'])"
        " AND (len(keys) = 2 OR list_has_any(keys, ['EventId', 'IngestionTime', 'LogStreamName']))"
    ),
    message=("$.Message",),
    time=("$.Timestamp",),
    stream=("$.LogStreamName",),
    event_id=("$.EventId",),
    ingested=("$.IngestionTime",),
)

_MISSING: Final = "has no @timestamp and @message; ask the query for both"

_CELLS: Final = """('{' || array_to_string(list_transform(
    json_transform(json, '[{"field": "VARCHAR", "value": "VARCHAR"}]'),
    lambda cell: to_json(coalesce(cell.field, ''))::VARCHAR || ':' || to_json(cell.value)::VARCHAR),
    ',') || '}')::JSON"""

QUERY_RESULTS: Final = JsonFormat(
    name="`aws logs get-query-results`",
    matches="json_type(json) = 'ARRAY'",
    event=_CELLS,
    message=('$."@message"',),
    time=('$."@timestamp"',),
    stream=('$."@logStream"',),
    group=('$."@log"',),
    event_id=('$."@ptr"',),
    ingested=('$."@ingestionTime"',),
    request_id=('$."@requestId"',),
    missing=_MISSING,
)

INSIGHTS_ROWS: Final = replace(
    QUERY_RESULTS,
    name="rows of Logs Insights as JSON",
    matches="list_has_any(keys, ['@message', '@ptr'])",
    event="json",
)


class _SubscriptionMessage(msgspec.Struct):
    logEvents: list[msgspec.Raw]  # noqa: N815 -- the key of the JSON object
    messageType: str | None = None  # noqa: N815
    logGroup: str | None = None  # noqa: N815
    logStream: str | None = None  # noqa: N815
    logGroupName: str | None = None  # noqa: N815 -- so `aws logs put-log-events` names it
    logStreamName: str | None = None  # noqa: N815


def _subscription_events(value: msgspec.Raw | bytes) -> bytes:
    """Return the events, each with its group and stream; control messages hold none of the log's."""
    message = msgspec.json.decode(value, type=_SubscriptionMessage)
    if message.messageType == "CONTROL_MESSAGE":
        return b""
    group, stream = message.logGroup or message.logGroupName, message.logStream or message.logStreamName
    return with_fields(message.logEvents, log_group=group, log_stream=stream)


SUBSCRIPTION: Final = Envelope(
    "messages of a subscription filter, as Firehose writes them", "logEvents", _subscription_events
)

_GROUP: Final = "cloudwatch.log.group.name"

_STREAM: Final = "cloudwatch.log.stream"


class _Attribute(msgspec.Struct):
    key: str
    value: dict[str, Any]


class _OtlpResource(msgspec.Struct):
    attributes: list[_Attribute] = []


class _ScopeLogs(msgspec.Struct):
    logRecords: list[msgspec.Raw] = []  # noqa: N815 -- the key of the JSON object


class _ResourceLogs(msgspec.Struct):
    scopeLogs: list[_ScopeLogs] = []  # noqa: N815
    resource: _OtlpResource | None = None


class _Export(msgspec.Struct):
    resourceLogs: list[_ResourceLogs]  # noqa: N815


def _otlp_events(value: msgspec.Raw | bytes) -> bytes:
    """Return the log records, with the group and stream that the collector's receiver for CloudWatch has noted."""
    return b"".join(map(_of_resource, msgspec.json.decode(value, type=_Export).resourceLogs))


def _of_resource(logs: _ResourceLogs) -> bytes:
    attributes = {one.key: one.value.get("stringValue") for one in (logs.resource or _OtlpResource()).attributes}
    records = list(chain.from_iterable(scope.logRecords for scope in logs.scopeLogs))
    return with_fields(records, logGroup=attributes.get(_GROUP), logStreamName=attributes.get(_STREAM))


_TIMES: Final = (
    "$.timeUnixNano",
    "$.time_unix_nano",
    "$.observedTimeUnixNano",
    *TIMES,
    "$.observed_timestamp",
    "$.ObservedTimestamp",
)

OTLP: Final = Envelope("OpenTelemetry's `resourceLogs`", "resourceLogs", _otlp_events)

OTEL_RECORDS: Final = JsonFormat(
    name="OpenTelemetry log records",
    matches="list_has_any(keys, ['body', 'Body']) AND NOT list_has_any(keys, ['message', 'msg'])",
    time=_TIMES,
    message=("$.body.stringValue", "$.body.string_value", "$.body", "$.Body.stringValue", "$.Body"),
    stream=STREAMS,
    group=GROUPS,
)

TELEMETRY: Final = JsonFormat(
    name="events of Lambda's Telemetry API",
    matches="list_has_all(keys, ['time', 'type', 'record']) AND json ->> '$.type' IN ('function', 'extension')",
    message=("$.record",),
    time=("$.time",),
)

VECTOR: Final = JsonFormat(
    name="Vector and Filebeat",
    matches="list_contains(keys, 'message') AND list_has_any(keys, ['source_type', 'agent', '@version', 'sourcetype'])",
    stream=("$.log_stream", "$.logStreamName", "$.awscloudwatch.log_stream", "$.aws.cloudwatch.log_stream"),
    group=("$.log_group", "$.logGroup", "$.awscloudwatch.log_group", "$.aws.cloudwatch.log_group"),
)

FLUENT_BIT: Final = JsonFormat(
    name="Fluent Bit and Docker",
    matches=(
        "list_contains(keys, 'log') AND NOT list_contains(keys, 'message') AND json_type(json, '$.log') = 'VARCHAR'"
    ),
    message=("$.log",),
)

SPLUNK: Final = JsonFormat(
    name="Splunk",
    matches="list_contains(keys, '_raw') OR json_exists(json, '$.result._raw')",
    message=("$._raw", "$.result._raw"),
    time=("$._time", "$.result._time"),
)

LOKI: Final = JsonFormat(
    name="Loki and Grafana",
    matches="json_type(json, '$.line') = 'VARCHAR' AND list_has_any(keys, ['labels', 'fields'])",
    message=("$.line",),
)


class _LokiStream(msgspec.Struct):
    values: list[tuple[str, str]]
    stream: dict[str, str] = {}


class _LokiStreams(msgspec.Struct):
    result: list[_LokiStream]


class _LokiAnswer(msgspec.Struct):
    data: _LokiStreams


def _loki_events(value: msgspec.Raw | bytes) -> bytes:
    """Return the lines of a query of Loki's API, each with its time in nanoseconds."""
    streams = msgspec.json.decode(value, type=_LokiAnswer).data.result
    events = ({"timestamp": time, "message": line} for time, line in chain.from_iterable(one.values for one in streams))
    return msgspec.json.Encoder().encode_lines(events)


LOKI_ANSWER: Final = Envelope("answers of Loki's API", "resultType", _loki_events)


class _Hits(msgspec.Struct):
    hits: list[msgspec.Raw]


class _SearchAnswer(msgspec.Struct):
    hits: _Hits


def _search_events(value: msgspec.Raw | bytes) -> bytes:
    return with_fields(msgspec.json.decode(value, type=_SearchAnswer).hits.hits)


SEARCH_ANSWER: Final = Envelope("answers of Elasticsearch and OpenSearch", "hits", _search_events)

SEARCH_HIT: Final = JsonFormat(
    name="documents of Elasticsearch and OpenSearch",
    matches="json_type(json, '$._source') = 'OBJECT'",
    event="json_extract(json, '$._source')",
    message=('$."@message"', "$.message", "$.log"),
    stream=('$."@log_stream"', *STREAMS),
    group=('$."@log_group"', *GROUPS),
    event_id=('$."@id"',),
)

DATADOG: Final = JsonFormat(
    name="Datadog",
    matches="json_exists(json, '$.attributes.timestamp') AND json_type(json, '$.attributes.message') = 'VARCHAR'",
    message=("$.attributes.message",),
    time=("$.attributes.timestamp",),
)

JOURNAL: Final = JsonFormat(
    name="`journalctl -o json`",
    matches="list_has_all(keys, ['__REALTIME_TIMESTAMP', 'MESSAGE'])",
    message=("$.MESSAGE",),
    time=("$.__REALTIME_TIMESTAMP",),
)

FRAMED_MESSAGES: Final = JsonFormat(
    name="records whose message is a whole line of Lambda's own",
    matches=(
        "list_contains(keys, 'message') AND regexp_matches(json ->> '$.message', "
        r"'^(?:(?:START|END|REPORT) RequestId: |INIT_START |(?:\[[A-Za-z]+\]\t)?\d{4}-\d\d-\d\dT[\d:.]+Z"
        r"(?:\t| [0-9a-f-]{36} ))')"
    ),
)

RECORDS: Final = JsonFormat(
    name="JSON log records, one a line, with timestamp, time, @timestamp, _time or ts",
    matches="json_type(json) = 'OBJECT'",
    # all that it says belongs to the event: an error's type often stands beside the message, not in it
    message=(WHOLE,),
)
