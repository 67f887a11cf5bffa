"""What a metric filter of CloudWatch Logs can recognise: which lines tell of a signal.

A filter knows no more than one regular expression a line, without groups, and no other lines: so these are poorer than
what the analysis recognises (tests/resources/alarms/test_patterns.py says by how much). `gone` and the welcome lines
are watched for what should not be too many, and had rather miss a line than take a user's words for the application's;
`disconnect` is watched for what should not be missing, and misses none.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Signal(StrEnum):
    """What a line tells; each is a metric filter on a log group."""

    GONE = "gone"
    WELCOME_SENT = "welcome_sent"
    WELCOME_FAILED = "welcome_failed"
    DISCONNECT = "disconnect"


_WHERE_SENTENCES_BEGIN: Final = (r"^", r"[^:]\s", r"[^\x5c]\x22")
"""At the line's begin, after a logger's prefix, and as a field of JSON; not after `Message content:`, nor within a body
that is quoted in JSON, for there are users' words."""


def _sentences(*beginnings: str) -> tuple[str, ...]:
    return tuple(f"{before}{words}" for words in beginnings for before in _WHERE_SENTENCES_BEGIN)


def _any_of(*expressions: str) -> str:
    return f"%{'|'.join(expressions)}%"


PATTERNS: Final[Mapping[Signal, str]] = MappingProxyType(
    {
        Signal.GONE: _any_of(
            # as AWS's SDKs print it: boto3, JavaScript, Java, Go, and loggers that write errors as JSON
            r"\x28GoneException\x29\swhen\scalling",
            r"GoneException:?\sUnknownError",
            r"GoneException:\s410",
            r"GoneException:\snull",
            r"GoneException:\s*\x22",
            r"[Tt]ype\x22:\s?\x22GoneException",
            r"[Nn]ame\x22:\s?\x22GoneException",
            r"[Cc]ode\x22:\s?\x22GoneException",
            r"code:\s\x27GoneException",
            r"UnknownError:\s410",
            r"tatus\s?[Cc]ode:\s410",
            r"Response\sCode:\s410",
            r"410\sGone\x60\sresponse",
            r"returned\sstatus\s410",
            # API Gateway's access log
            r"CONNECTION_API\x22.*:\s?\x22?410",
            *_sentences(r"Connection\s\S+\sis\sgone", r"Connection\s\S+\sno\slonger\sexists"),
        ),
        Signal.WELCOME_SENT: _any_of(
            r"welcome_sent",
            *_sentences(
                r"Welcome[\w\s]*\s[Ss]ent",
                r"Welcome[\w\s]*\s[Dd]elivered",
                r"Greeting[\w\s]*\s[Ss]ent",
                r"[Ss]ent\s[\w\s]*welcome",
                r"Successfully\s[\w\s]*welcome",
            ),
        ),
        Signal.WELCOME_FAILED: _any_of(
            r"welcome_failed",
            r"[Ww]elcome\s.*[Ff]ailed",
            r"[Ff]ailed\sto\s[a-z]+\s[\w\s]*welcome",
            r"[Ee]rror\s[a-z]+\s[\w\s]*welcome",
            r"[Nn]ot\s[a-z]+\s[\w\s]*welcome",
            r"[Uu]nable\sto\s[\w\s]*welcome",
        ),
        Signal.DISCONNECT: _any_of(r"isconnect|DISCONNECT", r"onnection\s\S+\sclosed", r"ocket\s*closed"),
    }
)
"""Filter patterns by signal; a log group takes five with regular expressions."""
