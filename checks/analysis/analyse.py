"""The analysis: from a spool of events to metrics, by running the SQL files in order."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from checks.analysis.engine import LONGEST_ID, Engine, unreadable_logs_named
from checks.analysis.overview import Overview, hours, overview
from checks.analysis.reading import Reading, count_events, find_window, no_events
from checks.analysis.recognise import Dialect, engine_for, understand
from checks.analysis.values import hide_in_template
from checks.config.limit import Limit
from checks.logs.spool import Spool
from checks.metrics import METRICS, OF_CONNECTIONS, UNREADABLE_RATE, Metric, Subject
from checks.verdicts.nights import HourOfMetric
from checks.verdicts.rules import unseen_families, ways_out
from checks.window import FileWindow, Window, epoch_ms, from_epoch_ms


class Scope(Struct, frozen=True):
    """The scope of an analysis: the events that count, and the subjects that are measured.

    Attributes:
        version: The function version that counts, as its log streams name it; None for all.
        is_version_excluded: Whether all other versions count instead.
        seen_until: The arrival time of the last event that the previous run saw: events of its window that arrived
            later count in this run. None if this run does not follow another one.
        subjects: The subjects that are measured.
    """

    version: str | None = None
    is_version_excluded: bool = False
    seen_until: datetime | None = None
    subjects: Collection[Subject] = OF_CONNECTIONS


ALL_EVENTS: Final = Scope()
"""The scope of all versions, without errors and invocations."""


class Signature(Struct, frozen=True):
    """A signature: the events that report the same error.

    Attributes:
        shape: The message without the parts that differ between the events.
        events: Number of these events.
        first: Time of the first one.
        example: Message of the first one.
        cases: Number of connections with this error; or of requests, if these name no connection.
    """

    shape: str
    events: int
    first: datetime
    example: str
    cases: int = 1


class GoneConnection(Struct, frozen=True):
    """A connection on which posts failed because it was gone.

    Attributes:
        connection_id: The id of the connection; null for all errors without a known connection.
        errors: Number of errors.
        first_error: Time of the first error.
        sample: Message of the first error.
        welcome_errors: Number of the errors that hit the welcome message.
    """

    connection_id: str | None
    errors: int
    first_error: datetime
    sample: str
    welcome_errors: int


class Interpretation(Struct, frozen=True):
    """Counts that explain metrics.

    Attributes:
        connects: Number of `connect` signals in the window.
        disconnects: Number of `disconnect` signals in the window.
        messages: Number of `message` signals in the window.
        lost: Number of incomplete connections whose `$disconnect` never came.
        headless: Number of incomplete connections whose beginning was never logged.
        unknown: Number of connections that cannot be judged because the logs do not reach back far enough.
        contradicted: Number of welcome messages logged as sent after a GoneException in the same request.
        unwelcomed: Number of connections that began without any line about a welcome message, though others have one.
    """

    connects: int
    disconnects: int
    messages: int
    lost: int
    headless: int
    unknown: int
    contradicted: int
    unwelcomed: int = 0


class Analysis(Struct, frozen=True):
    """The analysis of the logs of a window.

    Attributes:
        metrics: Every metric of the catalogue that follows from the events, by name.
        seen: The families of signals in the window: connect, disconnect, message, gone, welcome.
        overview: The course of the window; None if events were only counted.
        signatures: Errors by signature, the most frequent first; empty if they were not searched.
        hours: Shares in each hour, with a new hour every 30 minutes; empty if the window is short.
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
    """Return the metrics of an analysis, by name, with those about the read itself."""
    reading, unseen = analysis.reading, unseen_families(limits, analysis.seen)
    lines, unreadable = reading.lines, reading.unreadable
    of_read = (
        Metric("data.gaps", len(gaps)),
        Metric(UNREADABLE_RATE, unreadable / lines if lines else None, lines, unreadable),
        Metric("data.unseen_signals", len(unseen), reason=ways_out(unseen, reading.events)),
    )
    return {**analysis.metrics, **{metric.name: metric for metric in of_read}}


MOST_GONE_CONNECTIONS: Final = 20
"""The number of connections with a GoneException that are described; all are counted."""
MOST_SIGNATURES: Final = 1000
"""The most signatures of errors that are told apart; beyond that, new ones can't be recognised."""


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
    """Measure every metric of the catalogue.

    Args:
        spool: The events.
        window: The window to judge; None for the one that the spool was read for, or else the time span of its events.
        dialect: The dialect of the application.
        folder: A folder for data that does not fit into memory.
        scope: The events that count, and the subjects to measure.
        show: Called a few times a second with the share of the events that have been scanned.
        earlier: The engine that has analysed a part of the spool in the same scope, and needs to scan only the rest.

    Returns:
        The analysis, and the engine, which can find the evidence for it.

    Raises:
        ConfigError: The window lies outside of the time that the files cover.
        SourceError: The spool cannot be read; or it holds no event, and the read has gaps or no window is known. After
            a complete read, a known window without any event is an ordinary finding.
    """
    if not spool.files:
        raise no_events(spool)
    with unreadable_logs_named(spool.requested):
        engine = earlier if earlier and earlier.knows(spool.files) else engine_in_scope(dialect, folder, scope)
        engine.scan(spool.files, show)
        engine.run("repeats")
        window = find_window(engine, spool, window)
        engine.set(short_lived_seconds=dialect.short_lived_seconds)
        engine.fill("counted", [(part.events, part.oldest_ms, part.newest_ms) for part in spool.counted])
        engine.run("reading")
        reading = count_events(engine, spool)
        if reading.duplicates:
            engine.run("duplicates")
        understand(engine, dialect)
        engine.set(most_gone_connections=MOST_GONE_CONNECTIONS)
        engine.run("connections", "welcomes", "invocation_reports", *scope.subjects, "explanations")
        return _analysis(engine, window, reading, dialect, scope.subjects), engine


def engine_in_scope(dialect: Dialect, folder: Path, scope: Scope) -> Engine:
    """Return a new engine for a scope."""
    engine = engine_for(dialect, folder)
    engine.set(
        version=scope.version,
        is_version_excluded=scope.is_version_excluded,
        seen_until=epoch_ms(scope.seen_until) if scope.seen_until else None,
        wants_errors=Subject.ERRORS in scope.subjects,
        wants_invocations=Subject.LAMBDA in scope.subjects,
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


def _metrics(engine: Engine, subjects: Collection[Subject]) -> Mapping[str, Metric]:
    measured = {row["name"]: row for subject in subjects for row in engine.rows(f"FROM {subject}_metrics")}
    for subject in {Subject.GONE, Subject.WELCOME, Subject.ERRORS}.intersection(subjects):
        for row in engine.rows(f"FROM {subject}_clusters"):
            measured[row["name"]]["squares"] = row["squares"]
    return {name: Metric(**measured[name]) for name in METRICS if name in measured}


def gone_connections(engine: Engine) -> tuple[GoneConnection, ...]:
    """Return the worst connections with a GoneException, the worst first, after `find_sentences` has redacted them."""
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
    return tuple(
        Signature(
            shape=hide_in_template(engine.without_values(row["shape"]), example),
            events=row["events"],
            first=from_epoch_ms(row["first"]),
            example=example,
            cases=row["cases"],
        )
        for row in engine.rows("FROM signatures LIMIT $most", most=MOST_SIGNATURES)
        for example in [engine.without_values(row["example"])]
    )
