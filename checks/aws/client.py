"""AWS clients: boto3's, for one service in one region, with retries, timeouts and errors that say what to do."""

import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import boto3
import botocore.session
import urllib3.exceptions
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError, ResponseStreamingError
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError

from checks import __version__
from checks.aws.error_messages import BOTO_ERRORS, explain_error
from checks.errors import SourceError
from checks.text import nearest_name
from checks.units import parse_positive

ATTEMPTS: Final = 8
"""The default number of attempts of a call."""


class Timeouts(NamedTuple):
    """The timeouts of an attempt in seconds: to connect, and until the next part of the response arrives."""

    connect: float = 5
    answer: float = 20


TIMEOUTS: Final = Timeouts()
"""The default timeouts of a client."""

_TITLES: Final = {
    "apigatewayv2": "API Gateway",
    "cloudformation": "AWS CloudFormation",
    "cloudwatch": "CloudWatch",
    "lambda": "AWS Lambda",
    "logs": "CloudWatch Logs",
    "s3": "Amazon S3",
    "sns": "Amazon SNS",
    "xray": "AWS X-Ray",
}
"""The display names of the services."""

_SELF_LOCATED: Final = ("arn:", "s3://")
"""Prefixes of resource names that contain their region, or need none."""


class AwsClient:
    """A client of one AWS service in one region, with errors that say what to do.

    Args:
        service: As boto3 calls it: `cloudwatch`.
        region: None for the one that boto3 finds by its own rules.
        attempts: How many times a call is attempted; AWS_MAX_ATTEMPTS overrides it.
        timeouts: The timeouts of each attempt; None for the defaults.
        connections: How many calls may be in flight at once.
    """

    def __init__(
        self,
        service: str,
        region: str | None,
        *,
        attempts: int = ATTEMPTS,
        timeouts: Timeouts | None = None,
        connections: int = 10,
    ) -> None:
        self._service = service
        self.boto: Any = _connect(service, region, _config(attempts, timeouts or TIMEOUTS, connections))
        self.region: str = self.boto.meta.region_name
        _bound_answers(self.boto)

    def call(self, operation: str, resource: str, **parameters: Any) -> dict[str, Any]:
        """Call an API operation, and return its response.

        Args:
            operation: As the API names it: `GetMetricData`.
            resource: What the call is about, as an error names it: `function chat-handler`.
            parameters: As the API names them.
        """
        with self.explaining(operation, resource):
            answer: dict[str, Any] = getattr(self.boto, xform_name(operation))(**parameters)
            self._check(operation, answer)
        return answer

    def pages(self, operation: str, resource: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Call an operation until it has no more pages, and yield the items under a key of each page."""
        for page in self.answers(operation, resource, **parameters):
            yield from page.get(key, ())

    def answers(self, operation: str, resource: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Call an operation until it has no more pages, and yield each page."""
        paginator = self.boto.get_paginator(xform_name(operation))
        with self.explaining(operation, resource):
            for answer in paginator.paginate(**parameters):
                self._check(operation, answer)
                yield answer

    def _check(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Make sure that an answer has a field of its operation: botocore takes what a proxy says for an answer."""
        shape = self.boto.meta.service_model.operation_model(operation).output_shape
        if shape and shape.members and not answer.keys() - {"ResponseMetadata"}:
            raise ResponseParserError(f"it has no field of {operation}")

    @contextmanager
    def explaining(self, operation: str, resource: str) -> Iterator[None]:
        """Turn boto3's errors into a SourceError that says what went wrong with an operation, and what to do."""
        try:
            yield
        except BOTO_ERRORS as error:
            place = resource if resource.startswith(_SELF_LOCATED) else f"{resource} in {self.region}"
            raise explain_error(error, f"{self._service}:{operation}", place) from error


_LONGEST_ANSWER: Final = 64 << 20
"""The largest response that is read, in bytes: a page of FilterLogEvents has 1 MB, and no other comes close."""


_HTML: Final = re.compile(rb"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
"""The beginning of a page, such as the login of a proxy; AWS answers in JSON, XML or CBOR."""


def _bound_answers(boto: Any) -> None:
    """Limit how much of a response a client reads: botocore would fill the memory with an endless one."""
    session: Any = boto._endpoint.http_session  # noqa: SLF001 -- botocore offers no way to see a body as it arrives
    send = session.send

    def bounded(request: Any) -> Any:
        if request.stream_output:
            return send(request)
        request.stream_output = True
        answer, chunks, size = send(request), list[bytes](), 0
        try:
            for chunk in answer.raw.stream(1 << 20):
                chunks.append(chunk)
                size += len(chunk)
                if size > _LONGEST_ANSWER:
                    answer.raw.close()
                    raise ResponseStreamingError(error=f"an answer of more than {_LONGEST_ANSWER >> 20} MiB")
        except urllib3.exceptions.ReadTimeoutError as error:  # as if botocore had read it, which then tries again
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise ConnectionClosedError(endpoint_url=request.url, error=error) from error
        if answer.status_code < HTTPStatus.MULTIPLE_CHOICES and _HTML.match(b"".join(chunks[:1])):
            raise ResponseParserError("it is a page of HTML")
        answer._content = b"".join(chunks)  # noqa: SLF001 -- where AWSResponse.content keeps it
        return answer

    session.send = bounded


def find_credentials() -> str | None:
    """Return where boto3 finds credentials, in its own words (`env`, `sso`); None if there are none."""
    try:
        credentials: Any = boto3.Session().get_credentials()
    except BOTO_ERRORS as error:
        raise explain_error(error, "sts:GetCallerIdentity", "credentials") from error
    return credentials and str(credentials.method)


def check_reachable(region: str | None) -> str:
    """Return the endpoint of CloudWatch Logs in a region, once it has responded, if only to refuse an unsigned call."""
    config = _config(1, TIMEOUTS, 1).merge(Config(signature_version=UNSIGNED))
    boto = _connect("logs", region, config)
    try:
        boto.describe_log_groups(limit=1)
    except ClientError:
        pass  # a refusal is a response
    except BOTO_ERRORS as error:
        raise explain_error(error, "logs:*", _TITLES["logs"]) from error
    url: str = boto.meta.endpoint_url
    return url


def _config(attempts: int, timeouts: Timeouts, connections: int) -> Config:
    """The settings of a botocore client, with adaptive retries, which slow down after a throttled call."""
    attempts_of_boto = os.environ.get("AWS_MAX_ATTEMPTS", "1")
    try:
        parse_positive(attempts_of_boto)
    except ValueError as error:
        problem = f"AWS_MAX_ATTEMPTS is {attempts_of_boto!r}; it takes a number, 1 or more, such as {ATTEMPTS}"
        raise SourceError(problem) from error
    retries = {"AWS_RETRY_MODE": ("mode", "adaptive"), "AWS_MAX_ATTEMPTS": ("total_max_attempts", attempts)}
    return Config(
        # boto3 reads a variable only if its setting is not given
        retries=dict(setting for variable, setting in retries.items() if variable not in os.environ),
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.answer,
        max_pool_connections=connections,
        user_agent_extra=f"websocket-health-checks/{__version__}",
    )


def _connect(service: str, region: str | None, config: Config) -> Any:
    """Create a boto3 client; credentials, profile, region, endpoint and signing are left to boto3."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    try:
        client = boto3.Session(region_name=region, botocore_session=session).client(service, config=config)
    except BOTO_ERRORS as error:
        raise explain_error(error, f"{service}:*", _TITLES[service]) from error
    except ValueError as error:
        raise _setting_error(error, region) from error
    _check_region(client.meta.region_name, client.meta.endpoint_url)
    return client


def _setting_error(error: ValueError, region: str | None) -> SourceError:
    """Explain a setting that botocore can't use: it takes an empty text for a region, and never names a variable."""
    if region is None and os.environ.get("AWS_DEFAULT_REGION") == "":
        return SourceError("AWS_DEFAULT_REGION is empty", "set it, or the variable that it comes from")
    if "endpoint" in str(error):
        return SourceError(str(error), "AWS_ENDPOINT_URL takes a URL such as http://localhost:4566")
    return SourceError(f"AWS can't be called: {error}", "check the variables AWS_… and the settings in ~/.aws/config")


def _check_region(region: str, url: str) -> None:
    """Make sure that a region exists: a misspelt one has no address, and boto3 would look it up again and again.

    A region that is newer than botocore is not in its data, but has an address.
    """
    regions = {name for one in _partitions() for name in one["regions"]}
    host = urlsplit(url).hostname or ""
    if region in regions or f".{region}." not in host:
        return
    with suppress(OSError):
        socket.getaddrinfo(host, None)
        return
    nearest = nearest_name(region, regions)
    meant = f"did you mean {nearest!r}? " if nearest else ""
    raise SourceError(
        f"there is no AWS region {region!r}", f"{meant}It is set in thresholds.yaml, AWS_DEFAULT_REGION or the profile"
    )


def partition_of(region: str | None) -> str:
    """The AWS partition of a region, as ARNs name it; None is the region that boto3 finds by its own rules."""
    if region is None:
        region = os.environ.get("AWS_REGION", "")
        with suppress(*BOTO_ERRORS):
            region = boto3.Session().region_name or region
    return next((str(one["id"]) for one in _partitions() if re.match(one["regionRegex"], region)), "aws")


def is_of_aws(url: str) -> bool:
    """Whether a URL is that of AWS itself, in any partition, and not of an emulator or a proxy."""
    suffixes = (f".{one['outputs'][key]}" for one in _partitions() for key in ("dnsSuffix", "dualStackDnsSuffix"))
    return (urlsplit(url).hostname or "").endswith(tuple(suffixes))


def _partitions() -> Sequence[Any]:
    """The partitions that botocore knows, with their regions and the ends of their hosts' names."""
    partitions: Sequence[Any] = _loader().load_data("partitions")["partitions"]
    return partitions


@cache
def _loader() -> Any:
    """The data of botocore on AWS's APIs, read once: a client takes 10 ms, but 50 ms if it reads the data again."""
    return create_loader(os.environ.get("AWS_DATA_PATH"))
