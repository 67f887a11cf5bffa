"""A file that a reader finds whole, the old one or the new one, whenever he looks."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

_READABLE_BY_ALL: Final = 0o644


def write_whole(content: bytes, path: Path) -> None:
    """Write a file beside its place, and put it there at once.

    Raises:
        OSError: The folder cannot be written to.
    """
    with NamedTemporaryFile(dir=path.parent, delete=False) as partial:
        partial.write(content)
    Path(partial.name).chmod(_READABLE_BY_ALL)
    Path(partial.name).replace(path)
