"""The macros of the SQL files are kept, and whatever happens to what is kept, they are defined."""

from pathlib import Path

import duckdb
import pytest

from checks.analysis import macros
from checks.analysis.macros import define_macros

ADD = "CREATE OR REPLACE MACRO one() AS 1;\nCREATE OR REPLACE MACRO add(x) AS x + one();\n"
DOUBLE = "CREATE OR REPLACE MACRO add(x) AS x + x;\n"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the macros are kept."""
    folder = tmp_path / "it's"
    folder.mkdir()
    monkeypatch.setattr(macros, "bytecode_folder", lambda _: folder)
    return folder


def added(statements: str) -> int:
    """What 3 becomes, by the macros of some statements."""
    with duckdb.connect() as database:
        define_macros(database, statements)
        database.execute("CREATE TEMP TABLE numbers AS SELECT 3 AS number")
        (row,) = database.execute("SELECT add(number) FROM numbers").fetchall()
    result: int = row[0]
    return result


def test_they_are_made_once(folder: Path) -> None:
    """The second database takes what the first one left, even where that says something else."""
    assert added(ADD) == 4
    (file,) = folder.iterdir()
    with duckdb.connect(file) as stored:
        stored.execute(DOUBLE)
    assert added(ADD) == 6


def test_other_macros_are_made_anew(folder: Path) -> None:
    """And nothing is left of the former ones."""
    assert added(ADD) == 4
    (before,) = folder.iterdir()
    assert added(DOUBLE) == 6
    (after,) = folder.iterdir()
    assert before != after


def test_a_damaged_file(folder: Path) -> None:
    assert added(ADD) == 4
    (file,) = folder.iterdir()
    file.write_bytes(b"damaged")
    assert added(ADD) == 4


def test_a_folder_that_is_gone(folder: Path) -> None:
    folder.rmdir()
    assert added(ADD) == 4


def test_where_nothing_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where Python is told to write no bytecode."""
    monkeypatch.setattr(macros, "bytecode_folder", lambda _: None)
    assert added(ADD) == 4
    assert list(folder.iterdir()) == []
