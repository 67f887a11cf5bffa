"""A command line that pytest can't run ends with one line, which says what was probably meant."""

from pathlib import Path

import pytest

from checks.plugin import misunderstandings
from checks.plugin.misunderstandings import ONE_PROCESS, misunderstanding
from checks.plugin.options import OPTION_GROUP, add_options
from tests.health_run import ROOT

LINES = {
    "": None,
    "-E demo": None,
    "-E demo checks/test_gone.py::test_gone[gone.errors]": None,
    "--logs nowhere.jsonl": None,
    "--pyargs some.package": None,
    "-e demo": "unknown option -e; did you mean `-E demo`?",
    "-t 6 checks": "unknown option -t; did you mean `-T 6`?",
    "--env demo": "unknown option --env; did you mean `--environment demo`?",
    "--env=demo": "unknown option --env; did you mean `--environment demo`?",
    "--enviroment -T 6": "unknown option --enviroment; did you mean `--environment`?",
    "-env demo": "unknown option -env; did you mean `--environment demo`?",
    "--from 2h --to 1h": "unknown option --from; did you mean `--since 2h`?",
    "-E demo --end 1h": "unknown option --end; did you mean `--until 1h`?",
    "--stage prod": "unknown option --stage; did you mean `--environment prod`?",
    "--log README.md": "unknown option --log; did you mean `--logs README.md`?",
    "--profile me": "unknown option --profile; set the variable AWS_PROFILE",
    "--days 2": "unknown option --days; `websocket-health-checks run --help` lists them all",
    "--tail 100": "unknown option --tail; `websocket-health-checks run --help` lists them all",
    "-E demo --strict": "--strict is an option of pytest, and changes no verdict; did you mean `--strict-warnings`?",
    "tests --strict": None,
    "-T 24 hours": "hours is left over: -T takes one value; did you mean `-T 24h`?",
    "--wait 15 min": "min is left over: --wait takes one value; did you mean `--wait 15m`?",
    "--hours=--": "--hours: '--' is not a value",
    "-E--": "-E: '--' is not a value",
    "--unheard-of": "unknown option --unheard-of; `websocket-health-checks run --help` lists them all",
    "-n 4": f"-n: {ONE_PROCESS}",
    "--numprocesses=4": f"--numprocesses: {ONE_PROCESS}",
    "demo": "no such file or folder: demo; the environment is `-E demo`",
    "-E demo README.md": "README.md is left over: -E takes one value; did you mean `--logs README.md`?",
    "README.md": "README.md holds no checks; did you mean `--logs README.md`?",
    "--logs a.jsonl checks": None,
    "--logs a b": "b is left over: --logs takes one value; repeat it: `--logs a --logs b`",
    "--logs=a README.md c": ("README.md is left over: --logs takes one value; repeat it: `--logs a --logs README.md`"),
    "--since 2h a -E a": "a is left over: --since takes one value; put quotes around it",
    "--logs a a": "a is left over: --logs takes one value; repeat it: `--logs a --logs a`",
    "-E dev prod -T 6": "prod is left over: -E takes one value; repeat it: `-E dev -E prod`",
    "-E prod a.jsonl": "a.jsonl is left over: -E takes one value; did you mean `--logs a.jsonl`?",
    "--since 2026-06-02 08:30": "08:30 is left over: --since takes one value; put quotes around it",
    "--since 2026-06-02 08:30:00.5": "08:30:00.5 is left over: --since takes one value; put quotes around it",
    "-E demo checks/test_gon.py": "no such file or folder: checks/test_gon.py",
}


def problem(line: str, folder: Path = ROOT) -> str | None:
    parser = pytest.Parser(_ispytest=True)
    for name in ("--pyargs", "--strict"):
        parser.addoption(name, action="store_true")
    add_options(parser.getgroup(OPTION_GROUP).addoption)
    return misunderstanding(parser, line.split(), folder)


def test_what_was_meant() -> None:
    """There is a line for each mistake, and none for a command line that pytest can run."""
    assert {line: problem(line) for line in LINES} == LINES


def test_the_tests_need_more_than_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """If that is not installed, selecting some of the tests says what to install."""
    lines = {"tests": ROOT, ".": ROOT, "tests/plugin": ROOT, "": ROOT / "tests", "test_text.py": ROOT / "tests"}
    assert [line for line, folder in lines.items() if problem(line, folder)] == []
    monkeypatch.setattr(misunderstandings, "find_spec", lambda _: None)
    answers = {problem(line, folder) for line, folder in lines.items()}
    assert len(answers) == 1
    assert "python -m pip install -e '.[test]'" in str(answers)
    assert [line for line in ("", "checks", "-E demo") if problem(line)] == []
