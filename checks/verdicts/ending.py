"""The ending of a run that an error breaks off: its exit code, never that of a verdict, and one line for people."""

from pathlib import Path
from traceback import extract_tb
from typing import Final

from checks.errors import ConfigError, HealthCheckError
from checks.verdicts.verdict import ExitCode

_PACKAGE: Final = Path(__file__).parents[1]
_LONGEST: Final = 300


def ending(error: BaseException, otherwise: ExitCode = ExitCode.BROKEN) -> tuple[ExitCode, str]:
    """Return the exit code of a run that an error broke off, and why in one line.

    Args:
        error: Of whatever kind.
        otherwise: The code where the error tells no more than that something is broken.
    """
    if is_interruption(error):
        return ExitCode.INTERRUPTED, "interrupted"
    if isinstance(error, ConfigError):
        return ExitCode.USAGE, str(error)
    if isinstance(error, HealthCheckError):
        return ExitCode.ERROR, str(error)
    if isinstance(error, MemoryError) or "Out of Memory" in str(error):
        return ExitCode.ERROR, "out of memory; give the process more, or judge a shorter window"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return ExitCode.ERROR, f"{place}{error.strerror or error}"
    return otherwise, f"{_first_line(error)} ({_place(error)}); this is a fault of the checks, not of the service"


def is_interruption(error: BaseException) -> bool:
    """Whether an error is Ctrl-C, or what DuckDB makes of it."""
    return isinstance(error, KeyboardInterrupt) or "Query interrupted" in str(error) or "INTERRUPT" in str(error)[:20]


def _first_line(error: BaseException) -> str:
    line = f"{type(error).__name__}: {error}".partition("\n")[0]
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _place(error: BaseException) -> str:
    """The last place in the package that the error passed."""
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "unknown place"
