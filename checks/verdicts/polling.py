"""Polls of a gate after a deploy: has enough been seen to pass, or to fail?"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from checks.config.limit import Side
from checks.metrics import METRICS, NEW_SIGNATURES, Unit
from checks.verdicts.verdict import Judgement, Verdict, overall


class PollState(StrEnum):
    """The state of a gate after a poll, in the words of result.json."""

    PASSING = "good"
    """Nothing keeps the run from success, and every check had its sample."""
    FAILED = "lost"
    """A check has failed, whatever is still to come."""
    PENDING = "open"
    """More events may still decide."""


class Poll(Struct, frozen=True):
    """One poll of the logs.

    Attributes:
        at: When.
        until: The end of the window by then; None where there was nothing to look at yet.
        events: In the window.
        verdict: Of the run, had it ended then.
        state: What follows from it.
        sentence: The worst check, or what is still missing.
    """

    at: datetime
    until: datetime | None
    events: int
    verdict: Verdict
    state: PollState = field(name="standing")
    sentence: str


def judge_poll(
    judgements: Iterable[Judgement], before: Iterable[Judgement], at: datetime, until: datetime | None, events: int
) -> Poll:
    """Judge a poll: whether the gate is passing, has failed for sure, or is pending.

    It has failed where a count is over its `max`, for no event that is still to come can lower it. A share, and what is
    compared with a baseline that grows, have failed for sure where a second poll, with more cases, finds the same.
    A count under its `min` may still reach it, however often one polls.

    Args:
        judgements: Of this poll.
        before: Of the poll before it; nothing at the first.
        at: When.
        until: The end of the window by then.
        events: In the window.
    """
    counting = [one for one in judgements if not one.shadow]
    failed_before = {one.metric.name for one in before if one.verdict is Verdict.FAIL}
    failed = [one for one in counting if one.verdict is Verdict.FAIL]
    final = [one for one in failed if _is_final(one) or (one.metric.name in failed_before and not _may_grow(one))]
    blocking = [one for one in counting if one.blocks]
    missing = [one for one in counting if one.verdict is Verdict.INCONCLUSIVE]
    if final:
        state, deciding = PollState.FAILED, final
    elif blocking or missing or not counting:
        state, deciding = PollState.PENDING, failed or blocking or missing
    else:
        state, deciding = PollState.PASSING, counting
    sentence = deciding[0].sentence if deciding else "no check counts"
    return Poll(at, until, events, overall(counting), state, sentence)


def _is_final(judgement: Judgement) -> bool:
    """Whether nothing that is still to come can lower it; a baseline that grows with the window can."""
    metric = METRICS[judgement.metric.name]
    is_compared = judgement.bound.side is Side.INCREASE or metric.name == NEW_SIGNATURES
    is_count = metric.unit is Unit.COUNT and metric.is_from_logs and not metric.may_shrink
    return judgement.bound.upper and is_count and not is_compared


def _may_grow(judgement: Judgement) -> bool:
    return METRICS[judgement.metric.name].unit is Unit.COUNT and not judgement.bound.upper
