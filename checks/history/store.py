"""The store of past runs: a small file a run, in a folder or on S3."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

from checks.errors import ConfigError
from checks.history.folder import Folder, newest_lines
from checks.history.record import Record, decode, encode
from checks.text import display_path

FOLDER_NAME: Final = "history"
"""Of the folder that lies beside the reports of all environments."""

_S3: Final = "s3://"
_LINES: Final = ".jsonl"
_RUN: Final = re.compile(r"(?P<environment>[^/]+)/\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}\.json")
"""The file of a run; whatever else lies there is none of ours."""
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class PastRuns:
    """Runs that were read from a history.

    Attributes:
        records: The oldest first.
        problems: A sentence on what could not be read.
    """

    records: tuple[Record, ...] = ()
    problems: tuple[str, ...] = ()

    def before(self, record: Record) -> tuple[Record, ...]:
        """The runs of the same environment that began earlier."""
        return tuple(one for one in self.records if one.environment == record.environment and one.order < record.order)


class Files(Protocol):
    """A place for small files, which many processes use at once: a folder, or a prefix on S3.

    Its text is its name as a person would type it. All methods raise HistoryError where the place is out of reach.
    """

    @property
    def noun(self) -> str:
        """What a file is called there."""

    def write(self, name: str, content: bytes) -> None:
        """Write a new file, which others see whole or not at all."""

    def names(self, folder: str) -> Iterable[str]:
        """The names of all files in a folder, or in all of them where it is empty: `dev/a.json`."""

    def read(self, names: Sequence[str]) -> Iterable[bytes]:
        """The content of each file; empty where it can't be read and others can."""


class Store:
    """A place where runs are remembered, as files `ENVIRONMENT/ID.json`.

    No two runs share a file, and the names sort by time: no writer waits for another, and the newest runs are found
    without reading the others. A file that is damaged loses itself only.

    Args:
        files: Where the files are.
        old_file: A history of old beside them, a line a run, of which the runs count as well; None where there is none.
    """

    def __init__(self, files: Files, old_file: Path | None = None) -> None:
        self._files = files
        self._old_file = old_file

    @property
    def place(self) -> str:
        """Its name, as a person would type it."""
        return str(self._files)

    def add(self, record: Record) -> None:
        """Remember a run.

        Raises:
            HistoryError: It could not be written.
        """
        self._files.write(_name(record), encode(record))

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        """The newest `most` runs of an environment, or of each that there is.

        Raises:
            HistoryError: Nothing could be read.
        """
        names = list(self._newest_names(most, environment))
        runs = dict(zip(names, map(decode, self._files.read(names)), strict=True))
        records = {name: run for name, run in runs.items() if run}
        damaged = [name for name, run in runs.items() if run is None]
        problems = _unreadable(self._files.noun, self.place, damaged)
        if self._old_file:
            old, lines = newest_lines(self._old_file, most, environment)
            records = {_name(run): run for run in old} | records
            problems += _unreadable("line", display_path(self._old_file), list(map(str, lines)))
        return PastRuns(tuple(_newest(records.values(), most)), problems)

    def _newest_names(self, most: int, environment: str | None) -> Iterator[str]:
        folder = "" if environment is None else _folder(environment)
        names: dict[str, list[str]] = defaultdict(list)
        for name in self._files.names(folder):
            if run := _RUN.fullmatch(name):
                names[run["environment"]].append(name)
        for of_environment in names.values():
            yield from sorted(of_environment)[-most:]


def open_store(place: str) -> Store:
    """The store at a place; nothing is read or written yet.

    Args:
        place: A folder, or `s3://bucket/prefix`. A file `runs.jsonl`, as histories of old were, stands for the folder
            `runs` beside it, and the other way round: the runs in both count.

    Raises:
        ConfigError: It is neither.
    """
    if "://" not in place:
        folder = Path(place.removesuffix(_LINES))
        return Store(Folder(folder), folder.parent / f"{folder.name}{_LINES}")
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    if not place.startswith(_S3) or not bucket:
        raise ConfigError(f"--history: {place!r} is no place for a history; name a folder or {_S3}BUCKET/PREFIX")
    from checks.history.s3 import S3Files  # noqa: PLC0415 -- boto3 takes half a second

    return Store(S3Files(bucket, prefix.strip("/")))


def _name(record: Record) -> str:
    return f"{_folder(record.environment)}/{record.id}.json"


def _folder(environment: str) -> str:
    return quote(environment, safe="")


def _newest(records: Iterable[Record], most: int) -> list[Record]:
    """The newest of each environment, the oldest first."""
    by_environment: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.order):
        by_environment[record.environment].append(record)
    newest = (record for runs in by_environment.values() for record in runs[-most:])
    return sorted(newest, key=lambda record: record.order)


def _unreadable(noun: str, place: str, names: Sequence[str]) -> tuple[str, ...]:
    """A sentence on what is damaged or of an unknown version; none where there is nothing."""
    if not names:
        return ()
    nouns = noun if len(names) == 1 else f"{noun}s"
    more = ", …" if len(names) > _MOST_NAMED else ""
    return (f"{len(names):,} {nouns} of {place} could not be read: {nouns} {', '.join(names[:_MOST_NAMED])}{more}",)
