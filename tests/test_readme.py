"""README.md shows the two set-up commands and real limits, and is short."""

from pathlib import Path

import yaml

from checks.config.thresholds import load
from tests.documents import README, SHELL, blocks, content
from tests.own_process import check_jsonschema

SET_UP = (
    "python -m pip install -e . && python -m pytest -E demo",
    "python -m pip install -e '.[test]' && python -m pytest tests",
)
"""The two commands that the project promises for a fresh clone; .ci/run gives them there."""


def test_the_set_up_commands_stand_there() -> None:
    """Each is on one line, so that it can be copied."""
    lines = [line for block in blocks(README, *SHELL) for line in block.text.splitlines()]
    assert [line for line in lines if "pip install" in line] == list(SET_UP)


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
