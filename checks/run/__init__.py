"""One run of the checks: what was asked for, what was read, and what was judged."""

from checks.run.run import Run
from checks.run.settings import Settings

__all__ = ["Run", "Settings"]
