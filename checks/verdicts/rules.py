"""The rules that turn a metric and its limit into a verdict, with a sentence that explains it."""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Final, NamedTuple

from msgspec import Struct

from checks.config.limit import Bound, Limit, Side, Waiver
from checks.metrics import FAMILIES, METRICS, Definition, Metric, OnBreach, SignalFamily, Unit
from checks.statistics import MOST_FALSE_FAILS
from checks.units import show_limit, show_value
from checks.verdicts.chances import (
    DECIMALS,
    HALF,
    WARNING_DOUBT,
    chance_at,
    failures_of,
    is_proven_early,
    is_unusual,
    is_warning,
    missing_samples,
)
from checks.verdicts.verdict import Judgement, Verdict


class ReadState(Struct, frozen=True):
    """The state of the read that the metrics come from.

    Attributes:
        events: Number of events that were read in the window.
        seen: The families of signals (`SignalFamily`) in the window.
        gaps: The reasons why the read is incomplete; empty if every event of the window was read.
        blind: The reason why a complete read shows nothing; empty if it shows something.
    """

    events: int
    seen: frozenset[str]
    gaps: str = ""
    blind: str = ""


def blind_spot(metric: str, read: ReadState) -> str:
    """Return the blind spot of a metric: why the logs don't show what it is about; empty if there is none."""
    if not METRICS[metric].is_from_logs:
        return ""
    if read.gaps:
        return f"the read is incomplete: {read.gaps}"
    if read.blind:
        return read.blind
    if not read.events:
        return "no event was read"
    return ways_out(METRICS[metric].builds_on - read.seen, read.events)


def ways_out(unseen: Iterable[SignalFamily], events: int) -> str:
    """Return a sentence on signal families that were not seen, and what to do about them; empty if there are none."""
    families = sorted(unseen)
    if not families:
        return ""
    subjects = (subject for subject, known in FAMILIES.items() if set(known).intersection(families))
    absent = " and ".join(f"`{subject}: none`" for subject in subjects)
    kinds = " or ".join(families)
    return (
        f"no {kinds} line was seen in {events:,} events: "
        f"read its log group, too, teach its words in `signals`, or write {absent}"
    )


def unseen_families(limits: Iterable[Limit], seen: frozenset[str]) -> frozenset[SignalFamily]:
    """Return the signal families that limits build on but that were not seen: the cases of `data.unseen_signals`.

    A shadow limit demands none: otherwise it would block after all.
    """
    needed = {family for limit in limits if not limit.shadow for family in METRICS[limit.metric].builds_on}
    return frozenset(needed - seen)


class _Case(Struct, frozen=True):
    """A metric's value and everything that it is judged by."""

    metric: Metric
    value: float
    limit: Limit
    read: ReadState
    span: str

    @property
    def definition(self) -> Definition:
        return METRICS[self.metric.name]

    @property
    def decisive(self) -> Bound:
        """The bound that the limit itself sets between success and failure."""
        return self.limit.decisive

    @property
    def is_broken(self) -> bool:
        """Whether the limit is broken beyond anything that a waiver allows."""
        return self.limit.hard is not None and self.limit.hard.is_broken_by(self.value)

    def compare(self, bound: Bound) -> str:
        """Return the value beside a bound: `gone.errors 67 > max 5`."""
        operator = bound.operator(self.value)
        return f"{self.metric.name} {self.value_text} {operator} {self.limit.show(bound)}{self._sample}"

    @property
    def value_text(self) -> str:
        """The value as people read it, rounded to the right side of every bound."""
        bounds = (*self.limit.bounds, self.limit.hard or self.decisive)
        return show_value(self.value, self.limit.unit, [bound.value for bound in bounds]) + self.limit.suffix

    @property
    def _sample(self) -> str:
        if self.metric.periods is not None and self.limit.per:
            period = self.limit.per.seconds
            length = show_value(self.metric.periods * period, Unit.SECONDS, [period])
            return f" ({round(self.value * self.metric.periods):,} in {length})"
        if self.metric.n is None:
            return ""
        if self.metric.numerator is None:
            return f" (n = {self.metric.n:,}{self.span})"
        return f" ({self.metric.numerator:,} of {self.metric.n:,}{self.span})"


class _Ruling(NamedTuple):
    """The verdict of a rule on a case, the bound that decides, and why."""

    verdict: Verdict
    bound: Bound
    sentence: str


def judge(metric: Metric, limit: Limit, read: ReadState, span: str = "") -> Judgement:
    """Judge a metric by its limit, as far as the data that was read allows.

    `span` describes a sample that is more than the window: ` of the last 9 nights`.
    """
    value = metric.value
    if value is None or not isfinite(value):
        return _without_value(metric, limit, read)
    case = _Case(metric, value, limit, read, span)
    ruling = next(filter(None, (rule(case) for rule in _RULES)))
    operator, sentence = ruling.bound.operator(value), ruling.sentence + expiry(limit.waiver)
    has_chance = limit.unit is not Unit.RATE and (metric.n is not None or metric.periods is not None)
    chance = chance_at(metric, ruling.bound, HALF) if has_chance else None
    return Judgement(metric, limit, ruling.verdict, ruling.bound, operator, sentence, chance)


def expiry(waiver: Waiver | None) -> str:
    """Return a remark on an expired waiver; empty for any other."""
    return f"; waiver expired on {waiver.until} (owner: {waiver.owner})" if waiver and waiver.is_over else ""


def _without_value(metric: Metric, limit: Limit, read: ReadState) -> Judgement:
    decisive = limit.decisive
    blind = metric.reason or blind_spot(metric.name, read)
    sentence = f"{metric.name} no sample to judge {limit.show(decisive)}{blind and f', and {blind}'}"
    return Judgement(metric, limit, Verdict.INCONCLUSIVE, decisive, None, sentence)


def _blind(case: _Case) -> _Ruling | None:
    """Rule that a metric with a blind spot is inconclusive, unless the missing events can't change the verdict."""
    blind = blind_spot(case.metric.name, case.read)
    if not blind or _fails_anyway(case):
        return None
    return _Ruling(Verdict.INCONCLUSIVE, case.decisive, f"{case.compare(case.decisive)}, but {blind}")


def _fails_anyway(case: _Case) -> bool:
    """Whether a limit is broken no matter which events were not seen.

    More events can't undo an error that was seen. They can change every share: a connection whose $disconnect wasn't
    read looks lost. The lower bound of a share does not help, since the missing events are not a random sample.
    """
    if not case.is_broken or case.decisive.side is Side.WARN:
        return False
    is_proven = case.limit.unit is Unit.COUNT and not case.definition.may_shrink
    return case.decisive.upper and (is_proven or case.definition.breach is OnBreach.ERROR)


def _too_few(case: _Case) -> _Ruling | None:
    """Rule that a small sample is inconclusive, unless it proves enough already."""
    missing = missing_samples(case.metric, case.limit)
    bound = case.limit.hard if case.limit.hard and case.is_broken else case.decisive
    if not missing or (bound.is_broken_by(case.value) and is_proven_early(case.metric, bound)):
        return None
    n = case.metric.n or 0
    sample = f"{case.metric.name} {case.value_text} of {n:,}{case.span}"
    sentence = f"{sample}, too little data: {n + missing:,} needed for {case.limit.show(bound)}"
    return _Ruling(Verdict.INCONCLUSIVE, bound, sentence)


def _waived(case: _Case) -> _Ruling | None:
    """Rule that a broken limit is waived, up to the waiver's own limit."""
    waiver = case.limit.waived
    if waiver is None or case.is_broken or not case.decisive.is_broken_by(case.value):
        return None
    within = f" within {case.limit.show(case.limit.hard)}" if case.limit.hard else ""
    why = f"waived{within} until {waiver.until} by {waiver.owner}: {waiver.reason}"
    return _Ruling(Verdict.WAIVED, case.decisive, f"{case.compare(case.decisive)}, {why}")


def _broken(case: _Case) -> _Ruling | None:
    """Rule on a broken bound; a rate must break it beyond chance."""
    bound = case.limit.hard
    if bound is None or not case.is_broken:
        return None
    comparison = case.compare(bound)
    waiver = case.limit.waived
    if waiver and bound == waiver.bound:
        comparison += f", the limit of its waiver until {waiver.until}"
    if bound.side is Side.WARN:
        return _Ruling(Verdict.WARN, bound, comparison) if is_warning(case.metric, bound) else None
    if doubt := _unattributed(case, bound) or _usual(case):
        return _Ruling(Verdict.INCONCLUSIVE, bound, f"{comparison}, {doubt}")
    chance = chance_at(case.metric, bound, HALF)
    if chance > MOST_FALSE_FAILS:
        return _Ruling(Verdict.INCONCLUSIVE, bound, f"{comparison}, {_doubt(case, bound, chance)}")
    breach = case.definition.breach
    return _Ruling(Verdict(breach.value), bound, f"{comparison}{_no_failure(case) or _by_a_little(case, bound)}")


_LITTLE: Final = 1.25
"""The multiple of its limit up to which a number is only a little beyond it."""


def _by_a_little(case: _Case, bound: Bound) -> str:
    """Return, for a value a little beyond its limit, how often a service at the limit looks as bad; else empty."""
    if case.limit.unit is not Unit.RATE:
        return ""
    failures, n = failures_of(case.metric, bound)
    chance = chance_at(case.metric, bound, 1)
    if chance <= WARNING_DOUBT or failures > _LITTLE * bound.allowed * n:
        return ""
    side = "over" if bound.upper else "under"
    return f", {side} by a little: exactly at the limit, {show_value(chance, Unit.RATE)} of runs look like this"


def _unattributed(case: _Case, bound: Bound) -> str:
    """Return a remark if a bound is broken only by counting events that name no connection; otherwise empty."""
    metric = case.metric
    if metric.certain is None or not metric.n:
        return ""
    if bound.is_broken_by(metric.certain / metric.n):
        return ""
    counted = "counting each event without a known connection as a connection of its own"
    return f"{counted}; only {metric.certain:,} are known for sure"


def _usual(case: _Case) -> str:
    """Return a remark if a silence is not known to be unusual for the log; otherwise empty."""
    metric = case.metric
    if metric.usual is None or is_unusual(metric):
        return ""
    if metric.usual == case.value:
        return "but the log has too few other silences to tell whether that is unusual"
    return f"but another silence of this log lasted {show_value(metric.usual, case.limit.unit)}"


def _no_failure(case: _Case) -> str:
    """Return the reason why a broken limit is not a failure; empty if it is one."""
    definition = case.definition
    if definition.breach is OnBreach.ERROR:
        return f": {case.read.gaps or 'not everything was read'}"
    if definition.breach is OnBreach.INCONCLUSIVE:
        effect = ", so too little of the logs is understood" if definition.is_from_logs else ", so too little is seen"
        return effect + (case.metric.reason and f": {case.metric.reason}")
    return ""


def _doubt(case: _Case, bound: Bound, chance: float) -> str:
    unit = case.limit.unit
    side = "over" if bound.upper else "under"
    half = 1 - (1 - bound.value) * HALF if unit is Unit.RATE and not bound.upper else bound.value * HALF
    is_quantile = case.definition.quantile is not None
    if case.limit.per and not bound.upper:
        half = bound.value / HALF
    at_half = f"at {show_limit(round(half, DECIMALS), unit)}{case.limit.suffix}"
    rate = "that is beyond it half as often" if is_quantile else at_half
    share_of_runs = show_value(chance, Unit.RATE, [MOST_FALSE_FAILS])
    service = f"a service {rate} looks like this in {share_of_runs} of runs"
    return f"{side} the limit, but too few cases to tell: {service}"


def _warned(case: _Case) -> _Ruling | None:
    """Rule on a number beyond the warn limit but within the other."""
    for bound in case.limit.bounds[1:]:
        if is_warning(case.metric, bound):
            sentence = f"{case.compare(bound)}, within {case.limit.show(case.decisive)}"
            return _Ruling(Verdict.WARN, bound, sentence)
    return None


def _passed(case: _Case) -> _Ruling:
    """Rule that a number passes; a warn limit may be broken by no more than chance."""
    sentence = case.compare(case.decisive)
    if any(bound.is_broken_by(case.value) for bound in case.limit.bounds):
        warn = case.limit.bounds[-1]
        sentence += f", {'over' if warn.upper else 'under'} {case.limit.show(warn)} by no more than chance"
    return _Ruling(Verdict.PASS, case.decisive, sentence)


_RULES: Final[tuple[Callable[[_Case], _Ruling | None], ...]] = (_blind, _too_few, _waived, _broken, _warned, _passed)
"""The rules in order: the first that applies decides."""
