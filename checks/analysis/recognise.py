"""The recogniser: each sentence of an application is judged once, by a few of its lines; the others mean the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.analysis.engine import Engine, match_patterns, unreadable_logs_named, use_patterns
from checks.errors import SourceError
from checks.logs.spool import Spool

_END_OF_TIME_MS: Final = 1 << 62
_LABELLED: Final = range(1, 6)
_RECORD: Final = 6
"""The slots of sql/14_slots.sql: behind labels and in quotation marks, and the message of a record."""
_FEWEST_FORMS: Final = 30
"""So many endings that have little in common are no sentences of an application."""
_MANY_TEMPLATES: Final = 8000


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an application does its own way.

    Attributes:
        short_lived_seconds: A complete connection shorter than this is short-lived.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        redact: Patterns of what no report may show, besides what none ever shows: name -> RE2 pattern.
        ignored: Patterns of lines that are no near misses.
        show_values: Whether reports show values that are not known to be harmless.
    """

    short_lived_seconds: float
    signals: Mapping[str, Mapping[str, str]]
    redact: Mapping[str, str]
    ignored: Sequence[str] = ()
    show_values: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one event says.

    Attributes:
        line: Its number in the spool, from 1; in a single file of JSON Lines without blank lines, the line number.
        kinds: The signals; empty where it says nothing of a connection.
        connection_id: As the event, or another of the same request, names it.
        request_id: The Lambda request, as the event or its place in the log stream tells.
    """

    line: int
    kinds: tuple[str, ...]
    connection_id: str | None
    request_id: str | None


def recognise(spool: Spool, signals: Mapping[str, Mapping[str, str]], folder: Path) -> Iterator[Recognised]:
    """Yield what each event of the spool says, in the order of the files.

    Args:
        spool: The events.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        folder: For what does not fit into memory.

    Raises:
        SourceError: The spool holds no file, or cannot be read.
    """
    engine = understand_all(spool, Dialect(0, signals, {}), folder, wants_every_line=True)
    for row in engine.rows(_EVERY_LINE):
        yield Recognised(row["line"], tuple(row["kinds"]), row["connection_id"], row["request_id"])


def understand_all(
    spool: Spool, dialect: Dialect, folder: Path, *, wants_every_line: bool = False, wants_every_sentence: bool = False
) -> Engine:
    """Return an engine that has understood the lines of a spool, of whatever time.

    Args:
        spool: The events.
        dialect: What the application does its own way.
        folder: For what does not fit into memory.
        wants_every_line: Whether lines that say nothing are looked into, too.
        wants_every_sentence: Whether those without a word of connections are kept, too.

    Raises:
        SourceError: The spool holds no file, or cannot be read.
    """
    if not spool.files:
        raise SourceError(f"{', '.join(spool.asked)}: holds no log event")
    with unreadable_logs_named(spool.asked):
        engine = Engine(folder)
        engine.open(spool.files)
        engine.redact(dialect.redact, show_values=dialect.show_values)
        use_patterns(engine, dialect.signals)
        engine.set(since=0, until=_END_OF_TIME_MS, look_back=0, version=None, is_version_excluded=False)
        engine.set(wants_errors=False, wants_invocations=False, wants_every_sentence=wants_every_sentence)
        engine.run("events", "scan")
        understand(engine, dialect, wants_every_line=wants_every_line)
    return engine


def understand(engine: Engine, dialect: Dialect, *, wants_every_line: bool = False) -> None:
    """Make the tables `lines` and `signals` of the lines that were scanned.

    Args:
        engine: After the scan.
        dialect: What the application does its own way.
        wants_every_line: Whether `lines` holds those that say nothing, too.
    """
    ignored = "|".join(f"(?:{pattern})" for pattern in dialect.ignored)
    engine.set(wants_every_line=wants_every_line, ignored=ignored or None)
    engine.run("candidates", "templates")
    _set_users_words_aside(engine)
    match_patterns(engine, dialect.signals)
    engine.run("meanings")
    if engine.rows("FROM meanings WHERE NOT is_sure LIMIT 1"):  # to prepare it takes longer than a small log does
        engine.execute("INSERT INTO unsure_lines FROM classified('unsure')")
    engine.run("lines", "signals")


def _set_users_words_aside(engine: Engine) -> None:
    """Let templates that differ in somebody's words be one; where there are too few templates, nothing shows that."""
    templates = engine.row("SELECT count(*) AS number, count(*) FILTER (lines = 1) AS rare FROM templates")
    if templates["rare"] < _FEWEST_FORMS // 2:
        return
    engine.run("sentences")
    engine.set(step=8 if templates["number"] > _MANY_TEMPLATES else 1)
    for slot in (*_LABELLED, _RECORD):
        fewest = 2 * _FEWEST_FORMS if slot == _RECORD else _FEWEST_FORMS  # the sentences of all the code stand there
        engine.set(slot=slot, fewest_forms=fewest)
        engine.run("users_words")
    if engine.rows("FROM users_words LIMIT 1"):
        engine.run("templates")


_EVERY_LINE: Final = """
    SELECT s.rowid + 1 AS line, coalesce(kinds, []) AS kinds, shown_id(connection_id) AS connection_id,
           shown_id(l.request_id) AS request_id
    FROM scanned s LEFT JOIN lines l ON seq = s.rowid ORDER BY line"""
