"""The recogniser: judges each sentence of an application once, by a few of its lines, as all its lines mean the same.

A team's own checks can query the meanings as DuckDB relations, and probes are counted in them.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from checks.analysis.engine import Engine, unreadable_logs_named
from checks.config.signal_patterns import ID_GROUP, without_id_group
from checks.errors import SourceError
from checks.logs.spool import Spool
from checks.metrics import Metric, Subject, measured
from checks.text import one_line
from checks.window import END_OF_TIME_MS

_LABELLED: Final = range(1, 6)
_RECORD: Final = 6
"""The slot of a record's message in sql/14_slots.sql; the other slots are behind labels and in quotation marks."""
_FEWEST_FORMS: Final = 30
"""If a text has at least this many endings, they are users' words, and not sentences of the application."""
_MANY_TEMPLATES: Final = 8000
"""The number of templates above which only one in `_STEP` is looked at first."""
_STEP: Final = 8

if TYPE_CHECKING:
    import duckdb


class Dialect(Struct, frozen=True):
    """The dialect of an application: its own words for signals, and the texts to hide or to ignore.

    Attributes:
        short_lived_seconds: The duration below which a complete connection is short-lived.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        redact: Patterns of texts that reports must not show, besides the usual secrets: name -> RE2 pattern.
        ignored: Patterns of lines that are not near misses.
        probe_mark: The mark of the run's own probes, which are counted separately; empty if there are none.
        show_values: Whether reports show values that are not known to be harmless.
    """

    short_lived_seconds: float
    signals: Mapping[str, Mapping[str, str]]
    redact: Mapping[str, str]
    ignored: Sequence[str] = ()
    probe_mark: str = ""
    show_values: bool = False


class Recognised(Struct, frozen=True):
    """The meaning of one event.

    Attributes:
        line: The number of the event in its file, from 1: its line number if no line is blank.
        kinds: The signals; empty if the event says nothing about a connection.
        connection_id: The connection that the event, or another one of the same request, names.
        request_id: The Lambda request, as the event or its position in the log stream tells.
        file: The file, if there are several.
    """

    line: int
    kinds: tuple[str, ...]
    connection_id: str | None
    request_id: str | None
    file: str | UnsetType = UNSET


def engine_for(dialect: Dialect, folder: Path) -> Engine:
    """Return a new engine for the dialect of an application."""
    engine = Engine(folder)
    engine.redact(dialect.redact, show_values=dialect.show_values)
    everything = "|".join(f"(?:{without_id_group(pattern)})" for _, pattern in _patterns(dialect.signals))
    engine.set(taught_anything=everything or None)
    return engine


def match_patterns(engine: Engine, signals: Mapping[str, Mapping[str, str]]) -> None:
    """Fill the table `taught(seq, kind, connection_id)` with the candidates that match each pattern."""
    engine.execute("CREATE OR REPLACE TEMP TABLE taught (seq BIGINT, kind VARCHAR, connection_id VARCHAR)")
    for kind, pattern in _patterns(signals):
        identify = "nullif(plain_id(regexp_extract(text, $pattern, 1)), '')" if ID_GROUP in pattern else "NULL"
        engine.execute(
            f"""
            INSERT INTO taught SELECT seq, $kind, {identify}
            FROM (SELECT seq, text_of(message, slot) AS text FROM candidates) WHERE regexp_matches(text, $pattern)""",  # noqa: S608 -- both texts are this function's own
            kind=kind,
            pattern=pattern,
        )


def broad_patterns(signals: Mapping[str, Mapping[str, str]], subjects: Collection[Subject] = ()) -> tuple[str, ...]:
    """Return regular expressions that match every line the analysis may understand, and some others.

    Args:
        signals: The taught patterns, which are among them, without names for groups.
        subjects: The subjects to measure: errors and invocations need lines of their own.
    """
    row = Engine(Path()).row("SELECT broad_patterns() AS patterns, error_line_pattern() AS errors")
    own: list[str] = [*row["patterns"], *([row["errors"]] if Subject.ERRORS in subjects else [])]
    reports = ["^REPORT RequestId: ", '"platform\\.report"'] if Subject.LAMBDA in subjects else []
    return (*own, *reports, *(without_id_group(pattern) for _, pattern in _patterns(signals)))


def _patterns(signals: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for kind, named in signals.items():
        for pattern in named.values():
            yield kind, pattern


def recognise(spool: Spool, signals: Mapping[str, Mapping[str, str]], folder: Path) -> Iterator[Recognised]:
    """Yield the meaning of each event of the spool, in the order of the files."""
    engine = understand_all(spool, Dialect(0, signals, {}), folder, wants_every_line=True)
    origins, lines = [file.origin for file in spool.files], Counter[str]()
    are_several = len({*origins}) > 1
    for row in engine.rows(_EVERY_LINE):
        origin = origins[row["file"] - 1]
        lines[origin] += 1
        file = origin if are_several else UNSET
        yield Recognised(lines[origin], tuple(row["kinds"]), row["connection_id"], row["request_id"], file)


def understand_all(
    spool: Spool, dialect: Dialect, folder: Path, *, wants_every_line: bool = False, wants_every_sentence: bool = False
) -> Engine:
    """Return an engine that has understood all lines of a spool, whatever their time.

    Raises:
        SourceError: The spool holds no file, or cannot be read.
    """
    if not spool.files:
        raise SourceError(f"{', '.join(spool.requested)}: holds no log event")
    with unreadable_logs_named(spool.requested):
        engine = engine_for(dialect, folder)
        engine.set(since=0, until=END_OF_TIME_MS, time_of_timeless=0, look_back=0)
        engine.set(version=None, is_version_excluded=False, wants_errors=False, wants_invocations=False)
        engine.set(wants_every_sentence=wants_every_sentence)
        engine.scan(spool.files)
        understand(engine, dialect, wants_every_line=wants_every_line)
    return engine


def understand(engine: Engine, dialect: Dialect, *, wants_every_line: bool = False) -> None:
    """Make the tables `lines` and `signals` from the scanned lines."""
    ignored = "|".join(f"(?:{pattern})" for pattern in dialect.ignored)
    engine.set(wants_every_line=wants_every_line, ignored=ignored or None)
    engine.run("candidates", "templates")
    _set_users_words_aside(engine)
    match_patterns(engine, dialect.signals)
    # Some files only run if they are needed: preparing them takes longer than the rest of a small log.
    if engine.rows("FROM examples WHERE may_be_foreign(message) LIMIT 1"):
        engine.run_once("translation")
    engine.run("meanings")
    if engine.rows("FROM unsure_templates LIMIT 1"):
        engine.run_once("translation")
        engine.run("unsure_meanings")
    engine.run("lines", "signals")
    if dialect.probe_mark:
        engine.set(probe_mark=dialect.probe_mark)
        engine.run("probes")


def _set_users_words_aside(engine: Engine) -> None:
    """Merge templates that differ only in users' words; with few templates, these can't be told from sentences."""
    templates = engine.row("SELECT count(*) AS number, count(*) FILTER (lines = 1) AS rare FROM templates")
    if templates["rare"] < _FEWEST_FORMS // 2:
        return
    step = _STEP if templates["number"] > _MANY_TEMPLATES else 1
    engine.set(step=step)
    engine.run("sentences")
    for slot in (*_LABELLED, _RECORD):
        fewest = 2 * _FEWEST_FORMS if slot == _RECORD else _FEWEST_FORMS  # all sentences of the code are in this slot
        engine.set(slot=slot, fewest_forms=fewest, step=step)
        engine.run("broad_frames")
        if engine.rows("FROM broad_frames LIMIT 1"):
            if step > 1:
                engine.set(step=1)
                engine.run_once("sentences")
            engine.run("users_words")
    if engine.rows("FROM users_words LIMIT 1"):
        engine.run("texts", "templates")


_EVERY_LINE: Final = """
    SELECT s.file, coalesce(kinds, []) AS kinds, shown_id(connection_id) AS connection_id,
           shown_id(request_id) AS request_id
    FROM scanned s LEFT JOIN lines l ON seq = s.rowid LEFT JOIN request_ids r ON r.request = l.request
    ORDER BY s.rowid"""


Relation: TypeAlias = "duckdb.DuckDBPyRelation"
"""A table or a query of DuckDB: `.df()` and `.pl()` for pandas and Polars, `.filter()`, `.aggregate()`, `.fetchall()`.

https://duckdb.org/docs/stable/clients/python/relational_api
"""

Query: TypeAlias = Callable[[str], Relation]
"""A function that makes the relation of an SQL query."""
_READS_EVENTS: Final = re.compile(r"\bevents\b", re.IGNORECASE)


class Relations:
    """The tables `connections`, `welcomes`, `signals` and `events` of one analysis, with a connection of their own.

    Args:
        engine: The engine that has analysed the logs; its files must still exist when `events` is first read.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._database = engine.cursor()
        engine.run("relations")

    def table(self, name: str) -> Relation:
        """Return the table of a name."""
        if name == "events":
            self._make_events()
        return self._database.table(name)

    def query(self, sql: str) -> Relation:
        """Return the relation of a query, which may name all of the tables.

        Raises:
            duckdb.Error: The query is not SQL, or cannot be run.
        """
        if _READS_EVENTS.search(sql):
            self._make_events()
        return self._database.sql(sql)

    def _make_events(self) -> None:
        self._engine.run_once("relation_events")

    def measure(self, metric: str, file: Path) -> Metric:
        """Measure a team's own metric by its query.

        Args:
            metric: The name of the metric.
            file: A file with one SELECT of one row, with the columns `value` and, for a sample, `n`.

        Raises:
            ValueError: The query cannot be run, or its result has another form.
        """
        rows = self._rows(file)
        if len(rows) != 1 or not {"value"} <= rows[0].keys() <= {"value", "n"}:
            columns = ", ".join(rows[0]) if rows else "none"
            raise ValueError(
                f"expected one row with the columns value and n, or value alone; found {len(rows):,} with {columns}"
            )
        value, n = rows[0]["value"], rows[0].get("n")
        if not all(isinstance(one, Number | None) for one in (value, n)):  # the value may be text from a line
            raise ValueError("expected numbers in the columns value and n; found something else")
        return measured(metric, None if value is None else float(value), None if n is None else int(n))

    def _rows(self, file: Path) -> list[dict[str, Any]]:
        import duckdb  # noqa: PLC0415

        try:
            statements = self._database.extract_statements(file.read_text(encoding="utf-8"))
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise ValueError("expected one SELECT, and nothing else")
            relation = self.query(statements[0].query)
            columns = relation.columns
            return [dict(zip(columns, row, strict=True)) for row in relation.limit(1000).fetchall()]
        except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
            # its text quotes the query
            raise ValueError(self._engine.redacted(one_line(str(error)))) from error
        except duckdb.Error as error:
            # its text may quote a line
            raise ValueError(self._engine.shown(one_line(str(error)))) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read: {error}") from error


class LoggedProbes(Struct, frozen=True):
    """The number of a run's own probes whose mark is in log lines, and of those with each signal."""

    marked: int
    connects: int
    welcomes: int
    disconnects: int


def logged_probes(engine: Engine) -> LoggedProbes:
    """Count the probes in logs that were analysed with their mark in the dialect."""
    return LoggedProbes(
        **engine.row(
            """
            SELECT (SELECT count(DISTINCT probe) FROM marked_lines) AS marked,
                   count(DISTINCT probe) FILTER (kind = 'connect') AS connects,
                   count(DISTINCT probe) FILTER (kind = 'welcome_sent') AS welcomes,
                   count(DISTINCT probe) FILTER (kind = 'disconnect') AS disconnects
            FROM probe_signals
            """
        )
    )
