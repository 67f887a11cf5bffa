"""A context manager for an endpoint that boto3 finds, for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.endpoint.behaviour import Behaviour
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group


@contextmanager
def reached(monkeypatch: pytest.MonkeyPatch, *groups: Group, behaviour: Behaviour | None = None) -> Iterator[Endpoint]:
    """Serve the groups, with the variables set that lead there; they stay set, and then lead nowhere."""
    with Endpoint(groups, behaviour) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint
