"""Plays logs that are silent at the end of a night, and prints how often that fails by the limit of thresholds.yaml.

python -m tests.benchmarks.silences
python -m tests.benchmarks.silences --nights 28 --seed 1

The times of events are drawn at random; the SQL that measures silences, and the code that judges, are the real ones.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import cos, log, pi
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from msgspec.structs import replace

from checks.analysis.analyse import ALL_EVENTS, engine_in_scope
from checks.analysis.reading import find_window
from checks.analysis.recognise import Dialect
from checks.config.limit import Limit
from checks.config.thresholds import load
from checks.logs.files import read_files
from checks.metrics import Metric
from checks.verdicts.nights import Night, judge_with_nights
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Verdict
from checks.window import Window, epoch_ms
from tests.benchmarks.verdicts import DAY, ENVIRONMENT, START

AGE: Final = "data.age_seconds"
HOUR: Final = timedelta(hours=1)
ALIVE: Final = ReadState(events=1, seen=frozenset())
WEEKEND: Final = 5
"""The first day of it, counted from Monday."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm of a service.

    Attributes:
        swing: How far traffic rises above and falls below its mean, as a ratio of the mean.
        peak: The hour of the most traffic.
        weekend: The traffic of a weekend, as a ratio of that of a weekday.
        until: The hour at which its nights end.
    """

    swing: float
    peak: float
    weekend: float
    until: float


RHYTHMS: Final = (
    Rhythm(0.6, 13, 0.7, 0),
    Rhythm(0.6, 13, 0.7, 1),
    Rhythm(0.9, 4, 0.15, 0),
    Rhythm(0.95, 13, 0.3, 3.3),
    Rhythm(0.3, 20, 1, 7),
)
SIZES: Final = (5, 20, 60, 200, 500, 2_000)
STOPPED: Final = (2, 4, 8)
"""The hours before the end of a night at which a service stops."""


def seconds_of_events(random: Random, a_day: float, rhythm: Rhythm, days: int) -> Iterator[float]:
    """Yield when the events of connections happen: each has a first, a last, and some between."""
    busiest, now = a_day * (1 + rhythm.swing) / 86_400, 0.0
    while (now := now + random.expovariate(busiest)) < days * 86_400:
        hour = now % 86_400 / 3600
        ratio = (1 + rhythm.swing * cos(2 * pi * (hour - rhythm.peak) / 24)) / (1 + rhythm.swing)
        if random.random() < ratio * (rhythm.weekend if now // 86_400 % 7 >= WEEKEND else 1):
            length = min(random.lognormvariate(log(540), 1.1), 7200)
            yield from (now, now + length, *(now + random.random() * length for _ in range(random.randrange(4))))


@dataclass(slots=True)
class Silences:
    """The nights of a service that judges them with those before; `stopped` is how long before the end it stops."""

    limit: Limit
    stopped: timedelta
    silent: int = 0
    failed: int = 0

    def judge(self, window: Window, metric: Metric, before: Sequence[Night]) -> Verdict:
        """Judge a night, of which the metric tells what happened until the service stopped."""
        age = (metric.value or 0.0) + self.stopped.total_seconds()
        usual = age if metric.usual == metric.value else metric.usual
        judgement = judge(replace(metric, value=age, usual=usual), self.limit, ALIVE)
        judgement = judge_with_nights(judgement, window, before, ALIVE)
        self.silent += age > (self.limit.max or 0.0)
        self.failed += judgement.verdict is Verdict.FAIL
        return judgement.verdict


def play(random: Random, a_day: float, rhythm: Rhythm, nights: int) -> list[Silences]:
    """Play the nights of a service that goes on, and for each of STOPPED, what if it had stopped that night."""
    limit = load(Path("thresholds.yaml")).environment(ENVIRONMENT).limits[AGE]
    played = [Silences(limit, hours * HOUR) for hours in (0, *STOPPED)]
    start_ms = epoch_ms(START)
    events = sorted(seconds_of_events(random, a_day, rhythm, nights + 2))
    with TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder, before = Path(temporary), list[Night]()
        lines = (json.dumps({"timestamp": start_ms + round(at * 1000), "message": "Read a row"}) for at in events)
        (folder / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
        spool = read_files([str(folder / "log.jsonl")], folder)
        engine = engine_in_scope(Dialect(5, {}, {}), folder, ALL_EVENTS)
        engine.scan(spool.files)
        engine.run("repeats")
        for night in range(1, nights + 1):
            until = START + night * DAY + rhythm.until * HOUR
            whole = Window(until - DAY, until)
            for one in reversed(played):
                find_window(engine, spool, replace(whole, until=until - one.stopped))
                engine.run("reading")
                row = engine.row("FROM last_silence")
                metric = Metric(AGE, row["seconds"], usual=row["usual_seconds"])
                if metric.value is not None:  # otherwise the night is inconclusive: no event was read
                    verdict = one.judge(whole, metric, before)
            if metric.value is not None:
                before = [] if verdict is Verdict.FAIL else [Night(whole, metric), *before]
    return played


def rows(random: Random, nights: int) -> Iterator[str]:
    """Yield the rows of the table in Markdown."""
    for size in SIZES:
        services = [play(random, size, rhythm, nights) for rhythm in RHYTHMS]
        healthy, *stopped = zip(*services, strict=True)
        number = nights * len(RHYTHMS) / 100
        fails = " | ".join(f"{sum(one.failed for one in services) / number:.0f}" for services in stopped)
        silent, failed = (sum(getattr(one, what) for one in healthy) / number for what in ("silent", "failed"))
        yield f"| {size:,} | {silent:.0f} | {failed:.1f} | {fails} |"


def main() -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nights", type=int, default=28, help="nights of each service (28)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers (1)")
    arguments = parser.parse_args()
    stopped = " | ".join(f"stopped {hours} h before the end: fails %" for hours in STOPPED)
    sys.stdout.write(f"| connections a day | silent % | fails % | {stopped} |\n|{'--:|' * (3 + len(STOPPED))}\n")
    for row in rows(Random(arguments.seed), arguments.nights):
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
