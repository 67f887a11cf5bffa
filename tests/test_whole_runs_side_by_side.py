"""Whole runs on several environments: one matrix, one exit code, one page."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.health_run import REPORTS, health_run, healthy, unhealthy
from tests.history.records import remembered
from tests.outputs.reading import step_outputs
from tests.own_process import run


@pytest.fixture(name="limits")
def _limits(tmp_path: Path) -> Path:
    """Environments that are healthy, unhealthy and out of reach."""
    (tmp_path / "healthy.jsonl").write_bytes(healthy())
    (tmp_path / "unhealthy.jsonl").write_bytes(unhealthy())
    file = tmp_path / "limits.yaml"
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


def test_one_matrix_one_exit_code_one_page(limits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs come in the order of -E; the exit code is the worst, also for later steps of a pipeline."""
    folder = tmp_path / "out"
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    done = run(folder, "--thresholds", str(limits), "-E", "blind", "-E", "good", "-E", "bad", "-A", "welcome")
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Side by side: blind, good, bad"
    places = [lines.index(f"=== {name} ===") for name in ("blind", "good", "bad")]
    assert places == sorted(places)
    matrix = lines[lines.index("=== All environments ===") + 1 :]
    assert [line[:38].rstrip() for line in matrix] == [
        "environment  verdict  exit  checks",
        "blind        ERROR    12    1 error",
        "good         PASS     0     1 passed",
        "bad          FAIL     1     1 failed",
    ]
    assert "8 of 60 welcome messages did not arrive" in matrix[-1]
    assert max(map(len, matrix)) <= 80
    outputs = step_outputs((tmp_path / "outputs").read_text())
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


def test_a_mistake_that_each_finds_leaves_old_reports_out(limits: Path, tmp_path: Path) -> None:
    """The results of an earlier run are not taken for those of this one."""
    folder = tmp_path / "out"
    options = ("--thresholds", str(limits), "-E", "good", "-E", "bad")
    assert run(folder, *options).returncode == 1
    done = run(folder, *options, "-T", "-1")
    assert done.returncode == 4
    assert done.stdout.splitlines()[-2:] == [
        "good         none     4             no check was completed",
        "bad          none     4             no check was completed",
    ]
