"""An output: what a run writes or sends beside its reports, for a machine or a chat channel.

Each is a class in a module of this package, and a line in registry.py.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Self, TypeAlias

from checks.errors import OutputError
from checks.report.result import Result
from checks.text import display_path
from checks.verdicts.verdict import Verdict

Options: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Options of the command line, each with the arguments of pytest's `addoption`."""


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """The settings of all outputs: options of the command line, and variables by which a pipeline says what it takes.

    Attributes:
        option: Gives the value of an option by its name: `summary`.
        variables: The environment variables of the process.
    """

    option: Callable[[str], Any]
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that has left its reports and is remembered.

    Attributes:
        result: All that it came to.
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
class OutputLog:
    """Lines for the terminal about outputs that were written or failed.

    Attributes:
        lines: Printed as they are: machines read some of them.
        problems: A sentence on each part that could not be written or sent.
    """

    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Output(ABC):
    """An output of a run; it follows from the result alone, and decides nothing.

    Attributes:
        name: What problems call it.
        options: That it takes.
    """

    name: ClassVar[str]
    options: ClassVar[Options] = {}

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """The output as options and variables ask for it; None where they do not.

        Raises:
            ConfigError: An option is wrong.
        """

    @abstractmethod
    def write(self, run: FinishedRun) -> OutputLog:
        """Write or send it, and return what is to be printed.

        Raises:
            OutputError: It could not be written.
        """


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn an error of the operating system into one that names the file.

    Raises:
        OutputError: That one.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{display_path(file)} could not be written: {error.strerror or error}") from error
