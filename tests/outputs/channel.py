"""A webhook on loopback that can succeed, fail, be slow or be silent."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from email.message import Message


class Channel:
    """`with Channel(500, 200) as channel: … channel.url …`: it answers each request with the next of these statuses.

    Attributes:
        received: The bodies of all requests, decoded.
        paths: The requested paths.
        headers: The headers of all requests.
        is_silent: Whether it accepts requests without an answer until it is closed.
    """

    def __init__(self, *statuses: int, is_silent: bool = False) -> None:
        self.received: list[Any] = []
        self.paths: list[str] = []
        self.headers: list[Message] = []
        self.is_silent = is_silent
        self.closed = Event()
        self._statuses = iter(statuses)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.channel = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The URL, with a secret path."""
        return f"{self.name}:{self._server.server_port}/services/T0/s3cr3t"

    @property
    def name(self) -> str:
        return "http://127.0.0.1"

    def next_status(self) -> int:
        return next(self._statuses, 200)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    channel: Channel
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        channel = self.server.channel
        channel.paths.append(self.path)
        channel.headers.append(self.headers)
        channel.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if channel.is_silent:
            channel.closed.wait()
            return
        status = channel.next_status()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        if status == 429:
            self.send_header("Retry-After", "60")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.channel.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Print nothing."""
