"""A file that a reader finds whole, the old one or the new one, whenever he looks."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_READABLE_BY_ALL: Final = 0o644


def write_whole(content: bytes, path: Path) -> None:
    """Write a file beside its place, and put it there at once; nothing else is left, whatever happens.

    Raises:
        OSError: The folder cannot be written to.
    """
    with TemporaryDirectory(dir=path.parent) as folder:
        partial = Path(folder) / path.name
        partial.write_bytes(content)
        partial.chmod(_READABLE_BY_ALL)
        partial.replace(path)
