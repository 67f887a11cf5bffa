"""Helper commands: `python -m checks …`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.analysis.engine import pattern_error
from checks.analysis.recognise import recognise
from checks.errors import ConfigError, HealthCheckError
from checks.judge.thresholds import load
from checks.logs.files import read_files
from checks.report.text import printable

CONFIGURATION_EXIT_CODE = 4
LOGS_EXIT_CODE = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _recognise(options.paths, options.thresholds)
        sys.stdout.flush()
    except BrokenPipeError:  # `… | head` has seen enough: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except HealthCheckError as error:
        print(f"ERROR: {error}", file=sys.stderr)  # noqa: T201 -- a command speaks to its user
        return CONFIGURATION_EXIT_CODE if isinstance(error, ConfigError) else LOGS_EXIT_CODE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m checks", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "recognise",
        help="print what each log event says, one JSON line an event",
        description="Prints for each event its line number, signal kinds, connection id and Lambda request id.",
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or glob; - for standard input")
    command.add_argument("--thresholds", type=Path, metavar="FILE", help="use the patterns taught in this file, too")
    return parser


def _recognise(paths: Sequence[str], thresholds: Path | None) -> None:
    taught = load(thresholds, pattern_error).signals if thresholds else {}
    with TemporaryDirectory(prefix="websocket-health-") as folder:
        spool = read_files(paths, Path(folder))
        unreadable = (f"unreadable: {place}" for place in spool.unreadable.examples)
        for remark in (*spool.gaps, *spool.notes, *unreadable):
            print(f"NOTE: {printable(remark)}", file=sys.stderr)  # noqa: T201
        for event in recognise(spool, taught, Path(folder)):
            print(json.dumps(asdict(event), ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
