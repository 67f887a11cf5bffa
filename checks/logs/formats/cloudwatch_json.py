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
    messageType: str  # noqa: N815 -- the key of the JSON object
    logEvents: list[msgspec.Raw]  # noqa: N815
    logGroup: str | None = None  # noqa: N815
    logStream: str | None = None  # noqa: N815


def _subscription_events(value: msgspec.Raw | bytes) -> bytes:
    """Return the events, each with its group and stream; control messages hold none of the log's."""
    message = msgspec.json.decode(value, type=_SubscriptionMessage)
    if message.messageType == "CONTROL_MESSAGE":
        return b""
    return with_fields(message.logEvents, log_group=message.logGroup, log_stream=message.logStream)


SUBSCRIPTION: Final = Envelope(
    "messages of a subscription filter, as Firehose writes them", "logEvents", _subscription_events
)
