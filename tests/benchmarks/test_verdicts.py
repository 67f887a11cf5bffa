"""A small sample of the simulated services: few wrong verdicts, as documented, with a little more room for chance."""

from dataclasses import replace
from random import Random

import pytest

from checks.verdicts.verdict import ExitCode, Verdict
from tests.benchmarks import faults, increases, silences
from tests.benchmarks.increases import Change
from tests.benchmarks.verdicts import (
    HEALTHY,
    RECONNECTING,
    SHARES,
    at_times_the_limit,
    play,
    play_day,
    play_gate,
    play_night,
    shipped_limits,
)

LIMITS = shipped_limits()


@pytest.mark.parametrize("a_day", [20, 100, 300, 3_000, 30_000])
def test_healthy_nights(a_day: int) -> None:
    """They hardly ever fail; with 200 connections a day or more they pass, mostly without a warning."""
    random = Random(1)
    row = play("", lambda: play_night(random, LIMITS, HEALTHY, a_day), 100)
    assert row.fails <= 0.03
    if a_day >= 200:
        assert row.passes >= 0.97
        assert row.warns <= 0.1


@pytest.mark.parametrize("a_minute", [5, 20, 200])
def test_healthy_gates(a_minute: int) -> None:
    """They hardly ever fail, however often they poll."""
    random = Random(1)
    row = play("", lambda: play_gate(random, LIMITS, HEALTHY, a_minute), 50)
    assert row.fails <= 0.04
    if a_minute >= 20:
        assert row.passes >= 0.95
        assert all(one.minutes >= 5 for one in row.plays)


def test_one_client_that_reconnects() -> None:
    """If the log shows its address, no night and hardly any gate fails; otherwise the night fails."""
    random = Random(1)
    nights = play("", lambda: play_night(random, LIMITS, RECONNECTING, 500), 30)
    gates = play("", lambda: play_gate(random, LIMITS, RECONNECTING, 60), 30)
    assert (nights.fails, nights.warns) == (0, 1)
    assert gates.fails <= 0.04
    unknown = replace(RECONNECTING, is_client_known=False)
    assert play_night(random, LIMITS, unknown, 500).failed == ("lifecycle.short_lived_rate",)


@pytest.mark.parametrize("metric", SHARES)
def test_a_share_at_three_times_its_limit_is_caught(metric: str) -> None:
    """Both the gate and the night catch it."""
    random, service = Random(1), at_times_the_limit(LIMITS, metric, 3)
    gates = play("", lambda: play_gate(random, LIMITS, service, 20), 30)
    nights = play("", lambda: play_night(random, LIMITS, service, 200), 30)
    assert min(gates.fails, nights.fails) >= 0.9
    assert all(metric in one.failed for one in gates.plays if one.code is ExitCode.FAIL)


@pytest.mark.parametrize("cluster", [1, 10])
def test_nothing_has_changed_but_the_traffic(cluster: int) -> None:
    """Six limits on increases together fail at most one run in twenty, with room for chance."""
    random = Random(1)
    played = [increases.play(random, Change(100, cluster, traffic=2))[0] for _ in range(60)]
    assert sum(Verdict.FAIL in verdicts for verdicts in played) <= 6
    assert not any(Verdict.INCONCLUSIVE in verdicts for verdicts in played)


@pytest.mark.parametrize(("cluster", "caught"), [(1, 0.8), (5, 0.4)])
def test_twice_the_errors_are_caught(cluster: int, caught: float) -> None:
    """There were a hundred errors before, of which each client met one, or five on average."""
    random = Random(1)
    played = [increases.play(random, Change(100, cluster, growth=2))[1] for _ in range(60)]
    assert played.count(Verdict.FAIL) / len(played) >= caught


def test_an_outage_of_25_minutes_is_caught() -> None:
    """In flat traffic, the outage is within the limit of the day; a healthy day has no such hour."""
    random = Random(1)
    undelivered = next(limit for limit in LIMITS if limit.metric == "welcome.undelivered_rate")
    out = play("", lambda: play_day(random, undelivered, 0.0043, 1500, 25), 60)
    healthy = play("", lambda: play_day(random, undelivered, 0.0043, 1500), 60)
    assert out.fails >= 0.95
    assert healthy.fails <= 0.02


def test_faults_of_a_deploy() -> None:
    """With enough traffic each is caught, by the gate or a run some hours later; no healthy deploy fails."""
    random, limits = Random(1), faults.deploy_limits(LIMITS)
    expected = {
        ("healthy", 600, 1.0): (0.0, 0.1),
        ("welcome failures at 5 %", 600, 1.0): (0.95, 1.0),
        ("`$disconnect` never logged", 60, 2.5): (0.95, 1.0),
        ("`$disconnect` not logged of one in two", 60, 2.5): (0.95, 1.0),
        ("410s doubled, to 15 %", 600, 2.5): (0.95, 1.0),
        ("a new exception at 1 % of connects", 600, 1.0): (0.95, 1.0),
        ("`$connect` takes 4 s, one time in ten", 600, 1.0): (0.95, 1.0),
    }
    services = {fault.name: fault.service for fault in faults.FAULTS}
    caught = {
        key: play("", lambda s=services[key[0]], key=key: faults.play_run(random, limits, s, *key[1:]), 20).fails  # type: ignore[misc]
        for key in expected
    }
    assert not {key: caught[key] for key, (low, high) in expected.items() if not low <= caught[key] <= high}
    lost = play("", lambda: faults.play_deploy(random, limits, services["`$disconnect` never logged"], 600), 10)
    assert lost.fails == 1.0


@pytest.mark.parametrize(("a_day", "silent", "caught"), [(30, 5, 0), (500, 0, 14)])
def test_silences_at_the_end(a_day: float, silent: int, caught: int) -> None:
    """They hardly ever fail a small service; a busy one fails if it stopped four hours before the end."""
    healthy, _, four_hours, _ = silences.play(Random(1), a_day, silences.RHYTHMS[0], nights=14)
    assert healthy.silent >= silent
    assert healthy.failed <= 1
    assert four_hours.failed >= caught


def test_a_long_tail_of_errors_is_no_news() -> None:
    """Of 300 healthy days with eighty kinds of errors at most five fail; a new exception at 1 % is caught."""
    random = Random(1)
    assert sum(increases.month_of_days(random, 1) for _ in range(10)) <= 5
    hours = [increases.new_in(random, 1 / 24, 1, faults=6) for _ in range(100)]
    assert sum("fault" in one.chances for one in hours) >= 95
