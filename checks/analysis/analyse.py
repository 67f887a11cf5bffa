"""From a spool of events to metrics: the one way through the SQL files."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb

from checks.analysis import taught
from checks.analysis.engine import Engine
from checks.analysis.metrics import METRICS, Metric, Subject
from checks.analysis.results import Analysis, GoneConnection, Interpretation, Reading
from checks.errors import LogsError
from checks.logs.spool import MOST_EXAMPLES, Spool, SpoolFile
from checks.logs.window import CONNECTION_LIFETIME, Window, from_epoch_ms

MOST_GONE_CONNECTIONS: Final = 20
"""How many connections with a GoneException are described; all are counted."""
MOST_NEAR_MISSES: Final = 5
"""How many near misses are shown; all are counted."""
_MOST_MS: Final = 10**14
_EPOCH_YEAR: Final = 1970
_LOOK_BACK_MS: Final = round(CONNECTION_LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an application does its own way.

    Attributes:
        short_lived_seconds: A complete connection shorter than this is short-lived.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
    """

    short_lived_seconds: float
    signals: Mapping[str, Mapping[str, str]]


def analyse(spool: Spool, window: Window | None, dialect: Dialect, folder: Path) -> tuple[Window, Analysis]:
    """Measure everything that the catalogue names.

    Args:
        spool: The events.
        window: What to judge; None for the time that the events span.
        dialect: What the application does its own way.
        folder: For what does not fit into memory.

    Returns:
        The window that was judged, and what was found in it.

    Raises:
        LogsError: The spool holds no events, or cannot be read.
    """
    if not spool.files:
        raise _no_events(spool)
    try:
        engine = Engine(folder)
        engine.set(files=[str(file.path) for file in spool.files])
        engine.run("events")
        window = window or _extent(engine, spool)
        engine.set(
            since=window.since_ms,
            until=window.until_ms,
            look_back=_LOOK_BACK_MS,
            short_lived_seconds=dialect.short_lived_seconds,
        )
        engine.run("reading")
        reading = _reading(engine, spool)
        taught.teach(engine, dialect.signals)
        engine.run("candidates")
        taught.apply(engine, dialect.signals)
        engine.run("statements", "signals", "connections", "welcomes", *Subject, "interpretation")
    except duckdb.Error as error:
        raise LogsError(f"{', '.join(spool.asked)}: {error}") from error
    return window, Analysis(
        metrics=_metrics(engine),
        reading=reading,
        gone_connections=_gone_connections(engine),
        interpretation=Interpretation(**engine.row("FROM interpretation")),
        near_misses=_near_misses(engine),
    )


def _no_events(spool: Spool) -> LogsError:
    examples = "".join(f"\n  {example}" for example in spool.unreadable.examples)
    return LogsError(f"{', '.join(spool.asked)}: holds no log event with a time{examples}")


def _extent(engine: Engine, spool: Spool) -> Window:
    extent = engine.row("SELECT min(timestamp) AS oldest, max(timestamp) AS newest FROM events")
    if extent["oldest"] is None:
        raise _no_events(spool)
    return Window(from_epoch_ms(extent["oldest"]), from_epoch_ms(extent["newest"] + 1))


def _reading(engine: Engine, spool: Spool) -> Reading:
    parts = {row["part"]: row for row in engine.rows("FROM reading")}
    unreadable = parts.pop("unreadable", {"lines": 0})["lines"]
    if not parts:
        raise _no_events(spool)
    window: dict[str, Any] = parts.get("window", {"events": 0, "oldest": None, "newest": None})
    examples = spool.unreadable.examples
    if unreadable:
        examples = (*examples, *islice(_unreadable_places(engine, spool.files), MOST_EXAMPLES - len(examples)))
    return Reading(
        events=window["events"],
        look_back_events=parts["look_back"]["events"] if "look_back" in parts else 0,
        outside_events=parts["outside"]["events"] if "outside" in parts else 0,
        duplicates=sum(row["lines"] - row["events"] for row in parts.values()),
        unreadable=unreadable + spool.unreadable.count,
        unreadable_examples=examples,
        first_event=_instant(window["oldest"]),
        last_event=_instant(window["newest"]),
    )


def _unreadable_places(engine: Engine, files: tuple[SpoolFile, ...]) -> Iterator[str]:
    """Find the line numbers of lines that the engine could not read, which it does not tell."""
    broken = {row["filename"] for row in engine.rows("SELECT DISTINCT filename FROM events WHERE timestamp IS NULL")}
    for file in files:
        if str(file.path) in broken:
            with file.path.open(encoding="utf-8-sig", newline="\n") as lines:
                for number, line in enumerate(lines, start=1):
                    reason = _unreadable_reason(engine, line) if line.strip() else None
                    if reason:
                        yield f"{file.origin}:{number}: {reason}"


def _unreadable_reason(engine: Engine, line: str) -> str | None:
    try:
        event = json.loads(line)
    except ValueError:
        return "is not JSON"
    if not isinstance(event, dict):
        return "is not a JSON object"
    written = event.get("timestamp")
    if written is None:
        return "has no timestamp"
    if not _is_plain_time(written) and engine.row("SELECT to_epoch_ms($w) AS time", w=str(written))["time"] is None:
        return f"has no time in its timestamp, {written!r}"
    if "\\ud" in line.lower() and not engine.row("SELECT json_valid($line) AS is_valid", line=line)["is_valid"]:
        return "holds half a surrogate pair"
    return None


def _is_plain_time(written: object) -> bool:
    """Whether it is a time beyond doubt; to ask the engine about each of many good lines would take long."""
    if isinstance(written, int | float):
        return not isinstance(written, bool) and 0 <= written < _MOST_MS
    try:
        return datetime.fromisoformat(str(written)).year > _EPOCH_YEAR
    except ValueError:
        return False


def _metrics(engine: Engine) -> Mapping[str, Metric]:
    measured = {row["name"]: row for subject in Subject for row in engine.rows(f"FROM {subject}_metrics")}
    return {name: Metric(**measured[name]) for name in METRICS}


def _gone_connections(engine: Engine) -> tuple[GoneConnection, ...]:
    rows = engine.rows("FROM gone_connections LIMIT $most", most=MOST_GONE_CONNECTIONS)
    return tuple(GoneConnection(**{**row, "first_error": from_epoch_ms(row["first_error"])}) for row in rows)


def _near_misses(engine: Engine) -> tuple[str, ...]:
    rows = engine.rows("FROM near_misses LIMIT $most", most=MOST_NEAR_MISSES)
    return tuple(row["message"] for row in rows)


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_epoch_ms(milliseconds)
