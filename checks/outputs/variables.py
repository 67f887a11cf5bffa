"""What a run came to, as variables for the steps and jobs of a pipeline that follow."""

from collections.abc import Iterable, Iterator, Mapping
from secrets import token_hex

from checks.judge.verdict import Verdict, worst
from checks.outputs.sentence import sentence
from checks.report.result import Result


def step_outputs(result: Result, report: str) -> str:
    """Outputs of a GitHub step: `verdict`, `exit_code`, `sentence` and, where there is one, the `report`'s path.

    Each stands between marks that nobody can guess, so that no text ends its own value and begins another output.
    """
    told = {
        "verdict": result.verdict.value,
        "exit_code": str(result.exit_code),
        "sentence": sentence(result),
        **({"report": report} if report else {}),
    }
    return "".join(_marked(told.items()))


def outputs_of_all(names: Iterable[str], verdicts: Mapping[str, Verdict], exit_code: int) -> str:
    """The same of several environments, after those of each: of two outputs of one name, GitHub takes the last.

    Args:
        names: Of the environments.
        verdicts: By environment; one without has judged nothing.
        exit_code: The one that stands for all.
    """
    found = {name: verdicts.get(name, Verdict.ERROR) for name in names}
    told = {
        "verdict": worst(found.values()).value,
        "exit_code": str(exit_code),
        "sentence": ", ".join(f"{name}: {verdict.upper()}" for name, verdict in found.items()),
    }
    return "".join(_marked(told.items()))


def dotenv(result: Result) -> str:
    """Variables of a GitLab job, of a shell, of Jenkins' readProperties: GitLab takes no spaces in values."""
    return f"HEALTH_VERDICT={result.verdict.value}\nHEALTH_EXIT_CODE={result.exit_code}\n"


def _marked(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in values:
        mark = token_hex(16)
        yield f"{name}<<{mark}\n{value}\n{mark}\n"
