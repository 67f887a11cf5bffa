"""Text that command-line tools print before each message, and Lambda's own lines where none does."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from checks.logs.formats.text_lines import (
    CLOCK,
    DATE,
    GROUP,
    ISO,
    OFFSET,
    PLATFORM_LINE,
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

_CONTAINER: Final = r"(?:[\w.-]+ +\| |\[pod/\S+\] |[\w.-]+/[\w.-]+\[[\w.-]+\]: )"

_HEADING: Final = r"(?i:(?:#\t)?@?time(?:stamp)?\t(?:[@\w ]+\t)?@?message)"
"""Of a table that was copied from the console."""

COPIED_ROWS: Final = TextFormat(
    name="rows that were copied from the console, a time and a message in two columns or lines",
    # Lambda's own prefix in Node.js is a time and a tab as well
    begins=(
        rf"[ \t]*(?:\d+\t)?(?P<time>{ISO})(?:\t(?!{UUID}\t)|[ \t]*\n(?:[ \t]*\n)?[ \t]*(?=\S)(?!{DATE}T))"
        rf"(?:(?P<stream>{STREAM})\t)?"
    ),
    passes_over=_HEADING,
)
"""What the clipboard holds of the console's tables: of a log stream, and of Logs Insights with a number before it."""

TIMED_LINES: Final = TextFormat(
    name="text lines that begin with a time, such as an S3 export",
    begins=(
        rf"(?:{_CONTAINER}|[\w.-]+ [\w.-]+ (?={DATE}T\S+Z )"
        rf"|(?!{DATE})[^\t\n]{{1,99}}\t[^\t\n]{{1,99}}\t(?={DATE}T\S+Z ))?"
        rf"\[?(?P<time>{_ANY_DATE}[T ]{CLOCK}(?:Z| ?\(?{OFFSET}\)?(?: {_ZONE})?| {_ZONE})?)\]?"
        r"(?: (?:std(?:out|err) [FP] )?|$)"
    ),
)
"""Lines that begin with a time: S3 exports, `aws logs tail --format short`, `docker logs -t`, `gh run view --log`."""

EPOCH_LINES: Final = TextFormat(
    name="text lines that begin with a time in milliseconds, as `--output text` and `jq -r` write them",
    begins=(
        rf"(?=(?:1\d{{12}}\t)?(?:(?P<stream>{STREAM})\t)?)(?:{STREAM}\t)?"
        rf"(?P<time>1\d{{12}}|1\d{{9}}\.\d{{1,9}})[\t ](?:{STREAM}\t)?"
    ),
    passes_over=_HEADING,
)
"""Lines that begin with a time of the epoch: `--query 'events[].[timestamp,message]' --output text`."""

CONTAINER_LINES: Final = TextFormat(
    name="`docker compose logs`, `kubectl logs --prefix` and `cdk watch`",
    begins=rf"(?:{_CONTAINER}|\[[\w.-]+\] \d\d?:\d\d:\d\d (?:[AP]M )?)(?:{PREFIX})?",
)
"""Lines behind the name of a container or function, which tell the date themselves."""

LOGFMT: Final = TextFormat(
    name="logfmt",
    begins=rf'(?=(?:\w+=(?:"[^"\n]*"|[^\s"]*) ){{0,5}}(?:time|ts|timestamp|t)="?(?P<inner>{ISO}))',
)
"""Pairs of key and value, of which one is the time: the whole line is the message."""

ACCESS_LOG: Final = TextFormat(
    name="access logs of API Gateway as text, with $context.requestTime",
    begins=r"(?=[^\n]{0,500}?\b(?P<inner>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}))",
)
"""Access logs in CLF, CSV or XML, or in a format of one's own, as Firehose writes them."""

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
    passes_over=r"SEARCHEDLOGSTREAMS\t.*|[bf]/\d+\S*\t[bf]/\d+\S*|NEXTTOKEN\t.*",
    # of a page that was fetched by itself, the token stands alone at the top
    cut_off=r"\n(?:NEXTTOKEN\t|(?<=\A\n)[\w+/=-]{40,}$)",
)
"""`filter-log-events` and `get-log-events` with `--output text`: fields in the order of their names, the time last."""


def _of_json_string(_: Groups, message: str) -> tuple[str | None, str]:
    try:
        return None, msgspec.json.decode('"' + message.rstrip().rstrip(","), type=str)
    except msgspec.DecodeError:
        return None, message


MESSAGES_JSON: Final = TextFormat(
    name="`--query 'events[].message'` and `jq '.events[].message'`: JSON texts, one a line",
    begins=r'[ \t]*(?P<quote>")(?=(?:[^"\\\n]|\\.)*+(?:",?[ \t]*$|\Z))',  # but no key with its value
    passes_over=r"[ \t]*[\[\]][ \t]*",
    restore=_of_json_string,
)
"""A list of messages, as the AWS CLI prints it, or one behind the other."""


def _of_table_row(groups: Groups, message: str) -> tuple[str | None, str]:
    """Take the message out of a row; the other columns of the console's own query stand behind it."""
    text = message.rstrip().removesuffix("|")
    return groups["time"], _COLUMNS_BEHIND.sub("", text)


_COLUMNS_BEHIND: Final = re.compile(rf"(?: *\| *(?:{STREAM}|\d{{12}}:\S+))* *$")

MARKDOWN_ROWS: Final = TextFormat(
    name="Markdown that Logs Insights has copied to the clipboard",
    begins=rf"\| *(?P<time>{ISO}) *\| ?",
    passes_over=(
        r"---+|\|[ :|-]+|\*\*CloudWatch Logs Insights\*\* *"
        r"|(?:region|log-group-names|start-time|end-time|query-string):.*|```"
        r"|\| *@timestamp *\| *@message *\|.*|(?:fields|filter|\| *(?:filter|sort|limit)) .*"
    ),
    restore=_of_table_row,
)
"""A table with the columns @timestamp and @message, in this order, under the query that it is the answer to."""

INSIGHTS_TEXT: Final = TextFormat(
    name="`aws logs get-query-results --output text`",
    begins=r"(?:RESULTS\t)?@timestamp\t(?P<time>[^\t\n]+)\n(?:RESULTS\t)?@message\t",
    passes_over=r"(?:RESULTS\t)?@(?!timestamp|message)\w+\t.*|STATISTICS\t.*|(?:\S+\t)?Complete",
)
"""Fields of rows, one a line, with the time and the message first."""

LAMBDA_TEXT: Final = TextFormat(
    name="text lines with Lambda's own prefix, and `--query 'events[].message' --output text`",
    begins=rf'\t(?={PLATFORM_LINE}|\[[A-Z]+\] |\{{")|\t?{PREFIX}',
    is_bare=True,
    passes_over=r"\t1\d{12}",  # the time, where a query asks for it behind the message
)
"""Lambda's own lines, as `saw get` or `docker logs` leave them, or the AWS CLI with a tab between two messages."""
