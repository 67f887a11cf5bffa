"""Evidence behind a metric: since when, which connections it hit, and the log events."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from checks.analysis.engine import LONGEST_ID, Engine
from checks.metrics import EvidenceKind
from checks.verdicts.nights import ClientShare
from checks.window import END_OF_TIME_MS, Window, epoch_ms, from_epoch_ms, from_known_epoch_ms

MOST_TIMELINES: Final = 3
"""The number of connections that get a timeline; the file of all cases has the others."""
MOST_ENTRIES: Final = 20
MOST_TEMPLATES: Final = 5
MOST_EXAMPLES: Final = 3
MOST_ERRORS: Final = 3
"""The number of kinds of errors that are named beside the cases."""
MOST_CHARACTERS: Final = 1000
"""The longest message shown whole; a longer one is cut in the middle, because a traceback ends with the error."""


class LoggedEvent(Struct, frozen=True):
    """A log event, redacted.

    Attributes:
        timestamp: Time of the event.
        message: The message without Lambda's prefix.
        connection_id: The connection that this or another event of the request names; null if it is not known.
        request_id: The Lambda request; null if it is not known.
        log_group: The log group of the event; null if a file does not name it.
        log_stream: The log stream of the event; null if a file does not name it.
    """

    timestamp: datetime
    message: str
    connection_id: str | None
    request_id: str | None
    log_group: str | None
    log_stream: str | None


class Template(Struct, frozen=True, kw_only=True):
    """A template of log events that differ only in ids, numbers and what users wrote.

    Attributes:
        text: The message with `{connection_id}` for the connection's id, and `*` or `…` for what else differs.
        events: Number of log events of this template.
        first: Time of the first one.
        last: Time of the last one.
        examples: The first few of these events, or all.
    """

    text: str = field(name="shape")
    events: int
    first: datetime
    last: datetime
    examples: tuple[LoggedEvent, ...]


class TimelineEntry(Struct, frozen=True):
    """An entry of a timeline: a line about a connection.

    Attributes:
        timestamp: Time of the line.
        kinds: The signals of the line; empty if it only belongs to a request of the connection.
        message: The message, redacted, without Lambda's prefix.
    """

    timestamp: datetime
    kinds: tuple[str, ...]
    message: str


class ConnectionTimeline(Struct, frozen=True, kw_only=True):
    """The timeline of a connection: the lines about it.

    Attributes:
        connection_id: The id of the connection.
        cases: Number of cases that the connection met.
        began: Time when it connected; null if it is not known.
        ended: Time when it disconnected; null if it is not known.
        state: `complete`, `open`, `lost`, `headless`, `unknown`, `unsettled`, `earlier`, `refused` or `elsewhere`.
        duration_seconds: Duration of the connection; null unless beginning and end are known.
        entries: The lines; only the first and the last ones if there are many.
        hidden_entries: Number of lines that are left out.
        first_case: Time of its first case; null in results of older versions.
        last_case: Time of its last case; null in results of older versions.
    """

    connection_id: str
    cases: int
    began: datetime | None
    ended: datetime | None
    state: str | None
    duration_seconds: float | None
    entries: tuple[TimelineEntry, ...] = field(name="steps")
    hidden_entries: int = field(name="hidden_steps")
    first_case: datetime | None = None
    last_case: datetime | None = None


class FunctionVersion(Struct, frozen=True):
    """A version of a function, with the cases that it logged.

    Attributes:
        version: The version, as its START lines name it: `$LATEST`, or a number.
        log_group: The log group of the function; null if a file does not name it.
        cases: Number of cases that the version logged.
        connections: Number of connections that it greeted, or failed to; null unless the cases got no welcome message.
    """

    version: str
    log_group: str | None
    cases: int
    connections: int | None = None


class CoincidentError(Struct, frozen=True):
    """An error that set in when the cases did.

    Attributes:
        message: The first of its log lines since then, redacted, without Lambda's prefix.
        events: Number of these lines since then.
        first: Time of the first one.
    """

    message: str
    events: int
    first: datetime


class Evidence(Struct, frozen=True, kw_only=True):
    """The evidence behind a metric: the cases that it counts.

    Attributes:
        kind: The kind of the cases.
        cases: Number of cases.
        connections: Number of connections that met cases.
        connections_seen: Number of all connections.
        versions: The function versions that logged cases, or that greeted others, as far as the logs tell, the most
            frequent first.
        first: Time of the first case.
        last: Time of the last case.
        began: Time when the cases set in at once; null if they came with the traffic.
        cases_since: Number of cases since then; 0 if they came with the traffic.
        ended: Time of the last case before they were over; null if they were not.
        cases_between: Number of cases from the beginning to that end; 0 if they were not over.
        errors: Errors that set in when the cases did but are not cases themselves, the most frequent first.
        counts: Number of cases in each bucket of the overview.
        shared: Number of the connections that met cases of another kind, by that kind.
        indicators: Number of cases on which each indicator of a likely cause was seen, by its name.
        timelines: Timelines of the connections that met the most cases since the cases set in.
        templates: Templates of the log events behind the cases, the most frequent first, each with examples.
        hidden_templates: Number of templates that are left out.
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
    counts: tuple[int, ...]
    shared: Mapping[EvidenceKind, int]
    indicators: Mapping[str, int] = field(name="clues")
    timelines: tuple[ConnectionTimeline, ...] = field(name="stories")
    templates: tuple[Template, ...] = field(name="shapes")
    hidden_templates: int = field(name="hidden_shapes")
    ended: datetime | None = None
    cases_between: int = 0
    errors: tuple[CoincidentError, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every case is among the examples."""
        return self.cases == sum(len(template.examples) for template in self.templates)

    @property
    def cases_in_period(self) -> int:
        """The number of cases since they set in, or until they were over; 0 if they came with the traffic."""
        return self.cases_between if self.ended else self.cases_since


def find_evidence(engine: Engine, kinds: Collection[EvidenceKind]) -> Mapping[EvidenceKind, Evidence]:
    """Find the evidence of kinds of cases together, since many share their lines; a kind without cases has none."""
    import duckdb  # noqa: PLC0415

    engine.set(
        case_kinds=[kind.value for kind in kinds],
        most_timelines=MOST_TIMELINES,
        most_entries=MOST_ENTRIES,
        most_templates=MOST_TEMPLATES,
        most_examples=MOST_EXAMPLES,
        most_errors=MOST_ERRORS,
        is_quick_to_read=engine.is_quick_to_read,
        most_characters=MOST_CHARACTERS,
    )
    engine.run_once("onsets")
    engine.run_once("timelines")
    with suppress(duckdb.IOException, duckdb.InvalidInputException):  # somebody moved a file, or writes into it
        engine.run("all_errors")
    engine.run("coincident_errors", "evidence_texts")
    engine.fill_redacted_texts()
    engine.run("redacted_cases", "evidence")
    rows = {EvidenceKind(row["kind"]): row for row in engine.rows("FROM evidence")}
    entries = _grouped(engine.rows("FROM timeline_entries"), "key")
    connections = _grouped(engine.rows("FROM shown_connections"), "kind")
    templates = _grouped(engine.rows("FROM case_templates"), "kind")
    errors = _grouped(engine.rows("FROM shown_errors"), "kind")
    return {
        kind: _evidence(
            rows[kind],
            [_timeline(one, entries[one["key"]]) for one in connections[kind]],
            templates[kind],
            errors[kind],
        )
        for kind in kinds
        if kind in rows
    }


def _evidence(
    row: Mapping[str, Any],
    timelines: Sequence[ConnectionTimeline],
    templates: Sequence[Mapping[str, Any]],
    errors: Sequence[Mapping[str, Any]],
) -> Evidence:
    return Evidence(
        kind=EvidenceKind(row["kind"]),
        cases=row["cases"],
        connections=row["connections"],
        connections_seen=row["connections_seen"],
        versions=tuple(FunctionVersion(**version) for version in row["versions"] or ()),
        first=from_epoch_ms(row["first"]),
        last=from_epoch_ms(row["last"]),
        began=from_known_epoch_ms(row["began"]),
        cases_since=row["cases_since"],
        ended=from_known_epoch_ms(row["ended"]),
        cases_between=row["cases_between"],
        counts=tuple(row["counts"] or ()),
        shared={EvidenceKind(other["kind"]): other["connections"] for other in row["shared"] or ()},
        indicators={indicator["name"]: indicator["cases"] for indicator in row["indicators"] or ()},
        timelines=tuple(timelines),
        templates=tuple(map(_template, templates)),
        hidden_templates=templates[0]["templates"] - len(templates) if templates else 0,
        errors=tuple(CoincidentError(row["message"], row["events"], from_epoch_ms(row["first"])) for row in errors),
    )


def _grouped(rows: Iterable[dict[str, Any]], column: str) -> Mapping[str, list[dict[str, Any]]]:
    """Group rows by the value of a column; a value that no row has gives an empty group."""
    groups = defaultdict[str, list[dict[str, Any]]](list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def client_with_most_cases(engine: Engine, metric: str, hour: datetime | None = None) -> ClientShare | None:
    """Return the client with most of the cases behind a share, in the window or in an hour; None if not known."""
    engine.run_once("hours")
    if not engine.rows("FROM timed_cases WHERE name = $metric LIMIT 1", metric=metric):  # not a metric with hours
        return None
    engine.run_once("clients")
    since, until = (epoch_ms(hour), epoch_ms(hour + timedelta(hours=1))) if hour else (0, END_OF_TIME_MS)
    query = "FROM client_with_most_cases($metric, $since, $until)"
    for row in engine.rows(query, metric=metric, since=since, until=until):
        return ClientShare(row["cases"], row["n"], engine.redacted(row["connection_id"])[:LONGEST_ID])
    return None


def short_lived_of_begun(engine: Engine, window: Window) -> tuple[int, int]:
    """Return how many connections that began in a window were short-lived, and how many began, open ones included."""
    engine.run_once("hours")
    row = engine.row("FROM begun($since, $until)", since=window.since_ms, until=window.until_ms)
    return row["cases"], row["n"]


def write_cases(engine: Engine, kind: EvidenceKind, file: Path) -> None:
    """Write all cases of a kind to a file, redacted, one JSON object a line, after its evidence was found."""
    engine.set(case_kind=kind.value)
    engine.execute("COPY (FROM case_records) TO $file (FORMAT json)", file=str(file))


def _timeline(connection: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> ConnectionTimeline:
    return ConnectionTimeline(
        connection_id=connection["connection_id"],
        cases=connection["cases"],
        began=from_known_epoch_ms(connection["began"]),
        ended=from_known_epoch_ms(connection["ended"]),
        state=connection["state"],
        duration_seconds=connection["duration_seconds"],
        entries=tuple(
            TimelineEntry(from_epoch_ms(row["timestamp"]), tuple(row["kinds"]), row["message"]) for row in rows
        ),
        hidden_entries=rows[0]["entries"] - len(rows) if rows else 0,
        first_case=from_epoch_ms(connection["first_case"]),
        last_case=from_epoch_ms(connection["last_case"]),
    )


def _template(row: Mapping[str, Any]) -> Template:
    examples = [{**example, "timestamp": from_epoch_ms(example["timestamp"])} for example in row["examples"]]
    return Template(
        text=row["template"],
        events=row["events"],
        first=from_epoch_ms(row["first"]),
        last=from_epoch_ms(row["last"]),
        examples=tuple(LoggedEvent(**example) for example in examples),
    )
