"""Logs of any size for benchmarks: millions of events, nearly all of them noise, at hundreds of thousands a second.

Every second of such a log looks the same: ten Lambda requests of ten events each; one connection opens, one closes, and
the rest means nothing. So a second is one text, prepared once, in which only the time and the ids are filled in.
"""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Final

from tests.simulator import clock, noise
from tests.simulator.emit import stream_name
from tests.simulator.frames import Invocation, PythonText, boto3_error
from tests.simulator.story import connection_id
from tests.simulator.timeline import new_request_id
from tests.simulator.truth import Measure, Truth, rate

SINCE_MS: Final = clock.milliseconds("2026-06-02T00:00:00+00:00")

EVENTS_PER_SECOND: Final = 100
EVENTS_PER_REQUEST: Final = 10
REQUESTS_PER_SECOND: Final = EVENTS_PER_SECOND // EVENTS_PER_REQUEST
STEP_MS: Final = 1000 // EVENTS_PER_SECOND

SECONDS_PER_CONNECTION: Final = 30
CONNECTIONS_PER_FAILURE: Final = 100
"""One welcome in so many meets a 410."""

OPENS_AT, GREETS_AT, CLOSES_AT = 21, 22, 71
"""Which of the hundred events of a second they are."""

OPENS: Final = "WebSocket connected, connection ID: %(opening)s"
SENT: Final = "Welcome message sent to connection %(opening)s"
FAILED: Final = f"Failed to send welcome message to connection %(opening)s: {boto3_error('GoneException')}"
CLOSES: Final = "WebSocket disconnected, connection ID: %(closing)s"

VARIANTS: Final = 16
"""Texts to choose from for each second, so that their noise differs."""

FRAME: Final = PythonText()

PADDING: Final = " trace=1-6664c2a8-5f2d9c1e7b3a4d608e9f1c2b"
"""Brings the events to 400 bytes on average."""


def bulk(events: int, seed: int = 0) -> Iterator[bytes]:
    """Yield the log as JSON Lines, second by second: `events` of them, a multiple of a hundred."""
    draw = random.Random(seed)
    greeted = [_second(SENT, draw) for _ in range(VARIANTS)]
    failed = _second(FAILED, draw)
    for second in range(_seconds(events)):
        text = failed if _is_failure(second) else draw.choice(greeted)
        yield (text % _values(second, seed, draw)).encode()


def bulk_truth(events: int) -> Truth:
    """Return what a reader must find in such a log, with all of it as the window."""
    seconds = _seconds(events)
    failed = sum(map(_is_failure, range(seconds)))
    complete = max(0, seconds - SECONDS_PER_CONNECTION)
    duration_seconds = SECONDS_PER_CONNECTION + (CLOSES_AT - OPENS_AT) * STEP_MS / 1000
    return {
        "data.events": Measure(events),
        "gone.errors": Measure(failed),
        "gone.connections": Measure(failed),
        "gone.max_per_connection": Measure(min(failed, 1)),
        "gone.welcome_errors": Measure(failed),
        # The first to close were opened before the log begins.
        "gone.connection_rate": rate(failed, seconds + min(seconds, SECONDS_PER_CONNECTION)),
        "gone.welcome_rate": rate(failed, seconds + min(seconds, SECONDS_PER_CONNECTION)),
        "lifecycle.complete": Measure(complete),
        "lifecycle.open": Measure(seconds - complete),
        "lifecycle.incomplete": Measure(0),
        "lifecycle.incomplete_rate": rate(0, complete),
        "lifecycle.short_lived": Measure(0),
        "lifecycle.short_lived_rate": rate(0, complete),
        "lifecycle.median_duration_seconds": Measure(duration_seconds if complete else None, complete),
        "welcome.sent": Measure(seconds - failed),
        "welcome.failed": Measure(failed),
        "welcome.retries": Measure(0),
        "welcome.failure_rate": rate(failed, seconds),
        "welcome.average_retries": rate(0, seconds),
        "welcome.undelivered_rate": rate(failed, seconds),
    }


def until_ms(events: int) -> int:
    """Return the end of such a log."""
    return SINCE_MS + _seconds(events) * 1000


def _seconds(events: int) -> int:
    seconds, rest = divmod(events, EVENTS_PER_SECOND)
    if rest:
        raise ValueError(f"{events} events, must be a multiple of {EVENTS_PER_SECOND}")
    return seconds


def _is_failure(second: int) -> bool:
    return second % CONNECTIONS_PER_FAILURE == 0


def _values(second: int, seed: int, draw: random.Random) -> dict[str, str]:
    """Return what changes from second to second."""
    at_ms = SINCE_MS + second * 1000
    return {
        "now": str(at_ms // 1000),
        "soon": str(at_ms // 1000 + 2),
        "iso": clock.iso(at_ms).removesuffix(".000Z"),
        "stream": stream_name(at_ms, seed, 0),
        "opening": connection_id(second + SECONDS_PER_CONNECTION),
        "closing": connection_id(second),
        **{f"request{number}": new_request_id(draw) for number in range(REQUESTS_PER_SECOND)},
    }


def _second(welcome: str, draw: random.Random) -> str:
    """Return a hundred events with placeholders for what changes."""
    signals = {OPENS_AT: OPENS, GREETS_AT: welcome, CLOSES_AT: CLOSES}
    return "".join(event for number in range(REQUESTS_PER_SECOND) for event in _request(number, signals, draw))


def _request(number: int, signals: Mapping[int, str], draw: random.Random) -> Iterator[str]:
    """Yield START, the application's lines, END and REPORT."""
    request_id = f"%(request{number})s"
    first = number * EVENTS_PER_REQUEST
    last = first + EVENTS_PER_REQUEST - 1
    invocation = Invocation(request_id, first * STEP_MS, last * STEP_MS)
    yield _event(first, FRAME.start(invocation))
    for position in range(first + 1, last - 1):
        said = signals.get(position) or noise.numbered(draw.choice(noise.LINES), draw).text + PADDING
        yield _event(position, f"[INFO]\t%(iso)s.{position * STEP_MS:03}Z\t{request_id}\t{said}\n")
    for position, text in enumerate(FRAME.end(invocation), start=last - 1):
        yield _event(position, text)


def _event(position: int, message: str) -> str:
    millisecond = f"{position * STEP_MS:03}"
    return (
        f'{{"timestamp":%(now)s{millisecond},"ingestionTime":%(soon)s{millisecond},"logStreamName":"%(stream)s",'
        f'"message":{json.dumps(message)},"eventId":"3%(now)s{millisecond}{0:042}","logGroup":"/aws/lambda/chat"}}\n'
    )
