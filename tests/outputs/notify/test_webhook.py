"""A webhook gets a message, after a second or third attempt if need be."""

import socket
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from checks.errors import OutputError
from checks.outputs.notify.message import Message
from checks.outputs.notify.webhook import Webhook
from tests.outputs.notify.channel import Channel

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
