"""Whatever step of a run breaks, the run ends with an exit code that is not a verdict, one line, and no result."""

import errno
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.engine import Engine
from checks.plugin.pytest_internals import interrupted_by_signals
from tests.health_run import health_run, log

FULL = OSError(errno.ENOSPC, "No space left on device")
ANALYSIS = "checks.analysis.engine.Engine.run"
STEPS: dict[str, tuple[BaseException, int]] = {
    "checks.plugin.health_session.HealthSession.from_config": (ValueError("odd"), 3),
    "checks.plugin.health_session.HealthSession.prepare": (FULL, 12),
    "checks.run.log_reader.LogReader.read": (FULL, 12),
    ANALYSIS: (RuntimeError("Query interrupted"), 2),
    "checks.run.snapshot.Snapshot.judge": (MemoryError(), 12),
    "checks.run.run.find_evidence": (RuntimeError("Query interrupted"), 2),
    "checks.run.run.Run.result": (ValueError("odd"), 3),
    "checks.plugin.health_session.write_result": (FULL, 12),
    "checks.plugin.health_session.HealthSession.page": (ValueError("odd"), 3),
    "checks.plugin.health_session.HealthSession.summary": (UnicodeError("odd"), 3),
    "checks.plugin.health_session.finish": (FULL, 12),
    "checks.plugin.health_session.write_outputs": (KeyboardInterrupt(), 2),
}


def test_no_step_that_breaks_is_a_verdict(pytester: pytest.Pytester) -> None:
    """The exit code is neither 0 nor 1, whatever the service, and there is no traceback."""
    file = log(pytester, '{"timestamp": 1780389000000, "message": "post to Qw7LmXa9oAMCKbg= failed: 410 Gone"}')
    made: list[tuple[Analysis, Engine]] = []

    def analysed_once(*arguments: Any, **settings: Any) -> tuple[Analysis, Engine]:
        made[:] = made or [analyse(*arguments, **settings)]
        return made[0]

    wrong = {}
    for step, (error, code) in STEPS.items():

        def broken(*_: object, error: BaseException = error, **__: object) -> Iterator[None]:
            raise error

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(step, broken)
            if step != ANALYSIS:  # what comes behind it needs no other one
                patch.setattr("checks.run.log_reader.analyse", analysed_once)
            run = health_run(pytester, "--logs", file)
        left = [name for name in run.reports if name != "cases"]
        if run.code != code or left or "Traceback" in run.text or "INTERNALERROR" in run.text:
            wrong[step] = (run.code, left, run.lines[-3:])
    assert not wrong, "\n".join(f"{step}: {what}" for step, what in wrong.items())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_that_end_a_process_are_ctrl_c(number: signal.Signals) -> None:
    """The signal interrupts the run like Ctrl-C, and afterwards has its earlier handler."""
    outer = signal.signal(number, signal.SIG_DFL)  # these tests may themselves be run with `nohup`
    try:
        with pytest.raises(KeyboardInterrupt), interrupted_by_signals():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, outer)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_ignored_signal_stays_ignored(number: signal.Signals) -> None:
    """A run that was started with `nohup` goes on when its terminal is closed."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with interrupted_by_signals():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
