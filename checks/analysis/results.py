"""What an analysis found, frozen: all reports derive from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checks.analysis.metrics import Metric
from checks.analysis.overview import Overview
from checks.logs.window import Window


@dataclass(frozen=True, slots=True)
class Reading:
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

    @property
    def is_empty(self) -> bool:
        """Whether there was no event at all."""
        return not (self.events or self.look_back_events or self.other_version_events or self.outside_events)


@dataclass(frozen=True, slots=True)
class Signature:
    """Events that report the same error.

    Attributes:
        shape: Their message without what differs from case to case.
        events: How many.
        first: When the first was logged.
        example: The message of the first.
    """

    shape: str
    events: int
    first: datetime
    example: str


@dataclass(frozen=True, slots=True)
class GoneConnection:
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


@dataclass(frozen=True, slots=True)
class Interpretation:
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


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that the logs of a window say.

    Attributes:
        window: What was judged.
        metrics: Every metric of the catalogue that the events tell, by name.
        reading: What was read.
        gone_connections: The worst first; only the first of them where there are many.
        interpretation: Counts behind the metrics.
        near_misses: Messages that look like signals in a dialect not known, a few of them.
        seen: The families of signals in the window: connect, disconnect, message, gone, welcome.
        overview: How the window went by.
        signatures: Errors by their signature, the most frequent first; empty where nobody asked for them.
    """

    window: Window
    metrics: Mapping[str, Metric]
    reading: Reading
    gone_connections: tuple[GoneConnection, ...]
    interpretation: Interpretation
    near_misses: tuple[str, ...]
    seen: frozenset[str]
    overview: Overview
    signatures: tuple[Signature, ...]
