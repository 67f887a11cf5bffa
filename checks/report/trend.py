"""What earlier runs add to a report: how each metric came along, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier runs add to a report.

    Attributes:
        changes: What changed since the run before, a sentence each; empty where there was none.
        trends: Of every check, by its id.
        problems: What went wrong with remembering, a sentence each.
    """

    changes: tuple[str, ...] = ()
    trends: Mapping[str, Trend] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
