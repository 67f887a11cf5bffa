"""Increases: a metric is compared with its earlier value."""

import pytest
from msgspec.structs import replace

from checks.config.limit import Limit, Side, Waiver
from checks.metrics import NEW_SIGNATURES, Metric
from checks.verdicts.increase import BaselineMetric, judge_increase, judge_new_kinds, new_kinds
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Judgement, Verdict
from tests.verdicts.making import ALIVE, AVERAGE, COUNT, NOISE, RATE, TRUNCATED, limit, share, under, waiver


def increase(metric: str, growth: float = 0.5, at_least: int = 5) -> Limit:
    return replace(limit(metric), max_increase=growth, at_least=at_least)


def compared(now: Metric, before: Metric, demanded: Limit | None = None, waived: Waiver | None = None) -> Judgement:
    """Judge by two hours of equal length, both read completely."""
    demanded = demanded or increase(now.name)
    return judge_increase(now, under(demanded, waived), ALIVE, BaselineMetric(before))


def count(number: float) -> Metric:
    return Metric(COUNT, number)


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        (0, 5, Verdict.FAIL),
        (0, 1, Verdict.PASS),
        (0, 4, Verdict.PASS),
        (10, 15, Verdict.PASS),
        (10, 16, Verdict.PASS),
        (10, 25, Verdict.FAIL),
        (100, 140, Verdict.PASS),
        (100, 160, Verdict.FAIL),
        (5, 0, Verdict.PASS),
    ],
)
def test_counts(before: int, now: int, verdict: Verdict) -> None:
    """A failure needs all three: more than half more, at least five cases more, and more than chance."""
    assert compared(count(now), count(before)).verdict is verdict


def test_the_sentence_tells_both_and_what_is_allowed() -> None:
    """The limit is the earlier value and what may be added to it."""
    judged = compared(count(25), count(10))
    assert judged.sentence == "gone.errors rose from 10 to 25 (allowed: +50 %, ignoring increases below 5)"
    assert (judged.bound.side, judged.bound.value, judged.operator) == (Side.INCREASE, 15, ">")


@pytest.mark.parametrize(
    ("before", "now", "missed"),
    [
        (10, 16, ": more than before, but by chance alone in 16 % of cases; up to +243 % could have been missed"),
        (10, 10, "; up to +131 % could have been missed"),
        (0, 0, "; any increase could have been missed"),
        (1000, 1000, ""),
    ],
)
def test_what_could_have_been_missed(before: int, now: int, missed: str) -> None:
    """A pass says so if that is more than the limit allows; with `prove: true` it is not a pass."""
    passed = compared(count(now), count(before))
    assert (passed.verdict, passed.sentence.partition(")")[2]) == (Verdict.PASS, missed)
    proved = compared(count(now), count(before), replace(increase(COUNT), prove=True))
    assert proved.verdict is (Verdict.INCONCLUSIVE if missed else Verdict.PASS)


def test_errors_of_one_connection_are_one_case() -> None:
    """Thirty more errors of three clients with ten each are three cases; of half as many clients they fail."""
    clustered = replace(count(40), squares=400.0), replace(count(10), squares=100.0)
    single = replace(count(24), squares=24.0), replace(count(10), squares=10.0)
    assert compared(*clustered).verdict is Verdict.PASS
    assert compared(*single).verdict is Verdict.FAIL


def test_several_limits_share_the_doubt() -> None:
    """Otherwise six of them would fail a quarter of the runs in which nothing has changed."""
    before, demanded = BaselineMetric(count(10)), increase(COUNT)
    verdicts = [judge_increase(count(22), demanded, ALIVE, before, doubt=doubt).verdict for doubt in (0.05, 0.05 / 6)]
    assert verdicts == [Verdict.FAIL, Verdict.PASS]


def test_a_count_is_proportional_to_time() -> None:
    """Ten in an hour are twenty in two."""
    judged = judge_increase(count(20), increase(COUNT), ALIVE, BaselineMetric(count(10), 2))
    assert (judged.verdict, judged.bound.value) == (Verdict.PASS, 30)
    few = judge_increase(count(9), increase(COUNT, at_least=10), ALIVE, BaselineMetric(count(0), 2))
    assert (few.verdict, few.bound.value) == (Verdict.PASS, 9)


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ((2, 200), (2, 200), Verdict.PASS),
        ((2, 200), (14, 200), Verdict.FAIL),
        ((0, 200), (6, 200), Verdict.FAIL),
        ((0, 200), (1, 200), Verdict.PASS),
        ((2, 40), (9, 80), Verdict.PASS),
        ((0, 200), (0, 20), Verdict.PASS),
        ((0, 200), (8, 12), Verdict.FAIL),
    ],
)
def test_rates(before: tuple[int, int], now: tuple[int, int], verdict: Verdict) -> None:
    """Two proportions are compared by Fisher's test; a proven increase fails, an unproven one passes."""
    assert compared(share(*now), share(*before)).verdict is verdict


def test_of_high_shares_each_case_counts_once() -> None:
    """Of a hundred messages no more than a hundred fail, so fewer prove an increase than among events without end."""
    higher = compared(share(62, 100), share(45, 100), increase(RATE, growth=0.1))
    assert (higher.verdict, round(higher.chance or 0, 3)) == (Verdict.FAIL, 0.012)


def test_few_more_cases_of_many_are_ignored() -> None:
    """The least number counts cases of a share, too, on top of those expected."""
    verdicts = [compared(share(now, 1000), share(10, 1000), increase(RATE, at_least=20)).verdict for now in (29, 30)]
    assert verdicts == [Verdict.PASS, Verdict.FAIL]


def test_a_change_too_small_to_see() -> None:
    """No sentence says that a share fell from 4.1 % to 4.1 %."""
    assert compared(share(82, 2001), share(41, 1000)).sentence.startswith(f"{RATE} stayed at 4.1 % of 2,001 (allowed")
    assert compared(share(80, 2001), share(41, 1000)).sentence.startswith(f"{RATE} fell from 4.1 % of 1,000 to 4 % of")


def test_averages() -> None:
    """Retries per message are compared as events among that many messages."""
    assert compared(Metric(AVERAGE, 0.5, 100), Metric(AVERAGE, 0.1, 100)).verdict is Verdict.FAIL
    assert compared(Metric(AVERAGE, 0.1, 100), Metric(AVERAGE, 0.1, 100)).verdict is Verdict.PASS


def test_no_sample_is_not_compared() -> None:
    """0/0 is not 0, neither now nor before."""
    assert "no sample in the baseline" in compared(share(5, 100), Metric(RATE, None, 0)).sentence
    judged = compared(Metric(RATE, None, 0), share(5, 100))
    assert (judged.verdict, judged.operator) == (Verdict.INCONCLUSIVE, None)


@pytest.mark.parametrize("read", [NOISE, TRUNCATED])
def test_a_blind_spot_is_not_compared(read: object) -> None:
    """Nothing follows from what was not observed, nor from a baseline without events."""
    judged = judge_increase(count(0), increase(COUNT), read, BaselineMetric(count(0)))  # type: ignore[arg-type]
    assert judged.verdict is Verdict.INCONCLUSIVE
    empty = BaselineMetric(count(0), blind="the baseline contains no event")
    judged = judge_increase(count(9), increase(COUNT), ALIVE, empty)
    assert judged.sentence == "gone.errors not compared: the baseline contains no event"


def test_a_waiver_holds_here_too() -> None:
    """It applies up to its own limit, and until it expires."""
    assert compared(count(25), count(10), waived=waiver(COUNT)).verdict is Verdict.WAIVED
    assert compared(count(25), count(10), waived=waiver(COUNT, max=30)).verdict is Verdict.WAIVED
    assert compared(count(25), count(10), waived=waiver(COUNT, max=20)).verdict is Verdict.FAIL
    over = compared(count(25), count(10), waived=waiver(COUNT, "2026-05-31"))
    assert (over.verdict, over.sentence.partition("; ")[2]) == (
        Verdict.FAIL,
        "waiver expired on 2026-05-31 (owner: ops)",
    )


def test_a_waiver_of_a_minimum_waives_no_increase() -> None:
    """Such a waiver covers too few, not too many."""
    assert compared(count(25), count(10), waived=waiver(COUNT, min=3)).verdict is Verdict.FAIL


HOUR_AFTER_A_DAY = 1 / 25


@pytest.mark.parametrize(
    ("now", "before", "share", "new"),
    [
        ({"KeyError": 1}, {}, HOUR_AFTER_A_DAY, set()),
        ({"KeyError": 2}, {}, HOUR_AFTER_A_DAY, {"KeyError"}),
        ({"KeyError": 2}, {"KeyError": 1}, HOUR_AFTER_A_DAY, set()),
        ({"KeyError": 2}, {f"rare {number}": 2 for number in range(20)}, HOUR_AFTER_A_DAY, set()),
        ({"KeyError": 3}, {f"rare {number}": 2 for number in range(20)}, HOUR_AFTER_A_DAY, {"KeyError"}),
        ({"KeyError": 2}, {f"often {number}": 50 for number in range(20)}, HOUR_AFTER_A_DAY, {"KeyError"}),
        ({"KeyError": 2}, {f"kind {number}": None for number in range(20)}, HOUR_AFTER_A_DAY, set()),
        ({"KeyError": 5}, {}, 1 / 2, set()),
        ({"KeyError": 6}, {}, 1 / 2, {"KeyError"}),
    ],
)
def test_a_kind_of_error_is_new(
    now: dict[str, int], before: dict[str, int | None], share: float, new: set[str]
) -> None:
    """At least two connections must have met it, and more than the tail of rare kinds brings by chance."""
    assert set(new_kinds(now, before, share).chances) == new


def test_a_pass_says_how_many_cases_of_a_new_kind_it_takes() -> None:
    """It says so if that is more than two; a failure has the chance of the kind that decides."""
    demanded = limit(NEW_SIGNATURES, max=1)
    now, rare = {"KeyError": 4, "TypeError": 3, "OSError": 9}, {f"rare {number}": 2 for number in range(20)}
    kinds = new_kinds(now, rare, HOUR_AFTER_A_DAY)
    failed = judge_new_kinds(judge(Metric(NEW_SIGNATURES, 3), demanded, ALIVE), kinds)
    assert (failed.sentence, failed.chance) == ("errors.new_signatures 3 > max 1", kinds.chances["KeyError"])
    allowed = judge_new_kinds(judge(Metric(NEW_SIGNATURES, 1), demanded, ALIVE), new_kinds({"OSError": 9}, {}, 1 / 2))
    assert (allowed.verdict, allowed.chance) == (Verdict.PASS, None)
    passed = judge_new_kinds(judge(Metric(NEW_SIGNATURES, 0), demanded, ALIVE), new_kinds({}, rare, 1 / 25))
    assert passed.sentence == (
        "errors.new_signatures 0 <= max 1; a kind met by fewer than 3 connections or requests could have been missed"
    )
