"""How bad the finding of one check is beside that of another."""

from collections.abc import Iterable
from math import inf

from checks.judge.verdict import Verdict
from checks.report.result import CheckResult


def excess(check: CheckResult) -> float:
    """How far a value is beyond its limit, as a ratio; below 1 where it is within, 0 where it was not measured."""
    if check.value is None or check.limit is None:
        return 0.0
    greater, smaller = (check.limit, check.value) if check.bound == "min" else (check.value, check.limit)
    if smaller:
        return greater / smaller
    return inf if greater else 0.0


def worst_first(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """The worst verdict first, and among equal ones the value farthest beyond its limit; shadows come last."""
    return sorted(checks, key=_severity, reverse=True)


def _severity(check: CheckResult) -> tuple[bool, int, float]:
    return not check.shadow, list(Verdict).index(check.verdict), excess(check)
