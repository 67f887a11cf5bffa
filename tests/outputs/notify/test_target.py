"""Who can be told, as the command line names them."""

import pytest

from checks.errors import ConfigError
from checks.outputs.notify.target import target
from checks.outputs.notify.topic import Topic
from checks.outputs.notify.webhook import Webhook


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
