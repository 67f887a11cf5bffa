"""Rows of CloudWatch Logs Insights: of `get-query-results`, and as the console exports them."""

from dataclasses import replace
from typing import Final

from checks.logs.formats.csv_rows import CsvFormat
from checks.logs.formats.json_records import JsonFormat
from checks.logs.formats.json_values import MOST_ROWS

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

INSIGHTS_CSV: Final = CsvFormat(
    name="CSV of Logs Insights with @timestamp and @message",
    columns={
        "timestamp": ("@timestamp",),
        "message": ("@message",),
        "logStreamName": ("@logstream",),
        "logGroup": ("@log",),
        "eventId": ("@ptr",),
        "ingestionTime": ("@ingestiontime",),
        "requestId": ("@requestid",),
    },
    most_rows=MOST_ROWS,
)
