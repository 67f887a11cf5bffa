"""The README and the pages of .docs are correct: their commands work, and their links lead somewhere."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.__main__ import main
from checks.plugin import pytest_addoption
from checks.verdicts.verdict import ExitCode
from tests.documents import PAGES, README, Command, blocks, commands, content
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import REPORTS, ROOT, healthy
from tests.own_process import clean_environment
from tests.simulator import emit, scenarios

DEMO = "python -m pytest -E demo"
HELPER = "python -m checks "
NOT_RUN = {
    "git clone": "takes a network",
    "cd websocket-health-checks": "is where the tests are",
    "python3 -m venv .venv": ".ci/run does that",
    ". .venv/bin/activate": ".ci/run does that",
    "python -m pip install -e .": "installs; .ci/run does that in a fresh environment",
    "python -m pip install -e '.[test]'": "installs; .ci/run does that in a fresh environment",
    "python -m pytest tests": "is what runs this test",
    "python -m pytest -E prod --since-deploy": "waits for a deploy; test_whole_runs_gate.py tries its options",
    "python -m pytest -E prod --logs s3://my-logs/prod": "takes a bucket; test_whole_runs_lake.py tries one",
    "aws logs filter-log-events": "takes an AWS account; its output is written by the test instead",
}
"""Commands, or how they begin, and why no test runs them."""

COMMANDS = sorted({command for page in PAGES for command in commands(page)}, key=lambda command: command.text)
RUN = [one for one in COMMANDS if not any(f"{one.text} ".startswith(f"{start} ") for start in NOT_RUN)]
IN_THIS_PROCESS = [one for one in RUN if one.text.startswith(HELPER)]
IN_A_SHELL = [one for one in RUN if not one.text.startswith(HELPER)]


@pytest.fixture(scope="module")
def aws() -> Iterator[Mapping[str, str]]:
    """The variables for an account in which `prod` had a good day."""
    now_ms = round(time.time() * 1000)
    events = emit.events(scenarios.healthy(600, since_ms=now_ms - 9 * 3_600_000, until_ms=now_ms))
    with Endpoint([Group("/aws/lambda/prod-chat-handler").fill(events)]) as endpoint:
        yield endpoint.environment


@dataclass(frozen=True)
class Checkout:
    """A copy of the project, because commands write into it, with an export as a user would have made it.

    Attributes:
        demo: The outcome of the README's first command there; other commands read its files.
        reports_of_demo: What that command has written.
    """

    folder: Path
    demo: subprocess.CompletedProcess[str]
    reports_of_demo: list[str]


@pytest.fixture(name="checkout", scope="module")
def _checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = tmp_path_factory.mktemp("docs") / "checkout"
    unwanted = shutil.ignore_patterns(".hypothesis")  # and not what Python has compiled, which takes longer than a run
    for name in ("checks", "tests", ".docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("pyproject.toml", "conftest.py", "thresholds.yaml", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    exported = b",".join(healthy(400).splitlines())
    (folder / "events.json").write_bytes(b'{"events": [' + exported + b'], "searchedLogStreams": []}')
    demo = run(DEMO, folder)
    return Checkout(folder, demo, sorted(path.name for path in (folder / "reports" / "demo").iterdir()))


def run(command: str, folder: Path, aws: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as it is written, with this Python as `python`."""
    environment = clean_environment()
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**environment, "PATH": path, **(aws or {})},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", IN_A_SHELL, ids=lambda command: command.text)
def test_a_command_works(command: Command, checkout: Checkout, aws: Mapping[str, str]) -> None:
    """A command on a page ends with exit code 0, or with the code in the comment behind it."""
    done = checkout.demo if command.text == DEMO else run(command.text, checkout.folder, aws)
    assert done.returncode == command.exit_code, done.stdout + done.stderr


def test_the_output_in_the_readme_is_real(checkout: Checkout) -> None:
    """The text block is part of what the first command prints, with … for the rest; the named reports exist."""
    printed = [line.rstrip() for line in checkout.demo.stdout.splitlines()]
    (shown,) = blocks(README, "text")
    for part in re.split("^…$", shown.text, flags=re.MULTILINE):
        lines = part.strip("\n").splitlines()
        start = printed.index(lines[0]) if lines else 0
        assert printed[start : start + len(lines)] == lines
        printed = printed[start + len(lines) :]
    assert checkout.reports_of_demo == sorted(REPORTS)
    assert all(f"`{name}`" in content(README) for name in REPORTS)


def test_the_helper_commands_work(
    checkout: Checkout, aws: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Subcommands work, too; they run in this process, which starts faster."""
    monkeypatch.chdir(checkout.folder)
    for name, text in aws.items():
        monkeypatch.setenv(name, text)
    assert IN_THIS_PROCESS
    wrong = [one.text for one in IN_THIS_PROCESS if main(shlex.split(one.text)[3:]) != one.exit_code]
    assert not wrong, capsys.readouterr()


def test_no_reason_is_left_over() -> None:
    """Each command that is not run still occurs in the documentation."""
    assert [start for start in NOT_RUN if not any(one.text.startswith(start) for one in COMMANDS)] == []


def test_every_option_is_documented() -> None:
    """Every option of --help is also on the page of options."""
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    names = [name for option in parser.getgroup("health checks").options for name in option.names()]
    page = content(ROOT / ".docs/options.md")
    assert names
    assert [name for name in names if f"`{name}" not in page] == []


def test_every_exit_code_is_documented() -> None:
    """The README and the page on verdicts have every exit code of a run."""
    for page in (README, ROOT / ".docs/verdicts.md"):
        tables = "\n".join(re.findall(r"^\|.*\|$", content(page), re.MULTILINE))
        assert set(ExitCode) <= {int(code) for code in re.findall(r"\b\d+\b", tables)}, page


def test_links_lead_somewhere() -> None:
    """A linked file exists, and has the linked heading."""
    links = [(page, target) for page in PAGES for target in targets(page)]
    broken = [f"{page.name}: {target}" for page, target in links if not leads_somewhere(page, target)]
    assert broken == []


def targets(page: Path) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)]+)\)", content(page)) if "://" not in target]


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not anchor or anchor in anchors(content(file)))


def anchors(markdown: str) -> set[str]:
    """Return GitHub's names for headings."""
    headings = re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_links_every_page() -> None:
    """The README links every page of .docs."""
    assert {f".docs/{page.name}" for page in PAGES[1:]} <= {target.partition("#")[0] for target in targets(README)}
