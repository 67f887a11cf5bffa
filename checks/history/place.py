"""Which place `--history` names."""

from pathlib import Path
from typing import Final

from checks.errors import ConfigError
from checks.history.file import FileStore
from checks.history.store import Store

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
