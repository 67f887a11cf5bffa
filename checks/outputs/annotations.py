"""GitHub's annotations: what a check found, beside the line of thresholds.yaml that asks for it.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from checks.judge.verdict import Verdict
from checks.outputs.inert import inert
from checks.report.result import CheckResult, Result
from checks.report.severity import worst_first
from checks.report.terminal import full_sentence
from checks.report.text import printable

_KINDS: Final = {
    Verdict.FAIL: "error",
    Verdict.ERROR: "error",
    Verdict.INCONCLUSIVE: "warning",
    Verdict.WARN: "warning",
    Verdict.WAIVED: "notice",
}
_PLACE: Final = re.compile(r"(?P<file>.+):(?P<line>[0-9]+)(?: \(defaults\))?")


def annotations(result: Result, repository: Path) -> Iterator[str]:
    """Yield a command for each check that did not pass: the worst first, for GitHub shows ten of a kind.

    That the logs could not be read is one of them, and the checks that were not measured for it are none.

    Args:
        result: What the run found.
        repository: Where it is checked out; what lies elsewhere cannot be shown beside its line.
    """
    if result.error:
        yield _command("error", {"title": f"{result.environment}: the logs could not be read"}, result.error)
    for check in worst_first(result.checks):
        if check.verdict is not Verdict.PASS and not (result.error and check.value is None):
            title = f"{result.environment}: {check.metric} {check.verdict.upper()}"
            yield _command(_kind(check), {**_where(check, repository), "title": title}, full_sentence(check))


def _kind(check: CheckResult) -> str:
    return "notice" if check.shadow else _KINDS[check.verdict]


def _where(check: CheckResult, repository: Path) -> Mapping[str, str]:
    """File and line of the limit, seen from the repository; nothing where it lies outside."""
    place = _PLACE.fullmatch(check.place)
    file = Path(place["file"]).absolute() if place else None
    if place is None or file is None or not file.is_relative_to(repository):
        return {}
    return {"file": str(file.relative_to(repository)), "line": place["line"]}


def _command(kind: str, properties: Mapping[str, str], message: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(inert(printable(message)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
