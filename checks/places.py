"""Places of the package and of a project, and functions that write files: whole, or by appending."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Final

COMMAND: Final = "websocket-health-checks"
CHECKS_FOLDER: Final = Path(__file__).parent
PACKAGE_FOLDER: Final = CHECKS_FOLDER.parent
"""The folder that holds the package: the checkout, or where it is installed."""
CHECKOUT_CONFIGURATION: Final = PACKAGE_FOLDER / "pyproject.toml"
"""pytest's configuration in the checkout; there is none if the package is installed elsewhere."""
COMMAND_CONFIGURATION: Final = CHECKS_FOLDER / "command.toml"
"""pytest's configuration when the command runs it."""
THRESHOLDS: Final = "thresholds.yaml"
DEFAULT_ENVIRONMENT: Final = "dev"
REPORTS: Final = "reports"
"""The folder of all reports, beside thresholds.yaml."""


def expanded(place: str) -> str:
    """Return a place with the home folder for `~`, which a shell does not expand in `--report-dir=~/reports`."""
    return str(Path(place).expanduser()) if place == "~" or place.startswith("~/") else place


def expanded_path(place: str) -> Path:
    """Return a place as a path, with the home folder for `~`."""
    return Path(expanded(place))


def project_folder(start: Path | None = None) -> Path:
    """Return the nearest folder with a thresholds.yaml, from `start` (the current folder) upwards; else `start`."""
    here = start or Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / THRESHOLDS).is_file()), here)


def own_check_files(thresholds: Path) -> list[Path]:
    """A team's own checks: the files test_*.py beside a thresholds.yaml."""
    return sorted(thresholds.parent.resolve().glob("test_*.py"))


def cache_folder(folder: Path) -> Path | None:
    """Return a writable folder that caches what is compiled from the files of a folder; None if there is none.

    It is Python's bytecode cache, or the user's own cache if Python writes no bytecode there. In a container, it is
    often told not to (PYTHONDONTWRITEBYTECODE), or another user installed the package.
    """
    return next(filter(None, map(_writable, _cache_folders(folder))), None)


def _cache_folders(folder: Path) -> Iterator[Path]:
    if not sys.dont_write_bytecode:
        yield Path(cache_from_source(str(folder / "any.py"))).parent
    with suppress(RuntimeError):  # nobody knows the user's home folder
        yield expanded_path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / COMMAND


def _writable(folder: Path) -> Path | None:
    """Return a folder, which is made if it does not exist; None if it is not writable."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder if os.access(folder, os.W_OK) else None


def is_file(path: Path) -> bool:
    """Whether a path names a file; `Path.is_file` raises an error if the name is too long to be one."""
    with suppress(OSError):
        return path.is_file()
    return False


def is_file_name(word: str) -> bool:
    """Whether a word ends like a file name, which a number or a time does not."""
    return Path(word).suffix[1:].isalpha()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A temporary folder, which is deleted afterwards with its content."""
    with TemporaryDirectory(prefix="websocket-health-") as name:
        yield Path(name)


UNFINISHED: Final = ".unfinished"
"""The end of a file's name while it is being written."""
READABLE_BY_ALL: Final = 0o644
READABLE_BY_OWNER: Final = 0o600


def write_whole(content: bytes, file: Path, mode: int = READABLE_BY_ALL) -> None:
    """Write a file atomically: under a temporary name, which no other process uses, and then rename it.

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
    """Append a text to a file that other programs share; it is created if there is none.

    Raises:
        OSError: The file cannot be written.
    """
    with file.open("ab") as stream:
        stream.write(text.encode(errors="backslashreplace"))
