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


class Family(StrEnum):
    """Signal kinds that come and go together: an application that logs none of them doesn't log the subject at all."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    MESSAGE = "message"
    GONE = "gone"
    WELCOME = "welcome"


class Cases(StrEnum):
    """What a metric counts, or takes the share of; several metrics may count the same. See sql/cases.sql."""

    GONE = "gone"
    GONE_WELCOME = "gone_welcome"
    INCOMPLETE = "incomplete"
    SHORT_LIVED = "short_lived"
    WELCOME_FAILED = "welcome_failed"
    UNDELIVERED = "undelivered"
    RETRIED = "retried"
    NEAR_MISS = "near_miss"
    UNATTRIBUTED = "unattributed"


class Breach(StrEnum):
    """What it means that a metric is beyond its `max` or `min`; each is the word of a verdict."""

    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means.

    Attributes:
        name: `subject.name`, as used in thresholds.yaml and result.json.
        unit: A rate is a ratio from 0 to 1; an average is a ratio without upper end.
        meaning: One line for people.
        sample: What n counts, in the plural; None where the metric has no sample.
        builds_on: The families without which the number says nothing: no error among connections that nobody logs is
            no health.
        breach: What it means that a limit is broken. A number about the logs themselves accuses nobody.
        cases: What it counts, where single events or connections show it; None where they don't.
    """

    name: str
    unit: Unit
    meaning: str
    sample: str | None = None
    builds_on: frozenset[Family] = frozenset()
    breach: Breach = Breach.FAIL
    cases: Cases | None = None

    @property
    def subject(self) -> Subject:
        """The first part of the name."""
        return Subject(self.name.split(".", maxsplit=1)[0])


_CONNECT: Final = frozenset({Family.CONNECT})
_ENDS: Final = frozenset({Family.CONNECT, Family.DISCONNECT})
_WELCOME: Final = frozenset({Family.WELCOME})

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
                breach=Breach.INCONCLUSIVE,
                cases=Cases.NEAR_MISS,
            ),
            Definition(
                "data.unattributed_rate",
                Unit.RATE,
                "signals without a connection id",
                "signals",
                breach=Breach.INCONCLUSIVE,
                cases=Cases.UNATTRIBUTED,
            ),
            Definition("data.gaps", Unit.COUNT, "reasons why the read is not complete", breach=Breach.ERROR),
            Definition(
                "data.unseen_signals",
                Unit.COUNT,
                "kinds of signals that the limits build on and the window does not hold",
                breach=Breach.INCONCLUSIVE,
            ),
            Definition(
                "gone.errors",
                Unit.COUNT,
                "events that report a GoneException (410)",
                builds_on=_CONNECT,
                cases=Cases.GONE,
            ),
            Definition(
                "gone.connections",
                Unit.COUNT,
                "connections with at least one GoneException",
                builds_on=_CONNECT,
                cases=Cases.GONE,
            ),
            Definition(
                "gone.max_per_connection",
                Unit.COUNT,
                "GoneExceptions of the worst connection",
                builds_on=_CONNECT,
                cases=Cases.GONE,
            ),
            Definition(
                "gone.welcome_errors",
                Unit.COUNT,
                "GoneExceptions while sending the welcome message",
                builds_on=_CONNECT | _WELCOME,
                cases=Cases.GONE_WELCOME,
            ),
            Definition(
                "gone.connection_rate",
                Unit.RATE,
                "connections with at least one GoneException",
                "connections seen",
                builds_on=_CONNECT,
                cases=Cases.GONE,
            ),
            Definition("lifecycle.events", Unit.COUNT, "connect, disconnect and message signals", builds_on=_CONNECT),
            Definition(
                "lifecycle.complete", Unit.COUNT, "connections that ended, beginning and end known", builds_on=_ENDS
            ),
            Definition(
                "lifecycle.open",
                Unit.COUNT,
                "connections without $disconnect whose 2 h are not over",
                builds_on=_CONNECT,
            ),
            Definition(
                "lifecycle.incomplete",
                Unit.COUNT,
                "connections whose end or beginning was lost",
                builds_on=_ENDS,
                cases=Cases.INCOMPLETE,
            ),
            Definition(
                "lifecycle.incomplete_rate",
                Unit.RATE,
                "connections whose end or beginning was lost",
                "connections that ended",
                builds_on=_ENDS,
                cases=Cases.INCOMPLETE,
            ),
            Definition(
                "lifecycle.short_lived",
                Unit.COUNT,
                "complete connections shorter than short_lived_seconds",
                builds_on=_ENDS,
                cases=Cases.SHORT_LIVED,
            ),
            Definition(
                "lifecycle.short_lived_rate",
                Unit.RATE,
                "complete connections shorter than short_lived_seconds",
                "complete connections",
                builds_on=_ENDS,
                cases=Cases.SHORT_LIVED,
            ),
            Definition(
                "lifecycle.median_duration_seconds",
                Unit.SECONDS,
                "median duration of complete connections",
                "complete connections",
                builds_on=_ENDS,
            ),
            Definition("welcome.events", Unit.COUNT, "events about the welcome message", builds_on=_WELCOME),
            Definition("welcome.sent", Unit.COUNT, "welcome messages that were delivered", builds_on=_WELCOME),
            Definition(
                "welcome.failed",
                Unit.COUNT,
                "welcome messages that were not delivered",
                builds_on=_WELCOME,
                cases=Cases.WELCOME_FAILED,
            ),
            Definition("welcome.retries", Unit.COUNT, "welcome retry events", builds_on=_WELCOME, cases=Cases.RETRIED),
            Definition(
                "welcome.failure_rate",
                Unit.RATE,
                "welcome messages that were not delivered",
                "welcome messages",
                builds_on=_WELCOME,
                cases=Cases.WELCOME_FAILED,
            ),
            Definition(
                "welcome.average_retries",
                Unit.AVERAGE,
                "retries per welcome message",
                "welcome messages",
                builds_on=_WELCOME,
                cases=Cases.RETRIED,
            ),
            Definition(
                "welcome.undelivered_rate",
                Unit.RATE,
                "connections whose welcome message never arrived",
                "connections with a welcome signal",
                builds_on=_WELCOME,
                cases=Cases.UNDELIVERED,
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
