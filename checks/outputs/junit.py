"""The properties in junit.xml: the numbers of each check, and the verdict of the run."""

from collections.abc import Iterator

from checks.report.result import CheckResult, Result
from checks.text import one_line


def case_properties(check: CheckResult) -> Iterator[tuple[str, str]]:
    """Yield the properties of a check that have a value, numbers as in result.json."""
    properties = {
        "verdict": check.verdict,
        "sentence": check.sentence,
        "value": check.value,
        "operator": check.operator,
        "limit": check.limit,
        "n": check.n,
        "place": check.place,
    }
    return ((name, one_line(str(value))) for name, value in properties.items() if value is not None)


def suite_properties(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the properties of the run, with the window only where one is known."""
    yield "environment", one_line(result.environment)
    if result.window:
        yield "since", result.window.since.isoformat()
        yield "until", result.window.until.isoformat()
    yield "verdict", result.verdict.value
    yield "exit_code", str(result.exit_code)
