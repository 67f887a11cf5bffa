"""Plays services, healthy and with faults, through the judging code, and prints how often and how soon they fail.

python -m tests.benchmarks.verdicts
python -m tests.benchmarks.verdicts --plays 2000 --seed 1

The counts of a window are drawn at random, not logged and read, so a night takes a millisecond. The code that judges
and polls is the real one.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from math import exp, pi, sin, sqrt
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final, cast

from checks.config.limit import Limit
from checks.config.thresholds import load
from checks.metrics import Metric, SignalFamily, Subject
from checks.run.observer import poll_until
from checks.run.snapshot import Snapshot
from checks.verdicts.nights import (
    ClientShare,
    HourOfMetric,
    Night,
    judge_with_nights,
    judge_without_client,
    judge_worst_hour,
)
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import ExitCode, Judgement, Verdict, exit_code, overall
from checks.window import Window

ENVIRONMENT: Final = "prod"
JUDGED: Final = {Subject.GONE, Subject.LIFECYCLE, Subject.WELCOME}
START: Final = datetime(2026, 6, 1, tzinfo=UTC)
DAY_SWING: Final = 0.6
"""How far traffic rises above and falls below its mean in the course of a day, as a ratio of the mean."""
WAIT: Final = timedelta(minutes=15)
HOLD: Final = 2
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Service:
    """A service, by its true rates; by default those of a chat application, recorded on a healthy day.

    Attributes:
        gone: Connections to which a post failed.
        cluster: The highest number of errors of such a connection; each number from 1 up is equally likely.
        gone_welcomes: Connections that were gone at their welcome message.
        short_lived: Connections of less than five seconds.
        incomplete: Connections whose `$disconnect` never came.
        undelivered: Connections that got no welcome message.
        retried: Welcome messages that were tried again.
        retries: How often those are retried.
        unlogged: Connections whose `$disconnect` will not come: they count as incomplete when their two hours are over.
        exceptions: Connections that meet a new kind of error.
        slow: Connects that take SLOW_SECONDS.
        reconnects: Additional short-lived connections of one client, each minute.
        is_client_known: Whether the log has that client's address.
    """

    gone: float = 0.073
    cluster: int = 3
    gone_welcomes: float = 0.002
    short_lived: float = 0.15
    incomplete: float = 0.009
    undelivered: float = 0.0043
    retried: float = 0.02
    retries: int = 5
    unlogged: float = 0.0
    exceptions: float = 0.0
    slow: float = 0.01
    reconnects: float = 0.0
    is_client_known: bool = True


SLOW_SECONDS: Final = 4.0
FAST_SECONDS: Final = 0.2
LIFETIME_MINUTES: Final = 120
"""The time after which API Gateway ends a connection."""
RECONNECTING: Final = Service(reconnects=15)
"""One client reconnects every four seconds; in a night, it does so for RECONNECTING_MINUTES."""
RECONNECTING_MINUTES: Final = 40
CASES: Final = ("gone", "gone_welcomes", "short_lived", "incomplete", "undelivered", "retried", "exceptions", "slow")

HEALTHY: Final = Service()


@dataclass(slots=True)
class Counts:
    """The counts of a growing window."""

    connections: int = 0
    cases: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    squares: int = 0
    worst: int = 0
    minutes: float = 0.0
    of_client: int = 0
    unlogged: list[tuple[float, int]] = field(default_factory=list)

    def grow(self, random: Random, service: Service, expected: float, minutes: float = 0.0) -> None:
        """Add a span of some minutes in which so many connections are expected."""
        new = poisson(random, expected)
        self.connections += new
        self.minutes += minutes
        if service.unlogged:
            self.unlogged.append((self.minutes, binomial(random, new, service.unlogged)))
        reconnects = round(service.reconnects * min(minutes, RECONNECTING_MINUTES))
        self.of_client += reconnects
        for name in CASES:
            cases = binomial(random, new, getattr(service, name))
            self.cases[name] += cases
            if name == "gone":
                clusters = random.choices(range(1, service.cluster + 1), k=cases)
                self.errors += sum(clusters)
                self.squares += sum(size * size for size in clusters)
                self.worst = max([self.worst, *clusters])

    def metrics(self, service: Service) -> dict[str, Metric]:
        """Return what the analysis would measure."""
        cases, n = self.cases, self.connections + self.of_client
        lost = sum(number for begin, number in self.unlogged if begin <= self.minutes - LIFETIME_MINUTES)
        incomplete = cases["incomplete"] + lost
        complete = max(0, n - cases["incomplete"] - sum(number for _, number in self.unlogged))
        retries = cases["retried"] * service.retries
        counts = {
            "gone.errors": self.errors,
            "gone.connections": cases["gone"],
            "gone.max_per_connection": self.worst,
            "gone.welcome_errors": cases["gone_welcomes"],
            "lifecycle.complete": complete,
            "lifecycle.incomplete": incomplete,
        }
        shares = {
            "gone.connection_rate": (cases["gone"], n),
            "lifecycle.incomplete_rate": (incomplete, complete + incomplete),
            "lifecycle.short_lived_rate": (min(cases["short_lived"] + self.of_client, complete), complete),
            "gone.welcome_rate": (cases["gone_welcomes"], n),
            "welcome.failure_rate": (cases["undelivered"], n),
            "welcome.undelivered_rate": (cases["undelivered"], n),
        }
        measured = [Metric(name, value) for name, value in counts.items()]
        measured += [Metric(name, of / n if n else None, n, of) for name, (of, n) in shares.items()]
        averages = {
            "gone.errors_per_connection": (self.errors, self.squares),
            "welcome.average_retries": (retries, retries * service.retries),
        }
        measured += [
            Metric(name, total / n if n else None, n, squares=squares) for name, (total, squares) in averages.items()
        ]
        p95 = SLOW_SECONDS if cases["slow"] > n / 20 else FAST_SECONDS
        measured.append(Metric("lambda.connect_p95_seconds", p95 if n else None, n))
        return {metric.name: metric for metric in measured}


def poisson(random: Random, mean: float) -> int:
    """Draw the number of events if so many are expected; beyond 200, by the normal distribution."""
    if mean > 200:
        return max(0, round(random.gauss(mean, sqrt(mean))))
    number, left = 0, random.random()
    floor = exp(-mean)
    while left > floor:
        left *= random.random()
        number += 1
    return number


def binomial(random: Random, n: int, rate: float) -> int:
    """Draw how many of n are cases: by inversion or, beyond 200 expected cases, by the normal distribution."""
    if rate > 0.5:
        return n - binomial(random, n, 1 - rate)
    if n * rate > 200:
        return min(n, max(0, round(random.gauss(n * rate, sqrt(n * rate * (1 - rate))))))
    left, number = random.random(), 0
    term = (1 - rate) ** n
    while left > term and number < n:
        left -= term
        term *= (n - number) / (number + 1) * rate / (1 - rate)
        number += 1
    return number


@dataclass(frozen=True, slots=True)
class Picture:
    """A stand-in for a snapshot: what a poll sees."""

    window: Window | None
    events: int
    metrics: dict[str, Metric]
    read: ReadState
    client: ClientShare | None

    def judge(self, limit: Limit) -> Judgement:
        """Judge as a snapshot does."""
        judgement = judge(self.metrics[limit.metric], limit, self.read)
        client = self.client if limit.metric == "lifecycle.short_lived_rate" else None
        return judge_without_client(judgement, client, self.read)


def picture(counts: Counts, service: Service, window: Window | None) -> Picture:
    """Return what a poll sees of some counts; without a window, there was nothing to see yet."""
    seen = frozenset(SignalFamily) if counts.connections else frozenset[str]()
    connections = counts.connections + counts.of_client
    read = ReadState(connections, seen=seen)
    client = ClientShare(counts.of_client, counts.of_client, "A1b2C3") if service.is_client_known else None
    return Picture(window, connections, counts.metrics(service), read, client)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a night or a gate.

    Attributes:
        code: The exit code.
        verdict: The worst verdict that counts.
        minutes: The time until it ended.
        failed: The metrics that failed.
    """

    code: ExitCode
    verdict: Verdict
    minutes: float
    failed: tuple[str, ...]


def outcome(judgements: Sequence[Judgement], minutes: float) -> Outcome:
    """Return the outcome of a run with these judgements."""
    failed = tuple(one.metric.name for one in judgements if one.verdict is Verdict.FAIL)
    return Outcome(exit_code(judgements), overall(judgements), minutes, failed)


def play_night(random: Random, limits: Sequence[Limit], service: Service, a_day: float) -> Outcome:
    """Simulate a nightly run, over one day."""
    counts = Counts()
    counts.grow(random, service, a_day, 24 * 60)
    seen = picture(counts, service, Window(START, START + DAY))
    return outcome([seen.judge(limit) for limit in limits], 24 * 60)


def play_nights(random: Random, limits: Sequence[Limit], service: Service, a_day: float, nights: int) -> Outcome:
    """Simulate consecutive nights, each judged with the earlier ones from the history; return the last outcome."""
    earlier: dict[str, list[Night]] = {limit.metric: [] for limit in limits}
    judgements: list[Judgement] = []
    for number in range(nights):
        counts = Counts()
        counts.grow(random, service, a_day)
        window = Window(START + number * DAY, START + (number + 1) * DAY)
        seen = picture(counts, service, window)
        judgements = []
        for limit in limits:
            judgement, before = seen.judge(limit), earlier[limit.metric]
            judgement = judge_with_nights(judgement, window, before, seen.read)
            judgements.append(judgement)
            if judgement.verdict is Verdict.FAIL:
                before.clear()
            else:
                before.insert(0, Night(window, seen.metrics[limit.metric]))
    return outcome(judgements, 24 * 60)


def play_day(random: Random, limit: Limit, rate: float, a_day: float, outage_minutes: int = 0) -> Outcome:
    """Simulate a day, judged by the hour, of one share at a rate; in an outage, at a random time, all are cases."""
    begin = random.randrange(24 * 60 - outage_minutes)
    halves: list[tuple[int, int]] = []
    for half in range(48):
        out = max(0, min(begin + outage_minutes, 30 * half + 30) - max(begin, 30 * half))
        expected = a_day / 48 * (1 if outage_minutes else traffic(30 * half))
        lost, n = poisson(random, expected * out / 30), poisson(random, expected * (30 - out) / 30)
        halves.append((lost + binomial(random, n, rate), lost + n))
    sums = [(sum(cases), sum(n)) for cases, n in (zip(*pair, strict=True) for pair in pairwise(halves))]
    metrics = [share_of(limit.metric, cases, n) for cases, n in sums]
    whole = share_of(limit.metric, *map(sum, zip(*halves, strict=True)))
    read = ReadState(1000, seen=frozenset(SignalFamily))
    judgement = judge(whole, limit, read)
    return outcome([judge_worst_hour(judgement, [HourOfMetric(START, one) for one in metrics])], 24 * 60)


def share_of(metric: str, cases: int, n: int) -> Metric:
    """Return the metric of a share: cases of a sample."""
    return Metric(metric, cases / n if n else None, n, cases)


def traffic(minute: float) -> float:
    """Return the traffic of a minute of the day, as a ratio of the mean."""
    return 1 + DAY_SWING * sin(2 * pi * minute / (24 * 60))


def play_gate(random: Random, limits: Sequence[Limit], service: Service, a_minute: float) -> Outcome:
    """Simulate a gate of `--wait 15m --hold 2` at a random time of day, with this traffic; sleep advances its clock."""
    counts, begin = Counts(), random.random() * 24 * 60
    now = START

    def sleep(seconds: float) -> None:
        nonlocal now
        ramp = traffic(begin + (now - START).total_seconds() / 60) / traffic(begin)
        counts.grow(random, service, a_minute * ramp * seconds / 60, seconds / 60)
        now += timedelta(seconds=seconds)

    def observe() -> Snapshot:
        return cast("Snapshot", picture(counts, service, Window(START, now) if now > START else None))

    last, _ = poll_until(observe, limits, WAIT, HOLD, clock=lambda: now, sleep=sleep)
    return outcome([last.judge(limit) for limit in limits], (now - START).total_seconds() / 60)


def shipped_limits() -> list[Limit]:
    """Return the limits of thresholds.yaml on connections, as they apply in production."""
    environment = load(Path("thresholds.yaml")).environment(ENVIRONMENT)
    return [limit for limit in environment.limits.values() if limit.metric.split(".", maxsplit=1)[0] in JUDGED]


def at_times_the_limit(limits: Sequence[Limit], metric: str, times: float) -> Service:
    """Return a healthy service, except for one share at a multiple of its limit."""
    allowed = next(limit.max for limit in limits if limit.metric == metric) or 0.0
    rate = min(1.0, times * allowed)
    changed: dict[str, Any] = {SHARES[metric]: rate}
    return replace(HEALTHY, **changed)


SHARES: Final = {
    "gone.connection_rate": "gone",
    "lifecycle.incomplete_rate": "incomplete",
    "lifecycle.short_lived_rate": "short_lived",
    "welcome.undelivered_rate": "undelivered",
}
"""The shares, each with the rate of a service that sets it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: many simulations of one service.

    Attributes:
        name: The service.
        plays: The outcomes.
    """

    name: str
    plays: Sequence[Outcome]

    def share(self, is_such: Callable[[Outcome], bool]) -> float:
        """Return the share of such outcomes."""
        return sum(map(is_such, self.plays)) / len(self.plays)

    @property
    def fails(self) -> float:
        """The share that ends with exit code 1."""
        return self.share(lambda one: one.code is ExitCode.FAIL)

    @property
    def inconclusive(self) -> float:
        """The share that ends with exit code 11."""
        return self.share(lambda one: one.code is ExitCode.INCONCLUSIVE)

    @property
    def warns(self) -> float:
        """The share that ends well, but with a warning."""
        return self.share(lambda one: one.verdict is Verdict.WARN)

    @property
    def passes(self) -> float:
        """The share that ends with exit code 0, warnings included."""
        return self.share(lambda one: one.code is ExitCode.PASS)

    def __str__(self) -> str:
        """The row in Markdown."""
        cells = " | ".join(f"{100 * share:.1f}" for share in (self.fails, self.inconclusive, self.warns, self.passes))
        return f"| {self.name} | {cells} | {median(one.minutes for one in self.plays):.1f} |"


NIGHTS: Final = (5, 20, 50, 100, 200, 500, 1_500, 5_000, 20_000, 100_000)
SMALL: Final = (5, 12, 20, 50, 100, 150)
"""Services for which a single night is too little to judge."""
GATES: Final = (5, 10, 20, 50, 200, 1_000)
MOST_DRAWS: Final = 5_000_000
"""Connections with errors are drawn one by one, so a large service is played less often."""


def play(name: str, play_one: Callable[[], Outcome], plays: int) -> Row:
    """Simulate one service many times."""
    return Row(name, [play_one() for _ in range(plays)])


def rows_of_nights(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[Row]:
    """Yield days of healthy services: judged alone, with those before them, and by the hour."""
    for size in NIGHTS:
        number = min(plays, max(100, MOST_DRAWS // size))
        yield play(f"night, {size:,} a day", partial(play_night, random, limits, HEALTHY, size), number)
    for size in SMALL:
        name = f"15th night, {size:,} a day, with those before"
        yield play(name, partial(play_nights, random, limits, HEALTHY, size, 15), plays)
    undelivered = next(limit for limit in limits if limit.metric == "welcome.undelivered_rate")
    for size in (500, 1_500, 5_000, 20_000):
        for rate, minutes, what in (
            (0.0043, 0, "healthy"),
            (0.015, 0, "at 3/4 of the limit"),
            (0.0043, 25, "out for 25 min"),
        ):
            name = f"day by the hour, {size:,} a day, welcomes {what}"
            yield play(name, partial(play_day, random, undelivered, rate, size, minutes), plays)


def rows_of_gates(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[Row]:
    """Yield gates over healthy services."""
    for size in GATES:
        yield play(f"gate, {size:,} a minute", partial(play_gate, random, limits, HEALTHY, size), plays)


def rows_of_one_client(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[Row]:
    """Yield healthy services with one client that reconnects all the time."""
    for known in (True, False):
        service, what = replace(RECONNECTING, is_client_known=known), "known" if known else "unknown"
        for size in (20, 200, 1_500, 5_000):
            name = f"night, {size:,} a day, one client reconnects, its address is {what}"
            yield play(name, partial(play_night, random, limits, service, size), plays)
        for size in (20, 60, 200):
            name = f"gate, {size:,} a minute, one client reconnects, its address is {what}"
            yield play(name, partial(play_gate, random, limits, service, size), plays)


def rows_over_limits(random: Random, limits: Sequence[Limit], plays: int) -> Iterator[Row]:
    """Yield services with one share at three times its limit."""
    for metric in SHARES:
        service = at_times_the_limit(limits, metric, 3)
        what = f"{metric} at 3 times its limit"
        for size in (10, 20, 50):
            yield play(f"gate, {size} a minute, {what}", partial(play_gate, random, limits, service, size), plays)
        yield play(f"night, 200 a day, {what}", partial(play_night, random, limits, service, 200), plays)


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plays", type=int, default=400, help="simulations of each service (400)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (1)")
    arguments = parser.parse_args()
    sys.stdout.write(
        "| service | fails % | inconclusive % | warns % | passes % | minutes |\n|---|--:|--:|--:|--:|--:|\n"
    )
    from tests.benchmarks.faults import table_of_faults  # noqa: PLC0415 -- it plays the services of this module

    random, limits = Random(arguments.seed), shipped_limits()
    for rows in (rows_of_nights, rows_of_gates, rows_of_one_client, rows_over_limits):
        for row in rows(random, limits, arguments.plays):
            sys.stdout.write(f"{row}\n")
            sys.stdout.flush()
    sys.stdout.write("\n")
    for line in table_of_faults(random, limits, max(1, arguments.plays // 4)):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
