"""A run records when it was made, by which version, and in which pipeline."""

from collections.abc import Mapping

import pytest

from checks.report.pipeline import pipeline_page, run_origin
from tests.report.results import SINCE

PIPELINES: dict[str, tuple[Mapping[str, str], tuple[str, str, str]]] = {
    "none": ({"HOME": "/root"}, ("", "", "")),
    "GitHub": (
        {
            "GITHUB_SHA": "4f2a91c",
            "GITHUB_HEAD_REF": "",
            "GITHUB_REF_NAME": "main",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "team/chat",
            "GITHUB_RUN_ID": "7",
        },
        ("4f2a91c", "main", "https://github.com/team/chat/actions/runs/7"),
    ),
    "GitLab": (
        {"CI_COMMIT_SHA": "4f2a91c", "CI_COMMIT_REF_NAME": "main", "CI_JOB_URL": "https://gitlab.example/7"},
        ("4f2a91c", "main", "https://gitlab.example/7"),
    ),
    "Jenkins": (
        {"GIT_COMMIT": "4f2a91c", "GIT_BRANCH": "origin/main", "BUILD_URL": "https://jenkins.example/7"},
        ("4f2a91c", "origin/main", "https://jenkins.example/7"),
    ),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_the_pipeline_is_named_by_its_variables(name: str) -> None:
    """They give commit, branch and page; a missing variable leaves its part empty."""
    variables, expected = PIPELINES[name]
    origin = run_origin(SINCE, 1.23456, "0.1.0", variables)
    assert (origin.commit, origin.branch, origin.url) == expected
    assert (origin.started, origin.seconds, origin.version) == (SINCE, 1.235, "0.1.0")


def test_a_page_takes_all_its_parts() -> None:
    """Half an address leads nowhere."""
    assert pipeline_page({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "7"}) == ""
