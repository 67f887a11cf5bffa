"""Prints the log of a scenario as JSON Lines, or the truth about it.

python -m tests.simulator demo > checks/demo/recording.jsonl
python -m tests.simulator demo-outage | gzip -9n > checks/demo/outage.jsonl.gz
python -m tests.simulator demo --truth
python -m tests.simulator unhealthy 500 --seed 7
python -m tests.simulator outage 400 --seed 7
python -m tests.simulator bulk 1000000 > bulk.jsonl
"""

import argparse
import json
import sys
from collections.abc import Iterable

from tests.simulator import bulk, emit, scenarios, truth
from tests.simulator.story import Scenario


def main() -> None:
    """Simulate what the command line requests."""
    arguments = _parser().parse_args()
    if arguments.scenario == "bulk":
        _print_bulk(arguments.count, arguments.seed, is_truth=arguments.truth)
    else:
        _print_scenario(_scenario(arguments.scenario, arguments.count, arguments.seed), is_truth=arguments.truth)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description="Play a WebSocket application.")
    parser.add_argument("scenario", choices=["demo", "demo-outage", "healthy", "unhealthy", "outage", "bulk"])
    parser.add_argument("count", nargs="?", type=int, default=200, help="connections; for bulk: events (200)")
    parser.add_argument("--seed", type=int, default=0, help="another day of the same kind (0); a demo has only one")
    parser.add_argument("--truth", action="store_true", help="print what a reader must find, instead of the log")
    return parser


def _scenario(name: str, count: int, seed: int) -> Scenario:
    match name:
        case "demo-outage":
            return scenarios.demo_outage()
        case "healthy":
            return scenarios.healthy(count, seed)
        case "unhealthy":
            return scenarios.unhealthy(count, seed)
        case "outage":
            return scenarios.outage(count, seed)
        case _:
            return scenarios.demo()


def _print_scenario(scenario: Scenario, *, is_truth: bool) -> None:
    if is_truth:
        _print_truth(truth.truth(scenario), scenario.since_ms, scenario.until_ms)
    else:
        _print_lines(emit.json_lines(emit.delivered(scenario)))


def _print_bulk(events: int, seed: int, *, is_truth: bool) -> None:
    if is_truth:
        _print_truth(bulk.bulk_truth(events), bulk.SINCE_MS, bulk.until_ms(events))
    else:
        _print_lines(bulk.bulk(events, seed))


def _print_truth(expected: truth.Truth, since_ms: int, until_ms: int) -> None:
    _print_lines([json.dumps(truth.as_json(expected, since_ms, until_ms), indent=1).encode() + b"\n"])


def _print_lines(lines: Iterable[bytes]) -> None:
    sys.stdout.buffer.writelines(lines)


if __name__ == "__main__":
    main()
