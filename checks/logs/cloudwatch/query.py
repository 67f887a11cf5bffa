"""A query of Logs Insights on one log group: asked, waited for, and stopped where nobody waits for it any more."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from checks.aws.problems import refused_with
from checks.errors import SourceError
from checks.logs.cloudwatch.answer import decoded, strange
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work

_MOST_QUERY_CHARACTERS: Final = 10_000
_FIRST_POLL_SECONDS: Final = 0.1
_SLOWEST_POLL_SECONDS: Final = 2.0
_PENDING: Final = frozenset({"Scheduled", "Running"})


class Field(msgspec.Struct):
    """A value of a row, which is always text."""

    field: str
    value: str = ""


class _Statistics(msgspec.Struct):
    recordsMatched: float | None = None  # noqa: N815 -- the API's name
    bytesScanned: float = 0  # noqa: N815 -- the API's name


class _Results(msgspec.Struct):
    status: str
    results: list[list[Field]] = []
    statistics: _Statistics | None = None
    nextToken: str | None = None  # noqa: N815 -- the API's name


class _Started(msgspec.Struct):
    queryId: str  # noqa: N815 -- the API's name


class _Stopped(msgspec.Struct):
    success: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a complete query found.

    Attributes:
        rows: In the order that the query asks for.
        matched: How many events matched, perhaps more than there are rows; None where the service doesn't tell.
    """

    rows: list[list[Field]]
    matched: int | None


@dataclass(frozen=True, slots=True)
class Queries:
    """Asks Logs Insights about one log group.

    Attributes:
        client: That of its region.
        log_group: Its name.
        work: Shared with all who read.
    """

    client: LogsClient
    log_group: str
    work: Work

    @property
    def resource(self) -> str:
        """What is asked about, for an error's text."""
        return f"log group {self.log_group}"

    def run(self, query: str, span: TimeSpan) -> Found:
        """Ask a query, and wait for its end; without one, stop it: it would scan on, and be paid for.

        Args:
            query: Which itself keeps to the milliseconds of the span.
            span: What is scanned, to whole seconds.

        Raises:
            SourceError: It failed, or the work was called off.
        """
        query_id = self.start(query, span)
        is_over = False
        try:
            found = self._results(query_id)
            is_over = True
        finally:
            if not is_over:
                with suppress(SourceError):  # the reason why it is to be stopped is the one to tell
                    self.stop(query_id)
        return found

    def start(self, query: str, span: TimeSpan) -> str:
        """Ask a query; return its id.

        Raises:
            SourceError: It is too long, or was refused.
        """
        if len(query) > _MOST_QUERY_CHARACTERS:
            raise SourceError(
                f"the patterns taught under `signals` make a query of {len(query):,} characters, and Logs Insights "
                f"takes {_MOST_QUERY_CHARACTERS:,}; shorten them, or use source: filter"
            )
        body = self.client.call(
            "StartQuery",
            self.resource,
            logGroupName=self.log_group,
            startTime=span.since_ms // 1000,
            endTime=-(-span.until_ms // 1000),
            queryString=query,
        )
        self.work.tally.add(queries=1)
        return decoded(body, _Started, self.resource).queryId

    def stop(self, query_id: str) -> None:
        """Stop a query; that it is over already is no error.

        Raises:
            SourceError: It could not be stopped.
        """
        try:
            decoded(self.client.call("StopQuery", self.resource, queryId=query_id), _Stopped, self.resource)
        except SourceError as error:
            if refused_with(error) != "InvalidParameterException":  # one of two answers to what is over
                raise

    def _results(self, query_id: str) -> Found:
        answer = self._poll(query_id)
        rows = answer.results
        statistics = answer.statistics
        while answer.nextToken:
            answer = self._get(query_id, nextToken=answer.nextToken)
            rows += answer.results
        if statistics is None:
            return Found(rows, None)
        self.work.tally.add(bytes_scanned=round(statistics.bytesScanned))
        matched = statistics.recordsMatched
        return Found(rows, None if matched is None else round(matched))

    def _poll(self, query_id: str) -> _Results:
        """Wait for the end of a query: until then its results are only a part."""
        pause = _FIRST_POLL_SECONDS
        while (answer := self._get(query_id)).status in _PENDING:
            if self.work.is_stopped.wait(pause):
                raise SourceError(f"{self.resource}: the read was called off")
            pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)
        if answer.status != "Complete":
            raise SourceError(f"{self.resource}: a Logs Insights query ended as {answer.status}; try a shorter window")
        return answer

    def _get(self, query_id: str, **more: str) -> _Results:
        body = self.client.call("GetQueryResults", self.resource, queryId=query_id, **more)
        self.work.tally.add(bytes=len(body))
        return decoded(body, _Results, self.resource)


def time_ms(rows: list[list[Field]], resource: str) -> int:
    """The time of the first row, which Insights writes as `2026-06-01 06:00:00.123`, in UTC.

    Args:
        rows: Of an answer; there is one.
        resource: What was asked about, for an error's text.

    Returns:
        Milliseconds of the epoch.

    Raises:
        SourceError: There is no row, or no time in it.
    """
    text = next((one.value for row in rows[:1] for one in row if one.field == "@timestamp"), "")
    if text.isdecimal():
        return int(text)
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError as error:
        raise strange(resource, "there is no time in its results") from error
