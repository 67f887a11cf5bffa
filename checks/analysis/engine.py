"""The DuckDB engine: runs the SQL files over a spool, with the user's own patterns.

DuckDB is imported where it is used: it takes a tenth of a second, and commands that read no logs need none.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from checks.analysis.values import hide_tokens, hide_values
from checks.errors import SourceError
from checks.logs.formats.conversion import execute_with_progress, open_database
from checks.logs.formats.tables import define_spooled
from checks.logs.spool import SpoolFile
from checks.places import cache_folder
from checks.window import Window

if TYPE_CHECKING:
    import duckdb

LONGEST_ID: Final = 128
"""The most characters of an id that are shown: a line may claim any text as an id, and real ones are shorter."""
_MEMORY: Final = "480MB"
"""The memory limit, beyond which DuckDB works on disk."""
_MEMORY_OF_LARGE_LOGS: Final = "240MB"
"""A lower limit: what DuckDB holds outside it grows with the events."""
_MEMORY_AT_REST: Final = "60MB"
_LARGE_BYTES: Final = 500_000_000
"""From this size of JSON on, DuckDB gets less memory: most of the data is on disk anyway."""
_HUGE_BYTES: Final = 3_000_000_000
"""From this size on, the tables of lines are in a file: in memory, their bookkeeping alone takes 4 bytes per event."""
_QUICK_BYTES: Final = 100_000_000
"""The size of JSON that is read in a few tenths of a second."""
_PARQUET_RATIO: Final = 20
"""How many bytes of JSON become one byte of Parquet, at most."""
_SQL: Final = files(__package__) / "sql"
_MACROS: Final = ("vocabulary", "parsing", "grammar", "redaction", "masking", "slots", "template_of", "classify")
"""The SQL files with nothing but macros and constant tables."""
_FEW_TEXTS: Final = 1000
"""The number of texts, of any length, that take little memory."""
_FEW_BYTES: Final = 4_000_000
"""The size of logs below which one thread is enough: each thread compiles the patterns, which takes longer."""


class Engine:
    """The DuckDB database of one run, with the grammar of log lines and the rules of redaction loaded.

    Args:
        folder: A folder for data that does not fit into memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._memory = _MEMORY
        self._has_lines_in_file = False
        self._database = open_database(folder / "overflow", memory=self._memory)
        self._done: set[str] = set()
        self._scanned: tuple[SpoolFile, ...] = ()
        self._show_values = self._is_on_one_core = False
        self._threads = self._used_threads = self.row("SELECT current_setting('threads') AS threads")["threads"]
        self.execute("SET TimeZone = 'UTC'")
        define_macros(self._database, "".join(map(_sql, _MACROS)))
        self.execute("ATTACH ':memory:' AS bulk")
        path = self.row("SELECT current_setting('search_path') AS path")["path"]
        self.execute(f"SET search_path = '{path or 'memory.main'},bulk.main'")
        self.run("patterns")

    def cursor(self) -> "duckdb.DuckDBPyConnection":
        """Return another connection, in which plain names mean the tables of the main schema."""
        return self._database.cursor()

    def use_memory(self, limit: str | None = None) -> None:
        """Set the memory limit, in DuckDB's notation, by default that of the logs; what does not fit goes to disk."""
        self.execute(f"SET memory_limit = '{limit or self._memory}'")

    def set(self, **variables: Any) -> None:
        """Set variables that the SQL files read."""
        for name, value in variables.items():
            self._database.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def open(self, files: Sequence[SpoolFile]) -> None:
        """Make `events` the events of some files.

        Raises:
            UnreadableError: A Parquet file has no columns for times and messages.
        """
        self._used_threads = 1 if sum(map(_size, files)) < _FEW_BYTES else self._threads
        self.execute(f"SET threads = {self._used_threads}")
        files = define_spooled(self._database, files)
        goes_back = any(file.goes_back for file in files)
        ungrouped = sum(file.log_group is None for file in files)
        self.set(
            log_groups=[file.log_group for file in files],
            log_streams=[file.log_stream for file in files],
            streams_of_text=[file.origin.encode(errors="replace").decode() if file.is_text else None for file in files],
            goes_back=goes_back,
            may_overlap=goes_back or (not all(file.has_ids for file in files) and ungrouped > 1),
        )

    def knows(self, files: Sequence[SpoolFile]) -> bool:
        """Whether the scanned files are the first of these, and no file may repeat events of another."""
        known = len(self._scanned)
        return self._scanned == tuple(files[:known]) and all(file.has_ids or file.log_group for file in files)

    def scan(self, files: Sequence[SpoolFile], show: Callable[[float], None] = lambda _: None) -> None:
        """Scan new files, as each poll of a gate adds some, and make `events` the events of all files."""
        new = files[len(self._scanned) :]
        if new:  # a scan that fails leaves the engine as it was
            self._make_room(sum(map(_size_as_json, files)))
            self.open(new)
            self.run("events")
            execute_with_progress(self._database, _sql("scan"), show)
            is_first, self._scanned = not self._scanned, tuple(files)
            if not is_first:
                self.open(files)
        self._done.clear()

    @property
    def is_quick_to_read(self) -> bool:
        """Whether all events can be read once more without a wait."""
        return sum(map(_size_as_json, self._scanned)) < _QUICK_BYTES

    def _make_room(self, size: int) -> None:
        """Bound the memory of a run whose files, scanned ones included, have this size as JSON."""
        if size > _LARGE_BYTES:
            self._memory = _MEMORY_OF_LARGE_LOGS
        self.use_memory()
        if size > _HUGE_BYTES and not self._has_lines_in_file:
            self._put_lines_into_file()

    def _put_lines_into_file(self) -> None:
        """Keep the tables with a row per line in a compressed file instead of memory and its overflow."""
        path = str(self._folder / "lines.duckdb").replace("'", "''")
        self.execute(f"ATTACH '{path}' AS made")
        if self._scanned:
            self.execute("CREATE TABLE made.scanned AS FROM bulk.scanned")
        self.execute("DETACH made; DETACH bulk")
        self.execute(f"ATTACH '{path}' AS bulk")
        self.execute("PRAGMA disable_checkpoint_on_shutdown")  # nobody opens the file again
        self._has_lines_in_file = True

    def redact(self, patterns: Mapping[str, str], *, show_values: bool = False) -> None:
        """Redact the matches of named RE2 patterns as well; each becomes the pattern's name in brackets."""
        self._show_values = show_values
        self.set(redact=[{"name": name, "pattern": pattern} for name, pattern in patterns.items()] or None)

    def redacted(self, text: str) -> str:
        """Return an id, or a text of the user's own code, without the usual secrets but otherwise unchanged."""
        is_name = self.row("SELECT is_name_by_aws($text) AS is_name", text=text)["is_name"]
        return text if is_name else self._without_secrets(text)

    def shown(self, text: str) -> str:
        """Return a text from a log, redacted, with unknown values hidden."""
        return self.without_values(self._without_secrets(text))

    def _without_secrets(self, text: str) -> str:
        return str(self.row("SELECT redacted($text) AS text", text=text)["text"])

    def without_values(self, text: str) -> str:
        """Return a redacted text with unknown values hidden, or only tokens if `--show-values` is set."""
        return hide_tokens(text) if self._show_values else hide_values(text)

    def fill_redacted_texts(self) -> None:
        """Fill `redacted_texts` with the redacted `unshown_texts`."""
        if not self.rows("FROM unshown_texts LIMIT 1"):  # looking is quicker than preparing the rules of redaction
            return
        self.run("redacted_texts")
        query = "SELECT text, redacted FROM newly_redacted WHERE is_message AND rowid BETWEEN $first AND $last"
        for first in range(0, self.row("SELECT count(*) AS texts FROM newly_redacted")["texts"], _FEW_TEXTS):
            rows = self.rows(query, first=first, last=first + _FEW_TEXTS - 1)
            self.execute(
                "INSERT INTO redacted_texts SELECT unnest($texts), unnest($shown)",
                texts=[row["text"] for row in rows],
                shown=[self.without_values(row["redacted"]) for row in rows],
            )
        self.execute("DROP TABLE newly_redacted")

    def run(self, *names: str) -> None:
        """Run SQL files in this order, each named without its number and suffix."""
        for name in names:
            self._execute(_sql(name))
            if self._is_on_one_core:
                self.execute(f"SET threads = {self._used_threads}")
                self._is_on_one_core = False

    def _execute(self, statements: str, parameters: Mapping[str, Any] | None = None) -> "duckdb.DuckDBPyConnection":
        """Run statements; if memory runs out, retry with all of it on one thread, which needs less."""
        import duckdb  # noqa: PLC0415

        try:
            return self._database.execute(statements, parameters)
        except duckdb.OutOfMemoryException:
            self._memory = _MEMORY
            self.use_memory()
            self.execute("SET threads = 1")
            self._is_on_one_core = True
            return self._database.execute(statements, parameters)

    def run_once(self, name: str) -> None:
        """Run an SQL file, unless this method has run it since the last scan."""
        if name not in self._done:
            self.run(name)
            self._done.add(name)

    def execute(self, statement: str, **parameters: Any) -> None:
        """Run a statement that returns nothing."""
        self._database.execute(statement, parameters)

    def fill(self, table: str, rows: Sequence[tuple[int, ...]]) -> None:
        """Replace the rows of a table of the SQL files."""
        self.execute(f"DELETE FROM {table}")  # noqa: S608 -- a constant's name
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 -- a constant's name

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, each by column name."""
        cursor = self._execute(query, parameters)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def row(self, query: str, **parameters: Any) -> dict[str, Any]:
        """Return the only row of a query."""
        (row,) = self.rows(query, **parameters)
        return row


def _size(file: SpoolFile) -> int:
    """Return the bytes of a file; 0 if it is gone, which its reader will report."""
    return file.path.stat().st_size if file.path.exists() else 0


def _size_as_json(file: SpoolFile) -> int:
    return _size(file) * (_PARQUET_RATIO if file.is_parquet else 1)


def hand_over_memory(resting: Engine | None, working: Engine | None) -> None:
    """Give the memory to the working engine; the resting one spills to disk."""
    import duckdb  # noqa: PLC0415

    if resting is not None:
        with suppress(duckdb.OutOfMemoryException):  # if some must stay, it is not an error
            resting.use_memory(_MEMORY_AT_REST)
    if working is not None:
        working.use_memory()


@cache
def _sql(name: str) -> str:
    """Return the text of the SQL file of a name: `sql/30_classify.sql` is "classify", `sql/metrics/gone.sql` "gone"."""
    if name not in _sql_files():
        raise FileNotFoundError(f"{_SQL} holds no SQL file {name!r}")
    return _sql_files()[name].read_text(encoding="utf-8")


@cache
def _sql_files() -> Mapping[str, Traversable]:
    every = (*_SQL.iterdir(), *(_SQL / "metrics").iterdir())
    return {file.name.removesuffix(".sql").lstrip("0123456789_"): file for file in every}


def define_macros(database: "duckdb.DuckDBPyConnection", statements: str) -> None:
    """Define the macros of SQL files that hold nothing else.

    Compiling them takes a tenth of a second, so the result is cached, under a name that changes with the files and with
    DuckDB's version.
    """
    import duckdb  # noqa: PLC0415

    with suppress(OSError, duckdb.Error):  # a full disk or a damaged cache must not end a run
        if file := _compiled_macros(statements):
            path = str(file).replace("'", "''")
            database.execute(f"ATTACH '{path}' AS macros (READ_ONLY)")
            database.execute("SET search_path = 'memory.main,macros.main'")
            return
    database.execute(statements)


def _compiled_macros(statements: str) -> Path | None:
    """Return the cached database of macros, made if there is none yet; None if it cannot be stored."""
    import duckdb  # noqa: PLC0415

    folder = cache_folder(Path(__file__).parent)
    if folder is None:
        return None
    digest = hashlib.sha256(f"{duckdb.__version__}\n{statements}".encode()).hexdigest()
    file = folder / f"macros-{digest[:16]}.duckdb"
    if not file.exists():
        with TemporaryDirectory(dir=folder) as temporary:
            made = Path(temporary, file.name)
            with duckdb.connect(made) as database:
                database.execute(statements)
            for former in folder.glob("macros-*.duckdb"):
                former.unlink(missing_ok=True)
            made.replace(file)  # atomic, since other runs may look for it
    return file


@contextmanager
def unreadable_logs_named(requested: Sequence[str]) -> Iterator[None]:
    """Turn an error of the engine into a SourceError that names the logs; quotations from them are redacted."""
    import duckdb  # noqa: PLC0415

    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.OutOfMemoryException as error:
        too_much = f"the analysis takes more memory than the {_MEMORY} that it may use; judge a shorter window"
        raise SourceError(f"{', '.join(requested)}: {too_much}") from error
    except duckdb.Error as error:
        raise SourceError(f"{', '.join(requested)}: {Engine(Path()).shown(str(error))}") from error


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a function that matches a text with an RE2 pattern, in time linear in the text's length."""
    import duckdb  # noqa: PLC0415

    database = duckdb.connect()

    def matches(text: str) -> bool:
        return bool(database.execute("SELECT regexp_matches(?, ?)", [text, pattern]).fetchall()[0][0])

    return matches


def count_connects(engine: Engine, window: Window) -> int:
    """Count the connections whose first connect is in a part of the analysed window."""
    query = "FROM connects_between($since, $until)"
    return int(engine.row(query, since=window.since_ms, until=window.until_ms)["connects"])
