"""Decompression, in bounded memory: any file or stream becomes plain UTF-8 text, or the members of an archive."""

import codecs
import errno
import gzip
import os
import re
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from enum import Enum
from functools import partial
from io import BufferedIOBase
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final

from msgspec import Struct

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from checks.logs.formats.conversion import ShowBytes, UnreadableError

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""Magic bytes of zstd: of a data frame, or of a skippable frame, in which a tool keeps metadata of its own."""

_WORKBOOK: Final = "an Excel workbook: write its rows as CSV"
FOREIGN: Final = {
    b"BZh": "packed with bzip2: unpack it",
    b"\xfd7zXZ": "packed with xz: unpack it",
    b"\x5d\0\0": "packed with LZMA: unpack it",
    b"7z\xbc\xaf": "packed with 7-Zip: unpack it",
    b"Rar!": "packed with RAR: unpack it",
    b"\x04\x22\x4d\x18": "packed with LZ4: unpack it",
    b"\x1f\x9d": "packed with compress: unpack it",
    b"\xff\x06\0\0sNaPpY": "packed with Snappy: unpack it",
    b"\x89LZO\0": "packed with LZO: unpack it",
    b"Obj\1": "Avro: write it as JSON Lines or Parquet",
    b"ARROW1\0": "Arrow: write it as JSON Lines or Parquet",
    b"SQLite format 3\0": "an SQLite database: write its rows as CSV or JSON Lines",
    b"\xd0\xcf\x11\xe0": _WORKBOOK,
}
"""Magic bytes of formats that may hold a log but are not supported, and what the file is."""

_HEAD_BYTES: Final = 1 << 16
_BLOCK_BYTES: Final = 1 << 18
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as the error handler `surrogateescape` decodes them."""
_UTF8_AS_UTF16: Final = re.compile(r"[^\x00-\x7f]{2000}")
"""UTF-8 text decoded as UTF-16: one shell has appended to a file that another wrote in UTF-16."""
_UTF16_AS_UTF8: Final = re.compile(r"(?:[^\x00]\x00){50}")
_COLOURS: Final = re.compile(r"\x1b\[(?:\?2004[hl]\r?|[0-9;:?]*[@-~])")
"""Terminal escape codes for colours and the cursor, which no tool and no log means as text."""
_LONGEST_COLOUR: Final = 32
_ORDER_MARK: Final = "\ufeff"
"""It begins a file, also one that was appended to another; within a line it is an invisible space."""
_PADDING: Final = re.compile(r"^\0+", re.MULTILINE)
"""What fills a file that was preallocated, or emptied while it was being written."""
_FEWEST_BYTES: Final = 8
_MOST_SECONDS_WITHOUT_WRITER: Final = 10
_CANNOT_BE_UNPACKED: Final = "cannot be unpacked here ({}): unpack the archive, and name its files"
_ARCHIVE_CUT: Final = "the archive is cut off or damaged"
_ARCHIVES_IN_A_ROW: Final = "it holds several archives, one after another: unpack them"
_MIXED_ENCODINGS: Final = "its encoding changes partway: write the whole file in one encoding"


class FileKind(Enum):
    """A kind of plain file."""

    TEXT = "text"
    PARQUET = "Parquet"
    TAR = "tar"
    ZIP = "zip"


_MAGIC: Final = (
    (b"PK\x03\x04", 0, FileKind.ZIP),
    (b"PK\x05\x06", 0, FileKind.ZIP),
    (b"PAR1", 0, FileKind.PARQUET),
    (b"ustar", 257, FileKind.TAR),
)
"""Magic bytes, their offset, and the kind of file that they identify; any other file is text."""


class PlainFile(Struct, frozen=True):
    """A plain file: UTF-8 text without byte order marks, padding or escape codes, a Parquet file, or an archive.

    Attributes:
        path: The original file if it was already plain, otherwise a copy.
        gaps: Why the copy is incomplete, one sentence each.
        notes: What was changed in the copy, one sentence each.
    """

    path: Path
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    kind: FileKind = FileKind.TEXT


def decompress(path: Path | None, copy: Path, show: ShowBytes = lambda _: None) -> PlainFile:
    """Return `path` if the file is already plain, otherwise decompress and decode it into `copy`.

    Args:
        path: The file, or a pipe; None for standard input.
        copy: A file that does not exist yet.
        show: Called from time to time with the number of bytes of `path` read so far.

    Raises:
        OSError: The file cannot be read.
        UnreadableError: It is compressed in an unsupported format.
    """
    if path is None or not path.is_file():
        path = _from_stream(path, copy.with_suffix(".raw"))
    with path.open("rb") as stream:
        shown = lambda: show(stream.tell())  # noqa: E731 -- the position in the file itself, not in what is unpacked
        head = stream.read(_HEAD_BYTES)
        stream.seek(0)
        if head.startswith(_GZIP):
            return _copied(_gunzipped(stream), copy, shown)
        if _ZSTD.match(head):
            return _copied(zstd.open(stream), copy, shown)
        kind = _kind(head)
        is_unix = _encoding(head) == "utf-8" and not _ends_lines_with_returns(head)
        if kind is not FileKind.TEXT or (is_unix and _is_plain(stream)):
            return PlainFile(path, kind=kind)
        stream.seek(0)
        return _copied(nullcontext(stream), copy, shown)


def _gunzipped(stream: BinaryIO) -> gzip.GzipFile:
    """Unpack gzip, if necessary twice: Firehose compresses again what a subscription filter has compressed."""
    is_packed_twice = False
    with suppress(EOFError, OSError, zlib.error):  # the copy will report the damage
        is_packed_twice = gzip.GzipFile(fileobj=stream, mode="rb").peek(len(_GZIP)).startswith(_GZIP)
    stream.seek(0)
    once = gzip.GzipFile(fileobj=stream, mode="rb")
    return gzip.GzipFile(fileobj=once, mode="rb") if is_packed_twice else once


def _from_stream(path: Path | None, file: Path) -> Path:
    """Write a stream to a file, because it can be read only once."""
    with _opened(path) if path else nullcontext(sys.stdin.buffer) as stream, file.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return file


def _opened(path: Path) -> BinaryIO:
    """Open a pipe without waiting for a writer for ever, as the operating system would.

    Raises:
        OSError: Nobody writes to it.
        UnreadableError: It is a device, which may be endless.
    """
    if path.is_char_device():
        raise UnreadableError("is a device: name a file, or - for standard input")
    with ThreadPoolExecutor(1) as worker:
        opened = worker.submit(path.open, "rb")
        try:
            return opened.result(timeout=_MOST_SECONDS_WITHOUT_WRITER)
        except (TimeoutError, KeyboardInterrupt) as error:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # the writer that the other thread waits for
            opened.result().close()
            if isinstance(error, KeyboardInterrupt):
                raise
            raise OSError(errno.EPIPE, "nobody writes to this pipe") from error


def _kind(head: bytes) -> FileKind:
    if foreign := next((what for magic, what in FOREIGN.items() if head.startswith(magic)), None):
        raise UnreadableError(f"is {foreign}")
    return next((kind for magic, place, kind in _MAGIC if head.startswith(magic, place)), FileKind.TEXT)


def _encoding(head: bytes) -> str:
    """Detect the encoding of text; UTF-16 without a byte order mark shows by a zero in every other byte."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # tested first: it begins with UTF-16's mark
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if len(zeros) >= _FEWEST_BYTES and zeros.count(0) >= len(zeros) / 2 and others.count(0) < len(others) / 10:
            return encoding
    return "utf-8"


def _ends_lines_with_returns(head: bytes) -> bool:
    """Whether lines end in a bare carriage return, as spreadsheets on the Mac write them."""
    return b"\r" in head and b"\n" not in head


def _is_plain(stream: BinaryIO) -> bool:
    """Whether the whole stream is UTF-8 without escape codes, zero bytes and byte order marks."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK_BYTES):
            if b"\x1b" in block or b"\0" in block:
                return False
            is_ascii = not decoder.getstate()[0] and block.isascii()  # much faster than decoding
            if not is_ascii and _ORDER_MARK in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _copied(opened: AbstractContextManager[BufferedIOBase], copy: Path, show: Callable[[], None]) -> PlainFile:
    gaps: list[str] = []
    with opened as stream, copy.open("wb") as target:
        blocks = _blocks(stream, gaps)
        head = b""
        while len(head) < _HEAD_BYTES and (block := next(blocks, b"")):
            head += block
        kind = _kind(head)
        text = _Text(_encoding(head), "\r" if _ends_lines_with_returns(head) else "\n")
        for block in chain((head,), blocks):
            target.write(text.plain(block) if kind is FileKind.TEXT else block)
            show()
        target.write(text.plain(b"", final=True) if kind is FileKind.TEXT else b"")
    if text.is_mixed:
        gaps.append(_MIXED_ENCODINGS)
    note = f"bytes that were not UTF-8 and became U+FFFD: {text.replaced}"
    return PlainFile(copy, tuple(gaps), (note,) if text.replaced else (), kind)


def _blocks(stream: BufferedIOBase, gaps: list[str]) -> Iterator[bytes]:
    """Yield the readable blocks of a stream; if it is damaged, stop there and add a gap."""
    try:
        while block := stream.read1(_BLOCK_BYTES):  # read() would lose the data before an error
            yield block
    except (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError):
        gaps.append("the compressed data are cut off or damaged")


class _Text:
    """Converts text in any encoding to plain UTF-8, block by block."""

    def __init__(self, encoding: str, line_end: str) -> None:
        self._is_utf8 = encoding.startswith("utf-8")
        errors = "surrogateescape" if self._is_utf8 else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._line_end = line_end
        self._rest = ""
        self.replaced = 0
        self.is_mixed = False

    def plain(self, block: bytes, *, final: bool = False) -> bytes:
        """Decode a block; an escape code that may be incomplete is held back until the next one."""
        text = self._rest + self._decoder.decode(block, final)
        self._rest = ""
        begin = text.rfind("\x1b", -_LONGEST_COLOUR)
        if begin >= 0 and not final:
            text, self._rest = text[:begin], text[begin:]
        if "\x1b" in text:
            text = _COLOURS.sub("", text)
        text = text.replace(self._line_end, "\n")
        self.is_mixed = self.is_mixed or self._changes_encoding(text)
        text = _PADDING.sub("", text) if "\0" in text else text
        if not text.isascii():
            text, replaced = _NOT_UTF8.subn("\ufffd", text.replace(_ORDER_MARK, ""))
            self.replaced += replaced
        return text.encode(errors="replace")

    def _changes_encoding(self, text: str) -> bool:
        if self._is_utf8:
            return "\0" in text and bool(_UTF16_AS_UTF8.search(text))
        return not text.isascii() and bool(_UTF8_AS_UTF16.search(text))


class Member(Struct, frozen=True):
    """A member of an archive: its path there, its copy if there is one, and the reason if the copy is incomplete."""

    name: str
    path: Path | None
    gap: str = ""


def members(archive: Path, kind: FileKind, folder: Path) -> Iterator[Member]:
    """Extract the files of a tar or zip archive, one by one. Hidden files are left out, as in a folder.

    Yields:
        The files, and one without a name for a problem with the archive as a whole.

    Raises:
        UnreadableError: It is an Excel workbook.
        OSError: A copy cannot be written.
    """
    try:
        yield from _of_tar(archive, folder) if kind is FileKind.TAR else _of_zip(archive, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError):
        yield Member("", None, _ARCHIVE_CUT)
    except NotImplementedError as error:  # a later version of the format
        yield Member("", None, _CANNOT_BE_UNPACKED.format(error))


def _of_tar(archive: Path, folder: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r:") as tar:
        for number, entry in enumerate(tar):
            if entry.isfile() and not _is_hidden(entry.name):
                source = tar.extractfile(entry)
                assert source is not None  # noqa: S101 -- None only for what is not a file
                yield _member(source, entry.name, folder / f"{number:06}")
        end = tar.offset
    with archive.open("rb") as source:
        source.seek(end)
        if source.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # a complete archive ends in zeros
            raise tarfile.ReadError(_ARCHIVE_CUT)
        if any(block.strip(b"\0") for block in iter(partial(source.read, _BLOCK_BYTES), b"")):
            yield Member("", None, _ARCHIVES_IN_A_ROW)


def _of_zip(archive: Path, folder: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as zip_file:
        if "xl/workbook.xml" in zip_file.namelist():
            raise UnreadableError(f"is {_WORKBOOK}")
        if min((entry.header_offset for entry in zip_file.infolist()), default=0):
            yield Member("", None, _ARCHIVES_IN_A_ROW)
        for number, entry in enumerate(zip_file.infolist()):
            if entry.is_dir() or _is_hidden(entry.filename):
                continue
            try:
                yield _member(zip_file.open(entry), entry.filename, folder / f"{number:06}")
            except (RuntimeError, NotImplementedError) as error:  # a password, or a method that Python lacks
                yield Member(entry.filename, None, _CANNOT_BE_UNPACKED.format(error))


def _member(source: IO[bytes], name: str, path: Path) -> Member:
    gap = ""
    with source, path.open("wb") as target:
        try:
            shutil.copyfileobj(source, target)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error):
            gap = _ARCHIVE_CUT
    return Member(name, path, gap)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts if part not in {".", ".."})
