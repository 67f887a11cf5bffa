"""Whom `--notify` names."""

import re
from typing import Final, Protocol
from urllib.parse import urlsplit

from checks.errors import ConfigError
from checks.outputs.notify.message import Message
from checks.outputs.notify.webhook import Webhook

_TOPIC: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:[0-9]+:[\w-]+")
_VISIBLE: Final = re.compile(r"[!-~]+")


class Target(Protocol):
    """Who can be told."""

    @property
    def name(self) -> str:
        """As it may be shown; no secret is in it."""

    def send(self, message: Message) -> None:
        """Tell it.

        Raises:
            OutputError: It was not told.
        """


def target(text: str) -> Target:
    """The target of that name; nobody is asked yet whether it is there.

    Args:
        text: The ARN of an SNS topic, or the URL of a webhook.

    Raises:
        ConfigError: It is neither. What it is instead may be a secret with a slip in it, so it is not told.
    """
    if _TOPIC.fullmatch(text):
        from checks.outputs.notify.topic import Topic  # noqa: PLC0415 -- boto3 takes half a second

        return Topic(text)
    if _is_url(text):
        return Webhook(text)
    what = f"{len(text):,} characters that are neither" if text else "nothing; is a variable empty?"
    raise ConfigError(
        f"--notify: names {what}; name a topic as arn:aws:sns:REGION:ACCOUNT:NAME, or a webhook as https://…"
    )


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return bool(_VISIBLE.fullmatch(text)) and parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port
