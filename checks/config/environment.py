"""Environments of thresholds.yaml, and what they name in AWS: log groups, functions, the API, the alarms' actions."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config.limit import Limit, OnInconclusive, Waiver
from checks.metrics import FAMILIES, METRICS, Subject


class Function(Struct, frozen=True):
    """A Lambda function, and perhaps the alias through which it is called; without a region, boto3 finds that."""

    name: str
    alias: str = ""
    region: str | None = None


class Api(Struct, frozen=True):
    """A stage of a WebSocket API of API Gateway; without a region, boto3 finds that."""

    id: str
    stage: str
    region: str | None = None


class Alarms(Struct, frozen=True):
    """The alarms that watch between runs: whom they notify, by ARN, and the namespace of metrics made from the logs."""

    actions: tuple[str, ...] = ()
    namespace: str = "WebSocketHealth"


CONFIGURED: Final = "configured"
"""In place of a URL after `--probe`: that of `probe` in thresholds.yaml."""


class Probe(Struct, frozen=True):
    """WebSocket connections that a run opens itself, where `--probe` asks for it.

    Attributes:
        url: Of the API; it holds no query and nothing secret.
        connections: How many, 500 at most.
        per_second: Their pace.
        welcome: RE2 pattern of the message that greets each; empty where none is awaited.
        send: The message that each sends; empty for none.
        answer: RE2 pattern of the message that comes back; empty where none is awaited.
        timeout_seconds: How long to wait for each step.
        headers: Of the request that opens it: the name of the environment variable that holds the value, by header.
        query: Of its URL, likewise, by parameter.
    """

    url: str
    connections: int = 20
    per_second: float = 10
    welcome: str = ""
    send: str = ""
    answer: str = ""
    timeout_seconds: float = 10
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


Source: TypeAlias = Literal["auto", "filter", "insights", "insights-stats"]
"""Which API reads the log groups: `filter` FilterLogEvents, `insights` CloudWatch Logs Insights; `auto` chooses.

By `insights-stats` Logs Insights counts, and nothing is read."""

Sentences: TypeAlias = Literal["any", "connection_events", "signals"]
"""In which sentences an application tells of its connections: in `any`; in lines of checks/events, or in those of
`signals` alone."""


LAKE: Final = "s3://"
"""How places of logs begin that are a lake: a bucket and a prefix, and no file."""


_LOG_GROUP_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:logs:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):log-group:(?P<name>[^:]+)(?::\*)?"
)


class LogGroup(Struct, frozen=True):
    """A log group, or all those whose names match a pattern, in which a `*` stands for any characters.

    Without a region, boto3 finds that; an account is one that is linked to the one of the credentials.
    """

    name: str
    region: str | None = None
    account: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The log group of a name or an ARN."""
        arn = _LOG_GROUP_ARN.fullmatch(text)
        return cls(arn["name"], arn["region"], arn["account"]) if arn else cls(text)


class Environment(Struct, frozen=True):
    """All that the file says about one environment, with what it inherits.

    Attributes:
        limits: By metric, in the order in which metrics are shown.
        waivers: By metric, those of this environment, over or not.
        signals: Patterns of the application's own log lines, by kind of signal and by name; the same everywhere.
        redact: Patterns of what no report may show, by name; the same everywhere.
        ignore: Patterns of log lines that are no near misses; the same everywhere.
        log_groups: In the order of the file; empty where a recording is read instead.
        sentences: In which sentences the application tells of its connections: whether `auto` may have them counted.
        insights_price: What Logs Insights costs, in US dollars per GB that it scans; by default as in us-east-1.
        logs: The recording; None where log groups or a lake are read.
        lake: As `s3://BUCKET/PREFIX`; empty where there is none.
        queries: The SQL files that measure a team's own metrics, by metric; the same everywhere.
        absent: The analyses that the application has nothing for, such as a welcome message.
        short_lived_seconds: A complete connection shorter than this is short-lived.
        on_inconclusive: What becomes of a run with an inconclusive check, unless that limit says otherwise.
    """

    name: str
    limits: Mapping[str, Limit]
    waivers: Mapping[str, Waiver]
    signals: Mapping[str, Mapping[str, str]]
    redact: Mapping[str, str]
    ignore: tuple[str, ...] = ()
    log_groups: tuple[LogGroup, ...] = ()
    source: Source = "auto"
    sentences: Sentences = "any"
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
        """The environment at a time, at which its waivers hold or are over; each limit has its own."""
        waivers = {metric: waiver.at(now) for metric, waiver in self.waivers.items()}
        limits = {metric: replace(limit, waiver=waivers.get(metric)) for metric, limit in self.limits.items()}
        return replace(self, limits=limits, waivers=waivers)

    @property
    def without_waivers(self) -> Self:
        """The environment as if nothing were waived."""
        limits = {metric: replace(limit, waiver=None) for metric, limit in self.limits.items()}
        return replace(self, limits=limits, waivers={})

    def absent_analysis(self, metric: str) -> Subject | None:
        """The analysis that the application has nothing for, and that a metric is of or builds on; else None."""
        definition = METRICS[metric]
        related = (
            one for one in self.absent if definition.subject is one or definition.builds_on.intersection(FAMILIES[one])
        )
        return next(related, None)
