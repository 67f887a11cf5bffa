"""The conversion of a plain file into a spool file: what all formats have in common."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from checks.logs.spool import SHOW_SECONDS

if TYPE_CHECKING:
    import duckdb


ShowBytes: TypeAlias = Callable[[int], None]
"""Called from time to time with the number of bytes of the plain file converted so far."""


class UnreadableError(Exception):
    """A file could not be converted; the message says why, without quoting the file.

    `is_log` says whether the file still looks like a log.
    """

    def __init__(self, complaint: str, *, is_log: bool = True) -> None:
        super().__init__(complaint)
        self.is_log = is_log


class SpoolEvent(msgspec.Struct, omit_defaults=True, gc=False, rename="camel"):
    """A line of a spool file; see SpoolFile for its keys."""

    timestamp: Any
    message: str
    log_stream_name: str | None = None
    log_group: str | None = None
    event_id: str | None = None
    unread: str | None = None


class Conversion(msgspec.Struct, frozen=True):
    """The spool file made from a plain file, or the plain file itself if nothing had to change.

    Attributes:
        gaps: Signs that the file is incomplete, one sentence each.
        is_text: Whether the lines are as a tool printed them; those without a stream are taken to be from one stream.
        goes_back: Whether times in the text jump back, as when one log was appended to another.
        cut: How many messages were too long for CloudWatch, so that only their beginning was read.
    """

    path: Path
    gaps: tuple[str, ...] = ()
    is_text: bool = False
    goes_back: bool = False
    cut: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the spool file leaves out, one sentence each."""
        note = f"messages cut because they were longer than {LONGEST_MESSAGE:,} characters: {self.cut:,}"
        return (note,) if self.cut else ()


Convert: TypeAlias = Callable[[Path, Path, ShowBytes], Conversion]
"""Writes the events of a plain file, and its unreadable lines, to a spool file.

Raises OSError if a file cannot be read or written, and UnreadableError if it turns out to be something else.
"""

_STATUSES: Final = ("Scheduled", "Running", "Failed", "Cancelled", "Timeout", "Unknown", None)
"""The statuses of a query that is not Complete; any other value could be arbitrary text and is not shown."""
MOST_ROWS: Final = 10_000
"""The most rows that Logs Insights returns for a query."""
IS_CUT_OFF: Final = "the output has a nextToken: it was cut off, and there were more events"
LIMIT_REACHED: Final = f"it holds {MOST_ROWS:,} rows, the most that Logs Insights returns: query shorter times"


def gaps_of_document(document: Mapping[str, Any], count: int, *, is_query: bool) -> Iterator[str]:
    """Yield the signs that a document of the AWS CLI with `count` events is incomplete."""
    if document.get("nextToken") or document.get("NextToken"):
        yield IS_CUT_OFF
    if not is_query:
        return
    status = document.get("status", "Complete")
    if status != "Complete":
        shown = repr(status) if status in _STATUSES else "not a known one"
        yield f"the query's status is {shown}: only a Complete query has all of its results"
    statistics = document.get("statistics")
    matched = statistics.get("recordsMatched") if isinstance(statistics, dict) else None
    if isinstance(matched, int | float) and matched > count:
        yield f"the query matched {matched:.0f} events and returned {count}: give it a higher limit"


LONGEST_LINE: Final = 1 << 24
"""The longest line that is read, in bytes: an event has 1 MiB at most, or six times that if all of it is escaped."""
LONGEST_MESSAGE: Final = 5 * (1 << 18)
"""The longest message, in characters: only the beginning of a longer one is read. An event has 1 MiB at most."""
_LONG_LINE: Final = 1 << 17
"""Beyond this many bytes, lines are written one by one: DuckDB holds 2,048 at once, in over ten times their memory."""
_BLOCK_BYTES: Final = 1 << 16


def has_longer_line(file: Path, most: int = LONGEST_MESSAGE) -> bool:
    """Whether a file has a line of more than so many bytes; it looks only for the last line break within reach."""
    begin, size = 0, file.stat().st_size
    with file.open("rb", buffering=0) as source:
        while begin + most < size:
            for end in range(begin + most + 1, begin, -_BLOCK_BYTES):
                place = max(begin, end - _BLOCK_BYTES)
                source.seek(place)
                newline = source.read(end - place).rfind(b"\n")
                if newline >= 0:
                    begin = place + newline + 1
                    break
            else:
                return True
    return False


def count_bytes(file: Path, byte: bytes) -> int:
    """Count a single byte in a file."""
    with file.open("rb", buffering=0) as source:
        return sum(block.count(byte) for block in iter(partial(source.read, _BLOCK_BYTES), b""))


_MEMORY: Final = "300MB"
"""The memory limit beyond which DuckDB works on disk, as in the analysis."""
_MEMORY_FOR_LONG_LINES: Final = "600MB"
"""The memory limit for long lines: DuckDB reserves what one may need, and uses less than half of it."""
_MOST_THREADS: Final = 4
"""The most threads: each takes 32 MB of the memory to read JSON, so one for each of many cores would use it up."""


def open_database(overflow: Path, threads: int | None = None, memory: str | None = None) -> "duckdb.DuckDBPyConnection":
    """Open an empty DuckDB database that takes little memory.

    Args:
        overflow: A folder for what does not fit into memory; it is created if needed.
        threads: The most threads of DuckDB; by default one for each core, up to four.
        memory: The memory limit in DuckDB's notation; None for what a conversion needs.
    """
    import duckdb  # noqa: PLC0415 -- few formats need it

    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory or _MEMORY,
        "temp_directory": str(overflow),
        "threads": threads or min(os.cpu_count() or 1, _MOST_THREADS),
    }
    database = duckdb.connect(config=config)
    database.execute("SET disable_parquet_prefetching = true")  # it would need memory for all pages of a row group
    return database


def sql_text(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def steps(times: Sequence[str]) -> tuple[int, int]:
    """Count how often times in one notation step back, and how often forward, each compared with the one before it."""
    pairs = list(pairwise(times))
    return sum(one > next_one for one, next_one in pairs), sum(one < next_one for one, next_one in pairs)


def are_newest_first(times: Sequence[str]) -> bool:
    """Whether most times in one notation go back; a few do in an export of several streams, one after another."""
    back, forth = steps(times)
    return back > forth


class Reader:
    """A DuckDB database that converts a plain file into a spool file; in queries, its path is the variable `file`."""

    def __init__(self, plain: Path, spool: Path, threads: int | None = None) -> None:
        self._size = plain.stat().st_size
        self._spool = spool
        self._has_long_lines = has_longer_line(plain, _LONG_LINE)
        limits = (1, _MEMORY_FOR_LONG_LINES) if self._has_long_lines else (threads, None)
        self._database = open_database(Path(f"{spool}.overflow"), *limits)
        self.set(file=str(plain))

    def set(self, **variables: Any) -> None:
        """Set variables that queries read with `getvariable`."""
        for name, value in variables.items():
            self._database.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def values(self, query: str) -> list[Any]:
        """Return the only column of a query."""
        with readable():
            return [row[0] for row in self._database.execute(query).fetchall()]

    def is_newest_first(self, query: str) -> bool:
        """Whether most times in the only column of a query go back."""
        return are_newest_first([time for time in self.values(query) if time])

    def copy(self, query: str, show: ShowBytes) -> int:
        """Write the rows of a query as JSON Lines, in their order; its columns are the keys of the lines.

        Returns:
            How many messages were cut.
        """
        if self._has_long_lines:
            return self._copy_cut(query)
        with readable():
            statement = f"COPY ({query}) TO {sql_text(str(self._spool))} (FORMAT json)"
            execute_with_progress(self._database, statement, lambda share: show(round(share * self._size)))
        return 0

    def _copy_cut(self, query: str) -> int:
        """Write the rows one by one, without DuckDB's writer, and cut messages that are too long."""
        number = 0
        with readable(), self._spool.open("wb") as target:
            rows = self._database.execute(query)
            names = [column[0] for column in rows.description or ()]
            while row := rows.fetchone():
                line = dict(zip(names, row, strict=True))
                message = line["message"] or ""
                number += len(message) > LONGEST_MESSAGE
                target.write(msgspec.json.encode(line | {"message": message[:LONGEST_MESSAGE]}) + b"\n")
        return number

    def close(self) -> None:
        """Release its memory."""
        self._database.close()


def execute_with_progress(
    database: "duckdb.DuckDBPyConnection", statements: str, show: Callable[[float], None]
) -> None:
    """Execute SQL in another thread, and show a few times a second what share of it is done."""
    database.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    with ThreadPoolExecutor(1) as worker:
        work = worker.submit(database.execute, statements)
        try:
            while wait([work], timeout=SHOW_SECONDS).not_done:
                show(max(0.0, database.query_progress()) / 100)
        except BaseException:
            database.interrupt()
            raise
        work.result()


@contextmanager
def readable() -> Iterator[None]:
    """Turn DuckDB's errors about a file into UnreadableError, with their first line: the others quote the file."""
    import duckdb  # noqa: PLC0415

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UnreadableError(
            "has values, or pages of Parquet, that don't fit into memory: write smaller ones"
        ) from error
    except duckdb.Error as error:
        raise UnreadableError(f"cannot be read: {str(error).partition(chr(10))[0]}") from error
