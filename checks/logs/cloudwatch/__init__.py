"""Log sources on AWS: the log groups of an environment, and the lake that has the same events."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from checks.config.environment import Environment, LogGroup
from checks.config.scalars import LAKE
from checks.logs.spool import LogRequest, ShowProgress, SourceSettings, Spool


class CloudWatchSource(Struct, frozen=True):
    """The log groups of an environment, or those of `--log-group`; the environment says which API reads them."""

    groups: Sequence[LogGroup]
    environment: Environment

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return CloudWatch as the source if nothing else is named."""
        return None if settings.places else cls(settings.groups, settings.environment)

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the window and the two hours before it; see LogSource.

        Raises:
            UnfinishedReadError: A log group could not be read. The error says how far the read came.
        """
        from checks.logs.cloudwatch.read_log_groups import read_log_groups  # noqa: PLC0415 -- boto3 takes half a second

        return read_log_groups(self.groups, self.environment, request, folder, show)


class LakeSource(Struct, frozen=True):
    """A lake as a log source: prefixes of buckets, as `s3://BUCKET/PREFIX`."""

    places: tuple[str, ...]

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return the lake as the source if a place begins with `s3://`."""
        return cls(settings.places) if any(place.startswith(LAKE) for place in settings.places) else None

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read what was delivered; later polls read nothing more. See LogSource."""
        from checks.logs.lake import read_lake  # noqa: PLC0415 -- boto3 takes half a second

        return request.earlier or read_lake(self.places, request, folder, show)


class GroupsOrLakeSource(Struct, frozen=True):
    """The log groups of an environment, or its lake if FilterLogEvents would take too long or can't read them."""

    groups: CloudWatchSource
    lake: LakeSource

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return this source if the environment names both, and the command line neither."""
        environment = settings.environment
        is_open = environment.log_groups and settings.places == (environment.lake,)
        return cls(CloudWatchSource(settings.groups, environment), LakeSource(settings.places)) if is_open else None

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read one of them, with a note on which and why; see LogSource."""
        from checks.logs.cloudwatch.log_groups import why_not_filter  # noqa: PLC0415 -- boto3 takes half a second

        why_lake = why_not_filter(self.groups.groups, request)
        spool = (self.lake if why_lake else self.groups).read(request, folder, show)
        unread = ", ".join(self.lake.places)
        note = f"the lake was read, for {why_lake}" if why_lake else f"the log groups were read, not {unread}"
        return replace(spool, notes=(note, *spool.notes))
