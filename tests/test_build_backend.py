"""The README's first command alone: a checkout in an environment without the test requirements."""

import shutil
import subprocess
import tomllib
from importlib.metadata import Distribution
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.health_run import ROOT, healthy
from tests.installed import new_environment, pip
from tests.own_process import clean_environment

TEST_REQUIREMENTS = ("hypothesis", "_hypothesis", "moto", "xdist", "pytest_xdist", "pytest_cov")
ENDS_WITH_ONE_LINE = {
    "-e demo": "unknown option -e; did you mean `-E demo`?",
    "--env demo": "unknown option --env; did you mean `--environment demo`?",
    ".": "the project's own tests need more than the checks: python -m pip install -e '.[test]'; "
    "the checks alone are `python -m pytest`",
    "demo": "no such file or folder: demo; the environment is `-E demo`",
    "-n 4": "-n: the checks share one read of the logs: run them in one process, without -n",
}


@pytest.fixture(name="checkout", scope="module")
def _checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, as an editable installation in an environment beside it."""
    folder = tmp_path_factory.mktemp("editable") / "checkout"
    for name in ("checks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
    for name in ("pyproject.toml", "conftest.py", "thresholds.yaml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    python = new_environment(folder.with_name("environment"), *TEST_REQUIREMENTS) / "bin" / "python"
    pip("--python", str(python), "install", "--no-build-isolation", "-e", str(folder))
    return folder


def run(checkout: Path, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `pytest`, which does not put the current folder on the path."""
    command = [str(checkout.with_name("environment") / "bin" / "python"), "-P", "-m", "pytest", *arguments]
    place = folder or checkout
    return subprocess.run(command, cwd=place, env=clean_environment(), capture_output=True, text=True, check=False)


def test_the_test_requirements_are_an_extra(checkout: Path) -> None:
    """The extra has the whole dependency group, for a pip that does not know groups."""
    (packages,) = checkout.with_name("environment").glob("lib/*/site-packages")
    (installed,) = Distribution.discover(name="websocket-health-checks", path=[str(packages)])
    group = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["test"]
    extra = '; extra == "test"'
    assert [one for one in installed.requires or [] if one.endswith(extra)] == [f"{one}{extra}" for one in group]
    assert installed.metadata.get_all("Provides-Extra") == ["test"]


def test_the_modules_are_compiled(checkout: Path) -> None:
    """So that no run has to, even if Python is told to write no bytecode."""
    modules = [file for file in (checkout / "checks").rglob("*.py") if file.stat().st_size]
    assert len(modules) > 100
    assert [file for file in modules if not Path(cache_from_source(str(file))).is_file()] == []


def test_the_demo(checkout: Path) -> None:
    done = run(checkout, "-E", "demo", "-q")
    assert done.returncode == 0, done.stdout + done.stderr


def test_logs_outside_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    """Options are known before pytest looks for its configuration, which it finds in the checkout."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(healthy())
    done = run(checkout, "-E", "dev", "--logs", str(file), "-q", folder=checkout / "checks")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (checkout / "reports" / "dev" / "result.json").exists()


def test_mistakes_end_with_one_line(checkout: Path) -> None:
    """They end with exit code 4, and nothing needs a library that only the tests use."""
    ends = {}
    for arguments in ENDS_WITH_ONE_LINE:
        done = run(checkout, *arguments.split())
        ends[arguments] = (done.returncode, done.stdout, done.stderr.strip())
    assert ends == {arguments: (4, "", f"error: {line}") for arguments, line in ENDS_WITH_ONE_LINE.items()}


def test_mistakes_beside_logs_outside_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    """They end in the same way, although pytest looks for its configuration beside the logs."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(healthy())
    lines = {
        f"--logs {file} --from 2h": "unknown option --from; did you mean `--since 2h`?",
        f"--log {file}": f"unknown option --log; did you mean `--logs {file}`?",
        f"{file}": f"{file} holds no checks; did you mean `--logs {file}`?",
    }
    assert {line: run(checkout, *line.split()).stderr for line in lines} == {
        line: f"error: {answer}\n" for line, answer in lines.items()
    }


def test_other_projects_are_left_alone(checkout: Path, tmp_path: Path) -> None:
    """Outside of the checkout the entry point does nothing, and does not hide another package `checks`."""
    (tmp_path / "checks.py").write_text("NAME = 'theirs'")
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('-E', '--logs')\n")
    (tmp_path / "test_own.py").write_text("import checks\n\ndef test_own():\n    assert checks.NAME == 'theirs'\n")
    done = run(checkout, "-E", "theirs", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
