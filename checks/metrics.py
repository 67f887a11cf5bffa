"""The catalogue of metrics: every number that a limit can name, and its unit."""

from functools import partial
from typing import Final

from checks.definitions import (
    FAMILIES,
    IN_LOGS,
    LOOKED_UP,
    Catalogue,
    Definition,
    EvidenceKind,
    Metric,
    OnBreach,
    SignalFamily,
    Subject,
    Unit,
)

__all__ = [
    "FAMILIES",
    "IN_LOGS",
    "LOOKED_UP",
    "METRICS",
    "NEW_SIGNATURES",
    "UNREADABLE_RATE",
    "Definition",
    "EvidenceKind",
    "Metric",
    "OnBreach",
    "SignalFamily",
    "Subject",
    "Unit",
]


UNREADABLE_RATE: Final = "data.unreadable_rate"
"""Its limit also says from when on unreadable lines are a gap."""
NEW_SIGNATURES: Final = "errors.new_signatures"
"""The one metric that there is only in comparison: what it counts depends on a baseline."""
_CONNECT: Final = frozenset({SignalFamily.CONNECT})
_ENDS: Final = frozenset({SignalFamily.CONNECT, SignalFamily.DISCONNECT})
_WELCOME: Final = frozenset({SignalFamily.WELCOME})
_gone = partial(Definition, builds_on=_CONNECT, evidence=EvidenceKind.GONE)
_ended = partial(Definition, builds_on=_ENDS)
_welcome = partial(Definition, builds_on=_WELCOME)

_delay = partial(
    _welcome, unit=Unit.SECONDS, sample="connections with a welcome message", evidence=EvidenceKind.SLOW_WELCOME
)

_invoked = partial(Definition, sample="invocations")
_slow = partial(_invoked, unit=Unit.SECONDS, evidence=EvidenceKind.SLOW_INVOCATION)
_visibility = partial(Definition, breach=OnBreach.INCONCLUSIVE)


def _median(name: str, meaning: str, sample: str) -> Definition:
    return Definition(name, Unit.SECONDS, meaning, sample, quantile=0.5)


def _p95(name: str, meaning: str, sample: str) -> Definition:
    return Definition(name, Unit.SECONDS, meaning, sample, quantile=0.95)


_CATALOGUE: Final = (
    Definition("data.events", Unit.COUNT, "events read in the window"),
    Definition("data.age_seconds", Unit.SECONDS, "from the newest event to the end of the window"),
    _visibility(
        "data.near_miss_rate",
        Unit.RATE,
        "log events that look relevant but were not recognised",
        "events with a signal, or that look like one",
        evidence=EvidenceKind.NEAR_MISS,
    ),
    _visibility(
        "data.unattributed_rate",
        Unit.RATE,
        "signals without a connection id",
        "signals",
        evidence=EvidenceKind.UNATTRIBUTED,
    ),
    Definition("data.gaps", Unit.COUNT, "reasons why the read is not complete", breach=OnBreach.ERROR),
    Definition(UNREADABLE_RATE, Unit.RATE, "lines that could not be read as events", "lines", breach=OnBreach.ERROR),
    _visibility(
        "data.unseen_signals",
        Unit.COUNT,
        "kinds of expected log events that never occurred",
        may_shrink=True,
    ),
    _gone("gone.errors", Unit.COUNT, "events that report a GoneException (410)"),
    _gone("gone.connections", Unit.COUNT, "connections with at least one GoneException"),
    _gone("gone.max_per_connection", Unit.COUNT, "GoneExceptions of the worst connection", is_proportional=False),
    Definition(
        "gone.welcome_errors",
        Unit.COUNT,
        "GoneExceptions while sending the welcome message",
        builds_on=_CONNECT | _WELCOME,
        evidence=EvidenceKind.GONE_WELCOME,
    ),
    _gone(
        "gone.errors_per_connection",
        Unit.AVERAGE,
        "events that report a GoneException (410), per connection",
        "connections seen",
    ),
    _gone("gone.connection_rate", Unit.RATE, "connections with at least one GoneException", "connections seen"),
    Definition(
        "gone.welcome_rate",
        Unit.RATE,
        "connections whose $connect or welcome message met a GoneException, and that got no welcome later",
        "connections seen",
        builds_on=_CONNECT,
        evidence=EvidenceKind.GONE_WELCOME,
    ),
    Definition("lifecycle.events", Unit.COUNT, "connect, disconnect and message signals", builds_on=_CONNECT),
    _ended("lifecycle.complete", Unit.COUNT, "connections that ended, beginning and end known"),
    Definition(
        "lifecycle.open",
        Unit.COUNT,
        "connections without $disconnect whose 2 h are not over",
        builds_on=_CONNECT,
        may_shrink=True,
    ),
    _ended(
        "lifecycle.incomplete",
        Unit.COUNT,
        "connections with a missing $connect or $disconnect",
        evidence=EvidenceKind.INCOMPLETE,
        may_shrink=True,
    ),
    _ended(
        "lifecycle.incomplete_rate",
        Unit.RATE,
        "connections with a missing $connect or $disconnect",
        "connections that ended",
        evidence=EvidenceKind.INCOMPLETE,
    ),
    _ended(
        "lifecycle.short_lived",
        Unit.COUNT,
        "complete connections shorter than short_lived_seconds",
        evidence=EvidenceKind.SHORT_LIVED,
    ),
    _ended(
        "lifecycle.short_lived_rate",
        Unit.RATE,
        "complete connections shorter than short_lived_seconds",
        "complete connections",
        evidence=EvidenceKind.SHORT_LIVED,
    ),
    _ended(
        "lifecycle.median_duration_seconds",
        Unit.SECONDS,
        "median duration of complete connections",
        "complete connections",
        quantile=0.5,
    ),
    _welcome("welcome.events", Unit.COUNT, "events about the welcome message"),
    _welcome("welcome.sent", Unit.COUNT, "welcome messages that were delivered"),
    _welcome(
        "welcome.failed",
        Unit.COUNT,
        "welcome messages that were not delivered",
        evidence=EvidenceKind.WELCOME_FAILED,
        may_shrink=True,
    ),
    _welcome("welcome.retries", Unit.COUNT, "welcome retry events", evidence=EvidenceKind.RETRIED),
    _welcome(
        "welcome.failure_rate",
        Unit.RATE,
        "welcome messages that were not delivered",
        "welcome messages",
        evidence=EvidenceKind.WELCOME_FAILED,
    ),
    _welcome(
        "welcome.average_retries",
        Unit.AVERAGE,
        "retries per welcome message",
        "welcome messages",
        evidence=EvidenceKind.RETRIED,
    ),
    _welcome(
        "welcome.undelivered_rate",
        Unit.RATE,
        "connections whose welcome message never arrived",
        "connections with a welcome signal",
        evidence=EvidenceKind.UNDELIVERED,
    ),
    _delay("welcome.delay_p50_seconds", meaning="median time from connect to the first welcome message", quantile=0.5),
    _delay("welcome.delay_p95_seconds", meaning="95th percentile of the time to the first welcome", quantile=0.95),
    Definition("errors.events", Unit.COUNT, "events that report an error", builds_on=_CONNECT),
    Definition(
        NEW_SIGNATURES,
        Unit.COUNT,
        "types of errors not seen in the baseline",
        builds_on=_CONNECT,
        is_proportional=False,
    ),
    Definition("lambda.invocations", Unit.COUNT, "invocations of the functions, by their REPORT lines"),
    _slow("lambda.duration_p50_seconds", meaning="median duration of invocations", quantile=0.5),
    _slow("lambda.duration_p95_seconds", meaning="95th percentile duration of invocations", quantile=0.95),
    Definition(
        "lambda.connect_p95_seconds",
        Unit.SECONDS,
        "95th percentile duration of invocations for a $connect",
        "invocations for a $connect",
        quantile=0.95,
        evidence=EvidenceKind.SLOW_CONNECT,
    ),
    _invoked(
        "lambda.cold_start_rate",
        Unit.RATE,
        "invocations that had to wait for a new execution environment",
        evidence=EvidenceKind.COLD_START,
    ),
    _invoked(
        "lambda.full_memory_rate",
        Unit.RATE,
        "invocations that used over 90 % of their memory",
        evidence=EvidenceKind.FULL_MEMORY,
    ),
    _invoked("lambda.timeout_rate", Unit.RATE, "invocations that ran out of time", evidence=EvidenceKind.TIMEOUT),
    Definition("api.connects", Unit.COUNT, "connections that API Gateway counted"),
    Definition("api.messages", Unit.COUNT, "messages from and to clients that API Gateway counted"),
    Definition("api.integration_errors", Unit.COUNT, "4XX and 5XX answers of the integration"),
    Definition(
        "api.integration_error_rate",
        Unit.RATE,
        "4XX and 5XX answers of the integration",
        "connections and messages that API Gateway counted",
    ),
    Definition("api.execution_errors", Unit.COUNT, "errors of API Gateway in calling the integration"),
    Definition(
        "api.execution_error_rate",
        Unit.RATE,
        "errors of API Gateway in calling the integration",
        "connections and messages that API Gateway counted",
    ),
    Definition("api.client_errors", Unit.COUNT, "requests that API Gateway answered with 4XX itself"),
    Definition(
        "api.latency_p95_seconds",
        Unit.SECONDS,
        "95th percentile of the time that the integration took",
        "calls of the integration",
        quantile=0.95,
    ),
    _visibility(
        "api.connect_mismatch_rate",
        Unit.RATE,
        "connects that API Gateway counted and nothing logged, or the other way round",
        "connects in either count",
        builds_on=_CONNECT,
    ),
    _visibility("api.blind_spots", Unit.COUNT, "settings of the stage that hide what goes wrong"),
    Definition("tracing.inactive_functions", Unit.COUNT, "functions that AWS X-Ray does not trace"),
    Definition("tracing.fault_rate", Unit.RATE, "traces with a fault (5XX)", "sampled traces"),
    Definition("tracing.error_rate", Unit.RATE, "traces with an error (4XX)", "sampled traces"),
    Definition("tracing.throttle_rate", Unit.RATE, "traces with a throttled call (429)", "sampled traces"),
    Definition("tracing.response_p50_seconds", Unit.SECONDS, "median response time", "sampled traces", quantile=0.5),
    Definition(
        "tracing.response_p95_seconds", Unit.SECONDS, "95th percentile response time", "sampled traces", quantile=0.95
    ),
    Definition(
        "tracing.response_p99_seconds", Unit.SECONDS, "99th percentile response time", "sampled traces", quantile=0.99
    ),
    Definition("alarms.missing", Unit.COUNT, "alarms that the limits call for and that do not exist"),
    Definition("alarms.different", Unit.COUNT, "alarms whose settings differ from the limits"),
    Definition("alarms.without_actions", Unit.COUNT, "alarms that notify nobody"),
    Definition("alarms.in_alarm", Unit.COUNT, "alarms in the state ALARM"),
    _visibility("alarms.without_data", Unit.COUNT, "alarms in the state INSUFFICIENT_DATA"),
    Definition("probe.failed", Unit.COUNT, "probes that did not get through all of their steps"),
    Definition("probe.opened", Unit.COUNT, "probes whose connection was opened"),
    Definition("probe.welcomed", Unit.COUNT, "probes that got a welcome message"),
    Definition("probe.answered", Unit.COUNT, "probes whose message was answered"),
    Definition("probe.closed", Unit.COUNT, "probes that were closed cleanly, with code 1000"),
    _median("probe.open_p50_seconds", "median time until a probe was open", "probes that were opened"),
    _p95("probe.open_p95_seconds", "95th percentile time until a probe was open", "probes that were opened"),
    _median(
        "probe.welcome_p50_seconds",
        "median time until a probe got its welcome message",
        "probes that got a welcome message",
    ),
    _p95(
        "probe.welcome_p95_seconds",
        "95th percentile time until a probe got its welcome message",
        "probes that got a welcome message",
    ),
    _median("probe.answer_p50_seconds", "median time until a probe was answered", "probes that were answered"),
    _p95("probe.answer_p95_seconds", "95th percentile time until a probe was answered", "probes that were answered"),
    _visibility(
        "probe.unread",
        Unit.COUNT,
        "connects, welcomes and disconnects of probes that are missing from the logs",
        builds_on=_CONNECT,
        may_shrink=True,
    ),
)

METRICS: Final = Catalogue(_CATALOGUE)
"""All metrics by name, in the order in which they are shown."""
