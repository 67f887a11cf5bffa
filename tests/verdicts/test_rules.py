"""The rules by which a metric and its limit become a verdict, and what the logs must show before they do."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.config.limit import Limit, Waiver
from checks.metrics import METRICS, Metric, SignalFamily, Subject, Unit
from checks.statistics import MOST_FALSE_FAILS, chance_of_so_many, lower_bound
from checks.units import parse_quantity
from checks.verdicts.chances import HALF, chance_at, is_proven_early, is_warning
from checks.verdicts.rules import ReadState, judge, unseen_families
from checks.verdicts.verdict import Judgement, Verdict
from tests.verdicts.making import (
    ALIVE,
    ALL,
    COUNT,
    DEAD,
    NOISE,
    RATE,
    READS,
    TRUNCATED,
    judgements,
    limit,
    limits,
    share,
    under,
    waiver,
)

CONNECT, DISCONNECT, WELCOME = SignalFamily.CONNECT, SignalFamily.DISCONNECT, SignalFamily.WELCOME


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
    """They demand exactly these, whatever else the window has."""
    missing = [
        unseen_families([limit(metric, max=1) for metric in metrics], frozenset(seen)) for metrics, seen, _ in CONTRACTS
    ]
    assert missing == [expected for _, _, expected in CONTRACTS]


def test_a_shadow_demands_nothing() -> None:
    """Otherwise it would block after all."""
    assert not unseen_families([limit("welcome.sent", min=1, shadow=True)], frozenset())


MAX_5 = limit(RATE, max=0.05)

WARN_1_MAX_5 = limit(RATE, warn=0.01, max=0.05)


RULINGS = Path(__file__).with_name("rulings.txt")

STATES = {
    "alive": ALIVE,
    "dead": DEAD,
    "truncated": TRUNCATED,
    "noise": NOISE,
    "no disconnect": replace(NOISE, seen=ALL - {DISCONNECT}),
}
"""What may be known of a read, by its name in the table."""


Ruling: TypeAlias = tuple[Metric, Limit, ReadState, str, str]


def ruling(row: str) -> Ruling:
    """A row of the table: metric, limit and read, with the expected verdict and sentence."""
    name, measured, bounds, state, verdict, sentence = row.split(" | ")
    return metric_of(name, measured), limit_of(name, bounds), STATES[state], verdict, f"{name} {sentence}"


def metric_of(name: str, text: str) -> Metric:
    """Parse a measurement: `5`, `0.5 of 8`, `-` for nothing; for a rate, how many cases of how many."""
    first, *words = text.split()
    facts = {key: int(number) for key, number in zip(words[::2], words[1::2], strict=True)}
    n, certain, squares, usual = (facts.get(fact) for fact in ("of", "certain", "squares", "usual"))
    if METRICS[name].unit is Unit.RATE:
        return replace(share(int(first), n or 0, name), certain=certain)
    return Metric(name, None if first == "-" else float(first), n, squares=squares, usual=usual)


def limit_of(name: str, text: str) -> Limit:
    """Parse a limit: `warn 1%, max 5%, min_samples 20`, perhaps with its waiver: `waived 10%`, `waived 2026-05-31`."""
    parts = dict(part.partition(" ")[::2] for part in text.split(", "))
    samples, waived = parts.pop("min_samples", None), parts.pop("waived", None)
    bounds = {side: parse_quantity(number, METRICS[name].unit) for side, number in parts.items()}
    demanded = replace(limit(name, min_samples=int(samples) if samples else None), **bounds)
    return demanded if waived is None else under(demanded, waiver_of(demanded, waived))


def waiver_of(demanded: Limit, text: str) -> Waiver:
    """Return the waiver of a limit, up to a limit of its own, or until a date."""
    if text.count("-"):
        return waiver(demanded.metric, text)
    own = {demanded.decisive.side: parse_quantity(text, demanded.unit)} if text else {}
    return replace(waiver(demanded.metric), **own)


def rulings() -> list[Ruling]:
    """Return the table, with the cases that it has no notation for."""
    rows = RULINGS.read_text(encoding="utf-8").splitlines()
    return [
        *(ruling(row) for row in rows if row and not row.startswith("#")),
        (Metric(RATE, 5 / 59, 59), MAX_5, ALIVE, "fail", f"{RATE} 8.5 % > max 5 % (n = 59)"),
        (
            Metric(COUNT, None, reason="only an access log was read"),
            limit(COUNT, max=5),
            ALIVE,
            "inconclusive",
            f"{COUNT} no sample to judge max 5, and only an access log was read",
        ),
    ]


def test_verdict_and_sentence() -> None:
    """This covers all rules, and their sentences."""
    judged = [(row, judge(*row[:3])) for row in rulings()]
    wrong = [
        f"{verdict}: {sentence}\n  but {judgement.verdict}: {judgement.sentence}"
        for (*_, verdict, sentence), judgement in judged
        if (judgement.verdict, judgement.sentence) != (verdict, sentence)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_judgement_names_the_bound_that_decided() -> None:
    """It is the broken bound, or else the decisive one."""
    warned = judge(share(4, 100), WARN_1_MAX_5, ALIVE)
    assert (warned.operator, warned.bound.side, warned.bound.value) == (">", "warn", 0.01)
    empty = judge(share(0, 0), WARN_1_MAX_5, ALIVE)
    assert (empty.operator, empty.bound.side, empty.bound.value) == (None, "max", 0.05)


@given(limits(), READS, st.sampled_from([None, 0]))
def test_an_empty_sample_never_passes(demanded: Limit, read: ReadState, n: int | None) -> None:
    """0/0 is not 0, whatever the limit."""
    assert judge(Metric(demanded.metric, None, n), demanded, read).verdict is Verdict.INCONCLUSIVE


@given(judgements())
def test_the_gate_opens_only_on_a_whole_read(case: tuple[Judgement, ReadState]) -> None:
    """The read must be complete, with events, and with the signals that the metric builds on."""
    judgement, read = case
    if judgement.verdict in {Verdict.PASS, Verdict.WARN, Verdict.WAIVED}:
        assert not read.gaps
        assert read.events
        assert METRICS[judgement.metric.name].builds_on <= read.seen


SHOWING_NOTHING = READS.filter(lambda read: bool(read.gaps) or not read.events) | st.just(NOISE)


@given(judgements(SHOWING_NOTHING))
def test_no_rate_and_no_demand_passes_on_a_read_that_shows_nothing(case: tuple[Judgement, ReadState]) -> None:
    """The read is empty, truncated, or only noise. Metrics of noise build on no family."""
    judgement, read = case
    about_logs = METRICS[judgement.metric.name].subject in {Subject.DATA, Subject.LAMBDA} and read is NOISE
    if not about_logs and (judgement.limit.unit is Unit.RATE or judgement.limit.min is not None):
        assert judgement.verdict not in {Verdict.PASS, Verdict.WARN, Verdict.WAIVED}


@given(SHOWING_NOTHING, st.lists(limits(), min_size=1))
def test_the_demand_for_signals_never_passes_on_a_read_that_shows_nothing(read: ReadState, others: list[Limit]) -> None:
    """The exception is a run in which no demand builds on signals."""
    missing = unseen_families(others, read.seen)
    unseen = Metric("data.unseen_signals", len(missing))
    judgement = judge(unseen, limit("data.unseen_signals", max=0), read)
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
    """More events can't undo an error, but they can change everything else."""
    judgement, read = case
    blind = read.gaps or (read.events and METRICS[judgement.metric.name].builds_on - read.seen)
    if blind and judgement.verdict is not Verdict.INCONCLUSIVE:
        assert judgement.limit.unit is Unit.COUNT
        assert judgement.operator == ">"


@given(judgements())
def test_a_rate_fails_only_on_evidence(case: tuple[Judgement, ReadState]) -> None:
    """At half the limit at most 2 % of runs show this, or the lower bound is over the limit."""
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
    failed = judge(share(cases, n), MAX_5, ALIVE).verdict is Verdict.FAIL
    is_beyond_chance = chance_of_so_many(cases, n, 0.025) <= MOST_FALSE_FAILS
    assert failed == (cases / n > 0.05 and lower_bound(cases / n, n) > 0.05 and is_beyond_chance)


def test_a_share_just_over_its_limit_says_so() -> None:
    """At a large n, evidence against half the limit is not evidence against the limit itself."""
    little = judge(share(215, 10_000), limit(RATE, max=0.02), ALIVE)
    assert little.verdict is Verdict.FAIL
    assert little.sentence == (
        "welcome.failure_rate 2.2 % > max 2 % (215 of 10,000), over by a little: "
        "exactly at the limit, 15 % of runs look like this"
    )
    assert "little" not in judge(share(300, 10_000), limit(RATE, max=0.02), ALIVE).sentence
