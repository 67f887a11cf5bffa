"""Whole runs as people start them: the real command in a process of its own."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.health_run import CHECKS_HEADING, REPORTS, ROOT, SECTIONS, healthy, unhealthy
from tests.own_process import PYTEST, clean_environment, run


def reports(folder: Path, environment: str = "dev") -> list[str]:
    return sorted(path.name for path in (folder / environment).glob("*"))


def test_the_demo(tmp_path: Path) -> None:
    """`pytest -E demo` is healthy, writes its reports, and takes a few seconds."""
    seconds: list[float] = []
    while not seconds or (min(seconds) > 10 and len(seconds) < 3):  # others may keep the machine busy
        start = time.monotonic()
        done = run(tmp_path, "-E", "demo", "-v")
        seconds.append(time.monotonic() - start)
    assert done.returncode == 0, done.stdout + done.stderr
    assert min(seconds) < 10
    assert done.stderr == ""
    assert reports(tmp_path, "demo") == sorted(REPORTS)
    lines = done.stdout.splitlines()
    assert all(heading in lines for heading in (*SECTIONS, CHECKS_HEADING))
    names = [line.partition(" ")[0] for line in lines if line.endswith("%]")]
    assert len(names) == 16
    assert all(name.startswith("checks/test_") for name in names)
    assert json.loads((tmp_path / "demo" / "result.json").read_text(encoding="utf-8"))["verdict"] == "pass"


def test_logs_outside_the_checkout(tmp_path: Path) -> None:
    """pytest does not look for tests or configuration at the value of `--logs`, but uses the checkout's."""
    log = tmp_path / "log.jsonl"
    log.write_bytes(unhealthy())
    done = run(tmp_path / "reports", "--logs", str(log))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  welcome.failure_rate 13.3 % > max 5 % (8 of 60)" in done.stdout.splitlines()
    assert reports(tmp_path / "reports") == sorted(REPORTS)


def test_logs_outside_the_checkout_in_this_process(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same holds if pytest is called as a function."""
    log = pytester.path / "log.jsonl"
    log.write_bytes(healthy())
    folder = pytester.path / "reports"
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as exited:
        pytester.inline_run(*PYTEST[3:], "--report-dir", folder, "--logs", log)
    assert exited.value.code == 0
    assert reports(folder) == sorted(REPORTS)


def test_another_project_named_on_the_command_line(tmp_path: Path) -> None:
    """A path that is to be tested keeps its own configuration."""
    (tmp_path / "test_own.py").write_text("def test_own(pytestconfig):\n    assert pytestconfig.inipath is None\n")
    done = subprocess.run(
        [*PYTEST, str(tmp_path)], cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert CHECKS_HEADING not in done.stdout


def test_piped_logs_in_a_folder_of_the_checkout(tmp_path: Path) -> None:
    """`--logs -` reads standard input; configuration and thresholds are the checkout's, wherever in it a run starts."""
    command = [*PYTEST, "--report-dir", str(tmp_path), "--logs", "-", "-A", "gone"]
    folder, variables = ROOT / "checks", clean_environment()
    done = subprocess.run(command, cwd=folder, env=variables, input=healthy(), capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert reports(tmp_path) == sorted(REPORTS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another Ctrl-C")
def test_ctrl_c(tmp_path: Path) -> None:
    """An interrupted run leaves no report that looks whole, and ends with pytest's own exit code."""
    command = [*PYTEST, "--report-dir", str(tmp_path), "--logs", "-"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        while not (tmp_path / "dev").exists():
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(2)  # it reads now, and waits for more
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        printed = process.stdout.read()
        assert process.wait(10) == 2, printed
    assert "KeyboardInterrupt" in printed
    assert reports(tmp_path) == []
