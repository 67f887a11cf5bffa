"""Nights, hours and clients: judges a small night with earlier ones, a day by its worst hour, a burst as one case."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.config.limit import Limit, Side
from checks.metrics import IN_LOGS, METRICS, Metric, OnBreach, Unit
from checks.text import utc
from checks.units import show_value
from checks.verdicts.chances import chance_at, missing_samples
from checks.verdicts.rules import ReadState, blind_spot, judge
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window

OLDEST_NIGHT: Final = timedelta(days=14)
"""The age up to which earlier nights count; older ones no longer describe this service."""
_NIGHT: Final = timedelta(hours=12)
"""The least length of a window that is called a night instead of a run."""


class Night(Struct, frozen=True):
    """A night, or another window of regular runs, with the metric that was measured in it."""

    window: Window
    metric: Metric


def judge_with_nights(judgement: Judgement, window: Window, earlier: Iterable[Night], read: ReadState) -> Judgement:
    """Judge a night together with as many earlier ones as the sample of its limit needs.

    This is only done if the night alone is inconclusive for too few cases: whatever it proves alone stands. If the
    sample leaves the verdict open, all nights of two weeks count. Earlier nights come newest first, and are looked up
    only if they are needed.

    A silence at the end is no failure if earlier nights ended with similar ones: then it is the rhythm of the service.
    """
    metric, limit = judgement.metric, judgement.limit
    if metric.usual is not None:
        return _judge_silence(judgement, window, earlier, read)
    is_short = judgement.verdict is Verdict.INCONCLUSIVE and missing_samples(metric, limit)
    if not is_short or not _adds_up(limit) or blind_spot(metric.name, read):
        return judgement
    nights = list(_adjacent(Night(window, metric), earlier))
    sums = [_sum(nights[:number]) for number in range(2, len(nights) + 1)]
    enough = next((one for one in sums if not missing_samples(one[0], limit)), None)
    for together, span in filter(None, (enough, *sums[-1:])):
        judgement = replace(judge(together, limit, read, f" of {span}"), span=span)
        if judgement.verdict is not Verdict.INCONCLUSIVE:
            break
    return judgement


def _judge_silence(judgement: Judgement, window: Window, earlier: Iterable[Night], read: ReadState) -> Judgement:
    if judgement.verdict is not Verdict.FAIL:
        return judgement
    metric, oldest = judgement.metric, window.since - OLDEST_NIGHT
    others = (one.metric.value or 0.0 for one in earlier if one.window.since >= oldest)
    return judge(replace(metric, usual=max(metric.usual or 0.0, *others, 0.0)), judgement.limit, read)


def _adds_up(limit: Limit) -> bool:
    metric = METRICS[limit.metric]
    is_about_service = metric.subject in IN_LOGS and metric.breach is OnBreach.FAIL
    return is_about_service and metric.unit in {Unit.RATE, Unit.AVERAGE}


def _adjacent(night: Night, earlier: Iterable[Night]) -> Iterator[Night]:
    """Yield a night and the earlier ones of two weeks, skipping those that overlap."""
    yield night
    begin = night.window.since
    for one in earlier:
        if one.window.since < night.window.since - OLDEST_NIGHT:
            return
        if one.metric.n and one.window.until <= begin:
            begin = one.window.since
            yield one


def _sum(nights: Sequence[Night]) -> tuple[Metric, str]:
    """Return a metric over several nights, and the words for these nights."""
    metrics = [one.metric for one in nights]
    n = sum(one.n or 0 for one in metrics)
    total = sum((one.value or 0.0) * (one.n or 0) for one in metrics)
    is_share = METRICS[metrics[0].name].unit is Unit.RATE
    certain = [one.numerator or 0 if one.certain is None else one.certain for one in metrics]
    metric = replace(
        metrics[0],
        value=total / n,
        n=n,
        numerator=sum(one.numerator or 0 for one in metrics) if is_share else None,
        certain=sum(certain) if any(one.certain is not None for one in metrics) else None,
        squares=sum(map(_squares, metrics)) if any(one.squares is not None for one in metrics) else None,
    )
    is_nightly = all(one.window.length >= _NIGHT for one in nights)
    return metric, f"the last {len(nights)} {'nights' if is_nightly else 'runs'}"


def _squares(metric: Metric) -> float:
    return (metric.value or 0.0) * (metric.n or 0) if metric.squares is None else metric.squares


class HourOfMetric(Struct, frozen=True):
    """A share in one hour of the window, and the start of that hour."""

    start: datetime
    metric: Metric


HOUR_DOUBT: Final = 0.01
"""The share of days that may fail by their worst hour, for a service exactly at its limit, over all hours together."""


def judge_worst_hour(judgement: Judgement, hours: Iterable[HourOfMetric]) -> Judgement:
    """Judge the worst hour of a day that does not fail as a whole: a short outage hides in a good day.

    An hour fails if its share is certainly over the limit, that is, if a service at the limit all day long shows such
    an hour in at most 1 % of days. That chance is divided among the hours (Bonferroni). The bound of an active waiver
    takes the place of the limit.
    """
    metric, limit, bound = judgement.metric, judgement.limit, judgement.limit.hard
    counted = [one for one in hours if one.metric.name == metric.name and one.metric.n]
    is_judged = counted and judgement.verdict not in {Verdict.FAIL, Verdict.ERROR}
    if not is_judged or bound is None or bound.side is not Side.MAX or metric.certain is not None:
        return judgement
    worst = min(counted, key=lambda one: chance_at(one.metric, bound, 1))
    value, n = worst.metric.value or 0.0, worst.metric.n or 0
    if chance_at(worst.metric, bound, 1) > HOUR_DOUBT / len(counted):
        return judgement
    share, whole = (show_value(one, limit.unit, [bound.value]) for one in (value, metric.value or 0.0))
    hour = f"{metric.name} {share} > {limit.show(bound)} ({worst.metric.numerator:,} of {n:,})"
    sentence = f"{hour} in the hour from {utc(worst.start)} on; {whole} in the whole window"
    return Judgement(worst.metric, limit, Verdict.FAIL, bound, bound.operator(value), sentence, hour=worst.start)


def judge_with_open(judgement: Judgement, cases: int, n: int, read: ReadState) -> Judgement:
    """Judge a failing share of the connections that ended over all that began, if these are more.

    If many began just now, as after an outage or a first deploy, only those that left at once have ended.
    """
    metric = judgement.metric
    if judgement.verdict is not Verdict.FAIL or n <= (metric.n or 0):
        return judgement
    rest = judge(replace(metric, value=cases / n, n=n, numerator=cases), judgement.limit, read)
    if rest.verdict is Verdict.FAIL:
        return judgement
    ended = f"{show_value(metric.value or 0.0, judgement.limit.unit)} of the {metric.n or 0:,} that ended"
    return replace(rest, sentence=f"{rest.sentence} of all that began, those still open included; {ended}")


class ClientShare(Struct, frozen=True):
    """One client's part of a share's cases and sample, with one of its connections to look up in the logs."""

    cases: int
    n: int
    connection_id: str


MOST_CASES: Final = 0.5
"""The share of all cases above which a client is judged separately."""


def judge_without_client(judgement: Judgement, client: ClientShare | None, read: ReadState) -> Judgement:
    """Judge a failing share without the client that has most of its cases: a burst from one client is one case.

    If all others are within the limit, the verdict is a warning; if they are too few, it is inconclusive. `client` is
    None if it is not known which client has most cases.
    """
    metric, numerator = judgement.metric, judgement.metric.numerator
    if judgement.verdict is not Verdict.FAIL or metric.certain is not None or not metric.n or not numerator:
        return judgement
    if client is None or client.cases <= MOST_CASES * numerator:
        return judgement
    cases, n = numerator - client.cases, metric.n - client.n
    others = replace(metric, value=cases / n if n else None, n=n, numerator=cases)
    rest = judge(others, judgement.limit, read)
    most = f"one client, seen as {client.connection_id}, has {client.cases:,} of the {numerator:,} cases"
    if rest.verdict is Verdict.FAIL:
        without = show_value(others.value or 0.0, judgement.limit.unit)
        return replace(judgement, sentence=f"{judgement.sentence}; {most}, without it {without}")
    verdict = Verdict.WARN if rest.verdict is Verdict.PASS else rest.verdict
    value = show_value(metric.value or 0.0, judgement.limit.unit)
    without = rest.sentence.removeprefix(f"{metric.name} ")
    return replace(rest, verdict=verdict, sentence=f"{metric.name} {value}: {most}; without it {without}")
