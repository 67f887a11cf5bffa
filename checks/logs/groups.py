"""Which CloudWatch log groups hold an application's logs, and which of the two ways reads them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Source: TypeAlias = Literal["auto", "filter", "insights"]
"""Which API reads the log groups: `filter` FilterLogEvents, `insights` CloudWatch Logs Insights; `auto` chooses."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group, or all those whose names match a pattern.

    Attributes:
        name: Its name; a `*` stands for any characters, and makes the name a pattern for several groups.
        region: The AWS region that it is in, such as `eu-west-1`; None leaves that to boto3's own rules.
    """

    name: str
    region: str | None
