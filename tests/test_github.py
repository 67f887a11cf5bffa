"""The files that GitHub uses or shows: the workflow, the architecture, and how to contribute."""

import re

import yaml

from tests.health_run import ROOT
from tests.own_process import check_jsonschema

GITHUB = ROOT / ".github"
ARCHITECTURE = (GITHUB / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (GITHUB / "CONTRIBUTING.md").read_text(encoding="utf-8")
WORKFLOW = GITHUB / "workflows" / "ci.yml"

MOST_ROOMS = {
    "One limit, from thresholds.yaml to the exit code": 10,
    "One poll of `--wait`": 8,
    "One log event, from CloudWatch to a red cell": 25,
}


def ways() -> dict[str, list[str]]:
    """Return the modules of each way, in their order."""
    sections = re.findall(r"^## (.*)\n((?:(?!## ).*\n?)*)", ARCHITECTURE, re.MULTILINE)
    return {title: re.findall(r"^\d+\. `([^`]+)`", text, re.MULTILINE) for title, text in sections}


def test_the_ways_through_the_house() -> None:
    """Every module on a way exists, none occurs twice on it, and each way is short."""
    assert {title: len(rooms) <= MOST_ROOMS[title] for title, rooms in ways().items()} == dict.fromkeys(
        MOST_ROOMS, True
    )
    for rooms in ways().values():
        assert [room for room in rooms if not (ROOT / "checks" / room).is_file()] == []
        assert len(set(rooms)) == len(rooms)


def test_the_picture_has_all_rooms() -> None:
    """The diagram has every package of `checks` that holds modules."""
    picture = ARCHITECTURE.partition("```mermaid")[2].partition("```")[0]
    rooms = {file.parent.name for file in (ROOT / "checks").glob("*/__init__.py")} - {"events"}
    assert [room for room in sorted(rooms) if not re.search(rf"\b{room}\b", picture)] == []


def test_files_that_are_named_exist() -> None:
    """Files exist that the pages link to or only name."""
    for page in (ARCHITECTURE, CONTRIBUTING):
        links = [target for target in re.findall(r"\]\(([^)]+)\)", page) if "://" not in target]
        assert [target for target in links if not (GITHUB / target).exists()] == []
        named = re.findall(r"`((?:checks|tests|\.ci)/[\w./]*)`", page)
        assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_workflow() -> None:
    """The workflow is valid, calls .ci/run, and pins each action by its commit."""
    assert check_jsonschema("--builtin-schema", "vendor.github-workflows", WORKFLOW) == ""
    (job,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    uses = re.findall(r"uses: (.*)", WORKFLOW.read_text(encoding="utf-8"))
    assert uses
    assert [one for one in uses if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v[\d.]+", one)] == []


def test_the_hooks_before_a_commit() -> None:
    """The hooks run commands that the set-up installs, the same as in .ci/run."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    commands = {hook["entry"].removeprefix("python -m ").partition(" --")[0] for hook in repository["hooks"]}
    assert commands == {"ruff check", "ruff format", "mypy"}
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert commands <= {line.strip().partition(" --")[0] for line in lines}
