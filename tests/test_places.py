"""What the package keeps for its next start lies where Python keeps bytecode, or nowhere."""

import sys
from pathlib import Path

import pytest

from checks.places import bytecode_folder, expanded, temporary_folder


def test_beside_the_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is made, if it is not there yet."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    assert bytecode_folder(tmp_path) == tmp_path / "__pycache__"
    assert (tmp_path / "__pycache__").is_dir()


def test_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the variable PYTHONPYCACHEPREFIX says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "prefix"))
    folder = bytecode_folder(tmp_path / "package")
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "prefix")


def test_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python is told to write none, and where it can't."""
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert bytecode_folder(tmp_path) is None
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").touch()
    assert bytecode_folder(tmp_path / "file") is None


def test_the_home_folder_is_found_where_no_shell_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `--report-dir=~/reports`; a name that only begins like it is one."""
    monkeypatch.setenv("HOME", "/home/ann")
    places = ("~/reports", "~", "~ann", "a/~/b", "s3://a/~", "")
    assert [expanded(place) for place in places] == ["/home/ann/reports", "/home/ann", *places[2:]]


def test_a_temporary_folder() -> None:
    """It is gone afterwards, with what lies in it."""
    with temporary_folder() as folder:
        (folder / "spool").touch()
    assert not folder.exists()
