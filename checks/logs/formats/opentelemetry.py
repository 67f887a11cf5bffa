"""OpenTelemetry log records, as the collector's file exporter and the SDKs' console exporters write them."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

import msgspec

from checks.logs.formats.json_records import GROUPS, STREAMS, TIMES, JsonFormat
from checks.logs.formats.json_values import Envelope

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


def _events(value: msgspec.Raw | bytes) -> Iterable[bytes]:
    """Return the log records, with the group and stream that the collector's receiver for CloudWatch has noted."""
    for logs in msgspec.json.decode(value, type=_Export).resourceLogs:
        attributes = {one.key: one.value.get("stringValue") for one in (logs.resource or _OtlpResource()).attributes}
        place = {"logGroup": attributes.get(_GROUP), "logStreamName": attributes.get(_STREAM)}
        head = msgspec.json.encode(place)[:-1] + b","
        for record in chain.from_iterable(scope.logRecords for scope in logs.scopeLogs):
            yield head + bytes(record).lstrip()[1:]


_TIMES: Final = ("$.timeUnixNano", "$.observedTimeUnixNano", *TIMES, "$.observed_timestamp", "$.ObservedTimestamp")

OTLP: Final = Envelope("OpenTelemetry's `resourceLogs`", "resourceLogs", _events)

OTEL_RECORDS: Final = JsonFormat(
    name="OpenTelemetry log records",
    matches="list_has_any(keys, ['body', 'Body']) AND NOT list_has_any(keys, ['message', 'msg'])",
    time=_TIMES,
    message=("$.body.stringValue", "$.body", "$.Body.stringValue", "$.Body"),
    stream=STREAMS,
    group=GROUPS,
)
