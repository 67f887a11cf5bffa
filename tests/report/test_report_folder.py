"""Reports get their names when they are whole."""

from pathlib import Path

from checks.metrics import EvidenceKind
from checks.report.result import REPORT_NAMES, cases_name, finish, remove_finished, remove_unfinished, unfinished


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(name)


def test_what_was_written_gets_its_name(tmp_path: Path) -> None:
    """In place of an older one; what was not written, and what belongs to others, is left alone."""
    write(tmp_path, "report.html", "report.html.unfinished", "notes.txt.unfinished")
    finish(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "notes.txt.unfinished"}
    assert (tmp_path / "report.html").read_text() == "report.html.unfinished"


def test_what_is_unfinished_lies_beside(tmp_path: Path) -> None:
    """A file can be renamed at once only within a folder."""
    assert {unfinished(tmp_path / name).parent for name in REPORT_NAMES} == {tmp_path}
    assert not {unfinished(tmp_path / name).name for name in REPORT_NAMES} & set(REPORT_NAMES)


def test_reports_are_removed_whole_or_not(tmp_path: Path) -> None:
    """And nothing else."""
    write(tmp_path, *REPORT_NAMES, *(unfinished(Path(name)).name for name in REPORT_NAMES), "notes.txt")
    remove_unfinished(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*REPORT_NAMES, "notes.txt"}
    remove_finished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    """Whatever name it had while it was written, and the cases beside the report with it."""
    (tmp_path / "cases").mkdir()
    write(tmp_path, "result.json4x_2.unfinished", *map(cases_name, EvidenceKind))
    remove_unfinished(tmp_path)
    remove_finished(tmp_path)
    assert list(tmp_path.iterdir()) == []
