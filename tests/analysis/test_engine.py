"""The engine runs SQL, and says what it does not understand."""

from pathlib import Path

import duckdb
import pytest

from checks.analysis.engine import Engine, pattern_error


@pytest.mark.parametrize(
    "pattern", ["welcome", r"(?i)bye, conn=(?P<connection_id>[\w-]+=)", r"\bgone\b|\x{1F44B}", "a{1000}"]
)
def test_pattern_of_re2(pattern: str) -> None:
    """What RE2 accepts has no error."""
    assert pattern_error(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(gone", "missing )"),
        ("[gone", "missing ]"),
        ("*gone", "no argument for repetition operator"),
        (r"(?<!not )gone", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
    ],
)
def test_pattern_that_re2_refuses(pattern: str, reason: str) -> None:
    """The reason is RE2's own, without DuckDB's preface; Python's look-behinds and back-references are among them."""
    error = pattern_error(pattern)
    assert error is not None
    assert reason in error
    assert "Error:" not in error


def test_values_are_not_sql(tmp_path: Path) -> None:
    """Variables and parameters may hold any text."""
    engine = Engine(tmp_path)
    hostile = "'; DROP TABLE x; --"
    engine.set(said=hostile)
    assert engine.row("SELECT getvariable('said') AS said, $other AS other", other=hostile) == {
        "said": hostile,
        "other": hostile,
    }


def test_rows_by_column(tmp_path: Path) -> None:
    """Rows are read by the names of their columns; no rows are an empty list."""
    engine = Engine(tmp_path)
    assert engine.rows("SELECT range AS number FROM range(2)") == [{"number": 0}, {"number": 1}]
    assert engine.rows("SELECT 1 AS number WHERE false") == []


def test_only_row(tmp_path: Path) -> None:
    """A query that has not exactly one row is a mistake of ours."""
    with pytest.raises(ValueError, match="too many values"):
        Engine(tmp_path).row("FROM range(2)")


def test_times_are_utc(tmp_path: Path) -> None:
    """Text without a zone is UTC, wherever the machine stands."""
    engine = Engine(tmp_path)
    assert engine.row("SELECT epoch_ms('2026-06-02 00:00:00'::TIMESTAMPTZ) AS at_ms") == {"at_ms": 1_780_358_400_000}


def test_unknown_sql_file(tmp_path: Path) -> None:
    """A name without a file is an error, not an empty analysis."""
    with pytest.raises(FileNotFoundError):
        Engine(tmp_path).run("astrology")


def test_engines_share_nothing(tmp_path: Path) -> None:
    """Each run has a database of its own."""
    Engine(tmp_path).execute("CREATE TABLE leftover (x INT)")
    with pytest.raises(duckdb.CatalogException):
        Engine(tmp_path).rows("FROM leftover")
