"""Looks at the logs again and again, until enough was seen or the time is over."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from checks.judge.judgement import Judgement
from checks.judge.limit import Limit
from checks.judge.looks import Look, Standing, look_at
from checks.run.clock import utc_now
from checks.run.found import Found

_POLLS: Final = 10
_LONGEST_POLL: Final = timedelta(seconds=30)


def watch(  # noqa: PLR0913 -- how long, how often, and by which clock
    look: Callable[[], Found],
    limits: Sequence[Limit],
    wait: timedelta,
    hold: int,
    *,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Found, tuple[Look, ...]]:
    """Look until every check has its sample and none keeps the run from success, or one has failed for sure.

    Args:
        look: Reads what is new, and returns all that was found by then.
        limits: What is judged.
        wait: For how long, from now.
        hold: How many good looks in a row it takes.
        clock: Tells the time.
        sleep: How to wait for some seconds.

    Returns:
        What the last look found, and all looks in their order.
    """
    deadline = clock() + wait
    looks: list[Look] = []
    before = list[Judgement]()
    while True:
        at = clock()
        found = look()
        judgements = [found.judge(limit) for limit in limits]
        events = found.sight.analysis.reading.events if found.sight.analysis else 0
        until = found.sight.window.until if found.sight.window and found.sight.analysis else None
        looks.append(look_at(judgements, before, at=at, until=until, events=events))
        before = judgements
        held = [one.standing for one in looks[-hold:]] == [Standing.GOOD] * hold
        left = deadline - clock()
        if looks[-1].standing is Standing.LOST or held or left <= timedelta():
            return found, tuple(looks)
        sleep(min(left, _LONGEST_POLL, wait / _POLLS).total_seconds())
