"""The subjects of metrics: what numbers are about, which signals they build on, which cases they count."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


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
    OWN = "own"


IN_LOGS: Final = (Subject.DATA, Subject.GONE, Subject.LIFECYCLE, Subject.WELCOME, Subject.ERRORS, Subject.LAMBDA)
"""What the logs tell; each of these has an SQL file."""

LOOKED_UP: Final = (Subject.API, Subject.TRACING, Subject.ALARMS)
"""What is looked up in AWS itself."""


class SignalFamily(StrEnum):
    """Signal kinds that come and go together: an application that logs none of them doesn't log the subject at all."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    MESSAGE = "message"
    GONE = "gone"
    WELCOME = "welcome"


_OF_A_CONNECTION: Final = (SignalFamily.CONNECT, SignalFamily.DISCONNECT, SignalFamily.MESSAGE)

FAMILIES: Final = MappingProxyType(
    {Subject.GONE: (SignalFamily.GONE,), Subject.LIFECYCLE: _OF_A_CONNECTION, Subject.WELCOME: (SignalFamily.WELCOME,)}
)
"""The analyses that an application may lack, and the signals that it then does not log."""


class EvidenceKind(StrEnum):
    """What a metric counts, or takes the share of (sql/52_evidence_cases.sql); several may count the same."""

    GONE = "gone"
    GONE_WELCOME = "gone_welcome"
    INCOMPLETE = "incomplete"
    SHORT_LIVED = "short_lived"
    WELCOME_FAILED = "welcome_failed"
    UNDELIVERED = "undelivered"
    RETRIED = "retried"
    NEAR_MISS = "near_miss"
    UNATTRIBUTED = "unattributed"
