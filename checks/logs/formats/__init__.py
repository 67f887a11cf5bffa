"""The formats in which people have their logs: text as tools print it, and the registry of all formats, FORMATS."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
from checks.logs.formats.text_lines import (
    CLOCK,
    DATE,
    GROUP,
    ISO,
    OFFSET,
    PREFIX,
    STREAM,
    UUID,
    Groups,
    TextFormat,
)

AWS_LOGS_TAIL: Final = TextFormat(
    name="`aws logs tail`",
    # always a stream, whatever its name; but a word is none
    begins=rf"(?P<time>{DATE}T{CLOCK}\+00:00) (?P<stream>(?=\S*[\d/_.-])(?!\[[A-Z])\S+)(?: |$)",
)
"""`aws logs tail`: its own format, and `--format json`, which spreads JSON messages over several lines."""

SAM_LOGS: Final = TextFormat(
    name="`sam logs`", begins=rf"(?P<stream>{STREAM}) (?P<time>{DATE}T{CLOCK}(?:Z|{OFFSET})?) "
)
"""`sam logs`: the stream, a time in UTC, and the message."""

_AWSLOGS_TIME: Final = rf"{DATE}T[\d:]{{8}}\.\d{{3}}Z"

AWSLOGS: Final = TextFormat(
    name="`awslogs get`",
    # streams are padded to the same length; a second time is that of the ingestion
    begins=(
        rf"(?:(?P<group>{GROUP}) +)?(?P<stream>{STREAM}) +"
        rf"(?:(?P<time>{_AWSLOGS_TIME})(?: {_AWSLOGS_TIME})? |{PREFIX})?"
    ),
)
"""`awslogs get`: group, stream and time before each message, all of them optional."""

SAW: Final = TextFormat(name="`saw watch`", begins=rf"\[(?P<time>{ISO})\] \((?P<stream>[^)\n]+)\) ")
"""`saw watch` and `saw get --pretty`: time and stream, each in brackets."""

_CW_TIME: Final = rf"(?P<time>{DATE}T\d\d:\d\d:\d\d(?:Z|{OFFSET})?) - "
_CW_NAMES: Final = rf"(?:(?P<group>{GROUP}) - )?(?P<stream>{STREAM}) - "
_CW_EVENT_ID: Final = r"(?:(?P<event_id>\d{56}) - )?"

CW: Final = TextFormat(name="`cw tail`", begins=rf"(?:{_CW_TIME})?(?:{_CW_NAMES})?{_CW_EVENT_ID}(?<= - )(?:{PREFIX})?")
"""`cw tail`: time, group, stream and event id, each optional and followed by a dash."""

_SLS_TIME: Final = rf"(?P<date>{DATE}) (?P<clock>{CLOCK})(?: \((?P<zone>{OFFSET})\))?"

_SLS_LEVEL: Final = r"\[[A-Za-z]+\]\t"


def _restored(groups: Groups, message: str) -> tuple[str | None, str]:
    """Put Lambda's own lines together again: its prefix begins with the level in Python, with the time in Node."""
    if groups["platform"]:
        rest = message.removeprefix("- ")
        between = "\t" if groups["platform"] == "REPORT" else " "
        return None, f"{groups['platform']} RequestId: {groups['of']}{between}{rest}".rstrip(" ")
    time = _in_utc(f"{groups['date']}T{groups['clock']}{groups['zone'] or 'Z'}")
    level = groups["level"] or groups["level_above"] or ""
    return time, f"{level}{time}\t{groups['request']}\t{message}"


def _in_utc(time: str) -> str:
    """Write a time as Lambda does; one that the calendar does not have stays as it is."""
    try:
        return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return time


SERVERLESS_LOGS: Final = TextFormat(
    name="`sls logs`",
    # from version 4 on, the message stands on a line of its own
    begins=(
        rf"(?:{_SLS_TIME}(?:\t| - )(?P<request>{UUID})"
        rf"(?:\t(?P<level>{_SLS_LEVEL})?| - ?(?P<level_above>{_SLS_LEVEL})?\n)"
        rf"|(?P<platform>START|END|REPORT) - (?P<of>{UUID})\s*?(?: |\n(?=Duration)|$))"
    ),
    is_bare=True,
    restore=_restored,
)
"""`sls logs` of the Serverless Framework: it takes Lambda's own prefix apart and prints the time as people read it."""

CHALICE_LOGS: Final = TextFormat(
    name="`chalice logs`", begins=rf"(?P<time>{DATE} {CLOCK}(?:\+00:00)?) (?P<stream>[0-9a-f]{{6}}) "
)
"""`chalice logs`: a time in UTC and the beginning of the stream's id."""

_ANY_DATE: Final = rf"(?:{DATE}|\d{{4}}/\d\d/\d\d)"
_ZONE: Final = r"(?:UTC|GMT|[A-Z]{1,3}[SD]T|[CEW]ET|MSK|ICT|SGT|HKT|WIB)\b"

_CONTAINER: Final = r"(?:[\w.-]+ +\| |\[pod/\S+\] )"

TIMED_LINES: Final = TextFormat(
    name="text lines that begin with a time, such as an S3 export",
    begins=(
        rf"(?:{_CONTAINER}|[\w.-]+ [\w.-]+ (?={DATE}T\S+Z ))?"
        rf"\[?(?P<time>{_ANY_DATE}[T ]{CLOCK}(?:Z| ?\(?{OFFSET}\)?(?: {_ZONE})?| {_ZONE})?)\]?"
        r"(?: (?:std(?:out|err) [FP] )?|$)"
    ),
)
"""Lines that begin with a time: S3 exports, `aws logs tail --format short`, `docker logs -t`, `stern`, many loggers."""

EPOCH_LINES: Final = TextFormat(
    name="text lines that begin with a time in milliseconds, as `--output text` and `jq -r` write them",
    begins=r"(?P<time>1[0-9]{12})[\t ]",
)
"""Lines that begin with a time of the epoch: `--query 'events[].[timestamp,message]' --output text`."""

CONTAINER_LINES: Final = TextFormat(
    name="`docker compose logs` and `kubectl logs --prefix`", begins=rf"{_CONTAINER}(?:{PREFIX})?"
)
"""Lines behind the name of a container, which tell the time themselves."""

SYSLOG: Final = TextFormat(
    name="syslog by RFC 5424",
    begins=rf"<\d{{1,3}}>1 (?P<time>{ISO}) \S+ \S+ \S+ \S+ (?:-|\[[^\]\n]*\])(?: |$)",
)
"""Syslog: priority, version, time, host, application, process, kind and data before each message."""


def _of_output_text(groups: Groups, message: str) -> tuple[str | None, str]:
    """Take the time from behind the message."""
    text, _, time = message.rstrip().rpartition("\t")
    return (time, text) if groups["stored"] else (None, message)


OUTPUT_TEXT: Final = TextFormat(
    name="`aws logs … --output text`",
    begins=r"EVENTS\t(?:(?P<event_id>\d{56})\t)?(?P<stored>\d{13})\t(?:(?P<stream>\S*/\S*|\S{32})\t)?",
    restore=_of_output_text,
)
"""`filter-log-events` and `get-log-events` with `--output text`: fields in the order of their names, the time last."""

LAMBDA_TEXT: Final = TextFormat(name="text lines with Lambda's own prefix", begins=PREFIX, is_bare=True)
"""Lambda's own lines, as `saw get`, `docker logs` or a copy from the console leave them: each may tell its time."""

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
    complaint = f"contains no event in a known format; known formats: {known}; Parquet"
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
