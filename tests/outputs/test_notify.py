"""Who can be told, as the command line names them."""

import json
import socket
from collections.abc import Iterator
from threading import Thread
from time import monotonic
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from checks.errors import ConfigError, OutputError
from checks.outputs.notify import Message, Topic, Webhook, deliver, notify_on_change, target
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.outputs.channel import Channel
from tests.report.results import failing, result


@pytest.mark.parametrize("arn", ["arn:aws:sns:eu-central-1:123456789012:health", "arn:aws-cn:sns:cn-north-1:1:a-b_C"])
def test_a_topic(arn: str) -> None:
    """By its ARN, in any partition."""
    assert target(arn) == Topic(arn)
    assert target(arn).name == arn


@pytest.mark.parametrize("url", ["https://hooks.slack.example/services/T/B/x", "http://127.0.0.1:8080/?a=b"])
def test_a_webhook(url: str) -> None:
    """By its URL."""
    assert target(url) == Webhook(url)


@pytest.mark.parametrize(
    "text",
    [
        "htps://hooks.example/s3cr3t",
        "file:///s3cr3t",
        "https:///s3cr3t",
        "https://[s3cr3t",
        "https://hooks.example:s3cr3t/",
        "https://hooks.example/s3cr3t s3cr3t",
        "https://hooks.example/s3cr3t\n",
        "arn:aws:sqs:eu-central-1:123456789012:s3cr3t",
        "arn:aws:sns:eu-central-1:123456789012:s3cr3t.fifo",
        "s3cr3t",
    ],
)
def test_what_is_neither(text: str) -> None:
    """The error says what to write, and nothing of a secret with a slip in it."""
    with pytest.raises(
        ConfigError, match=r"characters that are neither; name a topic as arn:aws:sns:.* or a webhook"
    ) as e:
        target(text)
    assert "s3cr3t" not in str(e.value)


def test_an_empty_variable() -> None:
    """A pipeline without its secret finds out why."""
    with pytest.raises(ConfigError, match="names nothing; is a variable empty"):
        target("")


BAD = result(failing(), exit_code=1)


@pytest.mark.parametrize(
    ("found", "previous", "line"),
    [
        (BAD, Verdict.PASS, "Notified 1 of 1: the verdict was PASS, is FAIL"),
        (result(), Verdict.FAIL, "Notified 1 of 1: the verdict was FAIL, is PASS"),
        (BAD, None, "Notified 1 of 1: the verdict is FAIL, and no earlier run is remembered"),
        (BAD, Verdict.FAIL, "Nobody was notified: the verdict is FAIL, as in the run before"),
        (result(), Verdict.PASS, "Nobody was notified: the verdict is PASS, as in the run before"),
        (result(), None, "Nobody was notified: no earlier run of dev is remembered, and this one is well"),
    ],
)
def test_news(found: Result, previous: Verdict | None, line: str) -> None:
    """What is told is said, and what is not told, too."""
    with Channel() as channel:
        given = notify_on_change(found, previous, [Webhook(channel.url)], "")
    assert (given.lines, given.problems) == ((line,), ())
    assert bool(channel.received) == line.startswith("Notified")


def test_all_targets_are_told() -> None:
    """One that refuses keeps the message from no other."""
    with Channel() as well, Channel(403) as refusing:
        given = notify_on_change(BAD, None, [Webhook(refusing.url), Webhook(well.url)], "https://ci.example/1")
    (told,) = well.received
    assert told["text"].startswith("dev: FAIL — gone.errors 67 &gt; max 5")
    assert told["text"].endswith("\nhttps://ci.example/1")
    assert given.lines[0].startswith("Notified 1 of 2: ")
    assert given.problems == ("http://127.0.0.1 was not notified: it answers with status 403 (1 attempt)",)


def test_time_is_bounded_in_all() -> None:
    """Whatever a target does."""
    begin = monotonic()
    with Channel(is_silent=True) as silent, Channel() as well:
        targets = [Webhook(silent.url), Webhook(silent.url), Webhook(well.url)]
        problems = list(deliver(Message("", "dev: FAIL", ""), targets, most_seconds=0.3))
    assert monotonic() - begin < 2
    assert problems == ["http://127.0.0.1 was not notified: no answer in time"] * 2
    assert well.received


REGION = "eu-west-3"

TOPIC_MESSAGE = Message(
    "WebSocket health: prod é is FAIL", "prod: FAIL — gone.errors 67 > max 5", "https://ci.example/1"
)


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
    """In the region that the ARN names, as plain text; the subject of an e-mail must be ASCII."""
    queue = client("sqs").create_queue(QueueName="mail")["QueueUrl"]
    arn = client("sns").create_topic(Name="health")["TopicArn"]
    client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:mail")
    Topic(arn).send(TOPIC_MESSAGE)
    (received,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(received["Body"])
    assert told["Message"] == "prod: FAIL — gone.errors 67 > max 5\nhttps://ci.example/1"
    assert told["Subject"] == "WebSocket health: prod ? is FAIL"


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


MESSAGE = Message("subject", "dev: FAIL — gone.errors 67 > max 5 & more", "https://ci.example/1")

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
    """As Slack takes it: `&`, `<` and `>` are special to it, and nothing else is. The page stands in a line below."""
    with Channel() as channel:
        Webhook(channel.url).send(MESSAGE)
    assert channel.received == [{"text": "dev: FAIL — gone.errors 67 &gt; max 5 &amp; more\nhttps://ci.example/1"}]
    assert channel.paths == ["/services/T0/s3cr3t"]


def test_a_message_without_a_page() -> None:
    """It is its sentence."""
    with Channel() as channel:
        Webhook(channel.url).send(Message("subject", "dev: PASS", ""))
    assert channel.received == [{"text": "dev: PASS"}]


@pytest.mark.parametrize("statuses", [(500, 200), (503, 429), (408, 502, 204)])
def test_trouble_that_passes(statuses: tuple[int, ...]) -> None:
    """The next attempt gets through."""
    with Channel(*statuses) as channel:
        Webhook(channel.url, **PATIENCE).send(MESSAGE)
    assert len(channel.received) == max(2, len(statuses)) + (statuses[-1] == 429)


def test_trouble_that_stays() -> None:
    """Three attempts, and no more."""
    with Channel(500, 500, 500) as channel:
        assert refusal(channel.url) == "it answers with status 500 (3 attempts)"
    assert len(channel.received) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal(status: int) -> None:
    """To ask again would change nothing."""
    with Channel(status) as channel:
        assert refusal(channel.url) == f"it answers with status {status} (1 attempt)"
    assert len(channel.received) == 1


def test_a_redirect_is_a_refusal() -> None:
    """Who follows it arrives without the message."""
    with Channel(302) as channel:
        assert refusal(channel.url) == "it answers with status 302 (1 attempt)"
    assert channel.paths == ["/services/T0/s3cr3t"]


def test_nobody_is_there() -> None:
    """It is told, with the number of attempts."""
    told = refusal(f"http://127.0.0.1:{free_port()}/services/s3cr3t")
    assert told == "it cannot be reached: Connection refused (3 attempts)"


def test_a_slow_one() -> None:
    """It is not waited for forever."""
    begin = monotonic()
    with Channel(is_silent=True) as channel:
        assert refusal(channel.url) == "it does not answer within 0.1 s (3 attempts)"
    assert monotonic() - begin < 2


def test_one_that_speaks_another_language() -> None:
    """An answer that is none is trouble that may pass."""

    def answer(server: socket.socket) -> None:
        for _ in range(3):
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"hello\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=answer, args=(server,), daemon=True).start()
        told = refusal(f"http://127.0.0.1:{server.getsockname()[1]}/s3cr3t")
    assert told == "it cannot be spoken to: BadStatusLine (3 attempts)"


@pytest.mark.parametrize("place", ["name:s3cr3t@127.0.0.1", "127.0.0.1:1/é/s3cr3t"])
def test_a_url_that_cannot_be_asked(place: str) -> None:
    """The error says so without the URL."""
    assert "it cannot be spoken to: " in refusal(f"http://{place}")


def test_its_name_is_no_secret() -> None:
    """Scheme and host."""
    assert Webhook("https://name:s3cr3t@hooks.example:8443/s3cr3t?s3cr3t").name == "https://hooks.example"
