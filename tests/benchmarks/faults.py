"""Plays deploys, healthy and with faults, through snapshots and polls; counts how often, and how soon, each is caught.

`python -m tests.benchmarks.verdicts` prints these, too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from msgspec import structs

from checks.config.limit import Limit
from checks.metrics import Metric, SignalFamily
from checks.run.baseline import Baseline
from checks.run.observer import poll_until
from checks.run.settings import Gate
from checks.run.snapshot import Snapshot
from checks.verdicts.verdict import ExitCode
from checks.window import Window
from tests.benchmarks.increases import tail
from tests.benchmarks.verdicts import (
    HEALTHY,
    HOLD,
    LIFETIME_MINUTES,
    START,
    WAIT,
    Counts,
    Outcome,
    Service,
    outcome,
    poisson,
    share_of,
)
from tests.report.results import reading
from tests.run.making import analysis, log_read, settings, signature

TRAFFIC: Final = "gone.connection_rate"
"""The metric whose sample is the connections seen."""
DAY_MINUTES: Final = 24 * 60
MINUTES_TO_BEGIN: Final = 0.5
"""The time from the deploy to the first poll."""
NOTHING: Final = "\N{EN DASH}"
COMPARED: Final = (
    "gone.errors_per_connection",
    "gone.connection_rate",
    "lifecycle.incomplete_rate",
    "welcome.undelivered_rate",
)
NEW_KIND: Final = "an exception that nobody has met before"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a deploy brings.

    Attributes:
        name: Its name in the table.
        service: What the new code does.
    """

    name: str
    service: Service


FAULTS: Final = (
    Fault("healthy", HEALTHY),
    Fault("welcome failures doubled, to 0.9 %", replace(HEALTHY, undelivered=0.0086)),
    Fault("welcome failures times five, to 2.2 %", replace(HEALTHY, undelivered=0.0215)),
    Fault("welcome failures at 5 %", replace(HEALTHY, undelivered=0.05)),
    Fault("`$disconnect` never logged", replace(HEALTHY, unlogged=1.0, short_lived=0.0)),
    Fault("`$disconnect` not logged of one in two", replace(HEALTHY, unlogged=0.5, short_lived=0.075)),
    Fault("410s +50 %, to 11 %", replace(HEALTHY, gone=0.1095)),
    Fault("410s doubled, to 15 %", replace(HEALTHY, gone=0.146)),
    Fault("a new exception at 1 % of connects", replace(HEALTHY, exceptions=0.01)),
    Fault("`$connect` takes 4 s, one time in ten", replace(HEALTHY, slow=0.1)),
)
AN_HOUR: Final = (12, 60, 600, 6_000)
RUN_HOURS: Final = (1.0, 2.5, 6.0, 24.0)


def deploy_limits(shipped: Sequence[Limit]) -> list[Limit]:
    """Return the shipped limits and those that thresholds.yaml offers on increases, new errors and a slow $connect."""
    file = Path("thresholds.yaml")
    limits = [structs.replace(one, max_increase=0.5, at_least=5) if one.metric in COMPARED else one for one in shipped]
    new_kinds = Limit("errors.new_signatures", file, 1, inherited=False, max=0)
    slow = Limit("lambda.connect_p95_seconds", file, 1, inherited=False, warn=1, max=3)
    return [*limits, new_kinds, slow]


@dataclass(slots=True)
class Deploy:
    """A deploy and the traffic since then, with what was before it.

    Attributes:
        random: The source of all draws.
        limits: The limits by which it is judged.
        service: What the new code does.
        an_hour: Connects per hour.
        before: The baseline that it is compared with.
        counts: The counts since the deploy.
        kinds: The kinds of errors since the deploy.
    """

    random: Random
    limits: Sequence[Limit]
    service: Service
    an_hour: float
    before: Baseline
    counts: Counts
    kinds: Counter[str]

    def go_on(self, minutes: float) -> None:
        """Add traffic for some minutes."""
        exceptions = self.counts.cases["exceptions"]
        self.counts.grow(self.random, self.service, self.an_hour * minutes / 60, minutes)
        self.kinds += tail(self.random, minutes / DAY_MINUTES)
        self.kinds[NEW_KIND] += self.counts.cases["exceptions"] - exceptions

    def snapshot(self) -> Snapshot:
        """Return what a poll sees now."""
        until = START + timedelta(minutes=self.counts.minutes)
        window, metrics = Window(START, until), self.counts.metrics(self.service)
        kinds = [signature(kind, cases) for kind, cases in self.kinds.items() if cases]
        seen, read = families(metrics), reading(events=self.counts.connections)
        gate = Gate(deployed=START, wait=WAIT, hold=HOLD, baseline="24h")
        analysed = analysis(metrics, kinds, window=window, seen=seen, reading=read)
        return Snapshot(settings(*self.limits, gate=gate), log_read(analysed, window), baseline=self.before)


def families(metrics: Mapping[str, Metric]) -> frozenset[str]:
    """Return the families of signals that connections log: all, but `$disconnect` only after one has ended."""
    if not metrics[TRAFFIC].n:
        return frozenset()
    return frozenset(SignalFamily) - ({SignalFamily.DISCONNECT} if not metrics["lifecycle.complete"].value else set())


def deploy(random: Random, limits: Sequence[Limit], service: Service, an_hour: float, minutes: float) -> Deploy:
    """Return a deploy, without traffic yet, after a healthy day; its baseline is the same minutes of that day."""
    counts, window = Counts(), Window(START - timedelta(days=1), START - timedelta(days=1) + timedelta(minutes=minutes))
    counts.grow(random, HEALTHY, an_hour * minutes / 60)
    metrics = counts.metrics(HEALTHY)
    traffic = {TRAFFIC: share_of(TRAFFIC, 0, poisson(random, 24 * an_hour))}
    day = Baseline("24h before", Window(window.since, START), traffic, dict(tail(random, 1)))
    before = Baseline("24h before", window, metrics, {}, kinds=day)
    return Deploy(random, limits, service, an_hour, before, Counts(), Counter())


def play_run(random: Random, limits: Sequence[Limit], service: Service, an_hour: float, hours: float) -> Outcome:
    """Judge once, over a window that began with the deploy."""
    one = deploy(random, limits, service, an_hour, 60 * hours)
    recent = min(LIFETIME_MINUTES, 60 * hours)
    one.go_on(60 * hours - recent)
    one.go_on(recent)
    seen = one.snapshot()
    return outcome([seen.judge(limit) for limit in limits], 60 * hours)


def play_deploy(random: Random, limits: Sequence[Limit], service: Service, an_hour: float) -> Outcome:
    """Simulate a gate of `--wait 15m --hold 2` after a deploy."""
    one = deploy(random, limits, service, an_hour, WAIT.total_seconds() / 60)
    one.go_on(MINUTES_TO_BEGIN)
    last, _ = poll_until(
        one.snapshot,
        limits,
        WAIT,
        HOLD,
        clock=lambda: START + timedelta(minutes=one.counts.minutes),
        sleep=lambda seconds: one.go_on(seconds / 60),
    )
    return outcome([last.judge(limit) for limit in limits], one.counts.minutes)


def cell(played: Sequence[Outcome]) -> str:
    """Return the percentage that fail, and the percentage that are inconclusive."""
    codes = Counter(one.code for one in played)
    fails, unsure = (100 * codes[code] / len(played) for code in (ExitCode.FAIL, ExitCode.INCONCLUSIVE))
    return f"{fails:.0f} / {unsure:.0f}"


def reason(played: Sequence[Outcome]) -> str:
    """Return the metric that fails most of them; a dash if it fails less than a tenth."""
    most = Counter(metric for one in played for metric in one.failed).most_common(1)
    return f"`{most[0][0]}`" if most and most[0][1] >= len(played) / 10 else NOTHING


def rows_of_faults(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[str]:
    """Yield the rows of the table in Markdown."""
    for fault in FAULTS:
        for an_hour in AN_HOUR:
            gates = [play_deploy(random, limits, fault.service, an_hour) for _ in range(plays)]
            caught = [one.minutes for one in gates if one.code is ExitCode.FAIL]
            soon = f"{median(caught):.1f}" if len(caught) >= plays / 10 else NOTHING
            runs = [[play_run(random, limits, fault.service, an_hour, h) for _ in range(plays)] for h in RUN_HOURS]
            cells = " | ".join(map(cell, runs))
            by = reason([one for played in (gates, *runs) for one in played])
            yield f"| {fault.name} | {an_hour:,} | {cell(gates)} | {soon} | {cells} | {by} |"


def table_of_faults(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[str]:
    """Yield the table in Markdown, line by line."""
    runs = " | ".join(f"run of {hours:g} h" for hours in RUN_HOURS)
    yield f"| the deploy | connects an hour | gate of 15 min | fails after min | {runs} | by |"
    yield f"|---|--:|--:|--:|{'--:|' * len(RUN_HOURS)}---|"
    yield from rows_of_faults(random, deploy_limits(limits), plays)
