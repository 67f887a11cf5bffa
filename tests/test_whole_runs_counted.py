"""Whole runs in which Logs Insights counts and no event is read."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import HealthRun, health_run, thresholds
from tests.simulator import connection_events, emit, scenarios

GROUP = "/aws/lambda/dev-chat-handler"
WINDOW = ("--since", "2026-06-02T00:00:00Z", "--until", "2026-06-02T20:00:00Z")
COUNTED = "Logs Insights (counts only)"
UNCOUNTED = (
    "welcome.delay_p95_seconds: source: insights-stats does not count it (delays would take a second scan); "
    "use source: insights, or switch the limit off"
)
LIMITS = (
    "data.age_seconds: 1d, data.gaps: 0, data.near_miss_rate: 0, data.unseen_signals: 0, gone.welcome_rate: 50%, "
    "lifecycle.incomplete_rate: 50%, welcome.failure_rate: 50%, welcome.undelivered_rate: 50%, gone.errors: 2"
)


@cache
def events() -> list[emit.LogEvent]:
    return connection_events.events(scenarios.unhealthy(60, seed=7))


SIGNALS = """
signals:
  connect: {opened: 'Client connected: {connection_id}'}
  disconnect: {closed: 'Client {connection_id} left after *'}
  message: {received: 'Frame from {connection_id}'}
  gone: {gone: 'Cannot post to {connection_id}: 410'}
  welcome_sent: {sent: 'Greeted {connection_id}'}
  welcome_failed: {failed: 'Could not greet {connection_id}: *'}
  welcome_retry: {again: 'Greeting {connection_id} again'}
"""
SAID = {
    "connect": "Client connected: {}",
    "disconnect": "Client {} left after a while",
    "message": "Frame from {}",
    "gone": "Cannot post to {}: 410",
    "welcome_sent": "Greeted {}",
    "welcome_failed": "Could not greet {}: 410",
    "welcome_retry": "Greeting {} again",
}
_EVENT = re.compile(r'CONNECTION_EVENT: \{"connection_id": "([^"]+)", "event_type": "(\w+)".*')


@cache
def events_in_own_words() -> list[emit.LogEvent]:
    def worded(event: re.Match[str]) -> str:
        return SAID[event[2]].format(event[1])

    return [{**event, "message": _EVENT.sub(worded, event["message"])} for event in events()]


@contextmanager
def serving(
    monkeypatch: pytest.MonkeyPatch,
    group: Group,
    behaviour: Behaviour | None = None,
    made: Callable[[], list[emit.LogEvent]] = events,
) -> Iterator[Endpoint]:
    with reached(monkeypatch, group.fill(made()), behaviour=behaviour) as endpoint:
        yield endpoint


def run(
    pytester: pytest.Pytester, *options: str | Path, settings: str, limits: str = LIMITS, signals: str = ""
) -> HealthRun:
    path = thresholds(pytester, limits, settings)
    path.write_text(path.read_text() + signals)
    return health_run(pytester, "--thresholds", path, *(options or WINDOW))


def queries(endpoint: Endpoint) -> list[str]:
    return [request["queryString"] for operation, request in endpoint.requests if operation == "StartQuery"]


def test_events_are_counted_and_not_read(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """One query gives the numbers of a read, another the connections behind failures; the receipt has the price."""
    with serving(monkeypatch, Group(GROUP)):
        read = run(pytester, settings="source: filter")
    expected, verdicts = read.result["metrics"], read.verdicts
    with serving(monkeypatch, Group(GROUP)) as endpoint:
        done = run(pytester, settings="source: insights-stats")
    assert (read.code, done.code) == (1, 1), done.text
    assert len(queries(endpoint)) == 2
    assert {operation for operation, _ in endpoint.requests} == {"DescribeLogGroups", "StartQuery", "GetQueryResults"}
    assert done.verdicts == verdicts
    numbers = done.result["metrics"]
    assert numbers["data.age_seconds"]["value"] == expected["data.age_seconds"]["value"]
    assert {name for name in expected if numbers[name] != expected[name]} == {
        "lifecycle.median_duration_seconds",  # known to 1 %
        "data.age_seconds",  # the value is the same, but other silences are not counted
        "data.unreadable_rate",  # a read has lines outside of the window, too
        *("gone.welcome_errors", "welcome.delay_p50_seconds", "welcome.delay_p95_seconds"),
    }
    [gone] = [check for check in done.result["checks"] if check["id"] == "gone.errors"]
    assert gone["findings"][0].startswith("connection ")
    assert "1 GoneException, " in gone["findings"][0]
    [group] = done.result["receipt"]["fetch"]["groups"]
    assert (group["name"], group["api"]) == (GROUP, COUNTED)
    assert group["reason"].startswith("source: insights-stats in thresholds.yaml; a scan of about 0.0 GB, US$ ")
    fetch, size = done.result["receipt"]["fetch"], sum(len(event["message"]) for event in events())
    assert (fetch["queries"], fetch["calls"]) == (2, len(endpoint.requests))
    assert size < fetch["bytes_scanned"] <= 2 * size
    assert "Traceback" not in done.text


def test_what_is_not_counted_is_an_error(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each such limit gives exit code 12 and the reason; the others are judged."""
    limits = "welcome.delay_p95_seconds: 3s, errors.events: 100, lambda.timeout_rate: 1%, data.gaps: 0"
    with serving(monkeypatch, Group(GROUP)):
        done = run(pytester, settings="source: insights-stats", limits=limits)
    assert done.code == 12
    assert {name for name, verdict in done.verdicts.items() if verdict != "error"} == {"data.gaps"}
    assert (
        "source: insights-stats does not count it (delays would take a second scan); use"
        in done.sentences["welcome.delay_p95_seconds"]
    )


def test_counts_are_compared_with_counts(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another query counts the time before; new kinds of errors were not counted, which is an error."""
    limits = "gone.errors: {max_increase: 900%}, lifecycle.complete: {min: 1}, errors.new_signatures: 0"
    window = ("--since", "2026-06-02T10:00:00Z", "--until", "2026-06-02T20:00:00Z", "--baseline", "previous")
    with serving(monkeypatch, Group(GROUP)) as endpoint:
        done = run(pytester, *window, settings="source: insights-stats", limits=limits)
    assert done.code == 12
    assert done.verdicts == {"gone.errors": "pass", "lifecycle.complete": "pass", "errors.new_signatures": "error"}
    baseline = done.result["baseline"]
    assert (baseline["error"], baseline["window"]["since"]) == ("", "2026-06-02T00:00:00Z")
    assert baseline["metrics"]["gone.errors"]["value"] + done.value("gone.errors") == 7
    assert len(queries(endpoint)) == 2


def test_a_query_that_does_not_end_well(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Partial counts are never judged."""
    with serving(monkeypatch, Group(GROUP), Behaviour(query_status="Timeout")):
        done = run(pytester, settings="source: insights-stats")
    assert done.code == 12
    assert set(done.verdicts.values()) == {"error"}
    assert "a Logs Insights query ended as Timeout" in done.text


def test_auto_counts_where_sentences_are_known(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts if FilterLogEvents would take long and every limit can be counted; else it reads, and says why."""
    known, large = "sentences: connection_events", {"storedBytes": 10**14}
    delays = f"{LIMITS}, welcome.delay_p95_seconds: 100s"
    table = [
        (known, LIMITS, large, COUNTED),
        (known, LIMITS, {}, "FilterLogEvents"),
        (known, delays, large, "Logs Insights"),
    ]
    wrong = []
    for settings, limits, described, api in table:
        with serving(monkeypatch, Group(GROUP, described=described)):
            done = run(pytester, settings=settings, limits=limits)
        group = done.result["receipt"]["fetch"]["groups"][0]
        notes = [note for note in done.result["receipt"]["notes"] if "not counted" in note]
        expected = [f"the events were read, not counted: {UNCOUNTED}"] * (limits == delays)
        if group["api"] != api or notes != expected or (described and "would take about" not in group["reason"]):
            wrong.append((settings, limits, described, group, notes))
    assert wrong == []


def test_sentences_of_its_own_are_counted(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences of `signals` give the verdicts of a read; `auto` lists the log group only once."""
    limits, large = f"{LIMITS}, welcome.retries: {{min: 1}}", {"storedBytes": 10**14}
    runs = []
    for described in ({}, large):
        with serving(monkeypatch, Group(GROUP, described=described), made=events_in_own_words) as endpoint:
            done = run(pytester, settings="sentences: signals", limits=limits, signals=SIGNALS)
        runs.append((done.result["receipt"]["fetch"]["groups"][0]["api"], done.verdicts))
        assert [operation for operation, _ in endpoint.requests].count("DescribeLogGroups") == 1
    (read, verdicts), (counted, others) = runs
    assert (read, counted) == ("FilterLogEvents", COUNTED)
    assert others == verdicts
    assert {"pass", "fail"} <= set(verdicts.values())


def test_a_sentence_that_cannot_be_counted(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that needs it names it, and says what to do; the others are judged."""
    taught = (
        SIGNALS.replace("Greeted {connection_id}", "Greeted *").replace("  gone:", "  #gone:")
        + r"ignore: ['\pN+ rows gone']"
    )
    with serving(monkeypatch, Group(GROUP), made=events_in_own_words):
        done = run(pytester, settings="source: insights-stats", signals=taught)
    assert done.code == 12
    assert (
        "signals.welcome_sent.sent: it names no connection: write {connection_id}"
        in (done.sentences["welcome.undelivered_rate"])
    )
    assert "no sentence of gone is under `signals`: paste its template there" in done.sentences["gone.errors"]
    assert done.verdicts["lifecycle.incomplete_rate"] == "pass"
    assert any(note.startswith("lines of `ignore` were not ignored: ") for note in done.result["receipt"]["notes"])
    assert done.verdicts["data.near_miss_rate"] == "inconclusive"  # the GoneExceptions, of which nobody knows
