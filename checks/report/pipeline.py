"""The pipeline that a run is part of, from the variables of GitHub, GitLab, Jenkins, CircleCI, Azure and others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

_COMMITS: Final = (
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "GIT_COMMIT",
    "CIRCLE_SHA1",
    "BUILD_SOURCEVERSION",
    "BUILDKITE_COMMIT",
    "BITBUCKET_COMMIT",
    "CODEBUILD_RESOLVED_SOURCE_VERSION",
)
_BRANCHES: Final = (
    "GITHUB_HEAD_REF",
    "GITHUB_REF_NAME",
    "CI_COMMIT_REF_NAME",
    "GIT_BRANCH",
    "CIRCLE_BRANCH",
    "BUILD_SOURCEBRANCHNAME",
    "BUILDKITE_BRANCH",
    "BITBUCKET_BRANCH",
)
_PAGES: Final = ("CI_JOB_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL", "CODEBUILD_BUILD_URL", "BUILD_URL")


class RunOrigin(Struct, frozen=True, kw_only=True):
    """The origin of a run: its time, the version of the checks, and its pipeline; unknown texts are empty.

    Attributes:
        started: The start of the run.
        seconds: Duration of the run.
        version: The version of websocket-health-checks.
        commit: The commit of the pipeline's repository.
        branch: The branch of the pipeline's repository.
        url: The page on which the pipeline shows the run.
    """

    started: datetime
    seconds: float
    version: str
    commit: str = ""
    branch: str = ""
    url: str = ""


def run_origin(started: datetime, seconds: float, version: str, variables: Mapping[str, str]) -> RunOrigin:
    """Describe a run by the environment variables of its process."""
    return RunOrigin(
        started=started,
        seconds=round(seconds, 3),
        version=version,
        commit=_first(_COMMITS, variables),
        branch=_first(_BRANCHES, variables),
        url=pipeline_page(variables),
    )


def pipeline_page(variables: Mapping[str, str]) -> str:
    """Return the URL of the page on which the pipeline shows the run; empty if not known. GitHub gives it in parts."""
    server, repository, run = (variables.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return _first(_PAGES, variables)


def _first(names: Sequence[str], variables: Mapping[str, str]) -> str:
    return next((variables[name] for name in names if variables.get(name)), "")
