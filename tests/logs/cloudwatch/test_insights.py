"""Queries of Logs Insights cover all that the recogniser understands, and are stopped if nobody waits for them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect, broad_patterns, engine_for
from checks.errors import SourceError
from checks.logs.cloudwatch import insights
from checks.logs.cloudwatch.insights import InsightsReader, Queries, ResultField, latest_rows, time_ms
from checks.logs.cloudwatch.log_groups import ResolvedGroup
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, SharedState
from checks.logs.spool import Counted, SpoolFile
from checks.window import TimeSpan
from tests.endpoint import insights as endpoint_insights
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.simulator import emit, scenarios

TAUGHT = {"welcome_sent": {"greeted": r"Greeted client (?P<connection_id>\S+)"}}

WORDS = st.sampled_from(
    [
        *("connect", "disconnected", "gone", "GoneException", "410", "welcome", "Message", "MESSAGE"),
        *("message", "$default", "code=", "handling", "frame", "socket open", "ws closed", "status"),
        *("(", ">= ", "=: ", "=]: ", "unknown action", "START RequestId: x", '{"type":"platform.start"}'),
        *("Greeted client a", " ", "\n", "\t", "_", "postgres"),
    ]
)

PATTERNS = [re.compile(pattern) for pattern in broad_patterns(TAUGHT)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = engine_for(Dialect(0, TAUGHT, {}), tmp_path_factory.mktemp("engine"))
    engine.open([SpoolFile(Path(__file__), "nothing")])
    engine.run("events")
    return engine


def covered(engine: Engine, messages: list[str]) -> None:
    rows = engine.rows("SELECT m FROM (SELECT unnest($messages) AS m) WHERE may_matter(m)", messages=messages)
    assert not [row["m"] for row in rows if not any(pattern.search(row["m"]) for pattern in PATTERNS)]


def test_queries_cover_every_line_of_the_simulator_that_matters(engine: Engine) -> None:
    """This holds for all dialects and all signals."""
    covered(engine, [event["message"] for event in emit.events(scenarios.unhealthy(60, seed=7))])


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=6).map("".join), min_size=1))
def test_queries_cover_every_line_that_matters(engine: Engine, messages: list[str]) -> None:
    """This holds whatever the line is made of."""
    covered(engine, messages)


@pytest.mark.parametrize("text", ["2026-06-01 06:00:00.123", "1780293600123"])
def test_the_time_of_a_row(text: str) -> None:
    """Insights writes it without a zone, and means UTC."""
    rows = [[ResultField("@message", "hi"), ResultField("@timestamp", text)], [ResultField("@timestamp", "1")]]
    assert time_ms(rows, "log group a") == 1_780_293_600_123


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[ResultField("@message", "hi")]],
        [[ResultField("@timestamp", "soon")]],
        [[ResultField("@timestamp", "²")]],
    ],
)
def test_a_row_without_a_time_is_none_of_insights(rows: list[list[ResultField]]) -> None:
    """This is an error without a traceback."""
    with pytest.raises(SourceError, match="log group a: the response is not from CloudWatch Logs: there is no time in"):
        time_ms(rows, "log group a")


SPAN = TimeSpan(1_780_000_000_000, 1_780_000_060_000)


@contextmanager
def querying(monkeypatch: pytest.MonkeyPatch, **behaviour: Any) -> Iterator[tuple[Queries, Endpoint]]:
    with reached(monkeypatch, Group("a"), behaviour=Behaviour(**behaviour)) as endpoint:
        yield Queries((ResolvedGroup(client=LogsClient(None, Counters()), name="a"),), SharedState()), endpoint


def test_a_query_that_is_called_off_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would go on scanning, and cost money."""
    with querying(monkeypatch, polls=1_000_000) as (queries, endpoint):
        queries.state.is_stopped.set()
        with pytest.raises(SourceError, match="log group a: the read was cancelled"):
            queries.run("fields @timestamp | limit 1", SPAN)
    assert [query.status for query in endpoint.queries.values()] == ["Cancelled"]


def test_a_query_that_cannot_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the reason why it should stop."""
    with querying(monkeypatch, polls=1_000_000, denied=("StopQuery",)) as (queries, _):
        queries.state.is_stopped.set()
        with pytest.raises(SourceError, match="the read was cancelled"):
            queries.run("fields @timestamp | limit 1", SPAN)


def test_a_query_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs Insights allows 10,000 characters; the error says what makes it so long."""
    with (
        querying(monkeypatch) as (queries, endpoint),
        pytest.raises(SourceError, match="the patterns taught under `signals` make a query of 10,001 characters"),
    ):
        queries.run("x" * 10_001, SPAN)
    assert not endpoint.requests


def test_seconds_are_scanned_and_milliseconds_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API takes whole seconds, so the query itself keeps to the span."""
    span = TimeSpan(1_780_000_000_500, 1_780_000_001_001)
    with querying(monkeypatch, polls=0) as (queries, endpoint):
        page = latest_rows(queries, span, 5)
    [query] = [parameters for operation, parameters in endpoint.requests if operation == "StartQuery"]
    assert (query["startTime"], query["endTime"]) == (1_780_000_000, 1_780_000_002)
    assert f">= {span.since_ms} | filter toMillis(@timestamp) < {span.until_ms}" in query["queryString"]
    assert (page.events, page.last_ms) == (0, None)


def test_slashes_in_patterns_are_escaped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A pattern is between slashes; a slash that is escaped already stays."""
    with querying(monkeypatch, polls=0) as (queries, endpoint):
        InsightsReader(queries, [r"a/b\/c", "d"]).read(SPAN, tmp_path / "rows.jsonl", is_counted=False)
    [query] = [parameters for operation, parameters in endpoint.requests if operation == "StartQuery"]
    assert r"filter @message like /a\/b\/c/ or @message like /d/" in query["queryString"]


@pytest.mark.parametrize(("events", "scans"), [(40, 2.3), (700, 3.5)])
def test_few_bytes_are_scanned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, events: int, scans: float) -> None:
    """They are twice those of the span, or about three times if it has more lines than a query returns."""
    monkeypatch.setattr(insights, "_MOST_ROWS", 50)
    monkeypatch.setattr(endpoint_insights, "PAGE_ROWS", 10)
    lines = [
        {
            "logStreamName": "s",
            "timestamp": SPAN.since_ms + number * SPAN.length_ms // events,
            "message": f"client {number} connected" if number % 2 else "noise",
            "ingestionTime": SPAN.until_ms,
            "eventId": f"{number:05}",
        }
        for number in range(events)
    ]
    file = tmp_path / "rows.jsonl"
    with reached(monkeypatch, Group("a").fill(lines), behaviour=Behaviour(polls=0)):
        queries = Queries((ResolvedGroup(client=LogsClient(None, Counters()), name="a"),), SharedState())
        counted = InsightsReader(queries, ["connected"]).read(SPAN, file, is_counted=True)
    last_ms = SPAN.since_ms + (events - 1) * SPAN.length_ms // events
    assert counted == Counted(events // 2, SPAN.since_ms, last_ms)
    assert len(file.read_bytes().splitlines()) == events // 2
    stored = sum(len(str(line["message"])) for line in lines)
    assert queries.state.counters["bytes_scanned"] <= scans * stored
