"""Pages of FilterLogEvents become JSON Lines, each event as it was written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import SourceError
from checks.logs.cloudwatch.filter_log_events import parse

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
    """A message can hold anything, also what looks like the space between two events."""
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
    """A proxy's page, or half of one."""
    with pytest.raises(SourceError, match="what answered is not CloudWatch Logs"):
        parse(answer, GROUP)
