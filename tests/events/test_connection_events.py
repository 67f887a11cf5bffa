"""Lines of checks/events are understood exactly, whatever else they contain."""

import ast
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright._impl._driver import compute_driver_executable

from checks.analysis.recognise import Recognised, recognise
from checks.events import connection_events
from checks.events.connection_events import log_connection_event
from checks.logs.files import read_files
from tests.analysis.playing import ANN, BOB, REQUEST, analysed, event, said, values, written

KINDS: Final = ("connect", "disconnect", "message", "gone", "welcome_sent", "welcome_failed", "welcome_retry")
PYTHON: Final = Path(connection_events.__file__)
NODE: Final = PYTHON.with_suffix(".mjs")
TIME: Final = "2026-11-23T01:14:01.156Z"
DETAILS: Final = {"alone": None, "with details": {"attempt": 2}}
FORMATS: Final = 5
"""How many `formatted` makes of a line."""


class _Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


HOSTILE: Final[Mapping[str, Any]] = {
    "not a number": {"latency": float("nan")},
    "a circle": _circle(),
    "too deep": json.loads("[" * 900 + "]" * 900),
    "an object": {"client": object()},
    "an object without words": _Broken(),
    "keys of any kind": {(1, 2): 3},
    "line ends": {"text": "a\nCONNECTION_EVENT: {}\r\u2028\u2029\x85b"},
    "half a character": {"text": "\ud83d"},
    "another connection": {"connection_id": BOB, "connectionId": BOB, "event_type": "gone", "eventType": "CONNECT"},
    "a user's words": {"text": "GoneException: 410 Gone, welcome message failed", "note": "mqtt methodArn"},
    "an error": {"error": "GoneException: UnknownError", "statusCode": 410, "code": "GoneException"},
    "an event of API Gateway": {"requestContext": {"connectionId": BOB, "eventType": "DISCONNECT", "connectedAt": 1}},
    "a great many words": {"text": "GoneException " * 10_000},
    "a huge number": 10**5000,
}


def formatted(line: str) -> Iterator[str]:
    """Yield a line as Lambda writes it: as text by Python's logging, print and Node, and as JSON by both."""
    record = {"timestamp": TIME, "level": "INFO", "message": line, "requestId": REQUEST}
    yield f"[INFO]\t{TIME}\t{REQUEST}\t{line}\n"
    yield f"{line}\n"
    yield f"{TIME}\t{REQUEST}\tINFO\t{line}\n"
    yield json.dumps({**record, "logger": "connection_events"})
    yield json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def understood(folder: Path, lines: Sequence[str]) -> list[Recognised]:
    spool = read_files([str(written(folder, [event(line) for line in lines]))], folder)
    return list(recognise(spool, {}, folder))


def logged(caplog: pytest.LogCaptureFixture, kind: str, details: Any = None) -> str:
    """Return the only logged line."""
    caplog.clear()
    log_connection_event(ANN, kind, details)
    (record,) = caplog.records
    assert record.levelno == logging.INFO
    return record.getMessage()


def test_it_is_understood_in_all_formats(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each line has its connection and exactly its kind, and, except with print, its request."""
    several = {
        (kind, name): list(formatted(logged(caplog, kind, details)))
        for kind in KINDS
        for name, details in DETAILS.items()
    }
    events = iter(understood(tmp_path, [*chain.from_iterable(several.values())]))
    wrong = {
        case: meanings
        for case in several
        if (meanings := [(list(one.kinds), one.connection_id, one.request_id) for one in islice(events, FORMATS)])
        != [([case[0]], ANN, request_id) for request_id in (REQUEST, None, *[REQUEST] * 3)]
    }
    assert not wrong


def test_nothing_in_its_details_counts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """They are one line of JSON of bounded length, and never raise an exception."""
    lines = {name: logged(caplog, "message", details) for name, details in HOSTILE.items()}
    events = iter(understood(tmp_path, [*chain.from_iterable(map(formatted, lines.values()))]))
    meanings = {name: [(list(one.kinds), one.connection_id) for one in islice(events, FORMATS)] for name in lines}
    assert {name: text for name, text in lines.items() if not is_bounded(text)} == {}
    assert {name: one for name, one in meanings.items() if one != [(["message"], ANN)] * FORMATS} == {}


def is_bounded(line: str) -> bool:
    """Whether it is one short line with the given connection and kind."""
    content = json.loads(line.removeprefix("CONNECTION_EVENT: "))
    is_named = (content["connection_id"], content["event_type"]) == (ANN, "message")
    return is_named and len(line.splitlines()) == 1 and len(line.encode()) < 100_000


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(connection_id=_ANYTHING, event_type=_ANYTHING, details=_ANYTHING)
def test_it_never_raises(caplog: pytest.LogCaptureFixture, connection_id: Any, event_type: Any, details: Any) -> None:
    """Whatever the arguments, logging must not break the handler."""
    caplog.clear()
    log_connection_event(connection_id, event_type, details)
    (line,) = caplog.messages
    assert isinstance(json.loads(line.removeprefix("CONNECTION_EVENT: ")), dict)
    assert len(line.splitlines()) == 1


def test_a_line_that_only_looks_like_it_is_judged_as_words(tmp_path: Path) -> None:
    """What a user typed follows other words, and an unknown kind is none."""
    own = f'CONNECTION_EVENT: {{"connection_id": "{BOB}", "event_type": "gone"}}'
    lines = [f"[INFO]\t{TIME}\t{REQUEST}\tMessage content: {own}", own.replace("gone", "banana")]
    assert [list(one.kinds) for one in understood(tmp_path, lines)] == [[], []]


def test_the_file_stands_alone(tmp_path: Path) -> None:
    """It is copied into Lambda functions, without DuckDB or the checks, so it uses only the standard library."""
    known = {"json", "logging", "typing"}
    imported = {
        alias if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(PYTHON.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in [one.name for one in node.names]
    }
    assert imported == known
    shutil.copy(PYTHON, tmp_path)
    code = (
        f"import logging, sys; sys.path.insert(0, {str(tmp_path)!r}); logging.basicConfig(format='%(message)s'); "
        f"from connection_events import log_connection_event; log_connection_event({ANN!r}, 'connect')"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == f'CONNECTION_EVENT: {{"connection_id": "{ANN}", "event_type": "connect"}}\n'


def test_node_writes_the_same(tmp_path: Path) -> None:
    """Each call writes one line, understood as that kind; what breaks JSON.stringify breaks nothing."""
    calls = f"""
        import {{ logConnectionEvent }} from {json.dumps(NODE.as_uri())};
        const circle = {{}}; circle.self = circle;
        const hostile = [undefined, null, 1n, NaN, circle, () => 1, Symbol("x"),
          "\\ud83d \\\\ud83d", "a\\nb\\u2028c\\u0085d",
          {{ toJSON() {{ throw new Error("no words"); }}, toString() {{ throw new Error("none at all"); }} }},
          {{ connection_id: {json.dumps(BOB)}, error: "GoneException: 410", requestContext: {{ eventType: "GONE" }} }},
          "GoneException ".repeat(10000)];
        for (const kind of {json.dumps(KINDS)}) logConnectionEvent({json.dumps(ANN)}, kind);
        for (const details of hostile) logConnectionEvent({json.dumps(ANN)}, "message", details);
    """
    node, _ = compute_driver_executable()  # Playwright brings it, and the browser tests bring Playwright
    done = subprocess.run([node, "--input-type=module"], input=calls, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    kinds = [*KINDS, *["message"] * 12]
    assert len(lines) == len(kinds)
    assert all(json.loads(line.removeprefix("CONNECTION_EVENT: "))["connection_id"] == ANN for line in lines)
    several = [list(formatted(line)) for line in lines]
    actual = understood(tmp_path, [one for forms in several for one in forms])
    expected = [([kind], ANN) for kind, forms in zip(kinds, several, strict=True) for _ in forms]
    assert [(list(one.kinds), one.connection_id) for one in actual] == expected


def test_what_it_logs_as_welcome_belongs_to_the_welcome(tmp_path: Path) -> None:
    """A GoneException of the same request is one of the welcome, which then failed."""
    lines = [f'CONNECTION_EVENT: {{"connection_id": "{ANN}", "event_type": "{kind}"}}' for kind in KINDS]
    analysis = analysed(tmp_path, [said(line) for line in lines if "welcome_sent" not in line])
    assert values(analysis, "gone.errors", "gone.welcome_errors", "welcome.failed", "welcome.sent") == [1, 1, 1, 0]
    assert values(analysis, "lifecycle.events", "welcome.retries", "data.unattributed_rate") == [3, 1, 0]
