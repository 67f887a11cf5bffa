"""The rules by which a metric and its limit become a verdict, and what has to be in the logs before they do."""

from collections.abc import Set as AbstractSet

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.config.limit import Limit
from checks.metrics import METRICS, Metric, SignalFamily, Subject, Unit
from checks.statistics import MOST_FALSE_FAILS, chance_of_so_many, lower_bound
from checks.verdicts.chances import HALF, chance_at, is_proven_early, is_warning
from checks.verdicts.rules import ReadState, judge, unseen_families
from checks.verdicts.verdict import Judgement, Verdict
from tests.verdicts.making import (
    AGE,
    ALIVE,
    ALL,
    AVERAGE,
    COUNT,
    DEAD,
    DURATION,
    NOISE,
    NOW,
    RATE,
    READS,
    TRUNCATED,
    judgements,
    limit,
    limits,
    share,
)

CONNECT, DISCONNECT, WELCOME = SignalFamily.CONNECT, SignalFamily.DISCONNECT, SignalFamily.WELCOME

LITTLE = ", over by a little: exactly at the limit, {} % of runs look like this"


CONTRACTS: list[tuple[list[str], AbstractSet[str], AbstractSet[str]]] = [
    ([], set(), set()),
    (["data.events", "data.near_miss_rate"], set(), set()),
    (["gone.errors"], set(), {CONNECT}),
    (["gone.errors"], {"gone"}, {CONNECT}),
    (["gone.welcome_errors"], {"connect"}, {WELCOME}),
    (["lifecycle.open", "lifecycle.events"], {"connect"}, set()),
    (["lifecycle.complete", "lifecycle.incomplete_rate"], {"connect"}, {DISCONNECT}),
    (["welcome.sent", "gone.errors", "lifecycle.complete"], set(), {CONNECT, DISCONNECT, WELCOME}),
    (["welcome.sent", "gone.errors", "lifecycle.complete"], ALL, set()),
]
"""Metrics with limits, the families in the window, and those that are missing."""


def test_limits_demand_the_families_that_they_build_on() -> None:
    """No more and no fewer, whatever else the window holds."""
    missing = [
        unseen_families([limit(metric, max=1) for metric in metrics], frozenset(seen)) for metrics, seen, _ in CONTRACTS
    ]
    assert missing == [expected for _, _, expected in CONTRACTS]


def test_a_shadow_demands_nothing() -> None:
    """Or it would block by the back door."""
    assert not unseen_families([limit("welcome.sent", min=1, shadow=True)], frozenset())


AT_MOST = "counting every event that names no connection as one of its own"

FEW = "the limit, but too few cases to tell: a service"

BEYOND = "that is beyond it"

CHANCE = "the limit, but too few cases to tell: a service at"

UNSEEN = "line was seen in 4,120 events: teach its words in `signals`, or write"

MAX_5 = limit(RATE, max=0.05)

WARN_1_MAX_5 = limit(RATE, warn=0.01, max=0.05)


RULINGS: list[tuple[Metric, Limit, ReadState, str, str]] = [
    # A rate below its sample
    (share(8, 23), MAX_5, ALIVE, "fail", "welcome.failure_rate 34.8 % > max 5 % (8 of 23)"),
    (
        share(0, 23),
        MAX_5,
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 0 % of 23, too little data: 59 needed for max 5 %",
    ),
    (
        share(2, 23),
        MAX_5,
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 8.7 % of 23, too little data: 59 needed for max 5 %",
    ),
    (
        share(0, 58),
        MAX_5,
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 0 % of 58, too little data: 59 needed for max 5 %",
    ),
    (share(0, 0), MAX_5, ALIVE, "inconclusive", "welcome.failure_rate no sample to judge max 5 %"),
    # A rate with its sample
    (share(0, 59), MAX_5, ALIVE, "pass", "welcome.failure_rate 0 % <= max 5 % (0 of 59)"),
    (share(50, 1000), MAX_5, ALIVE, "pass", "welcome.failure_rate 5 % <= max 5 % (50 of 1,000)"),
    (
        share(504, 10000),
        MAX_5,
        ALIVE,
        "fail",
        "welcome.failure_rate 5.04 % > max 5 % (504 of 10,000)" + LITTLE.format(43.4),
    ),
    (share(4, 100), WARN_1_MAX_5, ALIVE, "warn", "welcome.failure_rate 4 % > warn 1 % (4 of 100), within max 5 %"),
    (
        share(3, 100),
        WARN_1_MAX_5,
        ALIVE,
        "pass",
        "welcome.failure_rate 3 % <= max 5 % (3 of 100), over warn 1 % by no more than chance",
    ),
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
        "welcome.average_retries 0.5 of 8, too little data: 20 needed for max 1",
    ),
    (
        Metric(AVERAGE, 5, 8),
        limit(AVERAGE, max=1, min_samples=20),
        ALIVE,
        "inconclusive",
        "welcome.average_retries 5 of 8, too little data: 20 needed for max 1",
    ),
    # A warn limit alone never fails, and needs its evidence like any other
    (share(90, 100), limit(RATE, warn=0.05), ALIVE, "warn", "welcome.failure_rate 90 % > warn 5 % (90 of 100)"),
    (share(0, 100), limit(RATE, warn=0.05), ALIVE, "pass", "welcome.failure_rate 0 % <= warn 5 % (0 of 100)"),
    (
        share(0, 5),
        limit(RATE, warn=0.05),
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 0 % of 5, too little data: 59 needed for warn 5 %",
    ),
    # A rate that has to be high
    (share(10, 20), limit(RATE, min=0.95), ALIVE, "fail", "welcome.failure_rate 50 % < min 95 % (10 of 20)"),
    (
        share(19, 20),
        limit(RATE, min=0.95),
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 95 % of 20, too little data: 59 needed for min 95 %",
    ),
    (
        share(190, 200),
        limit(RATE, warn=0.98, min=0.95),
        ALIVE,
        "warn",
        "welcome.failure_rate 95 % < warn 98 % (190 of 200), within min 95 %",
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
    (
        Metric(COUNT, 6),
        limit(COUNT, warn=5),
        TRUNCATED,
        "inconclusive",
        "gone.errors 6 > warn 5, but the read is incomplete: half a gzip",
    ),
    # Over the limit by chance?
    (
        share(4, 59),
        MAX_5,
        ALIVE,
        "inconclusive",
        f"welcome.failure_rate 6.8 % > max 5 % (4 of 59), over {CHANCE} 2.5 % looks like this in 6 % of runs",
    ),
    (share(5, 59), MAX_5, ALIVE, "fail", "welcome.failure_rate 8.5 % > max 5 % (5 of 59)"),
    (Metric(RATE, 5 / 59, 59), MAX_5, ALIVE, "fail", "welcome.failure_rate 8.5 % > max 5 % (n = 59)"),
    (
        share(95, 100),
        limit(RATE, min=0.96),
        ALIVE,
        "inconclusive",
        f"welcome.failure_rate 95 % < min 96 % (95 of 100), under {CHANCE} 98 % looks like this in 5.1 % of runs",
    ),
    (share(93, 100), limit(RATE, min=0.96), ALIVE, "fail", "welcome.failure_rate 93 % < min 96 % (93 of 100)"),
    (share(1, 600), limit(RATE, max=0), ALIVE, "fail", "welcome.failure_rate 0.2 % > max 0 % (1 of 600)"),
    (
        share(50_001, 1_000_000),
        MAX_5,
        ALIVE,
        "fail",
        "welcome.failure_rate 5.0001 % > max 5 % (50,001 of 1,000,000)" + LITTLE.format(49.9),
    ),
    # Numbers about the logs accuse nobody
    (
        share(40, 100, "data.near_miss_rate"),
        limit("data.near_miss_rate", max=0.1),
        ALIVE,
        "inconclusive",
        "data.near_miss_rate 40 % > max 10 % (40 of 100), so too little of the logs is understood",
    ),
    (Metric("data.gaps", 1), limit("data.gaps", max=0), TRUNCATED, "error", "data.gaps 1 > max 0: half a gzip"),
    (Metric("data.gaps", 1), limit("data.gaps", max=0), ALIVE, "error", "data.gaps 1 > max 0: not all was read"),
    (Metric("data.gaps", 0), limit("data.gaps", max=0), ALIVE, "pass", "data.gaps 0 <= max 0"),
    (
        Metric("data.unseen_signals", 1),
        limit("data.unseen_signals", max=0),
        ALIVE,
        "inconclusive",
        "data.unseen_signals 1 > max 0, so too little of the logs is understood",
    ),
    # The logging contract
    (
        Metric(COUNT, 0),
        limit(COUNT, max=5),
        NOISE,
        "inconclusive",
        f"gone.errors 0 <= max 5, but no connect {UNSEEN} `lifecycle: none`",
    ),
    (
        Metric(COUNT, 3),
        limit(COUNT, warn=0, max=5),
        NOISE,
        "inconclusive",
        f"gone.errors 3 <= max 5, but no connect {UNSEEN} `lifecycle: none`",
    ),
    (Metric(COUNT, 6), limit(COUNT, max=5), NOISE, "fail", "gone.errors 6 > max 5"),
    (
        Metric("gone.welcome_errors", 0),
        limit("gone.welcome_errors", max=5),
        NOISE,
        "inconclusive",
        f"gone.welcome_errors 0 <= max 5, but no connect or welcome {UNSEEN} `lifecycle: none` and `welcome: none`",
    ),
    (
        share(90, 100),
        MAX_5,
        NOISE,
        "inconclusive",
        f"welcome.failure_rate 90 % > max 5 % (90 of 100), but no welcome {UNSEEN} `welcome: none`",
    ),
    (
        share(0, 0),
        MAX_5,
        NOISE,
        "inconclusive",
        f"welcome.failure_rate no sample to judge max 5 %, and no welcome {UNSEEN} `welcome: none`",
    ),
    (
        Metric("lifecycle.incomplete", 60),
        limit("lifecycle.incomplete", max=5),
        ReadState(4120, complete=True, seen=ALL - {DISCONNECT}),
        "inconclusive",
        f"lifecycle.incomplete 60 > max 5, but no disconnect {UNSEEN} `lifecycle: none`",
    ),
    (
        Metric("lifecycle.complete", 0),
        limit("lifecycle.complete", min=1),
        NOISE,
        "inconclusive",
        f"lifecycle.complete 0 < min 1, but no connect or disconnect {UNSEEN} `lifecycle: none`",
    ),
    (Metric(AGE, 7300), limit(AGE, max=7200), NOISE, "fail", "data.age_seconds 2.03 h > max 2 h"),
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
        "inconclusive",
        "lifecycle.complete 0 < min 1, but no event was read",
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
        Metric(DURATION, 0.4, 40),
        limit(DURATION, min=60),
        ALIVE,
        "fail",
        "lifecycle.median_duration_seconds 0.4 s < min 1 min (n = 40)",
    ),
    (
        Metric(DURATION, 0.4, 1),
        limit(DURATION, min=60),
        ALIVE,
        "inconclusive",
        "lifecycle.median_duration_seconds 0.4 s of 1, too little data: 5 needed for min 1 min",
    ),
    (
        Metric(DURATION, 0.4, 8),
        limit(DURATION, min=60),
        ALIVE,
        "inconclusive",
        f"{DURATION} 0.4 s < min 1 min (n = 8), under {FEW} {BEYOND} half as often looks like this in 11.4 % of runs",
    ),
    # Five retries of one connection are one case
    (
        Metric(AVERAGE, 5, 1, squares=25),
        limit(AVERAGE, max=0.5),
        ALIVE,
        "inconclusive",
        "welcome.average_retries 5 of 1, too little data: 6 needed for max 0.5",
    ),
    (
        Metric(AVERAGE, 1, 10, squares=50),
        limit(AVERAGE, max=0.5),
        ALIVE,
        "inconclusive",
        f"welcome.average_retries 1 > max 0.5 (n = 10), over {FEW} at 0.25 looks like this in 9 % of runs",
    ),
    (
        Metric(AVERAGE, 1, 10, squares=10),
        limit(AVERAGE, max=0.5),
        ALIVE,
        "fail",
        "welcome.average_retries 1 > max 0.5 (n = 10)",
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
    (
        Metric(AGE, None),
        limit(AGE, max=7200),
        DEAD,
        "inconclusive",
        "data.age_seconds no sample to judge max 2 h, and no event was read",
    ),
    (
        Metric(AVERAGE, float("nan"), 3),
        limit(AVERAGE, max=1),
        ALIVE,
        "inconclusive",
        f"{AVERAGE} no sample to judge max 1",
    ),
    # Events that name no connection
    (
        replace(share(60, 100), certain=1),
        MAX_5,
        ALIVE,
        "inconclusive",
        f"welcome.failure_rate 60 % > max 5 % (60 of 100), {AT_MOST}; only 1 are known for sure",
    ),
    (
        replace(share(60, 100), certain=40),
        MAX_5,
        ALIVE,
        "fail",
        "welcome.failure_rate 60 % > max 5 % (60 of 100)",
    ),
    (
        replace(share(3, 100), certain=0),
        MAX_5,
        ALIVE,
        "pass",
        "welcome.failure_rate 3 % <= max 5 % (3 of 100)",
    ),
    (
        replace(share(20, 23), certain=1),
        MAX_5,
        ALIVE,
        "inconclusive",
        "welcome.failure_rate 87 % of 23, too little data: 59 needed for max 5 %",
    ),
    (
        Metric("gone.errors", None, reason="only an access log was read"),
        limit("gone.errors", max=5),
        ALIVE,
        "inconclusive",
        "gone.errors no sample to judge max 5, and only an access log was read",
    ),
]
"""A metric, its limit, what is known about the read; and the verdict and the sentence that follow."""


def test_verdict_and_sentence() -> None:
    """All rules, and what they say."""
    judged = [(row, judge(*row[:3], now=NOW)) for row in RULINGS]
    wrong = [
        f"{verdict}: {sentence}\n  but {judgement.verdict}: {judgement.sentence}"
        for (*_, verdict, sentence), judgement in judged
        if (judgement.verdict, judgement.sentence) != (verdict, sentence)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_judgement_names_the_bound_that_decided() -> None:
    """The one that is broken, or the decisive one."""
    warned = judge(share(4, 100), WARN_1_MAX_5, ALIVE, now=NOW)
    assert (warned.operator, warned.bound.side, warned.bound.value) == (">", "warn", 0.01)
    empty = judge(share(0, 0), WARN_1_MAX_5, ALIVE, now=NOW)
    assert (empty.operator, empty.bound.side, empty.bound.value) == (None, "max", 0.05)


@given(limits(), READS, st.sampled_from([None, 0]))
def test_an_empty_sample_never_passes(demanded: Limit, read: ReadState, n: int | None) -> None:
    """0/0 is not 0, whatever the limit."""
    assert judge(Metric(demanded.metric, None, n), demanded, read, now=NOW).verdict is Verdict.INCONCLUSIVE


@given(judgements())
def test_the_gate_opens_only_on_a_whole_read(case: tuple[Judgement, ReadState]) -> None:
    """All was read, it holds events, and also what the metric builds on."""
    judgement, read = case
    if judgement.verdict in {Verdict.PASS, Verdict.WARN, Verdict.WAIVED}:
        assert read.complete
        assert read.events
        assert METRICS[judgement.metric.name].builds_on <= read.seen


SHOWING_NOTHING = READS.filter(lambda read: not read.complete or not read.events) | st.just(NOISE)


@given(judgements(SHOWING_NOTHING))
def test_no_rate_and_no_demand_passes_on_a_read_that_shows_nothing(case: tuple[Judgement, ReadState]) -> None:
    """Empty, truncated, or nothing but noise. What noise itself is measured by builds on no family."""
    judgement, read = case
    about_logs = METRICS[judgement.metric.name].subject in {Subject.DATA, Subject.LAMBDA} and read is NOISE
    if not about_logs and (judgement.limit.unit is Unit.RATE or judgement.limit.min is not None):
        assert judgement.verdict not in {Verdict.PASS, Verdict.WARN, Verdict.WAIVED}


@given(SHOWING_NOTHING, st.lists(limits(), min_size=1))
def test_the_demand_for_signals_never_passes_on_a_read_that_shows_nothing(read: ReadState, others: list[Limit]) -> None:
    """Unless nothing that is demanded builds on signals."""
    missing = unseen_families(others, read.seen)
    unseen = Metric("data.unseen_signals", len(missing))
    judgement = judge(unseen, limit("data.unseen_signals", max=0), read, now=NOW)
    assert judgement.verdict is (Verdict.INCONCLUSIVE if missing or read is not NOISE else Verdict.PASS)


@given(judgements())
def test_a_verdict_follows_from_its_comparison(case: tuple[Judgement, ReadState]) -> None:
    """A pass keeps every bound; a failure and a warning break the bound that they name."""
    judgement, _ = case
    value = judgement.metric.value
    assert value is not None
    if judgement.verdict is Verdict.PASS:
        broken = [bound for bound in judgement.limit.bounds if bound.is_broken_by(value)]
        assert all(bound.side == "warn" and not is_warning(judgement.metric, bound) for bound in broken)
    if judgement.verdict in {Verdict.FAIL, Verdict.ERROR, Verdict.WARN, Verdict.WAIVED}:
        assert judgement.bound.is_broken_by(value)
        assert f" {judgement.operator} {judgement.bound.side} " in judgement.sentence
    if judgement.verdict in {Verdict.FAIL, Verdict.ERROR, Verdict.WAIVED}:
        assert judgement.bound.side != "warn"
        assert judgement.limit.bounds[0].is_broken_by(value)


@given(judgements())
def test_a_blind_spot_condemns_only_counts_that_are_already_too_high(case: tuple[Judgement, ReadState]) -> None:
    """More events can't make an error unseen; they can change everything else."""
    judgement, read = case
    blind = not read.complete or (read.events and METRICS[judgement.metric.name].builds_on - read.seen)
    if blind and judgement.verdict is not Verdict.INCONCLUSIVE:
        assert judgement.limit.unit is Unit.COUNT
        assert judgement.operator == ">"


@given(judgements())
def test_a_rate_fails_only_on_evidence(case: tuple[Judgement, ReadState]) -> None:
    """A service at half the limit would show this in at most 2 % of runs, or the lower bound is over the limit."""
    judgement, _ = case
    metric, bound = judgement.metric, judgement.bound
    if judgement.verdict is Verdict.FAIL and judgement.limit.unit is Unit.RATE:
        assert metric.n is not None
        if metric.n >= judgement.limit.samples:
            assert chance_at(metric, bound, HALF) <= 0.02
        else:
            assert is_proven_early(metric, bound)


@given(judgements())
def test_a_sentence_is_one_line_that_begins_with_the_metric(case: tuple[Judgement, ReadState]) -> None:
    """It can stand alone in a log or a chat."""
    judgement, _ = case
    assert judgement.sentence.startswith(f"{judgement.metric.name} ")
    assert "\n" not in judgement.sentence


@given(st.integers(1, 58), st.integers(0, 58))
def test_a_small_sample_fails_only_on_both_proofs(n: int, failures: int) -> None:
    """Wilson's lower bound is over the limit, and chance does not explain it."""
    cases = min(n, failures)
    failed = judge(share(cases, n), MAX_5, ALIVE, now=NOW).verdict is Verdict.FAIL
    is_beyond_chance = chance_of_so_many(cases, n, 0.025) <= MOST_FALSE_FAILS
    assert failed == (cases / n > 0.05 and lower_bound(cases / n, n) > 0.05 and is_beyond_chance)


def test_a_share_just_over_its_limit_says_so() -> None:
    """At a large n, evidence against half the limit is no evidence against the limit itself."""
    little = judge(share(215, 10_000), limit(RATE, max=0.02), ALIVE, now=NOW)
    assert little.verdict is Verdict.FAIL
    assert little.sentence == (
        "welcome.failure_rate 2.2 % > max 2 % (215 of 10,000), over by a little: "
        "exactly at the limit, 15 % of runs look like this"
    )
    assert "little" not in judge(share(300, 10_000), limit(RATE, max=0.02), ALIVE, now=NOW).sentence
