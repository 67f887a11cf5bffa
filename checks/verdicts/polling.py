"""Polls of a gate after a deploy: whether enough has been seen to pass, or to fail."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from checks.config.limit import Side
from checks.metrics import METRICS, Subject, Unit
from checks.statistics import evidence_over, evidence_under
from checks.verdicts.chances import failures_of
from checks.verdicts.verdict import Judgement, Verdict, overall


class PollState(StrEnum):
    """The state of a gate after a poll, in the words of result.json."""

    PASSING = "good"
    """Nothing keeps the run from success, and every check had its sample."""
    FAILED = "lost"
    """A check has failed, and no later event can change that."""
    PENDING = "open"
    """More events may still decide the run."""


class Poll(Struct, frozen=True):
    """One poll of the logs.

    Attributes:
        at: The time of the poll.
        until: The end of the window at that time; null if there was nothing to look at yet.
        events: Number of events in the window.
        verdict: The verdict that the run would have had at that time.
        state: The state of the gate that follows.
        sentence: The worst check, or what is still missing.
    """

    at: datetime
    until: datetime | None
    events: int
    verdict: Verdict
    state: PollState = field(name="standing")
    sentence: str


DOUBT: Final = 0.01
"""The share of gates over a healthy service that may fail early, over all polls and checks together."""
MOST_MISSED: Final = 0.05
"""The share of gates that may open on a rate at MISSED_TIMES its limit, however often they poll."""
MISSED_TIMES: Final = 3


def judge_poll(  # noqa: PLR0913 -- the facts that become the fields of a poll
    judgements: Iterable[Judgement],
    before: Iterable[Judgement],
    at: datetime,
    until: datetime | None,
    events: int,
    *,
    number: int = 1,
    is_too_early: bool = False,
) -> Poll:
    """Judge a poll: whether the gate is passing, has failed for sure, or is pending.

    A count over its `max` has certainly failed, since no later event can lower it. A share has certainly failed once
    the evidence against half the limit is strong enough for all polls and checks together; it passes once the same
    holds for three times the limit. If the chance is known for one look only, each poll spends a part of the total:
    DOUBT / (number * (number + 1)), which add up to DOUBT (Lan and DeMets, Discrete sequential boundaries for clinical
    trials, 1983). A failure without a known chance must be found twice, the second time in more events. A count under
    its `min` may still reach it, however often the gate polls.

    `before` are the judgements of the last poll that saw fewer events; `number` counts the polls that saw new events,
    this one included; `is_too_early` says that the window is still too short to pass.
    """
    counting = [one for one in judgements if not one.limit.shadow]
    failed_before = {one.metric.name for one in before if one.verdict is Verdict.FAIL}
    failed = [one for one in counting if one.verdict is Verdict.FAIL]
    doubt = DOUBT / max(1, sum(_is_share(one) or one.chance is not None for one in counting))
    final = [one for one in failed if _is_final(one, doubt, number, failed_before)]
    blocking = [one for one in counting if one.blocks]
    missing = [one for one in counting if one.verdict is Verdict.INCONCLUSIVE or not _is_safe(one)]
    if final:
        state, deciding = PollState.FAILED, final
    elif blocking or missing or not counting or is_too_early:
        state, deciding = PollState.PENDING, failed or blocking or missing or counting
    else:
        state, deciding = PollState.PASSING, counting
    sentence = deciding[0].sentence if deciding else "no check counts"
    return Poll(at, until, events, overall(counting), state, sentence)


def _is_share(judgement: Judgement) -> bool:
    """Whether a judgement is on a share of a sample, by a bound of its own rather than an increase."""
    is_rate = METRICS[judgement.metric.name].unit is Unit.RATE
    return is_rate and judgement.bound.side is not Side.INCREASE and bool(judgement.metric.n)


def _is_final(judgement: Judgement, doubt: float, number: int, failed_before: Collection[str]) -> bool:
    """Whether a failure is final: no later event can change it."""
    metric = METRICS[judgement.metric.name]
    if _is_share(judgement):
        failures = failures_of(judgement.metric, judgement.bound)
        return evidence_over(*failures, judgement.bound.allowed / 2) >= 1 / doubt
    if metric.unit is Unit.COUNT and not judgement.bound.upper:
        return False
    if judgement.chance is not None:  # also of an increase: the baseline grows with the window, so it may shrink
        return judgement.chance <= doubt / (number * (number + 1))
    is_known = metric.is_from_logs or metric.subject is Subject.PROBE  # all probes have ended before the first poll
    is_count = metric.unit is Unit.COUNT and is_known and not metric.may_shrink
    return is_count or metric.name in failed_before


def _is_safe(judgement: Judgement) -> bool:
    """Whether a passing share is proven to be below a multiple of its limit, however many polls there were."""
    if not _is_share(judgement) or judgement.verdict not in {Verdict.PASS, Verdict.WARN}:
        return True
    bound = judgement.limit.decisive
    if bound.side is Side.WARN:
        return True
    unsafe = min(1.0, MISSED_TIMES * bound.allowed)
    return evidence_under(*failures_of(judgement.metric, bound), unsafe) >= 1 / MOST_MISSED
