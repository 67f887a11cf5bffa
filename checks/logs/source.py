"""The log source: the protocol of everything that a run can read events from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from checks.config.environment import Environment, LogGroup
from checks.logs.spool import ShowProgress, Spool
from checks.window import Window


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where the logs are, as the command line and thresholds.yaml say.

    Attributes:
        places: Values of `--logs`, or `logs` of thresholds.yaml; empty where CloudWatch is to be read.
        groups: Log groups of CloudWatch.
        environment: The environment that is judged.
    """

    places: tuple[str, ...]
    groups: tuple[LogGroup, ...]
    environment: Environment


@dataclass(frozen=True, slots=True)
class LogRequest:
    """Which events a run needs.

    Attributes:
        window: The window to judge; None where nobody gave one. The two hours before it are needed, too.
        default_window: The window of a source that has no end of its own, where nobody gave one.
        patterns: Returns RE2 patterns that together match every line the analysis may understand. A source may leave
            out all other events, if it counts them (`Spool.counted`).
        now: When the read begins.
        earlier: The spool of the poll before this one, to which the source adds what is new; None on the first read.
    """

    window: Window | None
    default_window: Window
    patterns: Callable[[], Sequence[str]]
    now: datetime
    earlier: Spool | None = None


class LogSource(Protocol):
    """A place that log events are read from: files, CloudWatch, or one of your own.

    To add a source, write a class with these two methods, and name it in SOURCES (checks/run/log_reader.py).
    """

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return the source if the settings name it; with None, the next source is asked."""

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the events.

        Args:
            request: Which events are needed.
            folder: An empty folder for the spool's files; it lives as long as the spool.
            show: Call it a few times a second to show how far the read has come.

        Raises:
            SourceError: The events cannot be read. The message says what to do.
        """
