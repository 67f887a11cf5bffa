"""Metric filters and alarms as resources of CloudFormation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

MARK: Final = "Made by websocket-health-checks"
"""How the description of each alarm begins; an alarm without it belongs to somebody else."""


class ResourceKind(StrEnum):
    """A kind of resource, as people call it."""

    FILTER = "metric filter"
    ALARM = "alarm"


RESOURCE_TYPES: Final[Mapping[ResourceKind, str]] = {
    ResourceKind.FILTER: "AWS::Logs::MetricFilter",
    ResourceKind.ALARM: "AWS::CloudWatch::Alarm",
}
"""As CloudFormation calls them."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A metric filter or an alarm, planned or existing.

    Attributes:
        kind: Which of the two.
        name: As CloudWatch has it.
        region: None leaves that to boto3's own rules.
        log_group: That of a filter; empty for an alarm.
        properties: As CloudFormation names them; those of an alarm are the parameters of PutMetricAlarm, too.
    """

    kind: ResourceKind
    name: str
    region: str | None
    log_group: str
    properties: Mapping[str, Any]

    @property
    def key(self) -> tuple[ResourceKind, str, str]:
        """What there is only one of in a region."""
        return self.kind, self.log_group, self.name

    @property
    def title(self) -> str:
        """As people call it: `alarm websocket-health-prod-gone.errors`."""
        return f"{self.kind} {self.name}" + (f" on {self.log_group}" if self.log_group else "")

    @property
    def is_own(self) -> bool:
        """Whether these checks made it. A filter has no place for a mark but its name."""
        description = self.properties.get("AlarmDescription") or ""
        return self.kind is ResourceKind.FILTER or str(description).startswith(MARK)

    @property
    def logical_id(self) -> str:
        """Its name in a template: letters and digits; of a filter also a hash, as log groups have other characters."""
        words = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", self.name))
        group = sha256(self.log_group.encode()).hexdigest()[:8] if self.log_group else ""
        return f"{words}{'Alarm' if self.kind is ResourceKind.ALARM else 'Filter'}{group}"


def prefix(environment: str) -> str:
    """How the names of an environment's filters and alarms begin."""
    return f"websocket-health-{environment}-"
