"""DuckDB, embedded: runs the SQL files beside this module over a spool."""

import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb

from checks.errors import SourceError
from checks.logs.spool import SpoolFile

_MEMORY: Final = "300MB"
"""Above this DuckDB works on disk; with Python and the report a run stays below half a GiB, however many events."""
_MOST_THREADS: Final = 4
"""Each takes 32 MB of that to read JSON, so a machine with many cores would have none left."""


class Engine:
    """The DuckDB database of one run, with the grammar of log lines and the rules of redaction loaded.

    Args:
        folder: Where it puts what does not fit into memory.
    """

    def __init__(self, folder: Path) -> None:
        threads = min(os.cpu_count() or 1, _MOST_THREADS)
        overflow = str(folder / "overflow")
        self._database = duckdb.connect(
            config={"memory_limit": _MEMORY, "temp_directory": overflow, "threads": threads}
        )
        self.execute("SET TimeZone = 'UTC'")
        self.run("notation", "grammar", "redaction")

    def set(self, **variables: Any) -> None:
        """Set variables that the SQL files read."""
        for name, value in variables.items():
            self._database.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def open(self, files: Sequence[SpoolFile]) -> None:
        """Let `events` be those of the files."""
        self.set(files=[str(file.path) for file in files], log_groups=[file.log_group for file in files])

    def redact(self, patterns: Mapping[str, str]) -> None:
        """Redact from now on what RE2 patterns match, too; each match becomes the pattern's name in brackets."""
        self.set(redact=[{"name": name, "pattern": pattern} for name, pattern in patterns.items()] or None)

    def redacted(self, text: str) -> str:
        """Return text from a log as it may be shown."""
        shown: str = self.row("SELECT redacted($text) AS shown", text=text)["shown"]
        return shown

    def run(self, *names: str) -> None:
        """Run SQL files, named without their ending, in this order."""
        for name in names:
            self._database.execute((files(__package__) / "sql" / f"{name}.sql").read_text(encoding="utf-8"))

    def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement for what it changes."""
        self._database.execute(statement, parameters)

    def insert(self, table: str, rows: Sequence[tuple[int, ...]]) -> None:
        """Insert rows into a table of the SQL files."""
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 -- a constant's name

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, each by column name."""
        cursor = self._database.execute(query, parameters)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def row(self, query: str, **parameters: Any) -> dict[str, Any]:
        """Return the only row of a query."""
        (row,) = self.rows(query, **parameters)
        return row


def failure(asked: Sequence[str], error: duckdb.Error) -> SourceError:
    """Say that the engine could not read the logs; what its own words quote from them is redacted."""
    return SourceError(f"{', '.join(asked)}: {Engine(Path()).redacted(str(error))}")


def pattern_error(pattern: str) -> str | None:
    """Say what is wrong with a pattern, in the words of RE2, which runs it; None where nothing is."""
    query = "SELECT regexp_matches('', $pattern) AS matches_nothing"
    try:
        (found,) = duckdb.execute(query, {"pattern": pattern}).fetchall()
    except duckdb.Error as error:
        return str(error).removeprefix("Invalid Input Error: ")
    return "matches the empty text, and so every line" if found[0] else None
