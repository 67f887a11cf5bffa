"""CloudWatch as a log source: the log groups of an environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from checks.config.environment import Environment, LogGroup
from checks.logs.spool import LogRequest, ShowProgress, SourceSettings, Spool


@dataclass(frozen=True, slots=True)
class CloudWatchSource:
    """The log groups of an environment, or those of `--log-group`.

    Attributes:
        groups: The log groups to read.
        environment: Says which API to use, and what Logs Insights costs.
    """

    groups: Sequence[LogGroup]
    environment: Environment

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return CloudWatch as the source where nothing else is named."""
        return None if settings.places else cls(settings.groups, settings.environment)

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the window and the two hours before it; see LogSource.

        Raises:
            UnfinishedReadError: A log group could not be read. The error tells how far the read came.
        """
        from checks.logs.cloudwatch.read_log_groups import read_log_groups  # noqa: PLC0415 -- boto3 takes half a second

        return read_log_groups(self.groups, self.environment, request, folder, show)
