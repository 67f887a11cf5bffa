"""A metric, its limit and the state of the read give a verdict, and one sentence that explains it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final, Literal

from checks.analysis.metrics import METRICS, Metric, Unit
from checks.judge.limit import Bound, Limit, Side
from checks.judge.quantity import show_value
from checks.judge.sample import lower_bound

OnInconclusive = Literal["fail", "pass"]
"""What an environment makes of a run whose worst verdict is inconclusive."""


class Verdict(StrEnum):
    """From best to worst. Compare with worst(): as texts, the members sort by their letters."""

    PASS = "pass"  # noqa: S105 - not a password
    WAIVED = "waived"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"


NOTHING_JUDGED: Final = 5
"""Exit code of a run without verdicts; pytest's own for a selection that is empty."""

_EXIT_CODES: Final = {Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 11, Verdict.ERROR: 12}

_MAY_SHRINK: Final = frozenset({"lifecycle.open", "lifecycle.incomplete", "welcome.failed"})
"""Counts that one more event can lower: the $disconnect that ends a connection, the success that follows a failure."""


@dataclass(frozen=True, slots=True)
class ReadState:
    """What is known about the read that the metrics come from.

    Attributes:
        events: How many were read in the window.
        complete: Whether that is all there is.
        reason: Why it is not; empty where it is.
    """

    events: int
    complete: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and everything it rests on.

    Attributes:
        metric: What was measured.
        limit: What was demanded.
        verdict: What follows.
        bound: The one of the limit's numbers that decided.
        operator: The comparison that is true of value and bound; None where there is no value.
        sentence: All of this for people, in one line.
    """

    metric: Metric
    limit: Limit
    verdict: Verdict
    bound: Bound
    operator: str | None
    sentence: str


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that stands for all of them.

    Raises:
        ValueError: There are none: no verdict is not a pass.
    """
    return max(verdicts, key=list(Verdict).index)


def exit_code(verdicts: Collection[Verdict], on_inconclusive: OnInconclusive) -> int:
    """What the process tells the pipeline: a proven failure comes before a blind spot, so that 1 means roll back."""
    if not verdicts:
        return NOTHING_JUDGED
    overall = worst(verdicts)
    if overall is Verdict.INCONCLUSIVE and on_inconclusive == "pass":
        return 0
    return _EXIT_CODES.get(overall, 0)


def judge(metric: Metric, limit: Limit, read: ReadState) -> Judgement:
    """Whether a metric keeps its limit, if what was read is enough to say so."""
    decisive, *milder = limit.bounds
    value = metric.value
    if value is None or not isfinite(value):
        sentence = f"{metric.name} no sample to judge {limit.show(decisive)}"
        return Judgement(metric, limit, Verdict.INCONCLUSIVE, decisive, None, sentence)
    bound = decisive
    broken = decisive.is_broken_by(value)
    missing = _missing_samples(metric, limit)
    blind_spot = _blind_spot(metric, read, decisive, broken=broken)
    if blind_spot:
        verdict = Verdict.INCONCLUSIVE
        sentence = f"{_comparison(metric, value, limit, bound)}, but {blind_spot}"
    elif broken and (not missing or _is_proven(metric, value, decisive)):
        verdict = Verdict.WARN if decisive.side is Side.WARN else Verdict.FAIL
        sentence = _comparison(metric, value, limit, bound)
    elif missing:
        verdict = Verdict.INCONCLUSIVE
        needs = f"needs {missing:,} more to judge {limit.show(bound)}"
        sentence = f"{metric.name} {_shown(value, limit)} of {metric.n or 0:,}, {needs}"
    elif any(b.is_broken_by(value) for b in milder):
        verdict = Verdict.WARN
        bound = milder[0]
        sentence = f"{_comparison(metric, value, limit, bound)}, within {limit.show(decisive)}"
    else:
        verdict = Verdict.PASS
        sentence = _comparison(metric, value, limit, bound)
    return Judgement(metric, limit, verdict, bound, bound.operator(value), sentence)


def _missing_samples(metric: Metric, limit: Limit) -> int:
    has_sample = METRICS[metric.name].sample is not None
    return max(0, limit.samples - (metric.n or 0)) if has_sample else 0


def _blind_spot(metric: Metric, read: ReadState, bound: Bound, *, broken: bool) -> str:
    """Why nothing follows from the comparison; empty where something does."""
    if not read.complete:
        # What is missing can't make an error unseen. It can change every share: a connection whose $disconnect
        # wasn't read looks lost. The lower bound is no help there, for a truncated read is no random sample.
        only_grows = METRICS[metric.name].unit is Unit.COUNT and metric.name not in _MAY_SHRINK
        return "" if broken and bound.upper and only_grows else f"the read is incomplete: {read.reason}"
    # Are there no errors, or is nobody alive to make them? But what was demanded and didn't come is surely missing.
    return "" if read.events or broken else "no event was read"


def _is_proven(metric: Metric, value: float, bound: Bound) -> bool:
    """Whether even a sample that is too small leaves no doubt that a rate breaks a bound."""
    if METRICS[metric.name].unit is not Unit.RATE or not metric.n:
        return False
    if bound.upper:
        return lower_bound(value, metric.n) > bound.value
    return lower_bound(1 - value, metric.n) > 1 - bound.value


def _comparison(metric: Metric, value: float, limit: Limit, bound: Bound) -> str:
    operator = bound.operator(value)
    return f"{metric.name} {_shown(value, limit)} {operator} {limit.show(bound)}{_sample(metric)}"


def _shown(value: float, limit: Limit) -> str:
    return show_value(value, limit.unit, [b.value for b in limit.bounds])


def _sample(metric: Metric) -> str:
    if metric.n is None:
        return ""
    if metric.part is None:
        return f" (n = {metric.n:,})"
    return f" ({metric.part:,} of {metric.n:,})"
