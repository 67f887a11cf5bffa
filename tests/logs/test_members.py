"""Archives: all their members are read, or it is said which are not."""

import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from checks.errors import SourceError
from checks.logs.files import read_files
from checks.logs.spool import Spool
from tests.logs.exports import SAMPLE, firehose, json_lines, s3_export
from tests.logs.test_files import messages

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
    """Members may be compressed, and of any format; what is no log is named, and what is hidden left out."""
    spool = read(tmp_path, content)
    assert [message.rstrip() for message in messages(spool)] == MESSAGES
    assert spool.gaps == ()
    [note] = spool.notes
    assert note.startswith("passed over, for it is no log: ")
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


def test_a_member_that_cannot_be_unpacked_is_a_gap(tmp_path: Path) -> None:
    """A password is asked of nobody: the member is named, and the others are read."""
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


def test_archives_within_archives_have_an_end(tmp_path: Path) -> None:
    """However deep they are packed, somebody gets a sentence."""
    content = json_lines(SAMPLE).encode()
    for _ in range(6):
        content = tar({"inner.tar": content})
    [gap] = read(tmp_path, content).gaps
    assert gap.endswith(": is an archive within archives: unpack it, and name its files")


def test_an_archive_without_a_log_stops_the_run(tmp_path: Path) -> None:
    """It was named, so it must hold one."""
    with pytest.raises(SourceError, match=r"none of its members is a log: .*README\.md"):
        read(tmp_path, tar({"README.md": b"nothing"}))
