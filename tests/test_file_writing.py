"""Files are written as a whole, or appended to."""

from pathlib import Path

import pytest

from checks.places import READABLE_BY_OWNER, append, write_whole


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """An older file of that name is replaced; others may read the new one, unless it is only for its owner."""
    file = tmp_path / "result.json"
    for content, options, mode in ((b"old", {}, 0o644), (b"new", {"mode": READABLE_BY_OWNER}, 0o600)):
        write_whole(content, file, **options)
        assert (file.read_bytes(), file.stat().st_mode & 0o777) == (content, mode)
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a file nor a temporary file stays behind."""
    (tmp_path / "result.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(b"content", tmp_path / "result.json")
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_text_is_appended(tmp_path: Path) -> None:
    """The earlier text stays, and what UTF-8 cannot encode becomes an escape."""
    file = tmp_path / "output"
    append("é\n", file)
    append("\udcff\n", file)
    assert file.read_bytes() == "é\n\\udcff\n".encode()
