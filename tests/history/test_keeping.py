"""The end of a run: it is remembered among those before it, and trouble is told, not raised."""

from pathlib import Path

from checks.errors import HistoryError
from checks.history.file import FileStore
from checks.history.keeping import MOST_SHOWN, Kept, keep, write_index
from checks.history.record import Record
from checks.history.store import Past
from tests.history.records import record


def kept(found: Record, folder: Path) -> Kept:
    return keep(found, FileStore(folder / "history.jsonl"), folder, has_report=True)


def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


class WriteOnly:
    """A store of somebody who may write, and not read."""

    def __init__(self) -> None:
        self.added: list[Record] = []

    def add(self, found: Record) -> None:
        self.added.append(found)

    def newest(self, most: int, environment: str | None = None) -> Past:
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
    keep(record(day=1), FileStore(tmp_path / "history.jsonl"), tmp_path, has_report=False)
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
    found = keep(record(), store, tmp_path, has_report=True)
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
