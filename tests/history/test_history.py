"""The end of a run: it is remembered with those before it; a problem is a sentence, not an exception."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from checks.history.history import MOST_SHOWN, RunInHistory, nights_before, remember, trend, write_index
from checks.history.record import Record
from checks.history.store import Store, open_store
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.history.in_memory import InMemory
from tests.history.records import BEGIN, check, record
from tests.report.results import outcome
from tests.verdicts.making import limit


def store_in(folder: Path) -> Store:
    return open_store(str(folder / "history"))


def remembered(run: Record, folder: Path) -> RunInHistory:
    return remember(run, store_in(folder), folder, has_report=True)


def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def test_the_first_run(tmp_path: Path) -> None:
    """No run is before it, and it is on the page."""
    run = remembered(record(), tmp_path)
    assert (run.earlier, run.previous, run.records, run.problems) == ((), None, (record(),), ())
    assert 'href="dev/report.html"' in page(tmp_path)


def test_the_run_before(tmp_path: Path) -> None:
    """It is the latest that began earlier, in the same environment."""
    for other in (record(day=1), record(day=0), record(day=2, environment="prod"), record(day=4)):
        remembered(other, tmp_path)
    run = remembered(record(day=3), tmp_path)
    assert run.previous == record(day=1)
    assert run.records == (record(day=0), record(day=1), record(day=3))


def test_a_trend_shows_so_many(tmp_path: Path) -> None:
    """The trend has this run and those before it, up to 90."""
    for day in range(MOST_SHOWN + 3):
        store_in(tmp_path).add(record(day=day))
    run = remembered(record(day=MOST_SHOWN + 3), tmp_path)
    assert len(run.records) == MOST_SHOWN
    assert run.records[-1] == record(day=MOST_SHOWN + 3)


def test_a_trend() -> None:
    """It has value, verdict and limit of each run in order; a run that did not check the metric has no point."""
    judged = record(check(verdict=Verdict.FAIL, value=7, limit=5))
    unchecked = record(check("welcome.sent"), day=1)
    unread = record(check(verdict=Verdict.ERROR, value=None), day=2, metrics={})
    assert trend([judged, unchecked, unread], "gone.errors") == [
        (judged.started, outcome(7, Verdict.FAIL, 5)),
        (unread.started, outcome(None, Verdict.ERROR, 5)),
    ]


def test_links_to_the_reports_that_there_are(tmp_path: Path) -> None:
    """Reports of other environments are linked as well, as long as they exist."""
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "report.html").touch()
    for environment in ("prod", "staging"):
        remembered(record(environment=environment), tmp_path)
    remember(record(day=1), store_in(tmp_path), tmp_path, has_report=False)
    assert 'href="prod/report.html"' in page(tmp_path)
    assert 'href="staging/report.html"' not in page(tmp_path)
    assert 'href="dev/report.html"' not in page(tmp_path)


def test_damage_is_a_problem(tmp_path: Path) -> None:
    """The run that finds something unreadable names it."""
    file = tmp_path / "history.jsonl"
    file.write_text("x\n")
    assert remembered(record(), tmp_path).problems == (f"history: 1 line of {file} could not be read: line 1",)


def test_who_may_not_read_may_write(tmp_path: Path) -> None:
    """The run is remembered; the page stays unchanged, since it would lose the other runs."""
    files = InMemory(is_closed=True)
    run = remember(record(), Store(files), tmp_path, has_report=True)
    assert list(files.files) == [f"dev/{record().id}.json"]
    assert run.problems == ("history: could not be read: memory is closed",)
    assert list(tmp_path.iterdir()) == []


def test_a_history_that_cannot_be_written(tmp_path: Path) -> None:
    """The page still shows the run."""
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "dev").touch()
    assert remembered(record(), tmp_path).problems == (
        f"history: could not be written: {tmp_path / 'history' / 'dev'}: File exists",
    )
    assert "2026-06-01 00:00:00 UTC" in page(tmp_path)


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """The run is still remembered, and no other file is left beside the page."""
    (tmp_path / "index.html").mkdir()
    assert remembered(record(), tmp_path).problems == ("history: index.html could not be written: Is a directory",)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history", "index.html"]
    assert store_in(tmp_path).newest(1).records == (record(),)


def test_the_page_after_several_runs_at_once(tmp_path: Path) -> None:
    """All of them are on it, with their reports; without a run, there is no page."""
    store = store_in(tmp_path)
    assert write_index(store, tmp_path) == ()
    assert not (tmp_path / "index.html").exists()
    for environment in ("dev", "prod"):
        store.add(record(environment=environment))
        (tmp_path / environment).mkdir()
        (tmp_path / environment / "report.html").touch()
    assert write_index(store, tmp_path) == ()
    assert all(f'href="{environment}/report.html"' in page(tmp_path) for environment in ("dev", "prod"))
    closed = Store(InMemory(is_closed=True))
    assert write_index(closed, tmp_path) == ("history: could not be read: memory is closed",)


def test_nights_before_this_one() -> None:
    """The newest comes first, with the same limit and a complete read, back to one that broke the limit."""
    demanded = limit("welcome.failure_rate", max=0.05)

    def night(day: int, verdict: Verdict = Verdict.PASS, **fields: Any) -> Record:
        usual = {"n": 10 + day, "demands": "max 5 %", "adds_up": True}
        return record(check("welcome.failure_rate", verdict, 0.0, **usual | fields), day=day)

    records = [
        night(0),
        night(1, Verdict.FAIL),
        night(2),
        night(3, demands="max 4 %"),
        night(4, adds_up=False),
        record(day=5),
        night(6, Verdict.INCONCLUSIVE),
        night(7),
    ]
    records.insert(0, replace(night(5), struck="a load test"))
    window = Window(BEGIN + timedelta(days=6), BEGIN + timedelta(days=7))
    nights = list(nights_before(records, demanded, window))
    assert [(one.metric.n, one.window.until) for one in nights] == [
        (16, BEGIN + timedelta(days=6)),
        (12, BEGIN + timedelta(days=2)),
    ]
