"""README.md shows the two set-up commands, real output and real limits, and is short."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from checks.config.thresholds import load
from tests.documents import README, SHELL, blocks, content
from tests.health_run import REPORTS, ROOT
from tests.own_process import check_jsonschema, clean_environment

DEMO = ("-m", "pytest", "-E", "demo")
SET_UP = (
    "python -m pip install -e . && python -m pytest -E demo",
    "python -m pip install -e '.[test]' && python -m pytest tests",
)
"""The two commands that the project promises for a fresh clone; .ci/run gives them there."""


def test_the_set_up_commands_stand_there() -> None:
    """Each is on one line, so that it can be copied."""
    lines = [line for block in blocks(README, *SHELL) for line in block.text.splitlines()]
    assert [line for line in lines if "pip install" in line] == list(SET_UP)


def test_the_output_is_real(tmp_path: Path) -> None:
    """The text block is part of what the first command prints, with … for the rest; the named reports exist."""
    command = [sys.executable, *DEMO, "-p", "no:cacheprovider", "--report-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False)
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    (shown,) = blocks(README, "text")
    for part in re.split("^…$", shown.text, flags=re.MULTILINE):
        lines = part.strip("\n").splitlines()
        start = printed.index(lines[0]) if lines else 0
        assert printed[start : start + len(lines)] == lines
        printed = printed[start + len(lines) :]
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == sorted(REPORTS)
    assert all(f"`{name}`" in content(README) for name in REPORTS)


def test_the_readme_is_short() -> None:
    """It has about 150 lines, with the set-up and the picture within the first 60."""
    lines = content(README).splitlines()
    assert len(lines) <= 160
    first = "\n".join(lines[:60])
    assert SET_UP[0] in first
    assert "](.docs/report.png)" in first


def test_the_limits_are_real(tmp_path: Path) -> None:
    """The first YAML block is a valid thresholds.yaml of twelve lines or so."""
    limits = blocks(README, "yaml")[0].text
    file = tmp_path / "thresholds.yaml"
    file.write_text(limits)
    assert load(file).environments.keys() == {"dev", "prod"}
    assert len(limits.splitlines()) <= 14


def test_the_workflow_is_real(tmp_path: Path) -> None:
    """The other YAML block is a valid GitHub workflow."""
    workflow = blocks(README, "yaml")[1].text
    file = tmp_path / "workflow.yaml"
    file.write_text(workflow)
    assert yaml.safe_load(workflow)["jobs"]
    assert not check_jsonschema("--builtin-schema", "vendor.github-workflows", file)
