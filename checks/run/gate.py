"""The options of a gate after a deploy: which of them go together."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from checks.errors import ConfigError
from checks.judge.thresholds import Environment
from checks.logs.window import AGE, parse_instant, parse_length
from checks.run.baseline import PREVIOUS, VERSION, check_baseline
from checks.run.settings import Gate

_VERSION: Final = re.compile(r"\$LATEST|[1-9]\d*")


def asked_gate(option: Callable[[str], Any], environment: Environment, now: datetime) -> Gate:
    """Read the options.

    Args:
        option: The value of an option by its name.
        environment: What is judged.
        now: When the run began.

    Raises:
        ConfigError: One can't be read, or they contradict each other.
    """
    if problem := next(_problems(option, environment), None):
        raise ConfigError(problem)
    baseline = option("baseline")
    if baseline:
        check_baseline(baseline)
    return Gate(
        since_deploy=option("since_deploy"),
        deployed=parse_instant(option("deployed_at"), "--deployed-at", now) if option("deployed_at") else None,
        version=option("function_version"),
        wait=parse_length(option("wait"), "--wait") if option("wait") else timedelta(),
        hold=option("hold"),
        baseline=baseline,
    )


def _problems(option: Callable[[str], Any], environment: Environment) -> Iterator[str]:
    """What is wrong with the options, each with what to do."""
    begins = [name for name in ("since_deploy", "deployed_at", "since", "hours") if option(name)]
    reads_files = bool(option("logs") or environment.logs)
    if len(begins) > 1 and begins[0] in {"since_deploy", "deployed_at"}:
        yield f"{' and '.join(map(_flag, begins))} all give the window's beginning; use one of them"
    if option("since_deploy") and reads_files:
        yield "--since-deploy asks AWS Lambda, and files are read here; give the time with --deployed-at"
    if option("since_deploy") and not environment.functions:
        yield f"--since-deploy: {environment.name!r} names no 'function' in thresholds.yaml; add one, or --deployed-at"
    if option("since_deploy") and option("until"):
        yield "--since-deploy: the window ends now, so --until has no say; give the beginning with --deployed-at"
    if option("wait") and reads_files:
        yield "--wait: files don't grow; it is for log groups"
    if option("wait") and option("until"):
        yield "--wait and --until both say when to stop looking; use one of them"
    if option("hold") < 1 or (option("hold") > 1 and not option("wait")):
        yield "--hold takes a number from 1 on, and needs --wait"
    if option("function_version") and not _VERSION.fullmatch(option("function_version")):
        yield f"--function-version: {option('function_version')!r} is no version; give a number, or $LATEST"
    yield from _baseline_problems(option, reads_files=reads_files, has_begin=bool(begins))


def _baseline_problems(option: Callable[[str], Any], *, reads_files: bool, has_begin: bool) -> Iterator[str]:
    baseline = option("baseline")
    if baseline == VERSION and not (option("function_version") or option("since_deploy")):
        yield "--baseline version compares a version with the others; say which, with --function-version"
    if baseline and reads_files and not has_begin and (baseline == PREVIOUS or AGE.fullmatch(baseline)):
        yield f"--baseline {baseline}: all that the files hold is judged, and nothing is left before; give --since"


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
