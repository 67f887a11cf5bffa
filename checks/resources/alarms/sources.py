"""By what CloudWatch can watch a metric of these checks, and why it can't where it can't."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from checks.analysis.metrics import METRICS, Subject
from checks.resources.alarms.patterns import Signal


@dataclass(frozen=True, slots=True)
class Source:
    """What CloudWatch counts.

    Attributes:
        part: Names whose sum is the metric, or its numerator.
        whole: Names whose sum is the sample that it is a share of; empty where it is no share.
    """

    part: tuple[str, ...]
    whole: tuple[str, ...] = ()


LINES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "gone.errors": Source((Signal.GONE,)),
        "lifecycle.complete": Source((Signal.DISCONNECT,)),
        "welcome.sent": Source((Signal.WELCOME_SENT,)),
        "welcome.failed": Source((Signal.WELCOME_FAILED,)),
        "welcome.failure_rate": Source((Signal.WELCOME_FAILED,), (Signal.WELCOME_SENT, Signal.WELCOME_FAILED)),
    }
)
"""Metrics that are counted by lines: by the signals of metric filters."""

_REQUESTS: Final = ("ConnectCount", "MessageCount")
GATEWAY: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "api.connects": Source(("ConnectCount",)),
        "api.messages": Source(("MessageCount",)),
        "api.integration_errors": Source(("IntegrationError",)),
        "api.integration_error_rate": Source(("IntegrationError",), _REQUESTS),
        "api.execution_errors": Source(("ExecutionError",)),
        "api.execution_error_rate": Source(("ExecutionError",), _REQUESTS),
        "api.client_errors": Source(("ClientError",)),
        "api.latency_p95_seconds": Source(("IntegrationLatency",)),
    }
)
"""Metrics that API Gateway counts itself, by the names in AWS/ApiGateway. GoneExceptions it does not count."""

INCOMING: Final = ("data.events", "data.age_seconds")
"""Metrics of which CloudWatch Logs tells: by IncomingLogEvents of each log group."""

_MANY_LINES: Final = "it tells of whole connections, and a metric filter sees one line at a time"
_ONLY_RUNS: Final = "only a run knows it"
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gone.welcome_errors": "other lines of the request tell whether it was a welcome, and a filter sees one line",
        "welcome.events": "what is not about an outcome can't be told by a filter without taking in too much",
        "welcome.retries": "what is not about an outcome can't be told by a filter without taking in too much",
        "welcome.average_retries": "what is not about an outcome can't be told by a filter without taking in too much",
        "api.connect_mismatch_rate": _ONLY_RUNS,
        "api.blind_spots": _ONLY_RUNS,
    }
)
_BY_SUBJECT: Final[Mapping[Subject, str]] = MappingProxyType(
    {
        Subject.DATA: _ONLY_RUNS,
        Subject.GONE: _MANY_LINES,
        Subject.LIFECYCLE: _MANY_LINES,
        Subject.WELCOME: _MANY_LINES,
        Subject.ERRORS: "an error is told by lines of many kinds, and whether it is new only a run can tell",
        Subject.TRACING: "AWS X-Ray gives CloudWatch no metric of it",
    }
)


def why_not(metric: str) -> str:
    """Why CloudWatch can't watch a metric; empty where it can."""
    if metric in {*LINES, *GATEWAY, *INCOMING}:
        return ""
    return _REASONS.get(metric) or _BY_SUBJECT[METRICS[metric].subject]
