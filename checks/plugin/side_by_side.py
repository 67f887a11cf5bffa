"""Several environments side by side: each in a process of its own, and a matrix of their results."""

import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired
from tempfile import TemporaryFile
from typing import Final

import pytest

from checks.config.thresholds import find_environment
from checks.errors import ConfigError, OutputError
from checks.history.history import write_index
from checks.outputs import OutputSettings
from checks.outputs.github import StepOutputs, outputs_of_all
from checks.places import PACKAGE_FOLDER
from checks.plugin.options import history_store, reports_folder, thresholds_path
from checks.plugin.pytest_internals import interrupted_by_signals
from checks.report.headline import headline
from checks.report.phrases import verdict_counts
from checks.report.result import RESULT, Result, read_result
from checks.report.terminal import table_lines
from checks.text import one_line
from checks.verdicts.verdict import ExitCode, Verdict, worst_exit_code

_STOP_SECONDS: Final = 15
"""The seconds that a process may take to stop its queries and to remove unfinished reports."""


def commands_for(arguments: Sequence[str], names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the command that runs each environment alone: pytest's arguments with a single `-E`.

    A ConfigError is raised if an environment is named in another way, which every command would inherit.
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-E", "--environment", action="append", default=[])
    options, others = parser.parse_known_args(arguments)
    if list(dict.fromkeys(options.environment)) != list(names):
        raise ConfigError("several environments: write each as `-E NAME` on the command line, apart from other options")
    # -P: a folder `checks` in the current folder may be another project's
    return {name: [sys.executable, "-P", "-m", "pytest", "-E", name, *others] for name in names}


def run_commands(command_lines: Mapping[str, Sequence[str]], show: Callable[[str, str], None]) -> Mapping[str, int]:
    """Run the commands of all environments at once; stop all of them if this process is interrupted.

    Their output is shown in the order of the environments.

    Returns:
        The exit codes, by environment.
    """
    codes = {}
    with interrupted_by_signals(), ExitStack() as stack:
        if hasattr(signal, "SIGCHLD"):  # whoever ignores it gets 0 for every exit code, and passes that on
            stack.callback(signal.signal, signal.SIGCHLD, signal.signal(signal.SIGCHLD, signal.SIG_DFL))
        outputs = {name: stack.enter_context(TemporaryFile()) for name in command_lines}
        running: dict[str, Popen[bytes]] = {}
        stack.callback(_stop, running.values())
        for name, command in command_lines.items():
            running[name] = _start(command, outputs[name].fileno())
        for name, process in running.items():
            codes[name] = process.wait()
            outputs[name].seek(0)
            show(name, outputs[name].read().decode(errors="replace"))
    return codes


def _start(command: Sequence[str], output: int) -> Popen[bytes]:
    """Start a process in a session of its own: otherwise Ctrl-C would reach it twice, and disrupt its shutdown."""
    colours = {"FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
    path = os.pathsep.join(filter(None, (str(PACKAGE_FOLDER), os.environ.get("PYTHONPATH"))))
    return Popen(  # noqa: S603 -- our own program, with the arguments that it was given
        command,
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        env={**os.environ, **colours, "PYTHONPATH": path},
        start_new_session=True,
    )


def _stop(processes: Collection[Popen[bytes]]) -> None:
    """Interrupt the processes that still run, and wait for them."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(_STOP_SECONDS)
        except TimeoutExpired:
            process.kill()
            process.wait()


_MOST_OF_A_NAME: Final = 16


def matrix(exit_codes: Mapping[str, int], results: Mapping[str, Result]) -> Iterator[str]:
    """Yield the lines of the table of all environments, with a headline for those that did not pass."""
    head = ("environment", "verdict", "exit", "checks", "what happened")
    return table_lines([head, *(_row(name, code, results.get(name)) for name, code in exit_codes.items())])


def _row(name: str, code: int, result: Result | None) -> tuple[str, ...]:
    first = one_line(name, _MOST_OF_A_NAME)
    if result is None:
        return first, "none", str(code), "", "no check was completed"
    sentence = "" if result.verdict is Verdict.PASS else headline(result)
    return first, result.verdict.upper(), str(code), verdict_counts(result.checks), sentence


def read_results(folder: Path, exit_codes: Mapping[str, int]) -> Iterator[tuple[str, Result]]:
    """Yield the result of each environment in which a check was completed."""
    for name, code in exit_codes.items():
        if code != ExitCode.USAGE:  # such a run did not begin, and left even the report of an earlier run alone
            with suppress(ConfigError):  # no check was completed: the run removed the result of an earlier one
                yield name, read_result(folder / name / RESULT)


def confirmed(code: int, result: Result | None) -> int:
    """Return the exit code of an environment: a verdict only if its result says the same; Python itself also uses 1."""
    is_verdict = code in {ExitCode.PASS, ExitCode.FAIL}
    return ExitCode.BROKEN if is_verdict and (result is None or result.exit_code != code) else code


_OF_ONE_ENVIRONMENT: Final = {
    "keep_logs": "--keep-logs",
    "log_group": "--log-group",
    "htmlpath": "--html",
    "xmlpath": "--junitxml",
    "collectonly": "--collect-only",
    "usepdb": "--pdb",
}
"""The options that name a single place or need the terminal, by their destination."""


def run_several(config: pytest.Config, names: Sequence[str]) -> int:
    """Run environments side by side, each in a process of its own; return the exit code that stands for all."""
    refused = [option for destination, option in _OF_ONE_ENVIRONMENT.items() if config.getoption(destination, None)]
    refused += ["--logs -"] if "-" in config.getoption("logs") else []
    if refused:
        raise ConfigError(f"{', '.join(refused)}: for one environment, not for {', '.join(names)}; run them one by one")
    for name in names:
        find_environment(thresholds_path(config), name)
    return _run_side_by_side(config, commands_for(config.invocation_params.args, names))


def _run_side_by_side(config: pytest.Config, command_lines: Mapping[str, Sequence[str]]) -> int:
    """Run the commands, print the output of each and the table of all results, and return the exit code."""
    names = one_line(", ".join(command_lines))
    _print(f"Side by side: {names}")
    try:
        codes = run_commands(command_lines, lambda name, printed: _print(f"\n=== {one_line(name)} ===\n{printed}"))
    except KeyboardInterrupt:
        _print(f"Interrupted: {names}")
        return ExitCode.INTERRUPTED
    results = dict(read_results(reports_folder(config), codes))
    codes = {name: confirmed(code, results.get(name)) for name, code in codes.items()}
    _print("=== All environments ===")
    for line in (*matrix(codes, results), *map(one_line, write_index(history_store(config), reports_folder(config)))):
        _print(line)
    code = worst_exit_code(codes.values())
    verdicts = {name: result.verdict for name, result in results.items()}
    _write_step_outputs(config, outputs_of_all(codes, verdicts, code))
    return code


def _write_step_outputs(config: pytest.Config, text: str) -> None:
    """Write the outcome of all environments for the later steps of a GitHub job."""
    outputs = StepOutputs.from_settings(OutputSettings(config.getoption, os.environ))
    try:
        if outputs:
            outputs.append(text)
    except OutputError as error:
        _print(f"{StepOutputs.name}: {error}")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- no session of pytest, no terminal reporter
