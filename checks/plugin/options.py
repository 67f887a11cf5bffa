"""The options of the health checks."""

from collections.abc import Mapping
from typing import Final

import pytest

from checks.analysis.metrics import Subject
from checks.history.continuing import LAST_RUN
from checks.history.place import FILE_NAME
from checks.judge.starter import DEFAULT_ENVIRONMENT
from checks.outputs.wanted import OPTIONS

ANALYSES: Final[Mapping[str, Subject]] = {subject.value: subject for subject in Subject if subject is not Subject.DATA}
"""What `--analysis` selects by name."""


def add_options(parser: pytest.Parser) -> None:
    """Add them to pytest's own."""
    group = parser.getgroup("health checks", "WebSocket health checks")
    group.addoption(
        "-E",
        "--environment",
        action="append",
        default=[],
        metavar="NAME",
        help=f"environment of thresholds.yaml ({DEFAULT_ENVIRONMENT}); repeatable, to run several side by side",
    )
    group.addoption(
        "-A",
        "--analysis",
        action="append",
        choices=["all", *ANALYSES],
        metavar="NAME",
        help=f"analysis to run: {', '.join(ANALYSES)} or all (all); repeatable",
    )
    group.addoption(
        "-T", "--hours", type=float, metavar="HOURS", help="length of the window, which ends at --until (24)"
    )
    group.addoption(
        "--since",
        metavar="TIME",
        help=f"begin of the window: ISO 8601 in UTC, an age such as 20m, 2h, 3d, or {LAST_RUN}: where its window ended",
    )
    group.addoption("--until", metavar="TIME", help="end of the window, likewise (now)")
    group.addoption("--since-deploy", action="store_true", help="begin where the function's new code began to serve")
    group.addoption("--deployed-at", metavar="TIME", help="begin at this time of a deploy, as --since does")
    group.addoption(
        "--function-version", metavar="N", help="judge what this version of the function logged: 42, or $LATEST"
    )
    group.addoption(
        "--wait",
        metavar="TIME",
        help="look again for so long (15m): until every check has its sample, or one failed",
    )
    group.addoption("--hold", type=int, default=1, metavar="N", help="with --wait: so many good looks in a row (1)")
    group.addoption(
        "--baseline",
        metavar="WHAT",
        help="what max_increase and errors.new_signatures compare with: previous (the same time before the window), an "
        "age such as 24h, version (the other versions), or a result.json",
    )
    group.addoption(
        "--logs",
        action="append",
        default=[],
        metavar="PATH",
        help="file, folder or glob to read, or - for standard input; without --since and --hours all of it is judged; "
        "repeatable",
    )
    group.addoption(
        "--log-group",
        action="append",
        default=[],
        metavar="NAME",
        help="CloudWatch log group to read in place of the environment's; * stands for any characters; repeatable",
    )
    group.addoption(
        "--keep-logs", metavar="FOLDER", help="keep what is read from CloudWatch, to judge it again with --logs FOLDER"
    )
    group.addoption("--thresholds", metavar="FILE", help="the limits (thresholds.yaml of the project)")
    group.addoption("--strict-warnings", action="store_true", help="end with exit code 10 where a limit warns")
    group.addoption("--report-dir", metavar="FOLDER", help="where the reports go (reports in the project)")
    group.addoption(
        "--history",
        metavar="PLACE",
        help=f"where runs are remembered: a file, or s3://BUCKET/PREFIX ({FILE_NAME} in the folder of the reports)",
    )
    for name, settings in OPTIONS.items():
        group.addoption(name, **settings)
