"""Logs Insights: queries for the lines that may mean something, and counts of all others."""

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
"""A span is first searched in this part of it (a 64th), where its oldest event most likely is."""
_FIELDS: Final = "fields @timestamp, @message, @logStream, @ingestionTime, @requestId"


class ResultField(msgspec.Struct):
    """A value of a row, which is always text."""

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
        rows: The rows in the order of the query; none where there are more than a query returns.
        matched: How many events matched; None where the service doesn't tell.
    """

    rows: list[list[ResultField]]
    matched: int | None


class Queries(msgspec.Struct, frozen=True):
    """Queries of Logs Insights on log groups of one region, at least one."""

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
        """Run a query and wait for its end; if the wait fails, stop it: it would go on scanning, and be paid for.

        Whole seconds are scanned, so the query itself has to keep to the milliseconds of the span.
        """
        query_id = self.start(query, span)
        try:
            return self._results(query_id)
        except BaseException:  # Ctrl-C, too
            with suppress(SourceError):  # the reason why it is to be stopped is the one to tell
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
        """Stop a query; if it has ended already, that is no error."""
        try:
            self._client.call("StopQuery", self.resource, queryId=query_id)
        except SourceError as error:
            if refused_with(error) != "InvalidParameterException":  # one of two answers to what is over
                raise

    def _results(self, query_id: str) -> QueryResult:
        answer = self._poll(query_id)
        statistics = answer.statistics or _Statistics()
        self.state.counters.add(bytes_scanned=round(statistics.bytes_scanned))
        matched = None if statistics.records_matched is None else round(statistics.records_matched)
        if matched is not None and matched > _MOST_ROWS and answer.next_token:
            return QueryResult([], matched)  # the span will be cut, and each part asked for
        rows = answer.results
        while answer.next_token:
            answer = self._get(query_id, nextToken=answer.next_token)
            rows += answer.results
        return QueryResult(rows, matched)

    def _poll(self, query_id: str) -> _Results:
        """Wait for the end of a query: until then its results are incomplete."""
        pause = _FIRST_POLL_SECONDS
        while (answer := self._get(query_id)).status in _PENDING:
            if self.state.is_stopped.wait(pause):
                raise SourceError(f"{self.resource}: the read was called off")
            pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)
        if answer.status != "Complete":
            raise SourceError(f"{self.resource}: a Logs Insights query ended as {answer.status}; try a shorter window")
        return answer

    def _get(self, query_id: str, **more: str) -> _Results:
        body = self._client.call("GetQueryResults", self.resource, queryId=query_id, **more)
        self.state.counters.add(bytes=len(body))
        return decode_response(body, _Results, self.resource)


def time_ms(rows: list[list[ResultField]], resource: str) -> int:
    """The time of the first row in milliseconds of the epoch; Insights writes `2026-06-01 06:00:00.123`, in UTC."""
    text = next((one.value for row in rows[:1] for one in row if one.field == "@timestamp"), "")
    if text.isdecimal():
        return int(text)
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError as error:
        raise unexpected_response(resource, "there is no time in its results") from error


class InsightsReader(msgspec.Struct, frozen=True):
    """Reads the events of one log group that match one of some regular expressions, by queries."""

    queries: Queries
    patterns: Sequence[str]

    def read(self, span: TimeSpan, path: Path, *, is_counted: bool) -> Counted | None:
        """Write the lines of [since, until) that may mean something to a file, and perhaps count all other events.

        Where more events match than a query returns, the span is cut into parts with a query each. So its bytes are
        scanned twice, or three times where it is cut.

        Returns:
            The events that were not returned; None where there are none, or they are not counted.
        """
        returned = 0
        with path.open("wb") as file:
            for rows in self._rows(span):
                file.writelines(_lines(rows))
                returned += len(rows)
                self.queries.state.counters.add(events=len(rows))
        return self._count(span, returned) if is_counted else None

    def _count(self, span: TimeSpan, returned: int) -> Counted | None:
        newest = self.queries.run(f"fields @timestamp | {within(span)} | sort @timestamp desc | limit 1", span)
        others = (newest.matched or 0) - returned
        if others <= 0:
            return None
        resource = self.queries.resource
        return Counted(others, time_ms(self._oldest(span), resource), time_ms(newest.rows, resource))

    def _oldest(self, span: TimeSpan) -> list[list[ResultField]]:
        """The oldest event of [since, until). Its beginning is searched first: a scan is paid by its bytes."""
        length_ms = max(1, span.length_ms // _FIRST_PART)
        while True:
            part = TimeSpan(span.since_ms, min(span.since_ms + length_ms, span.until_ms))
            rows = self.queries.run(f"fields @timestamp | {within(part)} | sort @timestamp asc | limit 1", part).rows
            if rows or part.until_ms == span.until_ms:
                return rows
            length_ms *= 4

    def _rows(self, span: TimeSpan) -> Iterator[list[list[ResultField]]]:
        matching = " or ".join(f"@message like /{delimited(pattern)}/" for pattern in self.patterns)
        query = f"{_FIELDS} | {within(span)} | filter {matching} | sort @timestamp asc | limit {_MOST_ROWS}"
        result = self.queries.run(query, span)
        is_whole = len(result.rows) < _MOST_ROWS if result.matched is None else len(result.rows) >= result.matched
        if is_whole:
            self.queries.state.counters.add(covered_ms=span.length_ms)
            yield result.rows
            return
        if span.length_ms <= 1:
            matched = f"{result.matched or _MOST_ROWS:,} events match within one millisecond"
            returned = f"Logs Insights returned {len(result.rows):,}"
            raise SourceError(f"{self.queries.resource}: {matched}, and {returned}; use source: filter")
        # Twice as many parts as even traffic would need, so that hardly any of them has to be cut again.
        parts = max(2, -(-2 * (result.matched or 0) // _MOST_ROWS))
        for part in span.cut(parts, shortest_ms=1):
            yield from self._rows(part)


def latest_rows(queries: Queries, span: TimeSpan, most: int) -> Page:
    """The latest events of [since, until), whatever they say, in the order of time."""
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
    """An id that stays the same whenever an event is read: a hash, and the event's number among equal ones.

    AWS does not document that `@ptr` stays the same, and each poll reads the last minutes again.
    """
    said = "\0".join(values.get(name, "") for name in ("@timestamp", "@logStream", "@message"))
    digest = blake2b(said.encode(errors="surrogatepass"), digest_size=16).digest()
    same[digest] += 1
    return f"{digest.hex()}-{same[digest]}"


def within(span: TimeSpan) -> str:
    """The stages of a query that keep to the milliseconds of [since, until)."""
    return f"filter toMillis(@timestamp) >= {span.since_ms} | filter toMillis(@timestamp) < {span.until_ms}"


def delimited(pattern: str) -> str:
    """A pattern that can stand between slashes."""
    return re.sub(r"(\\.)|/", lambda match: match[1] or r"\/", pattern, flags=re.DOTALL)
