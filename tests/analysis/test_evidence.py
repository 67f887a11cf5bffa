"""The evidence for a number: all of its cases, since when they come, whom they hit, and what was logged."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import pytest
from hypothesis import given, settings

from checks.analysis.analyse import Analysis, Scope, analyse
from checks.analysis.engine import Engine
from checks.analysis.evidence import (
    MOST_CHARACTERS,
    MOST_ENTRIES,
    MOST_TEMPLATES,
    CoincidentError,
    Evidence,
    FunctionVersion,
    client_with_most_cases,
    find_evidence,
    short_lived_of_begun,
    write_cases,
)
from checks.analysis.overview import overview
from checks.analysis.recognise import Dialect
from checks.logs.files import read_files
from checks.metrics import METRICS, OF_CONNECTIONS, EvidenceKind, Subject
from checks.text import without_control_characters
from checks.verdicts.nights import ClientShare
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import (
    ANN,
    BOB,
    HOUR_MS,
    OTHER_REQUEST,
    REQUEST,
    SINCE_MS,
    THIRD_REQUEST,
    UNTIL_MS,
    WINDOW,
    Event,
    engine_over,
    engines_by_case,
    event,
    examined_file,
    printed,
    said,
    start,
    unrenamed,
    written,
)
from tests.simulator import emit, scenarios, strategies, timeline
from tests.simulator.story import Scenario

MINUTE_MS = 60_000
SOON = timedelta(minutes=1)
DEPLOYED: Final = from_epoch_ms(scenarios.DEPLOYED_MS)
WITHOUT_DIGIT = "QwLmXa-oAMtCKbg="
COUNTED = {
    name: one.evidence
    for name, one in METRICS.items()
    if one.evidence and not one.quantile and one.sample != "invocations"
}
WORST = "gone.max_per_connection"
"""The one number that is not all of its cases: those of one connection."""
DISTINCT = ("gone.connections", "gone.connection_rate")
UNGREETED = "gone.welcome_rate"
"""Counts those alone that were never greeted; its evidence is every error of a welcome."""
"""Numbers of connections, each of which may have met several cases."""


def gone(connection_id: str, at_ms: int = SINCE_MS, **fields: object) -> Event:
    return said(f"Post to connection {connection_id} failed: GoneException: 410", at_ms, REQUEST, **fields)


def message(connection_id: str, at_ms: int) -> Event:
    return printed(f"Message received from connection ID: {connection_id}", at_ms)


def somebody(number: int) -> str:
    return f"Zz7LmXa9oAMCK{number:02}="


def traffic() -> list[Event]:
    """Return a message each minute of the window."""
    return [message(somebody(0), at_ms) for at_ms in range(SINCE_MS, UNTIL_MS, MINUTE_MS)]


def evidence_of(engine: Engine, kind: EvidenceKind = EvidenceKind.GONE) -> Evidence:
    return find_evidence(engine, [kind])[kind]


def served(version: str, request_id: str, at_ms: int = SINCE_MS, **fields: object) -> Event:
    return event(f"START RequestId: {request_id} Version: {version}\n", at_ms, **fields)


def failed(request_id: str, at_ms: int = SINCE_MS + 1, **fields: object) -> Event:
    return said(f"Post to connection {ANN} failed: GoneException: 410", at_ms, request_id, **fields)


WORDS: Final = ("one", "two", "three", "four", "five", "six", "seven")
FRAMES: Final = '  File "/var/task/push.py", line 27, in push\n' * 99
HIDDEN: Final = {somebody(number): number for number in (0, 1, 7)}
"""How many of a connection's entries are too many."""


def long_life(connection_id: str, entries: int) -> list[Event]:
    last = entries - 1
    return [*(message(connection_id, SINCE_MS + at_ms) for at_ms in range(last)), gone(connection_id, SINCE_MS + last)]


def welcomed_after(number: int, delay_ms: int) -> list[Event]:
    request_id = f"{REQUEST[:-2]}{number:02}"
    return [
        said(f"Client connected: {somebody(number)}", SINCE_MS, request_id),
        said(f"Welcome message sent to connection {somebody(number)}", SINCE_MS + delay_ms, request_id),
    ]


LOGS: Final[Mapping[str, list[Event]]] = {
    "retries only": [said(f"Retrying welcome message to connection {ANN} (attempt 2/5)")],
    "slow welcomes": [*chain.from_iterable(welcomed_after(number, 100 * (number + 1)) for number in range(40))],
    "at the edges": [
        *(gone(ANN, at_ms) for at_ms in (SINCE_MS - 1, SINCE_MS, UNTIL_MS - 1, UNTIL_MS)),
        printed("Could not post to the connection: GoneException: 410", SINCE_MS + 1),
        gone(BOB, SINCE_MS + 2),
    ],
    "lost": [said(f"Client connected: {ANN}", SINCE_MS - HOUR_MS), message(BOB, SINCE_MS)],
    "near misses only": [event("Sending the welcome now", SINCE_MS + number) for number in range(9)],
    "worst connections": [
        said('{"type":"platform.start","version":"99"}', SINCE_MS, REQUEST),
        *[gone(BOB, SINCE_MS + 9), gone(BOB, SINCE_MS + 10), gone(somebody(1), SINCE_MS + 8)],
        *[gone(somebody(number), SINCE_MS + number) for number in (7, 6, 5)],
    ],
    "a life": [
        said(f"Client disconnected: {ANN}", SINCE_MS + 2000, OTHER_REQUEST),
        start(OTHER_REQUEST, SINCE_MS + 2000),
        said("The websocket client says goodbye", SINCE_MS + 30),
        said(f"Failed to send welcome message to connection {ANN}: GoneException: 410", SINCE_MS + 20),
        said(f"Client connected: {ANN}", SINCE_MS),
        start(REQUEST, SINCE_MS),
    ],
    "long connections": [*chain.from_iterable(long_life(one, MOST_ENTRIES + more) for one, more in HIDDEN.items())],
    "a broadcast": [
        said(f"Message received from connection ID: {ANN}"),
        *[gone(ANN, SINCE_MS + 1), gone(BOB, SINCE_MS + 2)],
        said("Could not post to everybody: 410 gone", SINCE_MS + 3),
    ],
    "one of three": [
        *[gone(ANN), message(BOB, SINCE_MS)],
        *[message(somebody(1), UNTIL_MS - 1), message(somebody(2), SINCE_MS - 1)],
    ],
    "versions": [
        served("41", REQUEST, logGroup="/one"),
        served("42", REQUEST, SINCE_MS + 9, logGroup="/one"),
        failed(REQUEST, logGroup="/one"),
        served("$LATEST", OTHER_REQUEST, logGroup="/two"),
        failed(OTHER_REQUEST, logGroup="/two"),
        failed(OTHER_REQUEST, SINCE_MS + 2, logGroup="/two"),
        failed(THIRD_REQUEST),
    ],
    "versions that greet": [
        *[served("41", REQUEST), said(f"Welcome message sent to connection {BOB}", SINCE_MS + 1, REQUEST)],
        *[served("42", OTHER_REQUEST), said(f"Failed to send welcome message to {ANN}", SINCE_MS + 1, OTHER_REQUEST)],
    ],
    "nobody": [printed("Welcome message sent")],
    "two templates": [
        *[gone(somebody(number), SINCE_MS + number, logGroup=f"/g{number}") for number in (4, 3, 2, 5)],
        said(f"Could not deliver to connection {BOB}: GoneException: 410", SINCE_MS + 1),
    ],
    "many templates": [
        *[said(f"Post {word} to connection {ANN} failed: GoneException: 410") for word in WORDS],
        *[said(f"Retrying {word} welcome message to connection {ANN}") for word in WORDS[:2]],
    ],
    "a traceback": [
        said(f"Post to connection {ANN} failed\nTraceback (most recent call last):\n{FRAMES}GoneException: 410")
    ],
}
"""Small logs, each of which has cases of its own."""

Alone: TypeAlias = Mapping[str, Mapping[EvidenceKind, Evidence]]


@pytest.fixture(name="alone", scope="module")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """The evidence of each of these logs, as if it were alone: all lines are classified at once."""
    evidence = {}
    for number, (name, engine) in enumerate(engines_by_case(tmp_path_factory.mktemp("alone"), LOGS)):
        overview(engine, WINDOW, 5)
        engine.run("onsets", "timelines")
        pieces = msgspec.json.encode(find_evidence(engine, tuple(EvidenceKind))).decode()
        evidence[name] = msgspec.json.decode(unrenamed(pieces, number), type=dict[EvidenceKind, Evidence])
    return evidence


@dataclass(frozen=True)
class Played:
    """A scenario, and the analysis of its window."""

    scenario: Scenario
    analysis: Analysis
    engine: Engine

    @cached_property
    def evidence(self) -> Mapping[EvidenceKind, Evidence]:
        return find_evidence(self.engine, tuple(EvidenceKind))

    def __getitem__(self, kind: EvidenceKind) -> Evidence:
        return self.evidence[kind]


def examined(scenario: Scenario, folder: Path) -> Played:
    """Simulate a scenario, and analyse its window."""
    path = folder / "log.jsonl"
    path.write_bytes(b"".join(emit.json_lines(emit.delivered(scenario))))
    window = Window(from_epoch_ms(scenario.since_ms), from_epoch_ms(scenario.until_ms))
    return Played(scenario, *examined_file(path, window))


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Scenario], Played]:
    """Days that several tests use: each is analysed once."""
    return cache(lambda scenario: examined(scenario, tmp_path_factory.mktemp("day")))


Days: TypeAlias = Callable[[Scenario], Played]


def outage(seed: int) -> Scenario:
    return scenarios.outage(400, seed)


ORDINARY: Final = [scenarios.unhealthy(80, seed) for seed in range(6)]


# ------------------------------------------------------------------------------------------------ all of the cases


def wrong_numbers(played: Played) -> Iterator[str]:
    """Yield a sentence on each metric that counts more or fewer cases than are shown."""
    for kind, evidence in played.evidence.items():
        cases, connections = (evidence.cases, evidence.connections) if evidence else (0, 0)
        for name in (name for name, counted in COUNTED.items() if counted is kind and name not in {WORST, UNGREETED}):
            counted = counted_by(played.analysis, name)
            if counted != (connections if name in DISTINCT else cases):
                yield f"{name}: {counted} of {cases} cases on {connections} connections"
        if evidence:
            assert evidence.connections <= evidence.connections_seen
            assert sum(version.cases for version in evidence.versions) <= evidence.cases


def counted_by(analysis: Analysis, name: str) -> float | None:
    """Return the number of cases of a metric: its value, its part of a sample, or its average times the sample."""
    metric = analysis.metrics[name]
    if metric.n is None:
        return metric.value
    if metric.n == 0 and name == "welcome.average_retries":
        return analysis.metrics["welcome.retries"].value  # of messages whose end was not logged
    return metric.numerator if metric.numerator is not None else round((metric.value or 0) * metric.n)


def test_every_number_is_its_cases(days: Days) -> None:
    """The cases of a metric are shown, not one more or less."""
    wrong = {str(number): [*wrong_numbers(days(one))] for number, one in enumerate((*ORDINARY, outage(3)))}
    wrong["demo"] = [*wrong_numbers(days(scenarios.demo()))]
    assert {name: complaints for name, complaints in wrong.items() if complaints} == {}


@settings(max_examples=4)
@given(strategies.scenarios())
def test_every_number_is_its_cases_whatever_the_traffic(played: Scenario) -> None:
    """The window's edges may cut connections and requests anywhere."""
    with tempfile.TemporaryDirectory() as folder:
        assert [*wrong_numbers(examined(played, Path(folder)))] == []


def test_average_of_retries_without_a_welcome_counts_them_all(alone: Alone) -> None:
    """Retries without any outcome have no average, but they are cases."""
    assert alone["retries only"][EvidenceKind.RETRIED].cases == 1


def test_the_slowest_welcomes_are_evidence(alone: Alone) -> None:
    """They took as long as the 95th percentile, or longer."""
    evidence = alone["slow welcomes"][EvidenceKind.SLOW_WELCOME]
    (template,) = evidence.templates
    assert (evidence.cases, evidence.connections) == (3, 3)
    assert {line.connection_id for line in template.examples} == {somebody(number) for number in (37, 38, 39)}


def test_no_cases_no_evidence(tmp_path: Path) -> None:
    """No kind has any, even if the log has nothing that can be understood."""
    engine = engine_over(tmp_path, [event("Cache miss for room 17")])
    assert find_evidence(engine, tuple(EvidenceKind)) == {}


def test_extent(alone: Alone) -> None:
    """It is from the first case to the last, with the edges of the metric; unknown connections don't count."""
    evidence = alone["at the edges"][EvidenceKind.GONE]
    assert (evidence.cases, evidence.connections) == (4, 2)
    assert (evidence.first, evidence.last) == (from_epoch_ms(SINCE_MS), from_epoch_ms(UNTIL_MS - 1))


def test_a_lost_connection_counts_from_its_beginning(alone: Alone) -> None:
    """It ran out in the window, but the cause may date from its beginning, two hours earlier.

    It is a case although it was silent in the window, so that a share is never more than all.
    """
    evidence = alone["lost"][EvidenceKind.INCOMPLETE]
    assert (evidence.cases, evidence.first) == (1, from_epoch_ms(SINCE_MS - HOUR_MS))
    assert (evidence.connections, evidence.connections_seen) == (1, 2)


# ------------------------------------------------------------------------------------------------ since when


def gone_times(scenario: Scenario) -> list[datetime]:
    """Return the time of each connection's first GoneException, by the timeline."""
    steps = chain.from_iterable(request.steps for request in timeline.requests(scenario))
    return sorted(from_epoch_ms(step.at_ms) for step in steps if timeline.Kind.GONE in step.kinds)


def test_an_outage_is_dated(days: Days) -> None:
    """It begins with the first connection that met it, or with a blemish right before."""
    for seed in range(4):
        times = gone_times(outage(seed))
        expected = next(place for place, time in enumerate(times) if time >= DEPLOYED)
        evidence = days(outage(seed))[EvidenceKind.GONE]
        assert evidence.began in times, seed
        assert abs(times.index(evidence.began) - expected) <= 1, seed
        assert evidence.cases_since == sum(time >= evidence.began for time in times), seed


def test_all_that_an_outage_brings_is_dated(days: Days) -> None:
    """Each kind of case gives the same beginning, give or take one case."""
    kinds = (
        EvidenceKind.GONE_WELCOME,
        EvidenceKind.INCOMPLETE,
        EvidenceKind.SHORT_LIVED,
        EvidenceKind.WELCOME_FAILED,
        EvidenceKind.UNDELIVERED,
    )
    began = {kind: days(outage(1))[kind].began for kind in kinds}
    half_an_hour = timedelta(minutes=30)
    assert {kind: time for kind, time in began.items() if not time or abs(time - DEPLOYED) >= half_an_hour} == {}


def test_cases_that_come_with_the_traffic_are_not_dated(days: Days) -> None:
    """By chance, one day in twenty is."""
    pieces = [evidence for one in ORDINARY for evidence in days(one).evidence.values() if evidence]
    assert len(pieces) > 5 * len(ORDINARY)
    assert sum(evidence.began is not None for evidence in pieces) <= len(pieces) * 0.08


def errors_at(minutes: Iterable[int], repeated: int = 0) -> list[Event]:
    """Return errors of a different connection each, and some of the first one just before the window's end."""
    errors = [gone(somebody(number), SINCE_MS + at * MINUTE_MS) for number, at in enumerate(minutes)]
    return errors + [gone(somebody(0), UNTIL_MS - MINUTE_MS + number) for number in range(repeated)]


SET_IN: Final[Mapping[str, Iterable[int]]] = {
    "a stray one before": (165, *range(180, 200)),
    "the second is late": (180, *range(200, 360, 5)),
}
BY_CONNECTIONS: Final = {1: False, 30: True}
BECAME_RARE: Final[Mapping[str, tuple[Iterable[int], int, int | None]]] = {
    "over": (range(180, 240, 2), 0, 30),
    "but for a stray one": ((*range(180, 240, 2), 300), 0, 30),
    "half as many": ((*range(180, 240, 2), *range(240, 360, 4)), 0, None),
    "to the end": (range(180, 360, 4), 0, None),
    "of one connection still": (range(180, 240, 2), 60, None),
}
THERE_BEFORE: Final[Mapping[str, tuple[Iterable[int], int | None]]] = {
    "over": (range(0, 60, 2), 58),
    "but for a stray one": ((*range(0, 60, 2), 300), 58),
    "to the end": (range(0, 360, 12), None),
    "nearly to the end": (range(0, 300, 12), None),
}
"""Minutes of the window in which a connection meets an error."""

DATED: Final[Mapping[tuple[str, str | int], list[Event]]] = {
    **{("set in", name): errors_at(minutes) for name, minutes in SET_IN.items()},
    **{
        ("of", number): [gone(somebody(error % number), UNTIL_MS - HOUR_MS + error) for error in range(30)]
        for number in BY_CONNECTIONS
    },
    **{("rare", name): errors_at(minutes, repeated) for name, (minutes, repeated, _) in BECAME_RARE.items()},
    **{("there before", name): errors_at(minutes) for name, (minutes, _) in THERE_BEFORE.items()},
}

Dates: TypeAlias = Mapping[tuple[str, str | int], Evidence]


@pytest.fixture(name="dates", scope="module")
def _dates(tmp_path_factory: pytest.TempPathFactory) -> Dates:
    """The evidence of each case beside the same traffic: all lines are analysed at once, cases dated alone."""
    common = traffic()
    engine = engine_over(tmp_path_factory.mktemp("dated"), [*common, *chain.from_iterable(DATED.values())])
    engine.execute("CREATE TEMP TABLE all_signals AS FROM signals")
    own = "FROM all_signals WHERE seq < $common OR seq >= $first AND seq < $behind"
    dates, first = {}, len(common)
    for name, errors in DATED.items():
        behind = first + len(errors)
        engine.execute(f"CREATE OR REPLACE TEMP TABLE signals AS {own}", common=len(common), first=first, behind=behind)
        engine.run("connections", "gone", "evidence_cases", "onsets")
        dates[name], first = evidence_of(engine), behind
    return dates


@pytest.mark.parametrize("case", SET_IN)
def test_the_likeliest_beginning_is_taken(dates: Dates, case: str) -> None:
    """A stray case shortly before is not the beginning, and the first case is not taken for a stray one."""
    assert dates["set in", case].began == from_epoch_ms(SINCE_MS + 180 * MINUTE_MS)


@pytest.mark.parametrize(("connections", "is_dated"), BY_CONNECTIONS.items())
def test_only_the_first_case_of_a_connection_dates(dates: Dates, connections: int, *, is_dated: bool) -> None:
    """Thirty errors of one connection are not an outage; of thirty connections they are."""
    evidence = dates["of", connections]
    assert evidence.cases == 30
    assert evidence.began == (from_epoch_ms(UNTIL_MS - HOUR_MS) if is_dated else None)
    assert evidence.cases_since == (30 if is_dated else 0)


@pytest.mark.parametrize("case", BECAME_RARE)
def test_cases_that_became_rare_are_over(dates: Dates, case: str) -> None:
    """A stray case does not decide this: it must be beyond chance that few came later."""
    evidence, (_, _, between) = dates["rare", case], BECAME_RARE[case]
    assert evidence.began == from_epoch_ms(SINCE_MS + 180 * MINUTE_MS)
    assert evidence.ended == (from_epoch_ms(SINCE_MS + 238 * MINUTE_MS) if between else None)
    assert evidence.cases_in_period == (between or evidence.cases_since)


@pytest.mark.parametrize("case", THERE_BEFORE)
def test_what_was_there_when_the_window_began_may_be_over(dates: Dates, case: str) -> None:
    """Nobody saw its beginning, so the first case is used instead."""
    evidence, (_, ended) = dates["there before", case], THERE_BEFORE[case]
    assert evidence.ended == (None if ended is None else from_epoch_ms(SINCE_MS + ended * MINUTE_MS))
    assert evidence.began == (None if ended is None else from_epoch_ms(SINCE_MS))


def test_lost_connections_are_not_over_two_hours_before_the_end(tmp_path: Path) -> None:
    """Later connections can't have lost their $disconnect yet."""
    every_minute = range(SINCE_MS, UNTIL_MS, MINUTE_MS)
    begins = [said(f"Client connected: {somebody(100 + n)}", at_ms) for n, at_ms in enumerate(every_minute)]
    ends = [said(f"Client disconnected: {somebody(100 + n)}", at_ms + 1) for n, at_ms in enumerate(every_minute)]
    mine = evidence_of(engine_over(tmp_path, [*begins, *ends[:120]]), EvidenceKind.INCOMPLETE)
    assert mine.began == from_epoch_ms(SINCE_MS + 120 * MINUTE_MS)
    assert mine.ended is None


def test_evidence_begins_with_the_outbreak(days: Days) -> None:
    """Earlier connections and lines don't come first, as they are not what the headline is about."""
    evidence = days(outage(2))[EvidenceKind.UNDELIVERED]
    assert evidence.began is not None
    assert evidence.first < evidence.began
    assert all(one.began is not None and one.began >= evidence.began - SOON for one in evidence.timelines)
    assert all(example.timestamp >= evidence.began for one in evidence.templates[:2] for example in one.examples)
    assert sum(evidence.counts) == evidence.cases


def test_an_undelivered_welcome_is_shown_by_its_failure(days: Days) -> None:
    """A line that says "sent" and is not believed explains nothing."""
    evidence = days(outage(0))[EvidenceKind.UNDELIVERED]
    examples = [example.message for template in evidence.templates for example in template.examples]
    assert examples
    assert not [message for message in examples if "GoneException" not in message]


def test_kinds_that_hit_the_same_connections_say_so(days: Days) -> None:
    """Each has the number of shared ones; no indicator is on more cases than there are."""
    played = days(outage(0))
    undelivered, gone_welcome = (played[kind] for kind in (EvidenceKind.UNDELIVERED, EvidenceKind.GONE_WELCOME))
    assert undelivered.shared[EvidenceKind.GONE_WELCOME] == gone_welcome.shared[EvidenceKind.UNDELIVERED]
    assert undelivered.shared[EvidenceKind.GONE_WELCOME] == undelivered.connections
    assert undelivered.indicators["welcome_gone"] == undelivered.cases
    assert max(undelivered.indicators.values()) <= undelivered.cases


def test_without_traffic_nothing_is_dated(alone: Alone) -> None:
    """There is no signal to compare with."""
    evidence = alone["near misses only"][EvidenceKind.NEAR_MISS]
    assert (evidence.cases, evidence.began, evidence.cases_since) == (9, None, 0)


# ------------------------------------------------------------------------------------------------ whom it hit


def test_worst_connections_first(alone: Alone) -> None:
    """There are three, by cases, then by the first case; no version, since only a user's words name one."""
    evidence = alone["worst connections"][EvidenceKind.GONE]
    assert [(one.connection_id, one.cases) for one in evidence.timelines] == [
        (BOB, 2),
        (somebody(5), 1),
        (somebody(6), 1),
    ]
    assert evidence.versions == ()


def test_a_timeline(alone: Alone) -> None:
    """It has beginning, end, and each line of the connection in order, even one that only its request connects."""
    (connection,) = alone["a life"][EvidenceKind.GONE].timelines
    assert (connection.began, connection.ended) == (from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + 2000))
    assert (connection.state, connection.duration_seconds, connection.hidden_entries) == ("complete", 2.0, 0)
    assert [(entry.timestamp, entry.kinds, entry.message) for entry in connection.entries] == [
        (from_epoch_ms(SINCE_MS), ("connect",), f"Client connected: {ANN}"),
        (
            from_epoch_ms(SINCE_MS + 20),
            ("gone", "welcome_failed"),
            f"Failed to send welcome message to connection {ANN}: GoneException: 410",
        ),
        (from_epoch_ms(SINCE_MS + 30), (), "The websocket client says goodbye"),
        (from_epoch_ms(SINCE_MS + 2000), ("disconnect",), f"Client disconnected: {ANN}"),
    ]


def test_a_long_connection_loses_its_middle(alone: Alone) -> None:
    """Twenty entries are shown completely; of more, the first ten and the last ten."""
    timelines = alone["long connections"][EvidenceKind.GONE].timelines
    half = MOST_ENTRIES // 2
    assert {one.connection_id: one.hidden_entries for one in timelines} == HIDDEN
    for connection in timelines:
        entries = MOST_ENTRIES + connection.hidden_entries
        times = [from_epoch_ms(SINCE_MS + at_ms) for at_ms in (*range(half), *range(entries - half, entries))]
        assert [entry.timestamp for entry in connection.entries] == times


def test_two_connections_in_one_request(alone: Alone) -> None:
    """A broadcast names both: each timeline has only its own lines."""
    evidence = alone["a broadcast"][EvidenceKind.GONE]
    times = {one.connection_id: [entry.timestamp for entry in one.entries] for one in evidence.timelines}
    assert times == {
        ANN: [from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + 1)],
        BOB: [from_epoch_ms(SINCE_MS + 2)],
    }


def test_the_share_of_all_connections(alone: Alone) -> None:
    """The total is the connections of the window, whatever their outcome, without the look-back."""
    evidence = alone["one of three"][EvidenceKind.GONE]
    assert (evidence.connections, evidence.connections_seen) == (1, 3)


def test_the_versions_that_logged_the_cases(alone: Alone) -> None:
    """They are by function, the most frequent first; a retried request counts for its first version."""
    evidence = alone["versions"][EvidenceKind.GONE]
    assert evidence.cases == 4
    assert evidence.versions == (FunctionVersion("$LATEST", "/two", 2), FunctionVersion("41", "/one", 1))


def test_of_those_without_a_welcome_each_version_has_a_share(alone: Alone) -> None:
    """It is of all connections that the version greeted, failed or not."""
    evidence = alone["versions that greet"][EvidenceKind.UNDELIVERED]
    assert evidence.versions == (FunctionVersion("42", None, 1, 1), FunctionVersion("41", None, 0, 1))


def test_an_outage_is_of_the_version_that_was_deployed(days: Days) -> None:
    """Each case since then was logged by it."""
    evidence = days(outage(1))[EvidenceKind.GONE]
    after = sum(time >= DEPLOYED for time in gone_times(outage(1)))
    assert {one.version: one.cases for one in evidence.versions}["42"] == after


def test_nobody_has_no_timeline(alone: Alone) -> None:
    """Cases without a connection are shown only by their lines."""
    evidence = alone["nobody"][EvidenceKind.UNATTRIBUTED]
    assert (evidence.cases, evidence.connections, evidence.timelines) == (1, 0, ())
    assert evidence.templates[0].examples[0].connection_id is None


# ------------------------------------------------------------------------------------------------ what was logged


def test_templates(alone: Alone) -> None:
    """Ids and numbers don't matter; the most frequent comes first, with its first three events."""
    often, seldom = alone["two templates"][EvidenceKind.GONE].templates
    assert (often.text, often.events) == ("Post to connection {connection_id} failed: GoneException: 410", 4)
    assert (seldom.text, seldom.events) == ("Could not deliver to connection {connection_id}: GoneException: 410", 1)
    assert (often.first, often.last) == (from_epoch_ms(SINCE_MS + 2), from_epoch_ms(SINCE_MS + 5))
    first = often.examples[0]
    assert [one.connection_id for one in often.examples] == [somebody(number) for number in (2, 3, 4)]
    assert first.timestamp == often.first
    assert first.message == f"Post to connection {somebody(2)} failed: GoneException: 410"
    assert (first.request_id, first.log_group, first.log_stream) == (REQUEST, "/g2", "2026/06/02/[$LATEST]5e1f")


def test_few_templates_are_listed(alone: Alone) -> None:
    """The others are counted, and then not every case is among the examples."""
    evidence, few = (alone["many templates"][kind] for kind in (EvidenceKind.GONE, EvidenceKind.RETRIED))
    assert (len(evidence.templates), evidence.hidden_templates, evidence.is_whole) == (MOST_TEMPLATES, 2, False)
    assert (len(few.templates), few.hidden_templates, few.is_whole) == (2, 0, True)


def test_a_long_message_keeps_its_end(alone: Alone) -> None:
    """The last line of a traceback says what happened."""
    (template,) = alone["a traceback"][EvidenceKind.GONE].templates
    shown = template.examples[0].message
    assert len(shown) == MOST_CHARACTERS + 3
    assert shown.startswith(f"Post to connection {ANN} failed\n")
    assert shown.endswith("in push\nGoneException: 410")


def each(minutes: Iterable[int], *messages: str) -> list[Event]:
    """Return events at these minutes of the window."""
    return [printed(text, SINCE_MS + minute * MINUTE_MS) for minute in minutes for text in messages]


FROM_3_ON: Final = range(180, 240)
OUTBREAK: Final = [gone(somebody(number), SINCE_MS + (180 + number) * MINUTE_MS) for number in range(40)]
TIMEOUT: Final = "REPORT RequestId: 3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7f821\tDuration: 3000.00 ms\tStatus: timeout"


def test_errors_that_set_in_with_the_cases_are_named(tmp_path: Path) -> None:
    """It has their number since then. Earlier, single and later errors, and cases, are left out."""
    errors = [
        *each(range(185, 345, 4), "ERROR Table is throttled, password=hunter2"),
        *each(range(0, 360, 10), "ERROR Cache is cold"),
        *each([185], "ERROR Only once"),
        *each(range(60), "ERROR Long over"),
        *each(range(200, 260), "ERROR Too late"),
        *each(FROM_3_ON, TIMEOUT, "A harmless line"),
    ]
    (error,) = evidence_of(engine_over(tmp_path, [*traffic(), *OUTBREAK, *errors])).errors
    assert error == CoincidentError(
        "ERROR Table is throttled, password=[redacted]", 40, from_epoch_ms(SINCE_MS + 185 * MINUTE_MS)
    )


def test_where_only_lambda_reports_errors_these_are_named(tmp_path: Path) -> None:
    """The most frequent errors come first."""
    lines = [*traffic(), *OUTBREAK, *each(FROM_3_ON, TIMEOUT)]
    (error,) = evidence_of(engine_over(tmp_path, lines)).errors
    assert (error.message, error.events) == (TIMEOUT, 60)
    texts = [f"ERROR Table {name} is throttled" for name in ("A", "B", "C", "D")]
    more = [event for number, text in enumerate(texts) for event in each(range(180, 200 + 10 * number), text)]
    errors = evidence_of(engine_over(tmp_path, [*lines, *more])).errors
    assert [(one.message, one.events) for one in errors] == [(texts[3], 50), (texts[2], 40), (texts[1], 30)]


def test_an_error_at_the_end_of_lost_connections_sets_in_with_them(tmp_path: Path) -> None:
    """They count from their beginning, and their cause came at most two hours later."""
    connected = [said(f"Client connected: {somebody(number)}", SINCE_MS + number * MINUTE_MS) for number in range(90)]
    left = [said(f"Client disconnected: {somebody(number)}", SINCE_MS + 120 * MINUTE_MS) for number in range(60)]
    crashes = each(range(121, 200), "ERROR Cannot find module")
    engine = engine_over(tmp_path, [*traffic(), *connected, *left, *crashes])
    (error,) = evidence_of(engine, EvidenceKind.INCOMPLETE).errors
    assert (error.message, error.events) == ("ERROR Cannot find module", 79)


@pytest.mark.parametrize(("first", "named"), [(0, ["ERROR Table is throttled"]), (-120, [])])
def test_errors_from_the_window_s_beginning_on(tmp_path: Path, first: int, named: list[str]) -> None:
    """Like cases after a deploy, they set in with it, unless the two hours before it had them."""
    errors = each(range(first, 360, 5), "ERROR Table is throttled")
    throughout = [gone(somebody(number), SINCE_MS + 9 * number * MINUTE_MS) for number in range(40)]
    earlier = [message(BOB, SINCE_MS - minute * MINUTE_MS) for minute in range(1, 120)]
    evidence = evidence_of(engine_over(tmp_path, [*earlier, *traffic(), *throughout, *errors]))
    assert (evidence.began, [one.message for one in evidence.errors]) == (None, named)


@pytest.fixture(name="throttled", scope="module")
def _throttled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """An outbreak with two errors that set in, one of which may matter; and the log."""
    folder = tmp_path_factory.mktemp("throttled")
    errors = each(FROM_3_ON, "ERROR Table is throttled", "ERROR Table of connections is throttled")
    return engine_over(folder, [*traffic(), *OUTBREAK, *errors]), folder / "log.jsonl"


def test_of_large_logs_lines_that_may_matter_are_searched(
    throttled: tuple[Engine, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take long to read all of them once more."""
    engine, _ = throttled
    assert len(evidence_of(engine).errors) == 2
    monkeypatch.setattr("checks.analysis.engine._QUICK_BYTES", 0)
    (error,) = evidence_of(engine).errors
    assert (error.message, error.events) == ("ERROR Table of connections is throttled", 60)


def test_where_errors_are_judged_too_the_scan_has_them_all(tmp_path: Path) -> None:
    """Then nothing is read again."""
    path, folder = written(tmp_path, [*traffic(), *OUTBREAK, *each(FROM_3_ON, "ERROR Table is throttled")]), tmp_path
    scope = Scope(subjects=(*OF_CONNECTIONS, Subject.ERRORS))
    _, engine = analyse(read_files([str(path)], folder), WINDOW, Dialect(5, {}, {}), folder, scope)
    (error,) = evidence_of(engine).errors
    assert (error.message, error.events) == ("ERROR Table is throttled", 60)
    assert engine.row("SELECT getvariable('reads_again') AS reads_again") == {"reads_again": False}


def test_a_file_that_is_gone_by_then_has_no_errors(throttled: tuple[Engine, Path]) -> None:
    """Everything else is known by then."""
    engine, log = throttled
    moved = log.rename(log.with_name("moved.jsonl"))
    evidence = evidence_of(engine)
    moved.rename(log)
    assert (evidence.cases, evidence.errors) == (40, ())


def test_without_anything_before_no_error_sets_in(tmp_path: Path) -> None:
    """A log that begins with the trouble can't show it."""
    lines = [*each(range(360), "ERROR Table is throttled"), *(gone(somebody(number)) for number in range(40))]
    assert evidence_of(engine_over(tmp_path, [*traffic(), *lines])).errors == ()


HOSTILE = '<b>"it\'s"</b> \\n \x1b[31m \u2028 \u202e, {"a": [1]}\nnext\r\nline; DROP TABLE lines --'


def test_all_cases_in_a_file(tmp_path: Path) -> None:
    """They are in order of time, one JSON object a line, whatever the log contains."""
    said_ms = {SINCE_MS + 5: ANN, SINCE_MS + 1: BOB, SINCE_MS + 3: ANN}
    lines = [said(f"Post to connection {one} failed: GoneException: 410\n{HOSTILE}", at) for at, one in said_ms.items()]
    engine = engine_over(tmp_path, [*lines, printed("Post to the connection failed: GoneException: 410", SINCE_MS)])
    evidence_of(engine)
    file = tmp_path / 'it\'s "cases".jsonl'
    write_cases(engine, EvidenceKind.GONE, file)
    unknown, *known = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert unknown["connection_id"] is None
    assert unknown["message"] == "Post to the connection failed: GoneException: 410"
    assert [one["connection_id"] for one in known] == [BOB, ANN, ANN]
    assert known[0] == {
        "timestamp": "2026-06-02T00:00:00.001Z",
        "connection_id": BOB,
        "request_id": REQUEST,
        "log_group": None,
        "log_stream": "2026/06/02/[$LATEST]5e1f",
        "message": known[0]["message"],
    }
    assert known[0]["message"].startswith(f"Post to connection {BOB} failed: GoneException: 410\n")
    assert without_control_characters(known[0]["message"]) == known[0]["message"]


def gateway_event(kind: str, connection_id: str, address: str) -> dict[str, object]:
    context = {"eventType": kind, "identity": {"sourceIp": address}, "connectionId": connection_id}
    return {"headers": {"X-Forwarded-For": "198.51.100.1"}, "requestContext": context}


def escaped(kind: str, connection_id: str, address: str) -> str:
    return json.dumps({"level": "INFO", "message": json.dumps(gateway_event(kind, connection_id, address))})


def access_row(kind: str, connection_id: str, address: str) -> str:
    return json.dumps(
        {"requestId": "Fz7LmXa9oAMCKAB=", "ip": address, "eventType": kind, "connectionId": connection_id}
    )


ADDRESSED: Mapping[str, Callable[[str, str, str], str]] = {
    "json": lambda *told: f"Event: {json.dumps(gateway_event(*told))}",
    "repr": lambda *told: str(gateway_event(*told)),
    "escaped": escaped,
    "access log": access_row,
    "common log format": lambda kind, connection_id, address: (
        f'{address} - - [02/Jun/2026:00:00:00 +0000] "{kind} ${kind.lower()} {connection_id}" 200 Fz7LmXa9oAMCKAB='
    ),
    "sentence": lambda kind, connection_id, address: f"Client {kind.lower()}ed: {connection_id} from {address} (ios)",
}
LOOP = "203.0.113.7"


def lives(
    tells: Callable[[str, str, str], str], addresses: list[str], every_ms: int, first: int = 0, since_ms: int = SINCE_MS
) -> Iterator[Event]:
    """Yield connections of one second each, one after the other."""
    for number, address in enumerate(addresses):
        begin_ms = since_ms + number * every_ms
        yield printed(tells("CONNECT", somebody(first + number), address), begin_ms)
        yield printed(tells("DISCONNECT", somebody(first + number), address), begin_ms + 1000)


CLIENTS: Final = ["10.0.0.1", "2001:db8::7", *[LOOP] * 6, "10.0.0.1"]


@pytest.fixture(name="clients", scope="module")
def _clients(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Each notation of an address, in its own hour."""
    cases = enumerate(ADDRESSED.values())
    hours = [lives(tells, CLIENTS, 4000, 10 * hour, SINCE_MS + hour * HOUR_MS) for hour, tells in cases]
    return engine_over(tmp_path_factory.mktemp("clients"), chain.from_iterable(hours))


@pytest.mark.parametrize("dialect", ADDRESSED)
def test_the_client_with_most_cases(dialect: str, clients: Engine) -> None:
    """It is identified by the address of its connects, in any form that the log has."""
    hour = [*ADDRESSED].index(dialect)
    since = from_epoch_ms(SINCE_MS + hour * HOUR_MS)
    share = ClientShare(6, 6, somebody(10 * hour + 2))
    assert client_with_most_cases(clients, "lifecycle.short_lived_rate", since) == share


RUDE: Final = "Failed to send welcome message to {}: An error occurred (GoneException) when calling PostToConnection"


def tried_again(tail: str) -> list[Event]:
    """Return connections of which one is not welcomed at six tries; each connect ends with a text."""
    connects = [printed(f"Client connected: {somebody(number)}{tail}", SINCE_MS + number) for number in range(9)]
    tries = [printed(f"Failed to send welcome message to {ANN}", SINCE_MS + 9 + number) for number in range(6)]
    beginning = printed(f"Client connected: {ANN} from 10.0.0.1" if tail else f"Client connected: {ANN}")
    return [beginning, *connects, *tries, printed(f"Client disconnected: {ANN}", SINCE_MS + 99)]


SHORT_LIVED: Final = "lifecycle.short_lived_rate"
SHARES: Final = ("welcome.failure_rate", "welcome.undelivered_rate", "gone.welcome_rate")
IN_FIRST_HOUR: Final = WINDOW.since
IN_SECOND_HOUR: Final = WINDOW.since + timedelta(hours=1)
CROWDS: Final[Mapping[str, tuple[list[Event], Mapping[tuple[str, datetime | None], ClientShare | None]]]] = {
    "has most cases of the window and of an hour, but none in the hour after, nor of another share": (
        [*lives(ADDRESSED["json"], CLIENTS, 4000)],
        {
            (SHORT_LIVED, None): ClientShare(6, 6, somebody(2)),
            (SHORT_LIVED, IN_FIRST_HOUR): ClientShare(6, 6, somebody(2)),
            (SHORT_LIVED, IN_SECOND_HOUR): None,
            ("lifecycle.incomplete_rate", None): None,
        },
    ),
    "is gone at every welcome, and has most cases of each share that counts them": (
        [
            *lives(ADDRESSED["json"], CLIENTS, 4000),
            *(printed(RUDE.format(somebody(number)), SINCE_MS + number * 4000 + 10) for number in range(2, 8)),
        ],
        {(share, None): ClientShare(6, 6, somebody(2)) for share in SHARES},
    ),
    "is none but an office, if its connections overlap": (
        [*lives(ADDRESSED["json"], [*[LOOP] * 8, "10.0.0.1"], 100)],
        {(SHORT_LIVED, None): None},
    ),
    "is none but a proxy, if nobody has another address": (
        [*lives(ADDRESSED["json"], [LOOP] * 9, 4000)],
        {(SHORT_LIVED, None): None},
    ),
    # a retried welcome has neither all cases of everybody nor cases that overlap
    "may be a connection alone": (tried_again(""), {("welcome.failure_rate", None): ClientShare(6, 6, ANN)}),
    "may be a connection alone, beside others of one address": (
        tried_again(f" from {LOOP}"),
        {("welcome.failure_rate", None): ClientShare(6, 6, ANN)},
    ),
}
"""Lines, and the client with most cases of a share, in the window or in an hour."""


def test_who_is_a_client(tmp_path: Path) -> None:
    """A client is known by its address, or by its connection; what belongs to many is none."""
    logs, clients = {name: lines for name, (lines, _) in CROWDS.items()}, {}
    for number, (name, engine) in enumerate(engines_by_case(tmp_path, logs)):
        engine.run("evidence_cases", "hours", "clients")
        shares = {place: client_with_most_cases(engine, *place) for place in CROWDS[name][1]}
        clients[name] = {
            place: share and msgspec.structs.replace(share, connection_id=unrenamed(share.connection_id, number))
            for place, share in shares.items()
        }
    assert clients == {name: expected for name, (_, expected) in CROWDS.items()}


def test_connections_that_began_in_a_span(tmp_path: Path) -> None:
    """Open ones that have lasted are not short-lived; those with a missing end are left out."""
    late = (UNTIL_MS - SINCE_MS) // 1000
    spans = [(-9, 9), (1, 2), (10, 30), (40, None), (late - 900, late - 899), (late - 600, None), (late - 1, None)]
    events: list[Event] = []
    for number, (begin, end) in enumerate(spans):
        events.append(said(f"Connected: {somebody(number)}", SINCE_MS + 1000 * begin))
        events += [said(f"Disconnected: {somebody(number)}", SINCE_MS + 1000 * end)] if end is not None else []
    engine = engine_over(tmp_path, events)
    assert short_lived_of_begun(engine, Window(from_epoch_ms(SINCE_MS), from_epoch_ms(UNTIL_MS))) == (2, 4)
    assert short_lived_of_begun(engine, Window(from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + MINUTE_MS))) == (1, 2)
