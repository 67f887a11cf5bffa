"""The store of past runs: a file, or a prefix on S3."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock

from checks.errors import ConfigError, HistoryError
from checks.history.record import Head, Record, decode, decode_head, encode
from checks.text import display_path

_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class PastRuns:
    """What was read of a history.

    Attributes:
        records: The oldest first.
        problems: A sentence on what could not be read.
    """

    records: tuple[Record, ...] = ()
    problems: tuple[str, ...] = ()

    def before(self, record: Record) -> tuple[Record, ...]:
        """The runs of the same environment that began earlier."""
        return tuple(one for one in self.records if one.environment == record.environment and one.order < record.order)


class Store(Protocol):
    """A place where runs are remembered; many processes may use it at once."""

    def add(self, record: Record) -> None:
        """Remember a run.

        Raises:
            HistoryError: It could not be written.
        """

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        """The newest `most` runs of an environment, or of each that there is.

        Raises:
            HistoryError: Nothing could be read.
        """


def unreadable(noun: str, place: str, names: Sequence[str]) -> tuple[str, ...]:
    """A sentence on what is damaged or of an unknown version; none where there is nothing."""
    if not names:
        return ()
    nouns = noun if len(names) == 1 else f"{noun}s"
    more = ", …" if len(names) > _MOST_NAMED else ""
    return (f"{len(names):,} {nouns} of {place} could not be read: {nouns} {', '.join(names[:_MOST_NAMED])}{more}",)


_LOCK_SECONDS: Final = 10
"""How long another writer is waited for; each takes milliseconds."""


class FileStore:
    """A JSON Lines file; it and its folder are made by the first run.

    A line that is damaged, or half written because its process was killed, loses itself only.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = FileLock(file.with_name(f".{file.name}.lock"), timeout=_LOCK_SECONDS)

    def add(self, record: Record) -> None:
        """Append a run; see Store."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._append(encode(record))
        except OSError as error:
            raise HistoryError(f"{display_path(self._file)}: {error.strerror or error}") from error

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        """Read the newest runs; none where there is no file yet. See Store."""
        found: dict[str, list[tuple[Head, int, bytes]]] = defaultdict(list)
        records: list[Record] = []
        damaged: list[int] = []
        for number, line in self._lines():
            head = decode_head(line)
            if head is None:
                damaged.append(number)
            elif environment in {None, head.environment}:
                found[head.environment].append((head, number, line))
        for runs in found.values():
            for _, number, line in sorted(runs, key=lambda run: run[0].order)[-most:]:
                record = decode(line)
                if record is None:
                    damaged.append(number)
                else:
                    records.append(record)
        records.sort(key=lambda record: record.order)
        return PastRuns(tuple(records), unreadable("line", display_path(self._file), list(map(str, sorted(damaged)))))

    def _append(self, line: bytes) -> None:
        with self._file.open("ab+", buffering=0) as stream:  # one call writes it: a reader sees all of it or nothing
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":  # a writer was killed in the middle of its line
                    line = b"\n" + line
            if stream.write(line) != len(line):
                raise OSError("only a part could be written; is the disk full?")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise HistoryError(f"{display_path(self._file)}: {error.strerror}") from error
        for number, line in enumerate(content.split(b"\n"), 1):
            if line.strip():
                yield number, line


FILE_NAME: Final = "history.jsonl"
"""Of the history that lies beside the reports of all environments."""

_S3: Final = "s3://"


def open_store(place: str) -> Store:
    """The store at a place; nothing is read or written yet.

    Args:
        place: A file, or `s3://bucket/prefix`.

    Raises:
        ConfigError: It is neither.
    """
    if "://" not in place:
        return FileStore(Path(place))
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    if not place.startswith(_S3) or not bucket:
        raise ConfigError(f"--history: {place!r} is no place for a history; name a file or {_S3}BUCKET/PREFIX")
    from checks.history.s3 import BucketStore  # noqa: PLC0415 -- boto3 takes half a second

    return BucketStore(bucket, prefix.strip("/"))
