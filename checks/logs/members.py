"""Members of tar and zip archives: each is a file of its own."""

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from checks.logs.decompress import FileKind

_CUT: Final = "the archive is cut off or damaged"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Attributes:
        name: Its path within the archive.
        path: A copy of it; None where it could not be copied.
        gap: Why it could not be read, or not to its end; empty where it was.
    """

    name: str
    path: Path | None
    gap: str = ""


def members(archive: Path, kind: FileKind, folder: Path) -> Iterator[Member]:
    """Copy the files out of an archive, one after the other. Hidden ones are left out, as in a folder.

    Args:
        archive: A plain tar or a zip archive.
        kind: Which of the two it is.
        folder: For the copies; what they are called in the archive does not matter.

    Yields:
        The files; a last one without a name where the archive breaks off.

    Raises:
        OSError: A copy cannot be written.
    """
    try:
        yield from _of_tar(archive, folder) if kind is FileKind.TAR else _of_zip(archive, folder)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError):
        yield Member("", None, _CUT)


def _of_tar(archive: Path, folder: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r:") as tar:
        for number, entry in enumerate(tar):
            if entry.isfile() and not _is_hidden(entry.name):
                source = tar.extractfile(entry)
                assert source is not None  # noqa: S101 -- it is of files only
                yield _copied(source, entry.name, folder / f"{number:06}")
        end = tar.offset
    with archive.open("rb") as source:
        source.seek(end)
        if source.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # which ends every whole one
            raise tarfile.ReadError(_CUT)


def _of_zip(archive: Path, folder: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as zip_file:
        for number, entry in enumerate(zip_file.infolist()):
            if entry.is_dir() or _is_hidden(entry.filename):
                continue
            try:
                yield _copied(zip_file.open(entry), entry.filename, folder / f"{number:06}")
            except (RuntimeError, NotImplementedError) as error:  # a password, or a method that Python lacks
                yield Member(
                    entry.filename, None, f"cannot be unpacked here ({error}): unpack the archive, and name its files"
                )


def _copied(source: IO[bytes], name: str, path: Path) -> Member:
    gap = ""
    with source, path.open("wb") as target:
        try:
            shutil.copyfileobj(source, target)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error):
            gap = _CUT
    return Member(name, path, gap)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts if part not in {".", ".."})
