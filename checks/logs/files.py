"""Log files of any known format, on disk or from standard input, become a spool."""

import glob
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from checks.errors import SourceError
from checks.logs import archive
from checks.logs.decompress import PlainFile, decompress
from checks.logs.formats import Gap, LogFormat, Skipped, detect, events_of_document, events_of_text
from checks.logs.source import LogRequest, SourceSettings
from checks.logs.spool import ShowProgress, Spool, SpoolFile, Unreadable

STANDARD_INPUT: Final = "-"

_HEAD_CHARACTERS: Final = 1 << 16

_MISLEADING: Final = re.compile(r"[*?\[\]{}=]|\.(?:gz|zst)$")
"""Paths in which DuckDB sees a pattern, columns (`key=value/`) or a compression, and not just a file."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """Log files as a log source: the values of `--logs`.

    Attributes:
        names: Files, folders and globs; `-` is standard input.
    """

    names: tuple[str, ...]

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Files are read wherever `--logs` or thresholds.yaml names some."""
        return cls(settings.places) if settings.places else None

    def read(self, request: LogRequest, folder: Path, _show: ShowProgress) -> Spool:
        """Read all that the files hold; files don't grow, so they are read once."""
        return request.earlier or read_files(self.names, folder)


def read_files(names: Sequence[str], folder: Path) -> Spool:
    """Read files, folders and globs; `-` is standard input.

    Files that are plain JSON Lines are used where they are; all others are rewritten into `folder`. The folder of a
    read that was kept is that read again.

    Args:
        names: What the user gave; files in any known format, plain, gzip or zstd.
        folder: An empty folder of the run's own; it must live as long as the spool.

    Raises:
        SourceError: A name matches no file, or a file cannot be read or is no log.
    """
    if len(names) == 1 and archive.is_archive(names[0]):
        return archive.read_archive(names[0])
    sources = {source.key: source for name in names for source in _sources(name)}
    parts = [_read(source, folder / f"{number:04}") for number, source in enumerate(sources.values())]
    return Spool(
        source="files",
        asked=tuple(names),
        files=tuple(file for part in parts for file in part.files),
        unreadable=sum((part.unreadable for part in parts), Unreadable()),
        gaps=tuple(gap for part in parts for gap in part.gaps),
        notes=tuple(note for part in parts for note in part.notes),
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """One file to read.

    Attributes:
        path: None for standard input.
        origin: What the user calls it.
        is_named: Whether the user named this very file; one that merely lies in a named folder may be no log.
    """

    path: Path | None
    origin: str
    is_named: bool

    @property
    def key(self) -> str:
        """The same for the same file, however it was named."""
        return self.origin if self.path is None else str(self.path.resolve())


def _sources(name: str) -> Iterator[_Source]:
    if name == STANDARD_INPUT:
        yield _Source(None, "standard input", is_named=True)
        return
    try:
        sources = list(_matching(name))
    except OSError as error:
        raise SourceError(f"--logs {name}: cannot be read: {error.strerror}") from error
    if not sources:
        complaint = "holds no files" if name and Path(name).is_dir() else "no such file, folder or match"
        raise SourceError(f"--logs {name or repr(name)}: {complaint}")
    yield from sources


def _matching(name: str) -> Iterator[_Source]:
    is_path = bool(name) and Path(name).exists()  # Path("") is the current folder
    # as in a shell: hidden names only where the pattern asks for them
    paths = [name] if is_path else sorted(glob.glob(name, recursive=True))  # noqa: PTH207
    for path in map(Path, paths):
        if path.is_dir():
            yield from (_Source(file, str(file), is_named=False) for file in _files_in(path))
        else:
            yield _Source(path, str(path), is_named=is_path)


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = (Path(root, name) for name in sorted(names) if not name.startswith("."))
        yield from (file for file in files if file.is_file())


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be listed: os.walk would pass it over in silence."""
    raise error


def _read(source: _Source, stem: Path) -> Spool:
    try:
        return _spooled(source, stem)
    except OSError as error:
        raise SourceError(f"{source.origin}: cannot be read: {error.strerror or error}") from error


def _spooled(source: _Source, stem: Path) -> Spool:
    plain = decompress(source.path, stem.with_suffix(".txt"))
    form, head = _form(plain.path)
    path = stem.with_suffix(".jsonl")
    problems: list[Skipped | Gap] = [Gap(gap) for gap in plain.gaps]
    if form is None:
        problems.append(_unknown(head, plain, source))
    elif form is not LogFormat.JSON_LINES:
        problems.extend(_convert(plain.path, form, path, source.origin))
    elif _MISLEADING.search(str(plain.path)):
        path.symlink_to(plain.path.resolve())
    else:
        path = plain.path
    skipped = (Unreadable(1, (f"{source.origin}:{s.place}: {s.reason}",)) for s in problems if isinstance(s, Skipped))
    return Spool(
        source="files",
        asked=(source.origin,),
        files=(SpoolFile(path, source.origin),) if form else (),
        unreadable=sum(skipped, Unreadable()),
        gaps=tuple(f"{source.origin}: {gap.reason}" for gap in problems if isinstance(gap, Gap)),
        notes=tuple(f"{source.origin}: {note}" for note in plain.notes) if form else (),
    )


def _form(plain: Path) -> tuple[LogFormat | None, str]:
    """Tell the format from the first lines that show one; return with it how the file begins."""
    with plain.open(encoding="utf-8", newline="\n") as lines:
        head = part = lines.read(_HEAD_CHARACTERS)
        if _is_binary(head):
            return detect(head), head
        while part:
            part += lines.readline()  # so that each part begins with a line
            if form := detect(part):
                return form, head
            part = lines.read(_HEAD_CHARACTERS)
    return None, head


def _convert(plain: Path, form: LogFormat, path: Path, origin: str) -> Iterator[Skipped | Gap]:
    """Write the events of another format as JSON Lines; yield what is none."""
    with (
        plain.open(encoding="utf-8", newline="\n") as text,
        path.open("w", encoding="utf-8", errors="replace") as lines,  # JSON can hold half a character: "\\ud83d"
    ):
        for event in events_of_document(text.read()) if form is LogFormat.DOCUMENT else events_of_text(text):
            if isinstance(event, Skipped | Gap):
                yield event
            else:
                # an S3 export holds one log stream a file
                stream = event.get("logStreamName") or origin
                lines.write(json.dumps({**event, "logStreamName": stream}, ensure_ascii=False) + "\n")


def _unknown(head: str, plain: PlainFile, source: _Source) -> Skipped:
    if not head.strip():
        complaint = plain.gaps[0] if plain.gaps else "is empty"
    elif _is_binary(head):
        complaint = "is binary or UTF-16; logs are text in UTF-8"
    else:
        known = "; ".join(form.value for form in LogFormat)
        complaint = f"has no line that begins with a time or is a JSON event; known are: {known}"
    if source.is_named:
        raise SourceError(f"{source.origin}: {complaint}")
    return Skipped("1", complaint)


def _is_binary(head: str) -> bool:
    return "\0" in head or head.count("\ufffd") > len(head) / 10
