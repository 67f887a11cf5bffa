"""JSON of any layout (documents, arrays, values one behind the other, spread over lines) becomes one value a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, Final

import msgspec

from checks.logs.formats.conversion import LIMIT_REACHED, MOST_ROWS, ShowBytes, gaps_of_document
from checks.logs.formats.json_records.envelopes import ENVELOPES, LINE_BREAKS

_BLOCK_BYTES: Final = 1 << 18
_LONGEST_HEAD: Final = 1 << 16
"""In bytes, of what stands in a document before its events."""
_FIRST_ROW: Final = 1 << 12
_LONGEST_VALUE: Final = 1 << 26
"""In bytes. A value of more than 64 MiB is no event, and memory has an end."""
_MOST_ATTEMPTS: Final = 50
"""To find a place where an item ends: a comma between braces may also stand within one, or within a string."""
_SCALAR: Final = rb'(?:"(?:[^"\\]|\\.)*+"|[\w.+-]++)'
_SMALL_VALUE: Final = rb"(?:%b|\[(?:[^\[\]{}]|\{[^\[\]{}]*+\})*+\]|\{(?:[^{}]|\{[^{}]*+\})*+\})" % _SCALAR

_DOCUMENT: Final = re.compile(
    rb'\{\s*+(?:"(?:searchedLogStreams|nextToken|NextToken|nextForwardToken|nextBackwardToken|queryLanguage|encryptionKey'
    rb"|statistics|status|ResponseMetadata|logGroupName|logStreamName|preview|init_offset|post_process_count|messages"
    rb'|fields)"\s*+:\s*+%b\s*+,\s*+)*+'
    rb'(?P<key>"(?:events|results|data(?="\s*+:\s*+\[\s*+\{\s*+"(?:id|type|attributes)"))")\s*+:\s*+\[' % _SMALL_VALUE
)
"""How a document begins that the AWS CLI or boto3 has printed, up to the first of its events."""

_CELLS: Final = re.compile(rb'\[\s*+(?:\{\s*+"field"\s*+:|1\d{12}\s*+,)')
"""How a row of Logs Insights begins, or a time with its message: both are one event."""
_BETWEEN_LINES: Final = tuple(re.compile(rb"\%b[ \t\r]*\n\s*(?=[{\[])" % close) for close in (b"}", b"]"))
"""Between two values on lines of their own; nothing like it stands within a value."""
_BLANKS: Final = re.compile(rb"\s*+")
_COMMA: Final = re.compile(rb"\s*,\s*")
_LONGEST_BLANKS: Final = 64
_ERROR_PLACE: Final = re.compile(r"trailing characters \(byte (\d+)\)|\(byte (\d+)\)")

_ESCAPED_HALF: Final = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""An escaped backslash or a whole surrogate pair, which stay, or half a pair, which is no character."""

_ESCAPE_BYTES: Final = 12
_SEPARATOR: Final = bytes.maketrans(b"\0", b"\n")
_VALUES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)


def is_document(text: bytes) -> bool:
    """Whether this is the beginning of a document with a list of events."""
    return bool(_DOCUMENT.match(text))


def without_half_characters(text: bytes) -> bytes:
    """Replace what stands in JSON for half a character, which no text can hold, with U+FFFD."""
    if re.search(rb"\\u[dD]", text):  # three times as fast as `in`, which stumbles over other escapes
        return _ESCAPED_HALF.sub(lambda half: half[1] or b"\\ufffd", text)
    return text


class _BrokenError(Exception):
    """The JSON breaks off."""


@dataclass
class JsonSplitter:
    """Writes each value of a JSON text as a line, in bounded memory.

    The events of a document that the AWS CLI has printed or of an envelope, and the items of an array, are values of
    their own.

    Attributes:
        gaps: Signs that the text does not hold all there was, a sentence each.
        values: How many values were written.
    """

    source: BinaryIO
    target: BinaryIO
    show: ShowBytes
    gaps: list[str] = field(default_factory=list)
    values: int = 0
    _text: bytes = b""
    _at: int = 0
    _slow_until: int = 0
    _line: int = 1
    _gaps_of_page: list[str] = field(default_factory=list)

    def split(self) -> None:
        """Split all of the text, or what stands before the point where it breaks off."""
        try:
            while self._skip_blanks():
                while len(self._text) - self._at < _LONGEST_HEAD and self._has_more():
                    pass
                if document := _DOCUMENT.match(self._text, self._at):
                    self._read_document(document)
                elif self._text.startswith(b"[", self._at) and not _CELLS.match(self._text, self._at):
                    is_of_insights = b'"@timestamp"' in self._text[self._at : self._at + _FIRST_ROW]
                    self._take(1)
                    if self._read_items() == MOST_ROWS and is_of_insights:
                        self.gaps.append(LIMIT_REACHED)
                else:
                    self._read_values()
            self.gaps += self._gaps_of_page
        except _BrokenError:
            self.gaps.append(f"the JSON breaks off at line {self._line}")

    def _read_document(self, begin: re.Match[bytes]) -> None:
        head = begin.string[begin.start() : begin.start("key")]
        self._take(len(begin[0]))
        count = self._read_items()
        rest = self._next_value(b'{"items":0')
        document = msgspec.json.decode(head + b'"items":0}') | msgspec.json.decode(rest)
        self._note_gaps(document, count, is_query=begin["key"] == b'"results"')

    def _read_items(self) -> int:
        """Write the items of an array up to its end; return how many there were."""
        before = self.values
        while self._skip_blanks():
            if self._text.startswith(b"]", self._at):
                self._take(1)
                return self.values - before
            comma = _COMMA.match(self._text, self._at)
            self._take(len(comma[0]) if comma else 0)
            self._write_items()
        raise _BrokenError

    def _write_items(self) -> None:
        """Write the items that the buffer holds whole: those before a comma, or all that are left of the array."""
        while True:
            data = b"[" + self._text[self._at :]
            if self._write_up_to(data, None):
                return
            values, end, place = _array(data)
            if values is not None:
                self._write(values)
                self._take(end - 2)  # up to the bracket that closes the array
                return
            if place is not None:
                if not self._write_up_to(data, place):
                    self._take(place - 1)
                    raise _BrokenError
                return
            self._fill()

    def _write_up_to(self, data: bytes, end: int | None) -> bool:
        """Write the items up to the last comma between two of them; return whether there is one."""
        for cut in _cuts(data, end):
            values, end_of_array, _ = _array(data[:cut] + b"]")
            if values is not None:
                self._write(values)
                self._take(min(cut - 1, end_of_array - 2))
                return True
        return False

    def _read_values(self) -> None:
        """Write the values on lines of their own that the buffer holds whole; where there are none, a single one."""
        cut = _last_line_end(self._text, self._at) if self._at >= self._slow_until else 0
        self._slow_until = self._slow_until if cut else len(self._text)
        if cut and not _DOCUMENT.search(self._text, self._at, cut):
            data = b"[" + _as_items(self._text[self._at : cut]) + b"]"
            values, end, _ = _array(data)
            if values is not None and end == len(data):
                holds_arrays = data.startswith(b"[[") or b"},[" in data or b"],[" in data
                self._write(list(chain.from_iterable(map(_items, values))) if holds_arrays else values)
                self._take(cut - self._at)
                return
            self._slow_until = cut
        self._write([self._next_value()])

    def _next_value(self, prefix: bytes = b"") -> bytes:
        """Return the next value; with a prefix, the one that this begins and the text ends."""
        while True:
            data = prefix + self._text[self._at :] if prefix else memoryview(self._text)[self._at :]
            end, place = _end_of_value(data)
            if end is not None:
                value = bytes(data[:end])
                self._take(end - len(prefix))
                return value
            if place is not None:
                self._take(max(0, place - len(prefix)))
                raise _BrokenError
            self._fill()

    def _write(self, values: Sequence[bytes | msgspec.Raw]) -> None:
        if not values:
            return
        self.values += len(values)
        lines = b"\0".join(values)
        if any(envelope.mark in lines for envelope in ENVELOPES):
            self.target.writelines(map(self._unwrapped, values))
        else:
            self.target.write(_on_lines(lines))

    def _unwrapped(self, value: bytes | msgspec.Raw) -> bytes:
        """Return the events of an envelope; any other value is what it is."""
        text = bytes(value)
        for envelope in ENVELOPES:
            if envelope.mark in text:
                with suppress(msgspec.DecodeError):  # the key stands elsewhere in it
                    events = envelope.events(value)
                    self._read_page(text)
                    return events
        return _on_lines(text)

    def _read_page(self, text: bytes) -> None:
        """Note what a document within a list says."""
        if is_document(text):
            document = msgspec.json.decode(text)
            results = document.get("results")
            self._note_gaps(document, len(results or ()), is_query=results is not None)

    def _note_gaps(self, document: Mapping[str, Any], count: int, *, is_query: bool) -> None:
        """Note what a document says of itself; of pages that follow each other, only the last may say there is more."""
        self._gaps_of_page = list(gaps_of_document(document, count, is_query=is_query))
        if is_query and count:
            self.gaps, self._gaps_of_page = self.gaps + self._gaps_of_page, []

    def _skip_blanks(self) -> bool:
        """Pass over blanks; return whether anything follows."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._take(len(blanks[0]) if blanks else 0)
            if self._at < len(self._text):
                return True
            if not self._has_more():
                return False

    def _take(self, count: int) -> None:
        self._line += self._text.count(b"\n", self._at, self._at + count)
        self._at += count

    def _fill(self) -> None:
        """Read more of a value that has no end yet."""
        if len(self._text) - self._at > _LONGEST_VALUE or not self._has_more():
            raise _BrokenError

    def _has_more(self) -> bool:
        """Read another block; an escape is never cut in two."""
        block = self.source.read(_BLOCK_BYTES)
        while b"\\" in block[-_ESCAPE_BYTES:] and (more := self.source.read(_ESCAPE_BYTES)):
            block += more
        block = without_half_characters(block)
        self._text, self._at, self._slow_until = self._text[self._at :] + block, 0, 0
        self.show(self.source.tell())
        return bool(block)


def _array(data: bytes) -> tuple[list[msgspec.Raw] | None, int, int | None]:
    """Cut an array into its items.

    Returns:
        The items, None where the array has no end or is broken; where the array ends; and where it is broken.
    """
    try:
        return _VALUES.decode(data), len(data.rstrip()), None
    except RecursionError:
        return None, 0, 1
    except msgspec.DecodeError as error:
        after, place = _place(error)
        if after is None:
            return None, 0, place
        end = data.rindex(b"]", 0, after) + 1
        return _VALUES.decode(data[:end]), end, None


def _end_of_value(data: bytes | memoryview) -> tuple[int | None, int | None]:
    """Return where the first value ends, None where that is not in sight; and where it is broken."""
    try:
        _VALUE.decode(data)
    except RecursionError:
        return None, 0
    except msgspec.DecodeError as error:
        after, place = _place(error)
        return (None, place) if after is None else (len(bytes(data[:after]).rstrip()), None)
    return len(data), None


def _place(error: msgspec.DecodeError) -> tuple[int | None, int | None]:
    """Return what stands behind the first value, or where that is broken; neither where it goes on beyond the data."""
    place = _ERROR_PLACE.search(str(error))
    if not place:
        return None, None
    return (int(place[1]) - 1, None) if place[1] else (None, int(place[2]))


def _cuts(data: bytes, end: int | None) -> Iterator[int]:
    """Yield places where an item may end that another one follows, from the end of the data or another place on."""
    close, begin = (b"]", b"[") if data[1:].lstrip().startswith(b"[") else (b"}", b"{")
    attempts = 0
    end = len(data) if end is None else end
    while attempts < _MOST_ATTEMPTS and (end := data.rfind(close, 1, end)) > 0:
        comma = _COMMA.match(data, end + 1)
        if comma and data.startswith(begin, comma.end()):
            attempts += 1
            yield end + 1


def _as_items(lines: bytes) -> bytes:
    """Put commas between values on lines of their own."""
    for close, pattern in zip((b"}", b"]"), _BETWEEN_LINES, strict=True):
        lines = pattern.sub(close + b",", lines) if close + b"\n" in lines or close + b"\r\n" in lines else lines
    return lines


def _on_lines(values: bytes) -> bytes:
    """Put values, with a zero byte between two of them, on a line each."""
    return values.translate(_SEPARATOR, LINE_BREAKS) + b"\n"


def _items(value: msgspec.Raw) -> Sequence[msgspec.Raw]:
    """Return the items of an array; what is none, or is one event, is its only item."""
    text = bytes(value)
    return _VALUES.decode(value) if text.startswith(b"[") and not _CELLS.match(text) else [value]


def _last_line_end(text: bytes, begin: int) -> int:
    """Where the last value ends that another one follows on a line of its own; 0 where there is none."""
    end = text.rfind(b"\n", begin)
    while end > begin:
        blanks = text[max(begin, end - _LONGEST_BLANKS) : end]
        last = end - len(blanks) + len(blanks.rstrip())
        if any(pattern.match(text, last - 1) for pattern in _BETWEEN_LINES):
            return last
        end = text.rfind(b"\n", begin, end)
    return 0
