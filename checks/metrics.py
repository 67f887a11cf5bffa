"""Metrics: their definitions, which are the rows of metrics.csv, and the numbers that were measured."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from msgspec import Struct, convert
from msgspec.structs import replace


class Subject(StrEnum):
    """The subject of a metric; each has a module of checks."""

    DATA = "data"
    GONE = "gone"
    LIFECYCLE = "lifecycle"
    WELCOME = "welcome"
    ERRORS = "errors"
    LAMBDA = "lambda"
    API = "api"
    TRACING = "tracing"
    ALARMS = "alarms"
    PROBE = "probe"
    OWN = "own"


IN_LOGS: Final = (Subject.DATA, Subject.GONE, Subject.LIFECYCLE, Subject.WELCOME, Subject.ERRORS, Subject.LAMBDA)
"""Subjects of the logs; each has an SQL file."""
OF_CONNECTIONS: Final = (Subject.DATA, Subject.GONE, Subject.LIFECYCLE, Subject.WELCOME)
"""Subjects of the logs that are always measured: errors and Lambda's invocation reports take a separate search."""
LOOKED_UP: Final = (Subject.API, Subject.TRACING, Subject.ALARMS)
"""Subjects that are looked up in AWS itself."""


SIGNAL_KINDS: Final = ("connect", "disconnect", "message", "gone", "welcome_sent", "welcome_failed", "welcome_retry")
"""The kinds of signals that a log line can carry about a connection."""


class SignalFamily(StrEnum):
    """A family of signal kinds: an application that logs none of them does not log the subject at all."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    MESSAGE = "message"
    GONE = "gone"
    WELCOME = "welcome"


_OF_A_CONNECTION: Final = (SignalFamily.CONNECT, SignalFamily.DISCONNECT, SignalFamily.MESSAGE)

FAMILIES: Final = MappingProxyType(
    {Subject.GONE: (SignalFamily.GONE,), Subject.LIFECYCLE: _OF_A_CONNECTION, Subject.WELCOME: (SignalFamily.WELCOME,)}
)
"""The analyses that an application may lack, each with the signals that it then does not log."""


class EvidenceKind(StrEnum):
    """The kind of the cases behind a metric (sql/52_evidence_cases.sql); several metrics may have the same."""

    GONE = "gone", "GoneExceptions"
    GONE_WELCOME = "gone_welcome", "GoneExceptions while sending the welcome message"
    INCOMPLETE = "incomplete", "connections with a missing $connect or $disconnect"
    SHORT_LIVED = "short_lived", "short-lived connections"
    WELCOME_FAILED = "welcome_failed", "failed welcome messages"
    UNDELIVERED = "undelivered", "connections without a welcome message"
    RETRIED = "retried", "retries of the welcome message"
    NEAR_MISS = "near_miss", "log lines that were not recognised"
    UNATTRIBUTED = "unattributed", "signals without a connection id"
    SLOW_WELCOME = "slow_welcome", "slowest welcome messages"
    SLOW_INVOCATION = "slow_invocation", "slowest invocations"
    SLOW_CONNECT = "slow_connect", "slowest invocations for a $connect"
    COLD_START = "cold_start", "cold starts"
    FULL_MEMORY = "full_memory", "invocations that used over 90 % of their memory"
    TIMEOUT = "timeout", "invocations that ran out of time"

    noun: str
    """The cases, in the plural."""

    def __new__(cls, word: str, noun: str = "") -> Self:
        """Make a member from a word and its noun."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.noun = noun
        return member


class Unit(StrEnum):
    """The unit of a metric's value and of its limits."""

    COUNT = "count"
    RATE = "rate"
    AVERAGE = "average"
    SECONDS = "seconds"


class OnBreach(StrEnum):
    """The verdict on a metric beyond its `max` or `min`."""

    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Definition(Struct, frozen=True, dict=True):
    """The definition of a metric: a row of metrics.csv.

    Attributes:
        name: `subject.name`, as in thresholds.yaml and result.json.
        unit: A rate is a ratio from 0 to 1; an average is a ratio without an upper bound.
        sample: What n counts, in the plural; None if the metric has no sample.
        evidence: The kind of its cases; None if no single events or connections show them.
        builds_on: The families without which it says nothing: logs without connections are not a sign of health.
        breach: The verdict if a limit is broken: a number about the logs themselves does not accuse the application.
        may_shrink: Whether one more event can lower a count: the $disconnect that ends a connection, the success that
            follows a failure.
        is_proportional: Whether it grows with time or with its sample; a maximum does not.
        claim: What it says if a limit is broken, as a clause with fields: `{cases}` and `{n}`; `{value:noun}`, a whole
            number with its noun; or `{text}`, a value with its unit. Empty if the meaning serves.
    """

    name: str
    unit: Unit
    meaning: str
    sample: str | None = None
    evidence: EvidenceKind | None = None
    builds_on: frozenset[SignalFamily] = frozenset()
    breach: OnBreach = OnBreach.FAIL
    may_shrink: bool = False
    is_proportional: bool = True
    claim: str = ""

    @property
    def subject(self) -> Subject:
        """The subject, which is the first part of the name."""
        return Subject(self.name.split(".", maxsplit=1)[0])

    @cached_property
    def quantile(self) -> float | None:
        """The quantile of its sample, by its name (`p95`, `median`); None if it is not a quantile."""
        match = re.search(r"[._](?:median|p([1-9]\d))(?:_|$)", self.name) if self.unit is Unit.SECONDS else None
        return int(match[1] or 50) / 100 if match else None

    @property
    def is_comparable(self) -> bool:
        """Whether a `max_increase` can compare its values at two times."""
        return self.subject in IN_LOGS and self.subject is not Subject.DATA and self.is_proportional

    @property
    def is_per_time(self) -> bool:
        """Whether it counts what happens, and so grows with the window."""
        counted = {Subject.GONE, Subject.LIFECYCLE, Subject.WELCOME, Subject.ERRORS, Subject.API}
        is_count = self.unit is Unit.COUNT and self.subject in counted
        return is_count and self.is_proportional and self.breach is OnBreach.FAIL

    @property
    def is_from_logs(self) -> bool:
        """Whether only the logs show it."""
        return self.subject in {*IN_LOGS, Subject.OWN} or bool(self.builds_on)


class Metric(Struct, frozen=True):
    """A metric as it was measured.

    Attributes:
        name: A key of METRICS.
        value: The number; None if there was no sample (0/0 is not 0).
        n: Size of the sample that the value is a share or an average of; None for plain counts.
        numerator: Number of cases among the n; None if the metric is not a share of a sample.
        certain: Cases of the numerator that are known for sure; None if all are. The value also counts the others:
            events that name no connection may each have hit a different one.
        squares: The sum of the squares of each connection's cases, which shows how they cluster; None if they do not.
        reason: Why there is no value, or what it means if it does not accuse the application; empty if it is clear.
        periods: Number of hours or days that the value is an average over; None if it is not such an average.
        usual: The longest other silence of a log, or this one if others are too few to tell; None for other metrics.
    """

    name: str
    value: float | None
    n: int | None = None
    numerator: int | None = None
    certain: int | None = None
    squares: float | None = None
    reason: str = ""
    periods: float | None = None
    usual: float | None = None

    @property
    def cases(self) -> int:
        """The number of cases behind a count, a share or an average."""
        n = 1 if self.n is None else self.n
        return round((self.value or 0) * n) if self.numerator is None else self.numerator


OWN_NAME: Final = "[a-z][a-z0-9]*(_[a-z0-9]+)*"
"""The name of a team's own metric after `own.`, as a regular expression that JSON Schema understands, too."""
UNIT_EXAMPLES: Final = "storms, storm_rate, messages_per_connection, reply_p95_seconds"
"""Names of a count, a rate, an average and a time."""


@cache
def own_definition(name: str) -> Definition:
    """Return the definition of a team's own metric, which follows from its name alone, even for old runs.

    `own.…_rate` is a share, `…_seconds` a time (with `p95` or `median`, a percentile of its sample), `…_per_…` an
    average; anything else is a count.

    Raises:
        KeyError: The name is not allowed.
    """
    if not re.fullmatch(rf"own\.{OWN_NAME}", name):
        raise KeyError(name)
    words = name.removeprefix("own.").split("_")
    definition = Definition(name, _unit(words), " ".join(words), may_shrink=True)
    is_sampled = definition.unit in {Unit.RATE, Unit.AVERAGE} or definition.quantile is not None
    return replace(definition, sample="cases") if is_sampled else definition


def _unit(words: list[str]) -> Unit:
    if words[0] == "test":  # how often a test failed, whatever its name says
        return Unit.COUNT
    units = {"rate": Unit.RATE, "seconds": Unit.SECONDS}
    return units.get(words[-1], Unit.AVERAGE if "per" in words[1:-1] or words[0] == "average" else Unit.COUNT)


def measured(name: str, value: float | None, n: int | None = None) -> Metric:
    """Return a number that a team has measured itself as a metric.

    Args:
        name: The name, with or without `own.`.
        value: The number; None if there was no sample.
        n: Size of the sample that it is a share, an average or a percentile of.

    Raises:
        ValueError: The name is not allowed, or the number does not fit its unit.
    """
    metric = f"own.{name.removeprefix('own.')}"
    try:
        definition = own_definition(metric)
    except KeyError:
        raise ValueError(f"{metric!r} is not a valid metric name; use a name such as {UNIT_EXAMPLES}") from None
    if problem := _misnamed(definition, value, n):
        raise ValueError(f"{metric} {problem}; its name says that it is a {definition.unit}: {UNIT_EXAMPLES}")
    is_share = definition.unit is Unit.RATE and value is not None and n is not None
    return Metric(metric, value, n, round((value or 0) * (n or 0)) if is_share else None)


def _misnamed(definition: Definition, value: float | None, n: int | None) -> str:
    """Return why a number does not fit the unit in its metric's name; empty if it does."""
    unit = definition.unit
    if n is not None and (n < 0 or definition.sample is None):
        return f"takes no n, and has {n}"
    if value is not None and definition.sample is not None and n is None:
        return "needs n, the size of its sample"
    highest = 1 if unit is Unit.RATE else _HIGHEST
    if value is not None and not 0 <= value <= highest:
        return f"is {value}, not from 0 to {highest:g}"
    return f"is {value}, not a whole number" if unit is Unit.COUNT and value is not None and value % 1 else ""


_HIGHEST: Final = 1e15
"""The upper bound, as in result.json; a larger number is a mistake."""


class Catalogue(Mapping[str, Definition]):
    """Metrics by name: it lists those that ship, but also knows a team's own, which follow from their names."""

    def __init__(self, shipped: Iterable[Definition]) -> None:
        self._shipped = {definition.name: definition for definition in shipped}

    def __getitem__(self, name: str) -> Definition:
        return self._shipped[name] if name in self._shipped else own_definition(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shipped)

    def __len__(self) -> int:
        return len(self._shipped)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Return the known ones of some names in the order of reports: those that ship, then a team's own."""
        known = {name for name in names if name in self}
        return [*(name for name in self if name in known), *sorted(known - self._shipped.keys())]


def _shipped() -> Iterator[Definition]:
    with Path(__file__).with_name("metrics.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, restval=""):
            filled = {column: text for column, text in row.items() if text}
            traits = {"may_shrink": row["trait"] == "may_shrink", "is_proportional": row["trait"] != "not_proportional"}
            yield convert({**filled, **traits, "builds_on": row["builds_on"].split()}, Definition)


METRICS: Final = Catalogue(_shipped())
"""All metrics by name, in the order of reports."""
UNREADABLE_RATE: Final = "data.unreadable_rate"
"""The metric whose limit also says how many unreadable lines are a gap."""
MOST_ERRORS: Final = "gone.max_per_connection"
NEW_SIGNATURES: Final = "errors.new_signatures"
"""The only metric that needs a baseline."""
