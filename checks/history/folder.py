"""A history on disk: a folder with a file a run, and the one file of old beside it, a line a run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from checks.errors import HistoryError
from checks.file_writing import write_whole
from checks.history.record import Head, Record, decode, decode_head
from checks.text import display_path


class Folder:
    """Files in the folders below one; they are made by the first run. See Files."""

    noun: Final = "file"

    def __init__(self, root: Path) -> None:
        self._root = root

    def __str__(self) -> str:
        return display_path(self._root)

    def write(self, name: str, content: bytes) -> None:
        """Write a file under a temporary name, and rename it: a process that is killed leaves no half of it."""
        file = self._root / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(content, file)
        except OSError as error:
            raise self._explained(error, file.parent) from error

    def names(self, folder: str) -> Iterable[str]:
        """List a folder, or all; nothing where there is none yet."""
        try:
            folders = [self._root / folder] if folder else [one for one in self._root.iterdir() if one.is_dir()]
            return [f"{one.name}/{file.name}" for one in folders for file in one.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._explained(error, self._root / folder) from error

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """Read one file after the other: each takes microseconds."""
        for name in names:
            try:
                yield (self._root / name).read_bytes()
            except OSError:  # somebody has removed it, or closed it
                yield b""

    def _explained(self, error: OSError, path: Path) -> HistoryError:
        if self._root.is_file():
            return HistoryError(
                f"{self} is a file, and a history is a folder: name another place, or rename the file to "
                f"{self._root.name}.jsonl if it holds the runs of old, a line each"
            )
        return HistoryError(f"{display_path(path)}: {error.strerror or error}")


def newest_lines(file: Path, most: int, environment: str | None) -> tuple[list[Record], list[int]]:
    """The newest `most` runs of an environment, or of each, in a file of old; none where there is no such file.

    Returns:
        The runs, and the numbers of the lines that could not be read.

    Raises:
        HistoryError: The file cannot be read.
    """
    heads: dict[str, list[tuple[Head, int, bytes]]] = defaultdict(list)
    records, damaged = [], []
    for number, line in _lines(file):
        head = decode_head(line)
        if head is None:
            damaged.append(number)
        elif environment in {None, head.environment}:
            heads[head.environment].append((head, number, line))
    for runs in heads.values():
        for _, number, line in sorted(runs, key=lambda run: run[0].order)[-most:]:
            record = decode(line)
            if record is None:
                damaged.append(number)
            else:
                records.append(record)
    return records, sorted(damaged)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise HistoryError(f"{display_path(file)}: {error.strerror}") from error
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line
