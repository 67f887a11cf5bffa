"""The formats of log files: a table for each kind, and their detection by content."""

import re
from pathlib import Path
from typing import Final

from checks.logs.formats.conversion import Convert, UnreadableError
from checks.logs.formats.json_records import begins_json, convert_lines, convert_values, count_records, json_converter
from checks.logs.formats.json_records.envelopes import ENVELOPES
from checks.logs.formats.json_records.json_formats import JSON_FORMATS
from checks.logs.formats.json_records.rewritten import REWRITTEN_FORMATS, RewrittenFormat
from checks.logs.formats.tables import CSV_FORMATS, csv_converter
from checks.logs.formats.text_lines import PASTED, TextFormat
from checks.logs.formats.text_lines.tool_text import BARE_LINES, TEXT_FORMATS

LINE_FORMATS: Final[tuple[RewrittenFormat | TextFormat, ...]] = (*REWRITTEN_FORMATS, *TEXT_FORMATS)
"""Formats that are detected by their number of matching lines; in a tie, the first wins."""


def converter(head: str) -> Convert | None:
    """Return the converter for a file that begins with these lines; None if no line is in a known format."""
    if rows := csv_converter(head):
        return rows.convert
    has_platform_lines = bool(_PLATFORM_LINE.search(head))
    if begins_json(head) and not has_platform_lines:
        return json_converter(head)
    if begins_json(_PASTED.sub("", head, count=1)) and not has_platform_lines:
        return convert_values
    lines = max(LINE_FORMATS, key=lambda one: one.votes(head))
    votes = lines.votes(head)
    if has_platform_lines and count_records(head) >= votes:
        return BARE_LINES.convert
    if count_records(head) > votes:
        return convert_lines
    return lines.convert if votes else None


_PASTED: Final = re.compile(rf"\A{PASTED}")
_PLATFORM_LINE: Final = re.compile(r"^(?:START|END|REPORT) RequestId: ", re.MULTILINE)
"""A line of Lambda's own with nothing before it: the file holds bare messages, whatever the application's look like."""

_UNREADABLE: Final = {
    r"\A\s*(?:-{9,}|\+-+\+)\s*\n\s*\|": "is a table for people, as `--output table` prints it: use `--output json`",
    r"\A\s*(?i:<!doctype html|<html|<table|<body)": "is HTML: copy the text of the page, or export the logs as CSV",
    r"\A\s*[\[{]\s*(?:\{\s*)?'\w+': ": "is what Python prints of its objects: write it with json.dumps",
    r"\A\s*[\[{]\s*(?:\{\s*)?\w+: ": "is what Node.js prints of its objects: write it with JSON.stringify",
    r"\A\s*[\w+/]{99,}={0,2}\s*\Z": "is base64: decode it first, as `base64 -d` does",
}
"""The beginnings of files that hold logs but can't be read reliably, with what they are and what to do."""

_MOST_NAMED: Final = 20


def _known() -> str:
    """List the most common formats; those with long names are rare."""
    names = sorted(dict.fromkeys(one.name for one in (*JSON_FORMATS, *CSV_FORMATS, *ENVELOPES, *LINE_FORMATS)), key=len)
    named = "; ".join(names[:_MOST_NAMED])
    rest = len(names) - _MOST_NAMED
    return f"text lines that begin with a time; CSV and JSON with a time and a message; {named}; and {rest} others"


_HEAD_CHARACTERS: Final = 1 << 16
_BEGINNING: Final = 1 << 20

_LIKE_A_LOG: Final = re.compile(
    r"\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|\b1[5-9]\d{8}(?:\d{3})?\b|RequestId|GoneException|connection_?id"
    r"|\b(?:INFO|ERROR|WARN|WARNING|DEBUG)\b",
    re.IGNORECASE,
)


_NAME_OF_A_LOG: Final = re.compile(r"(?i)\.(?:log|jsonl?|ndjson|csv|tsv|txt|orc)(?:\.(?!sig$|asc$|idx$)[^./]*)?$")
"""A file's name that says that it is a log, even if it is packed or encrypted in an unknown way; not its signature."""


def sniff(plain: Path, name: str = "") -> tuple[Convert | None, UnreadableError]:
    """Find the converter for a plain file by its first lines in a known format, and the error if it holds no event.

    `name` is the user's name for the file.
    """
    with plain.open(encoding="utf-8", newline="\n") as lines:
        head = part = lines.read(_HEAD_CHARACTERS)
        if not head.strip() and not lines.read(1):
            return None, UnreadableError("is empty", is_log=False)
        if head.count("\0") + head.count("\ufffd") > len(head) / 10:
            is_log = bool(_NAME_OF_A_LOG.search(name))
            return None, UnreadableError("is binary; logs are text", is_log=is_log)
        why = next((why for pattern, why in _UNREADABLE.items() if re.search(pattern, head)), "")
        no_event = UnreadableError(
            why or f"contains no event in a known format: an event needs a time; known formats: {_known()}",
            is_log=bool(why),
        )
        while part:
            part += lines.readline(_HEAD_CHARACTERS)  # so that each part begins at a line
            is_like_a_log = bool(_LIKE_A_LOG.search(part))
            no_event.is_log |= is_like_a_log
            is_beginning = lines.tell() < _BEGINNING  # looking for all formats takes a second for two megabytes
            if (is_beginning or is_like_a_log) and (convert := converter(part)):
                return convert, no_event
            part = lines.read(_HEAD_CHARACTERS)
    return None, no_event
