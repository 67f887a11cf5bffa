"""What several environments came to: a line each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from checks.judge.verdict import Verdict
from checks.report.severity import excess
from checks.report.table import aligned
from checks.report.terminal import counts
from checks.report.text import printable

_MOST_OF_A_NAME: Final = 16
_HEAD: Final = ("environment", "verdict", "exit", "checks", "worst check")


@dataclass(frozen=True, slots=True)
class _Check:
    verdict: Verdict
    shadow: bool
    sentence: str
    value: float | None
    limit: float | None
    bound: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The part of a result.json that the matrix shows."""

    verdict: Verdict
    checks: tuple[_Check, ...]

    @property
    def worst_check(self) -> str:
        """Of those that the verdict is due to, the one farthest beyond its limit; none where all is well."""
        due = [one for one in self.checks if one.verdict is self.verdict and not one.shadow]
        return "" if self.verdict is Verdict.PASS or not due else max(due, key=excess).sentence


_ADAPTER: Final = TypeAdapter(_Found)


def matrix(exit_codes: Mapping[str, int], results: Mapping[str, Path]) -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        exit_codes: By environment, in their order.
        results: The result.json of each environment that has judged anything.
    """
    rows = [_row(name, code, _read(results.get(name))) for name, code in exit_codes.items()]
    return aligned([_HEAD, *rows])


def verdicts(results: Mapping[str, Path]) -> Mapping[str, Verdict]:
    """The verdict of each environment that has judged anything."""
    found = {name: _read(file) for name, file in results.items()}
    return {name: one.verdict for name, one in found.items() if one}


def _row(name: str, code: int, found: _Found | None) -> tuple[str, ...]:
    first = printable(name, _MOST_OF_A_NAME)
    if found is None:
        return first, "none", str(code), "", "no check was completed"
    return first, found.verdict.upper(), str(code), counts(one.verdict for one in found.checks), found.worst_check


def _read(file: Path | None) -> _Found | None:
    try:
        return _ADAPTER.validate_json(file.read_bytes()) if file else None
    except (OSError, ValidationError):  # no check was completed: the run removed what an earlier one had found
        return None
