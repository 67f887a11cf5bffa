"""Hypothesis strategies for arbitrary small scenarios; they shrink towards one quiet connection in an hour's window."""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from tests.simulator.clock import milliseconds
from tests.simulator.frames import boto3_error
from tests.simulator.story import (
    BEHIND_MS,
    LATE_MS,
    LIFETIME_MS,
    Connection,
    DialectName,
    Ending,
    Message,
    Scenario,
    Welcome,
    connection_id,
)
from tests.simulator.truth import SHORT_LIVED_MS

SINCE_MS: Final = milliseconds("2026-06-02T00:00:00+00:00")
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
EDGE_MS: Final = 3000
"""Half the width of the zone around an edge in which edges of the window cut through requests."""

STRANGER: Final = connection_id(0)
"""A connection of which nothing else is known."""

HOSTILE_TEXTS: Final = (
    "hello",
    f"botocore.errorfactory.GoneException: {boto3_error('GoneException')}",
    f"connectionId: {STRANGER}",
    f'{{"connectionId": "{STRANGER}", "eventType": "DISCONNECT", "routeKey": "$disconnect"}}',
    f"Welcome message sent to connection {STRANGER}",
    f"Failed to send welcome message to connection {STRANGER}",
    f"Connection {STRANGER} is gone, removing it from the table",
    f'CONNECTION_EVENT: {{"event_type":"gone","connection_id":"{STRANGER}","details":{{}}}}',
    f"[ERROR]\t2026-06-02T00:00:00.000Z\tConnection {STRANGER} is gone",
    f"see\nWebSocket connected, connection ID: {STRANGER}",
    f"it's \"eventType\": 'CONNECT', `connection_id={STRANGER}` \\",
    "START RequestId: 00000000-0000-4000-8000-000000000000 Version: $LATEST",
)
"""Chat that imitates log lines."""

chat_texts = st.sampled_from(HOSTILE_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)

dialect_names = st.sampled_from([name for name in DialectName if name is not DialectName.ACCESS_LOG])

welcomes = st.builds(
    Welcome,
    ending=st.sampled_from([Ending.SENT, Ending.FAILED, Ending.FAILED_GONE, Ending.NONE]),
    retries=st.integers(0, 3),
    gone_errors=st.integers(0, 2),
)

durations_ms = (
    st.integers(0, LIFETIME_MS)
    | st.integers(SHORT_LIVED_MS - 10, SHORT_LIVED_MS + 10)
    | st.integers(LIFETIME_MS - 10, LIFETIME_MS + LATE_MS)
    | st.integers(-BEHIND_MS, 0)
)
"""How long a connection lasts, by the clocks of those who log it."""


def moments_ms(since_ms: int, until_ms: int) -> st.SearchStrategy[int]:
    """Times around a window, often close enough to its edges for the side to matter."""
    overdue_ms = LIFETIME_MS + LATE_MS
    edges_ms = (since_ms, until_ms, since_ms - overdue_ms, until_ms - overdue_ms)
    near_edges = [st.integers(-EDGE_MS, EDGE_MS).map(edge_ms.__add__) for edge_ms in edges_ms]
    return st.one_of(st.integers(since_ms, until_ms), st.integers(since_ms - LIFETIME_MS, until_ms), *near_edges)


@st.composite
def messages(draw: st.DrawFn, connected_ms: int, disconnected_ms: int) -> Message:
    """A message while the connection lasts."""
    return Message(
        at_ms=draw(st.integers(connected_ms, disconnected_ms)),
        text=draw(chat_texts),
        gone_answers=draw(st.integers(0, 2)),
        gone_listeners=tuple(connection_id(number) for number in draw(st.lists(st.integers(0, 12), max_size=2))),
    )


@st.composite
def connections(draw: st.DrawFn, since_ms: int, until_ms: int) -> Connection:
    """One connection near a window: complete, lost, or headless."""
    connected_ms = draw(moments_ms(since_ms, until_ms))
    last_ms = connected_ms + draw(durations_ms)
    return Connection(
        STRANGER,
        connected_ms,
        disconnected_ms=draw(st.sampled_from([last_ms, last_ms, None])),
        is_connect_logged=draw(st.sampled_from([True, True, False])),
        welcome=draw(welcomes),
        messages=tuple(draw(st.lists(messages(connected_ms, max(connected_ms, last_ms)), max_size=3))),
        dialect=draw(dialect_names),
    )


@st.composite
def scenarios(draw: st.DrawFn, fewest: int = 1, most: int = 12) -> Scenario:
    """A scenario of a few connections, logged by the functions that serve them or by the API's access log."""
    until_ms = SINCE_MS + draw(st.integers(1, 24)) * HOUR_MS
    people = draw(st.lists(connections(SINCE_MS, until_ms), min_size=fewest, max_size=most))
    if draw(st.sampled_from([False, False, False, False, True])):
        people = [replace(person, dialect=DialectName.ACCESS_LOG) for person in people]
    return Scenario(
        connections=tuple(
            replace(person, connection_id=connection_id(number)) for number, person in enumerate(people, start=1)
        ),
        since_ms=SINCE_MS,
        until_ms=until_ms,
        lookback_ms=draw(st.sampled_from([2, 1, 3])) * HOUR_MS,
        lookahead_ms=draw(st.sampled_from([0, 3])) * HOUR_MS,
        noise_per_step=draw(st.sampled_from([0.0, 0.5, 2.0])),
        seed=draw(st.integers(0, 2**32)),
        duplicates=draw(st.integers(0, 5)),
        is_shuffled=draw(st.booleans()),
        deployed_ms=draw(st.none() | st.integers(SINCE_MS, until_ms)),
    )
