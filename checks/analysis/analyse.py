"""From a spool of events to metrics: the one way through the SQL files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import duckdb

from checks.analysis.engine import Engine, failure
from checks.analysis.metrics import IN_LOGS, METRICS, Metric
from checks.analysis.overview import overview
from checks.analysis.results import Analysis, GoneConnection, Interpretation, Reading, Signature
from checks.analysis.scope import ALL, Scope
from checks.analysis.taught import apply, teach
from checks.analysis.unreadable import places
from checks.errors import SourceError
from checks.logs.spool import MOST_EXAMPLES, Spool
from checks.logs.window import CONNECTION_LIFETIME, Window, from_epoch_ms, from_known_epoch_ms

MOST_GONE_CONNECTIONS: Final = 20
"""How many connections with a GoneException are described; all are counted."""
MOST_SIGNATURES: Final = 1000
"""How many signatures of errors are told apart: a service with more of them has none that is new to it."""
MOST_NEAR_MISSES: Final = 5
"""How many near misses are shown; all are counted."""
_LOOK_BACK_MS: Final = round(CONNECTION_LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an application does its own way.

    Attributes:
        short_lived_seconds: A complete connection shorter than this is short-lived.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        redact: Patterns of what no report may show, besides what none ever shows: name -> RE2 pattern.
    """

    short_lived_seconds: float
    signals: Mapping[str, Mapping[str, str]]
    redact: Mapping[str, str]


def analyse(
    spool: Spool, window: Window | None, dialect: Dialect, folder: Path, scope: Scope = ALL
) -> tuple[Analysis, Engine]:
    """Measure everything that the catalogue names.

    Args:
        spool: The events.
        window: What to judge; None for what the spool was read for, or else the time that its events span.
        dialect: What the application does its own way.
        folder: For what does not fit into memory.
        scope: Which events within the window count.

    Returns:
        What was found, and the engine, which can tell the evidence for it.

    Raises:
        SourceError: The spool cannot be read; or it holds no event, and either what could not be read may be some, or
            no window is known. Where all was read, no event in a known window is a finding as any other.
    """
    if not spool.files:
        raise _no_events(spool)
    window = window or spool.window
    try:
        engine = Engine(folder)
        engine.open(spool.files)
        engine.redact(dialect.redact)
        teach(engine, dialect.signals)
        engine.set(
            version=scope.version,
            is_version_excluded=scope.is_version_excluded,
            wants_errors=scope.wants_errors,
        )
        engine.run("events", "scan")
        window = window or _extent(engine, spool)
        engine.set(
            since=window.since_ms,
            until=window.until_ms,
            look_back=_LOOK_BACK_MS,
            short_lived_seconds=dialect.short_lived_seconds,
        )
        engine.insert("counted", [(part.events, part.oldest_ms, part.newest_ms) for part in spool.counted])
        engine.run("reading")
        reading = _reading(engine, spool)
        engine.run("candidates")
        apply(engine, dialect.signals)
        engine.run("statements", "signals", "connections", "welcomes", *IN_LOGS, "interpretation")
        return _analysis(engine, window, reading, dialect), engine
    except duckdb.Error as error:
        raise failure(spool.asked, error) from error


def _analysis(engine: Engine, window: Window, reading: Reading, dialect: Dialect) -> Analysis:
    return Analysis(
        window=window,
        metrics=_metrics(engine),
        reading=reading,
        gone_connections=_gone_connections(engine),
        interpretation=Interpretation(**engine.row("FROM interpretation")),
        near_misses=_near_misses(engine),
        seen=frozenset(row["family"] for row in engine.rows("FROM seen_families")),
        overview=overview(engine, window, dialect.short_lived_seconds),
        signatures=_signatures(engine),
    )


def _no_events(spool: Spool, found: Iterable[str] = ()) -> SourceError:
    examples = "".join(f"\n  {example}" for example in islice(chain(spool.unreadable.examples, found), MOST_EXAMPLES))
    return SourceError(f"{', '.join(spool.asked)}: holds no log event with a time{examples}")


def _extent(engine: Engine, spool: Spool) -> Window:
    extent = engine.row("SELECT min(timestamp) AS oldest, max(timestamp) AS newest FROM scanned")
    if extent["oldest"] is None:
        raise _no_events(spool, places(engine, spool.files))
    return Window(from_epoch_ms(extent["oldest"]), from_epoch_ms(extent["newest"] + 1))


def _reading(engine: Engine, spool: Spool) -> Reading:
    parts = {row["part"]: row for row in engine.rows("FROM reading")}
    unreadable = parts.pop("unreadable", {"lines": 0})["lines"]
    is_all_read = not (unreadable or spool.unreadable.count or spool.gaps)
    if not parts and not is_all_read:
        raise _no_events(spool, places(engine, spool.files))
    window: dict[str, Any] = parts.get("window", {"events": 0, "oldest": None, "newest": None, "lags_ms": None})
    lag_p50_ms, lag_p99_ms = window["lags_ms"] or (None, None)
    most = min(unreadable, MOST_EXAMPLES - len(spool.unreadable.examples))
    examples = (*spool.unreadable.examples, *islice(places(engine, spool.files), most))
    return Reading(
        events=window["events"],
        look_back_events=parts["look_back"]["events"] if "look_back" in parts else 0,
        other_version_events=parts["other_version"]["events"] if "other_version" in parts else 0,
        outside_events=parts["outside"]["events"] if "outside" in parts else 0,
        duplicates=sum(row["lines"] - row["events"] for row in parts.values()),
        unreadable=unreadable + spool.unreadable.count,
        unreadable_examples=examples,
        first_event=from_known_epoch_ms(window["oldest"]),
        last_event=from_known_epoch_ms(window["newest"]),
        lag_p50_ms=lag_p50_ms,
        lag_p99_ms=lag_p99_ms,
    )


def _metrics(engine: Engine) -> Mapping[str, Metric]:
    measured = {row["name"]: row for subject in IN_LOGS for row in engine.rows(f"FROM {subject}_metrics")}
    return {name: Metric(**measured[name]) for name in METRICS if name in measured}


def _gone_connections(engine: Engine) -> tuple[GoneConnection, ...]:
    rows = engine.rows("FROM shown_gone_connections($most)", most=MOST_GONE_CONNECTIONS)
    return tuple(GoneConnection(**{**row, "first_error": from_epoch_ms(row["first_error"])}) for row in rows)


def _near_misses(engine: Engine) -> tuple[str, ...]:
    rows = engine.rows("FROM shown_near_misses($most)", most=MOST_NEAR_MISSES)
    return tuple(row["message"] for row in rows)


def _signatures(engine: Engine) -> tuple[Signature, ...]:
    rows = engine.rows("FROM signatures LIMIT $most", most=MOST_SIGNATURES)
    return tuple(Signature(**{**row, "first": from_epoch_ms(row["first"])}) for row in rows)
