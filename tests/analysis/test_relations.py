"""The relations for a team's own queries: each event of the window once, and none of the internal tables."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect, Relations
from checks.logs.files import read_files
from tests.analysis.playing import ANN, BOB, REQUEST, SINCE_MS, UNTIL_MS, WINDOW, Event, event, said, written

EVENTS = (
    said(f"Client connected: {ANN}", SINCE_MS + 1000, eventId="1"),
    said(f"Client connected: {ANN}", SINCE_MS + 1000, eventId="1"),
    said(f"Welcome message sent to {ANN}", SINCE_MS + 1250, eventId="2"),
    event("Order confirmed", SINCE_MS + 2000),
    event("Order confirmed", SINCE_MS + 2000),
    event("after the window", UNTIL_MS),
    said(f"Client connected: {BOB}", SINCE_MS - 3_600_000, eventId="4"),
    said(f"Client disconnected: {BOB}", SINCE_MS + 60_000, eventId="5"),
)


def analysed(folder: Path, *files: tuple[Event, ...]) -> tuple[Analysis, Engine]:
    """Return the analysis of files that are read together."""
    paths = []
    for number, events in enumerate(files):
        folder.joinpath(str(number)).mkdir()
        paths.append(written(folder / str(number), events))
    spool = read_files([str(path) for path in paths], folder)
    return analyse(spool, WINDOW, Dialect(5, {}, {}), folder)


def relations(folder: Path, *files: tuple[Event, ...]) -> Relations:
    """Return the relations of files that are read together."""
    _, engine = analysed(folder, *files)
    return Relations(engine)


@pytest.fixture(name="tables", scope="module")
def _tables(tmp_path_factory: pytest.TempPathFactory) -> Relations:
    return relations(tmp_path_factory.mktemp("tables"), EVENTS)


def test_the_window_is_in_four_tables(tables: Relations) -> None:
    """Times are in UTC, and connections that began before the window have that time."""
    connections = tables.query("SELECT connection_id, state, epoch_ms(began), duration_seconds FROM connections")
    assert connections.fetchall() == [
        (BOB, "complete", SINCE_MS - 3_600_000, 3660),
        (ANN, "lost", SINCE_MS + 1000, None),
    ]
    assert tables.query("SELECT kind, connection_id, request_id FROM signals").fetchall() == [
        ("connect", ANN, REQUEST),
        ("welcome_sent", ANN, REQUEST),
        ("disconnect", BOB, REQUEST),
    ]
    assert tables.query("SELECT connection_id, is_sent FROM welcomes").fetchall() == [(ANN, True)]
    messages = [message for (message,) in tables.query("SELECT message FROM Events").fetchall()]
    assert messages.count("Order confirmed") == 2
    assert len(messages) == 5
    assert tables.table("events").columns == ["timestamp", "message", "log_group", "log_stream", "request_id"]


def test_events_of_two_files_that_overlap_are_there_once(tmp_path: Path) -> None:
    """Those without an id are there as often as in the file with the most."""
    tables = relations(tmp_path, EVENTS, EVENTS[2:])
    assert len(tables.table("events")) == 5


def later(line: Event, seconds: int) -> Event:
    return {**line, "timestamp": int(str(line["timestamp"])) + 1000 * seconds}


def times_by_second(folder: Path, *files: tuple[Event, ...]) -> Mapping[int, int]:
    """Return the number of events in each second of the window; all of them are also events of the analysis."""
    analysis, engine = analysed(folder, *files)
    seconds = Relations(engine).query("SELECT epoch_ms(timestamp) FROM events").fetchall()
    assert analysis.reading.events == len(seconds)
    return Counter((at_ms - SINCE_MS) // 1000 for (at_ms,) in seconds)


def test_events_whose_export_tells_no_stream_overlap_with_those_of_any(tmp_path: Path) -> None:
    """The console's CSV is one; if two streams have such an event at one time, both count."""
    order = event("Order confirmed", SINCE_MS)
    bare = {key: value for key, value in order.items() if key != "logStreamName"}
    other = {**order, "logStreamName": "2026/06/02/[$LATEST]6f2a"}
    cases: dict[str, tuple[int, tuple[Event, ...], tuple[Event, ...]]] = {
        "one stream": (1, (order,), (bare,)),
        "two streams in one file": (2, (order, other), (bare,)),
        "twice in the file without streams": (2, (order,), (bare, bare)),
        "two streams in two files": (2, (order,), (other,)),
    }
    files = (
        tuple(later(line, second) for second, (_, *parts) in enumerate(cases.values()) for line in parts[place])
        for place in (0, 1)
    )
    times = times_by_second(tmp_path, *files)
    assert {name: times[second] for second, name in enumerate(cases)} == {
        name: number for name, (number, _, _) in cases.items()
    }


def test_a_stream_with_random_digits_tells_of_which_group_an_event_is(tmp_path: Path) -> None:
    """Insights adds the account, others don't. Other streams may be in two groups."""
    lines = [said(f"Client connected: {ANN}", SINCE_MS), event("Order confirmed", SINCE_MS)]
    groups: list[dict[str, object]] = [
        {},
        {"logGroup": "/aws/lambda/chat"},
        {"logGroup": "123456789012:/aws/lambda/chat"},
    ]
    streams = ("2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7", "web/1")
    files = (
        tuple(
            later({**line, "logStreamName": stream, **group}, second)
            for second, stream in enumerate(streams)
            for line in lines
        )
        for group in groups
    )
    assert times_by_second(tmp_path, *files) == {0: 2, 1: 4}


MISTAKES = {
    "SELECT 1 AS value, 2 AS m": "found 1 with value, m",
    "SELECT 1 AS value UNION ALL SELECT 2": "found 2 with value",
    "SELECT 1 AS value WHERE false": "found 0 with none",
    "FROM scanned": "scanned",
    "DROP TABLE connections": "one SELECT",
    "SELECT 1.5 AS value": "not a whole number",
    "SELECT error('password=hunter2') AS value": "password=[redacted]",
    "SELECT (": "syntax",
}


def test_a_query_that_measures_nothing_says_why(tables: Relations, tmp_path: Path) -> None:
    """Two rows, no row, other columns or tables, another statement, or a number of another unit."""
    file, problems = tmp_path / "own.sql", {}
    for sql in MISTAKES:
        file.write_text(sql)
        with pytest.raises(ValueError, match=r".") as error:
            tables.measure("own.storms", file)
        problems[sql] = str(error.value)
    assert {sql: problems[sql] for sql, problem in MISTAKES.items() if problem not in problems[sql]} == {}
