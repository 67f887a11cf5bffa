"""Whatever lies in a file or comes from a pipe, all of it that can be read is there as plain UTF-8."""

import codecs
import gzip
import os
import re
import sys
from io import BytesIO
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.logs.decompress import FileKind, PlainFile, decompress
from tests.logs.exports import COMPRESSIONS, Compress, blocks_of_zstd

BLOCK = 1 << 18

LINES = "".join(f"{n} {n * 7919 % 1000003:x}\n" for n in range(20_000)).encode()

MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfe\xff", b"\xff\xfe", b"BZh")

GAP = "the compressed data are cut off or damaged"


def plain(folder: Path, content: bytes, name: str = "a.log") -> PlainFile:
    (folder / name).write_bytes(content)
    return decompress(folder / name, folder / "copy.txt")


def expected(content: bytes) -> tuple[str, int]:
    text, replaced = re.subn("[\udc80-\udcff]", "\ufffd", content.decode("utf-8", "surrogateescape"))
    return text.removeprefix("\ufeff"), replaced


def test_plain_utf8_is_used_where_it_is(tmp_path: Path) -> None:
    """A file that needs no change is not copied."""
    assert plain(tmp_path, "grüße 👋\n".encode()) == PlainFile(tmp_path / "a.log")


@pytest.mark.parametrize("name", ["a.log", "a.gz", "a.zst", "a"])
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compression_is_told_from_the_content(tmp_path: Path, compression: str, name: str) -> None:
    """A compressed file is unpacked whatever its name is."""
    assert plain(tmp_path, COMPRESSIONS[compression](LINES), name) == PlainFile(tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_bytes() == LINES


@pytest.mark.parametrize("name", ["a.gz", "a.zst"])
def test_plain_text_may_be_named_like_a_compressed_file(tmp_path: Path, name: str) -> None:
    """A name that promises compression does not matter where the content is plain."""
    assert plain(tmp_path, LINES, name) == PlainFile(tmp_path / name)


@pytest.mark.parametrize("compress", [COMPRESSIONS["gzip"], COMPRESSIONS["zstd"]], ids=["gzip", "zstd"])
def test_compressed_parts_in_a_row_are_one_file(tmp_path: Path, compress: Compress) -> None:
    """Compressed files that were joined with `cat` are read to the end."""
    plain(tmp_path, compress(b"one\n") + compress(b"two\n"))
    assert (tmp_path / "copy.txt").read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("compress", [COMPRESSIONS["gzip"], blocks_of_zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_what_stands_before_a_cut_is_read(tmp_path: Path, compress: Compress, share: float) -> None:
    """Of a compressed file that was cut, all that stands before the cut is there, and a gap says that more was."""
    whole = compress(LINES)
    found = plain(tmp_path, whole[: int(len(whole) * share)])
    copy = found.path.read_bytes()
    assert LINES.startswith(copy)
    assert len(copy) > len(LINES) * (share - 0.09)
    assert found.gaps == (GAP,)


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(gzip.compress(LINES)[:-8] + b"\0" * 8, id="wrong checksum"),
        pytest.param(gzip.compress(LINES) + b"junk", id="junk behind"),
        pytest.param(COMPRESSIONS["zstd"](LINES) + b"junk", id="junk behind zstd"),
    ],
)
def test_damage_at_the_end_costs_nothing_but_a_gap(tmp_path: Path, damaged: bytes) -> None:
    """Where only the end of a compressed file is damaged, all of the content is read, and a gap reported."""
    found = plain(tmp_path, damaged)
    assert found.path.read_bytes() == LINES
    assert found.gaps[0] == "the compressed data are cut off or damaged"


@pytest.mark.parametrize("compress", [COMPRESSIONS["gzip"], blocks_of_zstd], ids=["gzip", "zstd"])
def test_damage_in_the_middle_is_a_gap(tmp_path: Path, compress: Compress) -> None:
    """Flipped bytes in a compressed file end the read with a gap, and never with a crash."""
    whole = bytearray(compress(LINES))
    middle = len(whole) // 2
    whole[middle : middle + 200] = bytes(byte ^ 0xFF for byte in whole[middle : middle + 200])
    assert plain(tmp_path, bytes(whole)).gaps


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b", b"\x1f\x8bnot gzip", b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfdnot zstd"]
)
def test_what_only_begins_like_a_compressed_file_is_a_gap(tmp_path: Path, content: bytes) -> None:
    """A header without data behind it gives nothing, and a gap says so."""
    found = plain(tmp_path, content)
    assert (found.path.read_bytes(), len(found.gaps)) == (b"", 1)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@given(content=st.binary(max_size=200).filter(lambda content: not content.startswith(MAGIC)))
def test_every_byte_is_there_or_replaced(
    tmp_path_factory: pytest.TempPathFactory, compression: str, content: bytes
) -> None:
    """Each byte that is UTF-8 stays, each one that is not becomes U+FFFD and is counted in a note."""
    found = plain(tmp_path_factory.mktemp("any"), COMPRESSIONS[compression](content))
    text, replaced = expected(content)
    assert found.path.read_bytes() == text.encode()
    assert found.gaps == ()
    assert found.notes == ((f"bytes that were not UTF-8 and became U+FFFD: {replaced}",) if replaced else ())


@pytest.mark.parametrize("tail", ["é", "€", "👋", "\ufffd"])
@pytest.mark.parametrize("before", range(1, 5))
def test_a_character_across_blocks_is_one_character(tmp_path: Path, tail: str, before: int) -> None:
    """A character whose bytes fall into two blocks of the read is kept, and counted as no replacement."""
    content = b"\xff" + b"x" * (BLOCK - 1 - before) + tail.encode()
    found = plain(tmp_path, content)
    assert found.path.read_text(encoding="utf-8") == expected(content)[0]
    assert found.notes == ("bytes that were not UTF-8 and became U+FFFD: 1",)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_byte_order_mark_is_dropped(tmp_path: Path, compression: str) -> None:
    """The mark that Windows programs write is no part of the first line."""
    found = plain(tmp_path, COMPRESSIONS[compression](codecs.BOM_UTF8 + b"one\n"))
    assert (found.path.read_bytes(), found.notes) == (b"one\n", ())


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_standard_input_is_read_like_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str) -> None:
    """What is piped in may be compressed as well."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(COMPRESSIONS[compression](LINES))))
    assert decompress(None, tmp_path / "copy.txt").path.read_bytes() == LINES


def test_standard_input_may_be_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real pipe, which cannot be read twice, is read whole."""
    with Popen(["gzip", "-c"], stdin=PIPE, stdout=PIPE) as process:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=process.stdout))
        assert process.stdin
        Thread(target=lambda stream: (stream.write(LINES), stream.close()), args=(process.stdin,)).start()
        assert decompress(None, tmp_path / "copy.txt").path.read_bytes() == LINES


def test_a_named_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    """What a shell's `<(command)` names is a pipe, too."""
    os.mkfifo(tmp_path / "pipe")
    Thread(target=(tmp_path / "pipe").write_bytes, args=(LINES,)).start()
    assert decompress(tmp_path / "pipe", tmp_path / "copy.txt").path.read_bytes() == LINES


@pytest.mark.parametrize(("name", "error"), [("", IsADirectoryError), ("nowhere", FileNotFoundError)])
def test_what_cannot_be_read_is_an_error(tmp_path: Path, name: str, error: type[OSError]) -> None:
    """A folder in place of a file, and a file that is not there, are the system's own errors."""
    with pytest.raises(error):
        decompress(tmp_path / name, tmp_path / "copy.txt")


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_becomes_utf_8(tmp_path: Path, compression: str, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16, with a byte order mark or without one."""
    text = "".join(f"{number} grüße 👋\r\n" for number in range(100_000))
    found = plain(tmp_path, COMPRESSIONS[compression](text.encode(encoding)))
    assert (found.path.read_bytes().decode(), found.notes) == (text, ())


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_colours_are_no_part_of_the_text(tmp_path: Path, compression: str) -> None:
    """What a terminal takes for a colour is dropped, also where it falls into two blocks of the read."""
    text = "".join(f"\x1b[32m{number}\x1b[0m \x1b[1;38;5;208mred\x1b[m [1m\n" for number in range(20_000))
    found = plain(tmp_path, COMPRESSIONS[compression](text.encode()))
    assert found.path.read_text() == "".join(f"{number} red [1m\n" for number in range(20_000))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"BZh91AY&SY", FileKind.FOREIGN), (b"PAR1\0", FileKind.FOREIGN), (b"PK\x03\x04", FileKind.ZIP)],
)
def test_what_is_packed_otherwise_is_known(tmp_path: Path, content: bytes, kind: FileKind) -> None:
    """Archives are told from what is packed in a way that is not read here."""
    found = plain(tmp_path, content)
    assert (found.kind, found.path) == (kind, tmp_path / "a.log")
    assert found.complaint == ("" if kind is FileKind.ZIP else found.complaint)
