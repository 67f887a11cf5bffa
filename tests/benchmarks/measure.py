"""Runs a command in a fresh process, and measures its time and memory."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
MIB: Final = 1 << 20
_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a process.

    Attributes:
        seconds: Wall-clock time from its start to its end.
        peak_bytes: Its peak memory.
        exit_code: Its exit code.
        cpu_seconds: Processor time on all cores, which other load on the machine affects less.
    """

    seconds: float
    peak_bytes: int
    exit_code: int
    cpu_seconds: float


def python(*arguments: str, log: Path) -> Cost:
    """Run this Python in the repository's folder; its output goes to `log`."""
    return run([sys.executable, *arguments], log)


def run(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run any command in the same way, with environment variables added to this process's own."""
    env = {**os.environ, **(environment or {})}
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env
        )
        _, status, usage = os.wait4(process.pid, 0)  # Popen's own wait does not report this child's memory
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(seconds, usage.ru_maxrss * _MAXRSS_UNIT, process.returncode, usage.ru_utime + usage.ru_stime)
