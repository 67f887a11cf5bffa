"""Everything readable in a file, a pipe or a member of an archive is read."""

import codecs
import gzip
import io
import os
import re
import sys
import tarfile
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread
from time import sleep
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import SourceError
from checks.logs.decompress import FOREIGN, FileKind, PlainFile, decompress, members
from checks.logs.files import read_files
from checks.logs.formats.conversion import UnreadableError
from checks.logs.spool import Spool
from tests.logs.exports import COMPRESSIONS, SAMPLE, Compress, blocks_of_zstd, firehose, json_lines, s3_export
from tests.logs.test_files import messages

BLOCK = 1 << 18

LINES = "".join(f"{n} {n * 7919 % 1000003:x}\n" for n in range(20_000)).encode()

MAGIC = (
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\0\0\xfe\xff",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PAR1",
    *FOREIGN,
)

GAP = "the compressed data are cut off or damaged"


def plain(folder: Path, content: bytes, name: str = "a.log") -> PlainFile:
    (folder / name).write_bytes(content)
    return decompress(folder / name, folder / "copy.txt")


def expected(content: bytes) -> tuple[str, int]:
    text, replaced = re.subn("[\udc80-\udcff]", "\ufffd", content.decode("utf-8", "surrogateescape"))
    text = (text if "\n" in text else text.replace("\r", "\n")).removeprefix("\ufeff")
    return re.sub(r"^\0+", "", text, flags=re.MULTILINE).replace("\ufeff", ""), replaced


def test_plain_utf8_is_used_where_it_is(tmp_path: Path) -> None:
    """A file that needs no change is not copied."""
    assert plain(tmp_path, "grüße 👋\n".encode()) == PlainFile(tmp_path / "a.log")


@pytest.mark.parametrize("name", ["a.log", "a.gz", "a.zst", "a"])
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compression_is_told_from_the_content(tmp_path: Path, compression: str, name: str) -> None:
    """A compressed file is unpacked, whatever its name."""
    assert plain(tmp_path, COMPRESSIONS[compression](LINES), name) == PlainFile(tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_bytes() == LINES


@pytest.mark.parametrize("name", ["a.gz", "a.zst"])
def test_plain_text_may_be_named_like_a_compressed_file(tmp_path: Path, name: str) -> None:
    """The name does not matter if the content is plain."""
    assert plain(tmp_path, LINES, name) == PlainFile(tmp_path / name)


@pytest.mark.parametrize("compress", [COMPRESSIONS["gzip"], COMPRESSIONS["zstd"]], ids=["gzip", "zstd"])
def test_compressed_parts_in_a_row_are_one_file(tmp_path: Path, compress: Compress) -> None:
    """Compressed files that were joined with `cat` are read to the end."""
    plain(tmp_path, compress(b"one\n") + compress(b"two\n"))
    assert (tmp_path / "copy.txt").read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize("compress", [COMPRESSIONS["gzip"], blocks_of_zstd], ids=["gzip", "zstd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_what_stands_before_a_cut_is_read(tmp_path: Path, compress: Compress, share: float) -> None:
    """Everything before the cut of a compressed file is read, and a gap says that there was more."""
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
    """If only the end of a compressed file is damaged, all content is read, and a gap reported."""
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
    """A header without data yields nothing, and a gap says so."""
    found = plain(tmp_path, content)
    assert (found.path.read_bytes(), len(found.gaps)) == (b"", 1)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@given(content=st.binary(max_size=200).filter(lambda content: not content.startswith(MAGIC)))
def test_every_byte_is_there_or_replaced(
    tmp_path_factory: pytest.TempPathFactory, compression: str, content: bytes
) -> None:
    """Valid UTF-8 stays, but for padding; each other byte becomes U+FFFD and is counted in a note."""
    found = plain(tmp_path_factory.mktemp("any"), COMPRESSIONS[compression](content))
    text, replaced = expected(content)
    assert found.path.read_bytes() == text.encode()
    assert found.gaps == ()
    assert found.notes == ((f"bytes that were not UTF-8 and became U+FFFD: {replaced}",) if replaced else ())


@pytest.mark.parametrize("tail", ["é", "€", "👋", "\ufffd"])
@pytest.mark.parametrize("before", range(1, 5))
def test_a_character_across_blocks_is_one_character(tmp_path: Path, tail: str, before: int) -> None:
    """A character in two blocks of the read is kept, and not counted as replaced."""
    content = b"\xff" + b"x" * (BLOCK - 1 - before) + tail.encode()
    found = plain(tmp_path, content)
    assert found.path.read_text(encoding="utf-8") == expected(content)[0]
    assert found.notes == ("bytes that were not UTF-8 and became U+FFFD: 1",)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_byte_order_mark_is_dropped(tmp_path: Path, compression: str) -> None:
    """The mark that Windows programs write is not part of the first line."""
    for text in (codecs.BOM_UTF8 + b"one\ntwo\n", b"one\n" + codecs.BOM_UTF8 + b"two\n"):  # `copy /b one + two`
        found = plain(tmp_path, COMPRESSIONS[compression](text))
        assert (found.path.read_bytes(), found.notes) == (b"one\ntwo\n", ())
        found.path.unlink()


def test_a_byte_order_mark_across_blocks_is_dropped(tmp_path: Path) -> None:
    """It is one character, wherever a block of the read ends."""
    content = b"x" * (BLOCK - 2) + b"\n" + codecs.BOM_UTF8 + b"two\n"
    assert plain(tmp_path, content).path.read_bytes() == content.replace(codecs.BOM_UTF8, b"")


def test_padding_is_dropped(tmp_path: Path) -> None:
    """A program that keeps writing to a log that was emptied leaves zero bytes before its lines."""
    padding = bytes(3 * BLOCK)
    found = plain(tmp_path, padding + b"one\n" + padding + b"two \0\n" + padding)
    assert (found.path.read_bytes(), found.gaps) == (b"one\ntwo \0\n", ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_carriage_return_alone_ends_a_line_where_nothing_else_does(
    tmp_path: Path, compression: str, encoding: str
) -> None:
    """Mac spreadsheets write it; elsewhere it is part of its line."""
    for text, expected in (("one\rtwo\r", "one\ntwo\n"), ("one\rtwo\n", "one\rtwo\n"), ("one\r\n", "one\r\n")):
        copy = plain(tmp_path, COMPRESSIONS[compression](text.encode(encoding))).path
        assert copy.read_bytes().decode() == expected
        (tmp_path / "copy.txt").unlink(missing_ok=True)


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_standard_input_is_read_like_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str) -> None:
    """Piped input may also be compressed."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(COMPRESSIONS[compression](LINES))))
    assert decompress(None, tmp_path / "copy.txt").path.read_bytes() == LINES


def test_standard_input_may_be_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real pipe, which cannot be read twice, is read completely."""
    with Popen(["gzip", "-c"], stdin=PIPE, stdout=PIPE) as process:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=process.stdout))
        assert process.stdin
        Thread(target=lambda stream: (stream.write(LINES), stream.close()), args=(process.stdin,)).start()
        assert decompress(None, tmp_path / "copy.txt").path.read_bytes() == LINES


def test_a_named_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    """`<(command)` in a shell is also a pipe."""
    os.mkfifo(tmp_path / "pipe")
    Thread(target=(tmp_path / "pipe").write_bytes, args=(LINES,)).start()
    assert decompress(tmp_path / "pipe", tmp_path / "copy.txt").path.read_bytes() == LINES


def test_a_named_pipe_without_a_writer_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system would wait forever for a writer; one that has written nothing yet is awaited."""
    monkeypatch.setattr("checks.logs.decompress._MOST_SECONDS_WITHOUT_WRITER", 0.1)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="nobody writes to this pipe"):
        decompress(tmp_path / "pipe", tmp_path / "copy.txt")

    def write_slowly() -> None:
        with (tmp_path / "pipe").open("wb") as pipe:
            sleep(0.5)
            pipe.write(LINES)

    Thread(target=write_slowly).start()
    assert decompress(tmp_path / "pipe", tmp_path / "copy.txt").path.read_bytes() == LINES


@pytest.mark.parametrize(("name", "error"), [("", IsADirectoryError), ("nowhere", FileNotFoundError)])
def test_what_cannot_be_read_is_an_error(tmp_path: Path, name: str, error: type[OSError]) -> None:
    """A folder instead of a file, and a missing file, are the system's own errors."""
    with pytest.raises(error):
        decompress(tmp_path / name, tmp_path / "copy.txt")


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_becomes_utf_8(tmp_path: Path, compression: str, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16, with or without a byte order mark; some tools write UTF-32."""
    text = "".join(f"{number} grüße 👋\r\n" for number in range(20_000))
    found = plain(tmp_path, COMPRESSIONS[compression](text.encode(encoding)))
    assert (found.path.read_bytes().decode(), found.notes) == (text, ())


@pytest.mark.parametrize(
    ("one", "other"), [("utf-16", "utf-8"), ("utf-8", "utf-16"), ("utf-8", "utf-16-le"), ("utf-8", "utf-16-be")]
)
def test_a_change_of_the_encoding_is_a_gap(tmp_path: Path, one: str, other: str) -> None:
    """One shell may append to another's file: what follows is not text, and was not read."""
    text = "".join(f"2026-06-02T00:00:00Z number {number}\n" for number in range(1000))
    assert plain(tmp_path, text.encode(one) + text.encode(other)).gaps == (
        "its encoding changes partway: write the whole file in one encoding",
    )
    assert plain(tmp_path, text.encode(one) * 2, "b.log").gaps == ()


def test_a_frame_of_zstd_without_data_is_passed_over(tmp_path: Path) -> None:
    """Some tools begin a file with one."""
    skipped = b"\x5a\x2a\x4d\x18\x04\0\0\0note"
    assert plain(tmp_path, skipped + COMPRESSIONS["zstd"](b"one") + skipped).path.read_bytes() == b"one"


def test_what_was_packed_twice_is_unpacked_twice(tmp_path: Path) -> None:
    """Firehose compresses a subscription filter's messages, each compressed already, once more."""
    once = gzip.compress(b"one") + gzip.compress(b"two")
    assert plain(tmp_path, gzip.compress(once)).path.read_bytes() == b"onetwo"
    cut = plain(tmp_path, gzip.compress(once[:-4]))
    assert (cut.path.read_bytes(), cut.gaps) == (b"onetwo", ("the compressed data are cut off or damaged",))


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_colours_are_no_part_of_the_text(tmp_path: Path, compression: str) -> None:
    """Terminal colours are removed, even if they span two blocks of the read."""
    text = "".join(f"\x1b[32m{number}\x1b[0m \x1b[1;38;5;208mred\x1b[m [1m\n" for number in range(20_000))
    text = f"\x1b[?2004l\r{text}"
    found = plain(tmp_path, COMPRESSIONS[compression](text.encode()))
    assert found.path.read_text() == "".join(f"{number} red [1m\n" for number in range(20_000))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PAR1\0", FileKind.PARQUET), (b"PK\x03\x04", FileKind.ZIP)],
)
def test_what_is_no_text_is_known(tmp_path: Path, content: bytes, kind: FileKind) -> None:
    """It is recognised by its first bytes."""
    found = plain(tmp_path, content)
    assert (found.kind, found.path) == (kind, tmp_path / "a.log")


def test_what_is_packed_otherwise_is_named(tmp_path: Path) -> None:
    """The error says what to do; such a file may be a log, also where it was not named."""
    for content, complaint in {
        b"BZh91AY&SY": "is packed with bzip2: unpack it",
        b"\x1f\x9d\x90\x41": "is packed with compress: unpack it",
        b"\xff\x06\0\0sNaPpY\x01": "is packed with Snappy: unpack it",
        b"Obj\x01\x04\x14avro.codec": "is Avro: write it as JSON Lines or Parquet",
        b"SQLite format 3\0\x10\0": "is an SQLite database: write its rows as CSV or JSON Lines",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "is an Excel workbook: write its rows as CSV",
    }.items():
        for packed in (content, gzip.compress(content)):
            with pytest.raises(UnreadableError, match=f"^{complaint}$") as refused:
                plain(tmp_path, packed)
            assert refused.value.is_log, complaint


MESSAGES = [e["message"].rstrip() for e in SAMPLE]
FILES = {
    "logs/one.jsonl": json_lines(SAMPLE[:3]).encode(),
    "logs/deeper/two.gz": gzip.compress(s3_export(SAMPLE[3:5]).encode()),
    "logs/three": firehose(SAMPLE[5:]).encode(),
    "logs/aws-logs-write-test": b"Permission Check Successful",
    "logs/.hidden": json_lines(SAMPLE).encode(),
    "__MACOSX/logs/._one.jsonl": b"\0\5\x16\7" * 40,
}


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        folder = tarfile.TarInfo("logs/empty")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
    return target.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def read(folder: Path, content: bytes, name: str = "logs.archive") -> Spool:
    (folder / name).write_bytes(content)
    return read_files([str(folder / name)], Path(tempfile.mkdtemp(dir=folder)))


@pytest.mark.parametrize(
    "content",
    [tar(FILES), tar(FILES, "w:gz"), zipped(FILES), tar({"inner.zip": zipped(FILES)}), zipped({"a.tar": tar(FILES)})],
    ids=["tar", "tar.gz", "zip", "zip in tar", "tar in zip"],
)
def test_all_members_are_read(tmp_path: Path, content: bytes) -> None:
    """Members may be compressed, and of any format; non-logs are named, and hidden members ignored."""
    spool = read(tmp_path, content)
    assert [message.rstrip() for message in messages(spool)] == MESSAGES
    assert spool.gaps == ()
    [note] = spool.notes
    assert note.startswith("skipped, not a log: ")
    assert note.endswith(":logs/aws-logs-write-test")
    assert spool.files[0].origin.endswith(":logs/one.jsonl")


def test_the_stream_of_an_export_is_that_of_its_folder(tmp_path: Path) -> None:
    """An export to S3 names a folder after each stream."""
    spool = read(
        tmp_path, tar({"export/2026-06-02-[$LATEST]5e1f0a/000000.gz": gzip.compress(b"2026-06-02T00:00:00Z a")})
    )
    assert [file.log_stream for file in spool.files] == ["2026/06/02/[$LATEST]5e1f0a"]


@pytest.mark.parametrize("pack", [tar, zipped])
def test_of_half_an_archive_what_is_there_is_read_with_a_gap(tmp_path: Path, pack: object) -> None:
    """An archive that was cut off is never taken for a whole one."""
    many = {f"{number}.jsonl": json_lines(SAMPLE).encode() for number in range(20)}
    whole = pack(many)  # type: ignore[operator]
    spool = read(tmp_path, whole[: len(whole) // 2])
    assert any("the archive is cut off or damaged" in gap for gap in spool.gaps)


@pytest.mark.parametrize("pack", [tar, zipped])
def test_archives_in_a_row_are_a_gap(tmp_path: Path, pack: object) -> None:
    """Of two archives joined by `cat`, the system's tools read one."""
    one, other = (pack({f"{name}.jsonl": json_lines(SAMPLE).encode()}) for name in "ab")  # type: ignore[operator]
    assert read(tmp_path, one).gaps == ()
    [gap] = read(tmp_path, one + other).gaps
    assert gap.endswith("it holds several archives, one after another: unpack them")


def test_a_member_that_cannot_be_unpacked_is_a_gap(tmp_path: Path) -> None:
    """There is no prompt for a password: the member is named, and the others are read."""
    content = bytearray(zipped({"a.jsonl": json_lines(SAMPLE).encode(), "b.jsonl": json_lines(SAMPLE).encode()}))
    for begin in (content.rindex(b"PK\x01\x02"), content.rindex(b"PK\x03\x04")):
        content[begin + (8 if content[begin + 2] == 1 else 6)] |= (
            1  # the flag of encryption, in both headers of b.jsonl
        )
    spool = read(tmp_path, bytes(content))
    assert len(messages(spool)) == len(SAMPLE)
    [gap] = spool.gaps
    assert ":b.jsonl: cannot be unpacked here (" in gap
    assert gap.endswith("unpack the archive, and name its files")


def test_an_archive_of_a_later_version_is_a_gap(tmp_path: Path) -> None:
    """Python refuses it as a whole."""
    content = bytearray(zipped({"a.jsonl": json_lines(SAMPLE).encode()}))
    content[content.rindex(b"PK\x01\x02") + 6] = 200  # the version that is needed to extract it, times ten
    archive = tmp_path / "a.zip"
    archive.write_bytes(content)
    [member] = members(archive, FileKind.ZIP, tmp_path)
    assert (member.path, member.gap) == (
        None,
        "cannot be unpacked here (zip file version 20.0): unpack the archive, and name its files",
    )


def test_a_workbook_is_no_archive_of_logs(tmp_path: Path) -> None:
    """The console of CloudWatch exports workbooks of Excel too, which may hold a log, whoever named them."""
    workbook = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    with pytest.raises(SourceError, match=r"is an Excel workbook: write its rows as CSV$"):
        read(tmp_path, workbook)
    [gap] = read(tmp_path, zipped({"result.xlsx": workbook, "a.jsonl": json_lines(SAMPLE).encode()})).gaps
    assert gap.endswith("result.xlsx: is an Excel workbook: write its rows as CSV")


def test_archives_within_archives_have_an_end(tmp_path: Path) -> None:
    """Nested too deeply, they end in a sentence."""
    content = json_lines(SAMPLE).encode()
    for _ in range(6):
        content = tar({"inner.tar": content})
    [gap] = read(tmp_path, content).gaps
    assert gap.endswith(": is nested too deeply in other archives: unpack it, and name its files")


def test_an_archive_without_a_log_stops_the_run(tmp_path: Path) -> None:
    """It was named, so it must have a log."""
    with pytest.raises(SourceError, match=r"none of its members is a log: .*README\.md"):
        read(tmp_path, tar({"README.md": b"nothing"}))
