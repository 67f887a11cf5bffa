"""JSON log records: of applications, of Lambda's Telemetry API, of OpenTelemetry, and of log shippers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO, Final

import msgspec

from checks.logs.formats.conversion import Envelope, items_at, with_fields
from checks.logs.formats.json_records import GROUPS, STREAMS, TIMES, WHOLE, JsonFormat, RewrittenFormat
from checks.logs.formats.text_lines import ISO, OFFSET

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
    return with_fields(
        list(map(_with_plain_body, records)), logGroup=attributes.get(_GROUP), logStreamName=attributes.get(_STREAM)
    )


class _AnyValue(msgspec.Struct):
    stringValue: str | None = None  # noqa: N815
    boolValue: bool | None = None  # noqa: N815
    intValue: str | int | None = None  # noqa: N815
    doubleValue: float | None = None  # noqa: N815
    arrayValue: "_ArrayValue | None" = None  # noqa: N815
    kvlistValue: "_KeyValues | None" = None  # noqa: N815

    @property
    def plain(self) -> Any:
        """The value as JSON has it."""
        if self.kvlistValue:
            return {one.key: one.value.plain for one in self.kvlistValue.values}
        if self.arrayValue:
            return [one.plain for one in self.arrayValue.values]
        scalars = (self.stringValue, self.boolValue, self.intValue, self.doubleValue)
        return next((one for one in scalars if one is not None), None)


class _KeyValue(msgspec.Struct):
    key: str
    value: _AnyValue


class _KeyValues(msgspec.Struct):
    values: list[_KeyValue] = []


class _ArrayValue(msgspec.Struct):
    values: list[_AnyValue] = []


def _with_plain_body(record: msgspec.Raw) -> msgspec.Raw | bytes:
    """Return a record with the body that was logged, which OTLP takes apart if it was an object."""
    if b'"kvlistValue"' not in bytes(record):
        return record
    fields = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
    body = msgspec.json.decode(fields.get("body", b"{}"), type=_AnyValue).plain
    return msgspec.json.encode(fields | {"body": body})


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

_TAGGED: Final = re.compile(
    rb"^(?:\[\d+\] )?(?:(?P<text>%b)(?:\t[^\t\n]+\t| [\w.*-]+: )"
    rb"|[\w.*-]+: \[{1,2}(?P<number>\d{10}\.\d+)(?:, \{\}\])?, )"
    rb"\{(?P<fields>.*)\}\]?\r?$" % rf"{ISO}(?: {OFFSET})?".encode(),
    re.MULTILINE,
)

_BLOCK_BYTES: Final = 1 << 18


def _with_times(source: BinaryIO, target: BinaryIO) -> Iterator[str]:
    """Put the time that stands before a record into it."""
    while lines := source.readlines(_BLOCK_BYTES):
        target.write(_TAGGED.sub(_timed_record, b"".join(lines)))
    yield from ()


def _timed_record(line: re.Match[bytes]) -> bytes:
    time = line["number"] or b'"' + line["text"] + b'"'
    return b'{"timestamp":' + time + b"," * bool(line["fields"].strip()) + line["fields"] + b"}"


TAGGED_RECORDS: Final = RewrittenFormat(
    name="files and standard output of Fluentd and Fluent Bit, a time, a tag and a record a line",
    begins=_TAGGED.pattern.decode().removeprefix("^"),
    rewrite=_with_times,
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
    values: list[list[Any]]  # time, line, and where there are any, labels of the line
    stream: dict[str, str] = {}


class _LokiStreams(msgspec.Struct):
    result: list[_LokiStream]


class _LokiPush(msgspec.Struct):
    streams: list[_LokiStream]


class _LokiAnswer(msgspec.Struct):
    data: _LokiStreams


def _loki_events(value: msgspec.Raw | bytes) -> bytes:
    """Return the lines of a query of Loki's API, each with its time in nanoseconds."""
    return _of_loki(msgspec.json.decode(value, type=_LokiAnswer).data.result)


def _pushed_events(value: msgspec.Raw | bytes) -> bytes:
    return _of_loki(msgspec.json.decode(value, type=_LokiPush).streams)


def _of_loki(streams: Iterable[_LokiStream]) -> bytes:
    lines = chain.from_iterable(one.values for one in streams)
    return msgspec.json.Encoder().encode_lines({"timestamp": time, "message": line} for time, line, *_ in lines)


LOKI_ANSWER: Final = Envelope("answers of Loki's API", "resultType", _loki_events)

LOKI_PUSH: Final = Envelope("what is pushed to Loki's API", "streams", _pushed_events)

SEARCH_ANSWER: Final = Envelope("answers of Elasticsearch and OpenSearch", "hits", items_at("hits", "hits"))

SEARCH_HIT: Final = JsonFormat(
    name="documents of Elasticsearch and OpenSearch",
    matches="json_type(json, '$._source') = 'OBJECT'",
    event="json_extract(json, '$._source')",
    message=('$."@message"', "$.message", "$.log"),
    stream=('$."@log_stream"', *STREAMS),
    group=('$."@log_group"', *GROUPS),
    event_id=('$."@id"',),
)

SEARCH_FIELDS: Final = replace(
    SEARCH_HIT,
    name="fields of Elasticsearch and OpenSearch, each a list",
    matches="json_type(json, '$.fields') = 'OBJECT' AND json_type(json, '$.fields.\"@timestamp\"') = 'ARRAY'",
    event="json_extract(json, '$.fields')",
    message=('$."@message"[0]', "$.message[0]", "$.log[0]"),
    time=('$."@timestamp"[0]',),
    stream=('$."@log_stream"[0]',),
    group=('$."@log_group"[0]',),
    event_id=('$."@id"[0]',),
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
