"""Events that report an error, and their signatures."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from checks.analysis.analyse import MOST_SIGNATURES, Analysis, Scope, Signature, analyse
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect
from checks.logs.files import read_files
from checks.metrics import OF_CONNECTIONS, Subject
from tests.analysis.playing import (
    ANN,
    BOB,
    OTHER_REQUEST,
    REQUEST,
    SINCE_MS,
    WINDOW,
    Event,
    event,
    renamed,
    said,
    written,
)

WITH_ERRORS = Scope(subjects=(*OF_CONNECTIONS, Subject.ERRORS))

TIME = "2026-06-02T00:00:00.000Z"


def examined(folder: Path, events: Iterable[Event], scope: Scope = WITH_ERRORS) -> tuple[Analysis, Engine]:
    path = written(folder, events)
    return analyse(read_files([str(path)], folder), WINDOW, Dialect(5, {}, {}), folder, scope)


def looked_at(folder: Path, events: Iterable[Event], scope: Scope = WITH_ERRORS) -> Analysis:
    return examined(folder, events, scope)[0]


def in_a_row(lines: Iterable[str], gap_ms: int = 1) -> list[Event]:
    """Return lines of one stream, each of which is an event."""
    return [event(f"{line}\n", SINCE_MS + number * gap_ms) for number, line in enumerate(lines)]


@pytest.fixture(name="told", scope="module")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, int]:
    """The number of errors in each case; all are in one log, each as if it were alone."""
    cases = {name: in_a_row(lines, 5000 if name == "long after" else 1) for name, (_, lines) in LINE_BY_LINE.items()}
    cases |= {name: in_a_row(lines) for name, (lines, _) in INITS.items()}
    cases |= {name: lines for name, (lines, _) in (OF_ANY_WORDS | REPORTS).items()}
    cases |= {name: [event(line)] for name, line in OTHER_LINES.items()}
    lines = [(name, line) for number, (name, case) in enumerate(cases.items()) for line in renamed(case, number)]
    analysis, engine = examined(tmp_path_factory.mktemp("cases"), [line for _, line in lines])
    told = Counter(lines[row["seq"]][0] for row in engine.rows("FROM error_lines"))
    assert analysis.metrics["errors.events"].value == told.total()
    return {name: told[name] for name in cases}


def failed(text: str, at_ms: int = SINCE_MS, request_id: str = REQUEST) -> Event:
    return event(f"[ERROR]\t{TIME}\t{request_id}\t{text}\n", at_ms)


ERRORS = {
    "room": f"[ERROR]\t{TIME}\t{REQUEST}\tNo such room",
    "member": "[ERROR] KeyError: 'member'\nTraceback (most recent call last):\n  File \"/var/a.py\", line 3, in f\n",
    "type": f"{TIME}\t{REQUEST}\tERROR\tInvoke Error \t"
    + json.dumps({"errorType": "TypeError", "errorMessage": "no type"}),
    "lobby": json.dumps({"timestamp": TIME, "level": "ERROR", "message": "No such lobby", "requestId": REQUEST}),
    "hall": json.dumps({"level": 50, "time": 1780389000125, "msg": "No such hall"}),
    "yard": json.dumps({"severity_text": "ERROR", "body": "No such yard"}),
    "lawn": "EROR[06-02|00:00:00] No such lawn                    conn=3",
    "porch": "ERRO[0003] No such porch                            conn=3",
    "attic": "2026-06-02 00:00:00,125 ERROR chat.rooms - No such attic",
    "cellar": 'level=error msg="no such cellar"',
    "cabin": "2026-06-02 00:00:00.125 +00:00 [ERR] No such cabin",
    "kitchen": f"{TIME} error: No such kitchen",
    "pantry": "[error] No such pantry",
    "garage": "Jun 02, 2026 8:30:00 AM com.acme.Rooms find\nSEVERE: No such garage",
    "tower": "Error: No such tower\n    at find (/var/task/rooms.js:3:4)",
    "stable": "Unhandled exception. System.InvalidOperationException: No such stable",
    "chapel": "[2026-06-02 00:00:00 +0000] [8] [ERROR] No such chapel",
    "castle": "No such castle: acme.NoRoomException\nacme.NoRoomException: No such castle\n\tat acme.Rooms.find",
    "mill": "2026-06-02T00:00:00Z ERR No such mill error=none",
    "forge": "12:00AM ERR No such forge",
    "dock": "2026/06/02 00:00:00 [ERROR] No such dock",
    "quay": "Uncaught Error: No such quay",
    "cave": "(node:8) UnhandledPromiseRejectionWarning: Error: No such cave",
    "well": "/var/task/rooms.rb:9:in `find': No such well (RuntimeError)",
    "loft": "** (RuntimeError) No such loft",
    "shed": "Fatal error: Uncaught Exception: No such shed in /var/task/rooms.php:3",
    "tent": "terminate called after throwing an instance of 'std::runtime_error', no such tent",
    "hut": "Jun  2 00:00:00 host chat[8]: ERROR: No such hut",
    "gate": f"{TIME}\terror\trooms/find.go:12\tNo such gate",
    "fence": json.dumps({"host": "chat", "level": 3, "short_message": "No such fence", "version": "1.1"}),
    "vault": "2026-06-02 00:00:00,125 8d2e1f00 [main] ERROR c.acme.Rooms - No such vault",
    "arbour": "2026-06-02T00:00:00+0000 error Rooms : [Chat] No such arbour",
    "meadow": json.dumps({"0": "No such meadow", "_meta": {"logLevelName": "ERROR", "date": TIME}}),
    "orchard": "[Error] No such orchard",
    "hedge": "ERROR\trooms/find.go:12\tNo such hedge",
    "brook": f"{REQUEST} ERROR Rooms:12 - No such brook",
    "moor": "production.ERROR: No such moor {}",
    "glade": "[error    ] No such glade                  room=3",
    "dell": f"{TIME} [error    ] No such dell                   room=3",
    "grove": f"00:00:00.125 request_id={REQUEST} [error] No such grove",
    "Process exited": f"{TIME} {REQUEST} Process exited before completing request",
    "barn": "\x1b[31mERROR\x1b[0m No such barn",
    "pond": "\x1b[41m ERROR \x1b[49m No such pond",
    "lake": "[rooms] ERROR: No such lake",
    "island": "[main] ERROR com.acme.Rooms - No such island",
    "harbour": "[ERR] No such harbour",
    "bridge": "2026-06-02 00:00:00.125 [Error] No such bridge",
    "tunnel": "\x1b[31m[Nest] 8 - \x1b[39m6/2/2026, 12:00:00 AM \x1b[31m  ERROR\x1b[39m [Rooms] No such tunnel",
    "ferry": json.dumps({"context": {"logLevel": 50}, "message": "No such ferry", "sequence": 3}),
    "pier": json.dumps({"Severity": "Error", "Message": "No such pier"}),
    "Task timed out": f"{TIME} {REQUEST} Task timed out after 3.00 seconds",
}
"""A line in the dialect of each of many loggers, by a word that is in no other."""


def test_errors_are_known_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    """They are recognised by level or by type, in the dialects of many loggers."""
    analysis = looked_at(tmp_path, map(event, ERRORS.values()))
    examples = [one.example for one in analysis.signatures]
    assert [word for word in ERRORS if not any(word in example for example in examples)] == []
    assert [one.events for one in analysis.signatures] == [1] * len(ERRORS)
    assert analysis.metrics["errors.events"].value == len(ERRORS)


OF_ANY_WORDS = {
    "by PHP": ([event("NOTICE: PHP message: PHP Fatal error:  Uncaught Exception")], 1),
    "as pairs": ([event('severity=ERROR msg="No such canal"')], 1),
}


def test_an_error_counts_whatever_may_be_shown_of_it(told: Mapping[str, int]) -> None:
    """The words may be personal, but the level is the logger's."""
    assert {name: told[name] for name in OF_ANY_WORDS} == {name: number for name, (_, number) in OF_ANY_WORDS.items()}


OTHER_LINES = {
    "asked about": f"[INFO]\t{TIME}\t{REQUEST}\tThe client asked about an ERROR",
    "part of a word": json.dumps({"level": "INFO", "message": "errorless"}),
    "warning": f"[WARNING]\t{TIME}\t{REQUEST}\tslow",
    "asked about first": "[INFO] ERROR is what the client asked about",
    "quoted": f"{TIME}\t{REQUEST}\tINFO\tWhy do I see '{TIME} {REQUEST} Task timed out after 3.00 seconds'?",
}


def test_other_lines_are_none(told: Mapping[str, int]) -> None:
    """Lines without a level of error don't count, whatever their words."""
    assert {name: told[name] for name in OTHER_LINES} == dict.fromkeys(OTHER_LINES, 0)


TRACE = '[ERROR] {}\nTraceback (most recent call last):\n\xa0\xa0File "/var/task/a.py", line {}, in f\n'
THIRD = "cccccccc-0000-4000-8000-000000000003"
SIGNED = {
    "differing": [
        failed(f"Could not store row 17 of {ANN}: 'hello there'", SINCE_MS + 5),
        failed(f"Could not store row 18 of {BOB}: 'how are you'", SINCE_MS + 3, OTHER_REQUEST),
        failed("Could not store row 19 of hSI-AoLYtEK_jNi=: 'bye now'", SINCE_MS + 7, OTHER_REQUEST),
        failed("Could not read the room"),
    ],
    "raised": [
        event(TRACE.format(error, line))
        for error, line in (("KeyError: 'room'", 3), ("KeyError: 'room'", 9), ("ValueError: no", 3))
    ],
    "secret": [failed("refused: Authorization: Bearer eyJhbGciOi.secret.token ann@example.com")],
    "repeated": [
        said(f"Client connected {ANN}"),
        failed("No such room", SINCE_MS + 1),
        failed("No such room", SINCE_MS + 2),
        said(f"Message received from connection {ANN}", SINCE_MS + 3, request_id=OTHER_REQUEST),
        failed("No such room", SINCE_MS + 4, OTHER_REQUEST),
        failed("No such room", SINCE_MS + 5, THIRD),
        event("2026-06-02 00:00:00,125 ERROR chat.rooms - No such room", SINCE_MS + 6),
    ],
}
"""Lines with errors, in none of which is one of another case."""
MINUTE_MS = 60_000


@pytest.fixture(name="signed", scope="module")
def _signed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Sequence[Signature]]:
    """The signatures of each case; all are in one log, each in its own minute."""
    lines = [
        {**line, "timestamp": int(str(line["timestamp"])) + number * MINUTE_MS}
        for number, case in enumerate(SIGNED.values())
        for line in renamed(case, number)
    ]
    signed: dict[str, list[Signature]] = {name: [] for name in SIGNED}
    for one in looked_at(tmp_path_factory.mktemp("signed"), lines).signatures:
        signed[[*SIGNED][(one.first - WINDOW.since) // timedelta(minutes=1)]].append(one)
    return signed


def test_what_differs_from_case_to_case_is_no_part_of_a_signature(signed: Mapping[str, Sequence[Signature]]) -> None:
    """Ids, numbers and users' words are not."""
    assert [(one.events, one.first.microsecond) for one in signed["differing"]] == [(3, 3000), (1, 0)]


def test_a_traceback_is_one_error_wherever_it_was_raised(signed: Mapping[str, Sequence[Signature]]) -> None:
    """Its frames don't matter for its signature, but its exceptions do."""
    assert [one.events for one in signed["raised"]] == [2, 1]


LINE_BY_LINE = {
    "Python, logged": (1, ["ERROR:root:not pushed", "Traceback (most recent call last):", "KeyError: 'room'"]),
    "Java, logged": (1, ["00:00:00.125 [main] ERROR Chat - not pushed", "java.io.IOException: no", "\tat Chat.push"]),
    "Java, printed": (1, ["java.io.IOException: no", "\tat Chat.push", "Caused by: java.net.BindException: no"]),
    "Java, by the runtime": (
        1,
        ["lobby.PushError: no", "java.lang.RuntimeException: lobby.PushError: no", "\tat Chat.push"],
    ),
    "Node.js, printed": (1, ["Error: not pushed", "    at push (/var/task/chat.js:3:4)"]),
    "two of them": (2, ["Traceback (most recent call last):", "KeyError: 1", "Traceback (most recent call last):"]),
    "two lines": (2, ["ERROR:root:not pushed", "ERROR:root:not stored"]),
    "long after": (2, ["ERROR:root:not pushed", "Traceback (most recent call last):"]),
    "raised in a row": (
        2,
        [
            "Traceback (most recent call last):",
            "KeyError: 'room'",
            "During handling of the above exception, another exception occurred:",
            "Traceback (most recent call last):",
            "RuntimeError: no room",
            "The above exception was the direct cause of the following exception:",
            "Traceback (most recent call last):",
            "PushError: not pushed",
            "Traceback (most recent call last):",
            "OSError: another one",
        ],
    ),
}
"""By what was logged an event a line: how many errors it tells of, and the lines."""


def test_a_trace_is_the_error_of_the_line_before_it(told: Mapping[str, int]) -> None:
    """Its exception, and a trace that follows at once, are not errors of their own."""
    assert {name: told[name] for name in LINE_BY_LINE} == {name: number for name, (number, _) in LINE_BY_LINE.items()}


def test_exceptions_that_were_raised_in_a_row_are_one_error(told: Mapping[str, int]) -> None:
    """Python prints a traceback for each, and that they belong together; other languages don't say so."""
    assert told["raised in a row"] == 2


def test_secrets_are_in_no_signature(signed: Mapping[str, Sequence[Signature]]) -> None:
    """Neither the shape nor the example has them."""
    (one,) = signed["secret"]
    assert "ann@example.com" not in one.shape + one.example
    assert "eyJ" not in one.shape + one.example


TROUBLE = [said(f"Client {ANN} connected"), failed("Database connection lost"), failed("websocket trouble")]


@pytest.fixture(name="not_looked_for", scope="module")
def _not_looked_for(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Analyse a log with errors without a search for errors."""
    return looked_at(tmp_path_factory.mktemp("trouble"), TROUBLE, Scope())


def test_nobody_looks_unasked(not_looked_for: Analysis) -> None:
    """A search of every event takes time, and what was not searched is not 0."""
    assert "errors.events" not in not_looked_for.metrics
    assert not not_looked_for.signatures


def test_errors_change_no_other_number(tmp_path: Path, not_looked_for: Analysis) -> None:
    """Searching for them does not change any other metric."""
    metrics = looked_at(tmp_path, TROUBLE).metrics
    assert {name: one for name, one in metrics.items() if name != "errors.events"} == not_looked_for.metrics


def test_errors_of_one_connection_or_request_are_one_case(signed: Mapping[str, Sequence[Signature]]) -> None:
    """The case is the request's connection, else the request, else the line."""
    assert [(one.events, one.cases) for one in signed["repeated"]] == [(5, 3)]


def test_errors_that_are_all_different_are_counted_and_the_most_frequent_are_named(tmp_path: Path) -> None:
    """However many sentences there are, each event counts, and no frequent one is lost among them."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    different = [
        failed(f"{one}{two}{three}xq failed {three}{two}{four}zw")
        for one, two, three, four in product(letters[:12], letters, letters, "kqz")
    ]
    analysis = looked_at(tmp_path, [*different, *[failed("No such room")] * 3])
    assert len(different) > 20_000
    assert analysis.metrics["errors.events"].value == len(different) + 3
    assert (analysis.signatures[0].shape, analysis.signatures[0].events) == ("No such room", 3)
    assert len(analysis.signatures) == MOST_SIGNATURES


def test_errors_that_come_in_bursts_cluster(tmp_path: Path) -> None:
    """Thirty in one span of five minutes are hardly more than one case; one in each span are thirty."""
    stretch_ms = 300_000
    burst = [failed("No such room", SINCE_MS + 20 * stretch_ms + number) for number in range(30)]
    even = [failed("No such room", SINCE_MS + number * stretch_ms) for number in range(30)]
    clusters = []
    for name, events in (("burst", burst), ("even", even)):
        (tmp_path / name).mkdir()
        metric = looked_at(tmp_path / name, events).metrics["errors.events"]
        clusters.append((metric.squares or 0) / (metric.value or 1))
    assert clusters[0] > 20
    assert clusters[1] == 1


REPORT = event(f"REPORT RequestId: {REQUEST}\tDuration: 3000.00 ms\tStatus: timeout", SINCE_MS)
REPORTS = {"told before": ([failed("No such room", SINCE_MS - 1), REPORT], 0), "not told": ([REPORT], 1)}


def test_a_report_of_an_error_before_the_window_is_no_error_of_its_own(told: Mapping[str, int]) -> None:
    """Its line was logged just before the edge, and counted there."""
    assert {name: told[name] for name in REPORTS} == {name: number for name, (_, number) in REPORTS.items()}


INIT_ERROR = (
    "[ERROR] Runtime.HandlerNotFound: Handler 'join' missing on module 'rooms'\nTraceback (most recent call last):\n"
)
UNCAUGHT = f'{TIME}\tundefined\tERROR\tUncaught Exception \t{{"errorType":"Error","errorMessage":"no table"}}\n'
INIT_REPORT = "INIT_REPORT Init Duration: 120.11 ms\tPhase: init\tStatus: error\tError Type: Runtime.HandlerNotFound\n"
START = f"START RequestId: {REQUEST} Version: $LATEST\n"
FAILED_REPORT = f"REPORT RequestId: {REQUEST}\tDuration: 2.11 ms\tStatus: error\tError Type: Runtime.HandlerNotFound\n"

INITS = {
    "told by the module and by Lambda": ([INIT_ERROR, INIT_REPORT, START, FAILED_REPORT], 1),
    "in Node.js": ([UNCAUGHT, START, FAILED_REPORT], 1),
    "told by Lambda alone": ([INIT_REPORT, START], 1),
    "nothing but the beginning of a log": ([INIT_ERROR, INIT_REPORT], 1),
    "another error before the invocation": ([f"[ERROR]\t{TIME}\t\tOld settings\n", START, FAILED_REPORT], 2),
    "an init that went well": ([INIT_REPORT.replace("error", "ok"), START], 0),
}


def test_what_fails_before_the_first_invocation_is_one_error(told: Mapping[str, int]) -> None:
    """The runtime, INIT_REPORT and REPORT all log an exception at import; it counts once."""
    assert {name: told[name] for name in INITS} == {name: number for name, (_, number) in INITS.items()}
