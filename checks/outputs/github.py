"""GitHub Actions: the outputs of a step, and annotations.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import ClassVar, Final, Self

from checks.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings, writing
from checks.outputs.summary import sentence
from checks.places import append
from checks.report.headline import worst_first
from checks.report.phrases import full_sentence, is_unread
from checks.report.result import CheckResult, Result
from checks.text import one_line, without_mentions
from checks.verdicts.verdict import Verdict, worst

_PLACE: Final = re.compile(r"(?P<file>.+):(?P<line>[0-9]+)(?: \(defaults\))?")


@dataclass(frozen=True, slots=True)
class StepOutputs(Output):
    """The outputs of a step for later steps and jobs, in a file that GitHub reads."""

    name = "step outputs"

    file: Path

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if GitHub names the file."""
        file = settings.variables.get("GITHUB_OUTPUT")
        return cls(Path(file)) if file else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Append the outputs of a run."""
        self.append(step_outputs(run.result, run.report))
        return OutputLog()

    def append(self, text: str) -> None:
        """Append outputs to those of other programs in the same step."""
        with writing(self.file):
            append(text, self.file)


def step_outputs(result: Result, report: str) -> str:
    """Return the outputs of a GitHub step: `verdict`, `exit_code`, `sentence`, and the path of any `report`.

    Each value stands between random marks, so that no text can end its value and begin another output.
    """
    values = {
        "verdict": result.verdict.value,
        "exit_code": str(result.exit_code),
        "sentence": sentence(result),
        **({"report": report} if report else {}),
    }
    return _marked(values)


def outputs_of_all(names: Iterable[str], verdicts: Mapping[str, Verdict], exit_code: int) -> str:
    """Return the outputs for several environments, to append after those of each: GitHub takes a name's last value."""
    known = {name: verdicts.get(name, Verdict.ERROR) for name in names}
    values = {
        "verdict": worst(known.values()).value,
        "exit_code": str(exit_code),
        "sentence": ", ".join(f"{name}: {verdict.upper()}" for name, verdict in known.items()),
    }
    return _marked(values)


def _marked(values: Mapping[str, str]) -> str:
    marks = {name: token_hex(16) for name in values}
    return "".join(f"{name}<<{marks[name]}\n{value}\n{marks[name]}\n" for name, value in values.items())


@dataclass(frozen=True, slots=True)
class Annotations(Output):
    """Annotations at the lines of thresholds.yaml, if it lies in the checkout; they are the default on GitHub."""

    name = "annotations"
    options: ClassVar[Options] = {
        "--annotations": {"action": "store_true", "help": "print annotations for GitHub ($GITHUB_ACTIONS is true)"}
    }

    repository: Path

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if the option or a variable asks for it."""
        if settings.option("annotations") or settings.variables.get("GITHUB_ACTIONS") == "true":
            return cls(Path(settings.variables.get("GITHUB_WORKSPACE") or ".").absolute())
        return None

    def write(self, run: FinishedRun) -> OutputLog:
        """Print the annotations."""
        return OutputLog(tuple(annotations(run.result, self.repository)))


def annotations(result: Result, repository: Path) -> Iterator[str]:
    """Yield a command for each check that did not pass: the worst first, since GitHub shows ten of a kind.

    If the logs could not be read, a single annotation says so for all checks that were not measured.
    """
    if result.error:
        yield _command("error", {"title": f"{result.environment}: the logs could not be read"}, result.error)
    for check in worst_first(result.checks):
        if check.verdict is not Verdict.PASS and not is_unread(check, result):
            title = f"{result.environment}: {check.metric} {check.verdict.upper()}"
            severity = "notice" if check.shadow else check.verdict.annotation
            yield _command(severity, {**_where(check, repository), "title": title}, full_sentence(check))


def _where(check: CheckResult, repository: Path) -> Mapping[str, str]:
    """Return file and line of the limit, relative to the repository; nothing if it lies outside."""
    if place := _PLACE.fullmatch(check.place):
        file = Path(place["file"]).absolute()
        if file.is_relative_to(repository):
            return {"file": str(file.relative_to(repository)), "line": place["line"]}
    return {}


def _command(kind: str, properties: Mapping[str, str], message: str) -> str:
    text = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {text}::{without_mentions(one_line(message)).replace('%', '%25')}"


def _property(text: str) -> str:
    return one_line(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
