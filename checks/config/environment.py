"""Environments of thresholds.yaml, and what they name in AWS: log groups, functions, the API, the alarms' actions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config import scalars
from checks.config.fields import Field, list_of, map_of
from checks.config.limit import Limit, OnInconclusive, Waiver
from checks.errors import ConfigError
from checks.metrics import FAMILIES, METRICS, Subject, Unit

_Region: TypeAlias = Annotated[str | None, Field(scalars.REGION, "AWS region; by default, boto3 finds it as usual")]


class Function(Struct, frozen=True):
    """A Lambda function, and perhaps the alias through which it is called."""

    name: Annotated[str, Field(scalars.FUNCTION_NAME, "The function's name; may hold {environment}")]
    alias: Annotated[str, Field(scalars.ALIAS, "The alias that it is called by; by default, none is looked at")] = ""
    region: _Region = None


class Api(Struct, frozen=True):
    """A stage of a WebSocket API of API Gateway."""

    id: Annotated[str, Field(scalars.API_ID, "The API's id, with which its URL begins")]
    stage: Annotated[str, Field(scalars.STAGE_NAME, "The stage's name; may hold {environment}")]
    region: _Region = None


class Alarms(Struct, frozen=True):
    """The alarms that watch between runs: whom they notify, and the namespace of metrics made from the logs."""

    actions: Annotated[
        tuple[str, ...], Field(list_of(scalars.ARN, most=5), "ARNs of what is notified, such as an SNS topic")
    ] = ()
    namespace: Annotated[str, Field(scalars.NAMESPACE, "The namespace of metrics made from the logs")] = (
        "WebSocketHealth"
    )


CONFIGURED: Final = "configured"
"""The value of `--probe` that stands for the URL of `probe` in thresholds.yaml."""
_Variables: TypeAlias = Mapping[str, str]
_VARIABLES: Final = map_of(
    scalars.matching(
        "^[A-Za-z_][A-Za-z0-9_]*$", "not the name of an environment variable; write one such as PROBE_TOKEN"
    )
)


class Probe(Struct, frozen=True):
    """WebSocket connections that a run opens itself, if `--probe` asks for it; an empty pattern awaits nothing."""

    url: Annotated[str, Field(scalars.PROBE_URL, "The API's URL; may hold {environment}")]
    connections: Annotated[
        int, Field(scalars.positive("opens nothing; write 1 or more"), "How many connections are opened, 20 by default")
    ] = 20
    per_second: Annotated[
        float, Field(scalars.positive("is too slow; write 1 or more"), "How many are opened each second, 10 by default")
    ] = 10
    welcome: Annotated[
        str, Field(scalars.TEXT, "RE2 pattern of the message that greets each; by default, none is awaited")
    ] = ""
    send: Annotated[str, Field(scalars.TEXT, "The message that each sends")] = ""
    answer: Annotated[str, Field(scalars.TEXT, "RE2 pattern of the message that comes back")] = ""
    timeout_seconds: Annotated[
        float, Field(scalars.quantity(Unit.SECONDS), "How long to wait for each step, 10s by default")
    ] = field(default=10, name="timeout")
    headers: Annotated[_Variables, Field(_VARIABLES, "For each header, the environment variable with its value")] = (
        field(default_factory=dict)
    )
    query: Annotated[_Variables, Field(_VARIABLES, "For each URL parameter, the variable with its value")] = field(
        default_factory=dict
    )


Source: TypeAlias = Literal["auto", "filter", "insights", "insights-stats"]
"""Which API reads the log groups: `filter` FilterLogEvents, `insights` CloudWatch Logs Insights; `auto` chooses.

With `insights-stats`, Logs Insights counts the events, and none is downloaded."""

SentenceChoice: TypeAlias = Literal["any", "connection_events", "signals"]
"""The sentences that an application logs about its connections: `any`, only lines of checks/events, or only those of
`signals`."""


class LogGroup(Struct, frozen=True):
    """A log group, or all log groups whose names match a pattern, in which `*` stands for any characters."""

    name: Annotated[
        str,
        Field(scalars.GROUP_NAME, "The name; may hold {environment}, and * for any characters: all groups that match"),
    ]
    region: _Region = None
    account: Annotated[
        str | None, Field(scalars.ACCOUNT, "AWS account, if it is linked to the account of the credentials")
    ] = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the name of a log group, or its ARN in a linked account.

        Raises:
            ValueError: It is neither.
        """
        arn = scalars.LOG_GROUP_ARN.fullmatch(text)
        scalars.check_group_name(arn["name"] if arn else text)
        return cls(arn["name"], arn["region"], arn["account"]) if arn else cls(text)


def named_groups(names: Iterable[str]) -> tuple[LogGroup, ...]:
    """The log groups that `--log-group` names.

    Raises:
        ConfigError: One is neither the name of a log group nor an ARN.
    """
    try:
        return tuple(map(LogGroup.parse, names))
    except ValueError as error:
        raise ConfigError(f"--log-group: {error}") from error


class Environment(Struct, frozen=True):
    """All that the file says about one environment, including what it inherits.

    Attributes:
        limits: The limits by metric, in the order in which metrics are shown.
        waivers: The waivers of this environment by metric, expired or not.
        signals: Patterns of the application's own log lines, by kind of signal and by name; the same everywhere.
        redact: Patterns of what no report may show, by name; the same everywhere.
        ignore: Patterns of log lines that are not near misses; the same everywhere.
        log_groups: The log groups in the order of the file; empty if a recording is read instead.
        sentences: The sentences that the application logs about its connections; they decide whether `auto` may have
            them counted.
        insights_price: What Logs Insights costs, in US dollars per GB that it scans; by default as in us-east-1.
        logs: The recording; None if log groups or a lake are read.
        lake: As `s3://BUCKET/PREFIX`; empty if there is none.
        queries: The SQL files that measure a team's own metrics, by metric; the same everywhere.
        absent: The analyses for which the application logs nothing, such as that of welcome messages.
        short_lived_seconds: A complete connection shorter than this is short-lived.
        on_inconclusive: Whether a run with an inconclusive check fails or passes, unless the limit says otherwise.
    """

    name: str
    limits: Mapping[str, Limit]
    waivers: Mapping[str, Waiver]
    signals: Mapping[str, Mapping[str, str]]
    redact: Mapping[str, str]
    ignore: tuple[str, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    source: Source = "auto"
    sentences: SentenceChoice = "any"
    insights_price: float = 0.005
    logs: Path | None = None
    lake: str = ""
    functions: tuple[Function, ...] = ()
    api: Api | None = None
    alarms: Alarms | None = None
    probe: Probe | None = None
    absent: frozenset[Subject] = frozenset()
    queries: Mapping[str, Path] = field(default_factory=dict)
    short_lived_seconds: float = 5
    on_inconclusive: OnInconclusive = "fail"

    def at(self, now: datetime) -> Self:
        """The environment at a point in time: waivers are marked as over or not, and each limit gets its own."""
        waivers = {metric: replace(waiver, is_over=not waiver.holds(now)) for metric, waiver in self.waivers.items()}
        limits = {metric: replace(limit, waiver=waivers.get(metric)) for metric, limit in self.limits.items()}
        return replace(self, limits=limits, waivers=waivers)

    @property
    def without_waivers(self) -> Self:
        """The environment as if nothing were waived."""
        limits = {metric: replace(limit, waiver=None) for metric, limit in self.limits.items()}
        return replace(self, limits=limits, waivers={})

    def absent_analysis(self, metric: str) -> Subject | None:
        """The absent analysis that a metric belongs to or builds on; None if there is none."""
        definition = METRICS[metric]
        related = (
            one for one in self.absent if definition.subject is one or definition.builds_on.intersection(FAMILIES[one])
        )
        return next(related, None)
