"""What tests of AWS's services share: moto's server, which knows most of them."""

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from .recorded import lead_to


@pytest.fixture(scope="session", name="moto_url")
def _moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty account of moto's."""
    lead_to(monkeypatch, moto_url)
    with urlopen(Request(f"{moto_url}/moto-api/reset", method="POST")):
        pass
