"""What thresholds.yaml names in AWS beside log groups: functions, the API, and who is told by alarms."""

from dataclasses import dataclass


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
