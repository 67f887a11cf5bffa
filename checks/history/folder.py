"""A history on disk: a folder with a file a run."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from checks.errors import HistoryError
from checks.file_writing import write_whole
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
