"""Measures the polls of a gate on a service with ten million events a day, which keep coming while it waits.

python -m tests.benchmarks.gate
python -m tests.benchmarks.gate --baseline
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from checks.window import LOOK_BACK, epoch_ms, utc_now
from tests.benchmarks.cloudwatch import GROUP, at_most, serving
from tests.benchmarks.inputs import EVENTS_PER_CONNECTION, PAUSE_MS, dense
from tests.benchmarks.measure import MIB, run

EVENTS_A_DAY: Final = 10_000_000
DEPLOYED: Final = timedelta(minutes=15)
WAIT: Final = timedelta(minutes=3)
PAUSE_SECONDS: Final = WAIT.total_seconds() / 10
LONGEST_SECONDS: Final = 30
INCONCLUSIVE: Final = 11
LIMITS: Final = """
environments:
  dev:
    log_group: /aws/lambda/chat
    limits: {welcome.sent: {min: 1000000000}, gone.connection_rate: {max: 50%, max_increase: 50%}}
"""
"""The first limit is never met, so the gate polls to the end."""


def main() -> int:
    """Run a gate and print how long its polls took; the exit code says whether the target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gate", description=__doc__)
    parser.add_argument("--baseline", action="store_true", help="compare with the same time before the deploy")
    options = parser.parse_args()
    before = LOOK_BACK + (DEPLOYED + WAIT if options.baseline else timedelta())
    with TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = Path(temporary)
        (folder / "limits.yaml").write_text(LIMITS, encoding="utf-8")
        deployed = utc_now() - DEPLOYED
        with (folder / "log.jsonl").open("wb") as file:
            file.writelines(_live(epoch_ms(deployed - before), before))
        with serving(folder / "log.jsonl") as aws:
            gate = ["--deployed-at", deployed.isoformat(), "--wait", f"{WAIT.total_seconds():.0f}s"]
            gate += ["--baseline", "previous"] if options.baseline else []
            paths = ["--thresholds", str(folder / "limits.yaml"), "--log-group", GROUP, "--report-dir", temporary]
            command = [sys.executable, "-m", "pytest", *gate, *paths, "-p", "no:cacheprovider"]
            cost = run(command, folder / "gate.log", aws)
        if cost.exit_code != INCONCLUSIVE:
            sys.exit((folder / "gate.log").read_text(encoding="utf-8")[-2000:])
        polls = json.loads((folder / "dev" / "result.json").read_text(encoding="utf-8"))["looks"]
    times = [datetime.fromisoformat(poll["at"]) for poll in polls]
    starts = pairwise(times[:-1])  # the pause before the last poll is only the rest of the wait
    seconds = [(later - earlier).total_seconds() - PAUSE_SECONDS for earlier, later in starts]
    events = ", ".join(f"{poll['events']:,}" for poll in polls)
    memory, processor = f"{cost.peak_bytes / MIB:.0f} MiB", f"{cost.cpu_seconds:.0f} s of processor time"
    sys.stdout.write(f"{len(polls)} polls, of {events} events; {memory}, {processor}\n")
    sys.stdout.write(f"seconds: {', '.join(f'{one:.1f}' for one in seconds)}\n")
    return 0 if at_most("the longest poll after the first, s", max(seconds[1:]), LONGEST_SECONDS) else 1


def _live(since_ms: int, before: timedelta) -> Iterator[bytes]:
    """Yield a dense log that begins with the look-back before a deploy, and lasts as long as the gate may wait."""
    length_ms = (before + DEPLOYED + 2 * WAIT) / timedelta(milliseconds=1)
    step_ms = 86_400_000 / EVENTS_A_DAY * EVENTS_PER_CONNECTION
    lines = []
    for index, line in enumerate(dense(round(length_ms / step_ms) * EVENTS_PER_CONNECTION)):
        number, place = divmod(index, EVENTS_PER_CONNECTION)
        lines.append((since_ms + round(number * step_ms) + place * PAUSE_MS, line))
    for number, (at_ms, line) in enumerate(sorted(lines)):
        fields = b'"eventId": "%038d", "ingestionTime": %d, "timestamp":%d' % (number, at_ms + 900, at_ms)
        yield re.sub(rb'"timestamp": \d+', fields, line, count=1)


if __name__ == "__main__":
    sys.exit(main())
