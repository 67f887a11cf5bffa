"""DuckDB reads plain files in its own thread, which can be watched and interrupted."""

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from checks.logs.formats.conversion import (
    LONGEST_MESSAGE,
    Reader,
    UnreadableError,
    execute_with_progress,
    has_longer_line,
)

SLOW = "CREATE TABLE sums AS SELECT sum(hash(range)) AS sum FROM range(400_000_000)"


def test_a_query_is_watched_until_it_is_done() -> None:
    """The shares of the work lie between none and all of it."""
    shown: list[float] = []
    with duckdb.connect() as database:
        execute_with_progress(database, SLOW, shown.append)
        assert database.execute("SELECT count(*) FROM sums").fetchall() == [(1,)]
    assert shown
    assert all(0 <= share <= 1 for share in shown)


def test_a_query_ends_when_its_watcher_does() -> None:
    """Ctrl-C arrives in the thread that watches."""

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with duckdb.connect() as database:
        with pytest.raises(KeyboardInterrupt):
            execute_with_progress(database, SLOW, interrupted)
        assert database.execute("SELECT count(*) FROM duckdb_tables()").fetchall() == [(0,)]


def test_an_error_quotes_nothing_of_the_file(tmp_path: Path) -> None:
    """After its first line, DuckDB's message may quote the log."""
    (tmp_path / "log").write_text("secret", encoding="utf-8")
    with (
        closing(Reader(tmp_path / "log", tmp_path / "spool")) as reader,
        pytest.raises(UnreadableError, match=r"^cannot be read: [^\n]*$") as error,
    ):
        reader.copy("SELECT * FROM read_json(getvariable('file'), columns := {a: 'INT'})", lambda _: None)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("length", [LONGEST_MESSAGE, LONGEST_MESSAGE + 1])
@pytest.mark.parametrize("before", ["", "x" * 1000 + "\n", "a\nb\n" * 200_000])
@pytest.mark.parametrize("after", ["", "\n", "\n" + "y" * LONGEST_MESSAGE])
def test_a_line_that_is_too_long_is_noticed_anywhere(tmp_path: Path, length: int, before: str, after: str) -> None:
    """This holds even if it spans many blocks of the read."""
    (tmp_path / "log").write_text(f"{before}{'x' * length}{after}", encoding="utf-8")
    assert has_longer_line(tmp_path / "log") == (length > LONGEST_MESSAGE)
