"""What Logs Insights is asked for covers all that the recogniser understands."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.engine import Engine
from checks.analysis.taught import broad_patterns, teach
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
    teach(engine, TAUGHT)
    return engine


def covered(engine: Engine, messages: list[str]) -> None:
    rows = engine.rows("SELECT m FROM (SELECT unnest($messages) AS m) WHERE may_matter(m)", messages=messages)
    assert not [row["m"] for row in rows if not any(pattern.search(row["m"]) for pattern in PATTERNS)]


def test_every_line_of_the_simulator_that_matters_is_asked_for(engine: Engine) -> None:
    """All dialects, all signals."""
    covered(engine, [event["message"] for event in emit.events(scenarios.unhealthy(60, seed=7))])


@given(st.lists(st.lists(WORDS | st.text(max_size=5), max_size=6).map("".join), min_size=1))
def test_every_line_that_matters_is_asked_for(engine: Engine, messages: list[str]) -> None:
    """Whatever it is made of."""
    covered(engine, messages)
