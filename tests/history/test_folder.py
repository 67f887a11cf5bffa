"""A history on disk stays whole, with many writers and killed writers; an older history file is still read."""

import multiprocessing
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import HistoryError
from checks.history.record import decode, encode, record_of
from checks.history.store import Folder, Store, old_runs
from tests.history.records import BEGIN, record
from tests.report.results import result

WRITERS, RUNS = 8, 50
PROCESSES = multiprocessing.get_context("fork")


def test_folders_are_made(tmp_path: Path) -> None:
    """The first run creates them; before, there is nothing to read."""
    folder = Folder(tmp_path / "a" / "b")
    assert list(folder.names("")) == list(folder.names("dev")) == []
    folder.write("dev/1.json", b"content")
    assert list(folder.names("")) == list(folder.names("dev")) == ["dev/1.json"]
    assert list(folder.read(["dev/1.json"])) == [b"content"]


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """If old runs are deleted while another process reads, only those are missing."""
    folder = Folder(tmp_path)
    folder.write("dev/2.json", b"content")
    assert list(folder.read(["dev/1.json", "dev/2.json"])) == [b"", b"content"]


def remember(folder: Path, environment: str) -> None:
    store = Store(Folder(folder))
    for day in range(RUNS):
        store.add(record(day=day, environment=environment))


def test_many_writers_at_once(tmp_path: Path) -> None:
    """Eight processes that remember fifty runs each neither lose nor damage one."""
    writers = [PROCESSES.Process(target=remember, args=(tmp_path, f"dev{number}")) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    past = Store(Folder(tmp_path)).newest(RUNS)
    assert past.problems == ()
    assert len(past.records) == len(list(tmp_path.glob("*/*"))) == WRITERS * RUNS
    assert {run.environment for run in past.records} == {f"dev{number}" for number in range(WRITERS)}


def test_runs_of_one_moment(tmp_path: Path) -> None:
    """Runs that began in the same microsecond are all kept."""
    runs = [record_of(result(), BEGIN, BEGIN) for _ in range(20)]
    for run in runs:
        Store(Folder(tmp_path)).add(run)
    assert {run.id for run in Store(Folder(tmp_path)).newest(90).records} == {run.id for run in runs}


def remember_without_end(folder: Path) -> None:
    for day in count():
        Store(Folder(folder)).add(record(day=day))


def test_a_writer_that_is_killed(tmp_path: Path) -> None:
    """At whatever moment, each file with its final name is whole."""
    for number in range(10):
        folder = tmp_path / str(number)
        writer = PROCESSES.Process(target=remember_without_end, args=(folder,))
        writer.start()
        end = monotonic() + 10
        while not list(folder.glob("*/*.json")) and monotonic() < end:
            sleep(0.001)
        sleep(number / 1000)
        writer.kill()
        writer.join()
        files = list(folder.glob("*/*.json"))
        assert files
        assert all(decode(file.read_bytes()) for file in files)
        assert Store(Folder(folder)).newest(1).problems == ()


def test_ten_thousand_runs(tmp_path: Path) -> None:
    """A long history is listed completely, but only its newest files are read."""
    folder = tmp_path / "dev"
    folder.mkdir()
    runs = [record(day=day) for day in range(10_000)]
    for run in runs[:-90]:
        (folder / f"{run.id}.json").touch()
    for run in runs[-90:]:
        Store(Folder(tmp_path)).add(run)
    past = Store(Folder(tmp_path)).newest(90)
    assert (past.records, past.problems) == (tuple(runs[-90:]), ())


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """The error says what to do, since an older history may have that name."""
    (tmp_path / "runs").touch()
    folder = Folder(tmp_path / "runs")
    for use in (lambda: folder.write("dev/1.json", b""), lambda: folder.names("")):
        with pytest.raises(HistoryError, match=r"runs is a file, but a history is a folder: .* rename .* runs\.jsonl"):
            use()


def test_a_name_too_long_for_a_folder(tmp_path: Path) -> None:
    """It is an error of the history alone, which is a warning, and not one of the run."""
    folder = Folder(tmp_path / ("a" * 300))
    for use in (lambda: folder.write("dev/1.json", b""), lambda: folder.names("")):
        with pytest.raises(HistoryError, match="File name too long"):
            use()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """The error names the place and the reason."""
    (tmp_path / "file").touch()
    folder = Folder(tmp_path / "file" / "history")
    for use in (lambda: folder.write("dev/1.json", b""), lambda: folder.names("")):
        with pytest.raises(HistoryError, match=r"file/history.*: Not a directory"):
            use()


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def days(file: Path) -> list[int]:
    """Return the days of June on which the runs began."""
    return sorted(run.started.day for run in old_runs(file).values() if run)


def damaged(file: Path) -> list[str]:
    return [number for number, run in old_runs(file).items() if run is None]


def test_no_file(file: Path) -> None:
    """The file need not exist."""
    assert old_runs(file) == {}


def test_damage_is_counted(file: Path) -> None:
    """Lines that are not runs are named by number; an empty line is ignored."""
    file.write_bytes(encode(record()) + b"x\nx\n\n" + encode(record(day=1)) + encode(record(day=2))[:100])
    assert (days(file), damaged(file)) == ([1, 2], ["2", "3", "6"])


def test_damage_behind_a_sound_beginning(file: Path) -> None:
    """A line that has the run's id but not its outcome is also damaged."""
    file.write_bytes(encode(record()).replace(b'"exit_code":0', b'"exit_code":"0"') + encode(record(day=1)))
    assert (days(file), damaged(file)) == ([2], ["1"])


@given(st.lists(st.binary(max_size=40).filter(lambda junk: b"\n" not in junk), max_size=6), st.randoms())
def test_damage_anywhere(tmp_path_factory: pytest.TempPathFactory, junk: list[bytes], random: object) -> None:
    """Whatever is between the lines, all runs are read."""
    lines = [encode(record(day=day)).rstrip() for day in range(4)] + junk
    random.shuffle(lines)  # type: ignore[attr-defined]
    file = tmp_path_factory.mktemp("damage") / "history.jsonl"
    file.write_bytes(b"\n".join(lines))
    assert days(file) == [1, 2, 3, 4]


def test_a_folder_in_place_of_the_file(file: Path) -> None:
    """The error names the file and the reason."""
    file.mkdir()
    with pytest.raises(HistoryError, match=r"history\.jsonl: Is a directory"):
        old_runs(file)
