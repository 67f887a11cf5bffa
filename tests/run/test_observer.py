"""The poll loop ends as soon as it knows, by a clock of the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from checks.config.limit import Limit
from checks.metrics import Metric
from checks.run.observer import poll_until
from checks.run.snapshot import Snapshot
from checks.verdicts.polling import Poll
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Judgement
from checks.window import Window
from tests.verdicts.making import ALIVE, COUNT, RATE, limit, share

WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 1, tzinfo=UTC))
LIMITS = [limit(RATE, max=0.05), limit(COUNT, max=5)]

BAD, DOUBTFUL = (share(40, 100), 0), (share(8, 100), 0)

FEW, GOOD, FAILED = (share(0, 10), 0), (share(0, 100), 0), (share(0, 10), 6)


class FakeSnapshot:
    """A snapshot without any logs."""

    window = WINDOW

    def __init__(self, rate: Metric, errors: int) -> None:
        self.events = 0
        self._metrics = {RATE: rate, COUNT: Metric(COUNT, errors)}

    def judge(self, demanded: Limit) -> Judgement:
        return judge(self._metrics[demanded.metric], demanded, ALIVE)


class Clock:
    """A clock that only sleep advances."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def polls(*measured: tuple[Metric, int], hold: int = 1, minutes: float = 15, news: int = 1) -> tuple[Poll, ...]:
    """Observe these one after the other, the last one forever, each with so many new events."""
    following: list[Any] = [FakeSnapshot(*one) for one in measured]
    clock, events = Clock(), 0

    def observe() -> Snapshot:
        nonlocal events
        snapshot = following.pop(0) if len(following) > 1 else following[0]
        snapshot.events = events = events + news
        return cast("Snapshot", snapshot)

    _, done = poll_until(observe, LIMITS, timedelta(minutes=minutes), hold, clock=clock, sleep=clock.sleep)
    return done


@pytest.mark.parametrize(
    ("measured", "hold", "number"),
    [
        ([GOOD], 1, 1),
        ([GOOD], 3, 3),
        ([FEW, FEW, GOOD], 1, 3),
        ([GOOD, FEW, GOOD, GOOD], 2, 4),
        ([FAILED], 3, 1),
        ([FEW, FAILED], 1, 2),
        ([BAD], 1, 1),
        ([DOUBTFUL, GOOD], 1, 2),
        ([DOUBTFUL, DOUBTFUL, GOOD], 1, 3),
        ([DOUBTFUL, GOOD, DOUBTFUL, GOOD, GOOD], 2, 5),
    ],
)
def test_it_ends_as_soon_as_it_knows(measured: list[tuple[Metric, int]], hold: int, number: int) -> None:
    """It ends after enough passing polls in a row, after a final failure, or when the time is up."""
    assert len(polls(*measured, hold=hold)) == number


def test_a_poll_that_saw_nothing_new_is_no_second_one() -> None:
    """Many polls of the same events are one, so it waits for more while it may."""
    assert len(polls(GOOD, hold=1, news=0)) == 1
    assert len(polls(GOOD, hold=2, news=0)) == len(polls(FEW))


def test_it_ends_with_the_time() -> None:
    """The last poll is at the end of the time, not after it."""
    done = polls(FEW, minutes=2)
    assert [(poll.at - done[0].at).total_seconds() for poll in done] == [0, 12, 24, 36, 48, 60, 72, 84, 96, 108, 120]


def test_long_waits_poll_every_half_minute() -> None:
    """So a gate opens soon after it could."""
    done = polls(FEW, minutes=60)
    assert (done[1].at - done[0].at).total_seconds() == 30
