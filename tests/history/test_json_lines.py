"""A history of old, a line a run, is read as before."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import HistoryError
from checks.history.json_lines import newest_lines
from checks.history.record import encode
from tests.history.records import record


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "history.jsonl"


def days(file: Path, most: int = 90, environment: str | None = None) -> list[int]:
    """The days of June on which the runs began."""
    records, _ = newest_lines(file, most, environment)
    return sorted(run.started.day for run in records)


def damaged(file: Path) -> list[int]:
    _, lines = newest_lines(file, 90, None)
    return lines


def test_no_file(file: Path) -> None:
    """There need not be one."""
    assert newest_lines(file, 90, None) == ([], [])


def test_the_newest_of_each_environment(file: Path) -> None:
    """Whatever their order; one with many runs does not crowd out one with few."""
    runs = [record(environment="prod"), *(record(day=day) for day in (4, 2, 3, 0, 1))]
    file.write_bytes(b"".join(map(encode, runs)))
    assert days(file, 2) == [1, 4, 5]
    assert days(file, 2, "dev") == [4, 5]
    assert days(file, 2, "staging") == []


def test_damage_is_counted(file: Path) -> None:
    """Lines that are no runs are named by their numbers; an empty one is nothing."""
    file.write_bytes(encode(record()) + b"x\nx\n\n" + encode(record(day=1)) + encode(record(day=2))[:100])
    assert (days(file), damaged(file)) == ([1, 2], [2, 3, 6])


def test_damage_behind_a_sound_beginning(file: Path) -> None:
    """A line that says which run it is of, but not what came of that, is damaged as well."""
    file.write_bytes(encode(record()).replace(b'"exit_code":0', b'"exit_code":"0"') + encode(record(day=1)))
    assert (days(file), damaged(file)) == ([2], [1])


@given(st.lists(st.binary(max_size=40).filter(lambda junk: b"\n" not in junk), max_size=6), st.randoms())
def test_damage_anywhere(tmp_path_factory: pytest.TempPathFactory, junk: list[bytes], random: object) -> None:
    """Whatever stands between the lines, all the runs are read."""
    lines = [encode(record(day=day)).rstrip() for day in range(4)] + junk
    random.shuffle(lines)  # type: ignore[attr-defined]
    file = tmp_path_factory.mktemp("damage") / "history.jsonl"
    file.write_bytes(b"\n".join(lines))
    assert days(file) == [1, 2, 3, 4]


def test_ten_thousand_runs(file: Path) -> None:
    """A long history is read whole, and only the newest are kept in memory as records."""
    file.write_bytes(b"".join(encode(record(day=day)) for day in range(10_000)))
    records, _ = newest_lines(file, 90, None)
    assert [(run.started - record().started).days for run in records] == list(range(9_910, 10_000))


def test_a_folder_in_place_of_the_file(file: Path) -> None:
    """The error names it, and says why."""
    file.mkdir()
    with pytest.raises(HistoryError, match=r"history\.jsonl: Is a directory"):
        newest_lines(file, 90, None)
