"""The formats in which people have their logs. Each is a module; FORMATS is the registry."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from checks.logs.formats.aws_logs_tail import AWS_LOGS_TAIL
from checks.logs.formats.awslogs import AWSLOGS
from checks.logs.formats.chalice_logs import CHALICE_LOGS
from checks.logs.formats.console_csv import CONSOLE_CSV
from checks.logs.formats.conversion import Convert
from checks.logs.formats.csv_rows import CsvFormat, csv_converter
from checks.logs.formats.cw import CW
from checks.logs.formats.export_events import EXPORT_EVENTS
from checks.logs.formats.insights_results import INSIGHTS_CSV, INSIGHTS_ROWS, QUERY_RESULTS
from checks.logs.formats.json_records import JsonConverter, JsonFormat, begins_json
from checks.logs.formats.json_values import Envelope
from checks.logs.formats.lambda_records import FRAMED_MESSAGES, RECORDS, TELEMETRY
from checks.logs.formats.lambda_text import LAMBDA_TEXT
from checks.logs.formats.opentelemetry import OTEL_RECORDS, OTLP
from checks.logs.formats.sam_logs import SAM_LOGS
from checks.logs.formats.saw import SAW
from checks.logs.formats.serverless_logs import SERVERLESS_LOGS
from checks.logs.formats.shippers import FLUENT_BIT, LOKI, SPLUNK, VECTOR
from checks.logs.formats.subscription import SUBSCRIPTION
from checks.logs.formats.text_lines import TextFormat
from checks.logs.formats.timed_lines import TIMED_LINES

LogFormat: TypeAlias = JsonFormat | Envelope | CsvFormat | TextFormat

FORMATS: Final[Sequence[LogFormat]] = (
    EXPORT_EVENTS,
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
        return json.convert_lines if records else json.convert_values
    text = max((one for one in FORMATS if isinstance(one, TextFormat)), key=lambda one: one.votes(head))
    if records > text.votes(head):
        return json.convert_lines
    return text.convert if text.votes(head) else None
