"""Each environment gets the command line without the others, and no process outlives the run."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checks.errors import ConfigError
from checks.plugin.side_by_side import commands_for, confirmed, matrix, read_results, run_commands, run_several
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.health_run import ROOT
from tests.own_process import clean_environment
from tests.plugin.command_line import command_line
from tests.report.results import HOSTILE, UNPRINTABLE, check, result


@pytest.mark.parametrize(
    "arguments",
    [
        ["-E", "dev", "-T", "6", "-E", "prod", "checks", "-q"],
        ["-Edev", "-T", "6", "--environment", "prod", "checks", "-q"],
        ["-T", "6", "checks", "--environment=dev", "-E=prod", "-q", "-E", "dev"],
    ],
)
def test_the_other_arguments_are_kept(arguments: list[str]) -> None:
    """They keep their order, however the environments are given, and each environment is there once."""
    commands = commands_for(arguments, ["dev", "prod"])
    assert list(commands) == ["dev", "prod"]
    assert [command[4:6] for command in commands.values()] == [["-E", "dev"], ["-E", "prod"]]
    assert {tuple(command[6:]) for command in commands.values()} == {("-T", "6", "checks", "-q")}


@pytest.mark.parametrize("arguments", [[], ["-E", "dev"], ["-qE", "dev", "-E", "prod"]])
def test_what_each_would_repeat_is_refused(arguments: list[str]) -> None:
    """An -E in PYTEST_ADDOPTS, or within a bunch of short options, would reach every process again."""
    with pytest.raises(ConfigError, match="write each as `-E NAME`"):
        commands_for(arguments, ["dev", "prod"])


def test_what_is_for_one_environment(tmp_path: Path) -> None:
    """An option that names one place for all, or needs the terminal, is refused before any starts."""
    refused = {
        "--keep-logs": command_line(tmp_path, "--keep-logs", "folder"),
        "--log-group": command_line(tmp_path, "--log-group", "one"),
        "--html": command_line(tmp_path, htmlpath="mine.html"),
        "--junitxml": command_line(tmp_path, xmlpath="mine.xml"),
        "--collect-only": command_line(tmp_path, collectonly=True),
        "--pdb": command_line(tmp_path, usepdb=True),
        "--logs -": command_line(tmp_path, "--logs", "-"),
    }
    complaints = {}
    for option, config in refused.items():
        with pytest.raises(ConfigError) as error:
            run_several(config, ["good", "bad"])
        complaints[option] = str(error.value)
    assert complaints == {
        option: f"{option}: for one environment, not for good, bad; run them one by one" for option in refused
    }


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_all_run_at_once_and_are_shown_in_order() -> None:
    """The first one waits for the other, but is shown first; outputs are not interleaved."""
    shown: list[tuple[str, str]] = []
    slow = "import sys, time; time.sleep(0.3); print(1, flush=True); print(2, file=sys.stderr); sys.exit(1)"
    codes = run_commands({"slow": python(slow), "fast": python("print(3)")}, show=lambda *one: shown.append(one))
    assert codes == {"slow": 1, "fast": 0}
    assert shown == [("slow", "1\n2\n"), ("fast", "3\n")]


def test_a_parent_that_ignores_the_end_of_its_children() -> None:
    """Programs inherit that, and would see the exit code 0 for all of them."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        codes = run_commands({"a": python("import sys; sys.exit(1)")}, show=lambda *_: None)
        assert (codes, signal.getsignal(signal.SIGCHLD)) == ({"a": 1}, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_verdict_is_what_the_result_says() -> None:
    """Python ends with 1, too, if it can't load a module; all other codes stay."""
    failed = result(check(verdict=Verdict.FAIL), exit_code=1)
    assert [confirmed(code, failed) for code in (0, 1, 2, 12, -9)] == [3, 1, 2, 12, -9]
    assert [confirmed(code, None) for code in (0, 1, 4, 5)] == [3, 3, 4, 5]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_no_process_outlives_the_run(sent: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C and the signal of pipelines stop each process, once, and let it end by itself."""
    child = (
        "import pathlib, sys, time\n"
        "folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]\n"
        "(folder / f'{name}.begun').touch()\n"
        "try:\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    (folder / f'{name}.stopped').touch()\n"
    )
    (tmp_path / "child.py").write_text(child)
    parent = (
        "import sys\n"
        "from checks.plugin.side_by_side import run_commands\n"
        "folder = sys.argv[1]\n"
        "run_commands({name: [sys.executable, f'{folder}/child.py', folder, name] for name in 'ab'}, print)\n"
    )
    command = [sys.executable, "-c", parent, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stderr=subprocess.DEVNULL) as running:
        while len(list(tmp_path.glob("*.begun"))) < 2:
            assert running.poll() is None, "it ended before both had begun"
            time.sleep(0.02)
        time.sleep(0.1)
        running.send_signal(sent)
        assert running.wait(10) != 0
    assert sorted(path.name for path in tmp_path.glob("*.stopped")) == ["a.stopped", "b.stopped"]


def row(result: Result, name: str = "dev", code: int = 0) -> str:
    _, line = matrix({name: code}, {name: result})
    return line


def test_the_worst_check_that_counts() -> None:
    """It is the one farthest beyond its limit; never a shadow of the same verdict; none if all passed."""
    shadow = check("gone.errors", Verdict.FAIL, shadow=True, sentence="gone.errors 7 > max 5")
    due = check("welcome.failure_rate", Verdict.FAIL, sentence="welcome.failure_rate 50 % > max 5 %")
    line = row(result(shadow, due), code=1)
    assert line.split(maxsplit=5)[:5] == ["dev", "FAIL", "1", "1", "failed,"]
    assert line.endswith("welcome messages did not…")
    slight = check("gone.errors", Verdict.FAIL, value=6.0, sentence="gone.errors 6 > max 5")
    gross = check("welcome.retries", Verdict.FAIL, value=50.0, sentence="welcome.retries 50 > max 5")
    assert row(result(slight, gross)).endswith("  the application retried the welcome messa…")
    assert row(result(check())).split() == ["dev", "PASS", "0", "1", "passed"]


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"verdict": "fine", "checks": []}'])
def test_nothing_was_judged(content: bytes | None, tmp_path: Path) -> None:
    """The exit code says why."""
    if content is not None:
        (tmp_path / "dev").mkdir()
        (tmp_path / "dev" / "result.json").write_bytes(content)
    assert dict(read_results(tmp_path, {"dev": 12})) == {}
    _, line = matrix({"dev": 12}, {})
    assert line.split() == ["dev", "none", "12", "no", "check", "was", "completed"]


def test_whatever_it_is_called() -> None:
    """A name or a sentence neither leaves its line nor affects the terminal."""
    line = row(result(check("gone.errors", Verdict.FAIL, sentence=HOSTILE * 9)), name=HOSTILE * 9)
    assert len(line) <= 80
    assert not set(UNPRINTABLE) & set(line)
