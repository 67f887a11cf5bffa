"""Invocations, measured by Lambda's report at the end of each."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from checks.analysis.analyse import Analysis, Scope, analyse
from checks.analysis.engine import Engine
from checks.analysis.evidence import find_evidence
from checks.analysis.recognise import Dialect, broad_patterns
from checks.logs.files import read_files
from checks.metrics import OF_CONNECTIONS, EvidenceKind, Subject
from tests.analysis.playing import ANN, OTHER_REQUEST, REQUEST, SINCE_MS, WINDOW, Event, event, written

NAMES = (
    "invocations",
    "duration_p50_seconds",
    "duration_p95_seconds",
    "connect_p95_seconds",
    "cold_start_rate",
    "full_memory_rate",
    "timeout_rate",
)

WITH_REPORTS = Scope(subjects=(*OF_CONNECTIONS, Subject.LAMBDA))


def examined(folder: Path, events: Iterable[Event], scope: Scope = WITH_REPORTS) -> tuple[Analysis, Engine]:
    """Analyse events, including reports, and return the engine as well."""
    spool = read_files([str(written(folder, events))], folder)
    return analyse(spool, WINDOW, Dialect(5, {}, {}), folder, scope)


def measured(folder: Path, events: Iterable[Event], scope: Scope = WITH_REPORTS) -> Analysis:
    """Analyse events, including reports."""
    return examined(folder, events, scope)[0]


def values(analysis: Analysis) -> list[float | None]:
    """Return the values of all metrics of invocations."""
    return [analysis.metrics[f"lambda.{name}"].value for name in NAMES]


def report(milliseconds: float, request_id: str = REQUEST, more: str = "", used: int = 70) -> Event:
    """Return the last line of an invocation, as Lambda writes it."""
    memory = f"Memory Size: 128 MB\tMax Memory Used: {used} MB"
    billed = f"Billed Duration: {milliseconds:.0f} ms"
    return event(f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms\t{billed}\t{memory}\t{more}\n", SINCE_MS)


REPORTS = [
    event(f"[INFO]\t2026-06-02T00:00:00.000Z\t{REQUEST}\tConnected: {ANN}\n", SINCE_MS),
    report(250.5, more="Init Duration: 180.25 ms\t"),
    report(10, OTHER_REQUEST, used=120),
    report(3000, "8f2c9a01-0000-4000-8000-000000000003", more="Status: timeout"),
]


def record(milliseconds: float, request_id: str, used: int, more: dict[str, float], status: str = "success") -> Event:
    """Return the same in Lambda's JSON."""
    metrics = {"durationMs": milliseconds, "memorySizeMB": 128, "maxMemoryUsedMB": used, **more}
    body = {"requestId": request_id, "metrics": metrics, "status": status}
    return event(json.dumps({"time": "2026-06-02T00:00:00.000Z", "type": "platform.report", "record": body}), SINCE_MS)


RECORDS = [
    REPORTS[0],
    record(250.5, REQUEST, 70, {"initDurationMs": 180.25}),
    record(10, OTHER_REQUEST, 120, {}),
    record(3000, "8f2c9a01-0000-4000-8000-000000000003", 70, {}, "timeout"),
]


@pytest.fixture(name="in_text", scope="module")
def _in_text(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, Engine]:
    return examined(tmp_path_factory.mktemp("text"), REPORTS)


def test_reports_are_measured_in_text_and_in_json(in_text: tuple[Analysis, Engine], tmp_path: Path) -> None:
    """They have durations (also of $connect), cold starts, nearly full memory, timeouts."""
    expected = [3, 0.2505, 3.0, 0.2505, 1 / 3, 1 / 3, 1 / 3]
    for analysis in (in_text[0], measured(tmp_path, RECORDS)):
        assert values(analysis) == expected
        assert analysis.metrics["lambda.connect_p95_seconds"].n == 1


def test_invocations_are_evidence(in_text: tuple[Analysis, Engine]) -> None:
    """Each has its REPORT line, and the connection that other lines of its request name."""
    kinds = {
        EvidenceKind.SLOW_INVOCATION: (3000.0, None),
        EvidenceKind.SLOW_CONNECT: (250.5, ANN),
        EvidenceKind.COLD_START: (250.5, ANN),
        EvidenceKind.FULL_MEMORY: (10.0, None),
        EvidenceKind.TIMEOUT: (3000.0, None),
    }
    evidence = find_evidence(in_text[1], kinds)
    for kind, (milliseconds, connection_id) in kinds.items():
        cases = evidence[kind]
        (line,) = [example for template in cases.templates for example in template.examples]
        assert f"Duration: {milliseconds:g} ms" in line.message, kind
        assert line.connection_id == connection_id, kind
        assert cases.cases == 1, kind


@pytest.fixture(name="odd", scope="module")
def _odd(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Analyse five invocations: beside those above, one of which an older report tells, and one that is told twice."""
    fourth, fifth = (f"8f2c9a01-0000-4000-8000-00000000000{number}" for number in (4, 5))
    said = [
        event(f"2026-06-02T00:00:03.000Z {request_id} Task timed out after 3.00 seconds\n", SINCE_MS)
        for request_id in (OTHER_REQUEST, fourth)
    ]
    twice = [{**report(250.5, fifth), "eventId": "17"}, {**report(250.5, fifth), "eventId": "17"}]
    reports = [*REPORTS, report(3000, fourth, "Status: timeout"), *twice]
    return measured(tmp_path_factory.mktemp("odd"), [*reports, *said])


def test_a_timeout_may_stand_on_a_line_of_its_own(odd: Analysis) -> None:
    """Older reports have no status; a timeout on both lines of a request counts once."""
    rate = odd.metrics["lambda.timeout_rate"]
    assert (rate.numerator, rate.n, rate.value) == (3, 5, 3 / 5)


def test_a_report_that_two_files_hold_counts_once(odd: Analysis) -> None:
    """This holds for every event with an id."""
    assert values(odd)[0] == 5


def test_without_reports_there_is_no_sample(tmp_path: Path) -> None:
    """If no limit needs them, they are not searched either."""
    analysis = measured(tmp_path, REPORTS[:1])
    assert values(analysis) == [0, None, None, None, None, None, None]
    assert analysis.metrics["lambda.timeout_rate"].reason == "no REPORT line of Lambda was read"
    assert "lambda.invocations" not in measured(tmp_path, REPORTS, Scope()).metrics


def test_a_service_is_asked_for_reports_only_where_they_are_measured() -> None:
    """They are a fifth of all lines."""
    assert len(broad_patterns({}, [Subject.LAMBDA])) == len(broad_patterns({})) + 2
