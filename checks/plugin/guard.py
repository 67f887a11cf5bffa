"""The guard around a run: the one place that decides its exit code.

Exit code 1 means that the service is unhealthy, and 0 that it is healthy: a run has these by its result alone, once all
of it is written. Whatever else breaks a run off ends it with another code and one line, and leaves no result.
"""

import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

import pytest
from _pytest.outcomes import OutcomeException

from checks.plugin.health_session import HealthSession
from checks.plugin.pytest_internals import output_problem
from checks.verdicts.ending import ending
from checks.verdicts.verdict import ExitCode

SESSION: Final = pytest.StashKey[HealthSession]()
_SIGNALS: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_OF_VERDICTS: Final = frozenset({ExitCode.PASS, ExitCode.FAIL})


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int, int]:
    """Run, and return the exit code."""
    with interrupted_by_signals():
        try:
            code = yield
        except pytest.UsageError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            if SESSION not in config.stash:
                raise
            code = _break_off(config, error)
    return _exit_code(config, code)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Write the reports; where one can't be written, there is none."""
    try:
        return (yield)
    except (Exception, KeyboardInterrupt) as error:
        if SESSION not in session.config.stash:
            raise
        session.exitstatus = _break_off(session.config, error)
    return None


def _break_off(config: pytest.Config, error: BaseException) -> ExitCode:
    code, line = ending(error)
    with suppress(OSError):
        config.stash[SESSION].discard()
    with suppress(OSError, ValueError):
        print(f"error: {line}", file=sys.stderr)  # noqa: T201 -- the terminal of pytest may be what broke
    return code


def _exit_code(config: pytest.Config, code: int) -> int:
    """The exit code of the process: of the result where there is one, of what broke the run off where there is none."""
    health = config.stash.get(SESSION, None)
    if health is None or config.option.collectonly:
        return code
    if health.result is not None and code == health.result.exit_code:
        problem = output_problem(config)
        return _break_off(config, problem) if problem else code
    return int(ExitCode.BROKEN) if code in _OF_VERDICTS else code


@contextmanager
def broken_off(otherwise: ExitCode = ExitCode.BROKEN) -> Iterator[None]:
    """End the session with one line where anything is raised that is no outcome of a test.

    Args:
        otherwise: The exit code where the error tells no other.
    """
    try:
        yield
    except (OutcomeException, pytest.UsageError):
        raise
    except Exception as error:  # noqa: BLE001 -- it is told in a line, with its place
        code, line = ending(error, otherwise)
        raise pytest.exit.Exception(line, int(code)) from None


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Take the signals by which pipelines, containers and terminals end a process for Ctrl-C."""
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
