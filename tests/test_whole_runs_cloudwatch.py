"""Whole runs on CloudWatch: the endpoint belongs to the tests; boto3 and the network are real."""

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checks.logs.spool import prepare_archive
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import ROOT, HealthRun, health_run, thresholds
from tests.own_process import PYTEST
from tests.simulator import emit, scenarios

GROUP = "/aws/lambda/dev-chat-handler"
WINDOW = ("--since", "2026-06-02T00:00:00Z", "--until", "2026-06-02T20:00:00Z")


@cache
def events() -> list[emit.LogEvent]:
    return emit.events(scenarios.unhealthy(60, seed=7))


@cache
def group() -> Group:
    return Group(GROUP).fill(events())


@pytest.fixture
def exported(pytester: pytest.Pytester) -> Path:
    """The same events as a file."""
    path = pytester.path / "export.jsonl"
    path.write_bytes(b"".join(emit.json_lines([{**event, "logGroup": GROUP} for event in events()])))
    return path


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch, *groups: Group, behaviour: Behaviour | None = None) -> Iterator[Endpoint]:
    with reached(monkeypatch, *(groups or (group(),)), behaviour=behaviour) as endpoint:
        yield endpoint


def run(pytester: pytest.Pytester, *options: str | Path, source: str = "auto") -> HealthRun:
    limits = thresholds(pytester, "gone.errors: 500, welcome.failure_rate: 50%, data.gaps: 0", f"source: {source}")
    return health_run(pytester, "--thresholds", limits, *options)


def metrics(done: HealthRun) -> Mapping[str, Any]:
    """Return all but the share of unreadable lines: only a file has lines, even outside the window."""
    return {name: metric for name, metric in done.result["metrics"].items() if name != "data.unreadable_rate"}


def but_for_the_command(done: HealthRun) -> dict[str, Any]:
    """Return the findings, without the command to repeat them and whether nights add up, which depend on the source."""
    checks = [{key: value for key, value in one.items() if key != "adds_up"} for one in done.result["checks"]]
    return {key: value for key, value in done.result.items() if key not in {"command", "run"}} | {"checks": checks}


def test_files_and_both_ways_of_cloudwatch_measure_the_same(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path
) -> None:
    """Every metric is the same to the digit; the receipt names the API; kept logs give the same without AWS."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    assert expected.code == 0
    numbers = metrics(expected)
    for source, api in {"filter": "FilterLogEvents", "insights": "Logs Insights"}.items():
        folder = pytester.path / f"kept-{source}"
        with serving(monkeypatch) as endpoint:
            done = run(pytester, *WINDOW, "--keep-logs", folder, source=source)
        assert done.code == 0
        assert metrics(done) == numbers
        fetch = done.result["receipt"]["fetch"]
        reason = f"source: {source} in thresholds.yaml"
        assert fetch["groups"] == [{"name": GROUP, "region": "us-east-1", "api": api, "reason": reason}]
        assert fetch["calls"] == len(endpoint.requests)
        assert fetch["retries"] == fetch["throttles"] == 0
        assert done.result["receipt"]["reading"]["lag_p99_ms"] > 0
        assert f"{GROUP} in us-east-1 by {api}" in done.text
        assert "eading logs" not in done.text, "a line comes after ten seconds; a read that is over by then has none"
        first = but_for_the_command(done)
        assert but_for_the_command(run(pytester, "--logs", folder)) == first


def test_a_read_that_failed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 12, one line with what to do, no traceback, and nothing passes.

    Every report says once what was requested, and how far the read came before the error.
    """
    expired = ("ExpiredTokenException", "The security token included in the request is expired")
    with serving(monkeypatch, behaviour=Behaviour(refusal=expired, refuse_after=10)) as endpoint:
        done = run(pytester, *WINDOW, source="filter")
    assert done.code == 12
    assert "have expired\nhint: set new AWS_ACCESS_KEY_ID" in done.text
    assert "Traceback" not in done.text
    assert set(done.verdicts.values()) == {"error"}
    receipt = done.result["receipt"]
    fetch = receipt["fetch"]
    assert not receipt["complete"]
    assert receipt["reading"] is None
    assert [one["name"] for one in fetch["groups"]] == [GROUP]
    assert receipt["source"] == f"CloudWatch {fetch['groups'][0]['api']}"
    assert fetch["calls"] == len(endpoint.requests) > 10
    assert fetch["events"] > 0
    assert f"Read from {GROUP}: {fetch['events']:,} events read before the error" in done.lines
    for report in (done.text, done.html):
        assert report.count(f"{fetch['events']:,} events read before the error") == 1
        assert report.count(f"{fetch['calls']:,} calls, {fetch['retries']:,} retries, 0 throttled; ") == 1
    assert "read before that" not in done.result["error"]


def test_an_empty_log_group_proves_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read worked but shows too little, even by the shipped limits; the same holds for kept logs."""
    folder = pytester.path / "kept"
    with serving(monkeypatch, Group("/aws/lambda/prod-chat-handler")):
        done = health_run(pytester, *WINDOW, "--keep-logs", folder, environment="prod")
    assert done.code == 11
    assert set(done.verdicts.values()) == {"inconclusive"}
    assert (done.result["error"], done.result["receipt"]["complete"]) == (None, True)
    assert {one["value"] for one in done.result["metrics"].values() if one["n"] is not None} == {None}
    note = "no event in the window or the 2 h before it; is this where the function logs?"
    assert note in done.result["receipt"]["notes"]
    assert f"  {note}" in done.lines
    assert note in done.html
    first = but_for_the_command(done)
    assert but_for_the_command(health_run(pytester, "--logs", folder, environment="prod")) == first


def test_a_dead_endpoint_ends_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends in bounded time, with a report that says why."""
    with serving(monkeypatch):
        pass  # it was there once
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    began = time.monotonic()
    done = run(pytester, *WINDOW)
    assert time.monotonic() - began < 30
    assert done.code == 12
    assert "AWS_ENDPOINT_URL" in done.text
    assert done.reports == ["junit.xml", "report.html", "result.json"]


def test_a_kept_read_that_was_interrupted_is_not_complete(pytester: pytest.Pytester) -> None:
    """Its receipt says so from the start."""
    folder = pytester.path / "kept"
    prepare_archive(folder)
    assert run(pytester, "--logs", folder).code == 12


def test_a_folder_that_holds_something_is_not_written_to(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two reads in one folder would be taken for one."""
    (pytester.path / "kept").mkdir()
    (pytester.path / "kept" / "notes.txt").touch()
    with serving(monkeypatch):
        done = run(pytester, *WINDOW, "--keep-logs", pytester.path / "kept")
    assert done.code == 4
    assert "is not empty; name a new folder" in done.text


def test_kill_leaves_no_report_that_looks_whole(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds whenever the signal comes, and the next run works."""
    limits = thresholds(pytester, "gone.errors: 500")
    folder = pytester.path / "reports"
    command = [*PYTEST, "--thresholds", str(limits)]
    command += ["--report-dir", str(folder), "-E", "dev", *WINDOW]
    for calls in (0, 3):
        with serving(monkeypatch, behaviour=Behaviour(latency_seconds=0.5)) as endpoint:
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                while len(endpoint.requests) < calls and running.poll() is None:
                    time.sleep(0.02)
                time.sleep(0.3)
                running.send_signal(signal.SIGKILL)
            assert not list(folder.glob("*/report.html"))
            assert not list(folder.glob("*/result.json"))
    with serving(monkeypatch):
        assert run(pytester, *WINDOW).code == 0


def test_ctrl_c_stops_the_queries(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise they would go on scanning, and cost money."""
    limits = thresholds(pytester, "gone.errors: 500", "source: insights")
    command = [*PYTEST, "--thresholds", str(limits)]
    command += ["--report-dir", str(pytester.path / "reports"), "-E", "dev", *WINDOW]
    with serving(monkeypatch, behaviour=Behaviour(polls=1_000_000)) as endpoint:
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            while not endpoint.queries and running.poll() is None:
                time.sleep(0.05)
            time.sleep(0.5)
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) == 2
        assert endpoint.queries
        assert all(query.status == "Cancelled" for query in endpoint.queries.values())
    assert not list(pytester.path.glob("reports/*/report.html"))
