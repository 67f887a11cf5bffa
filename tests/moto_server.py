"""An empty moto server, at the address where boto3 looks for AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

REGION: Final = "eu-west-1"


@contextmanager
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve AWS, with the variables for boto3 set; data of other tests in this process are removed."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with urlopen(Request(f"{url}/moto-api/reset", method="POST")):
        pass
    settings = {
        "ACCESS_KEY_ID": "testing",
        "SECRET_ACCESS_KEY": "testing",
        "DEFAULT_REGION": REGION,
        "ENDPOINT_URL": url,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    try:
        yield
    finally:
        server.stop()
