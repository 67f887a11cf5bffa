"""What the command line asks for, and where this project keeps what that needs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.analysis.engine import pattern_error
from checks.analysis.metrics import Subject
from checks.entry import COMMAND, COMMAND_CONFIGURATION
from checks.errors import ConfigError
from checks.history.continuing import LAST_RUN, Beginning, beginning
from checks.history.place import FILE_NAME, open_store
from checks.history.store import Store
from checks.judge.starter import DEFAULT_ENVIRONMENT, find_environment
from checks.judge.thresholds import Environment
from checks.logs.groups import LogGroup
from checks.logs.window import Window, parse_instant, parse_window
from checks.plugin.options import ANALYSES
from checks.run import DEFAULT_LENGTH, Settings
from checks.run.gate import asked_gate
from checks.run.settings import Gate


def project(config: pytest.Config) -> Path:
    """Where thresholds.yaml and the reports are: in the checkout, or wherever the command is called."""
    return config.invocation_params.dir if config.inipath == COMMAND_CONFIGURATION else config.rootpath


def thresholds_file(config: pytest.Config) -> Path:
    """The limits."""
    return Path(config.getoption("thresholds") or project(config) / "thresholds.yaml")


def reports_folder(config: pytest.Config) -> Path:
    """The folder of the reports of all environments."""
    return Path(config.getoption("report_dir") or project(config) / "reports")


def history(config: pytest.Config) -> Store:
    """Where runs are remembered."""
    return open_store(config.getoption("history") or str(reports_folder(config) / FILE_NAME))


def environments(config: pytest.Config) -> list[str]:
    """The names of those to run, each once."""
    return list(dict.fromkeys(config.getoption("environment"))) or [DEFAULT_ENVIRONMENT]


def settings(config: pytest.Config, name: str) -> Settings:
    """All that a run needs to know.

    Args:
        config: With the options.
        name: Of the environment.

    Raises:
        ConfigError: The options contradict each other, or thresholds.yaml is wrong.
    """
    option = config.getoption
    file = thresholds_file(config)
    environment = find_environment(file, name, pattern_error)
    logs = tuple(option("logs"))
    now = datetime.now(UTC)
    gate = asked_gate(option, environment, now)
    asked = set(option("analysis") or ["all"])
    if logs and (option("log_group") or option("keep_logs")):
        raise ConfigError("--logs is read in place of CloudWatch; it excludes --log-group and --keep-logs")
    begin = _beginning(config, environment, now) if option("since") == LAST_RUN else None
    since = begin.since.isoformat() if begin else option("deployed_at") or option("since")
    return Settings(
        program=(COMMAND,) if config.inipath == COMMAND_CONFIGURATION else ("python", "-m", "pytest"),
        environment=environment,
        logs=logs,
        log_groups=tuple(LogGroup(name, None) for name in option("log_group")),
        window=_window(option, since, gate, now),
        notes=(begin.note,) if begin else (),
        is_continued=begin is not None and begin.is_certain,
        thresholds=option("thresholds"),
        keep_logs=Path(option("keep_logs")) if option("keep_logs") else None,
        subjects=tuple(Subject) if "all" in asked else tuple(ANALYSES[name] for name in ANALYSES if name in asked),
        report_folder=reports_folder(config) / environment.name,
        now=now,
        strict_warnings=option("strict_warnings"),
        gate=gate,
    )


def _window(option: Callable[[str], Any], since: str | None, gate: Gate, now: datetime) -> Window | None:
    """What is judged; a gate that waits may begin with a deploy that is just over, or still to come."""
    if not gate.wait or since is None:
        return parse_window(since, option("until"), option("hours"), now)
    begin = parse_instant(since, "--since", now)
    return Window(begin, max(now, begin + timedelta(seconds=1)))


def _beginning(config: pytest.Config, environment: Environment, now: datetime) -> Beginning:
    """Where the window of `--since last-run` begins."""
    option = config.getoption
    if option("logs") or option("log_group") or environment.logs:
        raise ConfigError(
            f"--since {LAST_RUN}: only the environment's own log groups have one, no files and no --log-group; "
            "give a time instead"
        )
    until = parse_instant(option("until"), "--until", now) if option("until") else now
    return beginning(history(config), environment.name, until, DEFAULT_LENGTH)
