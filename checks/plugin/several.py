"""Several environments in one run: what each printed, then what all of them came to."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from checks.analysis.engine import pattern_error
from checks.errors import ConfigError
from checks.history.keeping import write_index
from checks.judge.outcome import worst_exit_code
from checks.judge.problems import display
from checks.judge.starter import find_environment
from checks.outputs.variables import outputs_of_all
from checks.plugin.asked import history, reports_folder, thresholds_file
from checks.report.matrix import matrix, verdicts
from checks.report.text import printable
from checks.side_by_side import commands, run

_MISTAKE: Final = pytest.ExitCode.USAGE_ERROR
"""Of a run that has touched no report, not even an earlier one's."""
_OF_ONE_ENVIRONMENT: Final = {
    "keep_logs": "--keep-logs",
    "log_group": "--log-group",
    "htmlpath": "--html",
    "xmlpath": "--junitxml",
    "collectonly": "--collect-only",
    "usepdb": "--pdb",
}
"""Options that name one place, or need the terminal, by the name of their value."""


def run_several(config: pytest.Config, names: Sequence[str]) -> int:
    """Run environments side by side, each in a process of its own; return the exit code that stands for all.

    Raises:
        ConfigError: One of them does not exist, or an option is for one environment only.
    """
    _refuse_what_one_environment_takes(config, names)
    for name in names:
        find_environment(thresholds_file(config), name, pattern_error)
    return _run_side_by_side(config, commands(config.invocation_params.args, names))


def _refuse_what_one_environment_takes(config: pytest.Config, names: Sequence[str]) -> None:
    given = [option for destination, option in _OF_ONE_ENVIRONMENT.items() if config.getoption(destination, None)]
    given += ["--logs -"] if "-" in config.getoption("logs") else []
    if given:
        raise ConfigError(f"{', '.join(given)}: for one environment, not for {', '.join(names)}; run them one by one")


def _run_side_by_side(config: pytest.Config, command_lines: Mapping[str, Sequence[str]]) -> int:
    """Run the commands, print what each environment printed and what all of them came to; return the exit code."""
    names = printable(", ".join(command_lines))
    _print(f"Side by side: {names}")
    try:
        codes = run(command_lines, lambda name, printed: _print(f"\n=== {printable(name)} ===\n{printed}"))
    except KeyboardInterrupt:
        _print(f"Interrupted: {names}")
        return pytest.ExitCode.INTERRUPTED
    judged = {name: reports_folder(config) / name / "result.json" for name, code in codes.items() if code != _MISTAKE}
    _print("=== All environments ===")
    for line in (*matrix(codes, judged), *map(printable, write_index(history(config), reports_folder(config)))):
        _print(line)
    code = worst_exit_code(codes.values())
    _tell_step(outputs_of_all(codes, verdicts(judged), code))
    return code


def _tell_step(outputs: str) -> None:
    """Let the steps of a GitHub job that follow know what all of them came to."""
    file = os.environ.get("GITHUB_OUTPUT")
    try:
        if file:
            with Path(file).open("a", encoding="utf-8") as stream:
                stream.write(outputs)
    except OSError as error:
        _print(f"step outputs: {display(Path(file or ''))} could not be written: {error.strerror}")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- without a session of pytest there is no terminal reporter
