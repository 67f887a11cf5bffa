"""How a read gets on, for whoever shows it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read has come.

    Attributes:
        covered_seconds: Of the logs' time, that which has been read, over all log groups.
        total_seconds: Of the logs' time, all that is to be read.
        events: Read so far.
    """

    covered_seconds: float
    total_seconds: float
    events: int


class ShowProgress(Protocol):
    """Called now and then while logs are read, always from the thread that asked for them."""

    def __call__(self, progress: Progress, /) -> None:
        """Show it."""
