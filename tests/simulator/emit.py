"""The log of a scenario as CloudWatch holds it: sorted log events, each with an id and an ingestion delay."""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Final, TypedDict

from tests.simulator import clock, noise
from tests.simulator.dialects import DIALECTS, FUNCTION_LOG_GROUP, Line
from tests.simulator.frames import Invocation, PythonText, cold_start
from tests.simulator.story import UNPUBLISHED, Scenario
from tests.simulator.timeline import CALL_MS, new_request_id, requests

ENVIRONMENTS: Final = 4
"""Execution environments of a function, each with a log stream of its own every day."""

INIT_MS: Final = 300
"""From the start of an execution environment to its first request."""

SWEEP_LOG_GROUP: Final = "/aws/lambda/sweep"


Entry = tuple[Line, str, str]
"""A line with its log group and its log stream."""


class LogEvent(TypedDict):
    """A log event, with the keys of the CloudWatch API."""

    timestamp: int
    ingestionTime: int
    logStreamName: str
    message: str
    eventId: str
    logGroup: str


def events(scenario: Scenario) -> list[LogEvent]:
    """Return every event once, from the oldest to the newest."""
    draw = random.Random(f"events of {scenario.seed}")
    span_ms = range(scenario.log_since_ms, scenario.log_until_ms)
    written = list(_written(scenario, draw))
    if scenario.deployed_ms is not None:
        written += _cold_starts(written)
    written = [entry for entry in written if entry[0].at_ms in span_ms]
    written.sort(key=lambda entry: entry[0].at_ms)
    return [
        {
            "timestamp": line.at_ms,
            "ingestionTime": line.at_ms + draw.randrange(300, 5000),
            "logStreamName": stream,
            "message": line.text,
            "eventId": event_id(line.at_ms, scenario.seed, position),
            "logGroup": log_group,
        }
        for position, (line, log_group, stream) in enumerate(written)
    ]


def delivered(scenario: Scenario) -> list[LogEvent]:
    """Return the events as the scenario has them delivered: some twice, in any order."""
    draw = random.Random(f"delivery of {scenario.seed}")
    copies = events(scenario)
    copies += draw.choices(copies, k=scenario.duplicates)
    if scenario.is_shuffled:
        draw.shuffle(copies)
    else:
        copies.sort(key=lambda event: event["eventId"])
    return copies


def json_lines(log_events: Iterable[LogEvent]) -> Iterator[bytes]:
    """Return one line of JSON for each event."""
    return (json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in log_events)


def event_id(at_ms: int, seed: int, position: int) -> str:
    """Return 56 digits that grow with time, and differ between scenarios of different seeds."""
    return f"3{at_ms:018}{seed % 10**12:012}{position:025}"


def stream_name(at_ms: int, seed: int, environment: int, version: str = UNPUBLISHED) -> str:
    """Return the log stream of an execution environment on the day of a request."""
    day = clock.day(at_ms)
    return f"{day}/[{version}]{random.Random(f'{seed} {day} {environment}').getrandbits(128):032x}"


def _written(scenario: Scenario, draw: random.Random) -> Iterator[Entry]:
    """Yield all lines of requests, in no order."""
    for request in requests(scenario):
        dialect = DIALECTS[request.connection.dialect]
        environment = draw.randrange(ENVIRONMENTS)
        stream = stream_name(request.steps[0].at_ms, scenario.seed, environment, request.version)
        for line in dialect.lines(request, scenario.noise_per_step, draw):
            yield line, dialect.log_group, stream
    for start_ms in range(scenario.log_since_ms, scenario.log_until_ms, scenario.sweep_every_ms):
        stream = stream_name(start_ms, scenario.seed, ENVIRONMENTS)
        for line in _sweep(start_ms, draw):
            yield line, SWEEP_LOG_GROUP, stream


def _cold_starts(written: Iterable[Entry]) -> Iterator[Entry]:
    """Yield one for each log stream of the function, before its first line."""
    first_ms: dict[str, int] = {}
    for line, log_group, stream in written:
        if log_group == FUNCTION_LOG_GROUP:
            first_ms[stream] = min(line.at_ms, first_ms.get(stream, line.at_ms))
    for stream, at_ms in first_ms.items():
        yield Line(at_ms - INIT_MS, cold_start()), FUNCTION_LOG_GROUP, stream


def _sweep(start_ms: int, draw: random.Random) -> Iterator[Line]:
    frame = PythonText()
    invocation = Invocation(new_request_id(draw), start_ms, start_ms + CALL_MS)
    yield Line(start_ms, frame.start(invocation))
    for said in noise.SWEEP:
        yield Line(start_ms, frame.line(noise.numbered(said, draw), invocation.request_id, start_ms))
    yield from (Line(invocation.end_ms, text) for text in frame.end(invocation))
