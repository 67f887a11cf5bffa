"""Shortcuts from events to the results of their analysis."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, TypeAlias

from checks.analysis.analyse import Analysis, GoneConnection, analyse, gone_connections
from checks.analysis.dictionary import find_sentences
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect, engine_for, understand
from checks.logs.files import read_files
from checks.logs.spool import Spool, SpoolFile
from checks.metrics import OF_CONNECTIONS, Metric
from checks.window import CONNECTION_LIFETIME, LOOK_BACK, SETTLING, Window, from_epoch_ms

Event: TypeAlias = Mapping[str, object]
Taught: TypeAlias = Mapping[str, Mapping[str, str]]
Numbers: TypeAlias = Mapping[str, float | None]

HOUR_MS: Final = 3_600_000
LIMIT_MS: Final = 2 * HOUR_MS
LIFETIME_MS: Final = round(CONNECTION_LIFETIME.total_seconds() * 1000)
SETTLING_MS: Final = round(SETTLING.total_seconds() * 1000)
LOOK_BACK_MS: Final = round(LOOK_BACK.total_seconds() * 1000)
SINCE_MS: Final = 1_780_358_400_000
"""2026-06-02, 00:00 UTC."""
UNTIL_MS: Final = SINCE_MS + 6 * HOUR_MS
WINDOW: Final = Window(from_epoch_ms(SINCE_MS), from_epoch_ms(UNTIL_MS))

ANN: Final = "Qw7LmXa9oAMCKbg="
BOB: Final = "b_T-x2HvIAMCFkw="
SOMEBODY: Final = "Zz7LmXa9oAMCK"
"""The beginning of the ids of many connections."""
REQUEST: Final = "3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7f821"
OTHER_REQUEST: Final = "81c6d2f4-0e9b-4a37-b5d8-2f7a1c3e6095"
THIRD_REQUEST: Final = "5d0f9b7a-2c1e-4f63-8a54-b7e9d1c3f206"
API_REQUEST: Final = "Xc81pFq3oAMFZ0w="
STREAM: Final = "2026/06/02/[$LATEST]5e1f"


def event(message: str, at_ms: int = SINCE_MS, **fields: object) -> Event:
    """Return an event of one log stream; `fields` are other keys, such as logGroup or eventId."""
    return {"timestamp": at_ms, "logStreamName": STREAM, "message": message, **fields}


def said(text: str, at_ms: int = SINCE_MS, request_id: str = REQUEST, **fields: object) -> Event:
    """Return an event of Lambda's Python runtime."""
    return event(f"[INFO]\t2026-06-02T00:00:00.000Z\t{request_id}\t{text}\n", at_ms, **fields)


def printed(text: str, at_ms: int = SINCE_MS, **fields: object) -> Event:
    """Return an event that names no request."""
    return event(f"{text}\n", at_ms, **fields)


def start(request_id: str = REQUEST, at_ms: int = SINCE_MS, **fields: object) -> Event:
    """Return the platform's event that begins a request."""
    return event(f"START RequestId: {request_id} Version: $LATEST\n", at_ms, **fields)


def written(folder: Path, events: Iterable[Event | str]) -> Path:
    """Write a log file; text goes into it unchanged."""
    path = folder / "log.jsonl"
    lines = (line if isinstance(line, str) else json.dumps(line) for line in events)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def examined_file(
    path: Path,
    window: Window | None = WINDOW,
    signals: Taught | None = None,
    redact: Mapping[str, str] | None = None,
    *,
    show_values: bool = False,
) -> tuple[Analysis, Engine]:
    """Analyse a log file, and return the engine as well; both keep their files beside it."""
    dialect = Dialect(5, signals or {}, redact or {}, show_values=show_values)
    folder = Path(mkdtemp(dir=path.parent))  # what lies beside the log is no copy, which would go once it is converted
    return analyse(read_files([str(path)], folder), window, dialect, folder)


def analysed_file(
    path: Path,
    window: Window | None = WINDOW,
    signals: Taught | None = None,
    redact: Mapping[str, str] | None = None,
    *,
    show_values: bool = False,
) -> Analysis:
    """Analyse a log file."""
    analysis, _ = examined_file(path, window, signals, redact, show_values=show_values)
    return analysis


def engine_over(folder: Path, events: Iterable[Event], window: Window = WINDOW) -> Engine:
    """Return the engine after an analysis of events."""
    _, engine = examined_file(written(folder, events), window)
    return engine


def analysed(
    folder: Path, events: Iterable[Event | str], window: Window | None = WINDOW, signals: Taught | None = None
) -> Analysis:
    """Analyse events."""
    return analysed_file(written(folder, events), window, signals)


def with_gone_connections(
    path: Path, signals: Taught | None = None, redact: Mapping[str, str] | None = None, *, show_values: bool = False
) -> tuple[Analysis, tuple[GoneConnection, ...]]:
    """Analyse a log file, and return the worst connections with a GoneException as well, as a report shows them."""
    analysis, engine = examined_file(path, WINDOW, signals, redact, show_values=show_values)
    find_sentences(engine)
    return analysis, gone_connections(engine)


def values(analysis: Analysis, *names: str) -> list[float | None]:
    """Return the values of metrics."""
    return [analysis.metrics[name].value for name in names]


def renamed(events: Iterable[Event], number: int, time: int = 0) -> list[Event]:
    """Return events as they would be on other connections, in other requests, and in their own log streams.

    Args:
        events: The events of one case.
        number: The number of the case, below 100; it distinguishes the cases in one log.
        time: The number of the repetition, if a case is in the log several times.
    """
    text = json.dumps(list(events))
    for old, new in _renaming(number, time).items():
        text = text.replace(old.rstrip("="), new.rstrip("="))  # a line may cut off the end of an id
    streams: list[Event] = json.loads(text)
    return [
        {**line, "logStreamName": f"{line['logStreamName']}{number:02}{time:02}"} if line.get("logStreamName") else line
        for line in streams
    ]


def engines_by_case(
    folder: Path, cases: Mapping[str, Iterable[Event]], patterns: Taught | None = None
) -> Iterator[tuple[str, Engine]]:
    """Yield the engine for each case, with the lines of that case alone, and with its own ids.

    All cases are in one log, because preparing the statements takes half a second, however few the lines are. What was
    read is that of the whole log.
    """
    logs = {name: renamed(case, number) for number, (name, case) in enumerate(cases.items())}
    path = written(folder, [line for log in logs.values() for line in log])
    spool = Spool("files", ("log",), (SpoolFile(path, "log"),))  # in the order of the cases, whatever their times
    _, engine = analyse(spool, WINDOW, Dialect(5, patterns or {}, {}), folder)
    engine.execute("CREATE TEMP TABLE all_lines AS FROM lines")
    first = 0
    for name, log in logs.items():
        behind = first + len(log)
        own = "CREATE OR REPLACE TEMP TABLE lines AS FROM all_lines WHERE seq >= $first AND seq < $behind"
        engine.execute(own, first=first, behind=behind)
        oldest_ms = min(int(str(line["timestamp"])) for line in log)
        engine.set(covered_since=max(oldest_ms, SINCE_MS - LOOK_BACK_MS))
        engine.run("signals", "connections", "welcomes", "gone")  # what else is measured are views of these tables
        yield name, engine
        first = behind


def metrics_by_case(
    folder: Path, cases: Mapping[str, Iterable[Event]], patterns: Taught | None = None
) -> Mapping[str, Mapping[str, Metric]]:
    """Return the metrics of each case, as if its lines were the whole log, and the counts that explain them."""
    return {
        name: {
            **{row["name"]: Metric(**row) for one in OF_CONNECTIONS for row in engine.rows(f"FROM {one}_metrics")},
            **{count: Metric(count, value) for count, value in engine.row("FROM explanations").items()},
        }
        for name, engine in engines_by_case(folder, cases, patterns)
    }


def numbers_by_case(
    folder: Path, cases: Mapping[str, tuple[Iterable[Event], Numbers]], patterns: Taught | None = None
) -> Mapping[str, Numbers]:
    """Return the numbers of each case that are expected, whatever their values are."""
    metrics = metrics_by_case(folder, {name: lines for name, (lines, _) in cases.items()}, patterns)
    return {name: {one: metrics[name][one].value for one in expected} for name, (_, expected) in cases.items()}


def _renaming(number: int, time: int) -> Mapping[str, str]:
    mark = f"{number:02}{time:02}"
    ids = {ANN: f"Qw7LmXa{mark}CKbg=", BOB: f"b_T-x2H{mark}CFkw=", API_REQUEST: f"Xc81pFq{mark}FZ0w="}
    ids |= {SOMEBODY: f"Zz7LmXa{mark}CK"}
    requests = (REQUEST, OTHER_REQUEST, THIRD_REQUEST)
    return ids | {request: f"{request[:-4]}{mark}" for request in requests}


def unrenamed(text: str, number: int) -> str:
    """Return a text about a case of a log with its own names, where `renamed` has replaced them."""
    for old, new in _renaming(number, 0).items():
        text = text.replace(new, old)
    return text.replace(f"{STREAM}{number:02}00", STREAM)


def signals_by_case(
    folder: Path, cases: Mapping[str, Iterable[Event]], patterns: Taught | None = None
) -> dict[str, list[tuple[str, str | None]]]:
    """Return the signals of each case, as `signals` does; all cases are in one log, each as if it were alone."""
    renamings = {name: _renaming(number, 0) for number, name in enumerate(cases)}
    own = {name: {new: old for old, new in renaming.items()} for name, renaming in renamings.items()}
    lines = {name: renamed(case, number) for number, (name, case) in enumerate(cases.items())}
    return {
        name: [(kind, own[name].get(one or "", one)) for kind, one in case]
        for name, case in signals_of_parts(folder, lines, patterns).items()
    }


def signals_of_parts(
    folder: Path, parts: Mapping[str, Sequence[Event]], patterns: Taught | None = None
) -> dict[str, list[tuple[str, str | None]]]:
    """Return the signals of each part of a log, as `signals` does."""
    owners = [name for name, part in parts.items() for _ in part]
    engine = _engine(folder, [line for part in parts.values() for line in part], patterns or {})
    given: dict[str, list[tuple[str, str | None]]] = {name: [] for name in parts}
    for row in engine.rows("FROM signals ORDER BY seq, kind"):
        given[owners[row["seq"]]].append((row["kind"], row["connection_id"]))
    return given


def signals(folder: Path, events: Iterable[Event], patterns: Taught | None = None) -> list[tuple[str, str | None]]:
    """Return the signals of events, in the order of the lines: kind and connection id."""
    rows = _engine(folder, events, patterns or {}).rows("FROM signals ORDER BY seq, kind")
    return [(row["kind"], row["connection_id"]) for row in rows]


def statements(
    folder: Path, events: Iterable[Event], patterns: Taught | None = None, *, is_line_by_line: bool = False
) -> list[Mapping[str, Any]]:
    """Return what the lines say by themselves, without lines that have no vocabulary.

    Args:
        folder: The folder for the log.
        events: The lines.
        patterns: The patterns that the user teaches.
        is_line_by_line: Whether each line is classified alone, and not by its template.
    """
    query = """
        SELECT lines.* REPLACE (CASE WHEN names_connection THEN connection_id END AS connection_id), request_id, message
        FROM lines JOIN (SELECT seq, message FROM candidates) USING (seq) LEFT JOIN request_ids USING (request)
        ORDER BY seq"""
    return list(_engine(folder, events, patterns or {}, is_line_by_line=is_line_by_line).rows(query))


def _engine(folder: Path, events: Iterable[Event], patterns: Taught, *, is_line_by_line: bool = False) -> Engine:
    dialect = Dialect(0, patterns, {})
    engine = engine_for(dialect, folder)
    if is_line_by_line:
        engine.execute("CREATE OR REPLACE MACRO masked(text) AS text")  # nothing varies: a template a line
        engine.execute("CREATE OR REPLACE MACRO names_error(beginning) AS true")  # and so no words show to be a user's
    engine.set(since=SINCE_MS, until=UNTIL_MS, look_back=LOOK_BACK_MS)
    engine.scan([SpoolFile(written(folder, events), "log")])
    engine.run("duplicates")
    understand(engine, dialect, wants_every_line=True)
    return engine
