"""What a number rests on: since when, whom it hit, and the log events behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from checks.analysis.engine import Engine
from checks.metrics import EvidenceKind
from checks.window import from_epoch_ms, from_known_epoch_ms

MOST_STORIES: Final = 3
"""Connections whose story is told; the rest stands in the file of all cases."""
MOST_STEPS: Final = 20
MOST_SHAPES: Final = 5
MOST_EXAMPLES: Final = 3
MOST_CHARACTERS: Final = 1000
"""Of a message; a longer one loses its middle, for the end of a traceback says what happened."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A log event, redacted.

    Attributes:
        timestamp: When it was logged.
        message: Without Lambda's prefix.
        connection_id: As it, or another event of its request, names it; None where that is not known.
        request_id: Of the Lambda request; None where that is not known.
        log_group: Where it was read from; None of a file that doesn't tell.
        log_stream: Likewise.
    """

    timestamp: datetime
    message: str
    connection_id: str | None
    request_id: str | None
    log_group: str | None
    log_stream: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """Log events that differ in ids and numbers only.

    Attributes:
        shape: Their message with `#` for these.
        events: How many.
        first: When the first was logged.
        last: When the last was.
        examples: The first few of them, or all.
    """

    shape: str
    events: int
    first: datetime
    last: datetime
    examples: tuple[LoggedEvent, ...]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What was logged of a connection at one time.

    Attributes:
        timestamp: When.
        kinds: The signals; empty where the line only belongs to a request of the connection.
        message: Redacted, without Lambda's prefix.
    """

    timestamp: datetime
    kinds: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class ConnectionTimeline:
    """A connection and what was logged of it.

    Attributes:
        connection_id: Its id.
        cases: How many of the cases it met.
        began: When it connected; None where that is not known.
        ended: When it disconnected; likewise.
        state: `complete`, `open`, `lost`, `headless`, `unknown` or `earlier`.
        duration_seconds: How long it lasted; None unless beginning and end are known.
        steps: The first of them and the last, where there are many.
        hidden_steps: How many lie between these.
    """

    connection_id: str
    cases: int
    began: datetime | None
    ended: datetime | None
    state: str | None
    duration_seconds: float | None
    steps: tuple[TimelineEntry, ...]
    hidden_steps: int


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """A version of a function that logged cases.

    Attributes:
        version: As its START lines name it: `$LATEST`, or a number.
        log_group: Of the function; None of a file that doesn't tell.
        cases: How many.
    """

    version: str
    log_group: str | None
    cases: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a number counts, case by case.

    Attributes:
        kind: Of the cases.
        cases: How many.
        connections: How many different ones met them.
        connections_seen: How many there were, with those.
        versions: Which logged them, as far as the logs tell, the most frequent first.
        first: When the first case was.
        last: When the last was.
        began: When they set in all at once; None where they came as the traffic did.
        cases_since: How many of them since then; 0 where they came as the traffic did.
        stories: Of the connections that met most of them.
        shapes: The log events behind them, the most frequent first.
        hidden_shapes: How many more there are.
    """

    kind: EvidenceKind
    cases: int
    connections: int
    connections_seen: int
    versions: tuple[FunctionVersion, ...]
    first: datetime
    last: datetime
    began: datetime | None
    cases_since: int
    stories: tuple[ConnectionTimeline, ...]
    shapes: tuple[Template, ...]
    hidden_shapes: int

    @property
    def is_whole(self) -> bool:
        """Whether every case is among the examples."""
        return self.cases == sum(len(shape.examples) for shape in self.shapes)


def find_evidence(engine: Engine, kind: EvidenceKind) -> Evidence | None:
    """Look for the cases of a kind; None where there are none.

    Args:
        engine: After an analysis.
        kind: Of the cases.
    """
    engine.set(
        case_kind=kind.value,
        most_stories=MOST_STORIES,
        most_steps=MOST_STEPS,
        most_examples=MOST_EXAMPLES,
        most_characters=MOST_CHARACTERS,
    )
    engine.run("evidence")
    extent = engine.row("FROM extent")
    if not extent["cases"]:
        return None
    onset = engine.row("FROM onset")
    shapes = engine.row("SELECT count(*) AS shapes FROM shapes")["shapes"]
    return Evidence(
        kind=kind,
        cases=extent["cases"],
        connections=extent["connections"],
        connections_seen=extent["connections_seen"],
        versions=tuple(FunctionVersion(**row) for row in engine.rows("FROM case_versions")),
        first=from_epoch_ms(extent["first"]),
        last=from_epoch_ms(extent["last"]),
        began=from_known_epoch_ms(onset["began"]),
        cases_since=onset["cases_since"],
        stories=tuple(_stories(engine)),
        shapes=tuple(map(_shape, engine.rows("FROM shapes LIMIT $most", most=MOST_SHAPES))),
        hidden_shapes=max(0, shapes - MOST_SHAPES),
    )


def write_cases(engine: Engine, file: Path) -> None:
    """Write all cases that were found last to a file, one JSON object a line, redacted.

    Args:
        engine: After `find_evidence`.
        file: It must not exist.
    """
    engine.execute("COPY (FROM case_records) TO $file (FORMAT json)", file=str(file))


def _stories(engine: Engine) -> Iterator[ConnectionTimeline]:
    steps: dict[str, list[dict[str, Any]]] = {}
    for row in engine.rows("FROM story_steps"):
        steps.setdefault(row["connection_id"], []).append(row)
    for found in engine.rows("FROM worst_connections"):
        told = steps.get(found["connection_id"], [])
        yield ConnectionTimeline(
            connection_id=found["shown_connection_id"],
            cases=found["cases"],
            began=from_known_epoch_ms(found["began"]),
            ended=from_known_epoch_ms(found["ended"]),
            state=found["state"],
            duration_seconds=found["duration_seconds"],
            steps=tuple(
                TimelineEntry(from_epoch_ms(row["timestamp"]), tuple(row["kinds"]), row["message"]) for row in told
            ),
            hidden_steps=told[0]["steps"] - len(told) if told else 0,
        )


def _shape(row: dict[str, Any]) -> Template:
    examples = [{**example, "timestamp": from_epoch_ms(example["timestamp"])} for example in row["examples"]]
    return Template(
        shape=row["shape"],
        events=row["events"],
        first=from_epoch_ms(row["first"]),
        last=from_epoch_ms(row["last"]),
        examples=tuple(LoggedEvent(**example) for example in examples),
    )
