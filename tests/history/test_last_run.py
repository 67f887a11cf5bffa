"""The window of `--since last-run` begins where the last run's window ended."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from checks.history.history import LONGEST_LOOK_BACK, covered_until, window_start
from checks.history.record import Record, decode, encode, record_of
from checks.history.store import Store
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.history.in_memory import InMemory
from tests.history.records import BEGIN, record
from tests.report.results import check, reading, receipt, result, unread

DAY = timedelta(days=1)


def store_of(*records: Record) -> Store:
    store = Store(InMemory())
    for run in records:
        store.add(run)
    return store


def since(store: Store, until: datetime) -> datetime:
    return window_start(store, "dev", until, DAY).since


def test_the_first_window_has_its_usual_length() -> None:
    """There is no last run, and the report says so; the next run continues from this one."""
    store = store_of(record(), record(environment="prod", covered_until=BEGIN))
    start = window_start(store, "dev", BEGIN, DAY)
    assert start.since == BEGIN - DAY
    assert start.note == "the window has its usual 24 h: there is no last run yet"
    assert start.is_certain


def test_it_begins_where_the_last_one_ended() -> None:
    """The latest end counts, in whatever order runs began; runs without a valid end are ignored."""
    ends = [BEGIN + timedelta(hours=hours) for hours in (1, 3, 2)]
    runs = [record(day=day, covered_until=end) for day, end in enumerate(ends)]
    start = window_start(store_of(*runs, record(day=9)), "dev", BEGIN + DAY, DAY)
    assert start.since == BEGIN + timedelta(hours=3)
    assert start.note == "the window begins at 2026-06-01 03:00:00 UTC, where the last run's window ended"


def test_it_knows_what_the_last_run_saw() -> None:
    """Later arrivals are new; if the last arrival is unknown, no earlier event is."""
    saw = BEGIN + timedelta(seconds=40)
    known = record(day=1, covered_until=BEGIN, seen_until=saw)
    assert window_start(store_of(known), "dev", BEGIN + DAY, DAY).seen_until == saw
    for store in (store_of(), store_of(record(covered_until=BEGIN)), Store(InMemory(is_closed=True))):
        assert window_start(store, "dev", BEGIN + DAY, DAY).seen_until == BEGIN + DAY


def test_what_a_run_saw_is_remembered() -> None:
    """It is the arrival of its last event; without any, all later ones are new. Other runs store nothing."""
    saw = BEGIN + timedelta(seconds=40)
    seen, empty = (result(receipt=receipt(reading(last_arrival=arrival))) for arrival in (saw, None))
    assert empty.window
    records = [
        record_of(seen, BEGIN, BEGIN, BEGIN),
        record_of(empty, BEGIN, BEGIN, BEGIN),
        record_of(seen, BEGIN, BEGIN),
    ]
    assert [one.seen_until for one in records] == [saw, empty.window.since, None]


def test_a_long_pause() -> None:
    """What is more than a week ago is not read, and the report says that nobody judged it."""
    store = store_of(record(covered_until=BEGIN))
    assert since(store, BEGIN + LONGEST_LOOK_BACK) == BEGIN
    later = BEGIN + LONGEST_LOOK_BACK + timedelta(seconds=1)
    start = window_start(store, "dev", later, DAY)
    assert start.since == later - DAY
    assert "the last run ended at 2026-06-01 00:00:00 UTC, more than 7 days before; the time between" in start.note
    assert start.is_certain


def test_a_history_that_cannot_be_read() -> None:
    """The window has its usual length, and the next does not continue from it: it may have left a gap."""
    start = window_start(Store(InMemory(is_closed=True)), "dev", BEGIN, DAY)
    assert start.since == BEGIN - DAY
    assert start.note.endswith("earlier runs could not be read: memory is closed")
    assert not start.is_certain


def test_what_covers_its_window() -> None:
    """It takes a complete read with every limit judged, whatever the verdicts, up to the run's start."""
    limits, started = ["gone.errors"], BEGIN + 10 * DAY
    failed = result(check("gone.errors", Verdict.FAIL))
    assert failed.window
    assert covered_until(failed, limits, started) == failed.window.until
    assert covered_until(failed, limits, failed.window.since) == failed.window.since
    assert covered_until(failed, [], started) == failed.window.until  # a plain assert is a check without a limit
    assert covered_until(failed, [*limits, "gone.connections"], started) is None
    assert covered_until(structs.replace(failed, receipt=receipt(None)), limits, started) is None
    assert covered_until(unread("no credentials", check("gone.errors")), limits, started) is None


def test_runs_of_old(tmp_path: Path) -> None:
    """Runs from before this was recorded are ignored, as is an older run of a history file."""
    old = encode(record(day=1)).replace(b',"covered_until":null', b"")
    assert decode(old) == record(day=1)
    file = tmp_path / "history.jsonl"
    file.write_bytes(encode(record(covered_until=BEGIN)) + old)
    store = Store(InMemory(), file)
    assert since(store, BEGIN + DAY) == BEGIN
    store.add(record(day=2, covered_until=BEGIN + DAY))
    assert since(store, BEGIN + 2 * DAY) == BEGIN + DAY


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["night", "unread", "by hand"])), max_size=12))
def test_no_time_is_lost_or_counted_twice(runs: list[tuple[int, str]]) -> None:
    """With late, missed and unread nights, and people's runs in between, the windows still join."""
    store, now, windows = store_of(), BEGIN, []
    for number, (hours, kind) in enumerate(runs):
        now += timedelta(hours=hours)
        if kind == "by hand":
            store.add(record(day=number))
            continue
        window = Window(since(store, now), now)
        night = result(window=window, receipt=receipt(reading() if kind == "night" else None))
        end = covered_until(night, [one.metric for one in night.checks], now)
        store.add(record(day=number, covered_until=end))
        if end:
            windows.append(window)
    for before, after in pairwise(windows):
        assert after.since == before.until or after.until - before.until > LONGEST_LOOK_BACK


@pytest.mark.parametrize("hours", [1, 24, 7 * 24])
def test_the_note_has_the_usual_length(hours: int) -> None:
    """It is given in hours."""
    assert f"its usual {hours} h" in window_start(store_of(), "dev", BEGIN, timedelta(hours=hours)).note
