"""The formats in which people have their logs. Each is a constant with its sniffing; FORMATS is the registry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from checks.logs.formats.conversion import Convert, Envelope
from checks.logs.formats.json_formats import (
    DATADOG,
    EXPORT_EVENTS,
    FLUENT_BIT,
    FRAMED_MESSAGES,
    INSIGHTS_ROWS,
    JOURNAL,
    LOKI,
    LOKI_ANSWER,
    OTEL_RECORDS,
    OTLP,
    POWERSHELL_EVENTS,
    QUERY_RESULTS,
    RECORDS,
    SEARCH_ANSWER,
    SEARCH_HIT,
    SPLUNK,
    SUBSCRIPTION,
    TELEMETRY,
    VECTOR,
)
from checks.logs.formats.json_records import JsonConverter, JsonFormat, begins_json, begins_list
from checks.logs.formats.tables import CONSOLE_CSV, INSIGHTS_CSV, CsvFormat, csv_converter
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
    complaint = f"holds no event in a format that is known; known are: {known}; Parquet"
    is_like_a_log = False
    with plain.open(encoding="utf-8", newline="\n") as lines:
        head = part = lines.read(_HEAD_CHARACTERS)
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
