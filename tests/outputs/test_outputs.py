"""Options and a pipeline's variables choose the outputs; one that fails does not stop the others."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from checks.errors import ConfigError, OutputError
from checks.outputs import (
    FinishedRun,
    Output,
    OutputLog,
    OutputSettings,
    configured_outputs,
    output_options,
    write_outputs,
    writing,
)
from checks.outputs.emf import EmbeddedMetrics
from checks.outputs.github import Annotations, StepOutputs
from checks.outputs.notify import Notifications, Webhook
from checks.outputs.summary import JobFiles, StepSummary
from tests.outputs.settings import GITHUB, settings
from tests.own_process import copy_of_the_checkout, run
from tests.report.results import SINCE, result

HERE = Path.cwd()
ON_GITHUB = [
    StepSummary(Path("/runner/summary")),
    StepOutputs(Path("/runner/output")),
    Annotations(Path("/runner/work")),
]
IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "health"}
CHOICES: Sequence[tuple[tuple[str, ...], dict[str, str], list[Output]]] = [
    ((), {}, []),
    ((), GITHUB, ON_GITHUB),
    ((), {"GITLAB_CI": "true"}, [JobFiles()]),
    ((), {"JENKINS_URL": "https://ci.example"}, [JobFiles()]),
    ((), IN_LAMBDA, [EmbeddedMetrics("-")]),
    (("--summary", "s.md"), {}, [StepSummary(HERE / "s.md")]),
    (("--annotations",), {}, [Annotations(HERE)]),
    (("--emf", "-"), {}, [EmbeddedMetrics("-")]),
    (("--notify", "https://hooks.example/x"), {}, [Notifications((Webhook("https://hooks.example/x"),))]),
    (("--summary", "/mine.md"), GITHUB, [StepSummary(Path("/mine.md")), *ON_GITHUB[1:]]),
    (("--emf", "/metrics.jsonl"), IN_LAMBDA, [EmbeddedMetrics("/metrics.jsonl")]),
    ((), {"GITHUB_ACTIONS": "false", "GITLAB_CI": "", "AWS_LAMBDA_FUNCTION_NAME": ""}, []),
]


def test_what_is_asked_for() -> None:
    """Locally, a run writes only reports; each option adds an output, and takes precedence over a variable."""
    wrong = [
        (arguments, variables, outputs)
        for arguments, variables, expected in CHOICES
        if (outputs := list(configured_outputs(settings(*arguments, variables=variables)))) != expected
    ]
    assert not wrong


def test_options() -> None:
    """Each has a help text, and belongs to one output."""
    names = [name for name, arguments in output_options() if arguments["help"]]
    assert names == ["--summary", "--annotations", "--emf", "--notify"]


def test_an_option_that_is_wrong() -> None:
    """It is a mistake on the command line."""
    with pytest.raises(ConfigError, match="--notify"):
        configured_outputs(settings("--notify", "https://hooks.example/x", "--notify", "slack"))


class Spoken(Output):
    """An output that prints something, or fails."""

    name = "spoken"

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> "Spoken":
        return cls(str(settings.option))

    def write(self, run: FinishedRun) -> OutputLog:
        if not self.text:
            raise OutputError(f"nothing to say of {run.result.environment}")
        return OutputLog((self.text,), (f"{self.text} was hard to say",))


def test_one_that_fails_keeps_none_of_the_others(tmp_path: Path) -> None:
    """All printed lines are in the order of the outputs, and so are the problems."""
    run = FinishedRun(result(), SINCE, None, tmp_path)
    assert write_outputs((Spoken("one"), Spoken(""), Spoken("two")), run) == OutputLog(
        ("one", "two"), ("one was hard to say", "spoken: nothing to say of dev", "two was hard to say")
    )


def test_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named as a person would type it; without a report there is no name."""
    monkeypatch.chdir(tmp_path)
    run = FinishedRun(result(), SINCE, None, tmp_path / "dev")
    assert run.report == ""
    run.folder.mkdir()
    (run.folder / "report.html").touch()
    assert run.report == "dev/report.html"


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The file is named, whatever name the operating system gives."""
    with pytest.raises(OutputError, match=r"a\.md could not be written: Is a directory$"), writing(tmp_path / "a.md"):
        tmp_path.read_bytes()


PAGER = """
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from checks.places import append
from checks.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings, writing


@dataclass(frozen=True, slots=True)
class Pager(Output):
    name = "pager"
    options: ClassVar[Options] = {"--pager": {"metavar": "FILE", "help": "append the verdict to a file ($PAGER_FILE)"}}

    file: Path

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        file = settings.option("pager") or settings.variables.get("PAGER_FILE")
        return cls(Path(file)) if file else None

    def write(self, run: FinishedRun) -> OutputLog:
        with writing(self.file):
            append(run.result.verdict + " ", self.file)
        return OutputLog(("Paged.",))
"""


def test_an_output_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a file and a line in the registry: then its option is known, and a run writes it."""
    checkout = copy_of_the_checkout(tmp_path)
    (checkout / "checks" / "outputs" / "pager.py").write_text(PAGER)
    registry = checkout / "checks" / "outputs" / "__init__.py"
    head, last = '"checks.outputs.notify:Notifications",', '"checks.outputs.pager:Pager",'
    registry.write_text(registry.read_text().replace(head, f"{head}\n    {last}"))
    monkeypatch.setenv("PAGER_FILE", str(tmp_path / "missing" / "pager"))
    for reports, arguments, printed in (
        ("first", ("--pager", str(tmp_path / "pager")), "Paged."),
        ("second", (), f"pager: {tmp_path}/missing/pager could not be written: No such file or directory"),
    ):
        done = run(tmp_path / reports, "--logs", "missing.jsonl", *arguments, cwd=checkout)  # needs no analysis
        assert printed in done.stdout.splitlines(), done.stdout + done.stderr
    assert (tmp_path / "pager").read_text() == "error "
