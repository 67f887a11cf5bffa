"""Pages of FilterLogEvents become JSON Lines, each event as it was written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from unittest.mock import NonCallableMock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.config.environment import LogGroup
from checks.errors import SourceError
from checks.logs.cloudwatch import filter_log_events
from checks.logs.cloudwatch.filter_log_events import end_where_arrived, pages, parse
from checks.logs.cloudwatch.log_groups import ResolvedGroup, resolve
from checks.logs.cloudwatch.logs_client import Counters, LogsClient
from checks.window import TimeSpan, Window, epoch_ms
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group

GROUP = "/aws/lambda/chat"

HOSTILE = ['},{"', '}, {"timestamp":1', '"timestamp":99', '{"events":[', "}]", '\\"},{\\"a', "\n", '","nextToken":"x']


def body(events: list[dict[str, Any]], token: str | None = None, **options: Any) -> bytes:
    return json.dumps({"events": events, "nextToken": token, "searchedLogStreams": []}, **options).encode()


def event(timestamp: int, message: str) -> dict[str, Any]:
    return {"logStreamName": "s", "timestamp": timestamp, "message": message, "eventId": f"{timestamp}-{message}"}


messages = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=4).map("".join)


@given(
    st.lists(st.tuples(st.integers(0, 10**13), messages)),
    st.sampled_from([{"separators": (",", ":")}, {"separators": (", ", ": ")}, {"indent": 2}]),
)
def test_each_event_is_one_line(pairs: list[tuple[int, str]], form: dict[str, Any]) -> None:
    """A message can contain anything, even what looks like the space between two events."""
    events = [event(timestamp, message) for timestamp, message in pairs]
    page = parse(body(events, **form), GROUP)
    lines = [json.loads(line) for line in page.lines.decode().split("\n") if line]
    assert lines == events
    assert page.events == len(events)
    assert page.last_ms == (pairs[-1][0] if pairs else None)


def test_an_empty_page_may_lead_on() -> None:
    """Only a missing token ends the pages."""
    page = parse(body([], "next"), GROUP)
    assert (page.lines, page.events, page.next_token, page.last_ms) == (b"", 0, "next", None)


PAGES_OF_OTHERS = [
    *(b"", b"[]", b"{}", b"<html>login</html>", b'{"events":[{"timest', b'{"nextToken":5}', b'{"message":"log in"}'),
    *(b'{"events":{}}', b'{"events":[1]}', b'{"events":"none"}', b'{"events":null}'),
]


@pytest.mark.parametrize("answer", PAGES_OF_OTHERS)
def test_what_is_no_page_is_an_error(answer: bytes) -> None:
    """It is a proxy's page, or half of one."""
    with pytest.raises(SourceError, match="the response is not from CloudWatch Logs"):
        parse(answer, GROUP)


def test_a_full_page_that_claims_to_be_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be cut off, so events after its last one are requested."""
    monkeypatch.setattr(filter_log_events, "PAGE_EVENTS", 2)
    events = [event(1, "a"), event(2, "b"), event(3, "c")]
    bodies = {1: body(events[:2]), 2: body(events[1:]), 3: body(events[2:])}
    client = NonCallableMock(LogsClient, call=lambda *_, **parameters: bodies[parameters["startTime"]])
    read = pages(ResolvedGroup(client=client, name=GROUP), TimeSpan(1, 9), Counters())
    assert [page.last_ms for page in read] == [2, 3, 3]


def test_an_empty_token_leads_nowhere() -> None:
    """Some services in place of AWS answer with one; asking for it again would return the first page for ever."""
    client = NonCallableMock(LogsClient, call=lambda *_, **__: body([event(1, "a")], ""))
    read = pages(ResolvedGroup(client=client, name=GROUP), TimeSpan(1, 9), Counters())
    assert [page.last_ms for page in islice(read, 3)] == [1]


def test_a_token_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page again and again is finally an error."""
    behaviour = Behaviour(answers={"FilterLogEvents": body([event(1, "a")], "same")})
    with (
        reached(monkeypatch, Group(GROUP), behaviour=behaviour) as endpoint,
        pytest.raises(SourceError, match="CloudWatch answers with the same page again and again; try later"),
    ):
        list(pages(ResolvedGroup(client=LogsClient(None, Counters()), name=GROUP), TimeSpan(0, 9), Counters()))
    assert len(endpoint.requests) == 11


NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)


def arriving(lags_seconds: list[float]) -> Iterator[dict[str, Any]]:
    """Yield an event a second until now, each with its ingestion lag."""
    for number, lag in enumerate(lags_seconds):
        at_ms = epoch_ms(NOW) - 1000 * (len(lags_seconds) - number)
        yield {**event(at_ms, "a"), "ingestionTime": at_ms + round(lag * 1000)}


@pytest.mark.parametrize(
    ("lags", "until", "wait", "reason"),
    [
        ([90.0] * 50, NOW, 90, "99 % of events arrive within 90 s"),
        ([90.0] * 50, NOW - timedelta(seconds=10), 90, "99 % of events arrive within 90 s"),
        ([1.0] * 100, NOW, 30, "later events may not be there yet"),
        ([90.0] * 19, NOW, 30, "later events may not be there yet"),
        ([1.0] * 99 + [900.0], NOW, 892, "99 % of events arrive within 892 s"),
        ([-5.0] * 50, NOW, 30, "later events may not be there yet"),
    ],
    ids=["late", "late, a little ago", "prompt", "too few to tell", "one very late", "clocks differ"],
)
def test_a_window_ends_where_events_have_arrived(
    monkeypatch: pytest.MonkeyPatch, lags: list[float], until: datetime, wait: int, reason: str
) -> None:
    """It is moved by the lag of the last quarter of an hour, and by at least half a minute."""
    window = Window(NOW - timedelta(hours=1), until)
    with reached(monkeypatch, Group(GROUP).fill(arriving(lags))):
        moved, note = end_where_arrived(window, resolve(LogsClient(None, Counters()), LogGroup(GROUP)), NOW)
    assert moved == Window(window.since, NOW - timedelta(seconds=wait))
    assert note == f"the window ends {wait} s before the run began: {reason}"


def test_the_lag_of_a_group_in_a_linked_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request uses its ARN: its name alone would mean a group of this account."""
    linked = Group(GROUP, account="210987654321").fill(arriving([90.0] * 50))
    with reached(monkeypatch, linked):
        groups = resolve(LogsClient(None, Counters()), LogGroup(GROUP, account=linked.account))
        moved, _ = end_where_arrived(Window(NOW - timedelta(hours=1), NOW), groups, NOW)
    assert moved.until == NOW - timedelta(seconds=90)


def test_a_window_of_the_past_stays() -> None:
    """No request is made."""
    window = Window(NOW - timedelta(hours=1), NOW - timedelta(seconds=30))
    assert end_where_arrived(window, iter(()), NOW) == (window, None)


def test_nothing_is_left_of_a_short_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how long to wait; a class that can't be queried cheaply is left out."""
    window = Window(NOW - timedelta(seconds=60), NOW)
    rare = Group("rare", log_class="INFREQUENT_ACCESS")
    with reached(monkeypatch, Group(GROUP).fill(arriving([90.0] * 50)), rare):
        client = LogsClient(None, Counters())
        assert end_where_arrived(window, resolve(client, LogGroup("rare")), NOW)[0].until == NOW - timedelta(seconds=30)
        with pytest.raises(SourceError, match="nothing is left of the window: events arrive after 90 s;"):
            end_where_arrived(window, resolve(client, LogGroup(GROUP)), NOW)
