"""What every output is given, and says where it fails."""

from pathlib import Path

import pytest

from checks.errors import OutputError
from checks.outputs.output import FinishedRun, writing
from tests.report.results import SINCE, result


def test_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named as a person would type it; nothing where there is none."""
    monkeypatch.chdir(tmp_path)
    run = FinishedRun(result(), SINCE, None, tmp_path / "dev")
    assert run.report == ""
    run.folder.mkdir()
    (run.folder / "report.html").touch()
    assert run.report == "dev/report.html"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """It is named, whatever the operating system names."""
    with pytest.raises(OutputError, match=r"a\.md could not be written: Is a directory$"), writing(tmp_path / "a.md"):
        tmp_path.read_bytes()
