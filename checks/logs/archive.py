"""An archive of a read (`--keep-logs`): its events and a receipt, in a folder that `--logs` reads again."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from checks.errors import ConfigError, SourceError
from checks.file_writing import READABLE_BY_OWNER, write_whole
from checks.logs.spool import Spool

RECEIPT: Final = "receipt.json"


def prepare_archive(folder: Path) -> None:
    """Make the folder of an archive. Until `write_archive` is called, its receipt says that it is not complete.

    Raises:
        ConfigError: It cannot be written to, or holds something already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"--keep-logs {folder}: holds something already; name a new folder")
        interrupted = Spool("CloudWatch", (str(folder),), (), gaps=("the read that was to be kept was interrupted",))
        _write(interrupted, folder)
    except OSError as error:
        raise ConfigError(f"--keep-logs {folder}: cannot be written to: {error.strerror}; name another") from error


def write_archive(spool: Spool, folder: Path) -> None:
    """Write the receipt of an archive, whose folder holds the files of the spool.

    Raises:
        SourceError: It cannot be written to.
    """
    files = tuple(replace(file, path=file.path.relative_to(folder)) for file in spool.files)
    try:
        _write(replace(spool, files=files), folder)
    except OSError as error:
        raise SourceError(f"--keep-logs {folder}: cannot be written to: {error.strerror}") from error


def is_archive(name: str) -> bool:
    """Whether this is the folder of an archive."""
    try:
        return bool(name) and (Path(name) / RECEIPT).is_file()
    except OSError:  # whoever reads it will say what is wrong with it
        return False


def read_archive(name: str) -> Spool:
    """Read a spool from an archive.

    Raises:
        SourceError: Its receipt cannot be read, or a file is missing.
    """
    folder = Path(name)
    try:
        spool = msgspec.json.decode((folder / RECEIPT).read_bytes(), type=Spool, dec_hook=_path)
    except OSError as error:
        raise SourceError(f"{folder / RECEIPT}: cannot be read: {error.strerror}") from error
    except (ValueError, ConfigError, RecursionError) as error:
        raise SourceError(f"{folder / RECEIPT}: is not the receipt of a kept read: {error}") from error
    files = tuple(replace(file, path=folder / file.path.name) for file in spool.files)
    missing = [file.path.name for file in files if not file.path.is_file()]
    if missing:
        raise SourceError(f"{folder}: {missing[0]} is missing; the receipt names it")
    return replace(spool, files=files)


def _write(spool: Spool, folder: Path) -> None:
    """Write the receipt; whoever may read reports need not read logs."""
    receipt = msgspec.json.encode(spool, enc_hook=str)
    write_whole(msgspec.json.format(receipt, indent=2) + b"\n", folder / RECEIPT, READABLE_BY_OWNER)


def _path(_: type, text: str) -> Path:
    """The one type that JSON has no word for."""
    return Path(text)
