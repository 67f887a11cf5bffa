"""Metric filters and alarms as resources of a region, planned or found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from checks.aws.client import AwsClient
from checks.config.environment import Environment, LogGroup
from checks.errors import SourceError
from checks.logs.cloudwatch.log_groups import INFREQUENT_ACCESS, resolve
from checks.logs.cloudwatch.logs_client import Counters, LogsClient

MARK: Final = "Made by websocket-health-checks"
"""What the description of each alarm begins with: one without it is somebody else's."""


class Kind(StrEnum):
    """What people call it."""

    FILTER = "metric filter"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Resource:
    """A metric filter or an alarm.

    Attributes:
        kind: Which of the two.
        name: As CloudWatch has it.
        region: None leaves that to boto3's own rules.
        log_group: That of a filter; empty for an alarm.
        settings: As the API names and takes them: those of PutMetricFilter or PutMetricAlarm.
    """

    kind: Kind
    name: str
    region: str | None
    log_group: str
    settings: Mapping[str, Any]

    @property
    def key(self) -> tuple[Kind, str, str]:
        """What there is only one of in a region."""
        return self.kind, self.log_group, self.name

    @property
    def title(self) -> str:
        """As people call it: `alarm websocket-health-prod-gone.errors`."""
        return f"{self.kind} {self.name}" + (f" on {self.log_group}" if self.log_group else "")

    @property
    def is_own(self) -> bool:
        """Whether these checks made it. A filter has no place for a mark but its name."""
        description = self.settings.get("AlarmDescription") or ""
        return self.kind is Kind.FILTER or str(description).startswith(MARK)


def prefix(environment: str) -> str:
    """How the names of an environment's filters and alarms begin."""
    return f"websocket-health-{environment}-"


@dataclass(frozen=True, slots=True)
class Region:
    """The services of a region.

    Attributes:
        name: Such as `eu-west-1`.
        logs: Has the metric filters.
        cloudwatch: Has the alarms.
    """

    name: str
    logs: AwsClient
    cloudwatch: AwsClient

    @classmethod
    def named(cls, name: str | None) -> Self:
        """The region of that name; None leaves it to boto3's own rules.

        Raises:
            SourceError: There is no region, or no such profile, or the endpoint is no URL.
        """
        logs = AwsClient("logs", name)
        return cls(logs.region, logs, AwsClient("cloudwatch", name))


def with_single_groups(environment: Environment) -> Environment:
    """The same environment, with the log groups that exist, and with regions for all that it names.

    Raises:
        SourceError: A log group is not there, or takes no metric filters, or AWS can't be asked.
    """
    api = environment.api
    if api:
        api = replace(api, region=AwsClient("apigatewayv2", api.region).region)
    groups = (found for named in environment.log_groups for found in _groups(named))
    return replace(environment, log_groups=tuple(dict.fromkeys(groups)), api=api)


def _groups(named: LogGroup) -> Iterator[LogGroup]:
    client = LogsClient(named.region, Counters())
    for group in resolve(client, named.name):
        if group.log_class == INFREQUENT_ACCESS:
            raise SourceError(
                f"log group {group.name} in {client.region}: it is of class {INFREQUENT_ACCESS}, which takes no metric "
                "filters; alarms need the logs in one of class STANDARD"
            )
        yield LogGroup(group.name, client.region)
