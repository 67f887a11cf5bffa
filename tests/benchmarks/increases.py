"""Plays two windows through the comparison with a baseline, and prints how often it sees an increase, rightly or not.

python -m tests.benchmarks.increases
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from checks.config.limit import Limit
from checks.metrics import Metric, SignalFamily
from checks.run.baseline import Baseline
from checks.statistics import shared_doubts
from checks.verdicts.increase import INCREASE_DOUBT, NewKinds, judge_increase, new_kinds
from checks.verdicts.rules import ReadState
from checks.verdicts.verdict import Judgement, Verdict
from checks.window import Window
from tests.benchmarks.verdicts import poisson

SINCE: Final = datetime(2026, 6, 2, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
READ: Final = ReadState(1000, seen=frozenset(SignalFamily))
CONNECTIONS: Final = 2000
"""The expected connections in the earlier window."""

CLUSTERED: Final = ("gone.errors", "gone.errors_per_connection", "welcome.retries", "welcome.average_retries")
SINGLE: Final = ("gone.connections", "welcome.failure_rate")
LIMITS: Final = tuple(
    Limit(name, Path("thresholds.yaml"), 1, inherited=False, max_increase=0.5, at_least=5)
    for name in (*CLUSTERED, *SINGLE)
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change between two windows.

    Attributes:
        errors: The expected number of errors in the earlier window, for each of the six metrics.
        cluster: The average number that a client meets, if errors cluster: from one to nearly twice as many.
        traffic: The connects in the later window, as a multiple of the earlier one.
        growth: The errors per connection in the later window, as a multiple of the earlier one.
    """

    errors: float
    cluster: int
    traffic: float = 1.0
    growth: float = 1.0


def measured(random: Random, change: Change, traffic: float, growth: float) -> Mapping[str, Metric]:
    """Return the metrics of a window."""
    n = poisson(random, CONNECTIONS * traffic)
    expected = change.errors * traffic * growth
    metrics = {"gone.connection_rate": Metric("gone.connection_rate", 0.0, n, 0)}
    for name in CLUSTERED:
        sizes = random.choices(range(1, 2 * change.cluster), k=poisson(random, expected / change.cluster))
        squares = float(sum(size * size for size in sizes))
        is_count = name in {"gone.errors", "welcome.retries"}
        metrics[name] = Metric(name, sum(sizes) / (1 if is_count else n), None if is_count else n, squares=squares)
    metrics["gone.connections"] = Metric("gone.connections", poisson(random, expected))
    failures = poisson(random, expected)
    metrics["welcome.failure_rate"] = Metric("welcome.failure_rate", failures / n, n, failures)
    return metrics


def play(random: Random, change: Change) -> tuple[set[Verdict], Verdict]:
    """Return the verdicts by all six limits together, and the one on `gone.errors` alone."""
    before = Baseline("before", Window(SINCE - HOUR, SINCE), measured(random, change, 1, 1))
    now, window = measured(random, change, change.traffic, change.growth), Window(SINCE, SINCE + HOUR)

    def judged(limit: Limit, doubt: float) -> Judgement:
        earlier = before.earlier(limit.metric, window, now)
        return judge_increase(now[limit.metric], limit, READ, earlier, doubt=doubt)

    chances = {limit.metric: judged(limit, 0.0).chance for limit in LIMITS}
    doubts = shared_doubts({name: chance for name, chance in chances.items() if chance is not None}, INCREASE_DOUBT)
    verdicts = {limit.metric: judged(limit, doubts[limit.metric]).verdict for limit in LIMITS}
    return set(verdicts.values()), verdicts["gone.errors"]


KINDS: Final = 80
TAIL_A_DAY: Final = 20


def tail(random: Random, days: float) -> Counter[str]:
    """Draw a healthy service's errors with a long tail: by Zipf's law, half the kinds occur less than once a week."""
    weights = [1 / rank for rank in range(1, KINDS + 1)]
    return Counter(
        random.choices([f"kind {rank}" for rank in range(KINDS)], weights, k=poisson(random, TAIL_A_DAY * days))
    )


def new_in(random: Random, days: float, baseline_days: float, faults: float = 0.0) -> NewKinds:
    """Return the kinds of errors that are new in some days; `faults` is how many cases of a new kind are expected."""
    now = tail(random, days)
    now["fault"] = poisson(random, faults)
    return new_kinds(+now, dict(tail(random, baseline_days)), days / (days + baseline_days))


def month_of_days(random: Random, baseline_days: int) -> int:
    """Return how many of thirty healthy days fail, each compared with the days before it."""
    days = [tail(random, 1) for _ in range(baseline_days + 30)]
    before = (sum(days[day - baseline_days : day], Counter()) for day in range(baseline_days, len(days)))
    share = 1 / (1 + baseline_days)
    return sum(
        bool(new_kinds(now, dict(known), share).chances)
        for now, known in zip(days[baseline_days:], before, strict=True)
    )


def rows_of_kinds(random: Random, plays: int) -> Iterator[str]:
    """Yield the rows of the table on new kinds of errors."""
    for days in (1, 7):
        months = [month_of_days(random, days) for _ in range(max(1, plays // 10))]
        fails = f"{sum(months) / len(months):.2f} days fail, at most {max(months)}"
        yield f"| 30 healthy days, each against {24 * days} h before | {fails} |"
    for length in (1 / 24, 1.0, 7.0):
        hours = [new_in(random, 1 / 24, length, faults=6) for _ in range(plays)]
        caught = sum("fault" in one.chances for one in hours) / plays
        false = sum(bool(one.chances.keys() - {"fault"}) for one in hours) / plays
        hour = f"an hour of 600 connects, 1 % with a new exception, against {24 * length:.0f} h"
        yield f"| {hour} | {100 * caught:.1f} % caught, {100 * false:.1f} % false |"


CHANGES: Final = (
    *(
        Change(errors, cluster, traffic)
        for errors in (20, 100, 1000)
        for cluster in (1, 5, 10)
        for traffic in (0.5, 1, 2)
    ),
    *(Change(100, cluster, growth=2) for cluster in (1, 5)),
)


def rows(random: Random, plays: int) -> Iterator[str]:
    """Yield the rows of the table in Markdown."""
    for change in CHANGES:
        played = [play(random, change) for _ in range(plays)]
        fails = sum(Verdict.FAIL in verdicts for verdicts, _ in played) / plays
        unsure = sum(Verdict.INCONCLUSIVE in verdicts for verdicts, _ in played) / plays
        alone = sum(verdict is Verdict.FAIL for _, verdict in played) / plays
        cells = f"{change.errors:g} | {change.cluster} | {change.traffic:g} | {change.growth:g}"
        yield f"| {cells} | {100 * fails:.1f} | {100 * unsure:.1f} | {100 * alone:.1f} |"


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plays", type=int, default=400, help="simulations of each change (400)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (1)")
    arguments = parser.parse_args()
    sys.stdout.write(
        "| errors before | cluster | traffic | growth | six limits fail % | inconclusive % | errors fail % |\n"
        "|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    for row in rows(Random(arguments.seed), arguments.plays):
        sys.stdout.write(f"{row}\n")
    sys.stdout.write("\n| new kinds of errors | |\n|---|---|\n")
    for row in rows_of_kinds(Random(arguments.seed), arguments.plays):
        sys.stdout.write(f"{row}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
