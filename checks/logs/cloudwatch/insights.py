"""CloudWatch Logs Insights: only the lines that may mean something; of all others, how many there are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from checks.errors import SourceError
from checks.logs.cloudwatch.filtering import Page
from checks.logs.cloudwatch.query import Field, Queries, time_ms
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.spool import Counted

_MOST_ROWS: Final = 100_000
_MOST_ROWS_WITHOUT_PAGES: Final = 10_000
"""Of a botocore before 1.43, which cannot ask for the next page of results."""
_FIELDS: Final = "fields @timestamp, @message, @logStream, @ingestionTime, @requestId"


@dataclass(frozen=True, slots=True)
class InsightsReader:
    """Reads one log group by queries.

    Attributes:
        queries: To that log group.
        patterns: Regular expressions that together match every line the recogniser may understand.
    """

    queries: Queries
    patterns: Sequence[str]

    def read_and_count(self, span: TimeSpan, path: Path) -> Counted | None:
        """Write the lines of [since, until) that may mean something to a file, and count all others.

        A query that comes to the limit of rows is cut in halves, and each is asked again, so that nothing is cut off.

        Returns:
            The events that were not returned; None where there are none, or the service doesn't count.

        Raises:
            SourceError: A query failed.
        """
        return self._count(span, self._write(span, path))

    def read(self, span: TimeSpan, path: Path) -> None:
        """Write the lines of [since, until) that may mean something to a file.

        Raises:
            SourceError: A query failed.
        """
        self._write(span, path)

    def _write(self, span: TimeSpan, path: Path) -> int:
        with path.open("wb") as file:
            written = 0
            for rows in self._rows(span):
                file.writelines(_lines(rows))
                written += len(rows)
                self.queries.work.tally.add(events=len(rows))
        return written

    def _count(self, span: TimeSpan, returned: int) -> Counted | None:
        """Count the events of [since, until) but for those returned; None where there are none, or it doesn't count."""
        newest = self.queries.run(f"fields @timestamp | {_within(span)} | sort @timestamp desc | limit 1", span)
        if newest.matched is None:
            return None
        others = newest.matched - returned
        if others <= 0:
            return None
        oldest = self.queries.run(f"fields @timestamp | {_within(span)} | sort @timestamp asc | limit 1", span)
        resource = self.queries.resource
        return Counted(others, time_ms(oldest.rows, resource), time_ms(newest.rows, resource))

    def _rows(self, span: TimeSpan) -> Iterator[list[list[Field]]]:
        most = _MOST_ROWS if self.queries.client.accepts("GetQueryResults", "nextToken") else _MOST_ROWS_WITHOUT_PAGES
        matching = " or ".join(f"@message like /{_delimited(pattern)}/" for pattern in self.patterns)
        query = f"{_FIELDS} | {_within(span)} | filter {matching} | sort @timestamp asc | limit {most}"
        found = self.queries.run(query, span)
        is_whole = len(found.rows) < most if found.matched is None else len(found.rows) >= found.matched
        if is_whole:
            self.queries.work.tally.add(covered_ms=span.length_ms)
            yield found.rows
            return
        if span.length_ms <= 1:
            raise SourceError(f"{self.queries.resource}: more than {most:,} events within one millisecond")
        for half in span.cut(2, shortest_ms=1):
            yield from self._rows(half)


def latest(queries: Queries, span: TimeSpan, most: int) -> Page:
    """The latest events of [since, until), whatever they say, in the order of time.

    Raises:
        SourceError: The query failed.
    """
    rows = queries.run(f"{_FIELDS} | {_within(span)} | sort @timestamp desc | limit {most}", span).rows
    last_ms = time_ms(rows, queries.resource) if rows else None
    return Page(b"".join(_lines(reversed(rows))), len(rows), None, last_ms)


def _lines(rows: Iterable[list[Field]]) -> Iterator[bytes]:
    for row in rows:
        values = {one.field: one.value for one in row}
        event = {
            "timestamp": values.get("@timestamp"),
            "message": values.get("@message", ""),
            "logStreamName": values.get("@logStream"),
            "ingestionTime": values.get("@ingestionTime") or None,
            "requestId": values.get("@requestId") or None,
            "eventId": values.get("@ptr"),
        }
        yield msgspec.json.encode(event) + b"\n"


def _within(span: TimeSpan) -> str:
    return f"filter toMillis(@timestamp) >= {span.since_ms} | filter toMillis(@timestamp) < {span.until_ms}"


def _delimited(pattern: str) -> str:
    """A pattern that can stand between slashes."""
    return re.sub(r"(\\.)|/", lambda found: found[1] or r"\/", pattern, flags=re.DOTALL)
