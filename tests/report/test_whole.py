"""A file is found whole, or not at all."""

from pathlib import Path

import pytest

from checks.report.whole import write_whole


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new content takes the place of the old one, and nothing is left beside it."""
    for content in (b"old and long", b"new"):
        write_whole(content, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_is_left_of_a_failure(tmp_path: Path) -> None:
    """What could not be put in its place is removed."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(b"new", tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
