"""A snapshot holds everything that was measured at one time, and the verdicts that follow from it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from checks.metrics import METRICS, Metric, SignalFamily, Subject
from checks.resources import Observation, Observations
from checks.run.baseline import Baseline
from checks.run.log_reader import LogRead
from checks.run.settings import Gate
from checks.run.snapshot import Snapshot
from checks.units import Period
from checks.verdicts.nights import ClientShare, HourOfMetric
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window
from tests.report.results import SINCE, UNTIL, reading
from tests.run.making import WINDOW, analysis, environment, log_read, settings, signature
from tests.verdicts.making import COUNT, RATE, limit, share, waiver

if TYPE_CHECKING:
    from checks.analysis.engine import Engine

API = "api.connects"
NEW = "errors.new_signatures"
FEW = limit(COUNT, max=5)
NO_NEW = limit(NEW, max=0)
NO_MORE = replace(FEW, max=None, max_increase=0.5)
COMPARED = Gate(baseline="previous")


def before(errors: float, *shapes: str, blind: str = "") -> Baseline:
    """Return a baseline as long as the window, with so many errors of these kinds."""
    return Baseline("before", WINDOW, analysis({COUNT: errors}).metrics, dict.fromkeys(shapes), blind=blind)


def test_metrics_stand_in_the_order_of_the_catalogue() -> None:
    """These are the metrics of the logs, of the read itself, and of the resources."""
    observed = Observations({Subject.API: Observation((Metric(API, 7),))}, {})
    snapshot = Snapshot(settings(limit(RATE, max=0.1)), log_read(gaps=("half a gzip",)), observed)
    assert list(snapshot.metrics) == [name for name in METRICS if name in snapshot.metrics]
    assert snapshot.metrics[API] == Metric(API, 7)
    assert snapshot.metrics["data.gaps"] == Metric("data.gaps", 1)
    assert (snapshot.events, snapshot.window) == (1234, Window(UNTIL - timedelta(days=1), UNTIL))
    assert NEW not in snapshot.metrics


def test_signals_that_limits_build_on_and_nobody_saw() -> None:
    """They are counted, because such logs say nothing about the limits."""
    blind = log_read(analysis(seen=frozenset(SignalFamily) - {SignalFamily.WELCOME}))
    assert Snapshot(settings(limit(RATE, max=0.1)), blind).metrics["data.unseen_signals"].value == 1
    assert Snapshot(settings(FEW), blind).metrics["data.unseen_signals"].value == 0


def test_logs_that_could_not_be_read() -> None:
    """Each check on them is an error with the reason, and there is no metric."""
    unread = Snapshot(settings(FEW), LogRead(WINDOW, error="log.jsonl: no such file"))
    assert (dict(unread.metrics), unread.events, unread.window) == ({}, 0, None)
    judgement = unread.judge(FEW)
    assert judgement.verdict is Verdict.ERROR
    assert judgement.sentence == f"{COUNT} not measured: log.jsonl: no such file"


def test_what_could_not_be_looked_up_leaves_the_logs_alone() -> None:
    """Its checks are errors; those on the logs are judged."""
    refused = Observations({}, {Subject.API: "access denied"})
    snapshot = Snapshot(settings(FEW), log_read(), refused)
    assert snapshot.judge(limit(API, min=1)).sentence == f"{API} not measured: access denied"
    assert snapshot.judge(FEW).verdict is Verdict.PASS
    nowhere = Snapshot(settings(FEW), log_read())
    assert nowhere.judge(limit(API, min=1)).sentence == f"{API} not measured: it was not looked up"


def test_findings() -> None:
    """Each metric has its own; those from the logs have cases, and only errors have kinds."""
    observed = Observation((Metric(API, 0),), {API: ("the stage is new",)})
    snapshot = Snapshot(settings(FEW), log_read(), Observations({Subject.API: observed}, {}))
    assert [snapshot.findings(name) for name in (API, "api.integration_errors", COUNT)] == [
        ("the stage is new",),
        (),
        (),
    ]
    kinds = [signature("no room", 9), signature("no lobby", 2), signature("no hall"), signature("no yard")]
    failing = Snapshot(settings(FEW), log_read(analysis(signatures=kinds)))
    assert failing.findings("errors.events") == (
        "9 times since 2026-06-02 00:00:00 UTC: no room",
        "2 times since 2026-06-02 00:00:00 UTC: no lobby",
        "1 time since 2026-06-02 00:00:00 UTC: no hall",
    )
    assert failing.findings(NEW) == ()


def test_the_read_has_its_say() -> None:
    """A read with a gap does not prove a small number; if only other versions logged, the service is not dead."""
    cut = Snapshot(settings(FEW), log_read(gaps=("half a gzip",))).judge(FEW)
    assert cut.verdict is Verdict.INCONCLUSIVE
    assert cut.sentence.endswith("but the read is incomplete: half a gzip")
    other = log_read(analysis(reading=reading(events=0, other_version_events=9), seen=frozenset()))
    alive = limit("lifecycle.complete", min=1)
    judgement = Snapshot(settings(alive), other).judge(alive)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert "this version of the function logged nothing, only others did" in judgement.sentence


def test_a_waiver() -> None:
    """It is the environment's waiver for the metric."""
    waived = settings(environment=environment(FEW, waivers=[waiver(COUNT, "2999-01-01")]))
    assert Snapshot(waived, log_read(analysis({COUNT: 9}))).judge(waived.limits[0]).verdict is Verdict.WAIVED


def test_a_sentence_is_one_line() -> None:
    """This holds whatever an error quotes."""
    unread = Snapshot(settings(FEW), LogRead(WINDOW, error="a\x1b[31m\nb"))
    assert "\n" not in unread.judge(FEW).sentence
    assert "\x1b" not in unread.judge(FEW).sentence


def test_an_increase() -> None:
    """The worse verdict of limit and increase holds; without a limit of its own, that of the increase."""
    both = replace(FEW, max_increase=0.5, at_least=5)
    verdicts = {
        errors: [
            Snapshot(settings(one, gate=COMPARED), log_read(analysis({COUNT: errors})), baseline=before(3))
            .judge(one)
            .verdict
            for one in (both, NO_MORE)
        ]
        for errors in (4, 60)
    }
    assert verdicts == {4: [Verdict.PASS] * 2, 60: [Verdict.FAIL] * 2}
    rate = replace(limit(RATE, max=0.9), max_increase=0.5)
    worse = analysis({RATE: share(60, 100)})
    calm = Baseline("before", WINDOW, analysis({RATE: share(5, 100)}).metrics, {})
    judgement = Snapshot(settings(rate, gate=COMPARED), log_read(worse), baseline=calm).judge(rate)
    assert judgement.verdict is Verdict.FAIL
    assert "rose from 5 % of 100" in judgement.sentence


def test_a_limit_without_an_increase_is_not_compared() -> None:
    """Only limits that name an increase are, whatever the baseline shows."""
    several = Snapshot(settings(FEW, gate=COMPARED), log_read(analysis({COUNT: 5})), baseline=before(0))
    assert several.judge(FEW).sentence == f"{COUNT} 5 <= max 5"


def test_increases_share_the_doubt() -> None:
    """What fails as the only limit on an increase may be chance as one of three."""
    growing = [replace(limit(name), max_increase=0.5) for name in (COUNT, "gone.connections", "welcome.retries")]
    logged = log_read(analysis({COUNT: 5}))
    verdicts = [
        Snapshot(settings(*limits, gate=COMPARED), logged, baseline=before(0)).judge(limits[0]).verdict
        for limits in (growing[:1], growing)
    ]
    assert verdicts == [Verdict.FAIL, Verdict.PASS]


def test_a_limit_per_day_in_an_hour() -> None:
    """The period is compared with the window, however long that is."""
    daily = replace(limit(COUNT, max=200), per=Period.DAY)
    hour = Window(UNTIL - timedelta(hours=1), UNTIL)
    verdicts = [
        Snapshot(settings(daily), log_read(analysis({COUNT: 40}), one)).judge(daily).verdict for one in (WINDOW, hour)
    ]
    assert verdicts == [Verdict.PASS, Verdict.FAIL]


def test_a_baseline_that_says_nothing() -> None:
    """An empty one makes increases and new errors inconclusive, an unreadable one makes them errors."""
    sentences = {
        demanded.metric: [
            Snapshot(settings(demanded, gate=COMPARED), log_read(), baseline=one).judge(demanded).sentence
            for one in (before(0, blind="the baseline contains no event"), Baseline("before", error="access denied"))
        ]
        for demanded in (NO_MORE, NO_NEW)
    }
    assert sentences == {
        metric: [f"{metric} not compared: the baseline contains no event", f"{metric} not measured: access denied"]
        for metric in (COUNT, NEW)
    }


def test_new_errors() -> None:
    """These are kinds that the baseline does not have; if it did not search errors, no kind is known."""
    logged = log_read(analysis(signatures=[signature("KeyError: #", 20), signature("Slow room #")]))
    snapshot = Snapshot(settings(NO_NEW, gate=COMPARED), logged, baseline=before(0, "Slow room #"))
    assert [one.shape for one in snapshot.new_signatures] == ["KeyError: #"]
    assert snapshot.judge(NO_NEW).sentence == f"{NEW} 1 > max 0"
    unknown = Snapshot(settings(NO_NEW, gate=COMPARED), logged, baseline=replace(before(0), signatures=None))
    assert unknown.new_signatures == ()
    assert unknown.judge(NO_NEW).sentence == f"{NEW} not compared: the baseline does not list its types of errors"


LOST = limit("lifecycle.incomplete_rate", max=0.03)
WITHOUT_ENDS = frozenset(SignalFamily) - {SignalFamily.DISCONNECT}


@pytest.mark.parametrize(
    ("near_misses", "ends", "verdict"),
    [
        (0, 40, Verdict.FAIL),
        (0, 7, Verdict.FAIL),
        (0, 6, Verdict.INCONCLUSIVE),
        (0, None, Verdict.INCONCLUSIVE),
        (21, 40, Verdict.FAIL),
        (22, 40, Verdict.INCONCLUSIVE),
    ],
)
def test_a_total_loss_of_disconnect(near_misses: int, ends: int | None, verdict: Verdict) -> None:
    """It fails if connections ended in the baseline, but not if few did or if new words may report it."""
    measured = {
        "lifecycle.incomplete": Metric("lifecycle.incomplete", 43),
        LOST.metric: share(43, 43, LOST.metric),
        "data.near_miss_rate": share(near_misses, 500, "data.near_miss_rate"),
    }
    now = replace(analysis(seen=WITHOUT_ENDS), metrics=measured)
    earlier = replace(before(0), metrics=analysis({"lifecycle.complete": ends}).metrics)
    judged = Snapshot(settings(LOST, gate=COMPARED), log_read(now), baseline=earlier).judge(LOST)
    assert judged.verdict is verdict


SHORT = limit("lifecycle.short_lived_rate", max=0.3, min_samples=50)
HOURS = tuple(
    HourOfMetric(SINCE + number * timedelta(minutes=30), share(cases, n, SHORT.metric))
    for number, (cases, n) in enumerate([(9, 60), (300, 360), (9, 60)])
)


def judged_with_client(
    monkeypatch: pytest.MonkeyPatch,
    whole: Metric,
    clients: Mapping[datetime | None, ClientShare],
    begun: Mapping[Window, tuple[int, int]] | None = None,
) -> tuple[Judgement, bool]:
    """Return the judgement of a day with these hours, and whether later nights may add it to theirs."""
    monkeypatch.setattr("checks.run.snapshot.short_lived_of_begun", lambda _, window: (begun or {}).get(window, (0, 0)))
    monkeypatch.setattr("checks.run.snapshot.client_with_most_cases", lambda _, __, hour: clients.get(hour))
    read = replace(log_read(analysis({SHORT.metric: whole}, hours=HOURS)), engine=cast("Engine", object()))
    snapshot = Snapshot(settings(SHORT), read)
    return snapshot.judge(SHORT), snapshot.adds_up(SHORT.metric)


def test_a_client_that_reconnects_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the day nor its worst hour fails, and later nights skip the day; a bad hour of all fails."""
    burst = ClientShare(295, 295, "A1b=")
    day = share(800, 2000, SHORT.metric)
    assert judged_with_client(monkeypatch, day, {})[0].verdict is Verdict.FAIL
    alone, adds_up = judged_with_client(monkeypatch, day, {None: ClientShare(600, 600, "A1b="), HOURS[1].start: burst})
    assert (alone.verdict, alone.metric.n, adds_up) == (Verdict.WARN, 1400, False)
    good = share(318, 2000, SHORT.metric)
    in_an_hour, adds_up = judged_with_client(monkeypatch, good, {HOURS[1].start: burst})
    assert (in_an_hour.verdict, in_an_hour.metric, adds_up) == (Verdict.WARN, good, True)
    assert "; in the hour from 2026-06-02 00:30:00 UTC on, 83.3 %: one client" in in_an_hour.sentence
    assert judged_with_client(monkeypatch, good, {})[0].metric is HOURS[1].metric


def test_hours_of_an_incomplete_read() -> None:
    """They prove no more than the whole: what is missing may turn a failure into a success."""
    cut = log_read(analysis({SHORT.metric: share(318, 2000, SHORT.metric)}, hours=HOURS), gaps=("half a gzip",))
    assert Snapshot(settings(SHORT), cut).judge(SHORT).verdict is Verdict.INCONCLUSIVE


def test_many_who_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """If all others are still connected, neither the day nor its worst hour fails or warns."""
    day, good = share(800, 2000, SHORT.metric), share(318, 2000, SHORT.metric)
    whole, hour = log_read(analysis()).window, Window(HOURS[1].start, HOURS[1].start + timedelta(hours=1))
    assert whole
    judgement, _ = judged_with_client(monkeypatch, day, {}, {whole: (800, 9000), hour: (300, 3000)})
    assert (judgement.verdict, judgement.metric.n) == (Verdict.PASS, 9000)
    assert judged_with_client(monkeypatch, good, {}, {hour: (300, 3000)})[0].sentence.endswith(
        "15.9 % <= max 30 % (318 of 2,000)"
    )
    assert judged_with_client(monkeypatch, good, {}, {hour: (300, 400)})[0].metric is HOURS[1].metric
