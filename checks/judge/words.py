"""The words for what follows from a measurement, and their order."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """From best to worst. Compare with worst(): as texts, the members sort by their letters."""

    PASS = "pass"  # noqa: S105 - not a password
    WAIVED = "waived"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that stands for all of them.

    Raises:
        ValueError: There are none: no verdict is not a pass.
    """
    return max(verdicts, key=list(Verdict).index)
