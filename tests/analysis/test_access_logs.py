"""API Gateway's access log beside the function's own: two tell of one event."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.analysis.analyse import analyse
from checks.analysis.recognise import Dialect
from checks.logs.spool import Spool, SpoolFile

CONNECTION = "Qw7LmXa9oAMCKbg="
ROW = f"{CONNECTION} 203.0.113.7 [02/Jun/2026:07:00:00 +0000] 200 %s"
RECORD = {"requestId": "Xy1", "requestTime": "02/Jun/2026:07:00:00 +0000", "status": 200, "connectionId": CONNECTION}


def row(event_type: str) -> str:
    return ROW % event_type


def record(event_type: str) -> str:
    return json.dumps({**RECORD, "eventType": event_type, "routeKey": f"${event_type.lower()}"})


def quoted_record(event_type: str) -> str:
    """Return a record as SST configures it: its values are in quotation marks of their own."""
    fields = {**RECORD, "eventType": event_type, "routeKey": f"${event_type.lower()}"}
    return json.dumps({key: f'"{value}"' if key != "status" else value for key, value in fields.items()})


def measured(tmp_path: Path, *messages: tuple[str, str]) -> dict[str, float | None]:
    lines = [
        json.dumps({"timestamp": 1_780_000_000_000 + 1000 * number, "logGroup": group, "message": message})
        for number, (group, message) in enumerate(messages)
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines) + "\n")
    spool = Spool("files", (str(path),), (SpoolFile(path, str(path)),))
    analysis, _ = analyse(spool, None, Dialect(5, {}, {}), tmp_path)
    return {name: metric.value for name, metric in analysis.metrics.items()}


@pytest.mark.parametrize("access", [row, record, quoted_record])
def test_an_event_that_both_tell_counts_once(access: Callable[[str], str], tmp_path: Path) -> None:
    """The function's line is the one that counts."""
    own = [("fn", f"WebSocket connected, connection ID: {CONNECTION}")]
    own += [("fn", f"WebSocket disconnected, connection ID: {CONNECTION}")]
    both = [*own, ("api", access("CONNECT")), ("api", access("DISCONNECT"))]
    alone = measured(tmp_path, *own)
    assert alone["lifecycle.events"] == 2
    assert measured(tmp_path, *both)["lifecycle.events"] == 2


@pytest.mark.parametrize("access", [row, record, quoted_record])
def test_what_only_the_access_log_tells_counts(access: Callable[[str], str], tmp_path: Path) -> None:
    """A function that does not log its disconnects is helped by it."""
    analysis = measured(
        tmp_path, ("fn", f"WebSocket connected, connection ID: {CONNECTION}"), ("api", access("DISCONNECT"))
    )
    assert analysis["lifecycle.complete"] == 1
