"""The window at a glance: time buckets, durations, deploys, and the indicators beside the errors."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.analysis.analyse import Analysis
from checks.analysis.engine import Engine
from checks.analysis.overview import DURATION_EDGES_SECONDS, Bucket, Overview, overview, silences, welcome_gap
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import (
    ANN,
    BOB,
    HOUR_MS,
    LIFETIME_MS,
    LIMIT_MS,
    OTHER_REQUEST,
    REQUEST,
    SETTLING_MS,
    SINCE_MS,
    THIRD_REQUEST,
    UNTIL_MS,
    WINDOW,
    Event,
    analysed,
    analysed_file,
    engine_over,
    engines_by_case,
    event,
    printed,
    renamed,
    said,
    start,
)
from tests.simulator import emit, frames, scenarios

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
NOISE = "Cache miss for room 17"


NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)


def seen(folder: Path, events: Iterable[Event], window: Window = WINDOW) -> Overview:
    return overview_of(analysed(folder, events, window))


def overview_of(analysis: Analysis) -> Overview:
    assert analysis.overview
    return analysis.overview


def connected(connection_id: str = ANN, at_ms: int = SINCE_MS, request_id: str = REQUEST) -> Event:
    return said(f"Client connected: {connection_id}", at_ms, request_id)


def disconnected(connection_id: str = ANN, at_ms: int = SINCE_MS, request_id: str = OTHER_REQUEST) -> Event:
    return said(f"Client disconnected: {connection_id}", at_ms, request_id)


def gone(at_ms: int = SINCE_MS, request_id: str = THIRD_REQUEST, connection_id: str = ANN) -> Event:
    return said(f"Post to connection {connection_id} failed: GoneException: 410", at_ms, request_id)


def received(at_ms: int) -> Event:
    return printed(f"Message received from connection ID: {ANN}", at_ms)


def welcome_failed(error: str, request_id: str = REQUEST) -> Event:
    return said(f"Failed to send welcome message to connection {ANN}: {error}", SINCE_MS + 20, request_id)


def welcome_sent(at_ms: int = SINCE_MS, request_id: str = REQUEST) -> Event:
    return said(f"Welcome message sent to connection {ANN}", at_ms, request_id)


LASTED_MS = (0, 999, 1000, 4999, 5000, LIMIT_MS - 1, LIMIT_MS, LIMIT_MS + 3000)
END = {"requestContext": {"eventType": "DISCONNECT", "connectionId": BOB, "connectedAt": SINCE_MS}}
AT_EDGES_MS = (
    *(SINCE_MS - 1, SINCE_MS, SINCE_MS + 5 * MINUTE_MS - 1, SINCE_MS + 5 * MINUTE_MS),
    *(UNTIL_MS - 1, UNTIL_MS),
)
LOGS: Mapping[str, list[Event]] = {
    "at the edges": [gone(at_ms) for at_ms in AT_EDGES_MS],
    "opened once": [
        connected(),
        said(f"WebSocket connected, connection ID: {ANN}", SINCE_MS + 1),
        said(f"Event: {json.dumps(END)}", SINCE_MS + MINUTE_MS, OTHER_REQUEST),
        disconnected(BOB, SINCE_MS + MINUTE_MS + 1),
    ],
    "of each duration": [
        *(
            make(f"Zz7LmXa9oAMCK{number:02}=", SINCE_MS + at_ms, REQUEST)
            for number, duration_ms in enumerate(LASTED_MS)
            for make, at_ms in ((connected, 0), (disconnected, duration_ms))
        ),
        *[connected(), disconnected(BOB)],
    ],
    "ended before it began": [connected(at_ms=SINCE_MS + 9), disconnected(at_ms=SINCE_MS)],
    "several indicators": [*[event(frames.cold_start())] * 2, welcome_failed("GoneException: 410")],
}
Alone: TypeAlias = Mapping[str, Overview]


@pytest.fixture(name="alone", scope="module")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """The overview of each of these logs, as if it were alone."""
    engines = engines_by_case(tmp_path_factory.mktemp("alone"), LOGS)
    return {name: overview(engine, WINDOW, 5) for name, engine in engines}


# ------------------------------------------------------------------------------------------------ buckets


def test_buckets_add_up(tmp_path: Path) -> None:
    """Over the window they equal the numbers of the analysis: nothing is lost or counted twice."""
    played = scenarios.outage(150, seed=2)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(emit.json_lines(emit.delivered(played))))
    window = Window(from_epoch_ms(played.since_ms + 7 * MINUTE_MS), from_epoch_ms(played.until_ms - 1))
    analysis = analysed_file(path, window)
    buckets = overview_of(analysis).buckets
    begins_ms, ends_ms = window.since_ms, window.until_ms
    opened = [one for one in played.connections if begins_ms <= one.connected_ms < ends_ms]
    closed = [one for one in played.connections if begins_ms <= (one.disconnected_ms or 0) < ends_ms]
    assert sum(one.connects for one in buckets) == len(opened)
    assert sum(one.disconnects for one in buckets) == len(closed)
    assert analysis.interpretation.connects > len(opened)  # lines, of which a connection may have several
    for count, metric in [
        (sum(one.gone_errors for one in buckets), "gone.errors"),
        (sum(one.welcomes_sent for one in buckets), "welcome.sent"),
        (sum(one.welcomes_failed for one in buckets), "welcome.failed"),
        (sum(overview_of(analysis).durations), "lifecycle.complete"),
    ]:
        assert count == analysis.metrics[metric].value, metric


def test_edges_of_buckets(alone: Alone) -> None:
    """Each begins where the one before it ends; the first and the last end at the window's edges."""
    drawn = alone["at the edges"]
    assert (drawn.bucket_seconds, len(drawn.buckets)) == (300, 72)
    starts = [from_epoch_ms(SINCE_MS + number * 5 * MINUTE_MS) for number in range(72)]
    assert [one.start for one in drawn.buckets] == starts
    assert [one.gone_errors for one in drawn.buckets] == [2, 1, *[0] * 68, 0, 1]


def test_window_that_is_no_multiple_of_a_bucket(tmp_path: Path) -> None:
    """The last bucket is cut short by the window's end."""
    window = Window(from_epoch_ms(SINCE_MS + 1), from_epoch_ms(SINCE_MS + 90 * SECOND_MS + 2))
    times_ms = [SINCE_MS, SINCE_MS + 1, SINCE_MS + 90 * SECOND_MS + 1, SINCE_MS + 90 * SECOND_MS + 2]
    drawn = seen(tmp_path, [gone(at_ms) for at_ms in times_ms], window)
    assert (drawn.bucket_seconds, len(drawn.buckets)) == (1, 91)
    assert (drawn.buckets[0].gone_errors, drawn.buckets[-1].gone_errors) == (1, 1)
    assert drawn.buckets[-1].start == from_epoch_ms(SINCE_MS + 1 + 90 * SECOND_MS)


def test_a_connection_opens_once(alone: Alone) -> None:
    """This holds for any number of lines, and even if only its end has its beginning."""
    buckets = alone["opened once"].buckets
    assert sum(one.connects for one in buckets) == 2
    assert sum(one.disconnects for one in buckets) == 1


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine after an analysis that found nothing."""
    return engine_over(tmp_path_factory.mktemp("quiet"), [event(NOISE)])


@settings(max_examples=15)
@given(length_ms=st.integers(1, 400 * 24 * HOUR_MS))
def test_number_of_buckets(quiet: Engine, length_ms: int) -> None:
    """A picture of any window has at most 97 of them, and none is outside."""
    window = Window(from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + length_ms))
    quiet.set(until=window.until_ms)
    drawn = overview(quiet, window, 5)
    assert 1 <= len(drawn.buckets) <= 97
    assert drawn.buckets[-1].start < window.until <= drawn.buckets[-1].start + timedelta(seconds=drawn.bucket_seconds)


# ------------------------------------------------------------------------------------------------ durations


def test_durations(alone: Alone) -> None:
    """Each bin has an inclusive lower edge and an exclusive upper one; the last is open."""
    drawn = alone["of each duration"]
    assert drawn.short_lived_seconds == 5
    assert dict(zip(DURATION_EDGES_SECONDS[:-1], drawn.durations, strict=True)) == {
        **dict.fromkeys(DURATION_EDGES_SECONDS[:-1], 0),
        0.1: 2,
        1.0: 2,
        5.0: 1,
        3600.0: 1,
        7200.0: 2,
    }


def test_an_end_before_its_beginning_lasted_no_time(alone: Alone) -> None:
    """Clocks differ; such a connection is complete, and has a bin."""
    assert alone["ended before it began"].durations == (1, *[0] * 9)


# ------------------------------------------------------------------------------------------------ deploys


def began(version: str, at_ms: int, **fields: object) -> Event:
    return event(f"START RequestId: {REQUEST} Version: {version}\n", at_ms, **fields)


def began_json(version: str, at_ms: int) -> Event:
    record = {"type": "platform.start", "record": {"requestId": REQUEST, "version": version}}
    return event(json.dumps(record, separators=(",", ":")), at_ms)


def began_json_anew(version: str, at_ms: int) -> Event:
    """Return the line as a tool writes it after parsing."""
    return event(json.dumps(json.loads(str(began_json(version, at_ms)["message"]))), at_ms)


def deploys(folder: Path, *events: Event, is_about_connections: bool = True) -> list[tuple[str, int]]:
    """Return the deploys, by default of functions that each log a connection."""
    groups = [{key: line[key] for key in ("logGroup",) if key in line} for line in events] * is_about_connections
    lines = [*events, *({**said(f"Client connected: {ANN}", UNTIL_MS - 1), **group} for group in groups)]
    return [(one.version, round(one.first.timestamp() * 1000) - SINCE_MS) for one in seen(folder, lines).deploys]


def test_the_deploy_of_the_outage(tmp_path: Path) -> None:
    """The simulator's traffic has one, at the first request of the new version."""
    played = scenarios.outage(120, seed=5)
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(emit.json_lines(emit.delivered(played))))
    window = Window(from_epoch_ms(played.since_ms), from_epoch_ms(played.until_ms))
    drawn = overview_of(analysed_file(path, window))
    (deploy,) = drawn.deploys
    assert deploy.version == "42"
    assert timedelta() <= deploy.first - from_epoch_ms(scenarios.DEPLOYED_MS) < timedelta(minutes=30)
    assert drawn.indicators["cold_start"] == 2 * emit.ENVIRONMENTS
    assert drawn.indicators["timeout"] == sum(said.is_timed_out for one in played.connections for said in one.messages)


def test_a_deploy_of_another_function(tmp_path: Path) -> None:
    """A function in the same log group that logs no connection has not caused the trouble."""
    mine = [began(version, SINCE_MS + number) for number, version in enumerate(["41", "42"])]
    assert deploys(tmp_path, *mine, is_about_connections=False) == []
    others = [{**line, "logGroup": "/aws/lambda/report"} for line in mine]
    connected = {**said(f"Client connected: {ANN}"), "logGroup": "/aws/lambda/chat"}
    assert deploys(tmp_path, *others, connected, is_about_connections=False) == []


NO_DEPLOY: Mapping[str, list[Event]] = {
    "unpublished": [began("$LATEST", SINCE_MS), began("$LATEST", SINCE_MS + 9)],
    "no longer published": [began("41", SINCE_MS), began("$LATEST", SINCE_MS + 9)],
    "one version": [began("42", SINCE_MS), began("42", SINCE_MS + 9)],
    "since the look-back": [began("41", SINCE_MS - LIFETIME_MS), began("41", SINCE_MS)],
    "before the window": [began("41", SINCE_MS - 9), began("42", SINCE_MS - 1), began("42", SINCE_MS)],
    "after the window": [began("41", SINCE_MS), began("42", UNTIL_MS)],
    "another function": [began("41", SINCE_MS, logGroup="/one"), began("42", SINCE_MS + 9, logGroup="/two")],
    "what a user typed": [
        began("41", SINCE_MS),
        said('Message content: {"type":"platform.start","version":"99"}', SINCE_MS + 9),
    ],
}


def test_deploys(tmp_path: Path) -> None:
    """A version serves for the first time after another one; going back to an earlier version is not a deploy.

    Only what the window's own logs show for sure is one, whatever other functions do. Its time does not depend on the
    order of lines. Each way to log the version is used by another function, a second later.
    """
    once = [
        {**make(f"{number}{version}", SINCE_MS + 1000 * number + at_ms), "logGroup": f"/{number}"}
        for number, make in enumerate((began, began_json, began_json_anew), 1)
        for version, at_ms in (("42", 9), ("41", 12), ("42", 7), ("41", -5))
    ]
    several = [
        began(version, SINCE_MS + number, logGroup="/several")
        for number, version in enumerate(["41", "42", "41", "43", "42"])
    ]
    never = [
        {**line, "logGroup": f"/{case}{line.get('logGroup', '')}"}
        for case, lines in NO_DEPLOY.items()
        for line in lines
    ]
    expected = [("42", 1), ("43", 3), ("142", 1007), ("242", 2007), ("342", 3007)]
    assert deploys(tmp_path, event(NOISE), *never, *several, *once) == expected


# ------------------------------------------------------------------------------------------------ indicators


def closing(status: int) -> Event:
    context = {
        "routeKey": "$disconnect",
        "eventType": "DISCONNECT",
        "connectionId": ANN,
        "disconnectStatusCode": status,
    }
    return said(f"Event: {json.dumps({'requestContext': context})}", SINCE_MS + MINUTE_MS)


POWERTOOLS = {
    "level": "ERROR",
    "message": "Failed to send welcome message",
    "timestamp": "2026-06-02 08:30:00,429+0000",
    "function_request_id": REQUEST,
    "connection_id": ANN,
}

INDICATORS: dict[str, tuple[list[Event], dict[str, int]]] = {
    "nothing": ([], {}),
    "gone in the $connect request": (
        [connected(), gone(SINCE_MS + 20, REQUEST)],
        {"gone_in_connect": 1, "lost_after_gone": 1},
    ),
    "gone after its $disconnect": (
        [connected(), disconnected(at_ms=SINCE_MS + MINUTE_MS), gone(SINCE_MS + MINUTE_MS + 1)],
        {"gone_after_disconnect": 1},
    ),
    "gone with its $disconnect": (
        [connected(), disconnected(at_ms=SINCE_MS + MINUTE_MS), gone(SINCE_MS + MINUTE_MS)],
        {},
    ),
    "gone after two hours": (
        [connected(), gone(SINCE_MS + LIMIT_MS)],
        {"gone_after_lifetime": 1, "lost_after_gone": 1},
    ),
    "gone after ten idle minutes": (
        [connected(), welcome_sent(SINCE_MS + MINUTE_MS, OTHER_REQUEST), gone(SINCE_MS + 11 * MINUTE_MS)],
        {"gone_after_idle": 1, "lost_after_gone": 1},
    ),
    "gone after nearly ten idle minutes": (
        [connected(), gone(SINCE_MS + 10 * MINUTE_MS - 1)],
        {"lost_after_gone": 1},
    ),
    "errors are no sign of life": (
        [connected(), gone(SINCE_MS + 6 * MINUTE_MS), gone(SINCE_MS + 12 * MINUTE_MS)],
        {"gone_after_idle": 1, "gone_repeated": 1, "lost_after_gone": 1},
    ),
    "gone soon": ([connected(), gone(SINCE_MS + 4999)], {"gone_soon": 1, "lost_after_gone": 1}),
    "gone, and alive": (
        [
            *[connected(), gone(SINCE_MS + 10_000), gone(SINCE_MS + 11_000), received(SINCE_MS + 16_000)],
            *[gone(SINCE_MS + 17_000), gone(SINCE_MS + 18_000)],
        ],
        {"gone_alive": 2, "gone_repeated": 1, "lost_after_gone": 1},
    ),
    "gone, with a message on its way": (
        [connected(), gone(SINCE_MS + 10_000), received(SINCE_MS + 14_999)],
        {"lost_after_gone": 1},
    ),
    "gone soon, and alive": (
        [connected(), gone(SINCE_MS + 4999), received(SINCE_MS + MINUTE_MS)],
        {"gone_soon": 1, "lost_after_gone": 1},
    ),
    "gone, and nothing else is known": ([gone()], {"gone_unknown": 1}),
    "gone, and nobody knows who": ([printed("Post to the connection failed: GoneException: 410")], {}),
    "gone again and again": ([gone(), gone(SINCE_MS + 1), gone(SINCE_MS + 2)], {"gone_unknown": 3, "gone_repeated": 2}),
    "closed by the client": ([connected(), closing(1001)], {"closed_1001": 1}),
    "closed by the network": ([connected(), closing(1006)], {"closed_1006": 1}),
    "lost": ([connected()], {"lost": 1}),
    "headless": ([disconnected(at_ms=UNTIL_MS - SETTLING_MS - 1)], {"headless": 1}),
    "short after a 410": (
        [connected(), gone(SINCE_MS + 20, REQUEST), disconnected(at_ms=SINCE_MS + 2000)],
        {"gone_in_connect": 1, "short_after_gone": 1},
    ),
    "short before a 410": (
        [connected(), disconnected(at_ms=SINCE_MS + 2000), gone(SINCE_MS + 2001)],
        {"gone_after_disconnect": 1},
    ),
    "short without its welcome": (
        [connected(), welcome_failed("timed out"), disconnected(at_ms=SINCE_MS + 2000)],
        {"short_without_welcome": 1},
    ),
    "short with its welcome": ([connected(), welcome_sent(), disconnected(at_ms=SINCE_MS + 2000)], {}),
    "welcome to one who is gone": (
        [welcome_failed("GoneException: 410")],
        {"gone_unknown": 1, "welcome_gone": 1},
    ),
    "welcome throttled": ([welcome_failed("LimitExceededException")], {"welcome_throttled": 1}),
    "welcome throttled, by the number": ([welcome_failed("status code 429")], {"welcome_throttled": 1}),
    "welcome forbidden": ([welcome_failed("ForbiddenException")], {"welcome_forbidden": 1}),
    "welcome forbidden, by the number": ([welcome_failed("HTTP 403")], {"welcome_forbidden": 1}),
    "welcome failed at a time that looks like a status": ([event(json.dumps(POWERTOOLS))], {}),
    "throttled elsewhere": ([said("Rate exceeded for connect of the table"), welcome_failed("no route")], {}),
    "welcome contradicted": (
        [connected(), gone(SINCE_MS + 20, REQUEST), welcome_sent(SINCE_MS + 40), disconnected(at_ms=UNTIL_MS - 1)],
        {"gone_in_connect": 1, "welcome_contradicted": 1, "welcome_gone": 1},
    ),
    "cold start": ([event(frames.cold_start())], {"cold_start": 1}),
    "cold start in JSON": ([event('{"time":"x","type":"platform.initStart","record":{}}\n')], {"cold_start": 1}),
    "timeout": ([event(frames.timed_out(frames.Invocation(REQUEST, SINCE_MS, SINCE_MS + 3000)))], {"timeout": 1}),
    "what a user typed": (
        [said(f"Message content: INIT_START 2026 {REQUEST} Task timed out after 3.00 seconds")],
        {},
    ),
}


def test_indicators(tmp_path: Path) -> None:
    """Each distinguishes one likely cause from the others, and counts nothing else in its log.

    All cases are in one log, each as often as its number, and each time on its own connection and requests: a wrong
    count is wrong by the number of the case, or a multiple of it.
    """
    lines, expected = [event(NOISE, SINCE_MS - LIFETIME_MS)], Counter[str]()
    for number, (events, indicators) in enumerate(INDICATORS.values(), 1):
        lines += [line for time in range(number) for line in renamed(events, number, time)]
        expected.update({name: number * count for name, count in indicators.items()})
    counts = seen(tmp_path, lines).indicators
    wrong = {name: counts.get(name, 0) - expected[name] for name in {*counts, *expected}}
    assert {name: difference for name, difference in wrong.items() if difference} == {}, [*enumerate(INDICATORS, 1)]


def test_indicators_of_the_window_only(tmp_path: Path) -> None:
    """Events in the look-back don't explain errors of the window."""
    early_ms = SINCE_MS - MINUTE_MS
    lines = [
        start(at_ms=early_ms),
        event(frames.cold_start(), early_ms),
        connected(at_ms=early_ms),
        gone(early_ms),
        said(f"Failed to send welcome message to connection {ANN}: HTTP 429", early_ms, OTHER_REQUEST),
        disconnected(at_ms=early_ms + 2000),
    ]
    assert seen(tmp_path, [event(NOISE), *lines]).indicators == {}


def test_the_most_frequent_indicator_comes_first(alone: Alone) -> None:
    """Equally frequent ones are ordered by name."""
    assert list(alone["several indicators"].indicators) == ["cold_start", "gone_unknown", "welcome_gone"]


def signals_a_bucket(*numbers: int) -> Overview:
    """Return an overview with so many signals in each minute."""
    return course([Bucket(NOON + timedelta(minutes=at), number, 0, 0, 0, 0) for at, number in enumerate(numbers)])


def course(buckets: Sequence[Bucket]) -> Overview:
    return Overview(
        bucket_seconds=60, buckets=tuple(buckets), short_lived_seconds=5, durations=(), deploys=(), indicators={}
    )


def minutes_after(time: datetime) -> int:
    return (time - NOON) // timedelta(minutes=1)


@pytest.mark.parametrize(
    ("connects", "welcomes", "gap"),
    [
        ([50] * 6, [50, 50, 50, 0, 0, 0], (3, None, 150, 150)),
        ([100] * 6, [100, 60, 60, 60, 100, 100], (1, 4, 300, 120)),  # a part of the connections
        ([100] * 6, [0, 100, 100, 0, 100, 100], (0, 4, 400, 200)),  # twice: the time that holds most
        ([50] * 6, [0, 0, 0, 0, 0, 50], (0, 5, 250, 250)),
        ([50] * 6, [45] * 3 + [40] * 3, None),  # hardly fewer
        ([50] * 6, [35, 30, 25, 40, 35, 40], None),  # as chance would have it
        ([50] * 4, [20, 20, 0, 20], None),  # not every other connection has one anyway
        ([50, 50, 29, 50], [50, 50, 0, 50], None),
        ([50] * 4, [0] * 4, None),  # data.unseen_signals judges it
        ([50, 0, 0, 50], [50, 0, 0, 50], None),
        ([], [], None),
    ],
)
def test_the_time_without_welcome_messages(
    connects: list[int], welcomes: list[int], gap: tuple[int, int | None, int, int] | None
) -> None:
    """Fewer lines report welcomes than connections open, if most have one at other times."""
    buckets = [
        Bucket(NOON + timedelta(minutes=minute), opened, 0, 0, sent, 0)
        for minute, (opened, sent) in enumerate(zip(connects, welcomes, strict=True))
    ]
    seen = welcome_gap(course(buckets))
    assert gap == (
        seen and (minutes_after(seen.begin), seen.end and minutes_after(seen.end), seen.opened, seen.unwelcomed)
    )


@pytest.mark.parametrize(
    ("numbers", "silent"),
    [
        ([90] * 4 + [0] * 2 + [90] * 4, [(4, 6, 180)]),
        ([90] * 4 + [0] * 2 + [70] * 4, []),  # the quieter side counts
        ([90] * 3 + [30] + [0] * 2 + [10] + [90] * 3, [(4, 6, 180)]),  # the buckets beside it may be silent in part
        ([90, 90, 30, 10, 0, 0, 0, 10, 50, 70, 90], []),  # as a night falls
        ([90] + [0] * 5 + [90] * 5, []),  # nothing to compare it with
        ([0] * 6 + [90] * 3, [(0, 6, 540)]),  # a file that begins later than its window
        ([0] * 2 + [90] * 6, []),
        ([90] * 6 + [0] * 6, []),  # data.age_seconds judges it
        ([0] * 9, []),
        ([], []),
        ([90] * 3 + [0] + [180] * 3 + [0] + [180] * 3, [(7, 8, 180)]),
    ],
)
def test_silent_times(numbers: list[int], silent: list[tuple[int, int, int]]) -> None:
    """They have no signal, although the quieter neighbouring time makes many likely."""
    found = [
        (minutes_after(one.begin), one.end and minutes_after(one.end), one.expected)
        for one in silences(signals_a_bucket(*numbers))
    ]
    assert found == silent
