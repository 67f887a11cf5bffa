"""A verdict needs evidence, and says which."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.metrics import METRICS, Metric, Unit
from checks.judge.limit import Limit
from checks.judge.sample import lower_bound, samples_to_prove
from checks.judge.verdict import Judgement, OnInconclusive, ReadState, Verdict, exit_code, judge, worst

ALIVE = ReadState(events=1000, complete=True)
DEAD = ReadState(events=0, complete=True)
TRUNCATED = ReadState(events=1000, complete=False, reason="half a gzip")

RATE = "welcome.failure_rate"
COUNT = "gone.errors"
AVERAGE = "welcome.average_retries"
DURATION = "lifecycle.median_duration_seconds"
AGE = "data.age_seconds"


def limit(
    metric: str,
    *,
    warn: float | None = None,
    max: float | None = None,  # noqa: A002 - the word of the file
    min: float | None = None,  # noqa: A002
    min_samples: int | None = None,
) -> Limit:
    return Limit(
        metric, Path("thresholds.yaml"), 12, inherited=False, warn=warn, max=max, min=min, min_samples=min_samples
    )


def share(part: int, n: int) -> Metric:
    return Metric(RATE, part / n if n else None, n, part)


MAX_5 = limit(RATE, max=0.05)
WARN_1_MAX_5 = limit(RATE, warn=0.01, max=0.05)


@pytest.mark.parametrize(
    ("metric", "demanded", "read", "verdict", "sentence"),
    [
        # A rate below its sample
        (share(8, 23), MAX_5, ALIVE, "fail", "welcome.failure_rate 34.8 % > max 5 % (8 of 23)"),
        (share(0, 23), MAX_5, ALIVE, "inconclusive", "welcome.failure_rate 0 % of 23, needs 36 more to judge max 5 %"),
        (
            share(2, 23),
            MAX_5,
            ALIVE,
            "inconclusive",
            "welcome.failure_rate 8.7 % of 23, needs 36 more to judge max 5 %",
        ),
        (share(0, 58), MAX_5, ALIVE, "inconclusive", "welcome.failure_rate 0 % of 58, needs 1 more to judge max 5 %"),
        (share(0, 0), MAX_5, ALIVE, "inconclusive", "welcome.failure_rate no sample to judge max 5 %"),
        # A rate with its sample
        (share(0, 59), MAX_5, ALIVE, "pass", "welcome.failure_rate 0 % <= max 5 % (0 of 59)"),
        (share(50, 1000), MAX_5, ALIVE, "pass", "welcome.failure_rate 5 % <= max 5 % (50 of 1,000)"),
        (share(504, 10000), MAX_5, ALIVE, "fail", "welcome.failure_rate 5.04 % > max 5 % (504 of 10,000)"),
        (share(3, 100), WARN_1_MAX_5, ALIVE, "warn", "welcome.failure_rate 3 % > warn 1 % (3 of 100), within max 5 %"),
        (share(1, 100), WARN_1_MAX_5, ALIVE, "pass", "welcome.failure_rate 1 % <= max 5 % (1 of 100)"),
        (share(9, 100), WARN_1_MAX_5, ALIVE, "fail", "welcome.failure_rate 9 % > max 5 % (9 of 100)"),
        # min_samples of the file
        (
            share(0, 23),
            limit(RATE, max=0.05, min_samples=20),
            ALIVE,
            "pass",
            "welcome.failure_rate 0 % <= max 5 % (0 of 23)",
        ),
        (
            Metric(AVERAGE, 0.5, 8),
            limit(AVERAGE, max=1, min_samples=20),
            ALIVE,
            "inconclusive",
            "welcome.average_retries 0.5 of 8, needs 12 more to judge max 1",
        ),
        (
            Metric(AVERAGE, 5, 8),
            limit(AVERAGE, max=1, min_samples=20),
            ALIVE,
            "inconclusive",
            "welcome.average_retries 5 of 8, needs 12 more to judge max 1",
        ),
        # A warn limit alone never fails, and needs its evidence like any other
        (share(90, 100), limit(RATE, warn=0.05), ALIVE, "warn", "welcome.failure_rate 90 % > warn 5 % (90 of 100)"),
        (share(0, 100), limit(RATE, warn=0.05), ALIVE, "pass", "welcome.failure_rate 0 % <= warn 5 % (0 of 100)"),
        (
            share(0, 5),
            limit(RATE, warn=0.05),
            ALIVE,
            "inconclusive",
            "welcome.failure_rate 0 % of 5, needs 54 more to judge warn 5 %",
        ),
        # A rate that has to be high
        (share(10, 20), limit(RATE, min=0.95), ALIVE, "fail", "welcome.failure_rate 50 % < min 95 % (10 of 20)"),
        (
            share(19, 20),
            limit(RATE, min=0.95),
            ALIVE,
            "inconclusive",
            "welcome.failure_rate 95 % of 20, needs 39 more to judge min 95 %",
        ),
        (
            share(97, 100),
            limit(RATE, warn=0.98, min=0.95),
            ALIVE,
            "warn",
            "welcome.failure_rate 97 % < warn 98 % (97 of 100), within min 95 %",
        ),
        # A count of errors, and proof of life
        (Metric(COUNT, 0), limit(COUNT, max=0), ALIVE, "pass", "gone.errors 0 <= max 0"),
        (Metric(COUNT, 3), limit(COUNT, warn=0, max=5), ALIVE, "warn", "gone.errors 3 > warn 0, within max 5"),
        (Metric(COUNT, 1234), limit(COUNT, max=5), ALIVE, "fail", "gone.errors 1,234 > max 5"),
        (Metric(COUNT, 0), limit(COUNT, max=5), DEAD, "inconclusive", "gone.errors 0 <= max 5, but no event was read"),
        (
            Metric(COUNT, 3),
            limit(COUNT, warn=0, max=5),
            TRUNCATED,
            "inconclusive",
            "gone.errors 3 <= max 5, but the read is incomplete: half a gzip",
        ),
        (Metric(COUNT, 6), limit(COUNT, max=5), TRUNCATED, "fail", "gone.errors 6 > max 5"),
        (Metric(COUNT, 6), limit(COUNT, warn=5), TRUNCATED, "warn", "gone.errors 6 > warn 5"),
        # A demand for life
        (
            Metric("lifecycle.complete", 1),
            limit("lifecycle.complete", min=1),
            ALIVE,
            "pass",
            "lifecycle.complete 1 >= min 1",
        ),
        (
            Metric("lifecycle.complete", 0),
            limit("lifecycle.complete", min=1),
            DEAD,
            "fail",
            "lifecycle.complete 0 < min 1",
        ),
        (
            Metric("lifecycle.complete", 0),
            limit("lifecycle.complete", min=1),
            TRUNCATED,
            "inconclusive",
            "lifecycle.complete 0 < min 1, but the read is incomplete: half a gzip",
        ),
        (
            Metric("lifecycle.complete", 9),
            limit("lifecycle.complete", min=1),
            TRUNCATED,
            "inconclusive",
            "lifecycle.complete 9 >= min 1, but the read is incomplete: half a gzip",
        ),
        # A truncated read is no random sample: what is missing may turn a failure into a success
        (
            share(90, 100),
            MAX_5,
            TRUNCATED,
            "inconclusive",
            "welcome.failure_rate 90 % > max 5 % (90 of 100), but the read is incomplete: half a gzip",
        ),
        (
            Metric("lifecycle.incomplete", 6),
            limit("lifecycle.incomplete", max=5),
            TRUNCATED,
            "inconclusive",
            "lifecycle.incomplete 6 > max 5, but the read is incomplete: half a gzip",
        ),
        # Averages, medians, ages
        (
            Metric(AVERAGE, 1.5, 40),
            limit(AVERAGE, max=1),
            ALIVE,
            "fail",
            "welcome.average_retries 1.5 > max 1 (n = 40)",
        ),
        (
            Metric(DURATION, 0.4, 1),
            limit(DURATION, min=60),
            ALIVE,
            "fail",
            "lifecycle.median_duration_seconds 0.4 s < min 1 min (n = 1)",
        ),
        (
            Metric(DURATION, None, 0),
            limit(DURATION, min=60),
            ALIVE,
            "inconclusive",
            f"{DURATION} no sample to judge min 1 min",
        ),
        (Metric(AGE, 7300), limit(AGE, max=7200), ALIVE, "fail", "data.age_seconds 2.03 h > max 2 h"),
        (
            Metric(AGE, 7300),
            limit(AGE, max=7200),
            TRUNCATED,
            "inconclusive",
            "data.age_seconds 2.03 h > max 2 h, but the read is incomplete: half a gzip",
        ),
        (Metric(AGE, None), limit(AGE, max=7200), DEAD, "inconclusive", "data.age_seconds no sample to judge max 2 h"),
        (
            Metric(AVERAGE, float("nan"), 3),
            limit(AVERAGE, max=1),
            ALIVE,
            "inconclusive",
            f"{AVERAGE} no sample to judge max 1",
        ),
    ],
)
def test_verdict_and_sentence(metric: Metric, demanded: Limit, read: ReadState, verdict: str, sentence: str) -> None:
    judgement = judge(metric, demanded, read)
    assert (judgement.verdict, judgement.sentence) == (verdict, sentence)


def test_a_judgement_names_the_bound_that_decided() -> None:
    warned = judge(share(3, 100), WARN_1_MAX_5, ALIVE)
    assert (warned.operator, warned.bound.side, warned.bound.value) == (">", "warn", 0.01)
    empty = judge(share(0, 0), WARN_1_MAX_5, ALIVE)
    assert (empty.operator, empty.bound.side, empty.bound.value) == (None, "max", 0.05)


READS = st.builds(ReadState, events=st.sampled_from([0, 1, 5000]), complete=st.booleans(), reason=st.just("why"))
NUMBERS = {
    Unit.RATE: st.floats(0, 1),
    Unit.COUNT: st.integers(0, 50).map(float),
    Unit.AVERAGE: st.floats(0, 50),
    Unit.SECONDS: st.floats(0, 9000),
}


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Any limit that the file may hold."""
    metric = draw(st.sampled_from(list(METRICS.values())))
    low, high = sorted([draw(NUMBERS[metric.unit]), draw(NUMBERS[metric.unit])])
    bounds = draw(
        st.sampled_from([{"warn": low}, {"max": high}, {"warn": low, "max": high}, {"min": low, "warn": high}])
    )
    samples = draw(st.none() | st.integers(1, 500)) if metric.sample else None
    return limit(metric.name, **bounds, min_samples=samples)


@st.composite
def measured(draw: st.DrawFn, demanded: Limit) -> Metric:
    """Any value that the metric of a limit may have."""
    definition = METRICS[demanded.metric]
    if definition.unit is Unit.RATE:
        n = draw(st.integers(1, 2000))
        part = draw(st.integers(0, n))
        return Metric(definition.name, part / n, n, part)
    size = draw(st.integers(1, 2000)) if definition.sample else None
    return Metric(definition.name, draw(NUMBERS[definition.unit]), size)


@st.composite
def judgements(draw: st.DrawFn) -> tuple[Judgement, ReadState]:
    demanded, read = draw(limits()), draw(READS)
    return judge(draw(measured(demanded)), demanded, read), read


@given(limits(), READS, st.sampled_from([None, 0]))
def test_an_empty_sample_never_passes(demanded: Limit, read: ReadState, n: int | None) -> None:
    assert judge(Metric(demanded.metric, None, n), demanded, read).verdict is Verdict.INCONCLUSIVE


@given(judgements())
def test_nothing_passes_unless_all_was_read_and_something_was_there(case: tuple[Judgement, ReadState]) -> None:
    judgement, read = case
    if judgement.verdict is Verdict.PASS:
        assert read.complete
        assert read.events


@given(judgements())
def test_a_verdict_follows_from_the_comparison_it_shows(case: tuple[Judgement, ReadState]) -> None:
    """A pass keeps every bound; a failure and a warning break the bound that they name."""
    judgement, _ = case
    value = judgement.metric.value
    assert value is not None
    if judgement.verdict is Verdict.PASS:
        assert not any(bound.is_broken_by(value) for bound in judgement.limit.bounds)
    if judgement.verdict in {Verdict.FAIL, Verdict.WARN}:
        assert judgement.bound.is_broken_by(value)
        assert f" {judgement.operator} {judgement.bound.side} " in judgement.sentence
    if judgement.verdict is Verdict.FAIL:
        assert judgement.bound.side != "warn"


@given(judgements())
def test_a_truncated_read_condemns_only_counts_that_are_already_too_high(case: tuple[Judgement, ReadState]) -> None:
    judgement, read = case
    if not read.complete and judgement.verdict is not Verdict.INCONCLUSIVE:
        assert judgement.limit.unit is Unit.COUNT
        assert judgement.operator == ">"


@given(judgements())
def test_a_sentence_is_one_line_that_begins_with_the_metric(case: tuple[Judgement, ReadState]) -> None:
    judgement, _ = case
    assert judgement.sentence.startswith(f"{judgement.metric.name} ")
    assert "\n" not in judgement.sentence


@given(st.integers(1, 58), st.integers(0, 58))
def test_a_small_sample_fails_only_when_the_lower_bound_is_over_the_limit(n: int, failures: int) -> None:
    part = min(n, failures)
    failed = judge(share(part, n), MAX_5, ALIVE).verdict is Verdict.FAIL
    assert failed == (part / n > 0.05 and lower_bound(part / n, n) > 0.05)


@pytest.mark.parametrize(
    ("rate", "samples"),
    [(0.5, 5), (0.05, 59), (0.02, 149), (0.01, 299), (0.009, 300), (1e-30, 300), (0, 300), (1, 1), (0.99, 1)],
)
def test_the_sample_follows_from_the_limit(rate: float, samples: int) -> None:
    assert samples_to_prove(rate) == samples


@given(st.floats(0.01, 0.999))
def test_zero_failures_in_the_sample_prove_the_limit(rate: float) -> None:
    """95 % of the time a rate that is over the limit shows itself in the sample; with one case less, it needn't."""
    n = samples_to_prove(rate)
    assert (1 - rate) ** n <= 0.05 + 1e-12
    assert (1 - rate) ** (n - 1) > 0.05 - 1e-12


@pytest.mark.parametrize(
    ("part", "n", "bound"),
    [(8, 23, 0.2085), (0, 23, 0), (23, 23, 0.895), (1, 1, 0.27), (50, 1000, 0.0399)],
)
def test_wilsons_lower_bound(part: int, n: int, bound: float) -> None:
    assert lower_bound(part / n, n) == pytest.approx(bound, abs=5e-4)


def test_worst_follows_the_order_of_the_words() -> None:
    order = [Verdict.PASS, Verdict.WAIVED, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL]
    assert list(Verdict) == order
    for better, worse in permutations(order, 2):
        assert worst([better, worse]) is max(better, worse, key=order.index)


def test_no_verdict_is_not_a_pass() -> None:
    with pytest.raises(ValueError, match="empty"):
        worst([])


@pytest.mark.parametrize(
    ("verdicts", "on_inconclusive", "code"),
    [
        ("pass", "fail", 0),
        ("pass waived warn", "fail", 0),
        ("pass fail error inconclusive", "fail", 1),
        ("warn fail", "pass", 1),
        ("pass error inconclusive", "fail", 12),
        ("pass error", "pass", 12),
        ("warn inconclusive", "fail", 11),
        ("warn inconclusive", "pass", 0),
        ("", "pass", 5),
    ],
)
def test_exit_code(verdicts: str, on_inconclusive: OnInconclusive, code: int) -> None:
    assert exit_code([Verdict(word) for word in verdicts.split()], on_inconclusive) == code
