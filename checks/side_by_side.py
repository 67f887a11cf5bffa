"""Several environments in one run: each in a process of its own, all at once."""

import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired
from tempfile import TemporaryFile
from typing import Final

from checks.errors import ConfigError

_STOP_SECONDS: Final = 15
"""How long a process may take to stop its queries and to remove what it has not finished."""


def commands(arguments: Sequence[str], names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """What runs each environment alone.

    Args:
        arguments: Of the command line, as pytest was called with them.
        names: The environments that pytest understood them, and PYTEST_ADDOPTS, to ask for.

    Raises:
        ConfigError: An environment is asked for in a way that a process of its own would repeat.
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-E", "--environment", action="append", default=[])
    found, others = parser.parse_known_args(arguments)
    if list(dict.fromkeys(found.environment)) != list(names):
        raise ConfigError("several environments: write each as `-E NAME` on the command line, apart from other options")
    # -P: a folder `checks` in the current one is another's
    return {name: [sys.executable, "-P", "-m", "pytest", "-E", name, *others] for name in names}


def run(command_lines: Mapping[str, Sequence[str]], show: Callable[[str, str], None]) -> Mapping[str, int]:
    """Run all at once; all are stopped where this process is interrupted.

    Args:
        command_lines: By environment.
        show: Called with an environment and all that it printed, in the order of `command_lines`.

    Returns:
        The exit codes, by environment.
    """
    codes = {}
    with ExitStack() as stack:
        stack.enter_context(_interrupted_by_sigterm())
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
    """Start a process, in a session of its own: else Ctrl-C would reach it twice, and disturb it while it stops."""
    colours = {"FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
    return Popen(  # noqa: S603 -- our own program, with the arguments that it was given
        command,
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        env={**os.environ, **colours},
        start_new_session=True,
    )


def _stop(processes: Collection[Popen[bytes]]) -> None:
    """Interrupt those that still run, and wait for them."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(_STOP_SECONDS)
        except TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Take the signal by which pipelines and containers stop a process for Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
