"""The end of a run: it is remembered among those before it, and trouble is told, not raised."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import HistoryError
from checks.history.history import LONGEST, MOST_SHOWN, RunInHistory, covered_until, remember, window_start, write_index
from checks.history.record import Record, decode, encode
from checks.history.store import FileStore, PastRuns, Store
from checks.report.result import WindowResult
from checks.verdicts.verdict import Verdict
from tests.history.records import BEGIN, record
from tests.report.results import check, reading, receipt, result, unread


def kept(found: Record, folder: Path) -> RunInHistory:
    return remember(found, FileStore(folder / "history.jsonl"), folder, has_report=True)


def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


class WriteOnly:
    """A store of somebody who may write, and not read."""

    def __init__(self) -> None:
        self.added: list[Record] = []

    def add(self, found: Record) -> None:
        self.added.append(found)

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        raise HistoryError(f"no {most} runs of {environment}")


def test_the_first_run(tmp_path: Path) -> None:
    """There is none before it; it is on the page."""
    found = kept(record(), tmp_path)
    assert (found.earlier, found.previous, found.records, found.problems) == ((), None, (record(),), ())
    assert 'href="dev/report.html"' in page(tmp_path)


def test_the_run_before(tmp_path: Path) -> None:
    """It is the latest that began earlier, in the same environment."""
    for other in (record(day=1), record(day=0), record(day=2, environment="prod"), record(day=4)):
        kept(other, tmp_path)
    found = kept(record(day=3), tmp_path)
    assert found.previous == record(day=1)
    assert found.records == (record(day=0), record(day=1), record(day=3))


def test_a_trend_shows_so_many(tmp_path: Path) -> None:
    """This run, and those before it, up to 90."""
    store = FileStore(tmp_path / "history.jsonl")
    for day in range(MOST_SHOWN + 3):
        store.add(record(day=day))
    found = kept(record(day=MOST_SHOWN + 3), tmp_path)
    assert len(found.records) == MOST_SHOWN
    assert found.records[-1] == record(day=MOST_SHOWN + 3)


def test_links_to_the_reports_that_there_are(tmp_path: Path) -> None:
    """Also to those of other environments, while they are there."""
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "report.html").touch()
    for environment in ("prod", "staging"):
        kept(record(environment=environment), tmp_path)
    remember(record(day=1), FileStore(tmp_path / "history.jsonl"), tmp_path, has_report=False)
    assert 'href="prod/report.html"' in page(tmp_path)
    assert 'href="staging/report.html"' not in page(tmp_path)
    assert 'href="dev/report.html"' not in page(tmp_path)


def test_damage_is_told(tmp_path: Path) -> None:
    """What could not be read is a problem of the run that meets it."""
    file = tmp_path / "history.jsonl"
    file.write_text("x\n")
    assert kept(record(), tmp_path).problems == (f"history: 1 line of {file} could not be read: line 1",)


def test_who_may_not_read_may_write(tmp_path: Path) -> None:
    """The run is remembered; the page stays as it was, for it would forget the other runs."""
    store = WriteOnly()
    found = remember(record(), store, tmp_path, has_report=True)
    assert store.added == [record()]
    assert found.problems == ("history: could not be read: no 90 runs of None",)
    assert list(tmp_path.iterdir()) == []


def test_a_history_that_cannot_be_written(tmp_path: Path) -> None:
    """The page shows the run all the same."""
    (tmp_path / ".history.jsonl.lock").mkdir()
    (problem,) = kept(record(), tmp_path).problems
    assert problem.startswith(f"history: could not be written: {tmp_path / 'history.jsonl'}: ")
    assert "2026-06-01 00:00:00 UTC" in page(tmp_path)


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """The run is remembered all the same; nothing is left beside the page."""
    (tmp_path / "index.html").mkdir()
    assert kept(record(), tmp_path).problems == ("history: index.html could not be written: Is a directory",)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".history.jsonl.lock", "history.jsonl", "index.html"]
    assert FileStore(tmp_path / "history.jsonl").newest(1).records == (record(),)


def test_the_page_after_several_runs_at_once(tmp_path: Path) -> None:
    """All of them are on it, with their reports; where there is none, there is no page."""
    store = FileStore(tmp_path / "history.jsonl")
    assert write_index(store, tmp_path) == ()
    assert not (tmp_path / "index.html").exists()
    for environment in ("dev", "prod"):
        store.add(record(environment=environment))
        (tmp_path / environment).mkdir()
        (tmp_path / environment / "report.html").touch()
    assert write_index(store, tmp_path) == ()
    assert all(f'href="{environment}/report.html"' in page(tmp_path) for environment in ("dev", "prod"))
    assert write_index(WriteOnly(), tmp_path) == ("history: could not be read: no 90 runs of None",)


DAY = timedelta(days=1)


class InMemory:
    """A store that lasts as long as a test."""

    def __init__(self, *records: Record) -> None:
        self.records = list(records)

    def add(self, found: Record) -> None:
        self.records.append(found)

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        named = [one for one in self.records if environment in {None, one.environment}]
        return PastRuns(tuple(named[-most:]))


class Unreadable(InMemory):
    """A store that may only be written to."""

    def newest(self, most: int, environment: str | None = None) -> PastRuns:
        raise HistoryError(f"no {most} runs of {environment}")


def since(store: Store, until: datetime) -> datetime:
    return window_start(store, "dev", until, DAY).since


def test_the_first_window_has_its_usual_length() -> None:
    """There is nothing to go on from, and the report says so; the next one goes on from here."""
    found = window_start(InMemory(record(), record(environment="prod", covered_until=BEGIN)), "dev", BEGIN, DAY)
    assert found.since == BEGIN - DAY
    assert found.note == "the window has its usual 24 h: there is no last run yet"
    assert found.is_certain


def test_it_begins_where_the_last_one_ended() -> None:
    """The latest end counts, however the runs began; whatever ran since without an end of its own is passed over."""
    ends = [BEGIN + timedelta(hours=hours) for hours in (1, 3, 2)]
    runs = [record(day=day, covered_until=end) for day, end in enumerate(ends)]
    found = window_start(InMemory(*runs, record(day=9)), "dev", BEGIN + DAY, DAY)
    assert found.since == BEGIN + timedelta(hours=3)
    assert found.note == "the window begins at 2026-06-01 03:00:00 UTC, where that of the last run ended"


def test_a_long_pause() -> None:
    """What a week has passed by is not read; that nobody judged it is told."""
    store = InMemory(record(covered_until=BEGIN))
    assert since(store, BEGIN + LONGEST) == BEGIN
    later = BEGIN + LONGEST + timedelta(seconds=1)
    found = window_start(store, "dev", later, DAY)
    assert found.since == later - DAY
    assert "the last run ended at 2026-06-01 00:00:00 UTC, more than 7 days before; nobody judged" in found.note
    assert found.is_certain


def test_a_history_that_cannot_be_read() -> None:
    """The window has its usual length, and the next one does not go on from it: it may have left something out."""
    found = window_start(Unreadable(), "dev", BEGIN, DAY)
    assert found.since == BEGIN - DAY
    assert found.note.endswith("earlier runs could not be read: no 300 runs of dev")
    assert not found.is_certain


def test_what_covers_its_window() -> None:
    """A whole read of which every limit was judged, however that came out, up to when the run began."""
    limits, started = ["gone.errors"], BEGIN + 10 * DAY
    failed = result(check("gone.errors", Verdict.FAIL))
    assert failed.window
    assert covered_until(failed, limits, started) == failed.window.until
    assert covered_until(failed, limits, failed.window.since) == failed.window.since
    assert covered_until(failed, [*limits, "gone.connections"], started) is None
    assert covered_until(replace(failed, receipt=receipt(None)), limits, started) is None
    assert covered_until(unread("no credentials", check("gone.errors")), limits, started) is None


def test_it_is_remembered(tmp_path: Path) -> None:
    """Also among runs of a time when nothing was known of this."""
    store = FileStore(tmp_path / "history.jsonl")
    store.add(record(covered_until=BEGIN))
    old = encode(record(day=1)).replace(b',"covered_until":null', b"")
    assert decode(old) == record(day=1)
    with (tmp_path / "history.jsonl").open("ab") as stream:
        stream.write(old)
    assert since(store, BEGIN + DAY) == BEGIN


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["night", "unread", "by hand"])), max_size=12))
def test_no_time_is_lost_or_counted_twice(runs: list[tuple[int, str]]) -> None:
    """Late, missed and unread nights, and runs of people in between: the windows of the nights follow each other."""
    store, now, windows = InMemory(), BEGIN, []
    for number, (hours, kind) in enumerate(runs):
        now += timedelta(hours=hours)
        if kind == "by hand":
            store.add(record(day=number))
            continue
        window = WindowResult(since(store, now), now)
        found = result(window=window, receipt=receipt(reading() if kind == "night" else None))
        end = covered_until(found, [one.metric for one in found.checks], now)
        store.add(record(day=number, covered_until=end))
        if end:
            windows.append(window)
    for before, after in pairwise(windows):
        assert after.since == before.until or after.until - before.until > LONGEST


@pytest.mark.parametrize("hours", [1, 24, 7 * 24])
def test_the_usual_length_is_told(hours: int) -> None:
    """In hours."""
    assert f"its usual {hours} h" in window_start(InMemory(), "dev", BEGIN, timedelta(hours=hours)).note
