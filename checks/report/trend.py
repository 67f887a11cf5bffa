"""A metric over the last runs: what a report needs to draw it."""

from dataclasses import dataclass
from datetime import datetime

from checks.judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """A metric in one run.

    Attributes:
        time: When the run began, in UTC.
        value: In the measure of the metric's unit; None where there was no sample, or the logs could not be read.
        n: Size of the sample; None for plain counts.
        verdict: None where no limit on it was checked.
        limit: The number that decided, in the same measure; None where none was checked.
    """

    time: datetime
    value: float | None
    n: int | None
    verdict: Verdict | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric in one run after the other, the oldest first."""

    metric: str
    points: tuple[Point, ...]
