"""The command line: help, versions, mistakes and what was probably meant, and completion."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from checks import __version__
from checks.__main__ import main
from checks.command_line import SUBCOMMANDS
from checks.metrics import METRICS
from tests.documents import content
from tests.health_run import REPORTS, ROOT, unhealthy
from tests.own_process import clean_environment

LONG = "9" * 5000
"""More digits than Python makes a number of."""
SCREEN = 40
"""Lines of a terminal's window, give or take."""


def printed(capsys: pytest.CaptureFixture[str], line: str) -> str:
    assert main(shlex.split(line)) == 0
    return capsys.readouterr().out


def test_the_help_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """It names all subcommands, in lines that fit most terminals."""
    lines = printed(capsys, "--help").splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 100
    assert {line.split()[0] for line in lines if line.startswith("  ")} >= SUBCOMMANDS.keys()
    assert printed(capsys, "help") == printed(capsys, "-h") == printed(capsys, "--help")


def test_each_subcommand_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """`run` lists the options of the checks, but none of pytest's own."""
    for name in SUBCOMMANDS.keys() - {"run"}:
        with pytest.raises(SystemExit, match="0"):
            main(["help", name])
        assert capsys.readouterr().out.startswith(f"usage: websocket-health-checks {name}")
    of_run = printed(capsys, "-E demo --help")
    assert "--since-deploy" in of_run
    assert "--tb" not in of_run


def test_the_version_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is that of the checks, not of pytest."""
    for option in ("--version", "-V", "version"):
        assert printed(capsys, option) == f"websocket-health-checks {__version__}\n"


def test_every_subcommand_is_documented() -> None:
    """Each subcommand is on the page of options."""
    assert [name for name in SUBCOMMANDS if f"`{name}" not in content(ROOT / ".docs/options.md")] == []


MISTAKES = {
    "doctr": ("unknown command 'doctr'", "did you mean `doctor`?"),
    "demo": ("unknown command 'demo'", "`websocket-health-checks --help` lists all; an environment is `-E demo`"),
    "help us": ("unknown command 'us'", "`websocket-health-checks --help` lists all"),
    "initialise": ("unknown command 'initialise'", "did you mean `init`?"),
    "status": ("unknown command 'status'", "did you mean `history`?"),
    "-E demo doctor": (
        "the command 'doctor' must come before its options",
        "did you mean `websocket-health-checks doctor -E demo`?",
    ),
    "-E demo -c limits.yaml": (
        "-c limits.yaml: -c is an option of pytest",
        "did you mean `--thresholds limits.yaml`?",
    ),
    "-o out": ("-o out: -o is an option of pytest", "did you mean `--report-dir out`?"),
    "doctor -E dev -E prod": ("-E takes one value here, not dev and prod", "run it once for each"),
    "history demo": ("unexpected argument 'demo'", "did you mean `-E demo`?"),
    "history nowhere": (
        "unexpected argument 'nowhere'",
        "`websocket-health-checks history --help` shows what it takes",
    ),
    "init -E 'My env' --thresholds nowhere.yaml": (
        "'My env' is not a name for an environment; use lower-case letters, digits and hyphens",
        "did you mean `-E my-env`?",
    ),
    "logs/a.jsonl": (
        "unknown command 'logs/a.jsonl'",
        "`websocket-health-checks --help` lists all; logs are `--logs logs/a.jsonl`",
    ),
    "doctor --polcy": ("unknown option '--polcy'", "did you mean `--policy`?"),
    "metrics gone": ("unexpected argument 'gone'", "`websocket-health-checks metrics --help` shows what it takes"),
    f"history -n {LONG}": (
        f"argument -n: '{LONG}' is not a number of runs; use 1 or more",
        "`websocket-health-checks history --help` shows what it takes",
    ),
    "explain": (
        "the following arguments are required: METRIC",
        "`websocket-health-checks explain --help` shows what it takes",
    ),
    "-E": (
        "argument -E/--environment: expected one argument",
        "`websocket-health-checks run --help` shows what it takes",
    ),
    "validate a --thresholds b": ("the file is given twice", "leave out --thresholds"),
    "open demo --report-dir nowhere": (
        "nowhere/demo/report.html: no such report",
        "`websocket-health-checks -E demo` writes one",
    ),
    "open -E demo --report-dir nowhere": (
        "nowhere/demo/report.html: no such report",
        "`websocket-health-checks -E demo` writes one",
    ),
}


def test_two_dashes_are_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    """For argparse, `--metric=--` has an empty list as its value."""
    assert main(["history", "--metric=--"]) == 4
    assert capsys.readouterr().err == "error: --metric: '--' is not a value\n"


def test_a_mistake_is_answered_with_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer has two lines, and the exit code of any wrong usage."""
    answers = {}
    for line in MISTAKES:
        assert main(shlex.split(line)) == 4, line
        answers[line] = capsys.readouterr().err
    assert answers == {line: f"error: {error}\nhint: {hint}\n" for line, (error, hint) in MISTAKES.items()}


COMPLETIONS = {
    "": [*SUBCOMMANDS],
    "do": ["doctor"],
    "di": ["diff"],
    "diff --f": ["--format"],
    "doctor --po": ["--policy"],
    "doctor -E p": ["prod"],
    "-E ": ["demo", "demo-outage", "dev", "staging", "prod"],
    "run --since-": ["--since-deploy"],
    "--since-": ["--since-deploy"],
    "explain gone.welcome_e": ["gone.welcome_errors"],
    "history --metric ": [*METRICS],
    "completion ": ["bash", "zsh", "fish"],
    "validate --format j": ["json"],
    "validate x": [],
}


def test_a_shell_completes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands, options, environments and metrics are completed."""
    monkeypatch.chdir(ROOT)
    answers = {}
    for line in COMPLETIONS:
        monkeypatch.setenv("COMP_LINE", f"websocket-health-checks {line}")
        answers[line] = printed(capsys, "complete websocket-health-checks x y").split()
    assert answers == COMPLETIONS


def test_a_broken_file_completes_the_demos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If thresholds.yaml is broken, completion shows no error but only the demos."""
    (tmp_path / "thresholds.yaml").write_text("a: [")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMP_LINE", "websocket-health-checks -E ")
    assert printed(capsys, "complete").split() == ["demo", "demo-outage"]


def test_bash_takes_the_completion(capsys: pytest.CaptureFixture[str]) -> None:
    """After the line was evaluated, bash asks this command for completions."""
    script = printed(capsys, "completion bash") + "complete -p websocket-health-checks"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert "'websocket-health-checks complete'" in done.stdout
    assert all(
        "websocket-health-checks complete" in printed(capsys, f"completion {shell}") for shell in ("zsh", "fish")
    )


def test_a_run_from_a_subfolder_whose_reader_leaves(tmp_path: Path) -> None:
    """`run`, the default, finds the project above the folder, and `| head -1` does not change its end."""
    below = tmp_path / "some" / "folder"
    below.mkdir(parents=True)
    (tmp_path / "thresholds.yaml").write_bytes((ROOT / "checks/config/starter.yaml").read_bytes())
    (below / "log.jsonl").write_bytes(unhealthy())
    command = [sys.executable, "-m", "checks", "-E", "dev", "--logs", "log.jsonl"]
    environment = {**clean_environment(), "PYTHONPATH": str(ROOT)}
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=below, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
    assert {*REPORTS} <= {path.name for path in (tmp_path / "reports" / "dev").iterdir()}
