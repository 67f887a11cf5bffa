"""A waiver allows a limit to be broken for a while, with an owner."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.metrics import Metric
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Verdict
from checks.window import parse_expiry
from tests.verdicts.making import ALL, COUNT, NOISE, RATE, TRUNCATED, limit, share, under, waiver

MAX_5 = limit(COUNT, warn=1, max=5)

SHARE_5 = limit(RATE, max=0.05)


@pytest.mark.parametrize("read", [TRUNCATED, NOISE])
def test_nothing_is_waived_that_was_not_seen(read: ReadState) -> None:
    """With all events, the value could be beyond the waiver's own limit."""
    for waived in (waiver(COUNT), waiver(COUNT, max=10)):
        assert judge(Metric(COUNT, 9), under(MAX_5, waived), read).verdict is Verdict.INCONCLUSIVE
    beyond = judge(Metric(COUNT, 11), under(MAX_5, waiver(COUNT, max=10)), read)
    assert beyond.verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("2026-06-30", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-06-30T12:00", datetime(2026, 6, 30, 12, tzinfo=UTC)),
        ("2026-06-30T12:00:30Z", datetime(2026, 6, 30, 12, 0, 30, tzinfo=UTC)),
        ("2026-06-30T01:00+02:00", datetime(2026, 6, 29, 23, tzinfo=UTC)),
    ],
)
def test_a_waiver_holds_to_its_very_end(until: str, end: datetime) -> None:
    assert parse_expiry(until) == end
    assert waiver(COUNT, until).holds(end - timedelta(microseconds=1))
    assert not waiver(COUNT, until).holds(end)


def test_the_time_zone_of_now_does_not_matter() -> None:
    """It is 30 June in New York while the day is over in UTC."""
    new_york = datetime.fromisoformat("2026-06-30T20:00-04:00")
    assert not waiver(COUNT, "2026-06-30").holds(new_york)


def test_a_waiver_says_nothing_about_what_has_no_value() -> None:
    judgement = judge(share(0, 0), under(SHARE_5, waiver(RATE)), ReadState(9, seen=ALL))
    assert judgement.verdict is Verdict.INCONCLUSIVE
