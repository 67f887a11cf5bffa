"""Scenarios of an application that logs only by checks/events, which writes one line for each step."""

import json
import re
from dataclasses import replace

from tests.simulator import emit
from tests.simulator.story import DialectName, Scenario

_EVENT = re.compile(r"CONNECTION_EVENT: (\{.*\})\s*$")
_PLATFORM = re.compile(r"(?:START|END|REPORT) RequestId: |INIT_START ")


def events(scenario: Scenario) -> list[emit.LogEvent]:
    """Return the log events of a scenario whose connections all log so, beside the lines of Lambda's platform."""
    people = [replace(person, dialect=DialectName.CONNECTION_EVENT) for person in scenario.connections]
    written = emit.events(replace(scenario, connections=tuple(people)))
    return [
        {**event, "message": _EVENT.sub(_line, event["message"])}
        for event in written
        if _EVENT.search(event["message"]) or _PLATFORM.match(event["message"])
    ]


def _line(match: re.Match[str]) -> str:
    event = json.loads(match[1])
    facts = {name: event[name] for name in ("connection_id", "event_type", "details")}
    return f"CONNECTION_EVENT: {json.dumps(facts, ensure_ascii=False)}\n"
