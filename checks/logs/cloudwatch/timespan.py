"""Spans of the logs' time, in milliseconds of the epoch, and how they are cut for many to read at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From `since_ms` to `until_ms`, in milliseconds of the epoch; whoever asks says which ends are included."""

    since_ms: int
    until_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.until_ms - self.since_ms

    def cut(self, most: int, shortest_ms: int) -> Iterator["TimeSpan"]:
        """Cut it into equal parts, each of which begins where the one before it ends.

        Args:
            most: Into so many at most.
            shortest_ms: No part is shorter, unless the whole is.
        """
        parts = max(1, min(most, self.length_ms // shortest_ms))
        edges = [self.since_ms + self.length_ms * part // parts for part in range(parts + 1)]
        return (TimeSpan(since_ms, until_ms) for since_ms, until_ms in pairwise(edges))

    def ends(self, shortest_ms: int) -> Iterator["TimeSpan"]:
        """Its last part, then ever longer ones, each four times the one before it, and at last the whole.

        Args:
            shortest_ms: Length of the first.
        """
        length_ms = shortest_ms
        while length_ms < self.length_ms:
            yield TimeSpan(self.until_ms - length_ms, self.until_ms)
            length_ms *= 4
        yield self
