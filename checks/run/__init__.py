"""One run of the checks: what was asked for, what was read, and what was judged."""

from checks.run.run import Run
from checks.run.settings import DEFAULT_LENGTH, Settings

__all__ = ["DEFAULT_LENGTH", "Run", "Settings"]
