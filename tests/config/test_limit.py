"""A limit may be broken for a while, if somebody answers for it."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.config.limit import Limit, Waiver
from checks.metrics import Metric
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Verdict
from checks.window import parse_expiry
from tests.verdicts.making import ALIVE, ALL, COUNT, NOISE, NOW, RATE, TRUNCATED, limit, share, waiver

MAX_5 = limit(COUNT, warn=1, max=5)

SHARE_5 = limit(RATE, max=0.05)

WAIVED = "waived until 2026-06-30 by ops: old clients"

CHANCE = "over the limit, but too few cases to tell: a service at"

LOOKS = "looks like this in 2.7 % of runs"

BEYOND = "the limit of its waiver until 2026-06-30"


@pytest.mark.parametrize(
    ("metric", "demanded", "waived", "verdict", "sentence"),
    [
        # Of any value
        (Metric(COUNT, 9), MAX_5, waiver(COUNT), "waived", f"gone.errors 9 > max 5, {WAIVED}"),
        (Metric(COUNT, 3), MAX_5, waiver(COUNT), "warn", "gone.errors 3 > warn 1, within max 5"),
        (Metric(COUNT, 0), MAX_5, waiver(COUNT), "pass", "gone.errors 0 <= max 5"),
        (Metric(COUNT, 9), limit(COUNT, warn=5), waiver(COUNT), "warn", "gone.errors 9 > warn 5"),
        # Up to a limit of its own
        (
            Metric(COUNT, 9),
            MAX_5,
            waiver(COUNT, max=10),
            "waived",
            "gone.errors 9 > max 5, waived within max 10 until 2026-06-30 by ops: old clients",
        ),
        (
            Metric(COUNT, 11),
            MAX_5,
            waiver(COUNT, max=10),
            "fail",
            f"gone.errors 11 > max 10, {BEYOND}",
        ),
        (Metric(COUNT, 6), MAX_5, waiver(COUNT, max=2), "fail", "gone.errors 6 > max 5"),
        (
            Metric("lifecycle.complete", 3),
            limit("lifecycle.complete", min=10),
            waiver("lifecycle.complete", min=2),
            "waived",
            "lifecycle.complete 3 < min 10, waived within min 2 until 2026-06-30 by ops: old clients",
        ),
        # Once it is over
        (
            Metric(COUNT, 9),
            MAX_5,
            waiver(COUNT, "2026-05-31"),
            "fail",
            "gone.errors 9 > max 5; waiver expired on 2026-05-31 (owner: ops)",
        ),
        (
            Metric(COUNT, 0),
            MAX_5,
            waiver(COUNT, "2026-05-31"),
            "pass",
            "gone.errors 0 <= max 5; waiver expired on 2026-05-31 (owner: ops)",
        ),
        # A rate: over the limit is waived with evidence or without; over the waiver's own limit takes evidence
        (share(4, 59), SHARE_5, waiver(RATE), "waived", f"welcome.failure_rate 6.8 % > max 5 % (4 of 59), {WAIVED}"),
        (
            share(7, 59),
            SHARE_5,
            waiver(RATE, max=0.1),
            "inconclusive",
            f"welcome.failure_rate 11.9 % > max 10 % (7 of 59), {BEYOND}, {CHANCE} 5 % {LOOKS}",
        ),
        (
            share(2, 23),
            SHARE_5,
            waiver(RATE),
            "inconclusive",
            "welcome.failure_rate 8.7 % of 23, too little data: 59 needed for max 5 %",
        ),
        (share(8, 23), SHARE_5, waiver(RATE), "waived", f"welcome.failure_rate 34.8 % > max 5 % (8 of 23), {WAIVED}"),
        (
            share(4, 23),
            limit(RATE, max=0.01),
            waiver(RATE, max=0.15),
            "inconclusive",
            "welcome.failure_rate 17.4 % of 23, too little data: 299 needed for max 15 %",
        ),
        # Errors can be waived, too
        (
            Metric("data.gaps", 1),
            limit("data.gaps", max=0),
            waiver("data.gaps"),
            "waived",
            f"data.gaps 1 > max 0, {WAIVED}",
        ),
    ],
)
def test_what_a_waiver_makes_of_a_verdict(
    metric: Metric, demanded: Limit, waived: Waiver, verdict: str, sentence: str
) -> None:
    judgement = judge(metric, demanded, ALIVE, now=NOW, waiver=waived)
    assert (judgement.verdict, judgement.sentence) == (verdict, sentence)


@pytest.mark.parametrize("read", [TRUNCATED, NOISE])
def test_nothing_is_waived_that_was_not_seen(read: ReadState) -> None:
    """Had all been seen, the value could be beyond the waiver's own limit."""
    for waived in (waiver(COUNT), waiver(COUNT, max=10)):
        assert judge(Metric(COUNT, 9), MAX_5, read, now=NOW, waiver=waived).verdict is Verdict.INCONCLUSIVE
    beyond = judge(Metric(COUNT, 11), MAX_5, read, now=NOW, waiver=waiver(COUNT, max=10))
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
    judgement = judge(share(0, 0), SHARE_5, ReadState(9, complete=True, seen=ALL), now=NOW, waiver=waiver(RATE))
    assert judgement.verdict is Verdict.INCONCLUSIVE
