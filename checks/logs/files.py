"""Log files: reads any known format, from disk or standard input, into a spool."""

import glob
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct

from checks.config.scalars import LAKE
from checks.errors import SourceError
from checks.logs.decompress import FileKind, PlainFile, decompress, members
from checks.logs.formats import sniff
from checks.logs.formats.conversion import (
    Conversion,
    UnreadableError,
    execute_with_progress,
    open_database,
    readable,
)
from checks.logs.formats.tables import parquet_layout
from checks.logs.spool import (
    SHOW_SECONDS,
    LogRequest,
    Progress,
    ShowProgress,
    SourceSettings,
    Spool,
    SpoolFile,
    is_archive,
    read_archive,
)

if TYPE_CHECKING:
    import duckdb

STANDARD_INPUT: Final = "-"
_MISLEADING: Final = re.compile(r"[*?\[\]{}=]|\.(?:gz|zst)$")
"""Paths that DuckDB does not take literally: it sees a pattern, partition columns (`key=value/`) or a compression."""

_OTHER_NAMES: Final = re.compile(
    r"(?i)(?:readme|licen[cs]e|changelog|notice|contributing|makefile|dockerfile)(?:\..*)?|aws-logs-write-test"
    r"|.*\.(?:md|rst|html?|css|m?js|ts|py|java|go|rb|sh|ps1|ya?ml|toml|ini|cfg|lock|tf|sql"
    r"|png|jpe?g|gif|svg|webp|ico|pdf|docx?|pptx?|mp4)"
)
"""Names of files that are not logs, even if they quote some: documents, code, pictures, an S3 export's write test."""

_STREAM_FOLDER: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\[[$\w]+\]\w+)")
"""The folder of a log stream in an S3 export, with dashes in place of the slashes in its name."""
_DEEPEST: Final = 3
"""How deeply nested archives are read."""
_MOST_NAMES: Final = 5
_SMALL_BYTES: Final = 1 << 20


class FileSource(Struct, frozen=True):
    """Log files as a log source: files, folders and globs; `-` is standard input."""

    names: tuple[str, ...]

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return the files that `--logs` or thresholds.yaml names."""
        return cls(settings.places) if settings.places else None

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the files completely; they don't grow, so later polls don't read them again."""
        return request.earlier or read_files(self.names, folder, show)


def read_files(names: Sequence[str], folder: Path, show: ShowProgress = lambda _: None) -> Spool:
    """Read files, folders and globs; `-` is standard input.

    Parquet, and JSON Lines of exported events, are used in place; all other files are converted into `folder`. A folder
    that `--keep-logs` wrote gives the spool that was kept there.

    Args:
        names: What the user named: files in any known format, plain or compressed (gzip, zstd), or archives of them.
        folder: An empty folder that belongs to the run; it must exist as long as the spool.
        show: Called a few times a second with the progress.
    """
    if len(names) == 1 and is_archive(names[0]):
        return read_archive(names[0])
    sources = {source.key: source for name in names for source in _sources(name)}
    return _FileReader(folder, show).read([*sources.values()], names)


def read_copies(copies: Sequence[tuple[Path, str]], names: Sequence[str], folder: Path, show: ShowProgress) -> Spool:
    """Read copies of files from elsewhere, each with its display name; remove those that the spool does not need."""
    sources = [_Source(path, origin, is_named=False, size=path.stat().st_size) for path, origin in copies]
    spool = _FileReader(folder, show).read(sources, names)
    for path in {path.resolve() for path, _ in copies} - {file.path.resolve() for file in spool.files}:
        path.unlink()
    return spool


class _Source(Struct, frozen=True):
    """One file to read.

    Attributes:
        path: The file; None for standard input.
        origin: The name that the user knows it by.
        is_named: Whether the user named this file itself; one that was only found in a named folder may not be a log.
        size: Its size in bytes, for the progress.
    """

    path: Path | None
    origin: str
    is_named: bool
    size: int

    @classmethod
    def of(cls, path: Path, *, is_named: bool) -> Self:
        """A file on disk."""
        return cls(path, str(path), is_named, path.stat().st_size if path.is_file() else 0)

    @property
    def key(self) -> str:
        """A key that is the same for the same file, however the user named it."""
        # (Path.resolve() refuses links in a circle.)
        return self.origin if self.path is None else os.path.realpath(self.path)

    @property
    def is_not_a_log(self) -> bool:
        """Whether it is skipped, for its name or as a broken link or a pipe; never if the user named it."""
        if self.is_named or self.path is None:
            return False
        return bool(_OTHER_NAMES.fullmatch(self.origin.rpartition("/")[2])) or not self.path.is_file()


def _sources(name: str) -> Iterator[_Source]:
    if name == STANDARD_INPUT:
        yield _Source(None, "standard input", is_named=True, size=0)
        return
    try:
        files = list(_files_of(name))
    except OSError as error:
        raise SourceError(f"{name}: cannot be read: {error.strerror}") from error
    if not files:
        complaint = "holds no files" if name and Path(name).is_dir() else "no such file, folder or match"
        if name.startswith(LAKE):
            complaint = "only runs read a lake; copy some hours of it into a folder, and name that folder"
        meant = f"a log group is `--log-group {name}`" if name.startswith("/aws/") else ""
        raise SourceError(f"{name or repr(name)}: {complaint}", meant)
    yield from files


def _files_of(name: str) -> Iterator[_Source]:
    is_path = bool(name) and (Path(name).exists() or Path(name).is_symlink())  # Path("") is the current folder
    # as in a shell: hidden names only if the pattern asks for them
    paths = [name] if is_path else sorted(glob.glob(name, recursive=True))  # noqa: PTH207
    for path in map(Path, paths):
        if path.is_dir():
            yield from (_Source.of(file, is_named=False) for file in _files_in(path))
        else:
            yield _Source.of(path, is_named=is_path)


def _files_in(folder: Path) -> Iterator[Path]:
    walked = set()
    for root, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        place = Path(root).resolve()
        if place in walked:  # a symbolic link led back here
            folders.clear()
            continue
        walked.add(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be listed, which os.walk would silently skip."""
    raise error


class _FileReader:
    """Reads files one by one, and collects spool files, gaps and notes."""

    def __init__(self, folder: Path, show: ShowProgress) -> None:
        self._folder = folder
        self._show = show
        self._total = self._done = 0
        self._shown_at = 0.0
        self._numbers = count()
        self._files: list[SpoolFile] = []
        self._gaps: list[str] = []
        self._notes: list[str] = []
        self._skipped: list[str] = []

    def read(self, sources: Sequence[_Source], names: Sequence[str]) -> Spool:
        """Read all files; `names` is what the user named."""
        self._total = sum(source.size for source in sources)
        for source in sources:
            self._add(source)
            self._done += source.size
            self._shown_at = 0.0
            self._show_bytes(self._done)
        shown, more = ", ".join(self._skipped[:_MOST_NAMES]), len(self._skipped) - _MOST_NAMES
        note = f"skipped, not a log: {shown}" + (f" and {more:,} more" if more > 0 else "")
        notes = (*self._notes, *([note] if shown else []))
        return Spool("files", tuple(names), tuple(self._files), gaps=tuple(self._gaps), notes=notes)

    def _add(self, source: _Source, depth: int = 0) -> None:
        """Read a file, or the members of an archive."""
        if source.is_not_a_log:
            self._skipped.append(source.origin)
            return
        stem = self._folder / f"{next(self._numbers):04}"
        try:
            plain = decompress(source.path, stem.with_suffix(".txt"), partial(self._show_half, source, 0, source.size))
            self._gaps += (f"{source.origin}: {gap}" for gap in plain.gaps)
            if plain.kind is FileKind.PARQUET:
                self._add_parquet(source, plain, stem)
            elif plain.kind is FileKind.TEXT:
                self._add_text(source, plain, stem)
            else:
                self._add_members(source, plain, stem, depth)
        except UnreadableError as error:
            self._refuse_or_note(source, str(error), is_log=error.is_log)
        except OSError as error:
            raise SourceError(f"{source.origin}: cannot be read: {error.strerror or error}") from error

    def _add_members(self, source: _Source, plain: PlainFile, stem: Path, depth: int) -> None:
        if depth == _DEEPEST:
            self._gaps.append(f"{source.origin}: is nested too deeply in other archives: unpack it, and name its files")
            return
        folder = stem.with_suffix(".members")
        folder.mkdir()
        known = len(self._files) + len(self._gaps)
        for member in members(plain.path, plain.kind, folder):
            origin = f"{source.origin}:{member.name}" if member.name else source.origin
            if member.gap:
                self._gaps.append(f"{origin}: {member.gap}")
            if member.path:
                self._add(_Source(member.path, origin, is_named=False, size=0), depth + 1)
        if source.is_named and known == len(self._files) + len(self._gaps):
            names = ", ".join(self._skipped) or "it has none"
            raise SourceError(f"{source.origin}: none of its members is a log: {names}")

    def _add_parquet(self, source: _Source, plain: PlainFile, stem: Path) -> None:
        """Use the file as it is, if each value that the analysis needs can be read: it reads only these columns."""
        file = _plainly_named(plain.path, stem)
        with readable():
            layout = parquet_layout(self._database, file)
            self._database.execute("SET VARIABLE files = $files", {"files": [str(file)]})
            lengths = ", ".join(f'sum(strlen("{key}"))' for key, _ in layout.values)
            events = layout.query("getvariable('files')", 0)
            show = partial(self._show_half, source, 1, 1)
            execute_with_progress(self._database, f"SELECT {lengths} FROM ({events})", show)  # noqa: S608 -- our own names
        self._files.append(SpoolFile(file, source.origin, is_parquet=True, has_ids=layout.has_ids))

    @cached_property
    def _database(self) -> "duckdb.DuckDBPyConnection":
        return open_database(self._folder / "parquet.overflow")

    def _add_text(self, source: _Source, plain: PlainFile, stem: Path) -> None:
        convert, no_event = sniff(plain.path, source.origin)
        if convert is None:
            raise UnreadableError(plain.gaps[0]) if plain.gaps else no_event
        text = _plainly_named(plain.path, stem)
        show = partial(self._show_half, source, 1, text.stat().st_size)
        converted = convert(text, stem.with_suffix(".jsonl"), show)
        if converted.path != text and text.is_relative_to(self._folder):
            text.unlink()
        if not source.is_named and _holds_no_event(converted):
            raise no_event
        self._gaps += (f"{source.origin}: {gap}" for gap in converted.gaps)
        self._notes += (f"{source.origin}: {note}" for note in plain.notes + converted.notes)
        self._files.append(
            SpoolFile(
                converted.path,
                source.origin,
                log_stream=_stream(source.origin),
                is_text=converted.is_text,
                goes_back=converted.goes_back,
            )
        )

    def _refuse_or_note(self, source: _Source, complaint: str, *, is_log: bool) -> None:
        """Raise an error if the user named the file; otherwise note a gap, or that the file is not a log."""
        problem, _, hint = complaint.partition("; ")
        if source.is_named:
            raise SourceError(f"{source.origin}: {problem}", hint)
        gap = f"{source.origin}: {problem}"
        if is_log and gap not in self._gaps:
            self._gaps.append(gap)
        elif not is_log:
            self._skipped.append(source.origin)

    def _show_half(self, source: _Source, half: int, size: int, done: float) -> None:
        """Show the progress on a file: unpacking it is the first half, converting its content the second."""
        self._show_bytes(self._done + source.size * min(1.0, (half + done / max(1, size)) / 2))

    def _show_bytes(self, done: float) -> None:
        now = monotonic()
        if now - self._shown_at >= SHOW_SECONDS:
            self._shown_at = now
            self._show(Progress.of_files(done / max(1, self._total) / 2, self._total))


def _plainly_named(path: Path, stem: Path) -> Path:
    """A path that DuckDB takes literally: that of the file, or of a link to it."""
    if not _MISLEADING.search(str(path)) and str(path).isprintable():
        return path
    plain = stem.with_suffix(".plain")
    plain.symlink_to(path.resolve())
    return plain


def _holds_no_event(converted: Conversion) -> bool:
    """Whether a small file turned out to hold no event at all."""
    if converted.gaps or converted.path.stat().st_size > _SMALL_BYTES:
        return False
    return all(b'"unread":"' in line for line in converted.path.read_bytes().splitlines())


def _stream(origin: str) -> str | None:
    """The log stream after which an S3 export named a folder; None if there is no such folder."""
    for folder in origin.split("/")[:-1]:
        if stream := _STREAM_FOLDER.fullmatch(folder):
            return "/".join(stream.groups())
    return None
