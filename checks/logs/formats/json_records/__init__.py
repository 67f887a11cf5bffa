"""JSON formats: one SQL statement turns each value of a file into an event, for all the formats in the file."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from checks.logs.formats.conversion import (
    LONGEST_LINE,
    LONGEST_MESSAGE,
    Conversion,
    Convert,
    Reader,
    ShowBytes,
    are_newest_first,
    has_longer_line,
    sql_text,
)
from checks.logs.formats.json_records.envelopes import ENVELOPES
from checks.logs.formats.json_records.json_formats import JSON_FORMATS, KEYS_OF_RECORDS, WHOLE, JsonFormat
from checks.logs.formats.json_records.json_values import JsonSplitter, is_document, is_row

_MARKS: Final = (b'"eventId"', b'"ingestionTime"', b'"logStreamName"')
"""Keys that only exports have; the analysis reads an event with one of them as it is."""
_KEYS: Final = (b'"timestamp"', b'"message"')
_IS_OF_RECORD: Final = re.compile(rb'"(?:%b)"\s*:' % "|".join(KEYS_OF_RECORDS).encode())
"""A key that no export has: a shipper has added an export's keys to the records of an application."""
_TIME: Final = re.compile(r'"timestamp"\s*:\s*(\d{13})\b')
_BLOCK_BYTES: Final = 2 * LONGEST_MESSAGE
_LONG_LINE: Final = 1 << 18
"""Hardly any event is this long. (Looking for shorter lines would take longer than reading the file.)"""
_LARGE_BYTES: Final = 1 << 26
_PLACE_BYTES: Final = 1 << 16
_STRIDE_BYTES: Final = 1 << 21
_SAMPLES: Final = 8
_SAMPLE_BYTES: Final = 1 << 16
_LONGEST_SAMPLE: Final = 1 << 21
_BEGINS_JSON: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*(?:[\[\]]|\{\s*["}]))')

_BEGINS_SPREAD: Final = re.compile(r"^\{\r?$", re.MULTILINE)


def begins_json(head: str) -> bool:
    """Whether a file that begins like this is JSON from its first character on."""
    return bool(_BEGINS_JSON.match(head)) or is_row(head[:_SAMPLE_BYTES].lstrip().encode(errors="replace"))


def json_converter(head: str) -> Convert:
    """Return the converter for JSON that begins like this; it depends on whether each line is a single event."""
    text = head.lstrip()
    is_list = text.startswith("[") or is_document(text[:_SAMPLE_BYTES].encode(errors="replace"))
    is_wrapped = any(one.mark.decode() in head for one in ENVELOPES)
    is_one_a_line = count_records(head) and not (is_list or is_wrapped or _BEGINS_SPREAD.search(head))
    return convert_lines if is_one_a_line else convert_values


def count_records(head: str) -> int:
    """Count the lines that are each an object, but not a document or an envelope."""
    return sum(map(_is_record, head.split("\n")))


def _is_record(line: str) -> bool:
    text = line.encode(errors="replace").strip()  # of text, this would strip separators that are not JSON
    if not text.startswith(b"{") or is_document(text) or any(one.mark in text for one in ENVELOPES):
        return False
    return _keys(text) is not None


def _keys(line: bytes) -> set[str] | None:
    """The keys of an object; None if the line is not an object."""
    try:
        return set(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError):
        return None


def convert_lines(plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
    """Convert a file in which each line is a value; a file that is already a valid spool file is used as it is."""
    has_long_lines = has_longer_line(plain, _LONG_LINE)
    gaps = tuple(_documents(plain)) if has_long_lines else ()
    if not (has_long_lines and has_longer_line(plain)):
        return replace(_convert_short_lines(plain, spool, show), gaps=gaps)
    short = spool.with_suffix(".short")
    shortened = _shorten(plain, short)
    converted = _convert_short_lines(short, spool, show)
    if converted.path != short:
        short.unlink()
    return replace(converted, gaps=gaps, cut=max(converted.cut, shortened))  # both may count the same line


def _documents(file: Path) -> Iterator[str]:
    """Yield a gap for each line that holds a whole export, which would otherwise count as one unreadable line."""
    with file.open("rb") as source:
        lines = enumerate(iter(partial(source.readline, 2 * LONGEST_LINE), b""), start=1)
        for number, line in lines:
            if len(line) > _LONG_LINE and is_document(line):
                yield f"line {number:,} is a document with events of its own: put it into another file"


def _convert_short_lines(plain: Path, spool: Path, show: ShowBytes) -> Conversion:
    """Convert a file without texts that are too long; a message made of several texts may be, and is then cut."""
    sample = list(_sample(plain))
    if _holds_only_exports(plain) and not are_newest_first(_TIME.findall("".join(sample))):
        return Conversion(plain)
    with closing(Reader(plain, spool)) as reader:
        reader.set(sample=sample)
        kinds = reader.values(f"SELECT DISTINCT {_kind(JSON_FORMATS)} FROM ({_SAMPLED})")  # noqa: S608 -- our own
        *_, any_object = JSON_FORMATS
        formats = [one for number, one in enumerate(JSON_FORMATS) if number in kinds or one is any_object]
        times = f"SELECT timestamp FROM ({_events(formats, _SAMPLED)})"  # noqa: S608 -- our own
        order = " ORDER BY line DESC" if reader.is_newest_first(times) else ""
        return Conversion(spool, cut=reader.copy(_events(formats, _READ) + order, show))


def convert_values(plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
    """Convert a file of any other layout, after putting each value on a line of its own."""
    lines = spool.with_suffix(".values")
    with plain.open("rb") as source, lines.open("wb") as target:
        splitter = JsonSplitter(source, target, show)
        splitter.split()
    converted = convert_lines(lines, spool, show)
    path = lines.rename(spool) if converted.path == lines else converted.path
    lines.unlink(missing_ok=True)
    return replace(converted, path=path, gaps=tuple(splitter.gaps))


def _shorten(plain: Path, short: Path) -> int:
    """Copy a file, and cut texts that are too long for a CloudWatch message; return how many lines were cut."""
    number = 0
    with plain.open("rb") as source, short.open("wb") as target:
        for line in iter(partial(source.readline, 2 * LONGEST_LINE), b""):
            shortened, is_cut = _shortened(line) if len(line) > LONGEST_MESSAGE else (line, False)
            number += is_cut
            target.write(shortened)
    return number


def _shortened(line: bytes) -> tuple[bytes, bool]:
    """Return a line with long texts cut, and whether any was cut: without spaces, a line is shorter anyway."""
    try:
        value = msgspec.json.decode(line)
        short = _cut(value)
        return msgspec.json.encode(short) + b"\n", short != value
    except (msgspec.DecodeError, RecursionError):
        return line, False


def _cut(value: Any) -> Any:
    """Cut long texts in a value."""
    if isinstance(value, str):
        return value[:LONGEST_MESSAGE]
    if isinstance(value, dict):
        return {key: _cut(one) for key, one in value.items()}
    return [_cut(one) for one in value] if isinstance(value, list) else value


def _holds_only_exports(file: Path) -> bool:
    """Whether all records have a key that only exports have; within a message, its quotation marks would be escaped.

    No line of the file may be longer than a message.
    """
    with file.open("rb") as source:
        first = next(filter(bytes.strip, iter(partial(source.readline, LONGEST_LINE), b"")), b"")
        more = source.read(_SAMPLE_BYTES)
    mark = next((mark for mark in _MARKS if mark in first), None)
    if mark is None or not all(key in first for key in _KEYS) or _IS_OF_RECORD.search(first + more):
        return False
    for block in _blocks_of_lines(file):
        if block.count(mark) != block.count(b"\n"):  # counting is much faster than parsing
            others = (line for line in block.split(b"\n") if mark not in line)
            # a line with nothing beside a time is unreadable, or blank
            if any((_keys(line) or set()) - {"timestamp"} for line in others):
                return False
    return True


def _blocks_of_lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file in blocks; of a large file, some lines of every two megabytes, and the last ones.

    That is enough to notice a file in another format that was appended to an export. Single lines in another format are
    missed, but the analysis can't read them, and says so.
    """
    size = file.stat().st_size
    is_large = size > _LARGE_BYTES
    block_bytes = _PLACE_BYTES if is_large else _BLOCK_BYTES
    with file.open("rb") as source:
        while block := source.read(block_bytes) + source.readline(LONGEST_LINE):
            yield block
            if is_large:
                end = source.tell()
                source.seek(min(end + _STRIDE_BYTES - block_bytes, max(end, size - block_bytes)) - 1)
                source.readline(LONGEST_LINE)  # the rest of a line, or the line break before one


def _sample(file: Path) -> Iterator[str]:
    """Yield lines from all over the file."""
    size = file.stat().st_size
    with file.open("rb") as source:
        for number in range(_SAMPLES):
            source.seek(size * number // _SAMPLES)
            if number:
                source.readline(LONGEST_LINE)  # the rest of a line
            lines = source.readlines(_SAMPLE_BYTES)
            yield from (line.decode(errors="replace") for line in lines if len(line) <= _LONGEST_SAMPLE)


_SAMPLED: Final = """
    SELECT row_number() OVER () AS line, json, json_keys(json) AS keys
    FROM (SELECT try_cast(unnest(getvariable('sample')::VARCHAR[]) AS JSON) AS json)"""

_READ: Final = f"""
    SELECT row_number() OVER () AS line, json, json_keys(json) AS keys
    FROM read_ndjson_objects(getvariable('file'), ignore_errors := true, compression := 'none',
                             hive_partitioning := false, maximum_object_size := {LONGEST_LINE})"""  # noqa: S608


def _events(formats: Sequence[JsonFormat], source: str) -> str:
    """The SQL query that turns the values of these formats into events."""
    others = dict.fromkeys(chain.from_iterable(form.others for form in formats))
    columns = {
        "timestamp": [form.time for form in formats],
        "message": [form.message for form in formats],
        **{key: [form.others.get(key, ()) for form in formats] for key in others},
    }
    paths = [path for path in dict.fromkeys(chain.from_iterable(chain(*columns.values()))) if path != WHOLE]
    selected = [
        f'{_case([_first(one, paths) for one in of_formats])} AS "{name}"' for name, of_formats in columns.items()
    ]
    missing = _case([sql_text(form.missing) for form in formats])
    return f"""
        WITH known AS (SELECT line, json, {_kind(formats)} AS kind FROM ({source})),
        events AS (SELECT line, kind, {_case([form.event for form in formats])} AS event FROM known),
        parsed AS (SELECT line, kind, event,
                          json_extract_string(event, [{", ".join(map(sql_text, paths))}]) AS fields FROM events),
        named AS (SELECT line, event, {missing} AS missing, {", ".join(selected)} FROM parsed)
        SELECT * EXCLUDE (line, event, missing),
               CASE WHEN event IS NULL THEN line || ': is not JSON'
                    WHEN json_type(event) <> 'OBJECT' THEN line || ': is not a JSON object'
                    WHEN timestamp IS NULL THEN line || ': ' || missing END AS unread
        FROM named"""  # noqa: S608 -- all of it is this package's own


def _kind(formats: Sequence[JsonFormat]) -> str:
    """SQL for the number of a value's format."""
    return f"CASE {' '.join(f'WHEN {form.matches} THEN {number}' for number, form in enumerate(formats))} END"


def _first(choice: Sequence[str], paths: Sequence[str]) -> str:
    """SQL for the first value that any of the paths leads to."""
    values = ["event::VARCHAR" if path == WHOLE else f"fields[{paths.index(path) + 1}]" for path in choice]
    return f"coalesce({', '.join(values)})" if values else "NULL"


def _case(expressions: Sequence[str]) -> str:
    """SQL that chooses an expression by the format; the most common expression goes after ELSE."""
    usual = max(expressions, key=expressions.count)
    others = " ".join(f"WHEN kind = {number} THEN {one}" for number, one in enumerate(expressions) if one != usual)
    return f"CASE {others} ELSE {usual} END" if others else usual
