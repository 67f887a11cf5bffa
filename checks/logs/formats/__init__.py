"""The formats in which people have their logs. Each is a constant with its sniffing; FORMATS is the registry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from checks.logs.formats.conversion import MOST_ROWS, Convert, Envelope
from checks.logs.formats.json_records import JsonConverter, JsonFormat, RewrittenFormat, begins_json, begins_list
from checks.logs.formats.json_records.cloudwatch_json import (
    EXPORT_EVENTS,
    FIREHOSE,
    INSIGHTS_ROWS,
    KINESIS,
    LAMBDA_EVENT,
    LIVE_TAIL,
    LIVE_TAIL_START,
    PAGES,
    PAIRS,
    POWERSHELL_EVENTS,
    QUERIES,
    QUERY_RESULTS,
    SUBSCRIPTION,
    YAML,
)
from checks.logs.formats.json_records.log_records import (
    DATADOG,
    FLUENT_BIT,
    FRAMED_MESSAGES,
    JOURNAL,
    LOKI,
    LOKI_ANSWER,
    LOKI_PUSH,
    OTEL_RECORDS,
    OTLP,
    RECORDS,
    SEARCH_ANSWER,
    SEARCH_FIELDS,
    SEARCH_HIT,
    SPLUNK,
    TAGGED_RECORDS,
    TELEMETRY,
    VECTOR,
)
from checks.logs.formats.tables import CsvFormat, csv_converter
from checks.logs.formats.text_lines import TextFormat
from checks.logs.formats.text_lines.tool_text import (
    ACCESS_LOG,
    AWS_LOGS_TAIL,
    AWSLOGS,
    CHALICE_LOGS,
    CONTAINER_LINES,
    COPIED_ROWS,
    CW,
    EPOCH_LINES,
    INSIGHTS_TEXT,
    LAMBDA_TEXT,
    LOGFMT,
    MARKDOWN_ROWS,
    MESSAGES_JSON,
    OUTPUT_TEXT,
    SAM_LOGS,
    SAW,
    SERVERLESS_LOGS,
    SYSLOG,
    TIMED_LINES,
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

CSV_WITHOUT_HEADER: Final = CsvFormat(
    name="CSV that `jq -r '[.timestamp,.message]|@csv'` makes of events",
    columns={"timestamp": (), "message": ()},
    first_row=r'"?(?:1\d{12}|\d{4}-\d\d-\d\dT[\d:.]+Z?)"?,"',
)

CONSOLE_CSV: Final = CsvFormat(
    name="CSV with the columns timestamp and message, as the CloudWatch console exports",
    columns={
        "timestamp": (
            *("timestamp", "time", "@timestamp", "_time", "ts", "datetime", "date"),
            *("event_time", "eventtime", "eventtimestamp", "_messagetime", "timegenerated"),
        ),
        "message": ("message", "@message", "_raw", "log", "line", "msg", "content", "event_message", "log_message"),
        "logStreamName": ("logstreamname", "logstream", "log stream name", "log_stream", "log_stream_name"),
        "logGroup": ("loggroup", "loggroupname", "log group name", "log_group", "log_group_name"),
        "eventId": ("eventid",),
        "ingestionTime": ("ingestiontime", "ingestion time"),
    },
)

LogFormat: TypeAlias = JsonFormat | Envelope | RewrittenFormat | CsvFormat | TextFormat

FORMATS: Final[Sequence[LogFormat]] = (
    EXPORT_EVENTS,
    POWERSHELL_EVENTS,
    PAIRS,
    QUERY_RESULTS,
    INSIGHTS_ROWS,
    INSIGHTS_CSV,
    CONSOLE_CSV,
    CSV_WITHOUT_HEADER,
    SUBSCRIPTION,
    LAMBDA_EVENT,
    KINESIS,
    FIREHOSE,
    LIVE_TAIL,
    LIVE_TAIL_START,
    PAGES,
    QUERIES,
    YAML,
    OTLP,
    OTEL_RECORDS,
    TELEMETRY,
    VECTOR,
    FLUENT_BIT,
    TAGGED_RECORDS,
    SPLUNK,
    LOKI,
    LOKI_ANSWER,
    LOKI_PUSH,
    SEARCH_ANSWER,
    SEARCH_HIT,
    SEARCH_FIELDS,
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
    COPIED_ROWS,
    TIMED_LINES,
    EPOCH_LINES,
    OUTPUT_TEXT,
    INSIGHTS_TEXT,
    MARKDOWN_ROWS,
    SYSLOG,
    CONTAINER_LINES,
    LOGFMT,
    LAMBDA_TEXT,
    MESSAGES_JSON,
    ACCESS_LOG,
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
        is_one_a_line = records and not begins_list(head) and not json.holds_envelope(head)
        return json.convert_lines if is_one_a_line else json.convert_values
    lines = max(
        (one for one in FORMATS if isinstance(one, TextFormat | RewrittenFormat)), key=lambda one: one.votes(head)
    )
    votes = lines.votes(head)
    if records > votes:
        return json.convert_lines
    if isinstance(lines, RewrittenFormat):
        return partial(json.convert_rewritten, lines) if votes else None
    return lines.convert if votes else None


_UNREADABLE: Final = {
    r"\A\s*(?:-{9,}|\+-+\+)\s*\n\s*\|": "is a table for people, as `--output table` prints it: use `--output json`",
    r"\A\s*(?i:<!doctype html|<html|<table|<body)": "is HTML: copy the text of the page, or export the logs as CSV",
    r"\A\s*[\[{]\s*(?:\{\s*)?'\w+': ": "is what Python prints of its objects: write it with json.dumps",
    r"\A\s*[\[{]\s*(?:\{\s*)?\w+: ": "is what Node.js prints of its objects: write it with JSON.stringify",
    r"\A\s*[\w+/]{99,}={0,2}\s*\Z": "is base64: decode it first, as `base64 -d` does",
}
"""How a file begins of a kind that holds logs, and can't be read for certain: what it is, and what to do."""


def _known_complaint(head: str) -> str | None:
    """Say why a file that begins like this can't be read; None where it is of no such kind."""
    return next((complaint for pattern, complaint in _UNREADABLE.items() if re.search(pattern, head)), None)


_HEAD_CHARACTERS: Final = 1 << 16

_LIKE_A_LOG: Final = re.compile(
    r"\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|\b1[5-9]\d{8}(?:\d{3})?\b|RequestId|GoneException|connection_?id"
    r"|\b(?:INFO|ERROR|WARN|WARNING|DEBUG)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the first lines of a file tell that show anything.

    Attributes:
        convert: Converts a file of this format; None where it is of none.
        complaint: What is wrong with the file where it is of none.
        is_like_a_log: Whether it holds text as logs do.
    """

    convert: Convert | None
    complaint: str
    is_like_a_log: bool


def sniff(plain: Path) -> Beginning:
    """Find the format of a plain file by its first lines that show any."""
    known = "; ".join(one.name for one in FORMATS)
    complaint = f"contains no event in a known format; known formats: {known}; Parquet"
    is_like_a_log = False
    with plain.open(encoding="utf-8", newline="\n") as lines:
        head = part = lines.read(_HEAD_CHARACTERS)
        if unreadable := _known_complaint(head):
            complaint, is_like_a_log = unreadable, True
        if not head.strip() and not lines.read(1):
            return Beginning(None, "is empty", is_like_a_log=False)
        if "\0" in head or head.count("\ufffd") > len(head) / 10:
            return Beginning(None, "is binary; logs are text", is_like_a_log=False)
        while part:
            part += lines.readline(_HEAD_CHARACTERS)  # so that each part begins with a line
            is_like_a_log = is_like_a_log or bool(_LIKE_A_LOG.search(part))
            if convert := converter(part):
                return Beginning(convert, complaint, is_like_a_log)
            part = lines.read(_HEAD_CHARACTERS)
    return Beginning(None, complaint, is_like_a_log)
