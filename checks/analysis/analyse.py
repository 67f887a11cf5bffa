"""The analysis: from a spool of events to metrics, by the SQL files in the order in which they run."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct

from checks.analysis.engine import LONGEST_ID, Engine, unreadable_logs_named
from checks.analysis.overview import Overview, find_window, hours, no_events, overview, places
from checks.analysis.recognise import Dialect, engine_for, understand
from checks.config.limit import Limit
from checks.logs.spool import MOST_EXAMPLES, Spool
from checks.metrics import IN_LOGS, METRICS, UNREADABLE_RATE, Metric, Subject
from checks.verdicts.nights import HourOfMetric
from checks.verdicts.rules import unreadable_rate, unseen_families, unseen_signals
from checks.window import FileWindow, Window, epoch_ms, from_epoch_ms, from_known_epoch_ms


class Scope(Struct, frozen=True):
    """What is counted.

    Attributes:
        version: Of the function, as its log streams name it; None where all versions count.
        is_version_excluded: Whether all other versions count instead.
        seen_until: In a run that follows another: when the last event arrived that that one saw. What arrived later and
            belongs into its window counts in this one.
        wants_errors: Whether events that report an error are grouped by signature: a search of every event.
        wants_invocations: Whether Lambda's reports of invocations are read, too.
    """

    version: str | None = None
    is_version_excluded: bool = False
    seen_until: datetime | None = None
    wants_errors: bool = False
    wants_invocations: bool = False

    @property
    def subjects(self) -> list[Subject]:
        """The subjects that are measured."""
        optional = {Subject.ERRORS: self.wants_errors, Subject.LAMBDA: self.wants_invocations}
        return [subject for subject in IN_LOGS if optional.get(subject, True)]


ALL_EVENTS: Final = Scope()
"""Every version, and no look at errors."""


class Reading(Struct, frozen=True):
    """What the spool held, counted in events.

    Attributes:
        events: In the window, each once.
        look_back_events: In the two hours before it; they only tell how connections began.
        other_version_events: In the window, logged by a version of the function that is not judged.
        outside_events: Read but neither in the window nor in its look-back.
        duplicates: Dropped because their event id had been seen.
        unreadable: Lines that are no event.
        unreadable_examples: The first of them, as `file:line: why`.
        first_event: Oldest in the window; None where it holds none.
        last_event: Newest in the window; None where it holds none.
        lag_p50_ms: From the time of an event to its ingestion by CloudWatch, median; None where that is not known.
        lag_p99_ms: The same, 99th percentile.
        last_arrival: When CloudWatch had the last of the events up to the end of the window; None where nobody asked.
    """

    events: int
    look_back_events: int
    other_version_events: int
    outside_events: int
    duplicates: int
    unreadable: int
    unreadable_examples: tuple[str, ...]
    first_event: datetime | None
    last_event: datetime | None
    lag_p50_ms: int | None
    lag_p99_ms: int | None
    last_arrival: datetime | None = None

    @property
    def lines(self) -> int:
        """How many lines there were, each once: events of whatever time, and what is no event."""
        events = self.events + self.look_back_events + self.other_version_events + self.outside_events
        return events + self.unreadable

    @property
    def is_empty(self) -> bool:
        """Whether there was no event at all."""
        return not (self.events or self.look_back_events or self.other_version_events or self.outside_events)


_TRIFLE: Final = 0.001
"""The share of lines that may be unreadable where no limit says so."""


def gaps_of_read(spool: Spool, reading: Reading, limits: Mapping[str, Limit]) -> tuple[str, ...]:
    """Why a read is not complete, a sentence each: by its source, or for more than a trifle of lost lines."""
    limit = limits.get(UNREADABLE_RATE)
    most = limit.max if limit and limit.max is not None else _TRIFLE
    if reading.unreadable <= most * reading.lines:
        return spool.gaps
    first = reading.unreadable_examples[0] if reading.unreadable_examples else "somewhere"
    counts = f"{reading.unreadable:,} of {reading.lines:,} lines could not be read"
    return (*spool.gaps, f"{counts}, the first at {first}; export them again, or allow more by {UNREADABLE_RATE}")


class Signature(Struct, frozen=True):
    """Events that report the same error.

    Attributes:
        shape: Their message without what differs from case to case.
        events: How many.
        first: When the first was logged.
        example: The message of the first.
        cases: On how many connections; or in how many requests, where these name none.
    """

    shape: str
    events: int
    first: datetime
    example: str
    cases: int = 1


class GoneConnection(Struct, frozen=True):
    """A connection that posts failed on because it was gone.

    Attributes:
        connection_id: None for the errors that no connection could be found for.
        errors: How many.
        first_error: When the first was logged.
        sample: The message of the first.
        welcome_errors: How many of them hit the welcome message.
    """

    connection_id: str | None
    errors: int
    first_error: datetime
    sample: str
    welcome_errors: int


class Interpretation(Struct, frozen=True):
    """Counts that explain metrics.

    Attributes:
        connects: `connect` signals in the window.
        disconnects: `disconnect` signals in the window.
        messages: `message` signals in the window.
        lost: Incomplete connections whose `$disconnect` never came.
        headless: Incomplete connections whose beginning was never logged.
        unknown: Connections that cannot be judged because the logs do not reach back far enough.
        contradicted: Welcome messages logged as sent after a GoneException in the same request.
    """

    connects: int
    disconnects: int
    messages: int
    lost: int
    headless: int
    unknown: int
    contradicted: int


class Analysis(Struct, frozen=True):
    """All that the logs of a window say.

    Attributes:
        metrics: Every metric of the catalogue that the events tell, by name.
        seen: The families of signals in the window: connect, disconnect, message, gone, welcome.
        overview: How the window went by; None where events were only counted.
        signatures: Errors by their signature, the most frequent first; empty where nobody asked for them.
        hours: Shares in each hour, and a new hour every half; empty where the window has only a few.
    """

    window: Window
    metrics: Mapping[str, Metric]
    reading: Reading
    interpretation: Interpretation
    seen: frozenset[str]
    overview: Overview | None
    signatures: tuple[Signature, ...]
    hours: tuple[HourOfMetric, ...] = ()


def metrics_with_read(analysis: Analysis, gaps: Collection[str], limits: Iterable[Limit]) -> dict[str, Metric]:
    """The metrics of an analysis, by name, with those that are about the read itself."""
    reading = analysis.reading
    of_read = (
        Metric("data.gaps", len(gaps)),
        unreadable_rate(reading.lines, reading.unreadable),
        unseen_signals(unseen_families(limits, analysis.seen), reading.events),
    )
    return {**analysis.metrics, **{metric.name: metric for metric in of_read}}


MOST_GONE_CONNECTIONS: Final = 20
"""How many connections with a GoneException are described; all are counted."""
MOST_SIGNATURES: Final = 1000
"""How many signatures of errors are told apart: a service with more of them has none that is new to it."""


def analyse(  # noqa: PLR0913 -- most callers leave out the last three
    spool: Spool,
    window: Window | FileWindow | None,
    dialect: Dialect,
    folder: Path,
    scope: Scope = ALL_EVENTS,
    *,
    show: Callable[[float], None] = lambda _: None,
    earlier: Engine | None = None,
) -> tuple[Analysis, Engine]:
    """Measure everything that the catalogue names.

    Args:
        spool: The events.
        window: What to judge; None for what the spool was read for, or else the time that its events span.
        dialect: What the application does its own way.
        folder: For what does not fit into memory.
        scope: Which events within the window count.
        show: Called a few times a second with the share of the events that have been scanned.
        earlier: That has analysed a part of the spool in the same scope: it scans the rest, and then tells of all.

    Returns:
        What was found, and the engine, which can tell the evidence for it.

    Raises:
        ConfigError: The window of files lies outside of what they cover.
        SourceError: The spool cannot be read; or it holds no event, and either what could not be read may be some, or
            no window is known. Where all was read, no event in a known window is a finding as any other.
    """
    if not spool.files:
        raise no_events(spool)
    with unreadable_logs_named(spool.asked):
        engine = earlier if earlier and earlier.knows(spool.files) else engine_in_scope(dialect, folder, scope)
        engine.scan(spool.files, show)
        engine.run("repeats")
        window = find_window(engine, spool, window)
        engine.set(short_lived_seconds=dialect.short_lived_seconds)
        engine.fill("counted", [(part.events, part.oldest_ms, part.newest_ms) for part in spool.counted])
        engine.run("reading")
        reading = _reading(engine, spool)
        if reading.duplicates:
            engine.run("duplicates")
        understand(engine, dialect)
        engine.set(most_gone_connections=MOST_GONE_CONNECTIONS)
        engine.run("connections", "welcomes", "invocation_reports", *scope.subjects, "explanations")
        return _analysis(engine, window, reading, dialect, scope.subjects), engine


def engine_in_scope(dialect: Dialect, folder: Path, scope: Scope) -> Engine:
    """Return a new engine that knows what counts."""
    engine = engine_for(dialect, folder)
    engine.set(
        version=scope.version,
        is_version_excluded=scope.is_version_excluded,
        seen_until=epoch_ms(scope.seen_until) if scope.seen_until else None,
        wants_errors=scope.wants_errors,
        wants_invocations=scope.wants_invocations,
    )
    return engine


def _analysis(
    engine: Engine, window: Window, reading: Reading, dialect: Dialect, subjects: Collection[Subject]
) -> Analysis:
    return Analysis(
        window=window,
        metrics=_metrics(engine, subjects),
        reading=reading,
        interpretation=Interpretation(**engine.row("FROM explanations")),
        seen=frozenset(row["family"] for row in engine.rows("FROM seen_families")),
        overview=overview(engine, window, dialect.short_lived_seconds),
        signatures=_signatures(engine) if Subject.ERRORS in subjects else (),
        hours=hours(engine, window),
    )


def _reading(engine: Engine, spool: Spool) -> Reading:
    parts = {row["part"]: row for row in engine.rows("FROM reading")}
    unreadable = parts.pop("unreadable", {"lines": 0})["lines"]
    is_all_read = not (unreadable or spool.gaps)
    if not parts and not is_all_read:
        raise no_events(spool, places(engine, spool.files))
    window, events = parts.get("window", {}), Counter({part: row["events"] for part, row in parts.items()})
    lag_p50_ms, lag_p99_ms = window.get("lags_ms") or (None, None)
    arrivals = [row["last_arrival"] for part, row in parts.items() if part != "outside" and row["last_arrival"]]
    examples = tuple(islice(places(engine, spool.files), min(unreadable, MOST_EXAMPLES)))
    return Reading(
        events=events["window"],
        look_back_events=events["look_back"],
        other_version_events=events["other_version"],
        outside_events=events["outside"],
        duplicates=sum(row["lines"] - row["events"] for row in parts.values()),
        unreadable=unreadable,
        unreadable_examples=examples,
        first_event=from_known_epoch_ms(window.get("oldest")),
        last_event=from_known_epoch_ms(window.get("newest")),
        lag_p50_ms=lag_p50_ms,
        lag_p99_ms=lag_p99_ms,
        last_arrival=from_known_epoch_ms(max(arrivals, default=None)),
    )


def _metrics(engine: Engine, subjects: Collection[Subject]) -> Mapping[str, Metric]:
    measured = {row["name"]: row for subject in subjects for row in engine.rows(f"FROM {subject}_metrics")}
    for subject in {Subject.GONE, Subject.WELCOME, Subject.ERRORS}.intersection(subjects):
        for row in engine.rows(f"FROM {subject}_clusters"):
            measured[row["name"]]["squares"] = row["squares"]
    return {name: Metric(**measured[name]) for name in METRICS if name in measured}


def gone_connections(engine: Engine) -> tuple[GoneConnection, ...]:
    """The worst connections with a GoneException, the worst first, as they may be shown.

    Args:
        engine: After an analysis, and `find_sentences`, which redacts these texts with its own.
    """
    return tuple(
        GoneConnection(
            connection_id=row["connection_id"][:LONGEST_ID] if row["connection_id"] else None,
            errors=row["errors"],
            first_error=from_epoch_ms(row["first_error"]),
            sample=engine.without_values(row["sample"]),
            welcome_errors=row["welcome_errors"],
        )
        for row in engine.rows("FROM shown_gone_connections")
    )


def _signatures(engine: Engine) -> tuple[Signature, ...]:
    rows = engine.rows("FROM signatures LIMIT $most", most=MOST_SIGNATURES)
    shown = ({name: engine.without_values(row[name]) for name in ("shape", "example")} for row in rows)
    return tuple(
        Signature(**(row | texts | {"first": from_epoch_ms(row["first"])}))
        for row, texts in zip(rows, shown, strict=True)
    )
