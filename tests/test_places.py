"""What the package compiles is cached beside its modules, or in the user's cache."""

import sys
from pathlib import Path

import pytest

from checks.places import cache_folder, expanded, temporary_folder


@pytest.fixture(name="home")
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home folder, where Python keeps its bytecode beside the modules."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
def test_the_cache_is_beside_the_modules(tmp_path: Path) -> None:
    """The folder is created if it does not exist."""
    assert cache_folder(tmp_path) == tmp_path / "__pycache__"
    assert (tmp_path / "__pycache__").is_dir()


@pytest.mark.usefixtures("home")
def test_the_cache_is_where_the_bytecode_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable PYTHONPYCACHEPREFIX names the place."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "prefix"))
    folder = cache_folder(tmp_path / "package")
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "prefix")


def test_the_cache_is_the_users(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Python cannot write bytecode beside the modules, or is told to write none."""
    cache = home / ".cache" / "websocket-health-checks"
    (tmp_path / "file").touch()
    assert cache_folder(tmp_path / "file") == cache
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert cache_folder(tmp_path) == cache
    assert cache.is_dir()
    assert not (tmp_path / "__pycache__").exists()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder(tmp_path) == tmp_path / "cache" / "websocket-health-checks"


def test_there_may_be_no_cache(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If nothing can be written there, or nobody knows the user's home folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    home.touch()
    assert cache_folder(tmp_path) is None
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert cache_folder(tmp_path) is None


def test_the_home_folder_is_found_where_no_shell_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is expanded, as in `--report-dir=~/reports`; a name that only begins like this is a plain name."""
    monkeypatch.setenv("HOME", "/home/ann")
    places = ("~/reports", "~", "~ann", "a/~/b", "s3://a/~", "")
    assert [expanded(place) for place in places] == ["/home/ann/reports", "/home/ann", *places[2:]]


def test_a_temporary_folder() -> None:
    """It is removed afterwards, with its contents."""
    with temporary_folder() as folder:
        (folder / "spool").touch()
    assert not folder.exists()
