"""Nights with few connections are judged together with those before them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from checks.config.limit import Limit
from checks.metrics import Metric
from checks.verdicts.nights import (
    ClientShare,
    HourOfMetric,
    Night,
    judge_with_nights,
    judge_with_open,
    judge_without_client,
    judge_worst_hour,
)
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window
from tests.verdicts.making import ALIVE, AVERAGE, COUNT, NOISE, NOW, RATE, limit, share, under, waiver

DAY = timedelta(days=1)
TONIGHT = Window(NOW - DAY, NOW)
LIMIT = limit(RATE, max=0.05)


def night(ago: int, metric: Metric, length: timedelta = DAY) -> Night:
    return Night(Window(TONIGHT.since - ago * DAY, TONIGHT.since - ago * DAY + length), metric)


def judged(metric: Metric, *earlier: Night, demanded: Limit = LIMIT, read: ReadState = ALIVE) -> Judgement:
    alone = judge(metric, demanded, read)
    return judge_with_nights(alone, TONIGHT, earlier, read)


def nights(number: int, cases: int, n: int) -> tuple[Night, ...]:
    return tuple(night(ago, share(cases, n)) for ago in range(1, number + 1))


def test_as_many_nights_count_as_the_sample_takes() -> None:
    """The sentence says how many nights the number covers."""
    result = judged(share(0, 12), *nights(13, 0, 12))
    assert (result.verdict, result.metric.n) == (Verdict.PASS, 60)
    assert result.sentence == "welcome.failure_rate 0 % <= max 5 % (0 of 60 of the last 5 nights)"
    assert result.span == "the last 5 nights"


SILENCE = limit("data.age_seconds", max=3600)


def silence(hours: float, usual: float | None = 0.5) -> Metric:
    return Metric("data.age_seconds", hours * 3600, usual=usual and usual * 3600)


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [
        ([], Verdict.FAIL),
        ([night(1, silence(0.1)), night(2, silence(2))], Verdict.FAIL),
        ([night(1, silence(0.1)), night(2, silence(2.1))], Verdict.INCONCLUSIVE),
        ([night(15, silence(2.1))], Verdict.FAIL),
        ([night(1, Metric("data.age_seconds", None))], Verdict.FAIL),
    ],
)
def test_silences_that_earlier_nights_ended_with(earlier: list[Night], verdict: Verdict) -> None:
    """They are the rhythm of the service, so that a similar one is no failure."""
    result = judged(silence(4), *earlier, demanded=SILENCE)
    assert result.verdict is verdict
    assert ("another silence of this log lasted 2.1 h" in result.sentence) == (verdict is Verdict.INCONCLUSIVE)


def test_a_silence_of_unknown_usualness_stays_a_failure() -> None:
    """As where Logs Insights counts the events."""
    assert judged(silence(4, usual=None), night(1, silence(4)), demanded=SILENCE).verdict is Verdict.FAIL


def test_shorter_windows_are_no_nights() -> None:
    """The sentence calls them runs."""
    result = judged(share(0, 40), night(1, share(0, 40), timedelta(hours=1)))
    assert result.sentence.endswith("(0 of 80 of the last 2 runs)")


@pytest.mark.parametrize(
    ("metric", "verdict"),
    [(share(4, 10), Verdict.FAIL), (share(0, 70), Verdict.PASS), (share(4, 60), Verdict.INCONCLUSIVE)],
)
def test_what_a_night_proves_or_has_its_sample_for_stands(metric: Metric, verdict: Verdict) -> None:
    """Good nights before don't hide a bad one, and the history is not even read."""

    def unread() -> Iterator[Night]:
        raise AssertionError
        yield

    alone = judge(metric, LIMIT, ALIVE)
    assert alone.verdict is verdict
    assert judge_with_nights(alone, TONIGHT, unread(), ALIVE) is alone


def test_together_they_fail() -> None:
    """None of them has a sample, and none fails alone."""
    assert judged(share(2, 20)).verdict is Verdict.INCONCLUSIVE
    result = judged(share(2, 20), *nights(6, 3, 20))
    assert (result.verdict, result.sentence) == (
        Verdict.FAIL,
        "welcome.failure_rate 13.3 % > max 5 % (8 of 60 of the last 3 nights)",
    )


def test_where_the_sample_leaves_it_open_two_weeks_count() -> None:
    """Four of sixty are over the limit, perhaps by chance; four of two hundred are not."""
    result = judged(share(4, 40), *nights(13, 0, 20))
    assert (result.verdict, result.metric.n) == (Verdict.PASS, 300)


def test_nights_of_more_than_two_weeks_ago_and_those_that_overlap_do_not_count() -> None:
    """Nor do nights that end after this one begins."""
    old, overlapping = night(15, share(0, 60)), night(1, share(0, 60), 2 * DAY)
    sentence = judged(share(0, 10), overlapping, old).sentence
    assert sentence == "welcome.failure_rate 0 % of 10, too little data: 59 needed for max 5 %"
    half = replace(night(2, share(0, 30)), window=Window(TONIGHT.since - 1.5 * DAY, TONIGHT.since - 0.5 * DAY))
    assert judged(share(0, 10), *nights(1, 0, 30), half).metric.n == 40


def test_averages_add_up_with_their_clusters() -> None:
    """Ten retries of one client are also one case in the sum."""
    demanded = limit(AVERAGE, max=0.5)
    one = Metric(AVERAGE, 1.0, 10, squares=100.0)
    result = judged(Metric(AVERAGE, 1.0, 5), night(1, one), demanded=demanded)
    assert (result.metric.value, result.metric.n, result.metric.squares) == (1.0, 15, 105.0)
    assert result.verdict is Verdict.INCONCLUSIVE


def test_unattributed_events_stay_uncertain() -> None:
    """They are as uncertain in the sum as in each night."""
    unsure = replace(share(20, 40), certain=1)
    result = judged(share(1, 20), night(1, unsure))
    assert (result.verdict, result.metric.certain) == (Verdict.INCONCLUSIVE, 2)


@pytest.mark.parametrize(
    ("metric", "demanded", "read"),
    [
        (Metric(COUNT, 3), limit(COUNT, max=5), ALIVE),
        (share(0, 10, "data.near_miss_rate"), limit("data.near_miss_rate", max=0.05), ALIVE),
        (share(0, 10), LIMIT, NOISE),
        (share(0, 10, "api.integration_error_rate"), limit("api.integration_error_rate", max=0.05), ALIVE),
        (Metric("lambda.duration_p95_seconds", 3.0, 10), limit("lambda.duration_p95_seconds", max=5), ALIVE),
    ],
)
def test_nothing_is_added_to_what_is_no_sample_of_the_service(metric: Metric, demanded: Limit, read: ReadState) -> None:
    """Excluded: counts, quantiles, what AWS counts, metrics about the logs, and what this night does not show."""
    before = night(1, Metric(metric.name, 0.0, 100, 0))
    assert judged(metric, before, demanded=demanded, read=read).metric is metric


HOURS = (
    *(HourOfMetric(TONIGHT.since + hour * DAY / 48, share(0, 60)) for hour in range(47)),
    HourOfMetric(NOW, share(0, 0)),
    HourOfMetric(NOW, share(60, 60, "lifecycle.short_lived_rate")),
)
"""47 good hours, one without a case, and a bad one by another metric."""

OUTAGE = (*HOURS[:24], HourOfMetric(HOURS[24].start, share(25, 60)), *HOURS[25:])


def by_the_hour(
    whole: Metric, hours: tuple[HourOfMetric, ...], until: str | None = None, top: float | None = None
) -> Judgement:
    waived = waiver(RATE, until, max=top) if until else None
    return judge_worst_hour(judge(whole, under(LIMIT, waived), ALIVE), hours)


def test_an_outage_does_not_hide_in_a_good_day() -> None:
    """25 of 1,440 are 1.7 %, but the hour that they are in fails."""
    result = by_the_hour(share(25, 1440), OUTAGE)
    assert (result.verdict, result.metric) == (Verdict.FAIL, OUTAGE[24].metric)
    assert result.sentence == (
        "welcome.failure_rate 41.7 % > max 5 % (25 of 60) in the hour from 2026-06-01 00:00:00 UTC on; "
        "1.7 % in the whole window"
    )


def test_an_outage_does_not_hide_in_the_good_hours_of_a_busy_service() -> None:
    """A good hour with many cases is as far from the limit as the outage, but below it."""
    busy = tuple(HourOfMetric(one.start, share(5_000 if one == OUTAGE[24] else 0, 20_000)) for one in OUTAGE)
    result = by_the_hour(share(5_000, 480_000), busy)
    assert (result.verdict, result.metric) == (Verdict.FAIL, busy[24].metric)


@pytest.mark.parametrize(
    ("cases", "verdict"), [(0, Verdict.PASS), (3, Verdict.PASS), (8, Verdict.PASS), (12, Verdict.FAIL)]
)
def test_an_hour_that_chance_explains_is_none(cases: int, verdict: Verdict) -> None:
    """8 of 60 in the worst of 47 hours may be chance; in the only hour it would break the limit."""
    hours = (*HOURS[1:], HourOfMetric(HOURS[0].start, share(cases, 60)))
    assert by_the_hour(share(cases, 1440), hours).verdict is verdict


def test_a_waiver_holds_by_the_hour_as_by_the_day() -> None:
    """It applies up to its own number; once it has expired, or if its number is stricter, the limit applies."""
    assert by_the_hour(share(25, 1440), OUTAGE, "2026-06-30").verdict is Verdict.PASS
    assert by_the_hour(share(25, 1440), OUTAGE, "2026-06-30", 0.5).verdict is Verdict.PASS
    for cases in (25, 130):  # the day passes, or is waived itself
        assert by_the_hour(share(cases, 1440), OUTAGE, "2026-06-30", 0.1).verdict is Verdict.FAIL
    assert by_the_hour(share(25, 1440), OUTAGE, "2026-05-30").verdict is Verdict.FAIL
    within = (*HOURS, HourOfMetric(NOW, share(40, 1000)))
    assert by_the_hour(share(40, 20_000), within, "2026-06-30", 0.01).verdict is Verdict.PASS


def test_a_warning_never_fails_by_the_hour() -> None:
    """Nor does it as a whole."""
    passing = judge(share(25, 1440), limit(RATE, warn=0.05), ALIVE)
    assert judge_worst_hour(passing, OUTAGE) is passing


def test_what_fails_as_a_whole_stays_as_it_is() -> None:
    """The number for the day says more."""
    assert by_the_hour(share(200, 1440), OUTAGE).metric.n == 1440


def test_hours_of_events_that_name_no_connection() -> None:
    """In an hour, nobody knows how many connections they hit, so the day is judged as it is."""
    assert by_the_hour(replace(share(25, 1440), certain=24), OUTAGE).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("cases", "n", "begun", "verdict", "sentence"),
    [
        (
            30,
            60,
            (30, 900),
            Verdict.PASS,
            "3.3 % <= max 5 % (30 of 900) of all that began, those still open included; 50 % of the 60 that ended",
        ),
        (30, 60, (30, 200), Verdict.FAIL, "50 % > max 5 % (30 of 60)"),
        (30, 60, (0, 40), Verdict.FAIL, "50 % > max 5 % (30 of 60)"),
        (0, 60, (30, 90), Verdict.PASS, "0 % <= max 5 % (0 of 60)"),
    ],
)
def test_those_still_open_count_where_more_began_than_ended(
    cases: int, n: int, begun: tuple[int, int], verdict: Verdict, sentence: str
) -> None:
    """Clients that leave at once end first; if more ended than began, the ended ones say more."""
    result = judge_with_open(judge(share(cases, n), LIMIT, ALIVE), *begun, ALIVE)
    assert (result.verdict, result.sentence) == (verdict, f"{RATE} {sentence}")


def without(cases: int, n: int, client: ClientShare | None, certain: int | None = None) -> Judgement:
    alone = judge(replace(share(cases, n), certain=certain), LIMIT, ALIVE)
    return judge_without_client(alone, client, ALIVE)


MOST = "one client, seen as A1b=, has 60 of the"


@pytest.mark.parametrize(
    ("cases", "n", "client", "verdict", "sentence"),
    [
        (62, 300, 60, Verdict.WARN, f"20.7 %: {MOST} 62 cases; without it 0.8 % <= max 5 % (2 of 240)"),
        (60, 60, 60, Verdict.INCONCLUSIVE, f"100 %: {MOST} 60 cases; without it no sample to judge max 5 %"),
        (90, 300, 60, Verdict.FAIL, f"30 % > max 5 % (90 of 300); {MOST} 90 cases, without it 12.5 %"),
        (90, 300, 20, Verdict.FAIL, "30 % > max 5 % (90 of 300)"),
        (120, 300, 60, Verdict.FAIL, "40 % > max 5 % (120 of 300)"),
        (90, 300, None, Verdict.FAIL, "30 % > max 5 % (90 of 300)"),
        (6, 300, 6, Verdict.PASS, "2 % <= max 5 % (6 of 300)"),
    ],
)
def test_a_burst_of_one_client_is_one_case(
    cases: int, n: int, client: int | None, verdict: Verdict, sentence: str
) -> None:
    """A failure by one client alone is a warning; if the others are too few, it is inconclusive."""
    result = without(cases, n, ClientShare(client, client, "A1b=") if client else None)
    assert (result.verdict, result.sentence) == (verdict, f"{RATE} {sentence}")


def test_clients_of_events_that_name_no_connection() -> None:
    """Such clients are not known, so the share is judged as it is."""
    assert without(62, 300, ClientShare(60, 60, "A1b="), certain=61).verdict is Verdict.FAIL
