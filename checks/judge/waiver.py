"""A waiver: somebody answers for it that a limit is broken, for a while."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checks.judge.expiry import end_of
from checks.judge.limit import Bound, Side


@dataclass(frozen=True, slots=True)
class Waiver:
    """What thresholds.yaml says about a limit that may be broken.

    Attributes:
        metric: Whose limit.
        environment: Where.
        reason: Why, in a person's words.
        owner: Who answers for it.
        until: Its end as it was written.
        file: Where it was written.
        line: Where it begins.
        max: A new limit in place of the `max`; None where any value is waived.
        min: Likewise for a `min`.
    """

    metric: str
    environment: str
    reason: str
    owner: str
    until: str
    file: Path
    line: int
    max: float | None = None
    min: float | None = None

    @property
    def bound(self) -> Bound | None:
        """The new limit; None where any value is waived."""
        if self.max is not None:
            return Bound(Side.MAX, self.max, upper=True)
        return None if self.min is None else Bound(Side.MIN, self.min, upper=False)

    def holds(self, now: datetime) -> bool:
        """Whether it is not over yet."""
        return now < end_of(self.until)
