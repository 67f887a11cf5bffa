"""The logging contract: what has to be in the logs before anything follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass

from checks.analysis.metrics import METRICS
from checks.judge.limit import Limit


@dataclass(frozen=True, slots=True)
class ReadState:
    """What is known about the read that the metrics come from.

    Attributes:
        events: How many were read in the window.
        complete: Whether that is all there is.
        seen: The families of signals (`Family`) that the window holds.
        reason: Why it is not complete; empty where it is.
        blind: Why it shows nothing although it is complete; empty where it shows something.
    """

    events: int
    complete: bool
    seen: frozenset[str]
    reason: str = ""
    blind: str = ""


def blind_spot(metric: str, read: ReadState) -> str:
    """Why the logs don't show what a metric is about; empty where they do, or where it is not about them."""
    if not METRICS[metric].is_from_logs:
        return ""
    if not read.complete:
        return f"the read is incomplete: {read.reason}"
    if read.blind:
        return read.blind
    if not read.events:
        return "no event was read"
    missing = " or ".join(sorted(METRICS[metric].builds_on - read.seen))
    if missing:
        return f"no {missing} line was seen in {read.events:,} events: is it logged in other words?"
    return ""


def unseen(limits: Iterable[Limit], seen: frozenset[str]) -> frozenset[str]:
    """The families that limits build on and that were not seen: the cases of `data.unseen_signals`.

    A shadow limit demands nothing, or it would block by the back door.
    """
    needed = {family for limit in limits if not limit.shadow for family in METRICS[limit.metric].builds_on}
    return frozenset(needed - seen)
