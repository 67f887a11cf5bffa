"""Files are written whole, or appended to."""

from pathlib import Path

import pytest

from checks.places import READABLE_BY_OWNER, append, write_whole


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """An older file of the name gives way; others may read the new one, unless it is for its owner only."""
    file = tmp_path / "result.json"
    for content, options, mode in ((b"old", {}, 0o644), (b"new", {"mode": READABLE_BY_OWNER}, 0o600)):
        write_whole(content, file, **options)
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (content, mode)
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a file nor a temporary name stays behind."""
    (tmp_path / "result.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(b"content", tmp_path / "result.json")
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_text_is_appended(tmp_path: Path) -> None:
    """What was there stays; what UTF-8 has no code for becomes an escape."""
    file = tmp_path / "output"
    append("é\n", file)
    append("\udcff\n", file)
    assert file.read_bytes() == "é\n\\udcff\n".encode()
