"""The formats in which people have their logs. Each is a constant with its sniffing; FORMATS is the registry."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from checks.logs.formats.cloudwatch_json import (
    EXPORT_EVENTS,
    INSIGHTS_ROWS,
    POWERSHELL_EVENTS,
    QUERY_RESULTS,
    SUBSCRIPTION,
)
from checks.logs.formats.conversion import Convert, Envelope
from checks.logs.formats.csv_rows import CONSOLE_CSV, INSIGHTS_CSV, CsvFormat, csv_converter
from checks.logs.formats.json_records import JsonConverter, JsonFormat, begins_json, begins_list
from checks.logs.formats.log_records import (
    DATADOG,
    FLUENT_BIT,
    FRAMED_MESSAGES,
    JOURNAL,
    LOKI,
    LOKI_ANSWER,
    OTEL_RECORDS,
    OTLP,
    RECORDS,
    SEARCH_ANSWER,
    SEARCH_HIT,
    SPLUNK,
    TELEMETRY,
    VECTOR,
)
from checks.logs.formats.text_lines import TextFormat
from checks.logs.formats.tool_text import (
    AWS_LOGS_TAIL,
    AWSLOGS,
    CHALICE_LOGS,
    CONTAINER_LINES,
    CW,
    EPOCH_LINES,
    LAMBDA_TEXT,
    OUTPUT_TEXT,
    SAM_LOGS,
    SAW,
    SERVERLESS_LOGS,
    SYSLOG,
    TIMED_LINES,
)

LogFormat: TypeAlias = JsonFormat | Envelope | CsvFormat | TextFormat

FORMATS: Final[Sequence[LogFormat]] = (
    EXPORT_EVENTS,
    POWERSHELL_EVENTS,
    QUERY_RESULTS,
    INSIGHTS_ROWS,
    INSIGHTS_CSV,
    CONSOLE_CSV,
    SUBSCRIPTION,
    OTLP,
    OTEL_RECORDS,
    TELEMETRY,
    VECTOR,
    FLUENT_BIT,
    SPLUNK,
    LOKI,
    LOKI_ANSWER,
    SEARCH_ANSWER,
    SEARCH_HIT,
    DATADOG,
    JOURNAL,
    FRAMED_MESSAGES,
    RECORDS,
    AWS_LOGS_TAIL,
    SAM_LOGS,
    AWSLOGS,
    SAW,
    CW,
    SERVERLESS_LOGS,
    CHALICE_LOGS,
    TIMED_LINES,
    EPOCH_LINES,
    OUTPUT_TEXT,
    SYSLOG,
    CONTAINER_LINES,
    LAMBDA_TEXT,
)
"""All formats. Of several that fit, the first is taken; a format of your own is a line here."""


def converter(head: str) -> Convert | None:
    """Return what converts a file that begins like this; None where no line is of a format that is known.

    Args:
        head: The first lines of the file, or later ones where these show no format.
    """
    rows = csv_converter(head, [one for one in FORMATS if isinstance(one, CsvFormat)])
    if rows:
        return rows.convert
    json = JsonConverter(
        [one for one in FORMATS if isinstance(one, JsonFormat)], [one for one in FORMATS if isinstance(one, Envelope)]
    )
    records = json.count_records(head)
    if begins_json(head):
        return json.convert_lines if records and not begins_list(head) else json.convert_values
    text = max((one for one in FORMATS if isinstance(one, TextFormat)), key=lambda one: one.votes(head))
    if records > text.votes(head):
        return json.convert_lines
    return text.convert if text.votes(head) else None
