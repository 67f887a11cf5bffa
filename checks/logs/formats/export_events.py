"""Events as the APIs of CloudWatch Logs give them: `filter-log-events`, `get-log-events`, and JSON Lines of such."""

from typing import Final

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
