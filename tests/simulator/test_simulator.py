"""The simulator produces the same day every time, and knows what happened in it."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checks
from tests.simulator import bulk, dumps, emit, scenarios, strategies
from tests.simulator.clock import milliseconds
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
from tests.simulator.truth import Measure, Truth, truth

RECORDING = Path(checks.__file__).parent / "demo" / "recording.jsonl"

SINCE_MS = milliseconds("2026-06-02T00:00:00+00:00")
HOUR_MS = 3_600_000
UNTIL_MS = SINCE_MS + 6 * HOUR_MS

ANN, BOB = connection_id(1), connection_id(2)


def scenario(*connections: Connection) -> Scenario:
    return Scenario(connections, SINCE_MS, UNTIL_MS)


def values(expected: Truth, *names: str) -> list[float | None]:
    return [expected[name].value for name in names]


def printed(*arguments: str, hash_seed: str) -> bytes:
    command = [sys.executable, "-m", "tests.simulator", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    root = Path(checks.__file__).parents[1]
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    "arguments", [("unhealthy", "40", "--seed", "3"), ("outage", "40"), ("demo", "--truth"), ("bulk", "1000")]
)
def test_same_bytes_every_time(arguments: tuple[str, ...]) -> None:
    """Neither the process nor its hash seed matters."""
    assert printed(*arguments, hash_seed="1") == printed(*arguments, hash_seed="2")


def test_another_seed_is_another_day() -> None:
    """The seed decides ids, times and words."""
    assert emit.events(scenarios.unhealthy(10, seed=1)) != emit.events(scenarios.unhealthy(10, seed=2))


def test_recording_is_the_demo() -> None:
    """The shipped recording is the simulator's output, and it is small."""
    recording = RECORDING.read_bytes()
    assert recording == b"".join(emit.json_lines(emit.delivered(scenarios.demo())))
    assert len(recording) < 900_000


def test_the_other_recording_is_the_outage() -> None:
    """It is compressed, because it has three times as many events."""
    recording = (RECORDING.parent / "outage.jsonl.gz").read_bytes()
    assert gzip.decompress(recording) == b"".join(emit.json_lines(emit.delivered(scenarios.demo_outage())))
    assert len(recording) < 300_000


def test_demo_is_healthy_but_for_a_few_blemishes() -> None:
    """3 GoneExceptions, 2 of 120 welcomes undelivered, 6 short-lived, 1 lost disconnect."""
    expected = truth(scenarios.demo())
    names = ("gone.errors", "gone.welcome_errors", "lifecycle.short_lived", "lifecycle.incomplete", "welcome.retries")
    assert values(expected, *names) == [3, 2, 6, 1, 6]
    assert expected["welcome.undelivered_rate"] == Measure(2 / 120, 120)


def test_outage_begins_with_the_deploy() -> None:
    """From then on two welcomes in five meet a 410, hardly any before; some of these connections are lost."""
    played = scenarios.outage(600, seed=7)
    before = truth(played.seen_through(scenarios.SINCE_MS, scenarios.DEPLOYED_MS))
    after = truth(played.seen_through(scenarios.DEPLOYED_MS, scenarios.UNTIL_MS))
    assert values(before, "welcome.undelivered_rate") < [0.03]
    assert values(after, "welcome.undelivered_rate") == [pytest.approx(0.4, abs=0.08)]
    assert after["gone.welcome_errors"] == after["welcome.failed"] == after["gone.connections"]
    assert values(after, "lifecycle.incomplete_rate") > [0.05]


def test_only_a_deploy_shows_versions() -> None:
    """Streams and START lines name the version; in each stream of the function, a cold start comes first."""
    played = scenarios.outage(60, seed=7)
    own = [event for event in emit.events(played) if event["logGroup"] != emit.SWEEP_LOG_GROUP]
    starts = [event for event in own if event["message"].startswith("START")]
    for start in starts:
        version = "41" if start["timestamp"] < scenarios.DEPLOYED_MS else "42"
        assert start["message"].endswith(f" Version: {version}\n")
        assert f"/[{version}]" in start["logStreamName"]
    firsts = {event["logStreamName"]: event["message"] for event in reversed(own)}
    assert len(firsts) == 2 * emit.ENVIRONMENTS
    assert all(message.startswith("INIT_START ") for message in firsts.values())
    quiet = [event["message"] for event in emit.events(replace(played, deployed_ms=None))]
    assert not [message for message in quiet if "INIT_START" in message or "Version: 4" in message]


def test_a_request_that_times_out_ends_after_three_seconds() -> None:
    """Lambda logs the timeout, and then the usual report."""
    message = Message(SINCE_MS + 1000, is_timed_out=True)
    events = emit.events(scenario(Connection(ANN, SINCE_MS, None, messages=(message,))))
    (place,) = (place for place, event in enumerate(events) if "Task timed out after 3.00 seconds" in event["message"])
    batch = events[place : place + 3]
    assert [event["timestamp"] for event in batch] == [SINCE_MS + 4000] * 3
    assert [event["message"].split()[0] for event in batch[1:]] == ["END", "REPORT"]


@given(strategies.scenarios())
def test_events_of_any_story(played: Scenario) -> None:
    """They are as CloudWatch returns them, from the scenario's start; some are repeated, none is lost."""
    events = emit.events(played)
    assert_sorted_and_unique(events)
    times_ms = [event["timestamp"] for event in events]
    assert times_ms[0] == played.log_since_ms  # which proves how far the log reaches back
    assert times_ms[-1] < played.log_until_ms
    delivered = emit.delivered(played)
    assert len(delivered) == len(events) + played.duplicates
    assert {event["eventId"]: event for event in delivered} == {event["eventId"]: event for event in events}


def assert_sorted_and_unique(events: Sequence[emit.LogEvent]) -> None:
    """Check that events are sorted by time, each with an id of 56 digits that grows with it."""
    assert all(one["timestamp"] <= next_one["timestamp"] for one, next_one in pairwise(events))
    assert all(one["eventId"] < next_one["eventId"] for one, next_one in pairwise(events))
    assert all(len(event["eventId"]) == 56 for event in events)
    assert all(0 < event["ingestionTime"] - event["timestamp"] <= 5000 for event in events)


@settings(max_examples=40)
@given(strategies.scenarios(), st.data())
def test_windows_that_follow_each_other_count_everything_once(played: Scenario, data: st.DataObject) -> None:
    """If a window is cut in two anywhere, the sums stay the same."""
    cut_ms = data.draw(st.integers(played.since_ms, played.until_ms))
    first = truth(played.seen_through(played.since_ms, cut_ms))
    second = truth(played.seen_through(cut_ms, played.until_ms))
    for name in ("data.events", "gone.errors", "lifecycle.complete", "lifecycle.incomplete", "welcome.retries"):
        assert [first[name].value + second[name].value] == values(truth(played), name), name  # type: ignore[operator]


def test_connection_that_ends_in_the_window_is_complete() -> None:
    """It may begin in the look-back; if it ended there, it belongs to the earlier window."""
    expected = truth(
        scenario(
            Connection(ANN, SINCE_MS - HOUR_MS, SINCE_MS),
            Connection(BOB, SINCE_MS - HOUR_MS, SINCE_MS - 1),
        )
    )
    assert expected["lifecycle.complete"] == Measure(1)
    assert expected["lifecycle.median_duration_seconds"] == Measure(3600.0, 1)
    assert expected["gone.connection_rate"] == Measure(0.0, 1)


def test_nothing_exists_after_the_window() -> None:
    """A connection that ends at `until` is open, like one without an end, until that end was due."""
    expected = truth(
        scenario(
            Connection(ANN, UNTIL_MS - HOUR_MS, UNTIL_MS),
            Connection(BOB, UNTIL_MS - LIFETIME_MS - LATE_MS, None),
        )
    )
    assert values(expected, "lifecycle.complete", "lifecycle.open", "lifecycle.incomplete") == [0, 2, 0]
    assert expected["lifecycle.incomplete_rate"] == Measure(None, 0)
    assert expected["lifecycle.median_duration_seconds"] == Measure(None, 0)


def test_lost_connection_is_incomplete_in_the_window_in_which_it_ran_out() -> None:
    """2 h 30 s after $connect: at or after `since`, and before `until`."""
    overdue_ms = LIFETIME_MS + LATE_MS
    lost = Connection(ANN, SINCE_MS - overdue_ms, None), Connection(BOB, UNTIL_MS - overdue_ms - 1, None)
    expected = truth(Scenario(lost, SINCE_MS, UNTIL_MS, lookback_ms=overdue_ms))
    assert values(expected, "lifecycle.complete", "lifecycle.open", "lifecycle.incomplete") == [0, 0, 2]
    assert expected["lifecycle.incomplete_rate"] == Measure(1.0, 2)


@pytest.mark.parametrize(
    ("dialect", "complete", "incomplete"),
    [(DialectName.PYTHON_TEXT, 1, 0), (DialectName.POWERTOOLS, 0, 1), (DialectName.ACCESS_LOG, 0, 1)],
)
def test_end_without_beginning(dialect: DialectName, complete: int, incomplete: int) -> None:
    """A dumped $disconnect has the time of the connect; in other dialects the connection is headless."""
    ann = Connection(ANN, SINCE_MS + HOUR_MS, SINCE_MS + 2 * HOUR_MS, is_connect_logged=False, dialect=dialect)
    expected = truth(scenario(ann))
    assert values(expected, "lifecycle.complete", "lifecycle.incomplete") == [complete, incomplete]


def test_end_without_beginning_needs_the_look_back() -> None:
    """A log shorter than a connection's lifetime can't show that a beginning is missing."""
    reached_ms = SINCE_MS + HOUR_MS + LATE_MS
    early = Connection(ANN, SINCE_MS, reached_ms - 1, is_connect_logged=False, dialect=DialectName.POWERTOOLS)
    late = Connection(BOB, SINCE_MS, reached_ms, is_connect_logged=False, dialect=DialectName.POWERTOOLS)
    expected = truth(Scenario((early, late), SINCE_MS, UNTIL_MS, lookback_ms=HOUR_MS))
    assert values(expected, "lifecycle.complete", "lifecycle.incomplete") == [0, 1]


def test_short_lived_is_less_than_five_seconds() -> None:
    """A connection of exactly five seconds is not short-lived."""
    expected = truth(
        scenario(
            Connection(ANN, SINCE_MS, SINCE_MS + 4999),
            Connection(BOB, SINCE_MS, SINCE_MS + 5000),
        )
    )
    assert expected["lifecycle.short_lived"] == Measure(1)
    assert expected["lifecycle.short_lived_rate"] == Measure(0.5, 2)
    assert expected["lifecycle.median_duration_seconds"] == Measure(4.9995, 2)


def test_opening_time_stands_in_only_where_the_connect_was_not_seen() -> None:
    """`connectedAt` is earlier than the $connect line by a handshake, which decides here."""
    ann = Connection(ANN, SINCE_MS, SINCE_MS + 4998)
    bob = Connection(BOB, SINCE_MS, SINCE_MS + 4998, is_connect_logged=False)
    assert truth(scenario(ann, bob))["lifecycle.short_lived"] == Measure(1)


def test_welcome_after_a_410_is_not_believed() -> None:
    """A welcome sent after retries counts as sent, but after a 410 as failed."""
    ann = Connection(ANN, SINCE_MS, None, welcome=Welcome(Ending.SENT, retries=2))
    bob = Connection(BOB, SINCE_MS, None, welcome=Welcome(Ending.SENT, gone_errors=1))
    expected = truth(scenario(ann, bob))
    assert values(expected, "welcome.sent", "welcome.failed", "welcome.retries") == [1, 1, 2]
    assert expected["welcome.failure_rate"] == Measure(0.5, 2)
    assert expected["welcome.average_retries"] == Measure(1.0, 2)
    assert expected["welcome.undelivered_rate"] == Measure(0.5, 2)
    assert values(expected, "gone.errors", "gone.welcome_errors") == [1, 1]


def test_welcome_belongs_to_the_window_of_its_outcome() -> None:
    """The first retry came before the window, but the outcome is in it, and so is the welcome."""
    ann = Connection(ANN, SINCE_MS - 1500, None, welcome=Welcome(Ending.SENT, retries=2))
    expected = truth(scenario(ann))
    assert values(expected, "welcome.sent", "welcome.failed", "welcome.retries") == [1, 0, 1]
    assert expected["welcome.failure_rate"] == Measure(0.0, 1)


def test_gone_errors_by_connection() -> None:
    """A 410 counts for the connection that is gone, not for the one whose request met it."""
    message = Message(SINCE_MS + 1000, gone_answers=1, gone_listeners=(BOB, BOB))
    expected = truth(scenario(Connection(ANN, SINCE_MS, None, messages=(message,))))
    assert values(expected, "gone.errors", "gone.connections", "gone.max_per_connection") == [3, 2, 2]
    assert expected["gone.welcome_errors"] == Measure(0)
    assert expected["gone.connection_rate"] == Measure(1.0, 2)


def test_failed_welcome_that_names_the_410_is_both() -> None:
    """One event has two signals."""
    expected = truth(scenario(Connection(ANN, SINCE_MS, None, welcome=Welcome(Ending.FAILED_GONE))))
    assert values(expected, "gone.errors", "gone.welcome_errors", "welcome.failed") == [1, 1, 1]


def test_access_log_knows_no_welcome() -> None:
    """It has the 410, but neither the welcome nor the request of the 410."""
    ann = Connection(ANN, SINCE_MS, None, welcome=Welcome(Ending.FAILED_GONE), dialect=DialectName.ACCESS_LOG)
    expected = truth(scenario(ann))
    assert values(expected, "gone.errors", "gone.welcome_errors", "welcome.failed") == [1, 0, 0]
    assert expected["welcome.undelivered_rate"] == Measure(None, 0)


def test_connection_lasts_two_hours_at_most() -> None:
    """API Gateway ends it, and logs so a little later; a clock may be slow."""
    for lasts_ms in (-BEHIND_MS - 1, LIFETIME_MS + LATE_MS + 1):
        with pytest.raises(ValueError, match="not 0 to 2 h"):
            Connection(ANN, SINCE_MS, SINCE_MS + lasts_ms)


@pytest.mark.parametrize("dialect", DialectName)
def test_every_dialect_names_the_connection(dialect: DialectName) -> None:
    """It does so at the beginning and at the end."""
    quiet = Scenario((Connection(ANN, SINCE_MS, SINCE_MS + 1000, dialect=dialect),), SINCE_MS, UNTIL_MS)
    named_ms = {event["timestamp"] for event in emit.events(quiet) if ANN in event["message"]}
    assert {SINCE_MS, SINCE_MS + 1000} <= named_ms


def test_node_inspects_as_node_does() -> None:
    """The quotes depend on the text, and short objects stay on one line."""
    value = {"text": "it's", "x-key": 'say "it\'s"', "identity": {"sourceIp": "203.0.113.7"}, "long": "x" * 60}
    assert dumps.as_inspect(value) == (
        "{\n"
        '  text: "it\'s",\n'
        "  'x-key': `say \"it's\"`,\n"
        "  identity: { sourceIp: '203.0.113.7' },\n"
        f"  long: '{'x' * 60}'\n"
        "}"
    )


def test_bulk_has_the_asked_number_of_events() -> None:
    """Each is valid JSON, in order, and about 400 bytes long."""
    lines = b"".join(bulk.bulk(10_000)).splitlines()
    ids = [json.loads(line)["eventId"] for line in lines]
    assert len(lines) == 10_000
    assert ids == sorted(set(ids))
    assert 350 < sum(map(len, lines)) / len(lines) < 450


def test_bulk_truth_is_what_its_lines_say() -> None:
    """Three events in a hundred have a meaning."""
    text = b"".join(bulk.bulk(10_000)).decode()
    phrases = (
        "WebSocket connected",
        "WebSocket disconnected",
        "Welcome message sent",
        "Failed to send welcome message",
    )
    assert [text.count(phrase) for phrase in phrases] == [100, 100, 99, 1]
    expected = bulk.bulk_truth(10_000)
    assert values(expected, "lifecycle.complete", "lifecycle.open", "welcome.sent", "gone.errors") == [70, 30, 99, 1]


def test_bulk_comes_in_hundreds() -> None:
    """A second of log is the smallest piece."""
    with pytest.raises(ValueError, match="multiple of 100"):
        bulk.until_ms(150)
