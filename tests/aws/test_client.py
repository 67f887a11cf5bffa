"""Clients of AWS's services: their settings, and errors that say what to do."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import IncompleteReadError

from checks.aws.client import ATTEMPTS, AwsClient, Timeouts, find_credentials, is_of_aws
from checks.errors import SourceError
from tests.resources.recorded import Answer, Refusal, recorded

FUNCTION = "GET /2015-03-31/functions/chat/configuration"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove everything that boto3 reads, except for what a test sets."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@contextmanager
def error(text: str) -> Iterator[None]:
    with pytest.raises(SourceError) as caught:
        yield
    assert str(caught.value) == text


def test_an_operation_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the API's names, in the given region."""
    with recorded(monkeypatch, {FUNCTION: [{"FunctionName": "chat"}]}):
        lambdas = AwsClient("lambda", "eu-west-3")
        answer = lambdas.call("GetFunctionConfiguration", "function chat", FunctionName="chat")
    assert answer["FunctionName"] == "chat"
    assert lambdas.region == "eu-west-3"


def test_pages_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Items under a key are collected, even if a page has none."""
    first, last = {"Metrics": [{"MetricName": "a"}], "NextToken": "1"}, {"Metrics": [{"MetricName": "b"}]}
    pages: list[Answer] = [first, {"NextToken": "2"}, last]
    with recorded(monkeypatch, {"ListMetrics": pages}):
        metrics = list(AwsClient("cloudwatch", None).pages("ListMetrics", "metrics", "Metrics", Namespace="x"))
    assert [metric["MetricName"] for metric in metrics] == ["a", "b"]


def test_an_error_names_the_resource_and_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource whose name has a region, or needs none, is named alone."""
    refusal = Refusal("AccessDeniedException", "not authorized to perform: lambda:GetFunctionConfiguration", 403)
    hint = "`websocket-health-checks doctor -E NAME --policy` prints the minimum IAM policy"
    with recorded(monkeypatch, {FUNCTION: [refusal]}):
        lambdas = AwsClient("lambda", None)
        for resource, place in (
            ("function chat", "function chat in us-east-1"),
            ("arn:aws:lambda:eu-west-1:1:function:chat", "arn:aws:lambda:eu-west-1:1:function:chat"),
            ("s3://runs/chat", "s3://runs/chat"),
        ):
            with error(f"{place}: access denied: lambda:GetFunctionConfiguration is missing; {hint}"):
                lambdas.call("GetFunctionConfiguration", resource, FunctionName="chat")


def test_an_error_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is explained like that of a call."""
    with recorded(monkeypatch, {"ListMetrics": [Refusal("AccessDenied", "No.", 403)]}):
        metrics = AwsClient("cloudwatch", None).pages("ListMetrics", "metrics", "Metrics", Namespace="x")
        with pytest.raises(SourceError, match=r"^metrics in us-east-1: access denied: cloudwatch:ListMetrics is"):
            list(metrics)


@pytest.mark.parametrize("body", [b"<html><body>Please log in</body></html>", b"\n<!DOCTYPE html>\n<p>Hi", b"", b"{}"])
def test_answers_that_are_not_of_aws(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """A proxy may answer in place of AWS, with status 200: that is no answer without functions, alarms or objects."""
    lambdas, traces = "GET /2015-03-31/functions/chat/configuration", "POST /TraceSummaries"
    with recorded(monkeypatch, {lambdas: [body], traces: [body], "GET /logs?list-type=2&encoding-type=url": [body]}):
        with pytest.raises(
            SourceError, match=r"^function chat in us-east-1: lambda:\w+: the response is not from AWS: it"
        ):
            AwsClient("lambda", None).call("GetFunctionConfiguration", "function chat", FunctionName="chat")
        with pytest.raises(SourceError, match=r"; check proxy and AWS_ENDPOINT_URL$"):
            list(AwsClient("xray", None).pages("GetTraceSummaries", "traces", "Traces", StartTime=0, EndTime=1))
        with pytest.raises(SourceError, match=r"^s3://logs: .*s3:ListObjectsV2"):
            list(AwsClient("s3", None).answers("ListObjectsV2", "s3://logs", Bucket="logs"))


def test_an_error_while_a_body_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client also explains errors while a body is read."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    cut = IncompleteReadError(actual_bytes=1, expected_bytes=2)
    with (
        pytest.raises(SourceError, match=r"^s3://runs/1: the endpoint broke off its answer; check the network"),
        AwsClient("s3", None).explaining("GetObject", "s3://runs/1"),
    ):
        raise cut


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({}, "CloudWatch: no AWS region is named; set AWS_DEFAULT_REGION, or a region in the profile, or `region` "),
        ({"AWS_PROFILE": "pord"}, "CloudWatch: there is no profile 'pord'; "),
        (
            {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "localhost:4566"},
            "Invalid endpoint: localhost:4566; AWS_ENDPOINT_URL takes a URL such as http://localhost:4566",
        ),
        ({"AWS_DEFAULT_REGION": ""}, "AWS_DEFAULT_REGION is empty; set it, or the variable that it comes from"),
        (
            {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_METADATA_SERVICE_TIMEOUT": "x"},
            "AWS can't be called: invalid literal for int() with base 10: 'x'; check the variables AWS_… and the ",
        ),
        ({"AWS_MAX_ATTEMPTS": "abc"}, "AWS_MAX_ATTEMPTS is 'abc'; it takes a number, 1 or more, such as "),
        ({"AWS_MAX_ATTEMPTS": "9" * 5000}, "AWS_MAX_ATTEMPTS is '999"),
        ({"AWS_MAX_ATTEMPTS": "0"}, "AWS_MAX_ATTEMPTS is '0'; it takes a number, 1 or more, such as "),
    ],
)
def test_a_client_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], text: str) -> None:
    """If boto3 explains itself, the service takes the place of the operation."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SourceError) as caught:
        AwsClient("cloudwatch", None)
    assert str(caught.value).startswith(text)


def test_settings_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of all clients, or of this one; boto3's variables override the number of attempts."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    def settings(made: AwsClient) -> tuple[object, ...]:
        config = made.boto.meta.config
        attempts, mode = config.retries["total_max_attempts"], config.retries["mode"]
        return attempts, mode, config.connect_timeout, config.read_timeout, config.max_pool_connections

    own = {"attempts": 2, "timeouts": Timeouts(connect=3, answer=4), "connections": 16}
    assert settings(AwsClient("sns", None)) == (ATTEMPTS, "adaptive", 5, 20, 10)
    assert settings(AwsClient("sns", None, **own)) == (2, "adaptive", 3, 4, 16)  # type: ignore[arg-type]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    assert settings(AwsClient("sns", None, **own)) == (7, "standard", 3, 4, 16)  # type: ignore[arg-type]


def test_an_endpoint_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gives up after its own timeout and attempts."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        impatient = AwsClient("lambda", None, attempts=1, timeouts=Timeouts(connect=1, answer=0.05))
        with pytest.raises(
            SourceError, match=rf"^function chat in us-east-1: {url}/\S+ does not answer in time; check"
        ):
            impatient.call("GetFunctionConfiguration", "function chat", FunctionName="chat")


def test_credentials_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """This gives their origin, and the default region."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    assert find_credentials() == "env"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert find_credentials() == "env"


def test_no_credentials() -> None:
    """That is an answer, not an error."""
    assert find_credentials() is None


def test_credentials_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that does not exist is an error, and so is half of the keys."""
    monkeypatch.setenv("AWS_PROFILE", "pord")
    with pytest.raises(SourceError, match=r"^credentials: there is no profile 'pord'"):
        find_credentials()
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    with pytest.raises(SourceError, match=r"^credentials: boto3 got no credentials for AWS: Partial credentials"):
        find_credentials()


def test_which_hosts_are_those_of_aws() -> None:
    """Only AWS has known quotas: each partition has hosts of its own, also for IPv6, FIPS and VPC endpoints."""
    aws = [
        *("logs.eu-west-1.amazonaws.com", "logs-fips.us-east-1.api.aws", "logs.eusc-de-east-1.amazonaws.eu"),
        *("logs.cn-north-1.amazonaws.com.cn", "logs.cn-north-1.api.amazonwebservices.com.cn"),
        *("logs.us-iso-east-1.c2s.ic.gov", "vpce-0a1b-2c3d.logs.eu-west-1.vpce.amazonaws.com"),
    ]
    others = ["localhost", "127.0.0.1", "amazonaws.com.example.com", "logs.notamazonaws.com", ""]
    assert [host for host in [*aws, *others] if is_of_aws(f"https://{host}/")] == aws
