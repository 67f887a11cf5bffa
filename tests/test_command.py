"""The wheel provides a command that runs the checks in any folder, and does not affect other projects."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from checks.config.thresholds import DEMOS, STARTER, find_environment, load, write_new
from checks.errors import ConfigError
from tests.health_run import REPORTS, ROOT, health_run, unhealthy
from tests.installed import Installed, install, new_environment
from tests.own_process import clean_environment

COMMAND = "websocket-health-checks"


SLOW = ("hypothesis", "pytest_cov", "pytest_xdist")
"""Plugins of pytest that take long to load, and that nobody needs here."""
REPORTING = ("html", "html_fixtures", "metadata")
"""Those that the checks need, and other projects may have: one is tried with them."""


PASSES = "def test_own():\n    pass\n"
MINE = "NAME = 'mine'\n"
USES_MINE = "from checks.mine import NAME\n\ndef test_own():\n    assert NAME == 'mine'\n"
OPTIONS = """\
def pytest_addoption(parser):
    parser.addoption("-E", "--environment")
    parser.addoption("-A", "--analysis")
    parser.addoption("--logs")
"""
USES_OPTIONS = """\
def test_own(pytestconfig):
    assert (pytestconfig.getoption("environment"), pytestconfig.getoption("logs")) == ("theirs", "none")
"""
FIXTURE = "import pytest\n\n@pytest.fixture\ndef judgement():\n    return 'theirs'\n"
USES_FIXTURE = "def test_own(judgement):\n    assert judgement == 'theirs'\n"
SEES_NOTHING = """\
import sys

def test_own(pytestconfig):
    ours = ("checks", "websocket_health_checks")
    assert not [name for name in sys.modules if name.partition(".")[0] in ours]
    plugins = [dist.metadata["name"] for _, dist in pytestconfig.pluginmanager.list_plugin_distinfo()]
    assert "websocket-health-checks" not in plugins
"""
PACKAGE = {"checks/__init__.py": "", "checks/mine.py": MINE}
PLUGIN = {"checks/__init__.py": "", "checks/plugin.py": FIXTURE, "test_a.py": USES_FIXTURE}

MODULE = ("-m", "pytest")
SCRIPT = ("-P", *MODULE)
"""`pytest`, which does not put the current folder on the path."""


class Form(NamedTuple):
    """Another project, and how its tests are started."""

    name: str
    files: dict[str, str]
    command: tuple[str, ...]


FORMS = [
    Form("no checks", {"test_a.py": SEES_NOTHING}, (*SCRIPT, "-W", "error", "--strict-config")),
    Form("a package", {**PACKAGE, "test_a.py": PASSES}, MODULE),
    Form("a package, by the script", {**PACKAGE, "test_a.py": PASSES}, SCRIPT),
    Form("a package that tests import", {**PACKAGE, "test_a.py": USES_MINE}, MODULE),
    Form("a package beside conftest.py", {**PACKAGE, "conftest.py": "", "test_a.py": USES_MINE}, SCRIPT),
    Form(
        "a package in src",
        {"src/checks/__init__.py": "", "src/checks/mine.py": MINE, "test_a.py": USES_MINE},
        (*SCRIPT, "-o", "pythonpath=src"),
    ),
    Form("a folder without __init__.py", {"checks/mine.py": MINE, "test_a.py": USES_MINE}, MODULE),
    Form("a module", {"checks.py": MINE, "test_a.py": USES_MINE.replace("checks.mine", "checks")}, MODULE),
    Form("tests within the package", {**PACKAGE, "checks/test_a.py": USES_MINE}, (*SCRIPT, "checks")),
    Form("importlib", {**PACKAGE, "tests/test_a.py": USES_MINE}, (*MODULE, "--import-mode=importlib", "tests")),
    Form("a plugin", {**PLUGIN, "conftest.py": "pytest_plugins = ['checks.plugin']"}, MODULE),
    Form("a plugin, by an option", PLUGIN, (*MODULE, "-p", "checks.plugin")),
    Form("options", {"conftest.py": OPTIONS, "test_a.py": USES_OPTIONS}, (*SCRIPT, "-E", "theirs", "--logs", "none")),
    Form(
        "options and a package",
        {**PACKAGE, "conftest.py": OPTIONS, "test_a.py": USES_OPTIONS},
        (*MODULE, "--environment", "theirs", "--logs=none"),
    ),
]


@pytest.fixture(name="installed", scope="module")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("wheel"), *SLOW)


def test_the_wheel_holds_the_package(installed: Installed) -> None:
    """It has all files of `checks`, of whatever kind, and otherwise only what describes the package."""
    with ZipFile(installed.wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry_points,) = [archive.read(name) for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert b"pytest11" not in entry_points
    files = {path for path in (ROOT / "checks").rglob("*") if path.is_file() and path.parent.name != "__pycache__"}
    assert packed == {f"websocket_health_checks/{path.relative_to(ROOT).as_posix()}" for path in files}


def test_the_demo_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    """It needs no thresholds.yaml, and leaves only reports, which say how to run it again."""
    done = installed.run(COMMAND, "-E", "demo", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed in " in done.stdout
    assert "warning" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
    assert sorted(path.name for path in (tmp_path / "reports" / "demo").iterdir()) == sorted(REPORTS)
    assert f'"command": "{COMMAND} -E demo ' in (tmp_path / "reports" / "demo" / "result.json").read_text()
    assert 'classname="demo.checks.test_data"' in (tmp_path / "reports" / "demo" / "junit.xml").read_text()


def test_from_nothing_to_a_verdict(installed: Installed, tmp_path: Path) -> None:
    """Without a thresholds.yaml, an error says how to get one; then pytest's options judge logs with it."""
    done = installed.run(COMMAND, "-E", "prod", folder=tmp_path)
    assert done.returncode == 4
    assert done.stderr == f"error: thresholds.yaml: no such file\nhint: `{COMMAND} init` writes one\n"
    done = installed.run(COMMAND, "init", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "log.jsonl").write_bytes(unhealthy())
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --unknown-to-us\n")
    options = ("-E", "dev", "-A", "welcome", "--logs", "log.jsonl", "--report-dir", "out")
    done = installed.run(COMMAND, *options, folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  welcome.failure_rate 13.3 % > max 5 % (8 of 60)" in done.stdout.splitlines()
    assert sorted(path.name for path in (tmp_path / "out" / "dev").iterdir()) == sorted(REPORTS)


def test_the_helper_commands(installed: Installed, tmp_path: Path) -> None:
    """They are shown under the command's name, and know the demo."""
    done = installed.run(COMMAND, "explain", "welcome.failure_rate", "-E", "demo", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "max 5 %" in done.stdout
    assert f"usage: {COMMAND} history" in installed.run(COMMAND, "history", "--help", folder=tmp_path).stdout


def test_beside_a_package_of_the_same_name(installed: Installed, tmp_path: Path) -> None:
    """The command finds its own `checks`, whatever is in the current folder or on PYTHONPATH."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "__init__.py").write_text("raise AssertionError('theirs')")
    done = installed.run(COMMAND, "-E", "demo", folder=tmp_path, PYTHONPATH=".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_environments_side_by_side(installed: Installed, tmp_path: Path) -> None:
    """Each environment runs in a process of its own, which also finds the package."""
    assert installed.run(COMMAND, "init", folder=tmp_path).returncode == 0
    (tmp_path / "log.jsonl").write_bytes(unhealthy())
    done = installed.run(COMMAND, "-E", "dev", "-E", "prod", "--logs", "log.jsonl", folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    names = ["dev", "dev.runs", "history", "prod", "prod.runs"]
    assert sorted(path.name for path in (tmp_path / "reports").iterdir() if path.is_dir()) == names


def outcome(form: Form, folder: Path, environment: Path) -> tuple[int, str]:
    """Return the exit code and everything that was printed, except for the time it took."""
    for name, text in form.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    spared = ("cacheprovider", *(() if form is FORMS[0] else REPORTING))
    without = (argument for name in spared for argument in ("-p", f"no:{name}"))
    command = [str(environment / "bin" / "python"), *form.command, *without]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False)
    return done.returncode, re.sub(r"\d+\.\d+s", "", done.stdout + done.stderr)


def test_other_projects_run_as_without_the_package(installed: Installed, tmp_path: Path) -> None:
    """All forms pass and print exactly the same: the package adds no option, hook, warning or plugin."""
    environments = (installed.environment, new_environment(tmp_path / "without", *SLOW))
    differing = []
    for number, form in enumerate(FORMS):
        beside_ours, alone = (outcome(form, tmp_path / str(number), environment) for environment in environments)
        if beside_ours != alone or alone[0] != 0:
            differing.append(f"{form.name}: {beside_ours}; without our package {alone}")
    assert not differing, "\n".join(differing)


def test_the_starter_is_as_strict_as_the_project() -> None:
    """The demos get the same verdicts with both files: all limits are equal, except where they are written."""
    for name in DEMOS:
        shipped = find_environment(ROOT / "nowhere.yaml", name)
        own = load(ROOT / "thresholds.yaml").environment(name)
        assert (shipped.name, shipped.logs) == (own.name, own.logs)
        assert [(limit.metric, limit.bounds) for limit in shipped.limits.values()] == [
            (limit.metric, limit.bounds) for limit in own.limits.values()
        ]


def test_a_thresholds_file_of_ones_own_is_kept(tmp_path: Path) -> None:
    """`init` does not overwrite a file, and the new file keeps the demo."""
    file = tmp_path / "thresholds.yaml"
    write_new(file, STARTER.read_bytes())
    assert file.read_bytes() == STARTER.read_bytes()
    with pytest.raises(ConfigError, match="already exists, and was not changed"):
        write_new(file, STARTER.read_bytes())
    with pytest.raises(ConfigError, match=r"thresholds\.yaml already exists, and was not changed"):
        write_new(file / "within.yaml", STARTER.read_bytes())
    assert find_environment(file, "demo").logs == ROOT / "checks" / "demo" / "recording.jsonl"
    assert find_environment(file, "prod").logs is None


def test_the_demo_of_a_file_comes_first(pytester: pytest.Pytester) -> None:
    """If a thresholds.yaml has an environment `demo`, that one is used."""
    file = pytester.path / "mine.yaml"
    file.write_text("environments: {demo: {logs: mine.jsonl, limits: {gone.errors: 1}}}")
    done = health_run(pytester, "--thresholds", file, environment="demo")
    assert done.code == 12
    assert "mine.jsonl: no such file" in done.text
