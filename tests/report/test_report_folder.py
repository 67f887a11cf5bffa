"""Reports get their final names when they are whole."""

from pathlib import Path
from typing import Any

import pytest

from checks.metrics import EvidenceKind
from checks.report.result import BESIDE_RESULT, REPORT_NAMES, RESULT, cases_name, finish, remove_reports, unfinished


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(name)


def test_what_was_written_gets_its_name(tmp_path: Path) -> None:
    """It replaces an older file; missing files, and files of others, are left alone."""
    write(tmp_path, "report.html", "report.html.unfinished", "notes.txt.unfinished")
    finish(tmp_path, BESIDE_RESULT)
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "notes.txt.unfinished"}
    assert (tmp_path / "report.html").read_text() == "report.html.unfinished"


def test_what_is_unfinished_lies_beside(tmp_path: Path) -> None:
    """An atomic rename works only within a folder."""
    assert {unfinished(tmp_path / name).parent for name in REPORT_NAMES} == {tmp_path}
    assert not {unfinished(tmp_path / name).name for name in REPORT_NAMES} & set(REPORT_NAMES)


def test_only_reports_are_removed(tmp_path: Path) -> None:
    """These are whole ones, those of a killed run under any name, and cases."""
    (tmp_path / "cases").mkdir()
    write(tmp_path, *REPORT_NAMES, *(unfinished(Path(name)).name for name in REPORT_NAMES), "notes.txt")
    write(tmp_path, "result.json4x_2.unfinished", *map(cases_name, EvidenceKind))
    remove_reports(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_result_json_goes_first_and_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a run is killed: if result.json exists, so does everything else."""
    write(tmp_path, *(unfinished(Path(name)).name for name in REPORT_NAMES))
    seen: list[set[str]] = []

    def watched(name: str) -> None:
        change = getattr(Path, name)

        def change_and_look(*arguments: Any, **more: Any) -> None:
            change(*arguments, **more)
            seen.append({path.name for path in tmp_path.iterdir()} & set(REPORT_NAMES))

        monkeypatch.setattr(Path, name, change_and_look)

    watched("replace")
    watched("unlink")
    finish(tmp_path, BESIDE_RESULT)
    finish(tmp_path, [RESULT])
    remove_reports(tmp_path)
    assert {frozenset(names) for names in seen if "result.json" in names} == {frozenset(REPORT_NAMES)}
    assert len(seen) > 2 * len(REPORT_NAMES)
