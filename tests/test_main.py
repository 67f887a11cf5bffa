"""Subcommands: what holds for all of them, and `validate`, which checks thresholds.yaml."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import checks.__main__
from checks.__main__ import main
from tests.own_process import clean_environment

ROOT = Path(__file__).parents[1]

SMALL = """\
environments:
  dev:
    log_group: /aws/lambda/chat
    limits:
      gone.errors: 5
waivers:
  - {metric: gone.errors, environment: dev, reason: old clients, owner: ops, until: 2026-06-30}
"""


def written(folder: Path, text: str) -> str:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def recording(folder: Path, events: int) -> Path:
    path = folder / "log.jsonl"
    path.write_text('{"timestamp": 1780358400000, "message": "the cache is warm"}\n' * events, encoding="utf-8")
    return path


def test_the_shipped_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By default, thresholds.yaml in the current folder is checked."""
    monkeypatch.chdir(ROOT)
    assert main(["validate"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("thresholds.yaml: 5 environments, ")
    assert printed.out.endswith(" limits, 0 waivers: valid\n")
    assert not printed.err


def test_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts of one are written in the singular."""
    file = written(tmp_path, SMALL)
    assert main(["validate", "--thresholds", file]) == 0
    assert capsys.readouterr().out == f"{file}: 1 environment, 1 limit, 1 waiver: valid\n"


def test_all_problems_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each problem has its line, and the exit code is that of a bad configuration."""
    file = written(tmp_path, SMALL.replace("gone.errors: 5", "gone.erors: 5").replace("reason", "raeson"))
    assert main(["validate", "--thresholds", file]) == 4
    printed = capsys.readouterr()
    assert not printed.out
    assert f"{file}:5: unknown metric 'gone.erors'" in printed.err
    assert f"{file}:7: unknown key 'raeson'" in printed.err


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without thresholds.yaml is also a bad configuration."""
    monkeypatch.chdir(tmp_path)
    assert main(["validate"]) == 4
    assert capsys.readouterr().err == (
        "error: thresholds.yaml: no such file\nhint: `websocket-health-checks init` writes one\n"
    )


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    """`| head -1` ends the command without an error message."""
    log = recording(tmp_path, 5000)
    command = f"'{sys.executable}' -m checks recognise '{log}' | head -1"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


WRONG = ("-m checks -E nope", "-m checks validate --thresholds nope", "-m pytest -p no:cacheprovider -E nope -T 0")


def test_an_error_that_nobody_reads_is_one() -> None:
    """The exit code is the same even if nobody reads standard output and standard error."""
    codes = {}
    for command in WRONG:
        reader, writer = os.pipe()
        os.close(reader)
        run = [sys.executable, *command.split()]
        done = subprocess.run(run, cwd=ROOT, env=clean_environment(), stdout=writer, stderr=writer, check=False)
        codes[command] = done.returncode
        os.close(writer)
    assert codes == dict.fromkeys(WRONG, 4)


def test_options_that_pytest_can_not_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """They are a mistake on the command line, not a fault of the checks."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k 'a")
    assert checks.__main__.main(["-E", "demo"]) == 4
    assert capsys.readouterr().err == "error: PYTEST_ADDOPTS: No closing quotation\n"


def test_it_runs_as_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m checks` ends with the command's exit code."""
    monkeypatch.setattr(sys, "argv", ["checks", "recognise", str(recording(tmp_path, 1))])
    with pytest.raises(SystemExit) as exited:
        runpy.run_path(str(checks.__main__.__file__), run_name="__main__")
    assert exited.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
