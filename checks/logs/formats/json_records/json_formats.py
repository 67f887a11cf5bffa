"""The table of JSON formats: how to recognise a value of each, and where to find its parts."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

TIMES: Final = (
    *("$.timestamp", "$.time", '$."@timestamp"', "$._time", "$.ts", "$.date", "$.datetime", "$.dt", "$.Timestamp"),
    *("$.eventTime", "$.asctime", '$."@t"', "$.eventTimestamp", "$.timeMillis"),
    *("$.requestTimeEpoch", "$.requestTime"),
    *("$.record.time.timestamp", "$._meta.date", "$.instant.epochSecond"),
)
"""Where loggers put the time of a record, as JSON paths."""

_OTEL_TIMES: Final = (
    *("$.timeUnixNano", "$.time_unix_nano", "$.observedTimeUnixNano"),
    *TIMES,
    *("$.observed_timestamp", "$.ObservedTimestamp"),
)

_STREAMS: Final = ("$.logStreamName", "$.logStream", "$.log_stream")
_GROUPS: Final = ("$.logGroup", "$.logGroupName", "$.log_group")
_OF_EXPORTS: Final = {
    "logStreamName": _STREAMS,
    "logGroup": _GROUPS,
    "eventId": ("$.eventId",),
    "ingestionTime": ("$.ingestionTime",),
    "requestId": ("$.requestId",),
}
WHOLE: Final = "$"
"""The path of the value itself."""
_HAS_OWN_FIELDS: Final = (
    r"""regexp_matches(json::VARCHAR, '"(?i:\w*conn\w*_?id|exception\.type|error\.type|err|error)"\s*:')"""
)
"""SQL for whether a shipper has split a record into fields, so that the message may name no connection or error."""


class JsonFormat(Struct, frozen=True):
    """A JSON format: how to recognise a value of it, and where to find its parts.

    Paths are JSON paths in DuckDB's notation; the first that leads to a value is used.

    Attributes:
        name: Its display name, shown if a file's format is not known.
        matches: SQL for whether a value is of this format, over the value, `json`, and over the list of its `keys`.
        message: Paths to the message. `$` is the whole value.
        time: Paths to the time, which may be in any notation that the analysis reads.
        others: Paths to the values of other keys of a spool file.
        event: SQL over `json` for the object to which the paths refer; by default the value itself.
        missing: Why a value of this format without a time is not an event.
    """

    name: str
    matches: str
    message: tuple[str, ...] = ("$.message",)
    time: tuple[str, ...] = TIMES
    others: Mapping[str, tuple[str, ...]] = {}
    event: str = "json"
    missing: str = "has no time under a name that is known, such as timestamp, time or @timestamp"


_ONLY_OF_EXPORTS: Final = (
    "['logStreamName', 'ingestionTime', 'eventId', 'logGroup', 'logGroupName', 'logStream', 'log_stream', 'log_group']"
)
KEYS_OF_RECORDS: Final = [
    "level",
    "severity",
    "connectionId",
    "connection_id",
    "ConnectionId",
    "connId",
    "errorType",
    "error",
    "err",
]
"""Keys that an application's own record has beside its message, but an export never has."""
_OF_REQUEST: Final = [
    "requestId",
    "awsRequestId",
    "AWSRequestId",
    "function_request_id",
    "aws_request_id",
    "request_id",
]
"""Keys under which a record names the Lambda invocation that it belongs to."""
_IS_LAMBDAS_LINE: Final = (
    "regexp_matches(json ->> '$.message', "
    r"'^(?:(?:START|END|REPORT) RequestId: |INIT_START |(?:\[[A-Za-z]+\]\t)?\d{4}-\d\d-\d\dT[\d:.]+Z"
    r"(?:\t| [0-9a-f-]{36} ))')"
)

_PARTS: Final = "json_extract_string(json, ['$[0]', '$[1]', '$[2]', '$[3]'])"
"""SQL for the values of a list that `--query` selected, in any order; null if an event lacks one."""
_IS_TIME: Final = r"regexp_full_match(part, '1\d{12}|\d{4}-\d\d-\d\d[T ][\d:.,]{8,20}(?:Z|[+-][\d:]+)?')"
_IS_EVENT_ID: Final = r"regexp_full_match(part, '\d{56}')"
_IS_STREAM: Final = r"regexp_full_match(part, '\d{4}/\d\d/\d\d/\S*\[[$\w]+\]\S+|[0-9a-f]{32}|[\w.-]+(?:/[\w.-]+)+')"
_IS_GROUP: Final = r"regexp_full_match(part, '/[\w./#-]+')"


def _one_of(condition: str) -> str:
    """SQL for the first of the values for which a condition holds."""
    return f"list_filter({_PARTS}, lambda part: {condition})[1]"


_SAID: Final = _one_of(f"NOT ({_IS_TIME} OR {_IS_EVENT_ID} OR {_IS_STREAM} OR {_IS_GROUP})")

_CELLS: Final = """('{' || array_to_string(list_transform(
    json_transform(json, '[{"field": "VARCHAR", "value": "VARCHAR"}]'),
    lambda cell: to_json(coalesce(cell.field, ''))::VARCHAR || ':' || to_json(cell.value)::VARCHAR),
    ',') || '}')::JSON"""

_QUERY_RESULTS: Final = JsonFormat(
    name="`aws logs get-query-results`",
    matches="json_type(json) = 'ARRAY'",
    event=_CELLS,
    message=('$."@message"', WHOLE),  # without it, the query has taken records apart
    time=('$."@timestamp"',),
    others={
        "logStreamName": ('$."@logStream"',),
        "logGroup": ('$."@log"',),
        "eventId": ('$."@ptr"',),
        "ingestionTime": ('$."@ingestionTime"',),
        "requestId": ('$."@requestId"',),
    },
    missing="has no @timestamp and @message; ask the query for both",
)

JSON_FORMATS: Final = (
    JsonFormat(
        name="events as `aws logs filter-log-events` prints them, or one a line",
        # recognised by keys that only exports have, or by having only a time and a message
        matches=(
            f"list_contains(keys, 'message') AND (list_has_any(keys, {_ONLY_OF_EXPORTS})"
            r" OR regexp_full_match(json ->> '$.id', '\d{56}')"  # in a subscription filter's message
            " OR (len(keys) = 2 AND list_has_any(keys, ['timestamp', 'time', '@timestamp', '_time', 'ts'])))"
            f" AND (NOT list_has_any(keys, {KEYS_OF_RECORDS}) OR {_IS_LAMBDAS_LINE})"
        ),
        others={**_OF_EXPORTS, "eventId": ("$.eventId", "$.id")},
    ),
    JsonFormat(
        name="records that a shipper has put the names of the log group or stream into",
        matches=f"list_contains(keys, 'message') AND list_has_any(keys, {_ONLY_OF_EXPORTS})",
        message=(WHOLE,),
        others=_OF_EXPORTS,
    ),
    JsonFormat(
        name="events as the AWS Tools for PowerShell give them to ConvertTo-Json",
        matches=(
            "list_has_all(keys, ['Timestamp', 'Message'])"
            " AND (len(keys) = 2 OR list_has_any(keys, ['IngestionTime', 'LogStreamName']))"
        ),
        message=("$.Message",),
        others={
            "logStreamName": ("$.LogStreamName",),
            "eventId": ("$.EventId",),
            "ingestionTime": ("$.IngestionTime",),
        },
    ),
    JsonFormat(
        name="`--query 'events[].[timestamp,message]'`",
        matches=f"json_array_length(json) BETWEEN 2 AND 4 AND {_one_of(_IS_TIME)} IS NOT NULL AND {_SAID} IS NOT NULL",
        event=(
            f"json_object('timestamp', {_one_of(_IS_TIME)}, 'message', {_SAID}, 'eventId', {_one_of(_IS_EVENT_ID)},"
            f" 'logStreamName', {_one_of(_IS_STREAM)})"
        ),
        others={"logStreamName": ("$.logStreamName",), "eventId": ("$.eventId",)},
    ),
    _QUERY_RESULTS,
    replace(
        _QUERY_RESULTS,
        name="rows of Logs Insights as JSON",
        matches="list_has_any(keys, ['@message', '@ptr'])",
        event="json",
    ),
    JsonFormat(  # the connection and the error may be only in attributes
        name="OpenTelemetry log records with attributes of the application's own",
        matches=(
            f"list_has_any(keys, ['body', 'Body']) AND {_HAS_OWN_FIELDS}"
            " AND 'OBJECT' IN (json_type(json, '$.attributes'), json_type(json, '$.Attributes'))"
        ),
        time=_OTEL_TIMES,
        message=(WHOLE,),
    ),
    JsonFormat(
        name="OpenTelemetry log records",
        matches="list_has_any(keys, ['body', 'Body']) AND NOT list_has_any(keys, ['message', 'msg'])",
        time=_OTEL_TIMES,
        message=("$.body.stringValue", "$.body.string_value", "$.body", "$.Body.stringValue", "$.Body"),
        others={"logStreamName": _STREAMS, "logGroup": _GROUPS},
    ),
    JsonFormat(
        name="events of Lambda's Telemetry API",
        matches="list_has_all(keys, ['time', 'type', 'record']) AND json ->> '$.type' IN ('function', 'extension')",
        message=("$.record",),
    ),
    JsonFormat(
        name="Vector and Filebeat",
        matches=(
            "list_contains(keys, 'message') AND list_has_any(keys, ['source_type', 'agent', '@version', 'sourcetype'])"
            f" AND NOT {_HAS_OWN_FIELDS}"
            " AND NOT list_has_any(keys, ['logger_name', 'thread_name'])"  # of Logback's encoder for Logstash
        ),
        others={
            "logStreamName": (*_STREAMS, "$.awscloudwatch.log_stream", "$.aws.cloudwatch.log_stream"),
            "logGroup": (*_GROUPS, "$.awscloudwatch.log_group", "$.aws.cloudwatch.log_group"),
        },
    ),
    JsonFormat(
        name="Fluent Bit and Docker",
        matches=(
            "list_contains(keys, 'log') AND NOT list_contains(keys, 'message') AND json_type(json, '$.log') = 'VARCHAR'"
        ),
        message=("$.log",),
    ),
    JsonFormat(
        name="Splunk",
        matches="list_contains(keys, '_raw') OR json_exists(json, '$.result._raw')",
        message=("$._raw", "$.result._raw"),
        time=("$._time", "$.result._time"),
    ),
    JsonFormat(
        name="Falcon LogScale",
        matches="json_type(json, '$.\"@rawstring\"') = 'VARCHAR'",
        message=('$."@rawstring"',),
    ),
    JsonFormat(
        name="Splunk's HTTP Event Collector",
        matches="list_has_any(keys, ['sourcetype', 'index']) AND json_type(json, '$.event') = 'VARCHAR'",
        message=("$.event",),
    ),
    JsonFormat(  # the time is beside the record
        name="Splunk's HTTP Event Collector, of records",
        matches="list_has_any(keys, ['sourcetype', 'index']) AND json_type(json, '$.event') = 'OBJECT'",
        event="json_merge_patch(json_object('time', json -> '$.time'), json -> '$.event')",
        message=(WHOLE,),
    ),
    JsonFormat(
        name="Axiom and Honeycomb",
        matches="list_has_any(keys, ['_time', 'samplerate']) AND json_type(json, '$.data.message') = 'VARCHAR'",
        message=("$.data.message",),
    ),
    JsonFormat(
        name="Loki and Grafana",
        matches="json_type(json, '$.line') = 'VARCHAR' AND list_has_any(keys, ['labels', 'fields'])",
        message=("$.line",),
    ),
    JsonFormat(
        name="documents of Elasticsearch and OpenSearch whose message was taken apart",
        matches=(
            "json_type(json, '$._source.message') = 'VARCHAR' AND NOT json_exists(json, '$._source.\"@message\"')"
            f" AND {_HAS_OWN_FIELDS}"
        ),
        event="json_extract(json, '$._source')",
        message=(WHOLE,),
    ),
    JsonFormat(
        name="documents of Elasticsearch and OpenSearch",
        matches="json_type(json, '$._source') = 'OBJECT'",
        event="json_extract(json, '$._source')",
        message=('$."@message"', "$.message", "$.log"),
        others={
            "logStreamName": ('$."@log_stream"', *_STREAMS),
            "logGroup": ('$."@log_group"', *_GROUPS),
            "eventId": ('$."@id"',),
        },
    ),
    JsonFormat(
        name="fields of Elasticsearch and OpenSearch, each a list",
        matches="json_type(json, '$.fields') = 'OBJECT' AND json_type(json, '$.fields.\"@timestamp\"') = 'ARRAY'",
        event="json_extract(json, '$.fields')",
        message=('$."@message"[0]', "$.message[0]", "$.log[0]"),
        time=('$."@timestamp"[0]',),
        others={
            "logStreamName": ('$."@log_stream"[0]',),
            "logGroup": ('$."@log_group"[0]',),
            "eventId": ('$."@id"[0]',),
        },
    ),
    JsonFormat(
        name="Datadog, of records",
        matches=(
            "json_exists(json, '$.attributes.timestamp') AND json_type(json, '$.attributes.message') = 'VARCHAR'"
            f" AND {_HAS_OWN_FIELDS}"
        ),
        event="json_extract(json, '$.attributes')",
        message=(WHOLE,),
    ),
    JsonFormat(
        name="Datadog",
        matches="json_exists(json, '$.attributes.timestamp') AND json_type(json, '$.attributes.message') = 'VARCHAR'",
        message=("$.attributes.message",),
        time=("$.attributes.timestamp",),
        others={"requestId": tuple(f"$.attributes.attributes.{key}" for key in _OF_REQUEST)},
    ),
    JsonFormat(
        name="Loggly and Better Stack",
        matches="list_contains(keys, 'raw') AND list_has_any(keys, ['logmsg', 'dt'])",
        message=("$.raw",),
    ),
    JsonFormat(
        name="Dynatrace",
        matches="list_contains(keys, 'content') AND list_has_any(keys, ['eventType', 'event.type', 'aws.log_group'])",
        message=("$.content",),
        others={"logGroup": ('$."aws.log_group"',), "logStreamName": ('$."aws.log_stream"',)},
    ),
    JsonFormat(name="Coralogix", matches="list_has_all(keys, ['text', 'subsystemName'])", message=("$.text",)),
    JsonFormat(
        name="Mezmo",
        matches="list_has_all(keys, ['_line', '_ts'])",
        message=("$._line",),
        time=("$._ts",),
    ),
    JsonFormat(
        name="`journalctl -o json`",
        matches="list_has_all(keys, ['__REALTIME_TIMESTAMP', 'MESSAGE'])",
        message=("$.MESSAGE",),
        time=("$.__REALTIME_TIMESTAMP",),
    ),
    JsonFormat(
        name="records whose message is a whole line of Lambda's own",
        matches=f"list_contains(keys, 'message') AND {_IS_LAMBDAS_LINE}",
    ),
    JsonFormat(
        name="records of a shipper whose message is a whole record of an application",
        # but not a record whose own message is JSON text: beside it, such a record has the request or the severity
        matches=(
            "json_type(json, '$.message') = 'VARCHAR' AND starts_with(json ->> '$.message', '{\"')"
            f" AND NOT list_has_any(keys, {[*KEYS_OF_RECORDS, *_OF_REQUEST]})"
            f" AND NOT {_HAS_OWN_FIELDS}"
        ),
    ),
    JsonFormat(
        name="`--query 'events[].{time:timestamp,msg:message}'`, or what a logger prints of a time and a text alone",
        matches=(
            "len(keys) = 2 AND list_has_any(keys, ['timestamp', 'time', '@timestamp', 'ts'])"
            " AND json_type(json, '$.msg') = 'VARCHAR'"
        ),
        message=("$.msg",),
    ),
    JsonFormat(
        name="JSON log records, one a line, with timestamp, time, @timestamp, _time or ts",
        matches="json_type(json) = 'OBJECT'",
        # the message is the whole record: an error's type is often beside the text, not in it
        message=(WHOLE,),
    ),
)
"""In the order in which they are tried; the last takes any object."""
