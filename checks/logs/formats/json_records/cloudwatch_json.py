"""JSON and YAML of CloudWatch: events of its APIs, rows of Logs Insights, and messages of subscription filters."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import msgspec
import yaml

from checks.logs.formats.conversion import Envelope, items_at, with_fields
from checks.logs.formats.json_records import GROUPS, STREAMS, JsonFormat, RewrittenFormat

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

PAIRS: Final = JsonFormat(
    name="`--query 'events[].[timestamp,message]'`",
    matches="json_array_length(json) = 2 AND regexp_matches(json::VARCHAR, '^\\[\\s*1\\d{12}\\s*,\\s*\"')",
    event="json_object('timestamp', json -> 0, 'message', json -> 1)",
    time=("$.timestamp",),
)

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

PAGES: Final = Envelope("pages of events in a list, as scripts collect them", "events", items_at("events"))

QUERIES: Final = Envelope("results of several queries in a list", "results", items_at("results"))

LIVE_TAIL: Final = Envelope(
    "updates of a Live Tail session", "sessionUpdate", items_at("sessionUpdate", "sessionResults")
)

LIVE_TAIL_START: Final = Envelope("the start of a Live Tail session", "sessionStart", lambda _: b"")


class _LambdaData(msgspec.Struct):
    data: bytes  # base64 in JSON


class _LambdaEvent(msgspec.Struct):
    awslogs: _LambdaData


class _KinesisRecord(msgspec.Struct):
    kinesis: _LambdaData | None = None
    Data: bytes = b""


class _KinesisRecords(msgspec.Struct):
    Records: list[_KinesisRecord]


class _FirehoseRecords(msgspec.Struct):
    records: list[_LambdaData]


_MOST_BYTES_OF_RECORD: Final = 1 << 26
"""Unpacked; CloudWatch sends less than 1 MiB, packed."""


def _packed_events(data: bytes) -> bytes:
    """Return the events of a message that is packed with gzip, or is not."""
    try:
        return _subscription_events(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MOST_BYTES_OF_RECORD))
    except zlib.error:
        return _subscription_events(data)


def _lambda_events(value: msgspec.Raw | bytes) -> bytes:
    return _packed_events(msgspec.json.decode(value, type=_LambdaEvent).awslogs.data)


def _kinesis_events(value: msgspec.Raw | bytes) -> bytes:
    records = msgspec.json.decode(value, type=_KinesisRecords).Records
    return b"".join(_packed_events(one.kinesis.data if one.kinesis else one.Data) for one in records)


def _firehose_events(value: msgspec.Raw | bytes) -> bytes:
    return b"".join(_packed_events(one.data) for one in msgspec.json.decode(value, type=_FirehoseRecords).records)


LAMBDA_EVENT: Final = Envelope("the event of a Lambda function that a subscription calls", "awslogs", _lambda_events)

KINESIS: Final = Envelope("records of a Kinesis stream with a subscription's messages", "Records", _kinesis_events)

FIREHOSE: Final = Envelope("records that Firehose has transformed or posted", "records", _firehose_events)


_IS_SCALAR_OF_JSON: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false|null")


class _JsonWriter:
    """Writes the nodes of a YAML text as JSON, one after the other."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._open: list[str] = []
        self._counts = [0]

    def node(self, text: str) -> None:
        """Write a scalar, or what opens a collection; which stands behind a key, another item, or nothing."""
        count = self._counts[-1]
        self._counts[-1] += 1
        is_value = bool(self._open) and self._open[-1] == "}" and count % 2
        between = ":" if is_value else "," if count and self._open else ""
        self._target.write(f"{between}{text}".encode())

    def open(self, brackets: str) -> None:
        """Begin a list, `[]`, or an object, `{}`."""
        self.node(brackets[0])
        self._open.append(brackets[1])
        self._counts.append(0)

    def close(self) -> None:
        """End what was begun last; behind an item, which others may follow, the line ends."""
        self._counts.pop()
        self._target.write(self._open.pop().encode() + b"\n")

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Write a scalar; a key is always a text."""
        is_key = bool(self._open) and self._open[-1] == "}" and not self._counts[-1] % 2
        is_plain = event.implicit[0] and not is_key and _IS_SCALAR_OF_JSON.fullmatch(event.value)
        self.node(event.value if is_plain else msgspec.json.encode(event.value).decode())


def _yaml_as_json(source: BinaryIO, target: BinaryIO) -> Iterator[str]:
    writer = _JsonWriter(target)
    line = 0
    try:
        for event in yaml.parse(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else line
            match event:
                case yaml.ScalarEvent():
                    writer.scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    writer.open("{}" if isinstance(event, yaml.MappingStartEvent) else "[]")
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    writer.close()
                case yaml.AliasEvent():  # the AWS CLI writes none, and a few can stand for endless text
                    yield f"the YAML has an alias at line {line}, which is not followed"
                    return
    except yaml.YAMLError:
        yield f"the YAML breaks off, or is none, at line {line}"


YAML: Final = RewrittenFormat(
    name="`aws logs … --output yaml`",
    begins=(
        r"(?:- )?(?:events|results):(?: \[\])?$|- - field: "
        r"|(?:  )?- (?:eventId|ingestionTime|logStreamName|message|timestamp): "
    ),
    rewrite=_yaml_as_json,
)
