"""The store keeps a file for each run, and finds the newest by their names."""

from pathlib import Path

import pytest

from checks.errors import ConfigError
from checks.history.record import encode
from checks.history.store import Store, open_store
from tests.history.in_memory import InMemory
from tests.history.records import record


def days(store: Store, most: int = 90, environment: str | None = None) -> list[int]:
    """Return the days of June on which the runs began, in the order in which they are read."""
    return [run.started.day for run in store.newest(most, environment).records]


@pytest.fixture(name="files")
def _files() -> InMemory:
    return InMemory()


def test_before_the_first_run(files: InMemory) -> None:
    """There is no run, and no problem."""
    past = Store(files).newest(90)
    assert (past.records, past.problems) == ((), ())


def test_a_run_is_a_file(files: InMemory) -> None:
    """It is named by environment and id, and read back as it was."""
    run = record(environment="a/b é")
    Store(files).add(run)
    assert list(files.files) == [f"a%2Fb%20%C3%A9/{run.id}.json"]
    assert Store(files).newest(90).records == (run,)


def test_runs_are_read_by_time(files: InMemory) -> None:
    """The oldest comes first, in whatever order they ended."""
    for day in (2, 0, 1):
        Store(files).add(record(day=day))
    assert days(Store(files)) == [1, 2, 3]


def test_the_newest_of_each_environment(files: InMemory) -> None:
    """An environment with many runs does not crowd out one with few; no other file is read."""
    store = Store(files)
    store.add(record(environment="prod"))
    for day in (4, 2, 3, 0, 1):
        store.add(record(day=day))
    assert days(store, 2) == [1, 4, 5]
    assert len(files.reads) == 3
    assert days(store, 2, "dev") == [4, 5]
    assert days(store, 2, "prod") == [1]
    assert days(store, 2, "de") == []


def test_other_files(files: InMemory) -> None:
    """A file that is not named like a run is ignored: neither read nor damaged."""
    store = Store(files)
    store.add(record())
    (run,) = files.files
    for name in (f"{run}x2_.unfinished", "dev/result.json", "README.md", f"old/{run}", run.replace(".json", ".txt")):
        files.write(name, b"mine")
    past = store.newest(90)
    assert (past.records, past.problems, files.reads) == ((record(),), (), [run])


@pytest.mark.parametrize(
    "content", [b"", b"x\n", encode(record())[:-50], encode(record()).replace(b'"exit_code":0', b'"exit_code":"0"')]
)
def test_a_damaged_file(content: bytes, files: InMemory) -> None:
    """It affects only its own run, and is named."""
    store = Store(files)
    for day in range(3):
        store.add(record(day=day))
    name = f"dev/{record(day=1).id}.json"
    files.write(name, content)
    assert days(store) == [1, 3]
    assert store.newest(90).problems == (f"1 file of memory could not be read: file {name}",)


def test_many_damaged_files(files: InMemory) -> None:
    """Only a few are named, because there may be thousands."""
    names = [f"dev/{record(day=day).id}.json" for day in range(7)]
    for name in names:
        files.write(name, b"x")
    assert Store(files).newest(90).problems == (
        f"7 files of memory could not be read: files {', '.join(names[:5])}, …",
    )


def test_a_file_of_old(files: InMemory, tmp_path: Path) -> None:
    """Its runs count among those of the folder, each once; damage in it is reported separately."""
    old = tmp_path / "history.jsonl"
    old.write_bytes(b"".join(encode(record(day=day)) for day in (0, 1, 2)) + b"x\n")
    store = Store(files, old)
    for day in (2, 3):
        store.add(record(day=day))
    store.add(record(environment="prod"))
    assert days(store, 90, "dev") == [1, 2, 3, 4]
    assert days(store, 3, "dev") == [2, 3, 4]
    assert days(store, 2) == [1, 3, 4]
    assert store.newest(90).problems == (f"1 line of {old} could not be read: line 4",)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("reports/history", "reports/history"),
        ("reports/history.jsonl", "reports/history"),
        ("runs.json", "runs.json"),
        (".", "."),
        ("s3://runs", "s3://runs/"),
        ("s3://runs/", "s3://runs/"),
        ("s3://runs/health/chat/", "s3://runs/health/chat/"),
    ],
)
def test_places(place: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, an older file (meaning the folder beside it), or S3: opening one creates and requests nothing."""
    monkeypatch.chdir(tmp_path)
    assert open_store(place).place == name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["history", "history.jsonl"])
def test_the_folder_beside_a_file_of_old(name: str, tmp_path: Path) -> None:
    """Whichever of the two is named, both are read, and new runs go into the folder."""
    (tmp_path / "history.jsonl").write_bytes(encode(record()))
    store = open_store(str(tmp_path / name))
    store.add(record(day=1))
    assert days(store) == [1, 2]
    assert (tmp_path / "history.jsonl").read_bytes() == encode(record())
    assert (tmp_path / "history" / "dev" / f"{record(day=1).id}.json").is_file()


@pytest.mark.parametrize("place", ["s3://", "s3:///health", "http://runs/health", "S3://runs", "s3:/runs", "s3:runs"])
def test_what_is_no_place(place: str) -> None:
    """It is a mistake on the command line, and the message says what is allowed."""
    with pytest.raises(ConfigError, match="; name a folder or s3://BUCKET/PREFIX"):
        open_store(place)
