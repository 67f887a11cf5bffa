"""JSON of CloudWatch: events of its APIs, rows of Logs Insights, and messages of subscription filters."""

from dataclasses import replace
from typing import Final

import msgspec

from checks.logs.formats.conversion import Envelope, with_fields
from checks.logs.formats.json_records import GROUPS, STREAMS, JsonFormat

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
