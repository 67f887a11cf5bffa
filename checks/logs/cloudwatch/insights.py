"""CloudWatch Logs Insights: only the lines that may mean something; of all others, how many there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from checks.errors import LogsError
from checks.logs.cloudwatch.answer import decoded
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work
from checks.logs.spool import Counted

_MOST_ROWS: Final = 100_000
_MOST_ROWS_WITHOUT_PAGES: Final = 10_000
"""Of a botocore before 1.43, which cannot ask for the next page of results."""
_MOST_QUERY_CHARACTERS: Final = 10_000
_FIRST_POLL_SECONDS: Final = 0.1
_SLOWEST_POLL_SECONDS: Final = 2.0
_PENDING: Final = frozenset({"Scheduled", "Running"})
_FIELDS: Final = "fields @timestamp, @message, @logStream, @ingestionTime, @requestId"


class _Field(msgspec.Struct):
    field: str
    value: str = ""


class _Statistics(msgspec.Struct):
    recordsMatched: float | None = None  # noqa: N815 -- the API's name
    bytesScanned: float = 0  # noqa: N815 -- the API's name


class _Answer(msgspec.Struct):
    status: str
    results: list[list[_Field]] = []
    statistics: _Statistics | None = None
    nextToken: str | None = None  # noqa: N815 -- the API's name


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of a complete query; how many events matched, None where the service doesn't tell."""

    rows: list[list[_Field]]
    matched: int | None


@dataclass(frozen=True, slots=True)
class InsightsReader:
    """Reads one log group by queries.

    Attributes:
        client: That of its region.
        log_group: Its name.
        patterns: Regular expressions that together match every line the recogniser may understand.
        work: Shared with all who read.
    """

    client: LogsClient
    log_group: str
    patterns: Sequence[str]
    work: Work

    def read_and_count(self, span: TimeSpan, path: Path) -> Counted | None:
        """Write the lines of [since, until) that may mean something to a file, and count all others.

        A query that comes to the limit of rows is cut in halves, and each is asked again, so that nothing is cut off.

        Returns:
            The events that were not returned; None where there are none, or the service doesn't count.

        Raises:
            LogsError: A query failed.
        """
        return self.count(span, self._read(span, path))

    def _read(self, span: TimeSpan, path: Path) -> int:
        with path.open("wb") as file:
            written = 0
            for rows in self._rows(span):
                file.writelines(self._line(row) for row in rows)
                written += len(rows)
                self.work.tally.add(events=len(rows))
        return written

    def count(self, span: TimeSpan, returned: int = 0) -> Counted | None:
        """Count the events of [since, until) but for those returned; None where there are none, or it doesn't count.

        Raises:
            LogsError: A query failed.
        """
        newest = self._query(f"fields @timestamp | {_within(span)} | sort @timestamp desc | limit 1", span)
        if newest.matched is None:
            return None
        others = newest.matched - returned
        if others <= 0:
            return None
        oldest = self._query(f"fields @timestamp | {_within(span)} | sort @timestamp asc | limit 1", span)
        return Counted(others, _epoch_ms(oldest.rows[0]), _epoch_ms(newest.rows[0]))

    def _rows(self, span: TimeSpan) -> Iterator[list[list[_Field]]]:
        most = _MOST_ROWS if self.client.accepts("GetQueryResults", "nextToken") else _MOST_ROWS_WITHOUT_PAGES
        matching = " or ".join(f"@message like /{_delimited(pattern)}/" for pattern in self.patterns)
        query = f"{_FIELDS} | {_within(span)} | filter {matching} | sort @timestamp asc | limit {most}"
        found = self._query(query, span)
        is_whole = len(found.rows) < most if found.matched is None else len(found.rows) >= found.matched
        if is_whole:
            self.work.tally.add(covered_ms=span.length_ms)
            yield found.rows
            return
        if span.length_ms <= 1:
            raise LogsError(f"log group {self.log_group}: more than {most:,} events within one millisecond")
        for half in span.cut(2, shortest_ms=1):
            yield from self._rows(half)

    def _query(self, query: str, span: TimeSpan) -> _Found:
        if len(query) > _MOST_QUERY_CHARACTERS:
            raise LogsError(
                f"the patterns taught under `signals` make a query of {len(query):,} characters, and Logs Insights "
                f"takes {_MOST_QUERY_CHARACTERS:,}; shorten them, or use source: filter"
            )
        resource = f"log group {self.log_group}"
        started = self.client.call(
            "StartQuery",
            resource,
            logGroupName=self.log_group,
            startTime=span.since_ms // 1000,
            endTime=-(-span.until_ms // 1000),  # whole seconds; the filter knows the milliseconds
            queryString=query,
        )
        query_id: str = started["queryId"]
        self.work.tally.add(queries=1)
        is_over = False
        try:
            found = self._results(query_id, resource)
            is_over = True
        finally:
            if not is_over:
                self._stop(query_id)
        return found

    def _results(self, query_id: str, resource: str) -> _Found:
        answer = self._poll(query_id, resource)
        rows = answer.results
        statistics = answer.statistics
        while answer.nextToken:
            answer = self._get(query_id, resource, nextToken=answer.nextToken)
            rows += answer.results
        if statistics is None:
            return _Found(rows, None)
        self.work.tally.add(bytes_scanned=round(statistics.bytesScanned))
        matched = statistics.recordsMatched
        return _Found(rows, None if matched is None else round(matched))

    def _poll(self, query_id: str, resource: str) -> _Answer:
        """Wait for the end of a query: until then its results are only a part."""
        pause = _FIRST_POLL_SECONDS
        while (answer := self._get(query_id, resource)).status in _PENDING:
            if self.work.is_stopped.wait(pause):
                raise LogsError(f"{resource}: the read was called off")
            pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)
        if answer.status != "Complete":
            raise LogsError(f"{resource}: a Logs Insights query ended as {answer.status}; try a shorter window")
        return answer

    def _get(self, query_id: str, resource: str, **more: str) -> _Answer:
        body: bytes = self.client.call("GetQueryResults", resource, queryId=query_id, **more)["raw"]
        self.work.tally.add(bytes=len(body))
        return decoded(body, _Answer, resource)

    def _stop(self, query_id: str) -> None:
        """Stop a query whose answer nobody waits for: it would scan on, and be paid for."""
        try:
            self.client.call("StopQuery", f"log group {self.log_group}", queryId=query_id)
        except LogsError:
            return  # the reason why it is to be stopped is the one to tell

    def _line(self, row: list[_Field]) -> bytes:
        values = {one.field: one.value for one in row}
        event = {
            "timestamp": values.get("@timestamp"),
            "message": values.get("@message", ""),
            "logStreamName": values.get("@logStream"),
            "ingestionTime": values.get("@ingestionTime") or None,
            "requestId": values.get("@requestId") or None,
            "eventId": values.get("@ptr"),
        }
        return msgspec.json.encode(event) + b"\n"


def _within(span: TimeSpan) -> str:
    return f"filter toMillis(@timestamp) >= {span.since_ms} | filter toMillis(@timestamp) < {span.until_ms}"


def _delimited(pattern: str) -> str:
    """A pattern that can stand between slashes."""
    return re.sub(r"(\\.)|/", lambda found: found[1] or r"\/", pattern, flags=re.DOTALL)


def _epoch_ms(row: list[_Field]) -> int:
    """The time of a row, which Insights writes as `2026-06-01 06:00:00.123`, in UTC."""
    text = next(one.value for one in row if one.field == "@timestamp")
    if text.isdecimal():
        return int(text)
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
