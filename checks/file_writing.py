"""Files written whole, or appended to: a reader sees all of a new file or nothing of it."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

UNFINISHED: Final = ".unfinished"
"""How the name of a file ends while it is written."""

READABLE_BY_ALL: Final = 0o644
READABLE_BY_OWNER: Final = 0o600


def write_whole(content: bytes, file: Path, mode: int = READABLE_BY_ALL) -> None:
    """Write a file under a temporary name, which no other process uses, and rename it.

    Args:
        content: All that the file is to hold.
        file: In place of an older one.
        mode: Its permissions.

    Raises:
        OSError: The file cannot be written; nothing is left of it.
    """
    with NamedTemporaryFile(dir=file.parent, prefix=file.name, suffix=UNFINISHED, delete=False) as partial:
        whole = Path(partial.name)
        try:
            partial.write(content)
            partial.flush()
            whole.chmod(mode)
            whole.replace(file)
        except OSError:
            whole.unlink()
            raise


def append(text: str, file: Path) -> None:
    """Append a text to a file that other programs share; it is made where there is none.

    Raises:
        OSError: The file cannot be written.
    """
    with file.open("ab") as stream:
        stream.write(text.encode(errors="backslashreplace"))
