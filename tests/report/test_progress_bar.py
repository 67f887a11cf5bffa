"""The progress of a read where there is no terminal; tests/test_whole_runs_progress.py has the bar on one."""

import pytest

from checks.logs.spool import Progress
from checks.report import progress_bar
from checks.report.progress_bar import progress_display

HALF = Progress(1800, 3600, "of the time", events=1234)


def test_a_line_tells_how_far_the_read_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, for the log of a pipeline."""
    monkeypatch.setattr(progress_bar, "_LINE_EVERY_SECONDS", 0)
    with progress_display(is_quiet=False) as show:
        show(HALF)
    printed = capsys.readouterr()
    assert printed.err.startswith("reading logs: 50% of the time, 1,234 events, ")
    assert printed.err.endswith("/s\n")
    assert not printed.out


def test_lines_come_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """A read that is over soon prints none."""
    with progress_display(is_quiet=False) as show:
        show(HALF)
    assert not capsys.readouterr().err


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """However often progress is made."""
    monkeypatch.setattr(progress_bar, "_LINE_EVERY_SECONDS", 0)
    with progress_display(is_quiet=True) as show:
        show(HALF)
    assert not capsys.readouterr().err
