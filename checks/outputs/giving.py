"""The end of a run: every output that is wanted of it. No trouble here decides the run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from checks.errors import OutputError
from checks.judge.problems import display
from checks.judge.verdict import Verdict
from checks.outputs.annotations import annotations
from checks.outputs.emf import emf_lines
from checks.outputs.given import Given
from checks.outputs.notify.telling import tell
from checks.outputs.sentence import sentence
from checks.outputs.summary import append_summary
from checks.outputs.variables import dotenv, step_outputs
from checks.outputs.wanted import STANDARD_OUTPUT, Wanted
from checks.report.files import write_whole
from checks.report.result import Result


@dataclass(frozen=True, slots=True)
class Ended:
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
        return display(file) if file.exists() else ""


@dataclass(frozen=True, slots=True)
class _File:
    """A file, what it is called in a problem, and what writes it."""

    name: str
    path: Path
    write: Callable[[Path], None]


def give(wanted: Wanted, ended: Ended) -> Given:
    """Write and send what is wanted of a run."""
    problems = tuple(problem for file in _files(wanted, ended) if (problem := _tried(file)))
    lines = tuple(_printed(wanted, ended))
    told = tell(ended.result, ended.previous, wanted.targets, wanted.page) if wanted.targets else Given()
    return Given(lines + told.lines, problems + told.problems)


def _files(wanted: Wanted, ended: Ended) -> Iterator[_File]:
    result = ended.result
    if wanted.summary:
        yield _File("summary", wanted.summary, partial(append_summary, result, ended.report))
    if wanted.step_outputs:
        yield _File("step outputs", wanted.step_outputs, partial(_append, step_outputs(result, ended.report)))
    if wanted.emf and wanted.emf != STANDARD_OUTPUT:
        metrics = "".join(f"{line}\n" for line in emf_lines(result, ended.began))
        yield _File("metrics", Path(wanted.emf), partial(_append, metrics))
    if wanted.small_files:
        for name, text in (("sentence.txt", f"{sentence(result)}\n"), ("verdict.env", dotenv(result))):
            yield _File(name, ended.folder / name, partial(write_whole, text.encode(errors="backslashreplace")))


def _printed(wanted: Wanted, ended: Ended) -> Iterator[str]:
    if wanted.annotations:
        yield from annotations(ended.result, wanted.repository)
    if wanted.emf == STANDARD_OUTPUT:
        yield from emf_lines(ended.result, ended.began)


def _append(text: str, file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(text.encode(errors="backslashreplace"))


def _tried(file: _File) -> str:
    """Write a file; return what went wrong, or nothing."""
    try:
        file.write(file.path)
    except OSError as error:
        return f"{file.name}: {display(file.path)} could not be written: {error.strerror or error}"
    except OutputError as error:
        return f"{file.name}: {error}"
    return ""
