"""Whole runs are remembered, and problems with the history don't change the verdict."""

import json
import shutil
import socket
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from checks.window import from_epoch_ms
from tests.health_run import HealthRun, health_run, healthy, log, thresholds, unhealthy
from tests.history.records import remembered
from tests.outputs.channel import Channel
from tests.simulator import scenarios

LIMIT = "welcome.failure_rate: 5%"


def run(pytester: pytest.Pytester, content: bytes, *options: str | Path) -> HealthRun:
    limits = thresholds(pytester, LIMIT)
    return health_run(pytester, "--logs", log(pytester, content), "--thresholds", limits, *options)


def history(pytester: pytest.Pytester, folder: str = "reports/history") -> list[dict[str, Any]]:
    return remembered(pytester.path / folder)


def test_each_run_is_a_file(pytester: pytest.Pytester) -> None:
    """It has the verdict, exit code and numbers of result.json; the page of all runs shows it, and its report.

    From the second run on, the terminal says what changed, before the verdict. A channel is notified only of changes:
    not of a first run that passes, but of the failure, even though the channel's first answer is invalid.
    """
    runs = []
    with Channel(500) as channel:
        for content, code in ((healthy(), 0), (healthy(), 0), (unhealthy(), 1)):
            runs.append(run(pytester, content, "--notify", channel.url))
            last = history(pytester)[-1]
            assert last["metrics"] == runs[-1].result["metrics"]
            assert (last["verdict"], last["exit_code"]) == (runs[-1].result["verdict"], runs[-1].code)
            assert runs[-1].code == code
            assert "s3cr3t" not in runs[-1].text
    assert len(history(pytester)) == 3
    page = (pytester.path / "reports" / "index.html").read_text(encoding="utf-8")
    assert "welcome.failure_rate: pass 0 % → fail 13.3 % (max 5 %)" in page
    assert 'href="dev/report.html"' in page
    first, second, third = runs
    assert "Since the last run" not in first.text
    assert "Since the last run: nothing changed" in second.lines
    changed = "Since the last run: verdict changed: PASS → FAIL; "
    assert any(line.startswith(changed) for line in third.lines)
    assert "welcome.failure_rate: pass 0 % → fail 13.3 % (max 5 %)" in third.html
    assert "history:" not in third.text
    assert [line for run in runs for line in run.lines if "otified" in line] == [
        "Nobody was notified: no earlier run of dev is remembered, and this run is healthy",
        "Nobody was notified: the verdict is PASS, as in the previous run",
        "Notified 1 of 1: verdict changed: PASS → FAIL",
    ]
    assert [message["text"].partition(" —")[0] for message in channel.received] == ["dev: FAIL", "dev: FAIL"]


def test_a_night_with_few_connections_counts_those_before(pytester: pytest.Pytester) -> None:
    """Half a day has too few connections; together with the half before, it passes, and says so."""
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


def test_another_place(pytester: pytest.Pytester) -> None:
    """--history names it; the page stays beside the reports. A history in one file is read along with the folder.

    A damaged line of the file is named in the terminal and in the report.
    """
    run(pytester, healthy(), "--history", pytester.path / "elsewhere" / "runs.jsonl")
    (first,) = history(pytester, "elsewhere/runs")
    (pytester.path / "elsewhere" / "runs.jsonl").write_text(f"\x1b[31m\n{json.dumps(first)}")
    shutil.rmtree(pytester.path / "elsewhere" / "runs")
    second = run(pytester, unhealthy(), "--history", pytester.path / "elsewhere" / "runs.jsonl")
    assert "Since the last run: verdict changed: PASS → FAIL" in second.text
    assert [line for line in second.lines if line.startswith("history: ")] == [
        "history: 1 line of elsewhere/runs.jsonl could not be read: line 1"
    ]
    assert "runs.jsonl could not be read: line 1</li>" in second.html
    assert [one["verdict"] for one in history(pytester, "elsewhere/runs")] == ["fail"]
    assert sorted(path.name for path in (pytester.path / "reports").iterdir()) == ["dev", "dev.runs", "index.html"]


def test_s3_that_cannot_be_reached(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of the verdict; a warning says that the run could not be remembered."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    done = run(pytester, healthy(), "--history", "s3://runs/health")
    assert (done.code, done.result["exit_code"]) == (0, 0)
    lines = [line for line in done.lines if line.startswith("history: ")]
    assert [line.partition(" s3://")[0] for line in lines] == [
        "history: could not be read:",
        "history: could not be written:",
    ]
    assert all("it refuses connections" in line for line in lines)
    assert done.html.count("it refuses connections") == 2
