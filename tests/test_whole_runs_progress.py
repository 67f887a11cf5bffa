"""Whole runs on a slow CloudWatch: a progress bar on a terminal, lines elsewhere, nothing with -q."""

import os
import pty
import re
import subprocess
import termios
from collections.abc import Iterator
from typing import Final

import pytest

from checks.report import terminal
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.health_run import ROOT, health_run, thresholds
from tests.own_process import PYTEST
from tests.simulator import emit, scenarios

GROUP: Final = "/aws/lambda/dev-chat-handler"
WINDOW: Final = ("--since", "2026-06-02T00:00:00Z", "--until", "2026-06-02T20:00:00Z")
LINE: Final = re.compile(r"reading logs: \d+% of the time, [\d,]+ events, [\d,]+/s")
BAR: Final = re.compile(r"\rReading logs: +\d+% \|[^|]*\| \d\d:\d\d, [\d,]+ events, [\d,]+/s(?=\r)")
_CONTROL: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A read of about a second: 13 calls, up to eight at a time."""
    group = Group(GROUP).fill(emit.events(scenarios.unhealthy(60, seed=7)))
    with reached(monkeypatch, group, behaviour=Behaviour(latency_seconds=0.3)):
        yield


def on_a_terminal(pytester: pytest.Pytester, *options: str) -> str:
    """Return all that a run writes to a terminal of 100 columns."""
    limits = thresholds(pytester, "gone.errors: 500")
    command = [*PYTEST, "--thresholds", str(limits)]
    command += ["--report-dir", str(pytester.path / "reports"), *WINDOW, *options]
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        written = b"".join(iter(lambda: _part(ours), b""))
        os.close(ours)
    assert running.returncode == 0, written.decode()
    return written.decode()


def _part(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # so Linux says that nobody has it open any more
        return b""


def seen(written: str) -> list[str]:
    """Return what remains on the terminal, without colours: text after a carriage return hides what was there."""
    return [_overwritten(line) for line in _CONTROL.sub("", written).replace("\r\n", "\n").split("\n")]


def _overwritten(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def test_a_terminal_shows_a_bar_while_logs_are_read(pytester: pytest.Pytester) -> None:
    """It grows in one line, and disappears: what remains is the output of a run without it."""
    written = on_a_terminal(pytester)
    bars = BAR.findall(written)
    assert len(set(bars)) > 2
    assert "100%" in bars[-1]
    shown = seen(written)
    assert not [line for line in shown if "Reading logs" in line or "|" in line]
    assert any(line.startswith(".") for line in shown)
    assert any(re.fullmatch(r"=+ 1 passed in .* =+", line) for line in shown[-2:])


def test_a_quiet_run_shows_no_bar(pytester: pytest.Pytester) -> None:
    """With -q, even a terminal shows none."""
    written = on_a_terminal(pytester, "-q")
    assert "eading logs" not in written
    assert "dev: PASS" in written


def test_elsewhere_there_are_lines(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the log of a pipeline a bar would be garbage."""
    monkeypatch.setattr(terminal, "_LINE_EVERY_SECONDS", 0.2)
    done = health_run(pytester, "--thresholds", thresholds(pytester, "gone.errors: 500"), *WINDOW)
    lines = [line for line in done.lines if "eading logs" in line]
    assert len(lines) > 1
    assert all(LINE.fullmatch(line) for line in lines)
    assert "\r" not in done.text
