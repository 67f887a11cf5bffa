"""Trends: what earlier runs add to a report, on each metric and on what changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.metrics import METRICS, Unit
from checks.report.result import Outcome


@dataclass(frozen=True, slots=True)
class Trend:
    """The trend of a metric: what became of its limit in each run that checked it, the oldest first."""

    metric: str
    points: tuple[Outcome, ...]

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
