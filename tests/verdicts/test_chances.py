"""Chances: what a small sample proves, and what a limit per day means in a window of any length."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from checks.metrics import Metric
from checks.units import Period
from checks.verdicts.chances import is_proven_early, over_time
from checks.verdicts.polling import PollState, judge_poll
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window
from tests.verdicts.making import ALIVE, COUNT, NOW, RATE, limit, share, under, waiver
from tests.verdicts.test_polling import poll

A_DAY = replace(limit(COUNT, max=200), per=Period.DAY)
ENDED = "lifecycle.complete"


def judged(count: int, minutes: float, squares: float | None = None, *, least: float | None = None) -> Judgement:
    demanded = A_DAY if least is None else replace(limit(ENDED, min=least), per=Period.DAY)
    window = Window(NOW - timedelta(minutes=minutes), NOW)
    metric = over_time(Metric(demanded.metric, count, squares=squares), demanded, window)
    return judge(metric, demanded, ALIVE)


@pytest.mark.parametrize(
    ("count", "minutes", "verdict"),
    [
        (200, 1440, Verdict.PASS),
        (240, 1440, Verdict.FAIL),
        (1400, 10080, Verdict.PASS),
        (1500, 10080, Verdict.FAIL),
        (2, 15, Verdict.PASS),
        (3, 15, Verdict.INCONCLUSIVE),
        (6, 15, Verdict.FAIL),
    ],
)
def test_a_limit_per_day_means_the_same_in_any_window(count: int, minutes: float, verdict: Verdict) -> None:
    """In a gate, a night or a week it fails if a service at half of it would hardly ever show so many."""
    assert judged(count, minutes).verdict is verdict


def test_the_sentence_tells_the_count_and_the_time() -> None:
    """They are shown beside the count for a whole day."""
    assert judged(6, 15).sentence == "gone.errors 576/day > max 200/day (6 in 15 min)"
    assert judged(3, 15).sentence == (
        "gone.errors 288/day > max 200/day (3 in 15 min), over the limit, but too few cases to tell: "
        "a service at 100/day looks like this in 8.8 % of runs"
    )


def test_errors_of_one_connection_are_one_case_here_too() -> None:
    """Ten errors of one client in a quarter of an hour are not a trend."""
    assert judged(10, 15).verdict is Verdict.FAIL
    assert judged(10, 15, squares=100.0).verdict is Verdict.INCONCLUSIVE


def test_a_least_number_per_day() -> None:
    """None in a quarter of an hour does not prove less than ten a day; none in a day does."""
    few = judged(0, 15, least=10)
    assert few.verdict is Verdict.INCONCLUSIVE
    assert "a service at 20/day looks like this in 81.2 % of runs" in few.sentence
    assert judged(0, 1440, least=10).verdict is Verdict.FAIL
    assert judged(2, 1440, least=10).verdict is Verdict.FAIL
    assert judged(12, 1440, least=10).verdict is Verdict.PASS


def test_a_gate_does_not_fail_by_the_first_of_them() -> None:
    """A count per day can fall again, so a failure needs the evidence of all polls together."""
    (sixth, twentieth), at = (judged(6, 15), judged(20, 15)), NOW
    states = [judge_poll([one], (), at=at, until=at, events=1, number=9).state for one in (sixth, twentieth)]
    assert states == [PollState.PENDING, PollState.FAILED]
    assert poll(judged(0, 1440, least=10)).state is PollState.PENDING


def test_a_waiver_is_per_day_as_its_limit_is() -> None:
    """The waiver covers values up to its own number per day."""
    waived = replace(waiver(COUNT, max=400), per=Period.DAY)
    metric = over_time(Metric(COUNT, 300), A_DAY, Window(NOW - timedelta(days=1), NOW))
    result = judge(metric, under(A_DAY, waived), ALIVE)
    assert (result.verdict, result.sentence.partition(",")[0]) == (
        Verdict.WAIVED,
        "gone.errors 300/day > max 200/day (300 in 24 h)",
    )


def test_a_day_that_is_not_quite_one_is_not_called_so() -> None:
    """Otherwise its number of cases would contradict that of a day."""
    almost = Window(NOW - timedelta(seconds=86_323), NOW)
    sentence = judge(over_time(Metric(COUNT, 668), A_DAY, almost), A_DAY, ALIVE).sentence
    assert sentence.startswith("gone.errors 669/day > max 200/day (668 in 23.98 h)")


@pytest.mark.parametrize(("cases", "n", "is_proven"), [(1, 8, False), (2, 8, False), (2, 7, True), (3, 8, True)])
def test_a_small_sample_proves_what_is_hardly_chance(cases: int, n: int, is_proven: bool) -> None:  # noqa: FBT001
    """At 1.5 %, 0.6 % of nights show 2 of 8, which breaks 3 % at 95 %: too many, night after night."""
    assert is_proven_early(share(cases, n), limit(RATE, max=0.03).bounds[0]) is is_proven
