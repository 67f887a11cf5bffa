"""AWS Lambda on loopback, as far as it describes how functions are configured."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

_CONFIGURATION: Final = re.compile(r"/2015-03-31/functions/([^/]+)/configuration")
_ALIAS: Final = re.compile(r"/2015-03-31/functions/([^/]+)/aliases/([^/]+)")

Answers = Mapping[str, Sequence[Mapping[str, Any]]]
"""By `function`, `function:version` or `function/alias`: what is answered one after the other, the last for ever."""


def configuration(modified: str = "2026-06-02T08:00:00.000+0000", **more: object) -> dict[str, Any]:
    """Return the answer of GetFunctionConfiguration, as far as it matters here."""
    return {
        "FunctionName": "chat",
        "LastModified": modified,
        "LastUpdateStatus": "Successful",
        "State": "Active",
        "Version": "$LATEST",
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/dev-chat-handler"},
        **more,
    }


@contextmanager
def lambda_service(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> Iterator[list[str]]:
    """Serve the answers at boto3's address of Lambda; yield the requests, in order."""
    requests: list[str] = []
    left = {name: list(following) for name, following in answers.items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = named(self.path)
            requests.append(name)
            following = left.get(name)
            if not following:
                self._answer(404, {"Type": "User", "Message": f"Function not found: {name}"})
            else:
                self._answer(200, following.pop(0) if len(following) > 1 else following[0])

        def _answer(self, status: int, content: Mapping[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            if status != 200:
                self.send_header("x-amzn-ErrorType", "ResourceNotFoundException")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{server.server_address[1]}")
        for name, value in (("ACCESS_KEY_ID", "testing"), ("SECRET_ACCESS_KEY", "testing")):
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        try:
            yield requests
        finally:  # whose server is closed under it, a thread asks for the socket again and again
            server.shutdown()


def named(path: str) -> str:
    parts = urlsplit(path)
    if alias := _ALIAS.fullmatch(parts.path):
        return f"{alias[1]}/{alias[2]}"
    function = _CONFIGURATION.fullmatch(parts.path)
    version = parse_qs(parts.query).get("Qualifier")
    name = function[1] if function else path
    return f"{name}:{version[0]}" if version else name
