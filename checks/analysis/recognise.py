"""Why is my log line (not) counted? What the analysis makes of each event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from checks.analysis.engine import Engine, failure, use_patterns
from checks.analysis.templates import understand
from checks.errors import SourceError
from checks.logs.spool import Spool

_END_OF_TIME_MS: Final = 1 << 62


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
    if not spool.files:
        raise SourceError(f"{', '.join(spool.asked)}: holds no log event")
    try:
        rows = _rows(spool, signals, folder)
    except duckdb.Error as error:
        raise failure(spool.asked, error) from error
    for row in rows:
        yield Recognised(row["line"], tuple(row["kinds"]), row["connection_id"], row["request_id"])


def _rows(spool: Spool, signals: Mapping[str, Mapping[str, str]], folder: Path) -> list[dict[str, Any]]:
    engine = Engine(folder)
    engine.open(spool.files)
    use_patterns(engine, signals)
    engine.set(since=0, until=_END_OF_TIME_MS, look_back=0, version=None, is_version_excluded=False, wants_errors=False)
    engine.run("events", "scan")
    understand(engine, signals, wants_every_line=True)
    return engine.rows(
        "SELECT s.rowid + 1 AS line, coalesce(kinds, []) AS kinds, shown_id(connection_id) AS connection_id, "
        "shown_id(l.request_id) AS request_id "
        "FROM scanned s LEFT JOIN lines l ON seq = s.rowid ORDER BY line"
    )
