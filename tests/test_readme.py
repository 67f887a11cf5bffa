"""README.md tells the truth: its commands run, and print what it shows."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.plugin import pytest_addoption
from checks.verdicts.verdict import ExitCode
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import REPORTS, ROOT, SECTIONS, healthy
from tests.own_process import clean_environment
from tests.simulator import emit, scenarios

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = {"sh", "bash", "console", "shell"}
DEMO = "python -m pytest -E demo"
SET_UP = (
    "python -m pip install -e . && python -m pytest -E demo",
    "python -m pip install -e '.[test]' && python -m pytest tests",
)
"""The two commands that the project promises for a fresh clone; .ci/run gives them there."""

NOT_RUN = {
    "python -m pip install -e .": "installs; .ci/run does that in a fresh environment",
    "python -m pip install -e '.[test]'": "installs; .ci/run does that in a fresh environment",
    "python -m pytest tests": "is what runs this test",
    "python -m pytest -E prod --since-deploy": "waits for a deploy; test_whole_runs_gate.py tries its options",
    "aws logs filter-log-events": "takes an AWS account; its output is written by the test instead",
}
"""Commands, or how they begin, and why no test runs them."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    language: str
    text: str


def blocks() -> list[Block]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [Block(language, text) for language, text in fenced]


def commands() -> list[str]:
    """Every command of every shell block, those joined by && one by one."""
    shell = [block.text.replace("\\\n", " ") for block in blocks() if block.language in SHELL]
    lines = [line.removeprefix("$ ").partition("  #")[0].strip() for text in shell for line in text.splitlines()]
    return [command.strip() for line in lines if line and not line.startswith("#") for command in line.split(" && ")]


def is_run(command: str) -> bool:
    return not any(command == start or command.startswith(f"{start} ") for start in NOT_RUN)


@pytest.fixture(scope="module")
def aws() -> Iterator[Mapping[str, str]]:
    """The way to an account in which `prod` had a good day."""
    now_ms = round(time.time() * 1000)
    events = emit.events(scenarios.healthy(600, since_ms=now_ms - 9 * 3_600_000, until_ms=now_ms))
    with Endpoint([Group("/aws/lambda/prod-chat-handler").fill(events)]) as endpoint:
        yield endpoint.environment


@pytest.fixture(name="checkout", scope="module")
def _checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, for commands write into it; with the export that a user would have made."""
    folder = tmp_path_factory.mktemp("readme") / "checkout"
    unwanted = shutil.ignore_patterns("__pycache__", ".hypothesis")
    for name in ("checks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("pyproject.toml", "conftest.py", "thresholds.yaml", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    exported = b",".join(healthy(400).splitlines())
    (folder / "events.json").write_bytes(b'{"events": [' + exported + b'], "searchedLogStreams": []}')
    run(DEMO, folder)  # the first command of the README: `history` prints what it leaves
    return folder


def run(command: str, folder: Path, aws: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as it stands, with this Python as `python`."""
    kept = clean_environment()
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    shell = ["sh", "-c", command]
    return subprocess.run(
        shell, cwd=folder, env={**kept, "PATH": path, **(aws or {})}, capture_output=True, text=True, check=False
    )


def scrubbed(text: str) -> list[str]:
    """Lines without what differs from run to run: pytest's own frame, times it took, places, space at line ends."""
    lines = (re.sub(r"\d+\.\d+s\b", "N.NNs", line.rstrip()) for line in text.splitlines())
    return [
        line
        for line in lines
        if line and not line.startswith("Reports: ") and not re.match(r"(={5,}|-{5,}) .* \1$", line)
    ]


@pytest.mark.parametrize("command", [command for command in commands() if is_run(command)])
def test_a_command_works(command: str, checkout: Path, aws: Mapping[str, str]) -> None:
    """What the README tells to type ends with exit code 0."""
    done = run(command, checkout, aws)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_set_up_commands_stand_there() -> None:
    """They are given in one line each, so that they can be copied."""
    lines = [line for block in blocks() if block.language in SHELL for line in block.text.splitlines()]
    assert [line for line in lines if "pip install" in line] == list(SET_UP)
    assert lines[0] == SET_UP[0]


def test_no_reason_is_left_over() -> None:
    """A command that is not run is one of the README's."""
    unused = [start for start in NOT_RUN if not any(command.startswith(start) for command in commands())]
    assert not unused


def test_the_output_is_real(checkout: Path) -> None:
    """The first block of text is what the first command prints at first, with the reports that it leaves."""
    shutil.rmtree(checkout / "reports" / "history")
    shown = next(block.text for block in blocks() if block.language == "text")
    expected = scrubbed(shown)
    printed = scrubbed(run(DEMO, checkout).stdout)
    start = printed.index(expected[0])
    assert printed[start : start + len(expected)] == expected
    assert expected[0] == SECTIONS[0]
    assert sorted(path.name for path in (checkout / "reports" / "demo").iterdir()) == sorted(REPORTS)
    assert all(name in README for name in REPORTS)


def test_the_first_screen_says_it_all() -> None:
    """What it is, one command, and its real output begin within 25 lines."""
    first = "\n".join(README.splitlines()[:25])
    assert SET_UP[0] in first
    assert SECTIONS[0] in first


def test_every_option_is_documented() -> None:
    """What --help tells, the README tells as well."""
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    names = [name for option in parser.getgroup("health checks").options for name in option.names()]
    assert names
    assert [name for name in names if f"`{name}" not in README] == []


def test_every_exit_code_is_documented() -> None:
    """The table has each code that a run can end with."""
    documented = re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE)
    assert set(ExitCode) <= {int(code) for cell in documented for code in cell.split(",")}


def test_links_lead_somewhere() -> None:
    """A file that is linked exists."""
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target.partition("#")[0]).exists()] == []
