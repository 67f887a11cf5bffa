"""A poll decides whether a gate opens, fails, or keeps polling."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from checks.metrics import NEW_SIGNATURES, Metric
from checks.verdicts.increase import BaselineMetric, NewKinds, judge_increase, judge_new_kinds
from checks.verdicts.polling import Poll, PollState, judge_poll
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Judgement, Verdict
from tests.verdicts.making import ALIVE, COUNT, DEAD, RATE, limit, share, under, waiver

ENDED = "lifecycle.complete"

AT = datetime(2026, 6, 1, tzinfo=UTC)


def judged(metric: Metric, read: ReadState = ALIVE, *, shadow: bool = False) -> Judgement:
    high = 0.05 if metric.name == RATE else 5
    return judge(metric, limit(metric.name, max=high, shadow=shadow), read)


def poll(*judgements: Judgement, before: tuple[Judgement, ...] = ()) -> Poll:
    return judge_poll(judgements, before, at=AT, until=AT, events=12)


def test_a_count_over_its_limit_has_failed() -> None:
    """No later event can lower it."""
    result = poll(judged(share(0, 100)), judged(Metric(COUNT, 6)))
    assert (result.state, result.verdict, result.events) == (PollState.FAILED, Verdict.FAIL, 12)
    assert result.sentence == "gone.errors 6 > max 5"
    assert poll(judged(Metric("probe.failed", 6))).state is PollState.FAILED
    assert poll(judged(Metric("welcome.failed", 6))).state is PollState.PENDING


@pytest.mark.parametrize("metric", ["lifecycle.incomplete", "api.integration_errors", "data.age_seconds"])
def test_what_may_shrink_has_failed_at_the_second_poll(metric: str) -> None:
    """A lost connection may still end, AWS may correct what it counted, and the next event may be new."""
    failing = judged(Metric(metric, 6))
    assert poll(failing, before=(judged(Metric(metric, 5)),)).state is PollState.PENDING
    assert poll(failing, before=(failing,)).state is PollState.FAILED


def test_a_share_has_failed_where_all_polls_together_prove_it() -> None:
    """One test would fail it, but many polls of many checks find such a share by chance.

    A second poll of the same events adds nothing.
    """
    failing = judged(share(8, 100))
    assert failing.verdict is Verdict.FAIL
    assert poll(failing).state is PollState.PENDING
    assert poll(failing, before=(failing,)).state is PollState.PENDING
    surely = judged(share(10, 100))
    assert poll(surely).state is PollState.FAILED
    assert poll(surely, *[judged(share(0, 100))] * 2).state is PollState.PENDING


def test_a_share_passes_where_three_times_its_limit_is_ruled_out() -> None:
    """However many polls: if a share is just within its limit in a small sample, the gate waits."""
    just_within = [judge(share(1, n), limit(RATE, max=0.05, min_samples=20), ALIVE) for n in (20, 39, 40)]
    assert {one.verdict for one in just_within} == {Verdict.PASS}
    assert [poll(one).state for one in just_within] == [PollState.PENDING, PollState.PENDING, PollState.PASSING]
    assert poll(judged(share(15, 300))).state is PollState.PASSING
    assert poll(judge(share(93, 100), limit(RATE, min=0.9), ALIVE)).state is PollState.PASSING
    assert poll(judge(share(1, 20), limit(RATE, warn=0.05, min_samples=20), ALIVE)).state is PollState.PASSING


def test_a_warning_is_ruled_out_as_well_and_what_is_waived_is_not() -> None:
    """A share above its `warn` has to be surely within the other limit; a waiver lets any share pass."""
    warned = judge(share(1, 20), limit(RATE, warn=0.001, max=0.05, min_samples=20), ALIVE)
    waived = judge(share(20, 100), under(limit(RATE, max=0.05), waiver(RATE)), ALIVE)
    assert (warned.verdict, poll(warned).state) == (Verdict.WARN, PollState.PENDING)
    assert (waived.verdict, poll(waived).state) == (Verdict.WAIVED, PollState.PASSING)


def test_nothing_passes_too_early() -> None:
    """Even a busy service fails at once, but has to be observed for a while to pass."""
    good = (judged(share(0, 1000)),)
    early = judge_poll(good, (), at=AT, until=AT, events=12, is_too_early=True)
    assert (early.state, early.sentence) == (PollState.PENDING, good[0].sentence)


def test_a_count_under_its_minimum_has_never_failed() -> None:
    """After a deploy no connection has ended yet, not even at the second poll."""
    few = judge(Metric(ENDED, 0), limit(ENDED, min=1), ALIVE)
    assert few.verdict is Verdict.FAIL
    assert poll(few, before=(few,)).state is PollState.PENDING


def test_new_kinds_of_errors_spend_their_chance_poll_by_poll() -> None:
    """Like increases: what is certain fails at once, and the rest waits for more evidence."""
    failing = judge(Metric(NEW_SIGNATURES, 1), limit(NEW_SIGNATURES, max=0), ALIVE)
    sure, unsure = (judge_new_kinds(failing, NewKinds({"KeyError": chance}, 2)) for chance in (1e-4, 0.015))
    assert (poll(sure).state, poll(unsure).state) == (PollState.FAILED, PollState.PENDING)
    assert poll(unsure, before=(unsure,)).state is PollState.PENDING


def test_an_increase_spends_its_chance_poll_by_poll() -> None:
    """All polls together fail no more often than allowed, so later polls need clearer evidence."""
    demanded = replace(limit(COUNT, max=500), max_increase=0.5)

    def grown(errors: int) -> Judgement:
        return judge_increase(Metric(COUNT, errors), demanded, ALIVE, BaselineMetric(Metric(COUNT, 0)))

    assert [grown(number).verdict for number in (6, 9, 20)] == [Verdict.FAIL] * 3
    assert [poll(grown(number)).state for number in (6, 9, 20)] == [
        PollState.PENDING,
        PollState.FAILED,
        PollState.FAILED,
    ]
    tenth = [judge_poll([grown(number)], (), at=AT, until=AT, events=12, number=10).state for number in (9, 20)]
    assert tenth == [PollState.PENDING, PollState.FAILED]
    assert poll(grown(8)).state is PollState.FAILED
    assert poll(grown(8), judged(share(0, 100))).state is PollState.PENDING
    more = replace(limit(RATE, max=0.5), max_increase=0.5)
    of_a_share = judge_increase(share(38, 1000), more, ALIVE, BaselineMetric(share(20, 1000)))
    assert (of_a_share.verdict, poll(of_a_share).state) == (Verdict.FAIL, PollState.PENDING)


def test_what_may_be_inconclusive_is_waited_for() -> None:
    """It does not block the run, but it has no sample yet."""
    few = judge(share(0, 10), limit(RATE, max=0.05, on_inconclusive="pass"), ALIVE)
    assert not few.blocks
    assert poll(judged(Metric(COUNT, 0)), few).state is PollState.PENDING


def test_all_with_their_samples_are_passing() -> None:
    """There is nothing left to wait for."""
    assert poll(judged(share(0, 100)), judged(Metric(COUNT, 0))).state is PollState.PASSING


@pytest.mark.parametrize("missing", [judged(share(0, 10)), judged(Metric(COUNT, 0), DEAD)])
def test_what_is_missing_keeps_it_pending(missing: Judgement) -> None:
    """The poll's sentence says what is missing."""
    result = poll(judged(Metric(COUNT, 0)), missing)
    assert (result.state, result.sentence) == (PollState.PENDING, missing.sentence)


def test_shadows_have_no_say() -> None:
    """They don't fail a poll, and alone they don't pass it."""
    shadow = judged(Metric(COUNT, 6), shadow=True)
    assert poll(shadow, judged(share(0, 100))).state is PollState.PASSING
    assert poll(shadow).state is PollState.PENDING
