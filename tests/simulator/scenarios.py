"""Days of a chat application: the demo, a healthy day, an unhealthy day, a day with an outage."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tests.simulator.clock import milliseconds
from tests.simulator.story import (
    LIFETIME_MS,
    Connection,
    DialectName,
    Ending,
    Message,
    Scenario,
    Welcome,
    connection_id,
)

SINCE_MS: Final = milliseconds("2026-06-02T00:00:00+00:00")
UNTIL_MS: Final = milliseconds("2026-06-03T00:00:00+00:00")

DEPLOYED_MS: Final = milliseconds("2026-06-02T14:03:00+00:00")
"""When, on the day of the outage, a version takes over that welcomes clients too late."""

CHAT: Final = (
    "good morning",
    "is anybody here?",
    "the build is green again",
    "lunch at 12:30",
    "my log says GoneException, what does that mean?",
    f"mine says connectionId: {connection_id(0)} is gone",
    "route $disconnect is the one you want",
    f"Welcome message sent to connection {connection_id(0)}",
    "thanks, bye",
)
"""What people type; some of it looks like a log line."""

Blemish = Callable[[Connection], Connection]


def demo() -> Scenario:
    """Return the shipped recording: a day that is healthy except for a few blemishes."""
    draw = random.Random(20260602)
    before = _people(range(1, 9), SINCE_MS - LIFETIME_MS, SINCE_MS, draw)
    during = _people(range(101, 221), SINCE_MS, UNTIL_MS, draw)
    blemished = [DEMO_BLEMISHES.get(position, _unblemished)(person) for position, person in enumerate(during)]
    lost = next(person for person in blemished if person.disconnected_ms is None)
    connections = _with_broadcast_to(lost, before + blemished)
    return Scenario(
        tuple(replace(person, dialect=_demo_dialect(number)) for number, person in enumerate(connections)),
        SINCE_MS,
        UNTIL_MS,
        noise_per_step=0.1,
        seed=20260602,
    )


def healthy(count: int, seed: int = 0, since_ms: int = SINCE_MS, until_ms: int = UNTIL_MS) -> Scenario:
    """Return a day, or another time, in which everything works."""
    people = _people(range(1, count + 1), since_ms, until_ms, random.Random(seed))
    return Scenario(tuple(people), since_ms, until_ms, seed=seed)


def unhealthy(count: int, seed: int = 0) -> Scenario:
    """Return a day on which one connection in three has a blemish."""
    draw = random.Random(seed)
    people = _people(range(1, count + 1), SINCE_MS, UNTIL_MS, draw)
    blemished = [draw.choice(UNHEALTHY_BLEMISHES)(person) for person in people]
    return Scenario(tuple(blemished), SINCE_MS, UNTIL_MS, seed=seed)


def abandoned(count: int, seed: int = 0) -> Scenario:
    """Return a day on which every client is gone before its welcome, and the log has nothing else."""
    day = healthy(count, seed)
    return replace(day, connections=tuple(map(_left_at_once, day.connections)), noise_per_step=0)


def outage(count: int, seed: int = 0) -> Scenario:
    """Return a day like the demo's until a deploy; from then on two clients in five leave before their welcome."""
    draw = random.Random(seed)
    people = _people(range(1, count + 1), SINCE_MS, UNTIL_MS, draw)
    blemished = [
        draw.choice(RARE_BLEMISHES if person.connected_ms < DEPLOYED_MS else OUTAGE_BLEMISHES)(person)
        for person in people
    ]
    return Scenario(tuple(blemished), SINCE_MS, UNTIL_MS, seed=seed, deployed_ms=DEPLOYED_MS)


def demo_outage() -> Scenario:
    """Return the other shipped recording: a day with a bad deploy."""
    return outage(400, seed=8)


def _people(numbers: range, since_ms: int, until_ms: int, draw: random.Random) -> list[Connection]:
    """Return connections that begin at random times, stay a while and chat a little."""
    arrivals_ms = sorted(draw.randrange(since_ms, until_ms) for _ in numbers)
    return [_person(number, at_ms, draw) for number, at_ms in zip(numbers, arrivals_ms, strict=True)]


def _person(number: int, connected_ms: int, draw: random.Random) -> Connection:
    disconnected_ms = connected_ms + draw.randrange(20_000, 60 * 60_000)
    said_ms = sorted(draw.randrange(connected_ms + 1000, disconnected_ms) for _ in range(draw.randrange(3)))
    messages = tuple(Message(at_ms, draw.choice(CHAT)) for at_ms in said_ms)
    return Connection(connection_id(number), connected_ms, disconnected_ms, messages=messages)


def _with_broadcast_to(lost: Connection, connections: list[Connection]) -> list[Connection]:
    """Send the first message after a lost connection ran out to that connection, too, which meets a 410."""
    overdue_ms = lost.connected_ms + LIFETIME_MS
    talker = next(one for one in connections if one.messages and one.messages[0].at_ms > overdue_ms)
    first, *others = talker.messages
    broadcast = replace(talker, messages=(replace(first, gone_listeners=(lost.connection_id,)), *others))
    return [broadcast if one is talker else one for one in connections]


def _demo_dialect(number: int) -> DialectName:
    return DialectName.LAMBDA_JSON if number % 6 == 0 else DialectName.PYTHON_TEXT


def _unblemished(connection: Connection) -> Connection:
    return connection


def _short_lived(connection: Connection) -> Connection:
    return replace(connection, disconnected_ms=connection.connected_ms + 2400, messages=())


def _lost(connection: Connection) -> Connection:
    return replace(connection, disconnected_ms=None)


def _retried(connection: Connection) -> Connection:
    return replace(connection, welcome=Welcome(retries=2))


def _throttled(connection: Connection) -> Connection:
    return replace(connection, welcome=Welcome(Ending.FAILED, retries=3))


def _left_at_once(connection: Connection) -> Connection:
    """Leave before the welcome: the application notices."""
    return replace(_short_lived(connection), welcome=Welcome(Ending.FAILED_GONE))


def _left_unnoticed(connection: Connection) -> Connection:
    """Leave before the welcome: the application says that it was sent."""
    return replace(_short_lived(connection), welcome=Welcome(Ending.SENT, gone_errors=1))


def _left_unheard(connection: Connection) -> Connection:
    """Leave before the welcome, with a lost $disconnect."""
    return replace(_left_at_once(connection), disconnected_ms=None)


def _stalled(connection: Connection) -> Connection:
    """Let a message take longer than Lambda allows."""
    said_ms = connection.connected_ms + 10_000
    return replace(connection, messages=(Message(said_ms, "are you still there?", is_timed_out=True),))


def _answered_in_vain(connection: Connection) -> Connection:
    """Leave before the message is answered."""
    said_ms = connection.connected_ms + 10_000
    message = Message(said_ms, "one more thing", gone_answers=1)
    return replace(connection, disconnected_ms=said_ms + 500, messages=(message,))


BLEMISHES: Final[dict[str, Blemish]] = {
    "short-lived": _short_lived,
    "lost": _lost,
    "retried": _retried,
    "throttled": _throttled,
    "left at once": _left_at_once,
    "left unnoticed": _left_unnoticed,
    "left unheard": _left_unheard,
    "stalled": _stalled,
    "answered in vain": _answered_in_vain,
}
"""Each way in which a connection fails, by its name."""

DEMO_BLEMISHES: Final[dict[int, Blemish]] = {
    7: _short_lived,
    19: _retried,
    31: _left_unnoticed,
    44: _short_lived,
    58: _lost,
    63: _retried,
    72: _left_at_once,
    85: _short_lived,
    97: _retried,
    104: _short_lived,
}
"""By the position of the connection in the day."""

UNHEALTHY_BLEMISHES: Final[tuple[Blemish, ...]] = (
    *(_unblemished,) * 14,
    _short_lived,
    _lost,
    _retried,
    _throttled,
    _left_at_once,
    _left_unnoticed,
    _answered_in_vain,
)
"""One is drawn for each connection."""

RARE_BLEMISHES: Final[tuple[Blemish, ...]] = (*(_unblemished,) * 110, *DEMO_BLEMISHES.values())
OUTAGE_BLEMISHES: Final[tuple[Blemish, ...]] = (
    *(_unblemished,) * 11,
    _stalled,
    *(_left_at_once,) * 3,
    *(_left_unnoticed,) * 3,
    *(_left_unheard,) * 2,
)
"""Before the deploy and after it: one is drawn for each connection."""
