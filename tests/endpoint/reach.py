"""A context manager for an endpoint that boto3 finds, for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.endpoint.behaviour import Behaviour
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group


@contextmanager
def reached(monkeypatch: pytest.MonkeyPatch, *groups: Group, behaviour: Behaviour | None = None) -> Iterator[Endpoint]:
    """Serve the groups, and set the variables for boto3; afterwards these stay set, and lead nowhere."""
    with Endpoint(groups, behaviour) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint
