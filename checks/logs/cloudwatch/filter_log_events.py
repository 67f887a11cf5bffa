"""FilterLogEvents: reads every event of a log group, page by page, as JSON Lines.

No filter pattern is sent: patterns are case-sensitive and have no alternatives within a phrase, so none would return
all that the recogniser understands. Besides, events that mean nothing are counted, too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from statistics import quantiles
from typing import Final

import msgspec
from msgspec.structs import replace

from checks.aws.error_messages import refused_with
from checks.errors import SourceError
from checks.logs.cloudwatch.log_groups import ResolvedGroup
from checks.logs.cloudwatch.logs_client import Counters, SharedState, decode_response
from checks.window import TimeSpan, Window, epoch_ms

PAGE_EVENTS: Final = 10_000
"""The most events in a page, which ends earlier if it reaches 1 MB."""
_MOST_REPEATS: Final = 10
_PART_BYTES: Final = 1 << 21
"""The size of a spool file: the first files are scanned while others are still being read."""
SHORTEST_WAIT: Final = timedelta(seconds=30)
"""The shortest wait until a window is complete: events become visible a while after they are ingested."""
_LATEST: Final = timedelta(minutes=15)
_FEWEST: Final = 20
_MOST_PAGES: Final = 5


class Page(msgspec.Struct, frozen=True):
    """A page of events, one JSON object per line. The last page has no token; a page without events has no time."""

    lines: bytes
    events: int
    next_token: str | None
    last_ms: int | None


class _EventTime(msgspec.Struct):
    timestamp: int


class _FilterLogEventsResponse(msgspec.Struct, rename="camel"):
    """The response body: all of it is checked to be JSON, but each event is only a view of its bytes."""

    events: list[msgspec.Raw]
    next_token: str | None = None


def parts(group: ResolvedGroup, span: TimeSpan, path_of: Callable[[int], Path], state: SharedState) -> Iterator[Path]:
    """Write the events of a time span, both its ends included, until there are no more or the read is cancelled.

    The files are numbered from 0.

    Yields:
        Each file once it is complete; the first one may be empty.
    """
    answers, reached_ms = pages(group, span, state.counters), span.since_ms
    for number, first in enumerate(answers):
        path, size = path_of(number), 0
        with path.open("wb") as file:
            for page in chain([first], answers):
                size += file.write(page.lines)
                if state.is_stopped.is_set():
                    return
                last_ms = min(max(reached_ms, page.last_ms or 0), span.until_ms)
                state.counters.add(covered_ms=last_ms - reached_ms)
                reached_ms = last_ms
                if size >= _PART_BYTES:
                    break
        yield path
    state.counters.add(covered_ms=span.until_ms - reached_ms)


def pages(group: ResolvedGroup, span: TimeSpan, counters: Counters) -> Iterator[Page]:
    """Read all pages of a time span; both its ends are included."""
    named = {"logGroupIdentifier" if group.account else "logGroupName": group.identifier}
    token, since_ms = None, span.since_ms
    tokens: Counter[str] = Counter()
    while True:
        more: dict[str, str] = {"nextToken": token} if token else {}
        limits = {"startTime": since_ms, "endTime": span.until_ms, "limit": PAGE_EVENTS}
        try:
            body = group.client.call("FilterLogEvents", group.resource, **named, **limits, **more)
        except SourceError as error:
            if refused_with(error) != "InvalidOperationException":
                raise
            raise SourceError(f"{error}; try `source: insights` in thresholds.yaml") from error
        page = parse(body, group.resource)
        counters.add(pages=1, empty_pages=not page.events, events=page.events, bytes=len(body))
        yield page
        token = page.next_token
        tokens.update(filter(None, [token]))
        if token and tokens[token] > _MOST_REPEATS:
            raise SourceError(f"{group.resource}: CloudWatch answers with the same page again and again; try later")
        if not token:
            if page.events < PAGE_EVENTS or page.last_ms is None or page.last_ms == since_ms:
                return
            since_ms = page.last_ms  # a full page that claims to be the last may be cut off


def parse(body: bytes, resource: str) -> Page:
    """Parse a response body; an error names the resource."""
    one_line = body.replace(b"\n", b" ")  # within a JSON string, it would be escaped
    answer = decode_response(one_line, _FilterLogEventsResponse, resource)
    if not answer.events:
        return Page(b"", 0, answer.next_token, None)
    last = decode_response(bytes(answer.events[-1]), _EventTime, resource)
    return Page(b"\n".join((*answer.events, b"")), len(answer.events), answer.next_token, last.timestamp)


class _ArrivedEvent(msgspec.Struct, rename="camel"):
    timestamp: int
    ingestion_time: int


def end_where_arrived(window: Window, groups: Iterable[ResolvedGroup], now: datetime) -> tuple[Window, str | None]:
    """Shorten a window to the time whose events have arrived; return it, and a sentence if it was shortened.

    The wait is the 99th percentile of the ingestion lag of the last 15 minutes' events, and at least 30 s. Log groups
    that FilterLogEvents doesn't read are left out, because each query on them costs money.
    """
    if window.until <= now - SHORTEST_WAIT:
        return window, None
    lags = [lag for group in groups if group.is_filtered for lag in _lags_ms(group, now)]
    lag = timedelta(milliseconds=quantiles(lags, n=100)[-1] if len(lags) >= _FEWEST else 0)
    wait = max(SHORTEST_WAIT, timedelta(seconds=-(-lag // timedelta(seconds=1))))
    until = min(window.until, (now - wait).replace(microsecond=0))
    if until <= window.since:
        raise SourceError(f"nothing is left of the window: events arrive after {wait.seconds} s; ask for a longer one")
    reason = (
        f"99 % of events arrive within {wait.seconds} s" if lag > SHORTEST_WAIT else "later events may not be there yet"
    )
    return replace(window, until=until), f"the window ends {wait.seconds} s before the run began: {reason}"


def _lags_ms(group: ResolvedGroup, now: datetime) -> list[int]:
    """The ingestion lags of a page of recent events: for each, from its time to its ingestion."""
    span = TimeSpan(epoch_ms(now - _LATEST), epoch_ms(now))
    lags: list[int] = []
    for page in islice(pages(group, span, Counters()), _MOST_PAGES):  # the first may be empty
        document = b"[%s]" % page.lines.strip().replace(b"\n", b",")
        events = decode_response(document, list[_ArrivedEvent], group.resource)
        lags += [max(0, event.ingestion_time - event.timestamp) for event in events]
        if len(lags) >= _FEWEST:
            break
    return lags
