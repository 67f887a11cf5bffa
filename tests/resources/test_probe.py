"""Probes of a real WebSocket server on loopback, whose handler logs to a file or to moto's CloudWatch."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import boto3
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from checks.config.environment import Environment, Probe
from checks.config.limit import Limit
from checks.errors import ConfigError
from checks.logs.cloudwatch import filter_log_events
from checks.resources.probe import ProbeSecrets, probe_from_options, run_probes
from tests.health_run import HealthRun, health_run
from tests.moto_server import moto

SECRET = "hush/Hush 1"

GROUP = "/aws/lambda/dev-chat-handler"

STREAM = "2026/06/02/[1]ab"

Log = Callable[[str, str], None]
"""Logs a line of a request."""


def event(request: str, text: str) -> dict[str, Any]:
    """An event of Lambda's Python runtime."""
    return {"timestamp": round(time.time() * 1000), "message": f"[INFO]\t\t{request}\t{text}"}


def good(connection: ServerConnection) -> None:
    """Greet, and answer."""
    connection.send("an advertisement")
    connection.send('{"type": "welcome"}')
    for message in connection:
        connection.send(f"pong to {message!r}")


def slow(connection: ServerConnection) -> None:
    """Greet after a while."""
    time.sleep(1.5)
    good(connection)


def silent(connection: ServerConnection) -> None:
    """Say nothing."""
    for _ in connection:
        pass


def dropping(connection: ServerConnection) -> None:
    """Greet, and close the connection on the first message."""
    connection.send('{"type": "welcome"}')
    connection.recv()
    connection.close(1011)


@contextmanager
def server(
    behave: Callable[[ServerConnection], None], log: Log | None = None, *, refuses: bool = False
) -> Iterator[str]:
    """Serve on loopback; each connection is logged as by a Lambda function, its query on a line of its own."""

    def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        name, request, write = f"{uuid4().hex[:11]}Ab1=", str(uuid4()), log or (lambda *_: None)
        write(request, f"query: {connection.request.path}")
        write(request, f"Client connected: {name}")
        write(request, f"Welcome message sent to {name}")
        with suppress(ConnectionClosed):
            behave(connection)
        write(str(uuid4()), f"Client disconnected: {name}")

    def refuse(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(HTTPStatus.FORBIDDEN, "no") if refuses else None

    with serve(handle, "127.0.0.1", 0, process_request=refuse) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{listening.socket.getsockname()[1]}/prod"
        listening.shutdown()
        thread.join()


def probe_run(
    pytester: pytest.Pytester, url: str, source: str, *options: str, probe: str = "", environment: str = "dev"
) -> HealthRun:
    file = pytester.path / "limits.yaml"
    settings = (
        f"url: {url}, connections: 20, per_second: 200, welcome: welcome, timeout: 5s, query: {{token: TOKEN}}{probe}"
    )
    limits = "probe.failed: 0, probe.unread: 0, probe.welcome_p50_seconds: 2s, lifecycle.complete: {min: 1}"
    file.write_text(f"environments: {{{environment}: {{{source}, probe: {{{settings}}}, limits: {{{limits}}}}}}}")
    return health_run(pytester, "--thresholds", file, "--probe", "configured", *options, environment=environment)


READ = "20 opened, 20 connects read, 20 disconnects read, 20 welcomes read"


def counts(run: HealthRun) -> dict[str, Any]:
    return {name: one["value"] for name, one in run.result["metrics"].items() if name.startswith("probe.")}


def test_each_probe_is_read_again_in_a_file_and_judged_apart(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other numbers count only the real client's connection; no output has secrets."""
    monkeypatch.setenv("TOKEN", SECRET)
    path = pytester.path / "log.jsonl"

    def log(request: str, text: str, stream: str = "2026/06/02/[1]ab") -> None:
        event = {
            "timestamp": round(time.time() * 1000),
            "message": f"[INFO]\t\t{request}\t{text}",
            "logStreamName": stream,
        }
        with path.open("a") as file:
            file.write(json.dumps(event) + "\n")

    real = str(uuid4())
    for text in (
        "Client connected: Real0000Ab1=",
        "GoneException for Real0000Ab1=",
        "Client disconnected: Real0000Ab1=",
    ):
        log(real, text)
    with server(good, log) as url:
        run = probe_run(pytester, url, f"logs: {path}", probe=", send: hello, answer: 'pong to .hello'")
    assert run.code == 0, run.text
    found = counts(run)
    assert {
        name: found[f"probe.{name}"] for name in ("opened", "welcomed", "answered", "closed", "failed", "unread")
    } == {
        "opened": 20,
        "welcomed": 20,
        "answered": 20,
        "closed": 20,
        "failed": 0,
        "unread": 0,
    }
    assert 0 < found["probe.open_p50_seconds"] <= found["probe.open_p95_seconds"] < 5
    assert (run.value("lifecycle.complete"), run.value("gone.errors"), run.value("welcome.sent")) == (1, 1, 0)
    apart = "they are judged apart: no other number from the logs counts them"
    assert f"{READ}; {apart}" in run.result["receipt"]["notes"]
    assert SECRET.replace(" ", "+").replace("/", "%2F") in path.read_text()
    outputs = [run.text, *(file.read_text() for file in run.folder.iterdir())]
    assert [text for text in outputs if "ush 1" in text or "hush%2F" in text.lower()] == []
    without = health_run(pytester, "--thresholds", pytester.path / "limits.yaml")
    assert list(without.verdicts) == ["lifecycle.complete"], "no probe unless somebody asks for it"


def test_each_probe_is_read_again_in_cloudwatch(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window ends after the last of them."""
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.setattr(filter_log_events, "SHORTEST_WAIT", timedelta(seconds=1))
    with moto(monkeypatch):
        logs = boto3.client("logs")
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)

        def log(request: str, text: str) -> None:
            logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[event(request, text)])

        with server(good, log) as url:
            run = probe_run(pytester, url, f"log_group: {GROUP}", "-A", "probe", "--wait", "20s")
    assert run.code == 0, run.text
    assert run.verdicts == {"probe.failed": "pass", "probe.welcome_p50_seconds": "pass", "probe.unread": "pass"}
    assert any(note.startswith(READ) for note in run.result["receipt"]["notes"]), run.result["receipt"]


BROKEN = {
    "refused": (good, True, {"opened": 0, "welcomed": 0, "answered": 0}, "5 of 5: refused with HTTP 403"),
    "slow": (slow, False, {"opened": 5, "welcomed": 0, "answered": 0}, "5 of 5: no welcome within 1 s"),
    "silent": (silent, False, {"opened": 5, "welcomed": 0, "answered": 0}, "5 of 5: no welcome within 1 s"),
    "dropping": (
        dropping,
        False,
        {"opened": 5, "welcomed": 5, "answered": 0},
        "5 of 5: closed by the other side before the answer, with code 1011",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_probe_says_how_far_it_came(name: str) -> None:
    """The servers refuse, are slow, are silent, or drop connections."""
    behave, refuses, steps, reason = BROKEN[name]
    with server(behave, refuses=refuses) as url:
        probe = Probe(url, 5, 100, welcome="welcome", send="hello", answer="pong", timeout_seconds=1)
        observation = run_probes(probe).observation(None)
    values = {metric.name: metric.value for metric in observation.metrics}
    assert {step: values[f"probe.{step}"] for step in steps} == steps
    assert (values["probe.failed"], values["probe.closed"]) == (5, 0)
    assert observation.findings["probe.failed"] == (reason,)


def test_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """This is also a reason, without secrets, and so is a variable that is not set."""
    probe = Probe("ws://127.0.0.1:9/prod", 2, 100, headers={"Authorization": "TOKEN"}, timeout_seconds=2)
    monkeypatch.setenv("TOKEN", SECRET)
    observation = run_probes(probe).observation(None)
    assert observation.findings["probe.failed"][0].startswith("2 of 2: not opened: ")
    monkeypatch.delenv("TOKEN")
    with pytest.raises(ConfigError, match="TOKEN, which should hold a secret, is not set"):
        run_probes(probe)


def test_secrets_are_redacted_however_they_are_written() -> None:
    """They are redacted as they are, and as a URL encodes them."""
    hidden = ProbeSecrets({"Authorization": SECRET}, {"token": "hush/Hush"})
    assert hidden.redacted("a hush/Hush 1 b hush%2FHush%201 c hush/Hush d hush%2FHush+1") == (
        "a [redacted] b [redacted] c [redacted] d [redacted]"
    )


def test_what_can_not_be_probed() -> None:
    """This is a mistake on the command line, and the error says what to write."""
    own = Probe("wss://example.org/prod", welcome="(")
    limited = {"probe.failed": Limit("probe.failed", Path("thresholds.yaml"), 1, inherited=False, max=0)}
    files: dict[str, Any] = {"waivers": {}, "signals": {}, "redact": {}, "logs": Path("log.jsonl")}
    table = [
        (Environment("dev", limited, **files), {"probe": "configured"}, "has no 'probe'"),
        (Environment("dev", limited, **files), {"probe": "https://example.org"}, "nor a URL"),
        (Environment("dev", limited, **files), {"probe": "wss://example.org?token=x"}, "without a query"),
        (Environment("dev", {}, **files), {"probe": "wss://example.org"}, "no limit"),
        (Environment("dev", limited, **files), {"probe": "wss://example.org", "until": "1h"}, "--until has no effect"),
        (Environment("dev", limited, **{**files, "logs": None}), {"probe": "wss://example.org"}, "add --wait"),
        (Environment("dev", limited, probe=own, **files), {"probe": "configured"}, "probe.welcome: '\\('"),
    ]
    for environment, options, problem in table:
        with pytest.raises(ConfigError, match=problem):
            probe_from_options(options.get, environment)
    probe = probe_from_options({"probe": "ws://localhost:1/x"}.get, Environment("dev", limited, **files))
    assert (probe.url, probe.connections) == ("ws://localhost:1/x", 20)
