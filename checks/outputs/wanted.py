"""Which outputs a run has beside its reports: those that options ask for, and those that its surroundings take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from checks.outputs.notify.target import Target, target

STANDARD_OUTPUT: Final = "-"

OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "--summary": {"metavar": "FILE", "help": "append a summary in Markdown to a file ($GITHUB_STEP_SUMMARY)"},
        "--annotations": {"action": "store_true", "help": "print annotations for GitHub ($GITHUB_ACTIONS is true)"},
        "--emf": {
            "metavar": "FILE",
            "help": "append the metrics in CloudWatch's embedded metric format to a file, or - for standard output "
            "(that, where $AWS_LAMBDA_FUNCTION_NAME is set)",
        },
        "--notify": {
            "action": "append",
            "default": [],
            "metavar": "TARGET",
            "help": "tell of a change of verdict: an SNS topic's ARN, or the URL of a Slack-compatible webhook; "
            "repeatable",
        },
    }
)
"""What pytest's parser is told of each option."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to put out, and where.

    Attributes:
        summary: The file that takes a summary in Markdown; None where none does.
        step_outputs: The file that takes the outputs of a GitHub step; None where none does.
        annotations: Whether to print annotations for GitHub.
        repository: Where GitHub's annotations find the files that they name.
        emf: The file that takes the metrics, or `-` for standard output; None where neither does.
        small_files: Whether to leave sentence.txt and verdict.env for the jobs that follow.
        targets: Whom to tell of a change of verdict.
        page: Where the pipeline shows this run; empty where that is not known.
    """

    summary: Path | None
    step_outputs: Path | None
    annotations: bool
    repository: Path
    emf: str | None
    small_files: bool
    targets: tuple[Target, ...]
    page: str


def wanted(option: Callable[[str], Any], environment: Mapping[str, str]) -> Wanted:
    """What is wanted of a run.

    Args:
        option: Gives the value of an option.
        environment: The variables of the process: a pipeline tells by them what it takes.

    Raises:
        ConfigError: A target of --notify is none.
    """
    summary = option("summary") or environment.get("GITHUB_STEP_SUMMARY")
    outputs = environment.get("GITHUB_OUTPUT")
    in_lambda = bool(environment.get("AWS_LAMBDA_FUNCTION_NAME"))
    return Wanted(
        summary=Path(summary).absolute() if summary else None,
        step_outputs=Path(outputs) if outputs else None,
        annotations=option("annotations") or environment.get("GITHUB_ACTIONS") == "true",
        repository=Path(environment.get("GITHUB_WORKSPACE") or ".").absolute(),
        emf=option("emf") or (STANDARD_OUTPUT if in_lambda else None),
        small_files=bool(environment.get("GITLAB_CI") or environment.get("JENKINS_URL")),
        targets=tuple(map(target, option("notify"))),
        page=_page(environment),
    )


def _page(environment: Mapping[str, str]) -> str:
    """GitHub tells it in parts; GitLab and Jenkins in one."""
    server, repository, run = (environment.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return environment.get("CI_JOB_URL") or environment.get("BUILD_URL") or ""
