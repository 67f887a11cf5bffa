"""The table of text formats: what command-line tools print before each message, and Lambda's own lines."""

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
    REQUEST_TIME,
    STREAM,
    UUID,
    Groups,
    TextFormat,
)

_LAMBDA_STREAM: Final = r"\d{4}/\d\d/\d\d/\S*?\[[$\w]+\][0-9a-f]{32}"
_LAMBDA_LINE: Final = rf"{PREFIX.replace('?P<inner>', '?:')}|{PLATFORM_LINE}"
_AWSLOGS_TIME: Final = rf"{DATE}T[\d:]{{8}}\.\d{{3}}Z"
_CW_TIME: Final = rf"(?P<time>{DATE}T\d\d:\d\d:\d\d(?:Z|{OFFSET})?) - "
_CW_NAMES: Final = rf"(?:(?P<group>{GROUP}) - )?(?P<stream>{STREAM}) - "
_CW_EVENT_ID: Final = r"(?:(?P<event_id>\d{56}) - )?"
_SLS_TIME: Final = rf"(?P<date>{DATE}) (?P<clock>{CLOCK})(?: \((?P<zone>{OFFSET})\))?"
_SLS_LEVEL: Final = r"\[[A-Za-z]+\]\t"
_ANY_DATE: Final = rf"(?:{DATE}|\d{{4}}/\d\d/\d\d)"
_ZONE: Final = r"(?:UTC|GMT|[A-Z]{1,3}[SD]T|[CEW]ET|MSK|ICT|SGT|HKT|WIB)\b"
_SYSLOG: Final = r"(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ [\w./-]+(?:\[\d+\])?: "
"""What syslog and `journalctl` put before a line: its time has no year."""
_CONTAINER: Final = rf"(?:[\w.-]+ +\| |\[pod/\S+\] |[\w.-]+/[\w.-]+\[[\w.-]+\]: |{_SYSLOG})"
_HEADING: Final = (
    r"(?i:(?:#\t)?@?time(?:stamp)?\t(?:[@\w ]+\t)?@?message)"
    r"|(?:No|There are) (?:older|newer) events (?:at this moment|to load)\.[^\n]*"
)
"""The heading of a table that was copied from the console, and the lines above and below its rows."""
_FILE_OF_GREP: Final = r"(?:[A-Za-z]:)?[^\s:]{1,250}:(?:\d+:)?"
"""What `grep` puts before a line: the file name, and perhaps the line number."""
_UNESCAPED: Final = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
_ESCAPED: Final = re.compile(r"\\([tnr\\])")
_COLUMNS_BEHIND: Final = re.compile(rf"(?: *\| *(?:{STREAM}|\d{{12}}:\S+))* *$")


def _of_serverless(groups: Groups, message: str) -> tuple[str | None, str]:
    """Restore Lambda's own lines: its prefix begins with the level in Python, and with the time in Node.js."""
    if groups["platform"]:
        rest = message.removeprefix("- ")
        between = "\t" if groups["platform"] == "REPORT" else " "
        return None, f"{groups['platform']} RequestId: {groups['of']}{between}{rest}".rstrip(" ")
    time = _in_utc(f"{groups['date']}T{groups['clock']}{groups['zone'] or 'Z'}")
    level = groups["level"] or groups["level_above"] or ""
    return time, f"{level}{time}\t{groups['request']}\t{message}"


def _in_utc(time: str) -> str:
    """Write a time as Lambda does; a time that does not exist stays as it is."""
    try:
        return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return time


def _of_output_text(groups: Groups, message: str) -> tuple[str | None, str]:
    """Take the time from the end of the message."""
    text, _, time = message.rstrip().rpartition("\t")
    return (time, text) if groups["stored"] else (None, message)


def _of_tsv(groups: Groups, message: str) -> tuple[str | None, str]:
    """Unescape the characters that separate fields and rows in the table."""
    return groups["time"], _ESCAPED.sub(lambda escaped: _UNESCAPED[escaped[1]], message)


_IS_TIMED: Final = re.compile(rf"(?P<time>{ISO}|1\d{{12}})(?: |\t(?!{UUID}\t))")


def _of_json_string(_: Groups, message: str) -> tuple[str | None, str]:
    """Take the message out of a JSON string, and the time that a `jq` filter has put before it."""
    try:
        text = msgspec.json.decode('"' + message.rstrip().rstrip(","), type=str)
    except msgspec.DecodeError:
        return None, message
    timed = _IS_TIMED.match(text)
    return (timed["time"], text[timed.end() :]) if timed else (None, text)


def _of_table_row(groups: Groups, message: str) -> tuple[str | None, str]:
    """Take the message out of a row; it is followed by the other columns of the console's own query."""
    return groups["time"], _COLUMNS_BEHIND.sub("", message.rstrip().removesuffix("|"))


BARE_LINES: Final = TextFormat(  # as `saw get` or `docker logs` leave them
    name="text lines with Lambda's own prefix",
    begins=rf'\t(?={PLATFORM_LINE}|\[[A-Z]+\] |\{{")|\t?{PREFIX}',  # also where a query's head is one line
    is_bare=True,
    passes_over=r"\t1\d{12}",
)

TEXT_FORMATS: Final = (
    TextFormat(  # also with `--format json`, which spreads JSON messages over several lines
        name="`aws logs tail`",
        # always a stream, whatever its name; but a plain word is not one
        begins=rf"(?P<time>{DATE}T{CLOCK}\+00:00) (?P<stream>(?=\S*[\d/_.-])(?!\[[A-Z])\S+)(?: |$)",
    ),
    TextFormat(name="`sam logs`", begins=rf"(?P<stream>{STREAM}) (?P<time>{DATE}T{CLOCK}(?:Z|{OFFSET})?) "),
    TextFormat(
        name="`awslogs get`",
        # group, stream and time, all optional: streams are padded to the same length; a second time is that of the
        # ingestion; a group without a stream is recognised only before a time or a line of Lambda's own
        begins=(
            rf"(?:(?P<group>/[\w./#-]+|[\w.#-]+(?:(?:/[\w.#-]+)+(?= +{STREAM})|(?= +{_LAMBDA_STREAM}))) +)?"
            rf"(?:(?P<stream>{STREAM}) +(?!- )|(?<=[^\n] )(?={_AWSLOGS_TIME} |{_LAMBDA_LINE}))"
            rf"(?:(?P<time>{_AWSLOGS_TIME})(?: {_AWSLOGS_TIME})? |{PREFIX})?"
        ),
    ),
    TextFormat(name="`saw watch`", begins=rf"\[(?P<time>{ISO})\] \((?P<stream>[^)\n]+)\) "),
    TextFormat(name="`cw tail`", begins=rf"(?:{_CW_TIME})?(?:{_CW_NAMES})?{_CW_EVENT_ID}(?<= - )(?:{PREFIX})?"),
    TextFormat(  # of the Serverless Framework; since version 4, the message is on a line of its own
        name="`sls logs`",
        begins=(
            rf"(?:{_SLS_TIME}(?:\t| - )(?P<request>{UUID})"
            rf"(?:\t(?P<level>{_SLS_LEVEL})?| - ?(?P<level_above>{_SLS_LEVEL})?\n)"
            rf"|(?P<platform>START|END|REPORT) - (?P<of>{UUID})\s*?(?: |\n(?=Duration)|$))"
        ),
        is_bare=True,
        restore=_of_serverless,
    ),
    TextFormat(  # a time in UTC, and the beginning of the stream's id
        name="`chalice logs`", begins=rf"(?P<time>{DATE} {CLOCK}(?:\+00:00)?) (?P<stream>[0-9a-f]{{6}}) "
    ),
    TextFormat(  # an id, two times, the sender's id, name and address, facility, severity, program
        name="archives of Papertrail",
        begins=rf"\d+\t(?P<time>{DATE}[T ]{CLOCK}(?:Z| ?{OFFSET})?)\t{DATE}[^\t\n]*\t\d+\t(?:[^\t\n]*\t){{5}}",
    ),
    TextFormat(  # of a log stream, or of Logs Insights with a number first
        name="rows that were copied from the console, a time and a message in two columns or lines",
        # Lambda's own prefix in Node.js is also a time and a tab
        begins=(
            rf"[ \t]*(?:\d+\t)?(?P<time>{ISO})(?:\t(?!{UUID}\t)"
            rf"|[ \t]*\n(?:[ \t]*\n)?[ \t]*(?=\S)(?!{ISO}(?:[ \t]*$|\t(?!{UUID}\t))))"
            rf"(?:(?P<stream>{STREAM})\t)?"
        ),
        passes_over=_HEADING,
    ),
    TextFormat(  # also `aws logs tail --format short`, `aws-logs tail`, `docker logs -t`, `gh run view --log`, `logcli`
        name="text lines that begin with a time, such as an S3 export",
        begins=(
            rf"(?:{_CONTAINER}|(?:[\w.-]+ [\w.-]+ |{_FILE_OF_GREP})(?={DATE}T\S+ )"
            rf"|(?!{DATE})[^\t\n]{{1,99}}\t[^\t\n]{{1,99}}\t(?={DATE}T\S+Z ))?"
            rf"\[?(?P<time>{_ANY_DATE}[T ]{CLOCK}(?:Z| ?\(?{OFFSET}\)?(?: {_ZONE})?| {_ZONE})?)\]?"
            rf"(?: (?:std(?:out|err) [FP] |\[?(?P<stream>{_LAMBDA_STREAM})\]? |\{{\w+=\"[^{{}}\n]*\}} +)?|$)"
        ),
    ),
    TextFormat(  # jq escapes the tabs in a message and the line break at its end
        name="`jq -r '[.timestamp,.message]|@tsv'`",
        begins=rf"(?P<time>1\d{{12}})\t(?:(?P<stream>{STREAM})\t)?(?=[^\n]*\\n$)",
        restore=_of_tsv,
    ),
    TextFormat(  # `--query 'events[].[timestamp,message]' --output text`
        name="text lines that begin with a time in milliseconds, as `--output text` and `jq -r` write them",
        begins=(
            rf"(?=(?:1\d{{12}}\t)?(?:(?P<stream>{STREAM})\t)?)(?:{STREAM}\t)?"
            rf"\[?(?P<time>1\d{{12}}|1\d{{9}}\.\d{{1,9}})\]?[\t ](?:{STREAM}\t)?"  # brackets are those of `zappa tail`
        ),
        passes_over=_HEADING,
    ),
    TextFormat(  # `filter-log-events` and `get-log-events`: fields in the order of their names, the time last
        name="`aws logs … --output text`",
        begins=r"EVENTS\t(?:(?P<event_id>\d{14,56})\t)?(?P<stored>\d{13})\t(?:(?P<stream>\S*/\S*|\S{32})\t)?",
        restore=_of_output_text,
        passes_over=r"SEARCHEDLOGSTREAMS\t.*|[bf]/\d+\S*\t[bf]/\d+\S*|NEXTTOKEN\t.*",
        # if a page was fetched by itself, its token is alone at the top
        cut_off=r"\n(?:NEXTTOKEN\t|(?<=\A\n)[\w+/=-]{40,}$)",
    ),
    TextFormat(  # the fields of rows, one per line, with the time and the message first
        name="`aws logs get-query-results --output text`",
        begins=r"(?:RESULTS\t)?@timestamp\t(?P<time>[^\t\n]+)\n(?:RESULTS\t)?@message\t",
        passes_over=r"(?:RESULTS\t)?@(?!timestamp|message)\w+\t.*|STATISTICS\t.*|(?:\S+\t)?Complete",
    ),
    TextFormat(  # two columns in this order; in Markdown, below the query that returned them
        name="Markdown of Logs Insights and ASCII of the console",
        begins=rf"\| *(?P<time>{ISO}|1\d{{12}}) *\| ?",
        passes_over=(
            r"---+|\|[ :|-]+|\*\*CloudWatch Logs Insights\*\* *"
            r"|(?:region|log-group-names|start-time|end-time|query-string):.*|```"
            r"|\| *@?timestamp *\| *@?message *\|.*|(?:fields|filter|\| *(?:filter|sort|limit)) .*"
        ),
        restore=_of_table_row,
    ),
    TextFormat(  # priority, version, time, host, application, process, kind and data
        name="syslog by RFC 5424",
        begins=rf"<\d{{1,3}}>1 (?P<time>{ISO}) \S+ \S+ \S+ \S+ (?:-|\[[^\]\n]*\])(?: |$)",
    ),
    TextFormat(
        name="`docker compose logs`, `kubectl logs --prefix`, `cdk watch` and syslog",
        begins=(rf"(?:{_CONTAINER}|\[(?:[\w.-]+|(?P<group>{GROUP}))\] \d\d?:\d\d:\d\d (?:[AP]M )?)(?:{PREFIX})?"),
    ),
    TextFormat(  # times and names of functions, each in a column of its own
        name="`pulumi logs`",
        begins=rf" *(?P<time>{DATE}T{CLOCK}(?:Z|{OFFSET}))\[ *(?P<stream>[\w.-]+)\] ",
    ),
    TextFormat(  # pairs of key and value, one of them the time: the whole line is the message
        name="logfmt",
        begins=rf'(?=(?:\w+=(?:"[^"\n]*"|[^\s"]*) ){{0,5}}(?:time|ts|timestamp|t)="?(?P<inner>{ISO}))',
    ),
    TextFormat(  # a tab separates two messages; stack frames of Java and Go begin with one, too
        name="`--query 'events[].message' --output text`",
        begins=rf"\t(?![\s/]|at |\.\.\. \d|1\d{{12}}$)(?:{PREFIX})?",
        passes_over=r"\t1\d{12}",  # the time, if a query selects it after the message
    ),
    BARE_LINES,
    TextFormat(  # a list of messages, as the AWS CLI prints it, or one after another
        name="`--query 'events[].message'` and `jq '.events[].message'`: JSON texts, one a line",
        begins=r'[ \t]*(?P<quote>")(?=(?:[^"\\\n]|\\.)*+(?:",?[ \t]*$|\Z))',  # but not a key with its value
        passes_over=r"[ \t]*[\[\]][ \t]*",
        restore=_of_json_string,
    ),
    TextFormat(  # in CLF, CSV, XML or a custom format, as Firehose writes them
        name="access logs of API Gateway as text, with $context.requestTime",
        begins=rf"(?=[^\n]{{0,500}}?\b(?P<inner>{REQUEST_TIME}))",
        # the AWS CLI puts a tab between two messages, which do not end in a line break
        joined=rf"(?<![^\t\n])([^\t\n]*?{REQUEST_TIME}[^\t\n]*+)\t(?=[^\t\n]*?{REQUEST_TIME})",
    ),
)
