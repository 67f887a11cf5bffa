"""Summaries of AWS X-Ray's traces: how many failed, and how long they took."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from typing import Any, Final

from checks.aws.service import Service
from checks.logs.window import Window

RETENTION: Final = timedelta(days=30)
"""How long X-Ray keeps traces."""
MOST_TRACES: Final = 20_000
"""More of a sample tell little more, and cost calls, which X-Ray throttles."""

_LONGEST: Final = timedelta(hours=6)
"""That one call may ask about."""


@dataclass
class Traces:
    """What the traces show, each counted once.

    Attributes:
        faults: How many answered with a 5XX.
        errors: How many answered with a 4XX.
        throttles: In how many a call was throttled (429).
        response_seconds: How long they took; a trace that goes on does not tell.
        is_cut: Whether there are more than were looked at.
    """

    faults: int = 0
    errors: int = 0
    throttles: int = 0
    response_seconds: "array[float]" = field(default_factory=lambda: array("d"))
    is_cut: bool = False
    _ids: set[str] = field(default_factory=set)

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self._ids)

    def add(self, summary: dict[str, Any]) -> None:
        """Count a trace, unless it is known: on the edge of two spans, both tell of it."""
        if summary["Id"] in self._ids:
            return
        self._ids.add(summary["Id"])
        self.faults += bool(summary.get("HasFault"))
        self.errors += bool(summary.get("HasError"))
        self.throttles += bool(summary.get("HasThrottle"))
        if (seconds := summary.get("ResponseTime")) is not None:
            self.response_seconds.append(seconds)

    def response_percentile(self, percent: int) -> float | None:
        """The time within which so many per cent had answered; None where none has."""
        ordered = sorted(self.response_seconds)
        return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else None


def add_traces(traces: Traces, xray: Service, functions: Sequence[str], window: Window) -> None:
    """Read the traces that went through functions, the newest of each six hours where there are too many.

    Args:
        traces: What is added to.
        xray: The service, in the region of the functions.
        functions: Their names.
        window: Not longer ago than X-Ray keeps traces.

    Raises:
        SourceError: X-Ray does not tell.
    """
    spans = list(_spans(window))
    most = MOST_TRACES // len(spans)
    expression = " OR ".join(f'service("{name}")' for name in functions)
    for since, until in spans:
        asked = {"StartTime": since, "EndTime": until, "FilterExpression": expression}
        found = xray.pages("GetTraceSummaries", f"traces of {', '.join(functions)}", "TraceSummaries", **asked)
        for summary in islice(found, most):
            traces.add(summary)
        traces.is_cut |= next(found, None) is not None


def _spans(window: Window) -> Iterator[tuple[datetime, datetime]]:
    since = window.since
    while since < window.until:
        until = min(since + _LONGEST, window.until)
        yield since, until
        since = until
