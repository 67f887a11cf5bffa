"""What an environment names in AWS: log groups, functions, the API, the alarms' actions."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function.

    Attributes:
        name: Its name.
        alias: Through which it is called, and by which traffic may be split between versions; empty where none is.
        region: None leaves that to boto3's own rules.
    """

    name: str
    alias: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Api:
    """A stage of a WebSocket API of API Gateway.

    Attributes:
        id: Of the API.
        stage: Its name.
        region: None leaves that to boto3's own rules.
    """

    id: str
    stage: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms that watch between runs.

    Attributes:
        actions: ARNs of what is told when an alarm goes off, and when it is over; may be empty.
        namespace: Of the metrics that are made from the logs.
    """

    actions: tuple[str, ...]
    namespace: str


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
