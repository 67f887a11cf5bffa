"""The command-line options, and the settings of a run that follow from them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from checks.config.environment import CONFIGURED, Environment, Probe, named_groups
from checks.config.scalars import LAKE, check_lake
from checks.config.thresholds import find_environment
from checks.errors import ConfigError
from checks.history.history import LAST_RUN, WindowStart, window_start
from checks.history.store import FOLDER_NAME, Store, open_store
from checks.metrics import Subject
from checks.outputs import output_options
from checks.places import COMMAND, COMMAND_CONFIGURATION, DEFAULT_ENVIRONMENT, REPORTS, THRESHOLDS, expanded
from checks.places import project_folder as find_project
from checks.report.result import Result
from checks.run.baseline import OTHER_VERSIONS, PREVIOUS, check_baseline, earlier_run
from checks.run.settings import DEFAULT_LENGTH, Gate, Settings
from checks.text import display_path, unknown_name
from checks.units import is_duration, parse_positive
from checks.window import Window, parse_file_window, parse_hours, parse_instant, parse_length, parse_window, utc_now

OPTION_GROUP: Final = "health checks"
_VERSION: Final = re.compile(r"\$LATEST|[1-9]\d*")


EARLIER_RUN: Final = pytest.StashKey[Result | None]()
"""The run that `--baseline` names by its result.json, read before this run's reports replace that file."""


def gate_from_options(config: pytest.Config, environment: Environment, now: datetime) -> Gate:
    """Return the settings of the gate after a deploy."""
    option = config.getoption
    if problem := next(_problems(option, environment), None):
        raise ConfigError(problem)
    baseline = option("baseline")
    earlier = config.stash.get(EARLIER_RUN, None) or earlier_run(baseline)
    if baseline:
        check_baseline(baseline, environment.name, earlier)
    return Gate(
        since_deploy=option("since_deploy"),
        deployed=parse_instant(option("deployed_at"), "--deployed-at", now) if option("deployed_at") else None,
        warm_up=parse_length(option("warm_up"), "--warm-up") if option("warm_up") else timedelta(),
        version=option("function_version"),
        wait=parse_length(option("wait"), "--wait") if option("wait") else timedelta(),
        hold=_polls(option("hold")),
        baseline=baseline,
        earlier=earlier,
    )


def _problems(option: Callable[[str], Any], environment: Environment) -> Iterator[str]:  # noqa: C901, PLR0912 -- a list
    """Yield the problems with the options, each with what to do."""
    begins = [name for name in ("since_deploy", "deployed_at", "since", "hours") if option(name)]
    files, lake = _files_and_lake(option, environment)
    if len(begins) > 1 and begins != ["since_deploy", "deployed_at"] and begins[0] in {"since_deploy", "deployed_at"}:
        yield f"{' and '.join(map(_flag, begins))} each set the start of the window; use one of them"
    if option("since_deploy") and files:
        yield "--since-deploy asks AWS Lambda, but this run reads files; give the time with --deployed-at"
    if option("since_deploy") and not environment.functions:
        yield f"--since-deploy: {environment.name!r} has no 'function' in thresholds.yaml; add it, or use --deployed-at"
    if option("since_deploy") and option("until"):
        yield "--since-deploy: the window ends now, so --until has no effect; give the start with --deployed-at"
    if option("warm_up") and not (option("since_deploy") or option("deployed_at")):
        yield "--warm-up leaves out the time after a deploy; say when that was, with --since-deploy or --deployed-at"
    if option("wait") and files:
        yield "--wait: files don't grow; it works with log groups only"
    if lake and (soon := [name for name in ("wait", "probe") if option(name)]):
        yield f"{_flag(soon[0])}: a lake has new events minutes later; read the log groups, with --log-group"
    if option("wait") and option("until"):
        yield "--wait and --until both say when to stop looking; use one of them"
    if (hold := _polls(option("hold"))) > 1 and not option("wait"):
        yield f"--hold {hold} counts the polls of --wait; say how long to poll, such as --wait 15m"
    if option("keep_reports") < 0:
        yield f"--keep-reports: invalid number of runs {option('keep_reports')}; use 0 or more"
    if option("function_version") and not _VERSION.fullmatch(option("function_version")):
        yield f"--function-version: invalid version {option('function_version')!r}; use a number, or $LATEST"
    baseline = option("baseline")
    if baseline == OTHER_VERSIONS and not (option("function_version") or option("since_deploy")):
        yield "--baseline version compares a version with the others; say which, with --function-version"
    if baseline and files and not begins and (baseline == PREVIOUS or is_duration(baseline)):
        yield f"--baseline {baseline}: the whole file is judged, and nothing is left before it; give --since"


def _polls(text: str) -> int:
    try:
        return parse_positive(text)
    except ValueError as error:
        raise ConfigError(f"--hold: invalid number of polls {text!r}; use 1 or more") from error


_Places: TypeAlias = tuple[str, ...]


def _files_and_lake(option: Callable[[str], Any], environment: Environment) -> tuple[_Places, _Places]:
    """Return the files to read, and the lake to read; both are empty if CloudWatch is read."""
    if logs := tuple(option("logs")):
        try:
            lake = tuple(place for place in map(check_lake, logs) if place.startswith(LAKE))
        except ValueError as error:
            raise ConfigError(f"--logs: {error}") from error
        if lake and lake != logs:
            raise ConfigError(f"--logs: {lake[0]} and files can't be read together; read them one after the other")
        return () if lake else logs, lake
    at_once = any(map(option, ("wait", "probe", "keep_logs")))  # these need log groups, if the environment has some
    if option("log_group") or (environment.log_groups and (at_once or environment.source != "auto")):
        return (), ()
    return ((display_path(environment.logs),) if environment.logs else ()), (environment.lake,) * bool(environment.lake)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


ANALYSES: Final[Mapping[str, Subject]] = {subject.value: subject for subject in Subject if subject is not Subject.DATA}
"""The subjects that `--analysis` selects by name."""
AddOption: TypeAlias = Callable[..., object]
"""The method of a parser that adds an option: pytest's and argparse's have the same parameters."""


def add_options(add: AddOption) -> None:
    """Add the options of the checks to a parser."""
    _add_window_options(add)
    _add_gate_options(add)
    _add_log_options(add)
    _add_report_options(add)


def _add_window_options(add: AddOption) -> None:
    text = f"environment of thresholds.yaml ({DEFAULT_ENVIRONMENT}); repeatable, to run several side by side"
    add("-E", "--environment", action="append", default=[], metavar="NAME", help=text)
    text = f"analyses to run: {', '.join(ANALYSES)} or all (all); repeatable, or separated by commas"
    add("-A", "--analysis", action="append", metavar="NAME", help=text)
    text = "length of the window, which ends at --until (24), or with the last event of files"
    add("-T", "--hours", metavar="HOURS", help=text)
    text = "start of the window: ISO 8601 in UTC, an age such as 20m, 2h, 3d, or "
    add("--since", metavar="TIME", help=f"{text}{LAST_RUN}: where its window ended")
    add("--until", metavar="TIME", help="end of the window, given in the same way (now; for files, their last event)")


def _add_gate_options(add: AddOption) -> None:
    add("--since-deploy", action="store_true", help="start the window when the function's new code went live")
    add("--deployed-at", metavar="TIME", help="start the window at this time, when a deploy went live")
    add("--warm-up", metavar="TIME", help="leave out this long after the deploy, such as 2m: cold starts are slow")
    add("--function-version", metavar="N", help="judge only what this version of the function logged: 42, or $LATEST")
    text = "keep polling for up to TIME, such as 15m, until every check has its sample or one has failed"
    add("--wait", metavar="TIME", help=text)
    text = "also open connections and look for each in the logs: at a URL (wss://…), or the one of thresholds.yaml "
    add("--probe", metavar="WHERE", help=f"{text}({CONFIGURED})")
    add("--hold", default="1", metavar="N", help="with --wait: consecutive healthy polls required (1)")
    text = (
        "baseline of max_increase and errors.new_signatures: previous (the same time before the window), an "
        "age such as 24h, version (the other versions), or a result.json"
    )
    add("--baseline", type=expanded, metavar="WHAT", help=text)


def _add_log_options(add: AddOption) -> None:
    text = (
        "file, folder or glob to read, or - for standard input: without --since and --hours all of it is judged; "
        "or a lake, s3://BUCKET/PREFIX; repeatable"
    )
    add("--logs", action="append", type=expanded, default=[], metavar="PATH", help=text)
    text = "CloudWatch log group to read instead of the environment's; * stands for any characters; repeatable"
    add("--log-group", action="append", default=[], metavar="NAME", help=text)
    add("--read-timeout", metavar="TIME", help="how long a read from AWS may take (15m, and 1h per day of window)")
    text = "keep the events read from CloudWatch, to judge them again with --logs FOLDER"
    add("--keep-logs", type=expanded, metavar="FOLDER", help=text)


def _add_report_options(add: AddOption) -> None:
    text = "limits (thresholds.yaml of the current folder, or the nearest above it)"
    add("--thresholds", type=expanded, metavar="FILE", help=text)
    add("--strict-warnings", action="store_true", help="end with exit code 10 if a limit warns")
    text = "where the reports go (reports beside the nearest thresholds.yaml)"
    add("--report-dir", type=expanded, metavar="FOLDER", help=text)
    add("--keep-reports", type=int, default=10, metavar="N", help="keep the reports of the last N runs (10)")
    text = f"where runs are remembered: a folder, or s3://BUCKET/PREFIX ({FOLDER_NAME} in the folder of the reports)"
    add("--history", type=expanded, metavar="PLACE", help=text)
    text = "show the values of log lines that reports replace with [value]; the usual secrets stay redacted"
    add("--show-values", action="store_true", help=text)
    for name, settings in output_options():
        add(name, **settings)


def project_folder(config: pytest.Config) -> Path:
    """Return the folder of thresholds.yaml and the reports: the nearest, or the checkout if called from outside."""
    here = config.invocation_params.dir
    is_inside = config.inipath == COMMAND_CONFIGURATION or here.is_relative_to(config.rootpath)
    return find_project(here) if is_inside else config.rootpath


def thresholds_path(config: pytest.Config) -> Path:
    """Return the file of the limits."""
    return Path(config.getoption("thresholds") or project_folder(config) / THRESHOLDS)


def reports_folder(config: pytest.Config) -> Path:
    """Return the folder of the reports of all environments."""
    return Path(config.getoption("report_dir") or project_folder(config) / REPORTS)


def history_store(config: pytest.Config) -> Store:
    """Return the history in which runs are remembered."""
    return open_store(config.getoption("history") or str(reports_folder(config) / FOLDER_NAME))


def environment_names(config: pytest.Config) -> list[str]:
    """Return the names of the environments to run, without repetitions."""
    return list(dict.fromkeys(config.getoption("environment"))) or [DEFAULT_ENVIRONMENT]


def settings_from_options(config: pytest.Config, name: str) -> Settings:
    """Return the settings of a run."""
    option = config.getoption
    _refuse_empty(option)
    if "," in name:
        raise ConfigError(f"-E {name} is one name", f"repeat it: `{' '.join(f'-E {one}' for one in name.split(','))}`")
    file = thresholds_path(config)
    now, logs = utc_now(), tuple(option("logs"))
    environment = find_environment(file, name, must_exist=bool(option("thresholds"))).at(now)
    gate = gate_from_options(config, environment, now)
    if logs and (option("log_group") or option("keep_logs")):
        raise ConfigError("--logs is read instead of CloudWatch; it excludes --log-group and --keep-logs")
    begin = _window_start(config, environment, now) if option("since") == LAST_RUN else None
    since = begin.since.isoformat() if begin else option("deployed_at") or option("since")
    if gate.deployed and gate.warm_up:
        since = (gate.deployed + gate.warm_up).isoformat()
    begin_option = "--deployed-at" if option("deployed_at") else "--since"
    files, lake = _files_and_lake(option, environment)
    if (files or lake) and option("keep_logs"):
        raise ConfigError(f"--keep-logs keeps events read from CloudWatch, but {name!r} reads {(*files, *lake)[0]}")
    return Settings(
        program=(COMMAND,) if config.inipath == COMMAND_CONFIGURATION else ("python", "-m", "pytest"),
        environment=environment,
        logs=logs,
        files=files,
        lake=lake,
        log_groups=named_groups(option("log_group")),
        window=None if files else _window_from_options(option, since, gate, now),
        file_window=parse_file_window(since, *_end_and_length(option), now, begin_option) if files else None,
        continued=begin,
        thresholds=option("thresholds"),
        keep_logs=Path(option("keep_logs")) if option("keep_logs") else None,
        subjects=_subjects(option("analysis") or ["all"]),
        report_folder=reports_folder(config) / environment.name,
        now=now,
        strict_warnings=option("strict_warnings"),
        gate=gate,
        probe=_probe(option, environment),
        show_values=option("show_values"),
        read_timeout=parse_length(option("read_timeout"), "--read-timeout") if option("read_timeout") else None,
    )


def _refuse_empty(option: Callable[[str], Any]) -> None:
    """Refuse empty values: `--deployed-at "$DEPLOYED_AT"` without that variable would judge another window."""
    flags: list[str] = []
    add_options(lambda *names, **_: flags.append(names[-1]))
    for flag in flags:
        value = option(flag.lstrip("-").replace("-", "_"))
        if value == "" or (isinstance(value, list) and "" in value):
            raise ConfigError(f"{flag} is empty: is the variable that it comes from set?")


def _subjects(analyses: Sequence[str]) -> tuple[Subject, ...]:
    """Return the subjects of the analyses that `--analysis` names, one or several at a time."""
    names = {name.strip() for text in analyses for name in text.split(",")}
    for name in sorted(names - {"all", *ANALYSES}):
        raise ConfigError(f"--analysis: {unknown_name('analysis', name, ['all', *ANALYSES])}")
    return tuple(Subject) if "all" in names else tuple(subject for name, subject in ANALYSES.items() if name in names)


def _probe(option: Callable[[str], Any], environment: Environment) -> Probe | None:
    """Return the connections to open; None without `--probe`."""
    if option("probe") is None:
        return None
    from checks.resources.probe import probe_from_options  # noqa: PLC0415 -- few runs have probes

    return probe_from_options(option, environment)


def _end_and_length(option: Callable[[str], Any]) -> tuple[str | None, float | None]:
    """Return the end of the window, and its length in hours."""
    return option("until"), parse_hours(option("hours"), "--hours") if option("hours") else None


def _window_from_options(option: Callable[[str], Any], since: str | None, gate: Gate, now: datetime) -> Window | None:
    """Return the window to judge; a gate that waits may begin with a deploy just now or in the future."""
    if not gate.wait or since is None:
        return parse_window(since, *_end_and_length(option), now)
    begin = parse_instant(since, "--since", now)
    return Window(begin, max(now, begin + timedelta(seconds=1)))


def _window_start(config: pytest.Config, environment: Environment, now: datetime) -> WindowStart:
    """Return the start of the window of `--since last-run`."""
    option = config.getoption
    if option("logs") or option("log_group") or environment.logs:
        raise ConfigError(
            f"--since {LAST_RUN} works with the environment's own log groups or lake only, "
            "not with files, --logs or --log-group; give a time instead"
        )
    until = parse_instant(option("until"), "--until", now) if option("until") else now
    return window_start(history_store(config), environment.name, until, DEFAULT_LENGTH)
