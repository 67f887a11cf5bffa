"""The metrics equal the simulator's truth, whatever the traffic and wherever the window's edges are."""

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect
from checks.logs.spool import Spool, SpoolFile
from checks.metrics import METRICS, Unit
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import (
    HOUR_MS,
    LIFETIME_MS,
    LIMIT_MS,
    LOOK_BACK_MS,
    SETTLING_MS,
    SINCE_MS,
    UNTIL_MS,
    analysed_file,
    engine_over,
    event,
    said,
    values,
)
from tests.simulator import emit, scenarios, strategies
from tests.simulator.story import Scenario
from tests.simulator.truth import truth

ADDITIVE = (
    "data.events",
    "gone.errors",
    "gone.welcome_errors",
    "lifecycle.complete",
    "lifecycle.short_lived",
    "lifecycle.incomplete",
    "welcome.sent",
    "welcome.failed",
    "welcome.retries",
)
"""What consecutive windows share out between them."""

SHARES = ("lifecycle.incomplete_rate", "lifecycle.short_lived_rate", "welcome.failure_rate", "welcome.undelivered_rate")
"""Of these, each window has its part of the sample."""

Span = tuple[int, int]


def window(since_ms: int, until_ms: int) -> Window:
    return Window(from_epoch_ms(since_ms), from_epoch_ms(until_ms))


def write_log(scenario: Scenario, path: Path) -> Path:
    path.write_bytes(b"".join(emit.json_lines(emit.delivered(scenario))))
    return path


def through(path: Path, *spans: Span) -> list[Analysis]:
    """Analyse a log through several windows; like a log group that is polled, it is scanned once."""
    spool = Spool("files", (path.name,), (SpoolFile(path, path.name, "/aws/lambda/chat"),))
    analyses, engine = [], None
    for span in spans:
        analysis, engine = analyse(spool, window(*span), Dialect(5, {}, {}), path.parent, earlier=engine)
        analyses.append(analysis)
    return analyses


def analysis(scenario: Scenario) -> Analysis:
    with tempfile.TemporaryDirectory() as folder:
        path = write_log(scenario, Path(folder) / "log.jsonl")
        return analysed_file(path, window(scenario.since_ms, scenario.until_ms))


@settings(max_examples=7)  # each takes the engine half a second, however many connections it has
@given(strategies.scenarios(fewest=5, most=24))
def test_metrics_are_the_truth(played: Scenario) -> None:
    """Every metric of the truth is equal, and so is its sample; an access log may not show posts."""
    analysed = analysis(played)
    metrics = analysed.metrics
    expected = {name: measure for name, measure in truth(played).items() if not metrics[name].reason}
    assert {name: metrics[name].value for name in expected} == {
        name: measure.value if measure.value is None else pytest.approx(measure.value, rel=1e-9, abs=0)
        for name, measure in expected.items()
    }
    sampled = {name: measure.n for name, measure in expected.items() if measure.n is not None}
    assert {name: metrics[name].n for name in sampled} == sampled
    assert analysed.reading.duplicates == played.duplicates


@settings(max_examples=3)
@given(strategies.scenarios(), st.data())
def test_consecutive_windows_count_everything_once(played: Scenario, data: st.DataObject) -> None:
    """Each end, failure and message is counted in one of them, wherever the cuts are."""
    cuts_ms = st.integers(played.since_ms + 1, played.until_ms - 1) | near_events(played)
    inner_ms = sorted(data.draw(st.sets(cuts_ms, min_size=1, max_size=2)))
    with tempfile.TemporaryDirectory() as folder:
        path = write_log(played, Path(folder) / "log.jsonl")
        windows = through(path, *pairwise([played.since_ms, *inner_ms, played.until_ms]))
    whole = truth(played)
    for name in ADDITIVE:
        assert sum(analysis.metrics[name].value or 0 for analysis in windows) == whole[name].value, name
    for name in SHARES:
        assert sum(analysis.metrics[name].n or 0 for analysis in windows) == whole[name].n, name


def near_events(played: Scenario) -> st.SearchStrategy[int]:
    """Return a strategy for times at which a connection begins, ends or is due, and just after."""
    times_ms = {
        at_ms + later_ms
        for one in played.connections
        for at_ms in (one.connected_ms, one.disconnected_ms, one.connected_ms + LIFETIME_MS)
        if at_ms is not None
        for later_ms in (0, 1, 1010, SETTLING_MS)
    }
    inside = sorted(at_ms for at_ms in times_ms if played.since_ms < at_ms < played.until_ms)
    return st.sampled_from(inside or [played.since_ms + 1])


NOON_MS = SINCE_MS + 3 * HOUR_MS
LIVES: Mapping[str, tuple[Sequence[tuple[int, str]], Mapping[str, int]]] = {
    "all is well": (
        [(0, "connected"), (40, "welcomed"), (60_000, "disconnected")],
        {"complete": 1, "sent": 1, "greeted": 1},
    ),
    "welcomed at the second try": (
        [(0, "connected"), (400, "not welcomed"), (2300, "welcomed"), (60_000, "disconnected")],
        {"complete": 1, "failed": 1, "sent": 1, "greeted": 1},
    ),
    "tried again in vain": (
        [(0, "connected"), (400, "tried again"), (1400, "not welcomed"), (60_000, "disconnected")],
        {"complete": 1, "failed": 1, "greeted": 1, "undelivered": 1},
    ),
    "never welcomed, and gone at once": (
        [(0, "connected"), (40, "not welcomed"), (900, "disconnected")],
        {"complete": 1, "short": 1, "failed": 1, "greeted": 1, "undelivered": 1},
    ),
    "two hours and a second": ([(0, "connected"), (LIMIT_MS + 1200, "disconnected")], {"complete": 1}),
    "two hours and half a minute": ([(0, "connected"), (LIMIT_MS + 29_000, "disconnected")], {"complete": 1}),
    "by a clock that is behind": ([(0, "connected"), (-3000, "disconnected")], {"complete": 1, "short": 1}),
    "lost": ([(0, "connected"), (20, "welcomed")], {"incomplete": 1, "sent": 1, "greeted": 1}),
    "without a beginning": ([(0, "disconnected")], {"incomplete": 1}),
}
"""What is logged of a connection, when (ms), and what that counts as."""

WORDS = {
    "connected": "Client connected: {}",
    "disconnected": "Client disconnected: {}",
    "welcomed": "Welcome message sent to connection {}",
    "not welcomed": "Failed to send welcome message to connection {}: timeout",
    "tried again": "Retrying welcome message to connection {}",
}
COUNTS = """
    SELECT (SELECT count(*) FROM connections WHERE state = 'complete') AS complete,
           (SELECT count(*) FROM connections WHERE state IN ('lost', 'headless')) AS incomplete,
           (SELECT count(*) FROM connections WHERE state = 'complete' AND duration_seconds < 5) AS short,
           (SELECT count(*) FROM welcomes WHERE is_counted AND is_sent) AS sent,
           (SELECT count(*) FROM welcomes WHERE is_counted AND NOT is_sent) AS failed,
           (SELECT count(*) FROM greetings WHERE is_counted) AS greeted,
           (SELECT count(*) FROM greetings WHERE is_counted AND NOT is_delivered) AS undelivered"""


def counted_between(engine: Engine, since_ms: int, until_ms: int, seen_until_ms: int) -> tuple[Counter[str], int]:
    """Return what a run judges in a window, half a minute after it, and the arrival of the last event that it saw."""
    engine.set(
        since=since_ms,
        until=until_ms,
        covered_since=since_ms - LOOK_BACK_MS,
        seen_until=seen_until_ms,
        read_at=until_ms + 30_000,
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE signals AS "
        "SELECT * REPLACE (time_to_count(timestamp, lag_ms) AS counts_at, "
        "is_own IS TRUE AND in_window(time_to_count(timestamp, lag_ms)) AS is_counted) FROM all_signals "
        "WHERE in_reach(time_to_count(timestamp, lag_ms)) AND timestamp + lag_ms < getvariable('read_at')"
    )
    engine.run("connections", "welcomes")
    seen_until = engine.row("SELECT max(timestamp + lag_ms) AS ms FROM signals")["ms"] or since_ms
    return +Counter(engine.row(COUNTS)), seen_until


def wrong_cuts(
    folder: Path, lag_ms: Callable[[int, int], int], total: Callable[[Counter[str]], object]
) -> Mapping[float, object]:
    """Cut the lives into two windows wherever something happens; return the cuts whose sums don't add up.

    Args:
        folder: The folder for the log.
        lag_ms: The delay of a life's lines, by the number of the life and of the line.
        total: The sums that must add up.
    """
    lines, edges_ms = [event("nothing", SINCE_MS - LOOK_BACK_MS)], {NOON_MS + LIFETIME_MS, NOON_MS + LIFETIME_MS + 1}
    for number, (life, _) in enumerate(LIVES.values()):
        for step, (after_ms, what) in enumerate(life):
            at_ms = NOON_MS + after_ms
            request_id = f"3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7{number:02}{step:02}"
            text = WORDS[what].format(f"Zz7LmXa9oAMCK{number:02}=")
            lines.append(said(text, at_ms, request_id, ingestionTime=at_ms + lag_ms(number, step)))
            edges_ms |= {at_ms, at_ms + 1}
            if what in {"not welcomed", "disconnected"}:
                edges_ms |= {at_ms + SETTLING_MS, at_ms + SETTLING_MS + 1}
    engine = engine_over(folder, lines)
    engine.execute(
        "CREATE TEMP TABLE all_signals AS "
        "SELECT s.*, lag_ms FROM signals s JOIN (SELECT rowid AS seq, lag_ms FROM scanned) USING (seq)"
    )
    expected = total(sum((Counter(counts) for _, counts in LIVES.values()), Counter[str]()))
    parts: dict[float, object] = {}
    for edge_ms in sorted(edges_ms):
        first, seen_until_ms = counted_between(engine, SINCE_MS, edge_ms, UNTIL_MS)
        second, _ = counted_between(engine, edge_ms, UNTIL_MS, seen_until_ms)
        if total(first + second) != expected:
            parts[(edge_ms - NOON_MS) / 1000] = (first, second)
    return parts


def test_every_cut_counts_each_connection_and_welcome_once(tmp_path: Path) -> None:
    """What spans two windows is judged in one of them, as it is in the whole log."""
    assert wrong_cuts(tmp_path, lambda *_: 0, dict) == {}


def test_no_late_event_is_lost(tmp_path: Path) -> None:
    """What the run before could not see is neither missed nor judged twice: the next run includes it."""
    late_ms = (0, 700, 45_000, 300_000)
    wrong = wrong_cuts(
        tmp_path,
        lambda number, step: late_ms[(number + step) % 4],
        lambda counts: (
            counts["complete"] + counts["incomplete"],
            counts["sent"] + counts["failed"],
            counts["greeted"],
        ),
    )
    assert wrong == {}


def test_delivery_changes_nothing() -> None:
    """Neither repeated events nor their order matter."""
    played = scenarios.unhealthy(60, seed=3)
    neat, untidy = replace(played, duplicates=0, is_shuffled=False), replace(played, duplicates=7, is_shuffled=True)
    tidy, same = analysis(neat), analysis(untidy)
    assert same.metrics == tidy.metrics
    assert same.interpretation == tidy.interpretation
    assert (tidy.reading.duplicates, same.reading.duplicates) == (0, 7)


@pytest.mark.parametrize("length_minutes", [7, 360])
def test_shifted_window_over_healthy_traffic(tmp_path: Path, length_minutes: int) -> None:
    """All rates are zero, so no verdict on one depends on where the window is."""
    path = write_log(scenarios.healthy(80, seed=4), tmp_path / "log.jsonl")
    minutes = (0, 1, 61, 119, 121, 1080)
    begins_ms = [scenarios.SINCE_MS + minute * 60_000 for minute in minutes]
    windows = through(path, *((begin_ms, begin_ms + length_minutes * 60_000) for begin_ms in begins_ms))
    wrong = {
        minute: (wrong_rates(analysis), analysis.interpretation.unknown)
        for minute, analysis in zip(minutes, windows, strict=True)
        if wrong_rates(analysis) or analysis.interpretation.unknown
    }
    assert wrong == {}


def wrong_rates(analysis: Analysis) -> Mapping[str, float]:
    rates = [name for name, metric in METRICS.items() if metric.unit in {Unit.RATE, Unit.AVERAGE}]
    return {name: value for name in rates if name in analysis.metrics and (value := analysis.metrics[name].value)}


@pytest.mark.parametrize("play", [scenarios.unhealthy, scenarios.outage])
def test_whole_day(tmp_path: Path, play: Callable[[int, int], Scenario]) -> None:
    """A whole day of a busy application equals the truth, too, number by number."""
    played = play(300, 2)
    analysis = analysed_file(write_log(played, tmp_path / "log.jsonl"), window(played.since_ms, played.until_ms))
    expected = truth(played)
    assert values(analysis, *expected) == pytest.approx([measure.value for measure in expected.values()])
