"""Logs Insights: queries for the lines that may mean something, and counts of all other lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from checks.aws.error_messages import refused_with
from checks.errors import SourceError
from checks.logs.cloudwatch.filter_log_events import Page
from checks.logs.cloudwatch.log_groups import ResolvedGroup
from checks.logs.cloudwatch.logs_client import LogsClient, SharedState, decode_response, unexpected_response
from checks.logs.spool import Counted
from checks.window import TimeSpan

MOST_QUERY_CHARACTERS: Final = 10_000
_FIRST_POLL_SECONDS: Final = 0.1
_SLOWEST_POLL_SECONDS: Final = 2.0
_PENDING: Final = frozenset({"Scheduled", "Running"})
_MOST_ROWS: Final = 100_000
_FIRST_PART: Final = 64
"""The search for a span's oldest event begins with this part of it (a 64th), where it most likely is."""
_BEFORE_THE_LOGS: Final = re.compile("before the log groups creation time|log retention settings")
"""What AWS says of a query that ends before the log group was created, or before the oldest event that it keeps."""
_FIELDS: Final = "fields @timestamp, @message, @logStream, @ingestionTime, @requestId"


class ResultField(msgspec.Struct):
    """A field of a row; its value is always text."""

    field: str
    value: str = ""


class _Statistics(msgspec.Struct, rename="camel"):
    records_matched: float | None = None
    bytes_scanned: float = 0


class _Results(msgspec.Struct, rename="camel"):
    status: str
    results: list[list[ResultField]] = []
    statistics: _Statistics | None = None
    next_token: str | None = None


class _Started(msgspec.Struct, rename="camel"):
    query_id: str


class QueryResult(msgspec.Struct, frozen=True):
    """The rows of a complete query.

    Attributes:
        rows: The rows in the order of the query; empty if there are more than a query returns.
        matched: How many events matched; None if the service doesn't say.
    """

    rows: list[list[ResultField]]
    matched: int | None


class Queries(msgspec.Struct, frozen=True):
    """Logs Insights queries on one or more log groups of one region."""

    groups: Sequence[ResolvedGroup]
    state: SharedState

    @property
    def resource(self) -> str:
        """The log groups as errors name them."""
        first, *others = self.groups
        return f"{first.resource} and {len(others)} more" if others else first.resource

    @property
    def _client(self) -> LogsClient:
        return self.groups[0].client

    def run(self, query: str, span: TimeSpan) -> QueryResult:
        """Run a query and wait for its end; if the wait fails, stop it: it would go on scanning, at a cost.

        The service scans whole seconds, so the query itself must filter by the milliseconds of the span.
        """
        query_id = self.start(query, span)
        try:
            return self._results(query_id)
        except BaseException:  # including Ctrl-C
            with suppress(SourceError):  # the error to report is the one that stopped it
                self.stop(query_id)
            raise

    def start(self, query: str, span: TimeSpan) -> str:
        """Start a query; return its id."""
        if len(query) > MOST_QUERY_CHARACTERS:
            raise SourceError(
                f"the patterns taught under `signals` make a query of {len(query):,} characters, and Logs Insights "
                f"takes {MOST_QUERY_CHARACTERS:,}; shorten them, or use source: filter"
            )
        identifiers = [group.identifier for group in self.groups]
        is_by_name = len(identifiers) == 1 and not self.groups[0].account
        started = self._client.answer(
            "StartQuery",
            self.resource,
            _Started,
            **({"logGroupName": identifiers[0]} if is_by_name else {"logGroupIdentifiers": identifiers}),
            startTime=span.since_ms // 1000,
            endTime=-(-span.until_ms // 1000),
            queryString=query,
        )
        self.state.counters.add(queries=1)
        return started.query_id

    def stop(self, query_id: str) -> None:
        """Stop a query; it is not an error if the query has already ended."""
        try:
            self._client.call("StopQuery", self.resource, queryId=query_id)
        except SourceError as error:
            if refused_with(error) != "InvalidParameterException":  # a response for a query that has ended
                raise

    def _results(self, query_id: str) -> QueryResult:
        answer = self._poll(query_id)
        statistics = answer.statistics or _Statistics()
        self.state.counters.add(bytes_scanned=round(statistics.bytes_scanned))
        matched = None if statistics.records_matched is None else round(statistics.records_matched)
        if matched is not None and matched > _MOST_ROWS and answer.next_token:
            return QueryResult([], matched)  # the span will be split, with a query for each part
        rows = answer.results
        while answer.next_token:
            answer = self._get(query_id, nextToken=answer.next_token)
            rows += answer.results
        return QueryResult(rows, matched)

    def _poll(self, query_id: str) -> _Results:
        """Poll a query until it ends: before that, its results are incomplete."""
        pause = _FIRST_POLL_SECONDS
        while (answer := self._get(query_id)).status in _PENDING:
            if self.state.is_stopped.wait(pause):
                raise SourceError(f"{self.resource}: the read was cancelled")
            pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)
        if answer.status != "Complete":
            raise SourceError(f"{self.resource}: a Logs Insights query ended as {answer.status}; try a shorter window")
        return answer

    def _get(self, query_id: str, **more: str) -> _Results:
        body = self._client.call("GetQueryResults", self.resource, queryId=query_id, **more)
        self.state.counters.add(bytes=len(body))
        return decode_response(body, _Results, self.resource)


def time_ms(rows: list[list[ResultField]], resource: str) -> int:
    """The time of the first row, in epoch milliseconds; Insights writes `2026-06-01 06:00:00.123`, in UTC."""
    text = next((one.value for row in rows[:1] for one in row if one.field == "@timestamp"), "")
    if text.isdecimal():
        return int(text)
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError as error:
        raise unexpected_response(resource, "there is no time in its results") from error


class InsightsReader(msgspec.Struct, frozen=True):
    """Queries the events of one log group that match any of several regular expressions."""

    queries: Queries
    patterns: Sequence[str]

    def read(self, span: TimeSpan, path: Path, *, is_counted: bool) -> Counted | None:
        """Write the lines of [since, until) that may mean something to a file, and optionally count all other events.

        If more events match than a query returns, the span is split, with a query for each part. So its bytes are
        scanned twice, or three times if it is split.

        Returns:
            The events that were counted but not returned; None if there are none, or they are not counted.
        """
        returned = 0
        with path.open("wb") as file:
            for rows in self._rows(span):
                file.writelines(_lines(rows))
                returned += len(rows)
                self.queries.state.counters.add(events=len(rows))
        return self._count(span, returned) if is_counted else None

    def _run(self, query: str, span: TimeSpan) -> QueryResult:
        """Run a query; no event matches if the span ends before the log group begins, which AWS refuses to query."""
        try:
            return self.queries.run(query, span)
        except SourceError as error:
            if refused_with(error) != "MalformedQueryException" or not _BEFORE_THE_LOGS.search(str(error)):
                raise
            return QueryResult([], 0)

    def _count(self, span: TimeSpan, returned: int) -> Counted | None:
        newest = self._run(f"fields @timestamp | {within(span)} | sort @timestamp desc | limit 1", span)
        others = (newest.matched or 0) - returned
        if others <= 0:
            return None
        resource = self.queries.resource
        return Counted(others, time_ms(self._oldest(span), resource), time_ms(newest.rows, resource))

    def _oldest(self, span: TimeSpan) -> list[list[ResultField]]:
        """The oldest event of [since, until). The beginning is searched first, because scans are paid by the byte."""
        length_ms = max(1, span.length_ms // _FIRST_PART)
        while True:
            part = TimeSpan(span.since_ms, min(span.since_ms + length_ms, span.until_ms))
            rows = self._run(f"fields @timestamp | {within(part)} | sort @timestamp asc | limit 1", part).rows
            if rows or part.until_ms == span.until_ms:
                return rows
            length_ms *= 4

    def _rows(self, span: TimeSpan) -> Iterator[list[list[ResultField]]]:
        matching = " or ".join(f"@message like /{delimited(pattern)}/" for pattern in self.patterns)
        query = f"{_FIELDS} | {within(span)} | filter {matching} | sort @timestamp asc | limit {_MOST_ROWS}"
        result = self._run(query, span)
        is_whole = len(result.rows) < _MOST_ROWS if result.matched is None else len(result.rows) >= result.matched
        if is_whole:
            self.queries.state.counters.add(covered_ms=span.length_ms)
            yield result.rows
            return
        if span.length_ms <= 1:
            matched = f"{result.matched or _MOST_ROWS:,} events match within one millisecond"
            returned = f"Logs Insights returned {len(result.rows):,}"
            raise SourceError(f"{self.queries.resource}: {matched}, and {returned}; use source: filter")
        # Twice as many parts as even traffic would need, so that hardly any part has to be split again.
        parts = max(2, -(-2 * (result.matched or 0) // _MOST_ROWS))
        for part in span.cut(parts, shortest_ms=1):
            yield from self._rows(part)


def latest_rows(queries: Queries, span: TimeSpan, most: int) -> Page:
    """The latest events of [since, until), whatever they say, in chronological order."""
    rows = queries.run(f"{_FIELDS} | {within(span)} | sort @timestamp desc | limit {most}", span).rows
    last_ms = time_ms(rows, queries.resource) if rows else None
    return Page(b"".join(_lines(reversed(rows))), len(rows), None, last_ms)


def _lines(rows: Iterable[list[ResultField]]) -> Iterator[bytes]:
    same: Counter[bytes] = Counter()
    for row in rows:
        values = {one.field: one.value for one in row}
        event = {
            "timestamp": values.get("@timestamp"),
            "message": values.get("@message", ""),
            "logStreamName": values.get("@logStream"),
            "ingestionTime": values.get("@ingestionTime") or None,
            "requestId": values.get("@requestId") or None,
            "eventId": _event_id(values, same),
        }
        yield msgspec.json.encode(event) + b"\n"


def _event_id(values: Mapping[str, str], same: Counter[bytes]) -> str:
    """An id that is the same at each read of an event: a hash, and the event's number among identical ones.

    AWS does not document that `@ptr` stays the same, and each poll reads the last few minutes again.
    """
    said = "\0".join(values.get(name, "") for name in ("@timestamp", "@logStream", "@message"))
    digest = blake2b(said.encode(errors="surrogatepass"), digest_size=16).digest()
    same[digest] += 1
    return f"{digest.hex()}-{same[digest]}"


def within(span: TimeSpan) -> str:
    """The stages of a query that filter by the milliseconds of [since, until)."""
    return f"filter toMillis(@timestamp) >= {span.since_ms} | filter toMillis(@timestamp) < {span.until_ms}"


def delimited(pattern: str) -> str:
    """A pattern, escaped for use between slashes."""
    return re.sub(r"(\\.)|/", lambda match: match[1] or r"\/", pattern, flags=re.DOTALL)
