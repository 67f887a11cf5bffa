"""Options say what is wanted, and so do the variables of a pipeline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checks.errors import ConfigError
from checks.outputs.notify import Webhook
from checks.outputs.outputs import OPTIONS, OutputSettings, output_settings

NOTHING: Mapping[str, Any] = {"summary": None, "annotations": False, "emf": None, "notify": []}

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_STEP_SUMMARY": "/runner/summary",
    "GITHUB_OUTPUT": "/runner/output",
    "GITHUB_WORKSPACE": "/runner/work",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "team/chat",
    "GITHUB_RUN_ID": "7",
}


def told(environment: Mapping[str, str], **options: Any) -> OutputSettings:
    return output_settings({**NOTHING, **options}.__getitem__, environment)


def test_nothing() -> None:
    """At home, a run leaves its reports only."""
    assert told({}) == OutputSettings(None, None, False, Path.cwd(), None, False, (), "")  # noqa: FBT003


def test_options() -> None:
    """Each asks for one output."""
    asked = told({}, summary="s.md", annotations=True, emf="-", notify=["https://hooks.example/x"])
    assert (asked.summary, asked.annotations, asked.emf) == (Path.cwd() / "s.md", True, "-")
    assert asked.targets == (Webhook("https://hooks.example/x"),)
    assert {name.removeprefix("--") for name in OPTIONS} == set(NOTHING)


def test_github() -> None:
    """All that it shows."""
    found = told(GITHUB)
    assert (found.summary, found.step_outputs) == (Path("/runner/summary"), Path("/runner/output"))
    assert (found.annotations, found.repository) == (True, Path("/runner/work"))
    assert found.page == "https://github.example/team/chat/actions/runs/7"
    assert (found.emf, found.small_files) == (None, False)


@pytest.mark.parametrize(
    "environment",
    [
        {"GITLAB_CI": "true", "CI_JOB_URL": "https://ci.example/7"},
        {"JENKINS_URL": "x", "BUILD_URL": "https://ci.example/7"},
    ],
    ids=["GitLab", "Jenkins"],
)
def test_gitlab_and_jenkins(environment: Mapping[str, str]) -> None:
    """They take files."""
    found = told(environment)
    assert (found.small_files, found.page) == (True, "https://ci.example/7")
    assert (found.summary, found.step_outputs, found.annotations) == (None, None, False)


def test_a_lambda_function() -> None:
    """There, standard output is the log that CloudWatch looks for metrics in."""
    assert told({"AWS_LAMBDA_FUNCTION_NAME": "health"}).emf == "-"


def test_an_option_wins() -> None:
    """Over what the surroundings tell."""
    found = told({**GITHUB, "AWS_LAMBDA_FUNCTION_NAME": "health"}, summary="/mine.md", emf="/metrics.jsonl")
    assert (found.summary, found.emf) == (Path("/mine.md"), "/metrics.jsonl")


def test_a_target_that_is_none() -> None:
    """It is a mistake on the command line."""
    with pytest.raises(ConfigError, match="--notify"):
        told({}, notify=["https://hooks.example/x", "slack"])
