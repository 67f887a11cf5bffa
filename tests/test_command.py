"""The wheel gives a command that runs the checks in any folder, and leaves other projects alone."""

from pathlib import Path
from textwrap import dedent
from zipfile import ZipFile

import pytest

from checks.analysis.engine import pattern_error
from checks.config.thresholds import STARTER, find_environment, load, write_starter
from checks.errors import ConfigError
from tests.health_run import CHECKS_HEADING, REPORTS, ROOT, health_run, unhealthy
from tests.installed import Installed, install

COMMAND = "websocket-health-checks"


@pytest.fixture(name="installed", scope="module")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_package(installed: Installed) -> None:
    """All files of `checks`, whatever their kind, and nothing else but what describes the package."""
    with ZipFile(installed.wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {path for path in (ROOT / "checks").rglob("*") if path.is_file() and path.parent.name != "__pycache__"}
    assert packed == {f"websocket_health_checks/{path.relative_to(ROOT).as_posix()}" for path in files}


def test_the_demo_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    """It needs no thresholds.yaml, and leaves reports and nothing else; they say how to run it again."""
    done = installed.run(COMMAND, "-E", "demo", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert CHECKS_HEADING in done.stdout
    assert "warning" not in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["reports"]
    assert sorted(path.name for path in (tmp_path / "reports" / "demo").iterdir()) == sorted(REPORTS)
    assert f'"command": "{COMMAND} -E demo ' in (tmp_path / "reports" / "demo" / "result.json").read_text()
    assert 'classname="checks.test_data"' in (tmp_path / "reports" / "demo" / "junit.xml").read_text()


def test_from_nothing_to_a_verdict(installed: Installed, tmp_path: Path) -> None:
    """Without thresholds.yaml an error says how to get one; it judges logs with the options of pytest here."""
    done = installed.run(COMMAND, "-E", "prod", folder=tmp_path)
    assert done.returncode == 4
    assert done.stderr == f"ERROR: thresholds.yaml: no such file; `{COMMAND} init` writes one\n\n"
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
    """They go by the command's name, too, and know the demo."""
    done = installed.run(COMMAND, "explain", "welcome.failure_rate", "-E", "demo", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "max 5 %" in done.stdout
    assert f"usage: {COMMAND} history" in installed.run(COMMAND, "history", "--help", folder=tmp_path).stdout


def test_another_project_is_left_alone(installed: Installed, tmp_path: Path) -> None:
    """Its pytest knows none of our options, so it may have the same, and loads nothing that takes time."""
    (tmp_path / "conftest.py").write_text(
        dedent("""\
            def pytest_addoption(parser):
                parser.addoption("-E", "--environment")
        """)
    )
    (tmp_path / "test_own.py").write_text(
        dedent("""\
            import sys

            def test_own(pytestconfig):
                assert pytestconfig.getoption("environment") == "theirs"
                assert not {"checks.plugin", "duckdb", "boto3", "jinja2", "yaml"} & set(sys.modules)
        """)
    )
    done = installed.run("python", "-m", "pytest", "-p", "no:html", "-E", "theirs", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith((".", "__"))) == [
        "conftest.py",
        "test_own.py",
    ]


def test_the_starter_is_as_strict_as_the_project() -> None:
    """The demo comes to the same with both: the same limits, but for where they are written."""
    shipped = find_environment(ROOT / "nowhere.yaml", "demo", pattern_error)
    own = load(ROOT / "thresholds.yaml", pattern_error).environment("demo")
    assert shipped.logs == own.logs
    assert [(limit.metric, limit.bounds) for limit in shipped.limits.values()] == [
        (limit.metric, limit.bounds) for limit in own.limits.values()
    ]


def test_a_thresholds_file_of_ones_own_is_kept(tmp_path: Path) -> None:
    """`init` writes over nothing, and does not make the demo unknown."""
    file = tmp_path / "thresholds.yaml"
    write_starter(file)
    assert file.read_bytes() == STARTER.read_bytes()
    with pytest.raises(ConfigError, match="is there already, and stays as it is"):
        write_starter(file)
    assert find_environment(file, "demo", pattern_error).logs == ROOT / "checks" / "demo" / "recording.jsonl"
    assert find_environment(file, "prod", pattern_error).logs is None


def test_the_demo_of_a_file_comes_first(pytester: pytest.Pytester) -> None:
    """Who names an environment `demo` means that one."""
    file = pytester.path / "mine.yaml"
    file.write_text("environments: {demo: {logs: mine.jsonl, limits: {gone.errors: 1}}}")
    done = health_run(pytester, "--thresholds", file, environment="demo")
    assert done.code == 12
    assert "mine.jsonl: no such file" in done.text
