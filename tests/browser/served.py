"""A web server for a report, with its own Content-Security-Policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

JENKINS_POLICY: Final = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
"""What Jenkins sends with the files of a build: https://www.jenkins.io/doc/book/security/configuring-content-security-policy/."""


@contextmanager
def served(file: Path, policy: str) -> Iterator[str]:
    """Serve the folder of a file on loopback; yield the file's address."""
    handler = partial(_Handler, policy=policy, directory=str(file.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{file.name}"
        finally:
            server.shutdown()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, policy: str, directory: str) -> None:
        self._policy = policy
        super().__init__(*arguments, directory=directory)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self._policy)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""
