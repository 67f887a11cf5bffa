"""What holds for all of the project's own tests."""

import argparse
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb  # noqa: F401 -- a run within a test forgets what it has loaded, and DuckDB can be loaded only once
import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# How long an example takes depends on what else the machine does, and whether main is green must not depend on chance.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

TESTS_FOLDER = Path(__file__).parent

# Hundreds of runs share what Python and DuckDB compile once, also where the machine is set up to keep no bytecode.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell has the jobs in its background ignore Ctrl-C, and so would what the tests start, to try it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs inside a test look the same wherever the tests run: in CI, pytest prints more, and the checks write more.

    And none of them finds the way to an account of AWS.
    """
    for name in [name for name in os.environ if name.startswith(("AWS_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    pipelines = ("CI", "GITLAB_CI", "CI_JOB_URL", "JENKINS_URL", "BUILD_NUMBER", "BUILD_URL")
    for name in (*pipelines, "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "PYTEST_ADDOPTS", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="module")
def _no_server_is_left_over() -> Iterator[None]:
    """Find servers whose socket was closed under them: they spin, and would slow all later tests to half the speed."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in set(threading.enumerate()) - before if "serve_forever" in thread.name]
    assert not left, f"still there after the tests of a module: {left}"


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the options
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run all tests in several processes, but a part of them in this one, which starts faster. `-n` decides."""
    paths = [(config.invocation_params.dir / argument).resolve() for argument in config.args]
    if paths == [TESTS_FOLDER] and not hasattr(config, "workerinput"):
        _share_out(config.option)


def _share_out(options: argparse.Namespace) -> None:
    """Give each process its part of the tests in order, so that few of them set up the same server."""
    if getattr(options, "numprocesses", 0) is None:  # neither given by -n, nor is pytest-xdist switched off
        options.numprocesses = (os.cpu_count() or 1) + 1  # some tests wait
        options.dist = "worksteal"


def pytest_collection_finish() -> None:
    """Let the garbage collector ignore what exists now: each whole run within a test calls it six times."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make warnings errors: here, and not in the configuration, so that a nightly health run survives a deprecation."""
    for item in items:
        if item.path.is_relative_to(TESTS_FOLDER):
            item.add_marker(pytest.mark.filterwarnings("error"))
