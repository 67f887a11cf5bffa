"""The catalogue of metrics: every number that a limit can name, and its unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Unit(StrEnum):
    """What a metric's value is measured in, and so how a limit on it may be written."""

    COUNT = "count"
    RATE = "rate"
    AVERAGE = "average"
    SECONDS = "seconds"


class Subject(StrEnum):
    """What a metric is about; each subject has a module of checks and an SQL file."""

    DATA = "data"
    GONE = "gone"
    LIFECYCLE = "lifecycle"
    WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means.

    Attributes:
        name: `subject.name`, as used in thresholds.yaml and result.json.
        unit: A rate is a ratio from 0 to 1; an average is a ratio without upper end.
        meaning: One line for people.
        sample: What n counts, in the plural; None where the metric has no sample.
    """

    name: str
    unit: Unit
    meaning: str
    sample: str | None = None

    @property
    def subject(self) -> Subject:
        """The first part of the name."""
        return Subject(self.name.split(".", maxsplit=1)[0])


METRICS: Final[Mapping[str, Definition]] = MappingProxyType(
    {
        d.name: d
        for d in (
            Definition("data.events", Unit.COUNT, "events read in the window"),
            Definition("data.age_seconds", Unit.SECONDS, "from the newest event to the end of the window"),
            Definition(
                "data.near_miss_rate",
                Unit.RATE,
                "events that use a signal's vocabulary yet gave no signal",
                "events with a signal or its vocabulary",
            ),
            Definition("data.unattributed_rate", Unit.RATE, "signals without a connection id", "signals"),
            Definition("gone.errors", Unit.COUNT, "events that report a GoneException (410)"),
            Definition("gone.connections", Unit.COUNT, "connections with at least one GoneException"),
            Definition("gone.max_per_connection", Unit.COUNT, "GoneExceptions of the worst connection"),
            Definition("gone.welcome_errors", Unit.COUNT, "GoneExceptions while sending the welcome message"),
            Definition(
                "gone.connection_rate",
                Unit.RATE,
                "connections with at least one GoneException",
                "connections seen",
            ),
            Definition("lifecycle.events", Unit.COUNT, "connect, disconnect and message signals"),
            Definition("lifecycle.complete", Unit.COUNT, "connections that ended, beginning and end known"),
            Definition("lifecycle.open", Unit.COUNT, "connections without $disconnect whose 2 h are not over"),
            Definition("lifecycle.incomplete", Unit.COUNT, "connections whose end or beginning was lost"),
            Definition(
                "lifecycle.incomplete_rate",
                Unit.RATE,
                "connections whose end or beginning was lost",
                "connections that ended",
            ),
            Definition("lifecycle.short_lived", Unit.COUNT, "complete connections shorter than short_lived_seconds"),
            Definition(
                "lifecycle.short_lived_rate",
                Unit.RATE,
                "complete connections shorter than short_lived_seconds",
                "complete connections",
            ),
            Definition(
                "lifecycle.median_duration_seconds",
                Unit.SECONDS,
                "median duration of complete connections",
                "complete connections",
            ),
            Definition("welcome.events", Unit.COUNT, "events about the welcome message"),
            Definition("welcome.sent", Unit.COUNT, "welcome messages that were delivered"),
            Definition("welcome.failed", Unit.COUNT, "welcome messages that were not delivered"),
            Definition("welcome.retries", Unit.COUNT, "welcome retry events"),
            Definition(
                "welcome.failure_rate", Unit.RATE, "welcome messages that were not delivered", "welcome messages"
            ),
            Definition("welcome.average_retries", Unit.AVERAGE, "retries per welcome message", "welcome messages"),
            Definition(
                "welcome.undelivered_rate",
                Unit.RATE,
                "connections whose welcome message never arrived",
                "connections with a welcome signal",
            ),
        )
    }
)
"""All metrics by name, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measured number.

    Attributes:
        name: A key of METRICS.
        value: None where there was no sample (0/0 is not 0).
        n: Size of the sample that the value is a share or an average of; None for plain counts.
        part: How many of the n; None where the metric is not a share of a sample.
    """

    name: str
    value: float | None
    n: int | None = None
    part: int | None = None
