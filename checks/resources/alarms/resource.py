"""A metric filter or an alarm, wanted or found: what it is called, and how it is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

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
