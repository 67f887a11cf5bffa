"""What every log source hands over: files of JSON Lines, and a receipt of what was read."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """A file of events, one JSON object a line.

    Keys: `timestamp` (ms), `message`, and where known `ingestionTime` (ms), `logStreamName`, `eventId`, `logGroup`.

    Attributes:
        path: Where the lines are; UTF-8, not compressed.
        origin: The name that the user knows it by.
    """

    path: Path
    origin: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Lines that are not a log event; they are counted and shown, never dropped in silence.

    Attributes:
        count: How many.
        examples: The first few, as `file:line: why`.
    """

    count: int = 0
    examples: tuple[str, ...] = ()

    def __add__(self, other: "Unreadable") -> "Unreadable":
        return Unreadable(self.count + other.count, (self.examples + other.examples)[:MOST_EXAMPLES])


MOST_EXAMPLES = 5
"""How many unreadable lines are shown; all are counted."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Events on disk, ready to be analysed.

    Attributes:
        source: What was read, for people: `files` or the name of a service.
        asked: What the user named: paths, log groups.
        files: The events.
        unreadable: Lines that a source could not turn into events.
        gaps: Why the read is not complete, a sentence each; empty where it is.
        notes: What a reader of the report should know of the read, a sentence each.
    """

    source: str
    asked: tuple[str, ...]
    files: tuple[SpoolFile, ...]
    unreadable: Unreadable = field(default_factory=Unreadable)
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
