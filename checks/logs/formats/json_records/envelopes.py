"""Envelopes: JSON formats that wrap several events into one value, and how the events are extracted."""

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Annotated, Any, Final, TypeAlias

import msgspec

_Value: TypeAlias = bytes | msgspec.Raw
LINE_BREAKS: Final = b"\r\n"
"""Line breaks between the tokens of JSON; within a string they would be escaped."""


class Envelope(msgspec.Struct, frozen=True):
    """A JSON format that wraps several events into one value.

    Attributes:
        name: Its display name, shown if a file's format is not known.
        key: A key that no other value has.
        events: Returns the events of a value, each as a JSON object on a line of its own, with the fields that the
            envelope has for all of them; raises msgspec.DecodeError if the value is something else.
    """

    name: str
    key: str
    events: Callable[[_Value], bytes]

    @property
    def mark(self) -> bytes:
        """The key as it stands in JSON; in a string, its quotation marks would be escaped."""
        return f'"{self.key}"'.encode()


def _on_lines(events: Sequence[_Value], **fields: str | None) -> bytes:
    """Write JSON objects on a line each, with common fields before their own."""
    head = msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
    lines = b"\0".join(events).translate(None, LINE_BREAKS)
    common = head[:-1] + b"," if len(head) > len(b"{}") else b"{"
    return (b"\0" + lines).replace(b"\0{", b"\n" + common).replace(b"\0", b"\n")[1:] + b"\n" if lines else b""


_OF_AN_EVENT: Final = {"timestamp", "time", "@timestamp", "message", "msg", "level"}


def _list_at(value: _Value, *path: str) -> list[msgspec.Raw]:
    """The items of the list at this path of keys in a value.

    A value with the keys of an event is a single event, and the list is part of it.
    """
    for key in path:
        fields = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
        if key not in fields or fields.keys() & _OF_AN_EVENT:
            raise msgspec.DecodeError(key)
        value = fields[key]
    return msgspec.json.decode(value, type=list[msgspec.Raw])


def _items_at(*path: str) -> Callable[[_Value], bytes]:
    """Return a function that extracts the items of the list at this path of keys in a value."""
    return lambda value: _on_lines(_list_at(value, *path))


class _SubscriptionMessage(msgspec.Struct, rename="camel"):
    log_events: list[msgspec.Raw]
    message_type: str | None = None
    log_group: str | None = None
    log_stream: str | None = None
    log_group_name: str | None = None  # as `aws logs put-log-events` names it
    log_stream_name: str | None = None


def _subscription_events(value: _Value) -> bytes:
    """Return the events, each with its group and stream; control messages hold no log events."""
    message = msgspec.json.decode(value, type=_SubscriptionMessage)
    if message.message_type == "CONTROL_MESSAGE":
        return b""
    group, stream = message.log_group or message.log_group_name, message.log_stream or message.log_stream_name
    return _on_lines(message.log_events, log_group=group, log_stream=stream)


_MOST_BYTES_OF_RECORD: Final = 1 << 26
"""The most bytes of an unpacked record; CloudWatch sends less than 1 MiB, packed."""


def _packed_events(messages: Iterable[bytes]) -> bytes:
    """Return the events of messages, each of which may be compressed with gzip."""
    return b"".join(_subscription_events(_unpacked(one)) for one in messages)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MOST_BYTES_OF_RECORD)
    except zlib.error:
        return data


class _Data(msgspec.Struct):
    data: bytes  # base64 in JSON


class _LambdaEvent(msgspec.Struct):
    awslogs: _Data


class _KinesisRecord(msgspec.Struct):
    kinesis: _Data | None = None
    Data: bytes = b""


class _KinesisRecords(msgspec.Struct):
    Records: list[_KinesisRecord]


class _FirehoseRecords(msgspec.Struct):
    records: list[_Data]


class _FirehoseFailure(msgspec.Struct, rename="camel"):
    raw_data: bytes


def _lambda_events(value: _Value) -> bytes:
    return _packed_events([msgspec.json.decode(value, type=_LambdaEvent).awslogs.data])


def _kinesis_events(value: _Value) -> bytes:
    records = msgspec.json.decode(value, type=_KinesisRecords).Records
    return _packed_events(one.kinesis.data if one.kinesis else one.Data for one in records)


def _firehose_events(value: _Value) -> bytes:
    return _packed_events(one.data for one in msgspec.json.decode(value, type=_FirehoseRecords).records)


def _failed_events(value: _Value) -> bytes:
    return _packed_events([msgspec.json.decode(value, type=_FirehoseFailure).raw_data])


class _KeyValue(msgspec.Struct):
    key: str
    value: dict[str, Any]


class _OtlpResource(msgspec.Struct):
    attributes: list[_KeyValue] = []


class _ScopeLogs(msgspec.Struct, rename="camel"):
    log_records: list[msgspec.Raw] = []


class _ResourceLogs(msgspec.Struct, rename="camel"):
    scope_logs: list[_ScopeLogs] = []
    resource: _OtlpResource | None = None


class _Export(msgspec.Struct, rename="camel"):
    resource_logs: list[_ResourceLogs]


def _otlp_events(value: _Value) -> bytes:
    """Return the log records, with the group and stream that the collector's CloudWatch receiver has noted."""
    return b"".join(map(_of_resource, msgspec.json.decode(value, type=_Export).resource_logs))


def _of_resource(logs: _ResourceLogs) -> bytes:
    noted = {one.key: one.value.get("stringValue") for one in (logs.resource or _OtlpResource()).attributes}
    records = chain.from_iterable(scope.log_records for scope in logs.scope_logs)
    return _on_lines(
        list(map(_with_plain_body, records)),
        logGroup=noted.get("cloudwatch.log.group.name"),
        logStreamName=noted.get("cloudwatch.log.stream"),
    )


_HAS_OWN_ATTRIBUTES: Final = re.compile(rb'"key"\s*:\s*"(?i:\w*conn\w*_?id|exception\.type)"')


def _with_plain_body(record: msgspec.Raw) -> _Value:
    """Return a record with its body and attributes as they were logged: OTLP splits objects into lists of pairs."""
    has_attributes = _HAS_OWN_ATTRIBUTES.search(bytes(record))
    if not has_attributes and b'"kvlistValue"' not in bytes(record):
        return record
    fields = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
    plain = {"body": _plain(msgspec.json.decode(fields.get("body", b"{}")))}
    if has_attributes:
        plain["attributes"] = _plain({"kvlistValue": {"values": msgspec.json.decode(fields.get("attributes", b"[]"))}})
    return msgspec.json.encode(fields | plain)


def _plain(value: Any) -> Any:
    """The plain JSON of a value that OTLP labels with its type."""
    match value:
        case {"kvlistValue": {"values": [*pairs]}}:
            return {str(one.get("key")): _plain(one.get("value")) for one in pairs if isinstance(one, dict)}
        case {"arrayValue": {"values": [*values]}}:
            return [_plain(one) for one in values]
        case {"stringValue": scalar} | {"boolValue": scalar} | {"intValue": scalar} | {"doubleValue": scalar}:
            return scalar
    return None


class _LokiStream(msgspec.Struct):
    values: list[Annotated[list[Any], msgspec.Meta(min_length=2)]]  # time, line, and perhaps labels of the line


def _loki_events(value: _Value, *path: str) -> bytes:
    """Return the lines of the streams listed at this path of keys, each with its time in nanoseconds."""
    streams = [msgspec.json.decode(one, type=_LokiStream) for one in _list_at(value, *path)]
    lines = chain.from_iterable(one.values for one in streams)
    return msgspec.json.Encoder().encode_lines({"timestamp": time, "message": line} for time, line, *_ in lines)


ENVELOPES: Final = (
    Envelope("messages of a subscription filter, as Firehose writes them", "logEvents", _subscription_events),
    Envelope("the event of a Lambda function that a subscription calls", "awslogs", _lambda_events),
    Envelope("records of a Kinesis stream with a subscription's messages", "Records", _kinesis_events),
    Envelope("records that Firehose has transformed or posted", "records", _firehose_events),
    Envelope("answers of Dynatrace's queries", "records", _items_at("result", "records")),
    Envelope("records that Firehose could not transform or deliver", "rawData", _failed_events),
    Envelope("updates of a Live Tail session", "sessionUpdate", _items_at("sessionUpdate", "sessionResults")),
    Envelope("the start of a Live Tail session", "sessionStart", lambda _: b""),
    Envelope("pages of events in a list, as scripts collect them", "events", _items_at("events")),
    Envelope("answers that the AWS Tools for PowerShell give to ConvertTo-Json", "Events", _items_at("Events")),
    Envelope("results of several queries in a list", "results", _items_at("results")),
    Envelope("OpenTelemetry's `resourceLogs`", "resourceLogs", _otlp_events),
    Envelope("answers of Loki's API", "resultType", lambda value: _loki_events(value, "data", "result")),
    Envelope("what is pushed to Loki's API", "streams", lambda value: _loki_events(value, "streams")),
    Envelope("answers of Elasticsearch and OpenSearch", "hits", _items_at("hits", "hits")),
)
"""The envelopes in the order in which they are tried; the first whose key is in a value, and that can read it, wins."""
