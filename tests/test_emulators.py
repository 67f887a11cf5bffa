"""The same results from services that others wrote: moto's server, and ministack in an environment of its own."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from checks.alarms.deploy import deploy_alarms
from checks.analysis.analyse import ALL_EVENTS
from checks.config.environment import LogGroup, Source
from checks.metrics import Metric
from checks.resources.alarm_states import observe_alarms
from checks.run.log_reader import LogReader
from checks.window import Window, from_epoch_ms
from tests.alarms import making as alarms
from tests.required import required
from tests.run import making
from tests.simulator import emit, scenarios

GROUP: Final = "/aws/lambda/dev-chat-handler"
DAY_MS: Final = 86_400_000
BATCH: Final = 1000


@pytest.fixture(scope="session")
def events() -> list[emit.LogEvent]:
    """A day that ended three days ago: CloudWatch refuses events older than two weeks."""
    played = emit.events(scenarios.unhealthy(60, seed=7))
    later_ms = (round(time.time() * 1000) - 3 * DAY_MS - played[-1]["timestamp"]) // DAY_MS * DAY_MS

    def moved(match: re.Match[str]) -> str:
        return str(int(match[0]) + later_ms)

    for event in played:
        event["timestamp"] += later_ms
        event["ingestionTime"] += later_ms
        event["message"] = re.sub(r"\b17\d{11}\b", moved, event["message"])  # connectedAt
    return played


@contextmanager
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def ministack() -> Iterator[str]:
    command = required("ministack", "it needs an environment of its own, for it pins botocore")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "GATEWAY_PORT": str(port), "PERSIST_STATE": "0"}
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_health(f"{url}/_ministack/health")
            yield url
        finally:
            process.terminate()


def await_health(url: str) -> None:
    for _ in range(100):
        try:
            with urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("ministack did not start")


EMULATORS: Final = {"moto": moto, "ministack": ministack}
SOURCES: Final[tuple[Source, ...]] = ("filter", "insights")


def fill(url: str, events: list[emit.LogEvent]) -> None:
    """Put the events into the log group, as Lambda would."""
    logs: Any = boto3.client("logs", endpoint_url=url)
    logs.create_log_group(logGroupName=GROUP)
    for stream in sorted({event["logStreamName"] for event in events}):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        own = [event for event in events if event["logStreamName"] == stream]
        for first in range(0, len(own), BATCH):
            batch = [{key: event[key] for key in ("timestamp", "message")} for event in own[first : first + BATCH]]
            logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=batch)


def measured(folder: Path, window: Window, *files: str, source: Source = "auto") -> Mapping[str, Metric]:
    """Return the metrics of a read, without the number of lines, which depends on the source."""
    folder.mkdir()
    own = making.settings(environment=making.environment(source=source), logs=files)
    groups = (LogGroup(GROUP, "us-east-1"),)
    read = LogReader(own, groups, folder, lambda _: None).read_and_analyse(window, ALL_EVENTS, datetime.now(UTC))
    assert (read.error, bool(read.analysis)) == (None, True)
    metrics = read.analysis.metrics if read.analysis else {}
    return {name: metric for name, metric in metrics.items() if name != "data.unreadable_rate"}


def test_files_and_both_ways_of_cloudwatch_measure_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: list[emit.LogEvent]
) -> None:
    """Every metric is the same to the digit, whichever emulator serves the logs."""
    export = tmp_path / "export.jsonl"
    export.write_bytes(b"".join(emit.json_lines([{**event, "logGroup": GROUP} for event in events])))
    edges = [events[0]["timestamp"] // 1000 + 7200, events[-1]["timestamp"] // 1000 - 3600]
    window = Window(*(from_epoch_ms(edge * 1000) for edge in edges))
    expected = measured(tmp_path / "file", window, str(export))
    assert (expected["lifecycle.complete"].value or 0) > 10
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name, emulator in EMULATORS.items():
        with emulator() as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            fill(url, events)
            for source in SOURCES:
                assert measured(tmp_path / f"{name}-{source}", window, source=source) == expected, (name, source)


def test_ministack_deploys_alarms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its CloudFormation knows all but metric math; the checks find its alarms as planned."""
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "DEFAULT_REGION": "eu-west-1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)

    def deployed(limits: str) -> list[str]:
        return list(deploy_alarms(alarms.environment(tmp_path, limits), None))

    with ministack() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        boto3.client("logs").create_log_group(logGroupName=alarms.GROUP)
        assert deployed("gone.errors: 5")[-1] == "done: 2 created, 0 changed, 0 deleted"
        assert deployed("gone.errors: 5")[-1] == "nothing to do"
        assert deployed("gone.errors: 7\nwelcome.sent: {min: 1}")[1:] == [
            f"  + metric filter websocket-health-prod-welcome_sent on {alarms.GROUP}",
            "  + alarm websocket-health-prod-welcome.sent",
            "  ~ alarm websocket-health-prod-gone.errors",
            "      AlarmDescription",
            "      Threshold",
            "  = 1 unchanged",
            "done: 2 created, 1 changed, 0 deleted",
        ]
        assert set(deployed("welcome.sent: {min: 1}")[1:-2]) == {
            "  - metric filter websocket-health-prod-gone",
            "  - alarm websocket-health-prod-gone.errors",
        }
        window = Window(datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC))
        observed = observe_alarms(alarms.environment(tmp_path, "welcome.sent: {min: 1}"), window)
    assert {metric.name: metric.value for metric in observed.metrics if metric.value} == {"alarms.without_data": 1}
