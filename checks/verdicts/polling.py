"""Polls of a gate after a deploy: has enough been seen to pass, or to fail?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.config.limit import Side
from checks.metrics import METRICS, NEW_SIGNATURES, Unit
from checks.verdicts.rules import MAY_SHRINK
from checks.verdicts.verdict import Judgement, Verdict, overall


class PollState(StrEnum):
    """What a look comes to."""

    GOOD = "good"
    """Nothing keeps the run from success, and every check had its sample."""
    LOST = "lost"
    """A check has failed, whatever is still to come."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at the logs.

    Attributes:
        at: When.
        until: The end of the window by then; None where there was nothing to look at yet.
        events: In the window.
        verdict: Of the run, had it ended then.
        standing: What follows from it.
        sentence: The worst of what was seen, or what is still missing.
    """

    at: datetime
    until: datetime | None
    events: int
    verdict: Verdict
    standing: PollState
    sentence: str


def judge_poll(
    judgements: Iterable[Judgement], before: Iterable[Judgement], at: datetime, until: datetime | None, events: int
) -> Poll:
    """What a look comes to.

    It is lost where a count is over its `max`, for no event that is still to come can lower it. A share, and what is
    compared with a baseline that grows, have failed for sure where a second look, with more cases, finds the same.
    A count under its `min` may still reach it, however often one looks.

    Args:
        judgements: Of this look.
        before: Of the look before it; nothing at the first.
        at: When.
        until: The end of the window by then.
        events: In the window.
    """
    counting = [one for one in judgements if not one.shadow]
    failed_before = {one.metric.name for one in before if one.verdict is Verdict.FAIL}
    failed = [one for one in counting if one.verdict is Verdict.FAIL]
    lost = [one for one in failed if _is_final(one) or (one.metric.name in failed_before and not _may_grow(one))]
    blocking = [one for one in counting if one.blocks]
    missing = [one for one in counting if one.verdict is Verdict.INCONCLUSIVE]
    if lost:
        standing, told = PollState.LOST, lost
    elif blocking or missing or not counting:
        standing, told = PollState.OPEN, failed or blocking or missing
    else:
        standing, told = PollState.GOOD, counting
    return Poll(at, until, events, overall(counting), standing, told[0].sentence if told else "no check counts")


def _is_final(judgement: Judgement) -> bool:
    """Whether nothing that is still to come can lower it; a baseline that grows with the window can."""
    metric = METRICS[judgement.metric.name]
    is_compared = judgement.bound.side is Side.INCREASE or metric.name == NEW_SIGNATURES
    is_count = metric.unit is Unit.COUNT and metric.is_from_logs and metric.name not in MAY_SHRINK
    return judgement.bound.upper and is_count and not is_compared


def _may_grow(judgement: Judgement) -> bool:
    return METRICS[judgement.metric.name].unit is Unit.COUNT and not judgement.bound.upper
