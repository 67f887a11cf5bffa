"""A history in a file: a run is a line."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock

from checks.errors import HistoryError
from checks.history.record import Head, Record, decode, decode_head, encode
from checks.history.store import Past, unreadable
from checks.judge.problems import display

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
            raise HistoryError(f"{display(self._file)}: {error.strerror or error}") from error

    def newest(self, most: int, environment: str | None = None) -> Past:
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
        return Past(tuple(records), unreadable("line", display(self._file), list(map(str, sorted(damaged)))))

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
            raise HistoryError(f"{display(self._file)}: {error.strerror}") from error
        for number, line in enumerate(content.split(b"\n"), 1):
            if line.strip():
                yield number, line
