"""FilterLogEvents: every event of a log group, page by page, as JSON Lines.

No filter pattern is sent: patterns are case-sensitive and know no alternatives within a phrase, so none would return
all that the recogniser understands; and the events that mean nothing count, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from checks.errors import SourceError
from checks.logs.cloudwatch.answer import decoded
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.tally import Tally
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work

PAGE_EVENTS: Final = 10_000
"""The most that a page holds; it ends earlier where it comes to 1 MB."""

_MOST_REPEATS: Final = 10


class _Event(msgspec.Struct):
    timestamp: int


class _Answer(msgspec.Struct):
    """The answer's body: all of it is checked to be JSON, but an event is no more than a view of its bytes."""

    events: list[msgspec.Raw]
    nextToken: str | None = None  # noqa: N815 -- the API's name


@dataclass(frozen=True, slots=True)
class Page:
    """A page of events.

    Attributes:
        lines: One JSON object a line.
        events: How many lines.
        next_token: Where the next page is; None after the last.
        last_ms: Time of the last event; None of an empty page.
    """

    lines: bytes
    events: int
    next_token: str | None
    last_ms: int | None


def pages(client: LogsClient, log_group: str, span: TimeSpan, tally: Tally) -> Iterator[Page]:
    """Ask for all pages of a span of time; both its ends are included.

    Raises:
        SourceError: A page could not be read.
    """
    resource = f"log group {log_group}"
    token, repeats, since_ms = None, 0, span.since_ms
    while True:
        more: dict[str, str] = {"nextToken": token} if token else {}
        asked = {"logGroupName": log_group, "startTime": since_ms, "endTime": span.until_ms, "limit": PAGE_EVENTS}
        body = client.call("FilterLogEvents", resource, **asked, **more)
        page = parse(body, log_group)
        tally.add(pages=1, empty_pages=not page.events, events=page.events, bytes=len(body))
        yield page
        repeats = repeats + 1 if token and page.next_token == token else 0
        if repeats == _MOST_REPEATS:
            raise SourceError(f"{resource}: CloudWatch answers with the same page again and again; try later")
        token = page.next_token
        if token is None:
            if page.events < PAGE_EVENTS or page.last_ms is None or page.last_ms == since_ms:
                return
            since_ms = page.last_ms  # a full page that claims to be the last may be cut off


def parse(body: bytes, log_group: str) -> Page:
    """Read the body of an answer.

    Raises:
        SourceError: It is not what FilterLogEvents answers.
    """
    resource = f"log group {log_group}"
    one_line = body.replace(b"\n", b" ")  # within a JSON string it would be an escape
    answer = decoded(one_line, _Answer, resource)
    if not answer.events:
        return Page(b"", 0, answer.nextToken, None)
    last = decoded(bytes(answer.events[-1]), _Event, resource)
    return Page(b"\n".join((*answer.events, b"")), len(answer.events), answer.nextToken, last.timestamp)


def read(client: LogsClient, log_group: str, span: TimeSpan, path: Path, work: Work) -> None:
    """Write the events of a span of time to a file, until there are no more or the work is called off.

    Raises:
        SourceError: A page could not be read.
    """
    with path.open("wb") as file:
        for page in pages(client, log_group, span, work.tally):
            file.write(page.lines)
            if work.is_stopped.is_set():
                return
    work.tally.add(covered_ms=span.length_ms)
