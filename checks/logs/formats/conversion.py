"""The conversion of a plain file into a spool file: what every format gives back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import msgspec

ShowBytes: TypeAlias = Callable[[int], None]
"""Called now and then with the number of bytes of the plain file that have been converted."""


LINE_BREAKS: Final = b"\r\n"
"""Between the tokens of JSON; within a string they would be escaped."""


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


@dataclass(frozen=True, slots=True)
class Envelope:
    """A JSON format that wraps several events into one value.

    Attributes:
        name: What people call it; shown where a file's format is not known.
        key: A key that no other value has.
        events: Returns the events of a value, each as a JSON object on a line of its own, with what the envelope says
            about all of them; it raises msgspec.DecodeError where the value is something else.
    """

    name: str
    key: str
    events: Callable[[bytes | msgspec.Raw], bytes]

    @property
    def mark(self) -> bytes:
        """The key as it stands in JSON; in a string, its quotation marks would be escaped."""
        return f'"{self.key}"'.encode()


def with_fields(events: Sequence[bytes | msgspec.Raw], **fields: str | None) -> bytes:
    """Write JSON objects on a line each, with fields that they have in common before their own."""
    head = msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
    lines = b"\0".join(events).translate(None, LINE_BREAKS)
    common = head[:-1] + b"," if len(head) > len(b"{}") else b"{"
    return (b"\0" + lines).replace(b"\0{", b"\n" + common)[1:] + b"\n" if lines else b""
