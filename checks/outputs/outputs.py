"""Outputs beside the reports: which of them a run writes, and writing them at its end."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from checks.errors import OutputError
from checks.file_writing import append, write_whole
from checks.outputs.emf import emf_lines
from checks.outputs.github import annotations, dotenv, step_outputs
from checks.outputs.notify import OutputLog, Target, notify_on_change, target
from checks.outputs.sentence import sentence
from checks.outputs.summary import append_summary
from checks.report.result import Result
from checks.text import display_path
from checks.verdicts.verdict import Verdict

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
class OutputSettings:
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


def output_settings(option: Callable[[str], Any], environment: Mapping[str, str]) -> OutputSettings:
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
    return OutputSettings(
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


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that has left its reports and is remembered.

    Attributes:
        result: What it found.
        began: When.
        previous: The verdict of the last run of its environment before it; None where none is remembered.
        folder: Where its reports are.
    """

    result: Result
    began: datetime
    previous: Verdict | None
    folder: Path

    @property
    def report(self) -> str:
        """Where people can read of it; empty where pytest-html wrote nothing there."""
        file = self.folder / "report.html"
        return display_path(file) if file.exists() else ""


@dataclass(frozen=True, slots=True)
class _OutputFile:
    """A file, what it is called in a problem, and what writes it."""

    name: str
    path: Path
    write: Callable[[Path], None]


def write_outputs(wanted: OutputSettings, ended: FinishedRun) -> OutputLog:
    """Write and send what is wanted of a run."""
    problems = tuple(problem for file in _files(wanted, ended) if (problem := _write_file(file)))
    lines = tuple(_printed(wanted, ended))
    told = (
        notify_on_change(ended.result, ended.previous, wanted.targets, wanted.page) if wanted.targets else OutputLog()
    )
    return OutputLog(lines + told.lines, problems + told.problems)


def _files(wanted: OutputSettings, ended: FinishedRun) -> Iterator[_OutputFile]:
    result = ended.result
    if wanted.summary:
        yield _OutputFile("summary", wanted.summary, partial(append_summary, result, ended.report))
    if wanted.step_outputs:
        yield _OutputFile("step outputs", wanted.step_outputs, partial(append, step_outputs(result, ended.report)))
    if wanted.emf and wanted.emf != STANDARD_OUTPUT:
        metrics = "".join(f"{line}\n" for line in emf_lines(result, ended.began))
        yield _OutputFile("metrics", Path(wanted.emf), partial(append, metrics))
    if wanted.small_files:
        for name, text in (("sentence.txt", f"{sentence(result)}\n"), ("verdict.env", dotenv(result))):
            yield _OutputFile(name, ended.folder / name, partial(write_whole, text.encode(errors="backslashreplace")))


def _printed(wanted: OutputSettings, ended: FinishedRun) -> Iterator[str]:
    if wanted.annotations:
        yield from annotations(ended.result, wanted.repository)
    if wanted.emf == STANDARD_OUTPUT:
        yield from emf_lines(ended.result, ended.began)


def _write_file(file: _OutputFile) -> str:
    """Write a file; return what went wrong, or nothing."""
    try:
        file.write(file.path)
    except OSError as error:
        return f"{file.name}: {display_path(file.path)} could not be written: {error.strerror or error}"
    except OutputError as error:
        return f"{file.name}: {error}"
    return ""
