"""Whole runs and their report files: each file is whole or missing."""

import json
import os
import signal
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from checks.analysis.dictionary import Sentence, find_sentences
from checks.analysis.engine import Engine
from tests.health_run import REPORTS, ROOT, health_run, healthy, interfering, log
from tests.own_process import PYTEST

HOOKS_BEFORE_THE_WRITE = {
    "result.json": "pytest_runtest_teardown",
    "junit.xml": "pytest_sessionfinish",
    "report.html": "pytest_html_results_summary",
}


def test_pytest_names_the_reports_as_they_are_called(pytester: pytest.Pytester) -> None:
    """A path copied from the terminal leads to the file, however the folder was named.

    What a killed run left there is removed: half a report of each kind, what was whole by then, and an earlier run's
    files for a pipeline.
    """
    folder = pytester.path / "here" / "dev"
    folder.mkdir(parents=True)
    for name in (*REPORTS, *(f"{name}x4.unfinished" for name in REPORTS), "sentence.txt", "verdict.env"):
        (folder / name).write_text("old")
    (folder / "cases").mkdir()
    for name in ("gone.jsonl", "notes.txt"):
        (folder / "cases" / name).write_text("old")
    run = health_run(pytester, "--logs", "missing.jsonl", "--report-dir", "below/../here")
    assert f"generated xml file: {folder / 'junit.xml'}" in run.text
    assert "/here/dev/report.html" in run.text
    assert "unfinished" not in run.text
    assert sorted(path.name for path in folder.iterdir()) == sorted((*REPORTS, "cases"))
    assert [file.name for file in (folder / "cases").iterdir()] == ["notes.txt"], "they are no evidence of the next run"


def run_with(plugin: str, folder: Path) -> int:
    """Run in a separate process, which caches nothing, and return its exit code.

    Its logs are missing: it writes the same reports, and needs no analysis.
    """
    command = [*PYTEST, plugin, "--logs", "missing.jsonl", "-k", "data.gaps"]
    no_cache = {"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": os.devnull}
    environment = {**os.environ, "PYTHONPATH": str(folder.parents[1]), **no_cache}
    command += ["--report-dir", str(folder.parent)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize("name", REPORTS)
def test_a_kill_within_the_write_leaves_no_half_report(pytester: pytest.Pytester, name: str) -> None:
    """The kernel kills the run as it writes byte 101."""
    plugin = interfering(
        pytester,
        dedent(
            f"""\
            import resource, signal
            import pytest

            @pytest.hookimpl(tryfirst=True)
            def {HOOKS_BEFORE_THE_WRITE[name]}():
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
            """
        ),
    )
    folder = pytester.path / "reports" / "dev"
    assert run_with(plugin, folder) == -signal.SIGXFSZ
    (half,) = folder.glob(f"{name}*.unfinished")
    assert half.stat().st_size == 100
    whole = {path.name for path in folder.iterdir()} & set(REPORTS)
    assert whole == set()
    assert all(json.loads((folder / one).read_bytes()) for one in whole)


def test_a_kill_at_the_end_leaves_no_result(pytester: pytest.Pytester) -> None:
    """Nor is there an earlier result: without result.json the run has not ended, whatever else exists."""
    plugin = interfering(
        pytester,
        dedent(
            """\
            import os, signal
            from checks.plugin import health_session

            health_session.write_outputs = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
            """
        ),
    )
    folder = pytester.path / "reports" / "dev"
    folder.mkdir(parents=True)
    for name in REPORTS:
        (folder / name).write_text("old")
    assert run_with(plugin, folder) == -signal.SIGKILL
    assert {path.name for path in folder.iterdir()} == {"junit.xml", "report.html", "result.json.unfinished"}
    assert "old" not in {(folder / name).read_text(encoding="utf-8") for name in ("junit.xml", "report.html")}


def test_what_was_read_is_there_until_the_run_ends(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result needs sentences after the last check, and perhaps disk space; then nothing is left."""
    temporary = pytester.mkdir("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    seen: list[list[str]] = []

    def watching(engine: Engine) -> tuple[Sentence, ...]:
        seen.append([path.name for path in temporary.glob("websocket-health-*/*")])
        return find_sentences(engine)

    monkeypatch.setattr("checks.run.run.find_sentences", watching)
    health_run(pytester, "--logs", log(pytester, healthy()))
    assert seen
    assert all(seen)
    assert list(temporary.iterdir()) == []
