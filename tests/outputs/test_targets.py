"""Targets of notifications: which texts are valid, and how messages are delivered."""

import json
import logging
import socket
from base64 import b64encode
from collections.abc import Iterator
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer

from checks.errors import ConfigError, OutputError
from checks.outputs.notify import Message, Topic, Webhook, parse_target
from tests.outputs.channel import Channel


@pytest.mark.parametrize("arn", ["arn:aws:sns:eu-central-1:123456789012:health", "arn:aws-cn:sns:cn-north-1:1:a-b_C"])
def test_a_topic(arn: str) -> None:
    """Its ARN names it, in any partition."""
    assert parse_target(arn) == Topic(arn)
    assert parse_target(arn).name == arn


@pytest.mark.parametrize("url", ["https://hooks.slack.example/services/T/B/x", "http://127.0.0.1:8080/?a=b"])
def test_a_webhook(url: str) -> None:
    """Its URL names it."""
    assert parse_target(url) == Webhook(url)


@pytest.mark.parametrize(
    "text",
    [
        "htps://hooks.example/s3cr3t",
        "file:///s3cr3t",
        "https:///s3cr3t",
        "https://[s3cr3t",
        "https://hooks.example:s3cr3t/",
        "https://hooks.example:0/s3cr3t",
        "https://hooks.example/s3cr3t s3cr3t",
        "https://hooks.example/s3cr3t\n",
        "arn:aws:sqs:eu-central-1:123456789012:s3cr3t",
        "arn:aws:sns:eu-central-1:123456789012:s3cr3t.fifo",
        "s3cr3t",
    ],
)
def test_what_is_neither(text: str) -> None:
    """The error says what to write, but nothing of a secret that was mistyped."""
    with pytest.raises(ConfigError, match=r"not an SNS topic ARN or an https:// URL; use arn:aws:sns:") as e:
        parse_target(text)
    assert "s3cr3t" not in str(e.value)


def test_an_empty_variable() -> None:
    """A pipeline without its secret learns the reason."""
    with pytest.raises(ConfigError, match="empty: is a variable not set"):
        parse_target("")


REGION = "eu-west-3"

TOPIC_MESSAGE = Message("WebSocket health: prod é is FAIL", "prod: FAIL — gone.errors 67 > max 5\nhttps://ci.example/1")


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


def test_a_message_to_a_topic() -> None:
    """It goes to the ARN's region as plain text; the subject of an e-mail must be ASCII."""
    queue = client("sqs").create_queue(QueueName="mail")["QueueUrl"]
    arn = client("sns").create_topic(Name="health")["TopicArn"]
    client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:mail")
    Topic(arn).send(TOPIC_MESSAGE)
    (received,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    mail = json.loads(received["Body"])
    assert mail["Message"] == "prod: FAIL — gone.errors 67 > max 5\nhttps://ci.example/1"
    assert mail["Subject"] == "WebSocket health: prod ? is FAIL"


def test_no_such_topic() -> None:
    """The error names it."""
    arn = f"arn:aws:sns:{REGION}:123456789012:missing"
    with pytest.raises(OutputError, match=f"^{arn}"):
        Topic(arn).send(TOPIC_MESSAGE)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to get some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(OutputError, match="boto3 finds no credentials for AWS"):
        Topic(f"arn:aws:sns:{REGION}:123456789012:health").send(TOPIC_MESSAGE)


def test_an_endpoint_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 raises a bare ValueError."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(OutputError, match="Invalid endpoint: nowhere"):
        Topic(f"arn:aws:sns:{REGION}:123456789012:health").send(TOPIC_MESSAGE)


MESSAGE = Message("subject", "dev: FAIL — gone.errors 67 > max 5 & more\nhttps://ci.example/1")

PATIENCE: dict[str, Any] = {"timeout_seconds": 0.1, "pause_seconds": 0.01}


def refusal(url: str) -> str:
    with pytest.raises(OutputError) as caught:
        Webhook(url, **PATIENCE).send(MESSAGE)
    assert "s3cr3t" not in str(caught.value)
    return str(caught.value)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def test_a_message() -> None:
    """It suits Slack, to which only `&`, `<` and `>` are special. The page is on a line below."""
    with Channel() as channel:
        Webhook(channel.url).send(MESSAGE)
    assert channel.received == [{"text": "dev: FAIL — gone.errors 67 &gt; max 5 &amp; more\nhttps://ci.example/1"}]
    assert channel.paths == ["/services/T0/s3cr3t"]


def test_a_message_without_a_page() -> None:
    """It has only its sentence."""
    with Channel() as channel:
        Webhook(channel.url).send(Message("subject", "dev: PASS"))
    assert channel.received == [{"text": "dev: PASS"}]


@pytest.mark.parametrize("statuses", [(500, 200), (503, 429), (408, 502, 204)])
def test_trouble_that_passes(statuses: tuple[int, ...]) -> None:
    """The next attempt succeeds."""
    with Channel(*statuses) as channel:
        Webhook(channel.url, **PATIENCE).send(MESSAGE)
    assert len(channel.received) == max(2, len(statuses)) + (statuses[-1] == 429)


def test_trouble_that_stays() -> None:
    """There are three attempts, and no more."""
    with Channel(500, 500, 500) as channel:
        assert refusal(channel.url) == "it answers with status 500 (3 attempts)"
    assert len(channel.received) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal(status: int) -> None:
    """A retry would change nothing."""
    with Channel(status) as channel:
        assert refusal(channel.url) == f"it answers with status {status} (1 attempt)"
    assert len(channel.received) == 1


def test_a_redirect_is_a_refusal() -> None:
    """A client that follows it arrives without the message."""
    with Channel(302) as channel:
        assert refusal(channel.url) == "it answers with status 302 (1 attempt)"
    assert channel.paths == ["/services/T0/s3cr3t"]


def test_nobody_is_there() -> None:
    """The error says so, with the number of attempts."""
    reason = refusal(f"http://127.0.0.1:{free_port()}/services/s3cr3t")
    assert reason == "it cannot be reached: Connection refused (3 attempts)"


def test_a_slow_one() -> None:
    """The client does not wait forever."""
    begin = monotonic()
    with Channel(is_silent=True) as channel:
        assert refusal(channel.url) == "it does not answer within 0.1 s (3 attempts)"
    assert monotonic() - begin < 2


def test_one_that_speaks_another_language() -> None:
    """An invalid answer is a problem that may pass."""

    def answer(server: socket.socket) -> None:
        for _ in range(3):
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"hello\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=answer, args=(server,), daemon=True).start()
        reason = refusal(f"http://127.0.0.1:{server.getsockname()[1]}/s3cr3t")
    assert reason == "the request failed: BadStatusLine (3 attempts)"


def test_a_host_that_is_none() -> None:
    """The error says so without the URL."""
    assert refusal("http://a..example/s3cr3t").startswith("the request failed: ")


def test_one_that_speaks_no_tls() -> None:
    """The error says why there is no connection, without the URL."""
    with Channel() as channel:
        assert refusal(channel.url.replace("http:", "https:")).startswith("it cannot be reached: [SSL")


def test_any_url() -> None:
    """A path need not be ASCII, and a user name with a password is sent as by a browser."""
    with Channel() as channel:
        Webhook(channel.url.replace("//", "//team:pass%20word@") + "/é?a=b").send(MESSAGE)
    assert channel.paths == ["/services/T0/s3cr3t/%C3%A9?a=b"]
    assert channel.headers[0]["Authorization"] == f"Basic {b64encode(b'team:pass word').decode()}"
    assert channel.headers[0]["Content-Type"] == "application/json"


def test_a_patience_of_its_own() -> None:
    """A Retry-After of the service is ignored, because a pipeline waits."""
    begin = monotonic()
    with Channel(429, 429, 429) as channel:
        assert refusal(channel.url) == "it answers with status 429 (3 attempts)"
    assert monotonic() - begin < 5


@pytest.fixture(name="proxy")
def _proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """A proxy that the environment names, and that answers by itself."""
    with Channel() as channel:
        monkeypatch.setenv("http_proxy", channel.url.replace("//", "//name:password@"))
        monkeypatch.delenv("no_proxy", raising=False)
        yield channel


def test_a_proxy(proxy: Channel) -> None:
    """It is used if the environment names one, with the password in its URL."""
    Webhook("http://hooks.example/s3cr3t").send(MESSAGE)
    assert proxy.paths == ["http://hooks.example/s3cr3t"]
    assert proxy.headers[0]["Proxy-Authorization"] == f"Basic {b64encode(b'name:password').decode()}"


def test_a_host_without_a_proxy(proxy: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """`no_proxy` names the hosts that are reached without it."""
    with Channel() as channel:
        monkeypatch.setenv("no_proxy", urlsplit(channel.url).netloc)
        Webhook(channel.url).send(MESSAGE)
    assert (len(channel.received), proxy.paths) == (1, [])


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the proxy as the cause; its URL may lack the scheme."""
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    reason = refusal("http://hooks.example/s3cr3t")
    assert reason == "it cannot be reached through the proxy: Connection refused (3 attempts)"


def test_no_log_holds_the_url(caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 logs its attempts, and pytest writes logs to `--log-file`."""
    caplog.set_level(logging.DEBUG)
    with Channel(500, 302) as channel:
        refusal(channel.url)
    assert "s3cr3t" not in caplog.text
    assert "s3cr3t" not in repr(Webhook(channel.url))


def test_its_name_is_no_secret() -> None:
    """It is scheme and host."""
    assert Webhook("https://name:s3cr3t@hooks.example:8443/s3cr3t?s3cr3t").name == "https://hooks.example"
