"""Compares whole runs of the checks on CloudWatch with other readers of the same endpoint.

python -m tests.benchmarks.cloudwatch --aws AWS --awslogs AWSLOGS
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks.measure import MIB, REPOSITORY, Cost, run
from tests.simulator.bulk import bulk, until_ms
from tests.simulator.clock import iso

SMALL: Final = 700_000
LARGE: Final = 5 * SMALL
GROUP: Final = "/aws/lambda/chat"
BEGIN: Final = "2026-06-02T00:00:00Z"
RUNS: Final = 3
"""The runs of the checks, whose median counts; the other readers take minutes, and run once."""
LATENCY_SECONDS: Final = 0.2
CALLS_PER_SECOND: Final = 10
"""The quota of FilterLogEvents in most Regions, including the one below."""
REGION: Final = "eu-west-1"


def main() -> int:
    """Run all readers in turn and print the ratios; the exit code says whether every target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cloudwatch", description=__doc__)
    parser.add_argument("--aws", help="the command of the AWS CLI; left out unless given")
    parser.add_argument("--awslogs", help="the command of awslogs; left out unless given")
    options = parser.parse_args()
    targets = []
    with TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = Path(temporary)
        with serving(_input(SMALL, folder)) as aws:
            costs = [_checks(SMALL, folder, aws)[0] for _ in range(RUNS)]
            small = sorted(costs, key=lambda cost: cost.seconds)[RUNS // 2]
            if options.aws:
                cli = [options.aws, "logs", "filter-log-events", "--log-group-name", GROUP]
                targets.append(at_least("aws logs ÷ whole run", _peer(cli, folder, aws).seconds / small.seconds, 6))
            if options.awslogs:
                cli = [options.awslogs, "get", GROUP, "ALL", "-s", "2026-06-01", "--aws-endpoint-url"]
                peer = _peer([*cli, aws["AWS_ENDPOINT_URL"]], folder, aws)
                targets.append(at_least("awslogs ÷ whole run", peer.seconds / small.seconds, 25))
        limited = ["--latency", str(LATENCY_SECONDS), "--quota", str(CALLS_PER_SECOND)]
        with serving(_input(SMALL, folder), *limited) as aws:
            slow, calls = _checks(SMALL, folder, aws)
            targets.append(at_most("whole run ÷ (calls ÷ quota)", slow.seconds / (calls / CALLS_PER_SECOND), 1.15))
        with serving(_input(LARGE, folder)) as aws:
            large, _ = _checks(LARGE, folder, aws)
            targets.append(at_most("peak memory, 3.5M / 0.7M", large.peak_bytes / small.peak_bytes, 1.3))
    return 0 if all(targets) else 1


def _input(events: int, folder: Path) -> Path:
    logs = folder / f"bulk-{events}.jsonl"
    if not logs.exists():
        with logs.open("wb") as file:
            file.writelines(bulk(events))
    return logs


@contextmanager
def serving(logs: Path, *options: str) -> Iterator[Mapping[str, str]]:
    """Serve the events from another process; yield the environment variables by which boto3 finds it."""
    command = [sys.executable, "-m", "tests.endpoint", str(logs), "--group", GROUP, "--region", REGION, *options]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as endpoint:
        try:
            url = endpoint.stdout.readline().strip() if endpoint.stdout else ""
            keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
            yield {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": REGION, **keys}
        finally:
            endpoint.kill()


def _checks(events: int, folder: Path, aws: Mapping[str, str]) -> tuple[Cost, int]:
    """Run the checks, and return their cost and their calls; a wrong number of events ends the benchmark."""
    window = ["--since", BEGIN, "--until", iso(until_ms(events))]
    options = ["--log-group", GROUP, *window, "--report-dir", str(folder / "reports"), "-p", "no:cacheprovider"]
    output = folder / "checks.log"
    cost = run([sys.executable, "-m", "pytest", *options], output, aws)
    result = json.loads((folder / "reports" / "dev" / "result.json").read_text(encoding="utf-8"))
    counted = (result["metrics"].get("data.events") or {"value": None})["value"]
    if counted != events:
        sys.exit(f"{counted} events instead of {events}:\n{output.read_text(encoding='utf-8')}")
    sys.stdout.write(f"{events:,} events, whole run {cost.seconds:6.2f} s, {cost.peak_bytes / MIB:4.0f} MiB\n")
    return cost, result["receipt"]["fetch"]["calls"]


def _peer(command: list[str], folder: Path, aws: Mapping[str, str]) -> Cost:
    output = folder / "peer.log"
    cost = run(command, output, aws)
    if cost.exit_code:
        sys.exit(f"{command[0]} failed:\n{output.read_text(encoding='utf-8')[-2000:]}")
    sys.stdout.write(f"  {Path(command[0]).name} {cost.seconds:6.2f} s, {cost.peak_bytes / MIB:4.0f} MiB\n")
    return cost


def at_least(what: str, measured: float, least: float) -> bool:
    return _print_figure(what, measured, f"at least {least:g}", is_met=measured >= least)


def at_most(what: str, measured: float, most: float) -> bool:
    return _print_figure(what, measured, f"at most {most:g}", is_met=measured <= most)


def _print_figure(what: str, measured: float, target: str, *, is_met: bool) -> bool:
    sys.stdout.write(f"{'met   ' if is_met else 'MISSED'}  {what:<30}{measured:8.2f}  ({target})\n")
    sys.stdout.flush()
    return is_met


if __name__ == "__main__":
    sys.exit(main())
