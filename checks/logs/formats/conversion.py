"""The conversion of a plain file into a spool file: what every format gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgspec

ShowBytes: TypeAlias = Callable[[int], None]
"""Called now and then with the number of bytes of the plain file that have been converted."""


class UnreadableError(Exception):
    """A file could not be converted; the message says why, without a word of the file's own."""


class SpoolEvent(msgspec.Struct, omit_defaults=True, gc=False):
    """A line of a spool file, with the keys that FilterLogEvents has.

    Attributes:
        timestamp: In milliseconds of the epoch, or text that the analysis reads; None where the event has none.
        message: The event's own text.
        logStreamName: None where the format does not tell it.
        logGroup: Likewise.
        eventId: Likewise.
        unread: Where in the file the line stands and why it is no event, as `12: why`; None for an event.
    """

    timestamp: Any
    message: str
    logStreamName: str | None = None  # noqa: N815 -- the key of the JSON object
    logGroup: str | None = None  # noqa: N815
    eventId: str | None = None  # noqa: N815
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """The spool file that a plain file became.

    Attributes:
        path: The spool file; the plain file itself where nothing had to change.
        gaps: Signs in the file that it does not hold all there was, a sentence each.
        is_text: Whether the lines stand as they were printed: those that name no stream are taken for one stream's.
    """

    path: Path
    gaps: tuple[str, ...] = ()
    is_text: bool = False


class Convert(Protocol):
    """Converts a plain file into a spool file."""

    def __call__(self, plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
        """Write the events of `plain`, and its unreadable lines, to `spool`.

        Raises:
            OSError: A file cannot be read or written.
            UnreadableError: The file turned out to be something else.
        """
