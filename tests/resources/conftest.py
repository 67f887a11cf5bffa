"""Fixtures for tests of AWS's services: moto's server, which knows most of them."""

from collections.abc import Iterator

import pytest

from tests import moto_server


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account of moto's."""
    with moto_server.moto(monkeypatch):
        yield
