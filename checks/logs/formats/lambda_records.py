"""JSON log records: as applications and Lambda write them, and as Lambda's Telemetry API hands them on."""

from typing import Final

from checks.logs.formats.json_records import WHOLE, JsonFormat

TELEMETRY: Final = JsonFormat(
    name="events of Lambda's Telemetry API",
    matches="list_has_all(keys, ['time', 'type', 'record']) AND json ->> '$.type' IN ('function', 'extension')",
    message=("$.record",),
    time=("$.time",),
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
