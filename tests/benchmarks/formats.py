"""Compares whole runs of the checks on files of the common formats with runs on the same events in JSON Lines.

python -m tests.benchmarks.formats
python -m tests.benchmarks.formats --events 1000000 FORMAT…
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.benchmarks.measure import MIB, Cost, python
from tests.logs.exports import FORMATS, Event
from tests.simulator.bulk import bulk

JSON_LINES: Final = "JSON Lines"

IN_MESSAGES: Final = (
    "Firehose, a message a line",
    "Firehose, concatenated",
    "OpenTelemetry's collector",
    "Telemetry API",
)
"""Formats whose tools put EVENTS_PER_MESSAGE events into one value."""

EVENTS_PER_MESSAGE: Final = 1000

COMMON: Final = (
    JSON_LINES,
    "filter-log-events",
    "filter-log-events, pretty",
    "jq '.events[]'",
    "console CSV",
    "Insights CSV",
    *IN_MESSAGES,
    "S3 export",
    "aws logs tail",
    "aws logs tail, coloured",
    "aws logs tail --format short",
    "awslogs get --timestamp",
    "saw watch",
    "cw tail",
    "sam logs",
    "JSON Lines with time",
    "Vector",
    "Docker's json-file",
)

MOST: Final = 2.0
"""The longest time, as a multiple of what the same events take in JSON Lines."""

MOST_MEMORY_MIB: Final = 512
"""The highest memory of a run on a document four times as large."""

COMPARED: Final = ("data.events", "gone.errors", "lifecycle.complete", "welcome.undelivered_rate")
"""Metrics that do not depend on how precisely a format gives the time."""

DOCUMENT: Final = "filter-log-events"


def main() -> int:
    """Run the formats in turn and print times and memory; the exit code says whether every target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.formats", description=__doc__)
    parser.add_argument("formats", nargs="*", help="names from tests/logs/exports.py (the common ones)")
    parser.add_argument("--events", type=int, default=500_000, help="in each file (500,000)")
    parser.add_argument("--write", type=Path, help="only write this file")
    options = parser.parse_args()
    if options.write:  # in a process of its own: the kernel counts a parent's memory as that of its children
        with options.write.open("w", encoding="utf-8") as target:
            target.writelines(_written(options.formats[0], options.events))
        return 0
    names = dict.fromkeys([JSON_LINES, DOCUMENT, *(options.formats or COMMON)])
    with TemporaryDirectory(prefix="benchmarks-") as temporary:
        runs = _Runs(Path(temporary))
        costs = {name: runs.cost(name, options.events) for name in names}
        large = runs.cost(DOCUMENT, 4 * options.events)
    slow = [name for name in names if costs[name].cpu_seconds > MOST * costs[JSON_LINES].cpu_seconds]
    memory = large.peak_bytes / MIB
    sys.stdout.write(
        f"slower than {MOST:g} times: {', '.join(slow) or 'none'}; memory of the document {memory:.0f} MiB\n"
    )
    return 0 if not slow and memory <= MOST_MEMORY_MIB else 1


class _Runs:
    """Whole runs in one folder; each must measure the same as the first run with as many events."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._first: dict[int, tuple[Cost, Mapping[str, Any]]] = {}

    def cost(self, name: str, events: int) -> Cost:
        """Write the events in a format, and run the checks on the file."""
        file, reports = self._folder / "log", self._folder / "reports"
        writing = ["-m", "tests.benchmarks.formats", "--write", str(file), "--events", str(events), name]
        if python(*writing, log=self._folder / "write.log").exit_code:
            sys.exit((self._folder / "write.log").read_text(encoding="utf-8"))
        options = ["--logs", str(file), "--report-dir", str(reports), "-p", "no:cacheprovider"]
        cost = python("-m", "pytest", *options, log=self._folder / "checks.log")
        metrics = json.loads((reports / "dev" / "result.json").read_text(encoding="utf-8"))["metrics"]
        first, right = self._first.setdefault(events, (cost, metrics))
        if any(metrics[one] != right[one] for one in COMPARED):
            sys.exit(f"{name}: the metrics differ from those of {JSON_LINES}")
        sys.stdout.write(
            f"{name:30} {events:9,} events {file.stat().st_size / 1e6:6,.0f} MB {cost.cpu_seconds:6.2f} s "
            f"{cost.cpu_seconds / first.cpu_seconds:5.2f} x {cost.peak_bytes / MIB:5.0f} MiB\n"
        )
        sys.stdout.flush()
        return cost


def _written(name: str, events: int) -> Iterator[str]:
    """Yield the text of a file: a single document, or one message for each thousand events."""
    write = FORMATS[name].write
    if name == DOCUMENT:  # in pieces: to write it must not need the memory that a run must not need
        yield '{"events": ['
        yield from (", " * (number > 0) + json.dumps(event) for number, event in enumerate(_events(events)))
        yield '], "searchedLogStreams": []}\n'
    elif name in IN_MESSAGES:
        yield from map(write, _chunks(_events(events)))
    else:
        yield write(list(_events(events)))


def _events(number: int) -> Iterator[Event]:
    return (json.loads(line) for text in bulk(number) for line in text.splitlines())


def _chunks(events: Iterator[Event]) -> Iterator[Sequence[Event]]:
    return iter(lambda: list(islice(events, EVENTS_PER_MESSAGE)), [])


if __name__ == "__main__":
    sys.exit(main())
