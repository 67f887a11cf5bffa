"""What the threads of a read share."""

from dataclasses import dataclass, field
from threading import Event

from checks.logs.cloudwatch.tally import Tally


@dataclass(frozen=True, slots=True)
class Work:
    """The state of a read.

    Attributes:
        tally: What it took so far.
        is_stopped: Set once there is no use in going on: an error elsewhere, or Ctrl-C.
    """

    tally: Tally = field(default_factory=Tally)
    is_stopped: Event = field(default_factory=Event)
