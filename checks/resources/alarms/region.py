"""A region of AWS, as far as filters and alarms need it."""

from dataclasses import dataclass
from typing import Self

from checks.aws.service import Service


@dataclass(frozen=True, slots=True)
class Region:
    """The services of a region.

    Attributes:
        name: Such as `eu-west-1`.
        logs: Has the metric filters.
        cloudwatch: Has the alarms.
    """

    name: str
    logs: Service
    cloudwatch: Service

    @classmethod
    def named(cls, name: str | None) -> Self:
        """The region of that name; None leaves it to boto3's own rules.

        Raises:
            SourceError: There is no region, or no such profile, or the endpoint is no URL.
        """
        logs = Service("logs", name, "CloudWatch Logs")
        return cls(logs.region, logs, Service("cloudwatch", name, "CloudWatch"))
