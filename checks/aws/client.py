"""A client of an AWS service in one region: boto3's, with retries and errors that say what to do."""

import os
from collections.abc import Iterator
from typing import Any, Final

import boto3
from botocore import xform_name
from botocore.config import Config

from checks import __version__
from checks.aws.error_messages import BOTO_ERRORS, explain_error
from checks.errors import SourceError

ATTEMPTS: Final = 8
"""How often a call is tried."""

_CONNECT_SECONDS: Final = 5

_ANSWER_SECONDS: Final = 20


class AwsClient:
    """One of AWS's services.

    Args:
        name: As boto3 calls it: `cloudwatch`.
        region: None for the one that boto3 finds by its own rules.
        title: As people call it: `CloudWatch`.

    Raises:
        SourceError: There is no region, or no such profile, or the endpoint is no URL.
    """

    def __init__(self, name: str, region: str | None, title: str) -> None:
        self._name = name
        self._client = connect(name, region, title)
        self.region: str = self._client.meta.region_name

    def call(self, operation: str, resource: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation of the API, and return its answer.

        Args:
            operation: As the API names it: `GetMetricData`.
            resource: What it is about, for an error's text: `function chat-handler`.
            parameters: As the API names them.

        Raises:
            SourceError: What went wrong, and what to do.
        """
        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**parameters)
        except BOTO_ERRORS as error:
            raise explain_error(error, f"{self._name}:{operation}", f"{resource} in {self.region}") from error
        return answer

    def pages(self, operation: str, resource: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Call an operation until it has no more pages, and yield what stands in them under a key.

        Raises:
            SourceError: What went wrong, and what to do.
        """
        paginator = self._client.get_paginator(xform_name(operation))
        try:
            for page in paginator.paginate(**parameters):
                yield from page.get(key, ())
        except BOTO_ERRORS as error:
            raise explain_error(error, f"{self._name}:{operation}", f"{resource} in {self.region}") from error


def connect(name: str, region: str | None, title: str, **settings: Any) -> Any:
    """Make a client of boto3's that waits for a while, and tries again.

    Credentials, profile, region, endpoint, signing and retries are boto3's own business. Its adaptive retries slow
    down after a throttled call; AWS_RETRY_MODE and AWS_MAX_ATTEMPTS overrule them.

    Args:
        name: As boto3 calls the service.
        region: None for the one that boto3 finds by its own rules.
        title: As people call the service.
        settings: More of botocore's.

    Raises:
        SourceError: There is no region, or no such profile, or the endpoint is no URL.
    """
    retries = {"mode": "adaptive", "total_max_attempts": ATTEMPTS}
    overruled = {"AWS_RETRY_MODE": "mode", "AWS_MAX_ATTEMPTS": "total_max_attempts"}
    for variable, setting in overruled.items():
        if variable in os.environ:
            del retries[setting]  # boto3 reads the variable, unless the setting is given
    config = Config(
        retries=retries,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_ANSWER_SECONDS,
        user_agent_extra=f"websocket-health-checks/{__version__}",
        **settings,
    )
    try:
        return boto3.Session(region_name=region).client(name, config=config)
    except BOTO_ERRORS as error:
        raise explain_error(error, f"{name}:*", title) from error
    except ValueError as error:  # botocore's own for an endpoint that is no URL
        raise SourceError(f"{error}; AWS_ENDPOINT_URL takes a URL such as http://localhost:4566") from error
