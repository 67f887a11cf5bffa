"""An SNS topic gets a message, tried on moto's server."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from checks.errors import OutputError
from checks.outputs.notify.message import Message
from checks.outputs.notify.topic import Topic

REGION = "eu-west-3"
MESSAGE = Message("WebSocket health: prod é is FAIL", "prod: FAIL — gone.errors 67 > max 5", "https://ci.example/1")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def _account(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "ENDPOINT_URL": url}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def test_a_message() -> None:
    """In the region that the ARN names, as plain text; the subject of an e-mail must be ASCII."""
    queue = client("sqs").create_queue(QueueName="mail")["QueueUrl"]
    arn = client("sns").create_topic(Name="health")["TopicArn"]
    client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:mail")
    Topic(arn).send(MESSAGE)
    (received,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(received["Body"])
    assert told["Message"] == "prod: FAIL — gone.errors 67 > max 5\nhttps://ci.example/1"
    assert told["Subject"] == "WebSocket health: prod ? is FAIL"


def test_no_such_topic() -> None:
    """The error names it."""
    arn = f"arn:aws:sns:{REGION}:123456789012:missing"
    with pytest.raises(OutputError, match=f"^{arn}"):
        Topic(arn).send(MESSAGE)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to get some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(OutputError, match="boto3 finds no credentials for AWS"):
        Topic(f"arn:aws:sns:{REGION}:123456789012:health").send(MESSAGE)


def test_an_endpoint_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 raises a bare ValueError."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(OutputError, match="Invalid endpoint: nowhere"):
        Topic(f"arn:aws:sns:{REGION}:123456789012:health").send(MESSAGE)
