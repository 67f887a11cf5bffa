"""The formats in which people have log files, and how each becomes events."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeAlias

Event: TypeAlias = Mapping[str, Any]
"""Keys as FilterLogEvents names them: timestamp (ms), message, and perhaps logStreamName, ingestionTime, eventId."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that is no event."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A sign in the file itself that it does not hold all there was."""

    reason: str


class LogFormat(Enum):
    """What a file's content looks like."""

    JSON_LINES = "JSON Lines, an event a line"
    DOCUMENT = "the JSON output of `aws logs filter-log-events` or `get-query-results`"
    TEXT = "text lines that begin with a time, such as an S3 export or Lambda's own prefix"


_ISO: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"

_DOCUMENT: Final = re.compile(
    r"""\s*(?:\[\s*(?:\[\s*)?[{\]]|\{\s*(?:
        "(?:events|results|searchedLogStreams)"\s*:\s*\[
        |"(?:nextToken|NextToken|nextForwardToken|nextBackwardToken|queryLanguage|encryptionKey)"\s*:\s*["n]
        |"(?:statistics|ResponseMetadata)"\s*:\s*\{
        |"status"\s*:\s*"(?:Scheduled|Running|Complete|Failed|Cancelled|Timeout|Unknown)"))""",
    re.VERBOSE,
)

_EXPORTED: Final = re.compile(rf"({_ISO}) (?:(\d{{4}}/\d\d/\d\d/\S*\[\S+) )?(.*)", re.DOTALL)

_PREFIXED: Final = re.compile(rf"(?:\[[A-Z]+\]\t)?({_ISO})\t")

_UNTIMED: Final = re.compile(r"(?:START|END|REPORT) RequestId: |INIT_START |\[[A-Z]+\] ")

_SOLID: Final = re.compile(r"\S")

_ITEMS_BEGIN: Final = re.compile(r'\[|\{.*?"(?:events|results)"\s*:\s*\[', re.DOTALL)

_NEXT_ITEM: Final = re.compile(r"[^\s,]")

_OTHER_STATUSES: Final = ("Scheduled", "Running", "Failed", "Cancelled", "Timeout", "Unknown", None)
"""Of a query that is not Complete; what else a file has in their place is not shown, for it may be anything."""

_NO_EVENT: Final = {
    "events": "is not a JSON object with a timestamp",
    "results": "has no @timestamp and @message; ask the query for both",
}
"""The keys under which documents hold events, and what is wrong with an item that is none."""


def detect(head: str) -> LogFormat | None:
    """Tell the format from the first lines of a file; None where they look like no log."""
    if _DOCUMENT.match(head):
        return LogFormat.DOCUMENT
    for line in head.split("\n"):
        if line.lstrip().startswith("{"):
            return LogFormat.JSON_LINES
        if _EXPORTED.match(line) or _PREFIXED.match(line):
            return LogFormat.TEXT
    return None


def events_of_document(text: str) -> Iterator[Event | Skipped | Gap]:
    """Read what the AWS CLI printed, one document or several in a row; an array of events will do as well."""
    decoder = json.JSONDecoder()
    position = number = 0
    while begin := _SOLID.search(text, position):
        number += 1
        try:
            document, position = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            yield from _events_of_broken(text, begin.start(), f"document {number}")
            return
        yield from _events_of(document, f"document {number}")


def _events_of(document: Any, place: str) -> Iterator[Event | Skipped | Gap]:
    if isinstance(document, list):
        document = {"events": document}
    if not isinstance(document, dict):
        yield Skipped(place, "is not a JSON object")
        return
    yield from _gaps_of(document)
    lists = [(key, document[key]) for key in _NO_EVENT if isinstance(document.get(key), list)]
    if not lists:
        yield document if "timestamp" in document else Skipped(place, "holds neither events nor results")
    for key, items in lists:
        for number, item in enumerate(items, start=1):
            yield _event_of(item) or Skipped(f"{place}, {key.removesuffix('s')} {number}", _NO_EVENT[key])


def _event_of(item: Any) -> Event | None:
    if isinstance(item, list):  # a result: its fields, each with name and value
        item = {cell.get("field"): cell.get("value") for cell in item if isinstance(cell, dict)}
    if not isinstance(item, dict):
        return None
    if "@timestamp" in item and "@message" in item:
        return {
            "timestamp": item["@timestamp"],
            "message": item["@message"],
            "logStreamName": item.get("@logStream"),
            "ingestionTime": item.get("@ingestionTime"),
            "eventId": item.get("@ptr"),
        }
    return item if "timestamp" in item else None


def _gaps_of(document: Mapping[str, Any]) -> Iterator[Gap]:
    if document.get("nextToken") or document.get("NextToken"):
        yield Gap("the output has a nextToken: it was cut off, more events were there")
    results = document.get("results")
    if not isinstance(results, list):
        return
    status = document.get("status", "Complete")
    if status != "Complete":
        named = repr(status) if status in _OTHER_STATUSES else "none that is known"
        yield Gap(f"the query's status is {named}: only the results of a Complete query are all there")
    statistics = document.get("statistics")
    matched = statistics.get("recordsMatched") if isinstance(statistics, dict) else None
    if isinstance(matched, int | float) and matched > len(results):
        yield Gap(f"the query matched {matched:.0f} events and returned {len(results)}: give it a higher limit")


def _events_of_broken(text: str, begin: int, place: str) -> Iterator[Event | Skipped | Gap]:
    """Read the events that stand before the point where a document breaks off."""
    decoder = json.JSONDecoder()
    items: list[Any] = []
    opened = _ITEMS_BEGIN.match(text, begin)
    position = opened.end() if opened else begin
    try:
        while item := _NEXT_ITEM.search(text, position):
            value, position = decoder.raw_decode(text, item.start())
            items.append(value)
    except (ValueError, RecursionError) as error:
        position = getattr(error, "pos", position)
    yield from _events_of(items, place)
    line = text.count("\n", 0, position) + 1
    yield Skipped(str(line), "is not JSON")
    yield Gap(f"the JSON breaks off at line {line}")


@dataclass(slots=True)
class _LogRecord:
    """A line that begins an event, and the lines that continue it."""

    line_number: int
    timestamp: int | None
    stream: str | None
    lines: list[str]

    def event(self, timestamp: int) -> Event:
        return {"timestamp": timestamp, "message": "\n".join(self.lines), "logStreamName": self.stream}


def events_of_text(lines: Iterable[str]) -> Iterator[Event | Skipped | Gap]:
    """Read lines of text. A line that begins no event continues the one before it.

    Lambda's START, END and REPORT lines carry no time of their own: they take that of the event before them, the
    first ones that of the event after.
    """
    now: int | None = None
    untimed: list[_LogRecord] = []
    for record in _records(lines):
        if isinstance(record, Skipped):
            yield record
            continue
        now = now if record.timestamp is None else record.timestamp
        untimed.append(record)
        if now is not None:
            for waiting in untimed:
                yield waiting.event(now)
            untimed.clear()
    for waiting in untimed:
        for number, line in enumerate(waiting.lines, start=waiting.line_number):
            if line.strip():
                yield Skipped(str(number), "has no time, nor has any line near it")


def _records(lines: Iterable[str]) -> Iterator[_LogRecord | Skipped]:
    current: _LogRecord | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        begun = _begin(number, line)
        if begun is not None:
            if current is not None:
                yield current
            current = begun
        elif current is not None:
            current.lines.append(line)
        elif line.strip():
            yield Skipped(str(number), "has no time, nor does it continue an event")
    if current is not None:
        yield current


def _begin(number: int, line: str) -> _LogRecord | None:
    exported = _EXPORTED.match(line)
    timed = exported or _PREFIXED.match(line)
    timestamp = _epoch_ms(timed[1]) if timed else None
    if timestamp is not None:
        return _LogRecord(number, timestamp, *((exported[2], [exported[3]]) if exported else (None, [line])))
    return _LogRecord(number, None, None, [line]) if _UNTIMED.match(line) else None


def _epoch_ms(text: str) -> int | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:  # the look of a time, such as month 13
        return None
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
