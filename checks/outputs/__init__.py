"""Outputs: files and messages of a run beside its reports, for machines and chat channels.

Each is a class in a module of this package, and a line in OUTPUTS. A wrong option raises ConfigError before the run; an
output that fails raises OutputError, which becomes a problem in the summary.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, ClassVar, Final, Self, TypeAlias

from msgspec import Struct

from checks.errors import OutputError
from checks.report.result import Result
from checks.text import display_path
from checks.verdicts.verdict import Verdict

Options: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Command-line options, each with the arguments of pytest's `addoption`."""


class OutputSettings(Struct, frozen=True):
    """The settings of all outputs: command-line options, by name, and environment variables of a pipeline."""

    option: Callable[[str], Any]
    variables: Mapping[str, str]


class FinishedRun(Struct, frozen=True):
    """A run that is remembered and whose reports are written; `previous` is the verdict of the run before it."""

    result: Result
    began: datetime
    previous: Verdict | None
    folder: Path

    @property
    def report(self) -> str:
        """The path of the report for people; empty if pytest-html wrote none there."""
        file = self.folder / "report.html"
        return display_path(file) if file.exists() else ""


class OutputLog(Struct, frozen=True):
    """Lines for the terminal, which machines may read, and a sentence on each output that failed."""

    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Output(ABC):
    """An output of a run. It depends on the result alone and decides nothing; problems refer to it by its `name`."""

    name: ClassVar[str]
    options: ClassVar[Options] = {}

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output that options and variables ask for; None if they ask for none."""

    @abstractmethod
    def write(self, run: FinishedRun) -> OutputLog:
        """Write or send the output, and return the lines to print."""


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn an error of the operating system into an OutputError that names the file."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{display_path(file)} could not be written: {error.strerror or error}") from error


OUTPUTS: Final = (
    "checks.outputs.summary:StepSummary",
    "checks.outputs.github:StepOutputs",
    "checks.outputs.github:Annotations",
    "checks.outputs.emf:EmbeddedMetrics",
    "checks.outputs.summary:JobFiles",
    "checks.outputs.notify:Notifications",
)
"""The registry of outputs, as `module:class`, in the order in which they are written."""


def output_options() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the options of all outputs, each with the arguments of pytest's `addoption`."""
    for output in _classes():
        yield from output.options.items()


def configured_outputs(settings: OutputSettings) -> tuple[Output, ...]:
    """Return the outputs that options and variables ask for."""
    outputs = (output.from_settings(settings) for output in _classes())
    return tuple(output for output in outputs if output)


def write_outputs(outputs: tuple[Output, ...], run: FinishedRun) -> OutputLog:
    """Write the outputs of a run; one that fails does not stop the others."""
    lines, problems = list[str](), list[str]()
    for output in outputs:
        try:
            log = output.write(run)
        except OutputError as error:
            problems.append(f"{output.name}: {error}")
        else:
            lines += log.lines
            problems += log.problems
    return OutputLog(tuple(lines), tuple(problems))


def _classes() -> Iterator[type[Output]]:
    return map(resolve_name, OUTPUTS)
