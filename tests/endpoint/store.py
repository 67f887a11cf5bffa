"""The log groups of the endpoint: each event is stored once, and a page of an answer is a slice of bytes."""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ACCOUNT: Final = "123456789012"
PAGE_BYTES: Final = 1_000_000
PAGE_EVENTS: Final = 10_000

_KEYS: Final = ("logStreamName", "timestamp", "message", "ingestionTime", "eventId")


@dataclass
class Group:
    """A log group.

    Attributes:
        name: Its name.
        region: Its region.
        log_class: Its class, with the API's name.
        described: Further values in DescribeLogGroups: creationTime, retentionInDays, kmsKeyId, storedBytes …
        account: Its account.
    """

    name: str
    region: str = "us-east-1"
    log_class: str = "STANDARD"
    described: Mapping[str, Any] = field(default_factory=dict)
    account: str = ACCOUNT
    times: "array[int]" = field(default_factory=lambda: array("q"))
    offsets: "array[int]" = field(default_factory=lambda: array("q", [0]))
    written: bytearray = field(default_factory=bytearray)
    _objects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def arn(self) -> str:
        """The ARN, as calls use it."""
        return f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.name}"

    @property
    def created_ms(self) -> int:
        """The time of its creation; no query may end before."""
        created_ms: int = self.described.get("creationTime", 1_700_000_000_000)
        return created_ms

    def fill(self, events: Iterable[Mapping[str, Any]]) -> "Group":
        """Add events, sorted as CloudWatch sorts them."""
        for event in sorted(events, key=lambda one: (one["timestamp"], one["ingestionTime"], one["eventId"])):
            line = json.dumps({key: event[key] for key in _KEYS}, separators=(",", ":"), ensure_ascii=False)
            self.add(event["timestamp"], line.encode(errors="surrogatepass"))
        return self

    def add(self, timestamp: int, line: bytes) -> None:
        """Add an event in JSON, not earlier than those before."""
        self.times.append(timestamp)
        self.written += line
        self.written += b","
        self.offsets.append(len(self.written))

    def between(self, since_ms: int, until_ms: int) -> range:
        """Return the numbers of the events in [since, until]."""
        return range(bisect_left(self.times, since_ms), bisect_right(self.times, until_ms))

    def page(self, first: int, span: range, most: int) -> range:
        """Return the numbers of the events on the page that begins with the event `first`."""
        last = bisect_right(self.offsets, self.offsets[first] + PAGE_BYTES) - 1
        return range(first, min(max(last, first + 1), first + most, span.stop))

    def text(self, numbers: range) -> bytes:
        """Return these events, separated by commas."""
        return bytes(memoryview(self.written)[self.offsets[numbers.start] : self.offsets[numbers.stop] - 1])

    def events(self, numbers: range) -> list[dict[str, Any]]:
        """Return these events as objects, which are made once for all queries."""
        if len(self._objects) < len(self.times):
            self._objects = json.loads(b"[" + self.written[:-1] + b"]")
        return self._objects[numbers.start : numbers.stop]
