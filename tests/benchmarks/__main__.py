"""Compares whole runs of the checks with json.loads over the same lines; exit code 1 if a target is missed.

python -m tests.benchmarks
python -m tests.benchmarks FOLDER --runs 5
python -m tests.benchmarks FOLDER --inputs dense
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks.inputs import INPUTS
from tests.benchmarks.measure import MIB, Cost, python

SMALL: Final = 1_000_000
LARGE: Final = 5_000_000

MOST_OF_JSON_LOADS: Final = {
    ("noise", SMALL): 0.8,
    ("noise", LARGE): 0.6,
    ("dense", SMALL): 1.5,
    ("dense", LARGE): 1.5,
    ("unlike", SMALL): 5.7,
}
"""The highest allowed ratio, by input and number of events."""
MOST_GROWTH: Final = 6.0
"""Five times the events may take six times as long: the start-up makes the factor smaller, a busy machine larger."""
MOST_MEMORY_MIB: Final = 600.0

JSON_LOADS: Final = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The runs over one input: of the checks, and of json.loads alone."""

    events: int
    checks: Sequence[Cost]
    json_loads: Sequence[Cost]

    @property
    def seconds(self) -> float:
        """The time of a whole run of the checks."""
        return median(cost.seconds for cost in self.checks)

    @property
    def of_json_loads(self) -> float:
        """The time as a multiple of json.loads."""
        return self.seconds / median(cost.seconds for cost in self.json_loads)

    @property
    def peak_mib(self) -> float:
        """The peak memory of a run of the checks."""
        return max(cost.peak_bytes for cost in self.checks) / MIB


def main() -> int:
    """Make the inputs, compare, and print; the exit code says whether every target is met."""
    arguments = _parser().parse_args()
    with kept_folder(arguments.folder) as folder:
        compared = {
            (kind, events): _compare(kind, events, arguments.runs if events == SMALL else 2, folder)
            for kind, events in MOST_OF_JSON_LOADS
            if kind in arguments.inputs
        }
    say("")
    targets = [
        meets(f"{kind}, {events:,} events, whole run / json.loads", compared[kind, events].of_json_loads, most)
        for (kind, events), most in MOST_OF_JSON_LOADS.items()
        if kind in arguments.inputs
    ]
    for kind, events in compared:
        if events == LARGE:
            growth = compared[kind, LARGE].seconds / compared[kind, SMALL].seconds
            targets.append(meets(f"{kind}, whole run, 5M events / 1M events", growth, MOST_GROWTH))
            targets.append(
                meets(f"{kind}, 5M events, peak memory in MiB", compared[kind, LARGE].peak_mib, MOST_MEMORY_MIB)
            )
    return 0 if all(targets) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure whole runs of the checks.")
    parser.add_argument("folder", nargs="?", type=Path, help="keep the inputs here and reuse them (temporary)")
    parser.add_argument("--inputs", nargs="+", choices=INPUTS, default=list(INPUTS), help="which inputs (all)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each over 1M events (3)")
    return parser


@contextmanager
def kept_folder(named: Path | None) -> Iterator[Path]:
    """Yield the given folder, or a temporary one."""
    if named is None:
        with TemporaryDirectory(prefix="benchmarks-") as temporary:
            yield Path(temporary)
    else:
        named.mkdir(parents=True, exist_ok=True)
        yield named.resolve()


def _compare(kind: str, events: int, runs: int, folder: Path) -> Comparison:
    """Run both in turn, so that other load on the machine affects both."""
    logs = _input(kind, events, folder)
    say(f"{kind}, {events:,} events, {logs.stat().st_size / 1e6:,.0f} MB")
    checks, json_loads = [], []
    for _ in range(runs):
        json_loads.append(_json_loads(logs, folder))  # first, so that both find the file in memory
        checks.append(checks_cost(logs, INPUTS[kind].truth(events), folder))
        say(
            f"  whole run {checks[-1].seconds:6.2f} s, {checks[-1].peak_bytes / MIB:4.0f} MiB"
            f"    json.loads {json_loads[-1].seconds:6.2f} s"
        )
    return Comparison(events, checks, json_loads)


def _input(kind: str, events: int, folder: Path) -> Path:
    logs = folder / f"{kind}-{events}.jsonl"
    if not logs.exists():
        partial = logs.with_suffix(".partial")  # an interrupted file is not reused
        with partial.open("wb") as file:
            file.writelines(INPUTS[kind].lines(events))
        partial.rename(logs)
    return logs


def checks_cost(logs: Path, truth: Mapping[str, float | None], folder: Path) -> Cost:
    """Run the checks as a user does; a wrong answer, however fast, ends the benchmark."""
    reports, output = folder / "reports", folder / "checks.log"
    options = ["--logs", str(logs), "--report-dir", str(reports), "-p", "no:cacheprovider"]
    cost = python("-m", "pytest", *options, log=output)
    try:
        result = json.loads((reports / "dev" / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"the checks wrote no result:\n{output.read_text(encoding='utf-8')}")
    if cost.exit_code != result["exit_code"]:
        sys.exit(f"exit code {cost.exit_code}, but result.json says {result['exit_code']}")
    measured = {name: result["metrics"][name]["value"] for name in truth}
    wrong = [f"{name} is {measured[name]}, not {truth[name]}" for name in truth if measured[name] != truth[name]]
    if wrong:
        sys.exit("\n".join(wrong))
    return cost


def _json_loads(logs: Path, folder: Path) -> Cost:
    output = folder / "json_loads.log"
    cost = python("-c", JSON_LOADS, str(logs), log=output)
    if cost.exit_code:
        sys.exit(f"json.loads failed:\n{output.read_text(encoding='utf-8')}")
    return cost


def meets(what: str, measured: float, most: float) -> bool:
    """Print a measurement and its target, and return whether the target is met."""
    is_met = measured <= most
    say(f"{'met   ' if is_met else 'MISSED'}  {what:<50}{measured:8.2f}  (at most {most:g})")
    return is_met


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
