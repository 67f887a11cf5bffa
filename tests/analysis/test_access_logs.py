"""API Gateway's access log beside the function's own log: both may report the same event."""

import json
from collections.abc import Callable
from typing import Final, TypeAlias

import pytest

from checks.analysis.analyse import analyse
from checks.analysis.recognise import Dialect
from checks.logs.spool import Spool, SpoolFile

ROW = "%s 203.0.113.7 [02/Jun/2026:07:00:00 +0000] 200 %s"
REQUEST_ID = "Qw7LmXaIAMEFPbg="
RECORD = {"requestId": "Xy1", "requestTime": "02/Jun/2026:07:00:00 +0000", "status": 200}


def row(connection_id: str, event_type: str) -> str:
    return ROW % (connection_id, event_type)


def record(connection_id: str, event_type: str) -> str:
    fields = {**RECORD, "connectionId": connection_id}
    return json.dumps({**fields, "eventType": event_type, "routeKey": f"${event_type.lower()}"})


def quoted_record(connection_id: str, event_type: str) -> str:
    """Return a record as SST configures it: its values have their own quotation marks."""
    fields = json.loads(record(connection_id, event_type))
    return json.dumps({key: f'"{value}"' if key != "status" else value for key, value in fields.items()})


def renamed_record(connection_id: str, event_type: str) -> str:
    """Return a record whose fields have the names of an own format."""
    return json.dumps({"rid": REQUEST_ID, "event": event_type, "conn": connection_id, "status_code": "200", "err": "-"})


def nested_record(connection_id: str, event_type: str) -> str:
    fields = {"route": f"${event_type.lower()}", "connection": connection_id}
    return json.dumps({"apigw_request_id": REQUEST_ID, "ws": fields, "response": {"status": "-"}})


def labelled_row(connection_id: str, event_type: str) -> str:
    when = "02/Jun/2026:07:00:00 +0000"
    return f'requestId={REQUEST_ID} time="{when}" eventType={event_type} status=200 connectionId={connection_id}'


def colon_row(connection_id: str, event_type: str) -> str:
    return f"requestId: {REQUEST_ID}, routeKey: ${event_type.lower()}, status: 200, connectionId: {connection_id}"


WAYS: Final = (row, record, quoted_record, renamed_record, nested_record, labelled_row, colon_row)
Told: TypeAlias = Callable[[str, Callable[[str, str], str] | None], tuple[list[str], str]]


def own(connection_id: str, *kinds: str) -> list[tuple[str, str]]:
    """Return a line of the function's log."""
    return [("fn", f"WebSocket {kind}, connection ID: {connection_id}") for kind in kinds]


def name(case: str, way: Callable[[str, str], str] | None) -> str:
    """Return the connection of a case."""
    return f"Qw7LmXa{('alone', 'both', 'only').index(case)}{WAYS.index(way) if way else 9}AMCKbg="


@pytest.fixture(name="told", scope="module")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The signals and the state of each connection; all are in one log."""
    messages = own(name("alone", None), "connected", "disconnected")
    for way in WAYS:
        both, only = name("both", way), name("only", way)
        messages += own(both, "connected", "disconnected")
        messages += [("api", way(both, "CONNECT")), ("api", way(both, "DISCONNECT"))]
        messages += [*own(only, "connected"), ("api", way(only, "DISCONNECT"))]
    path = tmp_path_factory.mktemp("access") / "log.jsonl"
    lines = [
        json.dumps({"timestamp": 1_780_000_000_000 + 1000 * number, "logGroup": group, "message": message})
        for number, (group, message) in enumerate(messages)
    ]
    path.write_text("\n".join(lines) + "\n")
    spool = Spool("files", (str(path),), (SpoolFile(path, str(path)),))
    analysis, engine = analyse(spool, None, Dialect(5, {}, {}), path.parent)
    signals = engine.rows("SELECT connection_id, kind FROM signals WHERE is_counted ORDER BY kind")
    states = {one["connection_id"]: one["state"] for one in engine.rows("FROM connections")}
    assert analysis.metrics["lifecycle.events"].value == len(signals)
    assert analysis.metrics["lifecycle.complete"].value == list(states.values()).count("complete")

    def told(case: str, way: Callable[[str, str], str] | None) -> tuple[list[str], str]:
        connection_id = name(case, way)
        return [one["kind"] for one in signals if one["connection_id"] == connection_id], states[connection_id]

    return told


@pytest.mark.parametrize("access", WAYS)
def test_an_event_that_both_tell_counts_once(access: Callable[[str, str], str], told: Told) -> None:
    """The function's line is the one that counts."""
    assert told("alone", None) == told("both", access) == (["connect", "disconnect"], "complete")


@pytest.mark.parametrize("access", WAYS)
def test_what_only_the_access_log_tells_counts(access: Callable[[str, str], str], told: Told) -> None:
    """This helps a function that does not log its disconnects."""
    assert told("only", access) == (["connect", "disconnect"], "complete")
