"""Whole runs are remembered, and trouble with that decides none of them."""

import json
import shutil
import socket
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from checks.window import from_epoch_ms
from tests.health_run import HealthRun, health_run, healthy, interfering, log, thresholds, unhealthy
from tests.history.records import remembered
from tests.simulator import scenarios

LIMIT = "welcome.failure_rate: 5%"


def run(pytester: pytest.Pytester, content: bytes, *options: str | Path) -> HealthRun:
    limits = thresholds(pytester, LIMIT)
    return health_run(pytester, "--logs", log(pytester, content), "--thresholds", limits, *options)


def history(pytester: pytest.Pytester, folder: str = "reports/history") -> list[dict[str, Any]]:
    return remembered(pytester.path / folder)


def test_each_run_is_a_file(pytester: pytest.Pytester) -> None:
    """It has the verdict, exit code and numbers of result.json; the page of all runs shows it, and its report."""
    for content, code in ((healthy(), 0), (unhealthy(), 1)):
        found = run(pytester, content)
        assert found.code == code
        last = history(pytester)[-1]
        assert last["metrics"] == found.result["metrics"]
        assert (last["verdict"], last["exit_code"]) == (found.result["verdict"], code)
    assert len(history(pytester)) == 2
    page = (pytester.path / "reports" / "index.html").read_text(encoding="utf-8")
    assert "welcome.failure_rate: pass 0 % → fail 13.3 % (max 5 %)" in page
    assert 'href="dev/report.html"' in page
    assert "history:" not in found.text


def test_a_night_with_few_connections_counts_those_before(pytester: pytest.Pytester) -> None:
    """The second half of a day has too few by itself; with the first, it passes, and says so."""
    log(pytester, healthy(80))
    file = pytester.path / "own.yaml"
    file.write_text("environments: {dev: {logs: log.jsonl, limits: {welcome.failure_rate: 5%}}}")
    day = scenarios.healthy(80)
    noon = from_epoch_ms((day.since_ms + day.until_ms) // 2).isoformat()
    edges = (from_epoch_ms(day.since_ms).isoformat(), noon, from_epoch_ms(day.until_ms).isoformat())
    first, second = (
        health_run(pytester, "--thresholds", file, "--since", since, "--until", until)
        for since, until in pairwise(edges)
    )
    assert (first.code, second.code) == (11, 0)
    (check,) = second.result["checks"]
    assert check["sentence"].endswith("of the last 2 nights)")


def test_the_terminal_tells_what_changed(pytester: pytest.Pytester) -> None:
    """Before the verdict, from the second run on."""
    assert "Since the last run" not in run(pytester, healthy()).text
    assert "Since the last run: nothing changed" in run(pytester, healthy()).lines
    told = run(pytester, unhealthy()).lines
    place = told.index("Since the last run: the verdict was PASS, is FAIL; welcome.failure_rate: pass 0")
    assert told[place + 1] == "  % → fail 13.3 % (max 5 %)"
    assert told[place + 2].startswith("Worst: welcome.failure_rate 13.3 % > max 5 %")


def test_logs_that_cannot_be_read(pytester: pytest.Pytester) -> None:
    """That nothing was seen is remembered, too."""
    found = run(pytester, b"")
    assert found.code == 12
    (run_before,) = history(pytester)
    assert (run_before["verdict"], run_before["metrics"]) == ("error", {})


@pytest.mark.parametrize("option", ["--collect-only", "--help", "-knothing"])
def test_no_run_is_not_remembered(option: str, pytester: pytest.Pytester) -> None:
    """Who only looks, or selects nothing, is not remembered."""
    run(pytester, healthy(), option)
    assert not (pytester.path / "reports" / "history").exists()
    assert not (pytester.path / "reports" / "index.html").exists()


def test_an_interrupted_run_is_not_remembered(pytester: pytest.Pytester) -> None:
    """It has come to no verdict."""
    plugin = interfering(pytester, "def pytest_runtest_teardown(item):\n    raise KeyboardInterrupt")
    assert run(pytester, healthy(), plugin).code == 2
    assert not (pytester.path / "reports" / "history").exists()


def test_another_place(pytester: pytest.Pytester) -> None:
    """--history names it; the page stays beside the reports. A file of old stands for the folder beside it."""
    run(pytester, healthy(), "--history", pytester.path / "elsewhere" / "runs.jsonl")
    (first,) = history(pytester, "elsewhere/runs")
    (pytester.path / "elsewhere" / "runs.jsonl").write_text(json.dumps(first))
    shutil.rmtree(pytester.path / "elsewhere" / "runs")
    second = run(pytester, unhealthy(), "--history", pytester.path / "elsewhere" / "runs.jsonl")
    assert "Since the last run: the verdict was PASS, is FAIL" in second.text
    assert [one["verdict"] for one in history(pytester, "elsewhere/runs")] == ["fail"]
    assert sorted(path.name for path in (pytester.path / "reports").iterdir()) == ["dev", "index.html"]


def test_a_report_elsewhere_is_not_linked(pytester: pytest.Pytester) -> None:
    """The page leads to no report that is not there."""
    run(pytester, healthy(), "--html", pytester.path / "mine.html")
    assert "href" not in (pytester.path / "reports" / "index.html").read_text(encoding="utf-8")


def test_what_is_no_place(pytester: pytest.Pytester) -> None:
    """It is a mistake on the command line, before anything is read."""
    found = run(pytester, healthy(), "--history", "s3://")
    assert found.code == 4
    assert "name a folder or s3://BUCKET/PREFIX" in found.text


def test_damage_is_told(pytester: pytest.Pytester) -> None:
    """A damaged line is named in the terminal and in the report, and changes no verdict."""
    (pytester.path / "reports").mkdir()
    (pytester.path / "reports" / "history.jsonl").write_text("\x1b[31m\n")
    found = run(pytester, healthy())
    assert found.code == 0
    assert [line for line in found.lines if line.startswith("history: ")] == [
        "history: 1 line of reports/history.jsonl could not be read: line 1"
    ]
    assert "history.jsonl could not be read: line 1</li>" in found.html


@pytest.mark.parametrize(("content", "code"), [(healthy(), 0), (unhealthy(), 1)])
def test_s3_that_cannot_be_reached(
    content: bytes, code: int, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code is the service's own; that it could not be remembered is told."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    found = run(pytester, content, "--history", "s3://runs/health")
    assert found.code == code
    assert found.result["exit_code"] == code
    told = [line for line in found.lines if line.startswith("history: ")]
    assert [line.partition(" s3://")[0] for line in told] == [
        "history: could not be read:",
        "history: could not be written:",
    ]
    assert all("it refuses connections" in line for line in told)
    assert found.html.count("it refuses connections") == 2
