"""Log files of any known format, on disk or from standard input, become a spool."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.errors import LogsError
from checks.logs.formats import Format, Gap, Skipped, detect, events_of_document, events_of_text
from checks.logs.plain import plain_file
from checks.logs.spool import Spool, SpoolFile, Unreadable

STANDARD_INPUT: Final = "-"
_HEAD_CHARACTERS: Final = 1 << 16


def read_files(names: Sequence[str], folder: Path) -> Spool:
    """Read files, folders and globs; `-` is standard input.

    Files that are plain JSON Lines are used where they are; all others are rewritten into `folder`.

    Args:
        names: What the user gave; files in any known format, plain, gzip or zstd.
        folder: An empty folder of the run's own; it must live as long as the spool.

    Raises:
        LogsError: A name matches no file, or a file cannot be read or is no log.
    """
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
    path = Path(name)
    if name == STANDARD_INPUT:
        yield _Source(None, "standard input", is_named=True)
    elif path.is_file():
        yield _Source(path, name, is_named=True)
    else:
        pattern = path.rglob("*") if path.is_dir() else Path(path.anchor).glob(str(path.relative_to(path.anchor)))
        found = sorted(p for p in pattern if p.is_file() and not p.name.startswith("."))
        if not found:
            raise LogsError(f"--logs {name}: {'holds no files' if path.is_dir() else 'no such file, folder or match'}")
        yield from (_Source(p, str(p), is_named=False) for p in found)


def _read(source: _Source, stem: Path) -> Spool:
    try:
        plain = plain_file(source.path, stem.with_suffix(".txt"))
        with plain.path.open(encoding="utf-8-sig", newline="\n") as lines:
            head = lines.read(_HEAD_CHARACTERS)
    except OSError as error:
        raise LogsError(f"{source.origin}: cannot be read: {error.strerror or error}") from error
    form = detect(head)
    file = SpoolFile(plain.path, source.origin)
    found: list[Skipped | Gap] = [Gap(gap) for gap in plain.gaps]
    if form is None:
        found.append(_unknown(head, source))
    elif form is not Format.JSON_LINES:
        file = SpoolFile(stem.with_suffix(".jsonl"), source.origin)
        found.extend(_convert(plain.path, form, file))
    skipped = (Unreadable(1, (f"{source.origin}:{s.place}: {s.reason}",)) for s in found if isinstance(s, Skipped))
    return Spool(
        source="files",
        asked=(source.origin,),
        files=(file,) if form else (),
        unreadable=sum(skipped, Unreadable()),
        gaps=tuple(f"{source.origin}: {gap.reason}" for gap in found if isinstance(gap, Gap)),
        notes=tuple(f"{source.origin}: {note}" for note in plain.notes),
    )


def _convert(plain: Path, form: Format, file: SpoolFile) -> Iterator[Skipped | Gap]:
    """Write the events of another format as JSON Lines; yield what is none."""
    with plain.open(encoding="utf-8-sig", newline="\n") as text, file.path.open("w", encoding="utf-8") as lines:
        try:
            for event in events_of_document(text.read()) if form is Format.DOCUMENT else events_of_text(text):
                if isinstance(event, Skipped | Gap):
                    yield event
                else:
                    # an S3 export holds one log stream a file
                    stream = event.get("logStreamName") or file.origin
                    lines.write(json.dumps({**event, "logStreamName": stream}, ensure_ascii=False) + "\n")
        except LogsError as error:
            raise LogsError(f"{file.origin}: {error}") from error


def _unknown(head: str, source: _Source) -> Skipped:
    if not head.strip():
        complaint = "is empty"
    elif "\0" in head or head.count("\ufffd") > len(head) / 10:
        complaint = "is binary, not a log"
    else:
        complaint = "has no line that begins with a time or is a JSON event"
    if source.is_named:
        raise LogsError(f"{source.origin}: {complaint}; known are {', '.join(form.value for form in Format)}")
    return Skipped("1", complaint)
