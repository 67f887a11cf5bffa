"""A moto account that can deploy alarms: its CloudFormation also knows metric filters and alarms."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import boto3
import pytest

from tests.alarms.making import GROUP
from tests.moto_server import moto


@contextmanager
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Serve an account with the log group and nothing else; yield a CloudWatch client."""
    import_module("tests.alarms.resource_types")  # here, for it takes seconds, which most processes can spare
    with moto(monkeypatch):
        boto3.client("logs").create_log_group(logGroupName=GROUP)
        yield boto3.client("cloudwatch")
