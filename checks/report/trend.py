"""Trends: what earlier runs add to a report, on each metric and on what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.metrics import METRICS, Unit
from checks.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a trend: a metric in one run.

    Attributes:
        value: In the measure of the metric's unit; None where there was no sample, or the logs could not be read.
        verdict: What followed.
        limit: The number that decided, in the same measure; None where none did.
    """

    value: float | None
    verdict: Verdict
    limit: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of a metric: one point for each run that checked it, the oldest first."""

    metric: str
    points: tuple[Point, ...]

    @property
    def unit(self) -> Unit:
        """What the values and limits are measured in."""
        return METRICS[self.metric].unit

    @property
    def limit(self) -> float | None:
        """The limit that decided last."""
        return self.points[-1].limit if self.points else None


@dataclass(frozen=True, slots=True)
class Past:
    """The past: what earlier runs add to a report.

    Attributes:
        changes: What changed since the run before, a sentence each; empty where there was none.
        trends: Of every check, by its id.
        problems: What went wrong with remembering, a sentence each.
    """

    changes: tuple[str, ...] = ()
    trends: Mapping[str, Trend] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
