"""Small files for the jobs that follow in GitLab CI and Jenkins: the sentence, and the verdict as variables."""

from dataclasses import dataclass
from typing import Self

from checks.errors import OutputError
from checks.file_writing import write_whole
from checks.outputs.outputs import FinishedRun, Output, OutputLog, OutputSettings, writing
from checks.outputs.summary import sentence
from checks.report.result import Result


@dataclass(frozen=True, slots=True)
class JobFiles(Output):
    """`sentence.txt` and `verdict.env` beside the reports; by themselves, in GitLab CI and Jenkins."""

    name = "files for the jobs that follow"

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Both pipelines are known by a variable."""
        variables = settings.variables
        return cls() if variables.get("GITLAB_CI") or variables.get("JENKINS_URL") else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Write both, each whole; one that fails keeps the other from nothing."""
        texts = {"sentence.txt": f"{sentence(run.result)}\n", "verdict.env": dotenv(run.result)}
        problems = []
        for name, text in texts.items():
            file = run.folder / name
            try:
                with writing(file):
                    write_whole(text.encode(errors="backslashreplace"), file)
            except OutputError as error:
                problems.append(f"{name}: {error}")
        return OutputLog(problems=tuple(problems))


def dotenv(result: Result) -> str:
    """Variables of a GitLab job, of a shell, of Jenkins' readProperties: GitLab takes no spaces in values."""
    return f"HEALTH_VERDICT={result.verdict.value}\nHEALTH_EXIT_CODE={result.exit_code}\n"
