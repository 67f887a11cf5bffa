"""`--history` names a file or a folder on S3, and nothing else."""

from pathlib import Path

import pytest

from checks.errors import ConfigError
from checks.history.file import FileStore
from checks.history.place import open_store
from checks.history.s3 import BucketStore


def test_a_file(tmp_path: Path) -> None:
    """Opening it makes nothing."""
    assert isinstance(open_store(str(tmp_path / "history.jsonl")), FileStore)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["s3://runs", "s3://runs/", "s3://runs/health/chat/"])
def test_s3(place: str) -> None:
    """With or without a prefix; nothing is asked of AWS yet."""
    assert isinstance(open_store(place), BucketStore)


@pytest.mark.parametrize("place", ["s3://", "s3:///health", "http://runs/health", "S3://runs"])
def test_what_is_no_place(place: str) -> None:
    """It is a mistake on the command line, and the message says what would be one."""
    with pytest.raises(ConfigError, match="is no place for a history; name a file or s3://BUCKET/PREFIX"):
        open_store(place)
