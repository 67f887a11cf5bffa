"""`--history` names a file or a folder on S3, and nothing else."""

import multiprocessing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.errors import ConfigError, HistoryError
from checks.history.record import encode
from checks.history.s3 import BucketStore
from checks.history.store import FileStore, open_store
from tests.history.records import record


def test_a_file(tmp_path: Path) -> None:
    """Opening it makes nothing."""
    assert isinstance(open_store(str(tmp_path / "history.jsonl")), FileStore)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["s3://runs", "s3://runs/", "s3://runs/health/chat/"])
def test_s3(place: str) -> None:
    """With or without a prefix; nothing is asked of AWS yet."""
    assert isinstance(open_store(place), BucketStore)


@pytest.mark.parametrize("place", ["s3://", "s3:///health", "http://runs/health", "S3://runs"])
def test_what_is_no_place(place: str) -> None:
    """It is a mistake on the command line, and the message says what would be one."""
    with pytest.raises(ConfigError, match="is no place for a history; name a file or s3://BUCKET/PREFIX"):
        open_store(place)


WRITERS, RUNS = 8, 50


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def days(file: Path, most: int = 90, environment: str | None = None) -> list[int]:
    """The days of June on which the runs began, in the order in which they are read."""
    return [found.started.day for found in FileStore(file).newest(most, environment).records]


def append(file: Path, environment: str) -> None:
    store = FileStore(file)
    for day in range(RUNS):
        store.add(record(day=day, environment=environment))


def test_no_file_yet(file: Path) -> None:
    """Before the first run there is no run, and no problem."""
    past = FileStore(file).newest(90)
    assert (past.records, past.problems) == ((), ())


def test_runs_are_read_by_time(file: Path) -> None:
    """The oldest comes first, in whatever order they ended."""
    for day in (2, 0, 1):
        FileStore(file).add(record(day=day))
    assert days(file) == [1, 2, 3]


def test_the_newest_of_each_environment(file: Path) -> None:
    """One with many runs does not crowd out one with few."""
    FileStore(file).add(record(environment="prod"))
    for day in range(5):
        FileStore(file).add(record(day=day))
    assert days(file, 2) == [1, 4, 5]
    assert days(file, 2, "dev") == [4, 5]
    assert days(file, 2, "prod") == [1]
    assert days(file, 2, "staging") == []


def test_a_folder_is_made(tmp_path: Path) -> None:
    """The first run makes file and folder."""
    file = tmp_path / "a" / "b" / "history.jsonl"
    FileStore(file).add(record())
    assert days(file) == [1]


def test_many_writers_at_once(file: Path) -> None:
    """Of eight processes that append fifty runs each, no line is lost and none is spoilt."""
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=append, args=(file, f"dev{number}")) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    past = FileStore(file).newest(RUNS)
    assert past.problems == ()
    assert len(past.records) == len(file.read_bytes().splitlines()) == WRITERS * RUNS
    assert {found.environment for found in past.records} == {f"dev{number}" for number in range(WRITERS)}


def test_a_writer_that_was_killed(file: Path) -> None:
    """Half a line loses itself only: the next one begins anew."""
    FileStore(file).add(record())
    with file.open("ab") as stream:
        stream.write(encode(record(day=1))[:100])
    FileStore(file).add(record(day=2))
    assert days(file) == [1, 3]
    assert FileStore(file).newest(90).problems == (f"1 line of {file} could not be read: line 2",)


def test_damage_is_counted(file: Path) -> None:
    """Lines that are no runs are named by their numbers; only a few of them, for there may be thousands."""
    damaged = b"x\n" * 7
    file.write_bytes(encode(record()) + damaged + b"\n" + encode(record(day=1)))
    assert days(file) == [1, 2]
    expected = f"7 lines of {file} could not be read: lines 2, 3, 4, 5, 6, …"
    assert FileStore(file).newest(90).problems == (expected,)


def test_damage_behind_a_sound_beginning(file: Path) -> None:
    """A line that says which run it is of, but not what that found, is damaged as well."""
    file.write_bytes(encode(record()).replace(b'"exit_code":0', b'"exit_code":"0"') + encode(record(day=1)))
    assert days(file) == [2]
    assert FileStore(file).newest(90).problems == (f"1 line of {file} could not be read: line 1",)


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=40).filter(lambda junk: b"\n" not in junk), max_size=6), st.randoms())
def test_damage_anywhere(junk: list[bytes], random: object) -> None:
    """Whatever stands between the lines, all the runs are read."""
    lines = [encode(record(day=day)).rstrip() for day in range(4)] + junk
    random.shuffle(lines)  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "history.jsonl"
        file.write_bytes(b"\n".join(lines))
        FileStore(file).add(record(day=4))
        assert days(file) == [1, 2, 3, 4, 5]


def test_ten_thousand_runs(file: Path) -> None:
    """A long history is read whole, and only the newest are kept in memory as records."""
    file.write_bytes(b"".join(encode(record(day=day)) for day in range(10_000)))
    past = FileStore(file).newest(90)
    assert [(found.started - past.records[0].started).days for found in past.records] == list(range(90))
    assert past.records[-1] == record(day=9_999)


@pytest.mark.parametrize("place", ["", "file/history.jsonl"])
def test_a_place_that_is_none(place: str, tmp_path: Path) -> None:
    """A folder in place of a file, or a file in place of a folder: the error names it, and says why."""
    (tmp_path / "file").touch()
    store = FileStore(tmp_path / place)
    for use in (lambda: store.add(record()), lambda: store.newest(90)):
        with pytest.raises(HistoryError, match=r"directory|exists"):
            use()
