"""How bad the finding of one check is beside that of another."""

from collections.abc import Iterable
from math import inf
from typing import Protocol

from checks.judge.verdict import Verdict
from checks.report.result import CheckResult


class Compared(Protocol):
    """A value and the limit that it was compared with: of a result, of a record, or of a result.json read again."""

    @property
    def value(self) -> float | None:
        """None where nothing was measured."""

    @property
    def limit(self) -> float | None:
        """None where none decided."""

    @property
    def bound(self) -> str | None:
        """Which number of the limit that is: `min`, or one that the value may not exceed."""


def excess(check: Compared) -> float:
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
