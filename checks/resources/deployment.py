"""A deploy, as the rest of the project knows it."""

from dataclasses import dataclass
from datetime import datetime

from checks.logs.groups import LogGroup


@dataclass(frozen=True, slots=True)
class Deploy:
    """The last deploy of an application.

    Attributes:
        at: When the newest of its functions was changed; the code before that is not judged.
        version: The version to judge, where an alias splits the traffic between two; None where all traffic is its.
        log_groups: Where the functions log.
        notes: What this rests on, a sentence a function.
    """

    at: datetime
    version: str | None
    log_groups: tuple[LogGroup, ...]
    notes: tuple[str, ...]
