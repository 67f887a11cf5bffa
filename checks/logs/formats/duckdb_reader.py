"""DuckDB as a reader of formats: what a query reads from a plain file is copied into a spool file."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from checks.logs.formats.conversion import ShowBytes, UnreadableError

LONGEST_LINE: Final = 1 << 24
"""In bytes: an event of CloudWatch has 1 MiB at most, six times that where all of it is escaped."""

_MEMORY: Final = "300MB"
"""Beyond this DuckDB works on disk, as in the analysis."""

_MOST_THREADS: Final = 4

_SHOW_SECONDS: Final = 0.2


class Reader:
    """A DuckDB database that reads one plain file.

    Args:
        plain: The file; queries find its path in the variable `file`.
        spool: The file to write; what does not fit into memory goes beside it.
        threads: As many as DuckDB may use; by default those of the machine, up to four.
    """

    def __init__(self, plain: Path, spool: Path, threads: int | None = None) -> None:
        self._size = plain.stat().st_size
        self._spool = spool
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "temp_directory": f"{spool}.overflow",
            "threads": threads or min(os.cpu_count() or 1, _MOST_THREADS),
        }
        self._database = duckdb.connect(config=config)
        self.set(file=str(plain))

    def set(self, **variables: Any) -> None:
        """Set variables that queries read with `getvariable`."""
        for name, value in variables.items():
            self._database.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def values(self, query: str) -> list[Any]:
        """Return the only column of a query."""
        with _readable():
            return [row[0] for row in self._database.execute(query).fetchall()]

    def copy(self, query: str, show: ShowBytes) -> None:
        """Write the rows of a query as JSON Lines, in their order.

        Args:
            query: SQL; its columns are the keys of the lines.
            show: Called a few times a second with the bytes read so far.
        """
        target = str(self._spool).replace("'", "''")
        with _readable():
            statement = f"COPY ({query}) TO '{target}' (FORMAT json)"
            execute_with_progress(self._database, statement, lambda share: show(round(share * self._size)))

    def close(self) -> None:
        """Give its memory back."""
        self._database.close()


def execute_with_progress(database: duckdb.DuckDBPyConnection, statements: str, show: Callable[[float], None]) -> None:
    """Execute SQL in a thread of its own; this one shows a few times a second what share of it is done."""
    database.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    with ThreadPoolExecutor(1) as worker:
        work = worker.submit(database.execute, statements)
        try:
            while wait([work], timeout=_SHOW_SECONDS).not_done:
                show(max(0.0, database.query_progress()) / 100)
        except BaseException:
            database.interrupt()
            raise
        work.result()


@contextmanager
def _readable() -> Iterator[None]:
    """Turn the engine's complaint about the file into an error of ours; behind the first line it quotes the file."""
    try:
        yield
    except duckdb.Error as error:
        raise UnreadableError(f"cannot be read: {str(error).partition(chr(10))[0]}") from error
