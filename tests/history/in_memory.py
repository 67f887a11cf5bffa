"""A history in memory, which lasts as long as a test."""

from collections.abc import Iterable, Iterator, Sequence

from checks.errors import HistoryError


class InMemory:
    """Files by name.

    Attributes:
        files: Their contents.
        reads: The names of all files that were read.
        is_closed: Whether reading is forbidden, but writing allowed.
    """

    noun = "file"

    def __init__(self, *, is_closed: bool = False) -> None:
        self.files: dict[str, bytes] = {}
        self.reads: list[str] = []
        self.is_closed = is_closed

    def __str__(self) -> str:
        return "memory"

    def write(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def names(self, folder: str) -> Iterable[str]:
        if self.is_closed:
            raise HistoryError("memory is closed")
        return [name for name in self.files if name.startswith(f"{folder}/" if folder else "")]

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        self.reads += names
        return (self.files[name] for name in names)
