"""Whole runs on several environments: one matrix, one exit code, one page."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from textwrap import dedent

import pytest

from tests.health_run import REPORTS, health_run, healthy, unhealthy
from tests.history.records import remembered
from tests.outputs.reading import step_outputs
from tests.own_process import run


@pytest.fixture(name="limits", scope="module")
def _limits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments that are healthy, unhealthy and out of reach."""
    folder = tmp_path_factory.mktemp("limits")
    (folder / "healthy.jsonl").write_bytes(healthy())
    (folder / "unhealthy.jsonl").write_bytes(unhealthy())
    file = folder / "limits.yaml"
    file.write_text(
        dedent("""\
            defaults: {limits: {welcome.failure_rate: 5%, gone.errors: 500}}
            environments:
              good: {logs: healthy.jsonl}
              bad: {logs: unhealthy.jsonl}
              blind: {logs: missing.jsonl}
        """)
    )
    return file


@dataclass(frozen=True)
class Matrix:
    """A run on all environments, and the folder of its reports and of the file for a pipeline."""

    done: CompletedProcess[str]
    folder: Path


@pytest.fixture(name="matrix", scope="module")
def _matrix(limits: Path, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    folder = tmp_path_factory.mktemp("matrix")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_OUTPUT", str(folder / "outputs"))
        environments = ("-E", "blind", "-E", "good", "-E", "bad")
        return Matrix(run(folder / "out", "--thresholds", str(limits), *environments, "-A", "welcome"), folder)


def test_one_matrix_one_exit_code_one_page(matrix: Matrix) -> None:
    """Outputs come in the order of -E; the exit code is the worst, also for later steps of a pipeline."""
    done, folder = matrix.done, matrix.folder / "out"
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Side by side: blind, good, bad"
    places = [lines.index(f"=== {name} ===") for name in ("blind", "good", "bad")]
    assert places == sorted(places)
    table = lines[lines.index("=== All environments ===") + 1 :]
    assert [line[:38].rstrip() for line in table] == [
        "environment  verdict  exit  checks",
        "blind        ERROR    12    1 error",
        "good         PASS     0     1 passed",
        "bad          FAIL     1     1 failed",
    ]
    assert "8 of 60 welcome messages did not arrive" in table[-1]
    assert max(map(len, table)) <= 80
    outputs = step_outputs((matrix.folder / "outputs").read_text())
    assert (outputs["verdict"], outputs["exit_code"]) == ("fail", "1")
    assert outputs["sentence"] == "blind: ERROR, good: PASS, bad: FAIL"
    for name in ("blind", "good", "bad"):
        assert sorted(path.name for path in (folder / name).iterdir()) == sorted(REPORTS)
    history = remembered(folder / "history")
    assert {one["environment"]: one["exit_code"] for one in history} == {"blind": 12, "good": 0, "bad": 1}
    page = (folder / "index.html").read_text()
    assert all(f'href="{name}/report.html"' in page for name in ("blind", "good", "bad"))


def test_a_mistake_in_one_name(pytester: pytest.Pytester, limits: Path) -> None:
    """It is found before any environment starts."""
    done = health_run(pytester, "--thresholds", limits, "-E", "bda", environment="good")
    assert done.code == 4
    assert "unknown environment 'bda'; did you mean 'bad'? (allowed: good, bad, blind)" in done.text
    assert not (pytester.path / "reports").exists()


def test_a_mistake_that_each_finds_leaves_old_reports_out(matrix: Matrix, limits: Path, tmp_path: Path) -> None:
    """The results of an earlier run are not taken for those of this one."""
    shutil.copytree(matrix.folder / "out", tmp_path / "out")
    done = run(tmp_path / "out", "--thresholds", str(limits), "-E", "good", "-E", "bad", "-T", "-1")
    assert done.returncode == 4
    assert done.stdout.splitlines()[-2:] == [
        "good         none     4             no check was completed",
        "bad          none     4             no check was completed",
    ]
