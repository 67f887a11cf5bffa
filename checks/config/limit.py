"""Limits on metrics and waivers of limits, each with the line where it was written."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from checks.metrics import METRICS, OnBreach, Unit
from checks.statistics import samples_to_prove, samples_to_prove_mean
from checks.text import display_path
from checks.units import Period, show_limit
from checks.window import parse_expiry

OnInconclusive = Literal["fail", "pass"]
"""Whether a run with an inconclusive check fails or passes."""

Operator: TypeAlias = Literal["<", "<=", ">", ">="]
"""The comparison of a value with a bound."""


class Side(StrEnum):
    """The side of a limit on which a bound lies, by its key in thresholds.yaml."""

    WARN = "warn"
    MAX = "max"
    MIN = "min"
    INCREASE = "max_increase"


class Bound(Struct, frozen=True):
    """A number that a metric must not pass, in the metric's unit.

    Larger values break an upper bound; a `warn` has the direction of the `max` or `min` beside it.
    """

    side: Side
    value: float
    upper: bool

    def is_broken_by(self, value: float) -> bool:
        """Whether a value lies beyond the bound; the bound itself is still allowed."""
        return value > self.value if self.upper else value < self.value

    @property
    def allowed(self) -> float:
        """The share of failures that a bound on a share allows: under a `min` of 95 %, that is 5 %."""
        return self.value if self.upper else 1 - self.value

    def operator(self, value: float) -> Operator:
        """The comparison that holds between a value and this bound."""
        if self.upper:
            return ">" if self.is_broken_by(value) else "<="
        return "<" if self.is_broken_by(value) else ">="


class Budget(NamedTuple):
    """An error budget: the share of cases that should be good, from 0 to 1, over a number of days."""

    objective: float
    days: int


class Waiver(Struct, frozen=True):
    """A waiver: it lets a limit be broken for a while.

    Attributes:
        until: Its end as written.
        max: A new limit in place of the `max`; None if any value is waived.
        min: A new limit in place of the `min`, likewise.
        per: The period of the new limit, which is that of the old one.
        is_over: Whether it has expired, at the time of the environment that it belongs to.
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
    per: Period | None = None
    is_over: bool = False

    @property
    def place(self) -> str:
        """Where it is written: `thresholds.yaml:12`."""
        return f"{display_path(self.file)}:{self.line}"

    @property
    def bound(self) -> Bound | None:
        """The bound in place of the limit's; None if any value is waived."""
        if self.max is not None:
            return Bound(Side.MAX, self.max, upper=True)
        return None if self.min is None else Bound(Side.MIN, self.min, upper=False)

    @property
    def end(self) -> datetime:
        """The first instant at which it no longer holds."""
        return parse_expiry(self.until)

    def holds(self, now: datetime) -> bool:
        """Whether the waiver has not expired yet."""
        return now < self.end


class Limit(Struct, frozen=True):
    """A limit of an environment on a metric.

    Attributes:
        warn: Beyond it, the verdict is a warning; alone, it is an upper limit that never fails.
        max: Above it, the verdict is a failure. A limit has `max` or `min`, not both.
        min: Below it, the verdict is a failure.
        max_increase: How far the value may exceed the baseline's, as a ratio of that; 0.5 allows half as much again.
        at_least: The smallest number of additional cases that is an increase, whatever the ratio.
        prove: Whether too little data to rule out such an increase is inconclusive, and not a pass.
        per: The period for which the count is limited; None for the whole window, however long it is.
        min_samples: The minimum sample as written in the file; None if it follows from the limit.
        on_inconclusive: The limit's own, else the environment's.
        shadow: Whether it is judged and shown, but never affects the outcome of the run.
        budget: The error budget of a share over many runs; None if it follows from the limit.
        line: The line of its key in the file.
        inherited: Whether it is written under `defaults`, and the environment does not change it.
        waiver: The waiver of this metric in this environment, if there is one.
    """

    metric: str
    file: Path
    line: int
    inherited: bool
    warn: float | None = None
    max: float | None = None
    min: float | None = None
    max_increase: float | None = None
    at_least: int = 1
    prove: bool = False
    per: Period | None = None
    min_samples: int | None = None
    on_inconclusive: OnInconclusive = "fail"
    shadow: bool = False
    owner: str = ""
    runbook: str = ""
    budget: Budget | None = None
    waiver: Waiver | None = None

    @property
    def waived(self) -> Waiver | None:
        """Its waiver, unless that has expired."""
        return self.waiver if self.waiver and not self.waiver.is_over else None

    @property
    def unit(self) -> Unit:
        """The unit of the metric, and so of its bounds."""
        return METRICS[self.metric].unit

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """All bounds but the increase; the one that decides between pass and fail comes first."""
        written = ((Side.MAX, self.max), (Side.MIN, self.min), (Side.WARN, self.warn))
        return tuple(Bound(side, value, upper=self.min is None) for side, value in written if value is not None)

    @property
    def decisive(self) -> Bound:
        """The bound that decides between pass and fail; if only an increase is limited, the bound on that."""
        return next(iter(self.bounds), self.increase)

    @property
    def hard(self) -> Bound | None:
        """The bound beyond which no waiver helps; None if its waiver has no bound."""
        if self.waived is None or self.decisive.side is Side.WARN:
            return self.decisive
        new = self.waived.bound
        return new if new is None or self.decisive.is_broken_by(new.value) else self.decisive

    @property
    def increase(self) -> Bound:
        """The bound on the increase: how much more than before is allowed, as a ratio of what it was."""
        return Bound(Side.INCREASE, self.max_increase or 0.0, upper=True)

    @property
    def samples(self) -> int:
        """The minimum sample for a verdict: as in the file, else what proves a rate, a mean or a quantile."""
        if self.min_samples is not None:
            return self.min_samples
        decisive, quantile = self.decisive, METRICS[self.metric].quantile
        if METRICS[self.metric].breach is OnBreach.ERROR:
            return 1  # it counts what was read, which is not a sample
        if quantile is not None:
            return samples_to_prove(1 - quantile)
        if self.unit is Unit.AVERAGE and decisive.side is not Side.INCREASE:
            return samples_to_prove_mean(decisive.value)
        if self.unit is not Unit.RATE:
            return 1
        return samples_to_prove(decisive.allowed)

    @property
    def place(self) -> str:
        """Where it is written: `thresholds.yaml:12`."""
        return f"{display_path(self.file)}:{self.line}"

    @property
    def demands(self) -> str:
        """All bounds as people read them: `max 5 %, warn 2 %`."""
        increases = [] if self.max_increase is None else [self.increase]
        return ", ".join(map(self.show, (*self.bounds, *increases)))

    def show(self, bound: Bound) -> str:
        """A bound as people read it: `max 5 %`."""
        if bound.side is Side.INCREASE:
            more = f", at least {self.at_least:,} more" if self.at_least > 1 else ""
            return f"{bound.side} {show_limit(bound.value, Unit.RATE)}{more}"
        return f"{bound.side} {show_limit(bound.value, self.unit)}{self.suffix}"

    @property
    def suffix(self) -> str:
        """The suffix of a limit for each hour or day: `/day`."""
        return f"/{self.per}" if self.per else ""
