"""Decompression: any file or stream becomes a plain UTF-8 file, in bounded memory."""

import codecs
import gzip
import re
import shutil
import sys
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP: Final = b"\x1f\x8b"

_ZSTD: Final = b"\x28\xb5\x2f\xfd"

_BLOCK_BYTES: Final = 1 << 18

_ESCAPED: Final = re.compile("[\udc80-\udcff]")

_REPLACEMENT: Final = "\ufffd"


class _Readable(Protocol):
    def read1(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A plain UTF-8 file, without a byte order mark.

    Attributes:
        path: The file itself if it was one already, else a copy.
        gaps: Why the copy does not hold all of it, a sentence each.
        notes: What the copy changed, a sentence each.
    """

    path: Path
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def decompress(path: Path | None, copy: Path) -> PlainFile:
    """Return `path` if it is plain UTF-8, else decompress and decode it into `copy`.

    Args:
        path: The file, or a pipe; None for standard input.
        copy: A file that does not exist yet.

    Raises:
        OSError: The file cannot be read.
    """
    if path is None or not path.is_file():
        path = _spooled(path, copy.with_suffix(".raw"))
    with path.open("rb") as stream:
        magic = stream.read(len(_ZSTD))
        stream.seek(0)
        if magic.startswith(_GZIP):
            return _copied(gzip.open(stream), copy)
        if magic == _ZSTD:
            return _copied(zstd.open(stream), copy)
        if not magic.startswith(codecs.BOM_UTF8) and _is_utf8(stream):
            return PlainFile(path)
        stream.seek(0)
        return _copied(nullcontext(stream), copy)


def _spooled(path: Path | None, file: Path) -> Path:
    """Write a stream to a file, for it can be read only once."""
    with path.open("rb") if path else nullcontext(sys.stdin.buffer) as stream, file.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return file


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK_BYTES):
            if decoder.getstate()[0] or not block.isascii():  # which is much faster to tell
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _copied(opened: AbstractContextManager[_Readable], copy: Path) -> PlainFile:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    gaps: tuple[str, ...] = ()
    replaced = 0
    with opened as stream, copy.open("wb") as target:
        try:
            while block := stream.read1(_BLOCK_BYTES):  # read() would lose what stands before an error
                replaced += _write(decoder.decode(block), target)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError):
            gaps = ("the compressed data are cut off or damaged",)
        replaced += _write(decoder.decode(b"", final=True), target)
    note = f"bytes that were not UTF-8 and became U+FFFD: {replaced}"
    return PlainFile(copy, gaps, (note,) if replaced else ())


def _write(text: str, target: BinaryIO) -> int:
    """Write decoded text without its byte order mark; return how many bytes had to be replaced."""
    if target.tell() == 0:
        text = text.removeprefix("\ufeff")
    text, replaced = _ESCAPED.subn(_REPLACEMENT, text)
    target.write(text.encode())
    return replaced
