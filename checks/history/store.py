"""Where runs are remembered: what every such place can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from checks.history.record import Record

_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Past:
    """What was read of a history.

    Attributes:
        records: The oldest first.
        problems: A sentence on what could not be read.
    """

    records: tuple[Record, ...] = ()
    problems: tuple[str, ...] = ()

    def before(self, record: Record) -> tuple[Record, ...]:
        """The runs of the same environment that began earlier."""
        return tuple(one for one in self.records if one.environment == record.environment and one.order < record.order)


class Store(Protocol):
    """A place where runs are remembered; many processes may use it at once."""

    def add(self, record: Record) -> None:
        """Remember a run.

        Raises:
            HistoryError: It could not be written.
        """

    def newest(self, most: int, environment: str | None = None) -> Past:
        """The newest `most` runs of an environment, or of each that there is.

        Raises:
            HistoryError: Nothing could be read.
        """


def unreadable(noun: str, place: str, names: Sequence[str]) -> tuple[str, ...]:
    """A sentence on what is damaged or of an unknown version; none where there is nothing."""
    if not names:
        return ()
    nouns = noun if len(names) == 1 else f"{noun}s"
    more = ", …" if len(names) > _MOST_NAMED else ""
    return (f"{len(names):,} {nouns} of {place} could not be read: {nouns} {', '.join(names[:_MOST_NAMED])}{more}",)
