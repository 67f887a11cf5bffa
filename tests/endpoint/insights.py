"""The part of Logs Insights QL that the project's own queries use."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from operator import itemgetter
from typing import Any, Final

from tests.endpoint.behaviour import Behaviour, ServiceError
from tests.endpoint.expressions import Fields, Row, aggregated, value_of
from tests.endpoint.store import Group

MOST_ROWS: Final = 100_000
PAGE_ROWS: Final = 10_000
MOST_STATS: Final = 2
LARGE: Final = 100_000
_STAGE: Final = re.compile(r"\s*((?:/(?:\\.|[^/\\])*/|[^|/])+)(?:\||$)")
_LIKE: Final = re.compile(r"@message like /((?:\\.|[^/\\])*)/")
_REQUEST: Final = re.compile(r"^(?:START|END|REPORT) RequestId: (\S+)|^\[\w+\]\t\S+\t([0-9a-f-]{36})\t")

_Event = Mapping[str, Any]

_POINTERS: Final = count(1)
"""Another for each row of each query: nothing says that they stay the same."""


@dataclass
class Query:
    """A query of Logs Insights.

    Attributes:
        rows: The rows that it returns, each with its fields.
        statistics: Its statistics, with the API's names.
        polls: The number of polls that will find it under way.
        ends_as: Its status after these polls.
    """

    rows: list[list[dict[str, str]]]
    statistics: dict[str, float]
    polls: int
    ends_as: str
    status: str = field(init=False)

    def __post_init__(self) -> None:
        self.status = "Scheduled" if self.polls else self.ends_as

    def answer(self, first: int) -> dict[str, Any]:
        """Return its status and a page of its rows, a part of them while it runs; each answer advances it."""
        most = {"Scheduled": 0, "Running": 1, "Cancelled": 1}.get(self.status, PAGE_ROWS)
        last = min(first + most, len(self.rows))
        more = {"nextToken": str(last)} if most == PAGE_ROWS and last < len(self.rows) else {}
        content = {"status": self.status, "results": self.rows[first:last], "statistics": self.statistics, **more}
        if self.polls:
            self.polls -= 1
            self.status = "Running" if self.polls else self.ends_as
        return content

    def cancel(self) -> bool:
        """End it, and return whether it was under way."""
        was_under_way, self.polls = bool(self.polls), 0
        if was_under_way:
            self.status = "Cancelled"
        return was_under_way


def start(text: str, groups: Sequence[Group], since: int, until: int, behaviour: Behaviour) -> Query:
    """Run a query over [since, until], in seconds since the epoch."""
    scanned: list[_Event] = []
    for group in groups:
        scanned += group.events(group.between(since * 1000, until * 1000))
    stages = _stages(text)
    is_counting = any(stage.startswith("stats ") for stage in stages)
    rows, matched = _counted(stages, scanned) if is_counting else _listed(stages, scanned)
    statistics = {
        "recordsMatched": float(matched),
        "recordsScanned": float(len(scanned)),
        "bytesScanned": float(sum(len(event["message"]) for event in scanned)),
    }
    return Query(rows, statistics, behaviour.polls, behaviour.query_status)


def _listed(stages: list[str], scanned: list[_Event]) -> tuple[list[list[dict[str, str]]], int]:
    """Return events as they are, and how many matched."""
    fields, events, is_ascending, limit = ["@timestamp", "@message"], scanned, False, PAGE_ROWS
    for stage in stages:
        name, _, rest = stage.partition(" ")
        if name == "fields":
            fields = [one.strip() for one in rest.split(",")]
        elif name == "filter":
            events = list(filter(_condition(rest), events))
        elif name == "sort" and rest in {"@timestamp asc", "@timestamp desc"}:
            is_ascending = rest.endswith("asc")
        elif name == "limit" and rest.isdecimal() and int(rest) <= MOST_ROWS:
            limit = int(rest)
        else:
            raise ServiceError("MalformedQueryException", f"unexpected: {stage}")
    ordered = sorted(events, key=lambda event: event["timestamp"], reverse=not is_ascending)
    return [_row(event, fields) for event in ordered[:limit]], len(events)


def _counted(stages: list[str], scanned: list[_Event]) -> tuple[list[list[dict[str, str]]], int]:
    """Return the rows of two `stats` at most, and how many events matched."""
    events, rows, grouped = scanned, list[Row](), 0
    for stage in stages:
        name, _, rest = stage.partition(" ")
        if name == "filter" and not rows:
            events = list(filter(_condition(rest), events))
        elif name == "parse" and not grouped:
            rows = rows or list(map(_fields, events))
            _parse(rest, rows)
        elif name == "fields" and not grouped:
            expression, _, alias = rest.rpartition(" as ")
            rows = rows or list(map(_fields, events))
            for row in rows:
                row[alias] = value_of(expression, row)
        elif name == "stats" and grouped < MOST_STATS:
            rows, grouped = aggregated(rest, rows or list(map(_fields, events))), grouped + 1
        elif name == "sort" and grouped == MOST_STATS and rest.endswith(" desc"):
            rows.sort(key=itemgetter(rest.removesuffix(" desc")), reverse=True)
        elif name == "limit" and grouped == MOST_STATS:
            rows = rows[: int(rest)]
        else:
            raise ServiceError("MalformedQueryException", f"unexpected: {stage}")
    cells = ([{"field": key, "value": _text(value)} for key, value in row.items() if value is not None] for row in rows)
    return list(cells)[:PAGE_ROWS], len(events)


def _fields(event: _Event) -> Fields:
    """Return the fields of an event, including those of a record, before the query adds its own.

    `@` is written as `at_` (see expressions.py).
    """
    request, message = _REQUEST.match(event["message"]), event["message"]
    return Fields(
        {
            **(json.loads(message) if message.startswith("{") else {}),
            "at_requestId": next(filter(None, request.groups())) if request else None,
            "at_timestamp": event["timestamp"],
            "at_ingestionTime": event["ingestionTime"],
            "at_message": event["message"],
        }
    )


def _parse(text: str, rows: list[dict[str, Any]]) -> None:
    """Add the groups of a pattern to the rows that it matches; other rows don't get these fields."""
    command = re.fullmatch(r"(\S+) /(.*)/", text)
    if not command or "(?P<" in command[2]:  # groups are documented as `(?<name>…)` alone
        raise ServiceError("MalformedQueryException", f"unexpected: parse {text}")
    pattern = re.compile(re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", command[2].replace(r"\/", "/")), re.ASCII)
    for row in rows:
        if match := pattern.search(row[command[1].replace("@", "at_")]):
            row.update(match.groupdict())


def _text(value: Any) -> str:
    """Return a value as it is answered: large numbers in scientific notation."""
    return value if isinstance(value, str) else f"{value:.17G}" if abs(value) >= LARGE else f"{value:g}"


def _stages(text: str) -> list[str]:
    stages = [stage.strip() for stage in _STAGE.findall(text)]
    if "".join(_STAGE.sub("", text).split()):
        raise ServiceError("MalformedQueryException", f"cannot read: {text}")
    return stages


def _condition(text: str) -> Callable[[_Event], bool]:
    if bound := re.fullmatch(r"toMillis\(@timestamp\) (>=|<) (\d+)", text):
        edge = int(bound[2])
        if bound[1] == "<":
            return lambda event: event["timestamp"] < edge
        return lambda event: event["timestamp"] >= edge
    patterns = [re.compile(pattern.replace(r"\/", "/")) for pattern in _LIKE.findall(text)]
    if not patterns or _LIKE.sub("", text).replace(" or ", "").strip():
        raise ServiceError("MalformedQueryException", f"unexpected: {text}")
    return lambda event: any(pattern.search(event["message"]) for pattern in patterns)


def _row(event: _Event, fields: list[str]) -> list[dict[str, str]]:
    request = _REQUEST.match(event["message"])
    values = {
        "@timestamp": _time(event["timestamp"]),
        "@ingestionTime": _time(event["ingestionTime"]),
        "@message": event["message"],
        "@logStream": event["logStreamName"],
        "@requestId": next(filter(None, request.groups()), "") if request else "",
        "@ptr": f"{next(_POINTERS)}",
    }
    return [{"field": name, "value": values[name]} for name in (*fields, "@ptr") if values[name]]


def _time(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03}"
