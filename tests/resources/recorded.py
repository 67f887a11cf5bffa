"""A scripted AWS service: a real HTTP server on loopback that gives a test's answers in turn."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final, TypeAlias

import pytest

REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is an error, in AWS's JSON protocols."""

    code: str
    message: str = ""
    status: int = 400


Answer: TypeAlias = Mapping[str, Any] | Refusal | bytes
"""An answer of AWS; or the body of one that comes from something else, such as a proxy."""


@dataclass
class Recorded:
    """The answers to give, and the requests so far.

    Attributes:
        answers: By operation (`GetMetricData`) or, where the protocol has none, by method and path (`POST /Samples`);
            the last of several is given again.
        requests: The same keys, with the parameters of the body.
    """

    answers: Mapping[str, Sequence[Answer]]
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, key: str, parameters: dict[str, Any]) -> Answer:
        """Return the next answer to a request."""
        with self._lock:
            times = sum(other == key for other, _ in self.requests)
            self.requests.append((key, parameters))
        several = self.answers.get(key, (Refusal("UnknownOperationException", key),))
        return several[min(times, len(several) - 1)]

    def parameters(self, key: str) -> list[dict[str, Any]]:
        """Return the parameters of an operation's requests, in order."""
        return [parameters for other, parameters in self.requests if other == key]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorded: Recorded


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self._answer(operation or f"{self.command} {self.path}", json.loads(body or b"{}"))

    do_GET = do_POST  # noqa: N815 -- the base class's name

    def _answer(self, key: str, parameters: dict[str, Any]) -> None:
        answer = self.server.recorded.answer(key, parameters)
        if isinstance(answer, Refusal):
            status, body = answer.status, json.dumps({"__type": answer.code, "message": answer.message}).encode()
        else:
            status, body = 200, answer if isinstance(answer, bytes) else json.dumps(dict(answer)).encode()
        self.send_response(status)
        if isinstance(answer, Refusal):
            self.send_header("x-amzn-ErrorType", answer.code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
        """Print nothing."""


def lead_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Set the variables that point boto3 to a server, and give it credentials and a region."""
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "DEFAULT_REGION": REGION}
    for name, value in {**settings, "ENDPOINT_URL": url}.items():
        monkeypatch.setenv(f"AWS_{name}", value)


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Answer]]) -> Iterator[Recorded]:
    """Serve answers, with the variables set that point boto3 there."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.recorded = Recorded(answers)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        lead_to(monkeypatch, f"http://127.0.0.1:{server.server_address[1]}")
        yield server.recorded
    finally:
        server.shutdown()
        server.server_close()
