"""What Logs Insights is asked for covers all that the recogniser understands."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.engine import Engine, broad_patterns, use_patterns
from checks.errors import SourceError
from checks.logs.cloudwatch.insights import ResultField, time_ms
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
    engine = Engine(tmp_path_factory.mktemp("engine"))
    engine.set(files=[str(Path(__file__))])
    engine.run("events")
    use_patterns(engine, TAUGHT)
    return engine


def covered(engine: Engine, messages: list[str]) -> None:
    rows = engine.rows("SELECT m FROM (SELECT unnest($messages) AS m) WHERE may_matter(m)", messages=messages)
    assert not [row["m"] for row in rows if not any(pattern.search(row["m"]) for pattern in PATTERNS)]


def test_queries_cover_every_line_of_the_simulator_that_matters(engine: Engine) -> None:
    """All dialects, all signals."""
    covered(engine, [event["message"] for event in emit.events(scenarios.unhealthy(60, seed=7))])


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=6).map("".join), min_size=1))
def test_queries_cover_every_line_that_matters(engine: Engine, messages: list[str]) -> None:
    """Whatever it is made of."""
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
    """It is an error, and no traceback."""
    with pytest.raises(SourceError, match="log group a: what answered is not CloudWatch Logs: there is no time in its"):
        time_ms(rows, "log group a")
