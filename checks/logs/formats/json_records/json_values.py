"""Splits JSON of any layout (documents, arrays, values in a row or spread over lines) into one value per line."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, Final

import msgspec

from checks.logs.formats.conversion import LIMIT_REACHED, MOST_ROWS, ShowBytes, gaps_of_document
from checks.logs.formats.json_records.envelopes import ENVELOPES, LINE_BREAKS
from checks.logs.formats.text_lines import PASTED

_BLOCK_BYTES: Final = 1 << 18
_LONGEST_HEAD: Final = 1 << 16
"""The longest head of a document, in bytes: the part before its events."""
_TAIL_BYTES: Final = 1 << 16
"""The size of the end of a block in which its last item begins, unless that is a long one."""
_FIRST_ROW: Final = 1 << 12
_LONGEST_VALUE: Final = 1 << 26
"""The longest value, in bytes: one of more than 64 MiB is not an event, and memory is limited."""
_SCALAR: Final = rb'(?:"(?:[^"\\]|\\.)*+"|[\w.+-]++)'
_SMALL_VALUE: Final = rb"(?:%b|\[(?:[^\[\]{}]|\{[^\[\]{}]*+\})*+\]|\{(?:[^{}]|\{[^{}]*+\})*+\})" % _SCALAR

_DOCUMENT: Final = re.compile(
    rb'\{\s*+(?:"(?:searchedLogStreams|nextToken|NextToken|nextForwardToken|nextBackwardToken|queryLanguage|encryptionKey'
    rb"|statistics|status|ResponseMetadata|logGroupName|logStreamName|preview|init_offset|post_process_count|messages"
    rb'|fields|meta|links)"\s*+:\s*+%b\s*+,\s*+)*+'
    rb'(?P<key>"(?:events|results|data(?="\s*+:\s*+\[\s*+\{\s*+"(?:id|type|attributes)"))")\s*+:\s*+\[' % _SMALL_VALUE
)
"""The beginning of a document that the AWS CLI or boto3 has printed, up to the first event."""

_TIME: Final = rb'(?:1\d{12}|"\d{4}-\d\d-\d\d[T ][\d:.,]{8,20}(?:Z|[+-][\d:]+)?")'
_CELLS: Final = re.compile(
    rb'\[\s*+(?:\{\s*+"field"\s*+:|%b\s*+,|(?:%b\s*+,\s*+){1,2}%b\s*+[,\]])' % (_TIME, _SCALAR, _TIME)
)
"""The beginning of a Logs Insights row, or of a list of a time, a message and perhaps a stream: each is one event."""
_BETWEEN: Final = re.compile(rb"%b(?:[,\0\x1e]%b)*+" % (PASTED.encode(), PASTED.encode()))
"""What separates two values: a comma if they were copied out of an array, a zero byte in GELF, and 1E in RFC 7464."""
_NEXT_ARRAY: Final = rb"\][ \r]*+\n\s*+\["
"""The end of one array and the beginning of the next, on separate lines: no string holds a line break."""
_BETWEEN_ARRAYS: Final = re.compile(rb'%b(?=\s*+\{\s*+"(?!field"))' % _NEXT_ARRAY)
"""The separator of two arrays of objects that are not Logs Insights rows."""
_BETWEEN_ITEMS: Final = re.compile(rb'\}\s*+(?:,|%b)\s*+\{\s*+"|\]\s*+,\s*+\[\s*+(?:1\d{12}\b|\{\s*+")' % _NEXT_ARRAY)
"""The separator of two items. Hardly anything in an item looks like it: in a string, the quotation mark is escaped."""
_LIST: Final = re.compile(rb'\[\s*+(?:\]|\{\s*+"(?!field")|\[\s*+\{\s*+"field")')
"""The beginning of a value that is itself a list of events or rows, as `jq -s 'map(.events)'` writes pages."""
_COMMA: Final = re.compile(rb"\s*+,?+\s*+")
_ERROR_PLACE: Final = re.compile(r"trailing characters \(byte (\d+)\)|\(byte (\d+)\)")

_ESCAPED_HALF: Final = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""An escaped backslash or a complete surrogate pair, which are kept, or a lone surrogate, which is not a character."""

_ESCAPE_BYTES: Final = 12
_MOST_PARTS: Final = 1 << 18
"""The most parts to read of a text that is all escapes: so many hold more than a message may."""
_SEPARATOR: Final = bytes.maketrans(b"\0", b"\n")
_VALUES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)


def is_row(text: bytes) -> bool:
    """Whether this is the beginning of an event that is a list."""
    return bool(_CELLS.match(text))


def is_document(text: bytes) -> bool:
    """Whether this is the beginning of a document with a list of events."""
    return bool(_DOCUMENT.match(text))


def without_half_characters(text: bytes) -> bytes:
    """Replace lone surrogates in JSON, which no text can hold, with U+FFFD."""
    if re.search(rb"\\u[dD]", text):  # three times as fast as `in`, which other escapes slow down
        return _ESCAPED_HALF.sub(lambda half: half[1] or b"\\ufffd", text)
    return text


class _BrokenError(Exception):
    """The JSON breaks off."""


@dataclass
class JsonSplitter:
    """Splits a JSON text into values, and writes each on a line, in bounded memory.

    The events of a document from the AWS CLI or of an envelope, and the items of an array, are values of their own.

    Attributes:
        gaps: Signs that the text is incomplete, one sentence each.
        values: How many values were written.
    """

    source: BinaryIO
    target: BinaryIO
    show: ShowBytes
    gaps: list[str] = field(default_factory=list)
    values: int = 0
    _text: bytes = b""
    _at: int = 0
    _line: int = 1
    _is_new: bool = True
    _unwritten: list[bytes | msgspec.Raw] = field(default_factory=list)
    _gaps_of_page: list[str] = field(default_factory=list)

    def split(self) -> None:
        """Split the whole text, or the part before the point where it breaks off."""
        try:
            while self._skip(_BETWEEN):
                while len(self._text) - self._at < _LONGEST_HEAD and self._has_more():
                    pass
                if document := _DOCUMENT.match(self._text, self._at):
                    self._read_document(document)
                elif self._text.startswith(b"[", self._at) and not _CELLS.match(self._text, self._at):
                    is_of_insights = b'"@timestamp"' in self._text[self._at : self._at + _FIRST_ROW]
                    self._at += 1
                    if self._read_items(joins_arrays=not is_of_insights) == MOST_ROWS and is_of_insights:
                        self.gaps.append(LIMIT_REACHED)
                else:
                    self._add(self._next_value())
            self._write()
            self.gaps += self._gaps_of_page
        except _BrokenError:
            self._write()
            line = self._line + self._text.count(b"\n", 0, self._at)
            self.gaps.append(f"the JSON breaks off at line {line}")

    def _read_document(self, begin: re.Match[bytes]) -> None:
        head = begin.string[begin.start() : begin.start("key")]
        self._at += len(begin[0])
        count = self._read_items()
        rest = self._next_value(b'{"items":0')
        document = msgspec.json.decode(head + b'"items":0}') | msgspec.json.decode(rest)
        self._write()
        self._note_gaps(document, count, is_query=begin["key"] == b'"results"')

    def _read_items(self, *, joins_arrays: bool = False) -> int:
        """Read the items of an array, and perhaps of the arrays after it; return how many there were."""
        before = self.values
        while self._skip(_COMMA):
            if joins_arrays and (end := _BETWEEN_ARRAYS.match(self._text, self._at)):
                self._at = end.end()
            elif self._text.startswith(b"]", self._at):
                self._at += 1
                return self.values - before
            elif not self._read_several(joins_arrays=joins_arrays):
                self._add(self._next_value())
        raise _BrokenError

    def _read_several(self, *, joins_arrays: bool) -> bool:
        """Read all complete items but the last of a new block at once, for speed; return whether there were any."""
        if not self._is_new:
            return False
        self._is_new, tail = False, max(self._at, len(self._text) - _TAIL_BYTES)
        *_, end = 0, *(match.start() + 1 for match in _BETWEEN_ITEMS.finditer(self._text, tail))
        items = self._text[self._at : end]
        if joins_arrays:
            items = _BETWEEN_ARRAYS.sub(b",", items)
        with suppress(msgspec.DecodeError, RecursionError):  # the separator may have been within an item
            self._add(*_VALUES.decode(b"[" + items + b"]"))
            self._at = max(self._at, end)
            return bool(items)
        return False

    def _next_value(self, prefix: bytes = b"") -> bytes:
        """Return the next value; with a prefix, the value that begins with it and ends in the text."""
        while True:
            data = prefix + self._text[self._at :] if prefix else memoryview(self._text)[self._at :]
            value, place = _first_value(data)
            if value is not None:
                self._at += len(value) - len(prefix)
                return value
            if place is not None:
                self._at += max(0, place - len(prefix))
                raise _BrokenError
            if len(data) > _LONGEST_VALUE or not self._has_more():
                raise _BrokenError

    def _add(self, *values: bytes | msgspec.Raw) -> None:
        self.values += len(values)
        self._unwritten += values

    def _write(self) -> None:
        """Write the values that were read, each on a line; an envelope is replaced by its events."""
        values, self._unwritten = self._unwritten, []
        if values and _LIST.match(bytes(values[0])):
            values = [*chain.from_iterable(map(self._items, values))]
        lines = b"\0".join(values)
        if any(envelope.mark in lines for envelope in ENVELOPES):
            self.target.writelines(map(self._unwrapped, values))
        elif values:
            self.target.write(_on_lines(lines))

    def _items(self, value: bytes | msgspec.Raw) -> Sequence[bytes | msgspec.Raw]:
        """Return the events of a list; any other value is returned as it is."""
        if not _LIST.match(bytes(value)):
            return [value]
        items = _VALUES.decode(value)
        if len(items) == MOST_ROWS and _CELLS.match(bytes(items[0])):
            self.gaps.append(LIMIT_REACHED)
        return items

    def _unwrapped(self, raw: bytes | msgspec.Raw) -> bytes:
        """Return the events of an envelope; any other value is returned as it is."""
        value = bytes(raw)
        for envelope in ENVELOPES:
            if envelope.mark in value:
                with suppress(msgspec.DecodeError):  # the key is elsewhere in the value
                    events = envelope.events(value)
                    if is_document(value):  # within a list
                        document = msgspec.json.decode(value)
                        results = document.get("results")
                        self._note_gaps(document, len(results or ()), is_query=results is not None)
                    return events
        return _on_lines(value)

    def _note_gaps(self, document: Mapping[str, Any], count: int, *, is_query: bool) -> None:
        """Note the gaps that a document shows; of consecutive pages, only the last one's are kept."""
        self._gaps_of_page = list(gaps_of_document(document, count, is_query=is_query))
        if is_query and count:
            self.gaps, self._gaps_of_page = self.gaps + self._gaps_of_page, []

    def _skip(self, between: re.Pattern[bytes]) -> bool:
        """Skip what separates two values; return whether anything follows."""
        while True:
            match = between.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return True
            if not self._has_more():
                return False

    def _has_more(self) -> bool:
        """Read another block, without splitting an escape; return whether there was one."""
        self._write()
        parts = [self.source.read(_BLOCK_BYTES)]
        while b"\\" in parts[-1][-_ESCAPE_BYTES:] and len(parts) < _MOST_PARTS:
            parts.append(self.source.read(_ESCAPE_BYTES))
        block = without_half_characters(b"".join(parts))
        self._line += self._text.count(b"\n", 0, self._at)
        self._text, self._at, self._is_new = self._text[self._at :] + block, 0, True
        self.show(self.source.tell())
        return bool(block)


def _first_value(data: bytes | memoryview) -> tuple[bytes | None, int | None]:
    """Return the first value, or None if its end is not in sight; and the place where it is broken, or None."""
    try:
        _VALUE.decode(data)
    except RecursionError:
        return None, 0
    except msgspec.DecodeError as error:
        place = _ERROR_PLACE.search(str(error))
        if place and place[1]:  # something follows the value
            return bytes(data[: int(place[1]) - 1]).rstrip(), None
        return None, int(place[2]) if place else None
    return bytes(data).rstrip(), None


def _on_lines(values: bytes) -> bytes:
    """Put values that are separated by zero bytes on a line each."""
    return values.translate(_SEPARATOR, LINE_BREAKS) + b"\n"
