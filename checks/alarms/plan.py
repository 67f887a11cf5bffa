"""The plan of alarms: the metric filters and alarms that an environment's limits call for.

Every minute, an alarm evaluates the last 24 hours as a run would: it fires when a run would fail, and clears when a
run would pass. With a shorter period, the same number would be another limit: a count for a day is not a count for an
hour, and an hour has so few cases that chance breaks the limit on a share. With 500 welcome messages an hour and a
limit of 2 %, a service at 1 % is over it in 1.4 % of all hours: every third day.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct

from checks.alarms.metric_filters import INCOMING, PATTERNS, WATCHED, Address, counters, line_counter, why_not
from checks.config.environment import Environment, LogGroup
from checks.config.limit import Limit, Side
from checks.errors import ConfigError
from checks.metrics import METRICS, Subject
from checks.text import one_line

MARK: Final = "Made by websocket-health-checks"
"""The beginning of each alarm's description; an alarm without it belongs to somebody else."""
FILTER: Final = "AWS::Logs::MetricFilter"
ALARM: Final = "AWS::CloudWatch::Alarm"
PLACEHOLDER: Final = "AWS::CloudFormation::WaitConditionHandle"
"""A stack must hold at least one resource; one of this type does nothing, and costs nothing."""
NOUNS: Final = {FILTER: "metric filter", ALARM: "alarm", PLACEHOLDER: "placeholder"}
"""What people call a resource, by its type in CloudFormation."""
_LONGEST_SECONDS: Final = 7 * 86_400
"""How far back CloudWatch lets an alarm look."""
_MOST_METRICS: Final = 10
"""How many metrics CloudWatch lets an alarm add up."""
_MOST_CHARACTERS: Final = 1024
"""The longest description of an alarm."""
_DAY_SECONDS: Final = 86_400


class AlarmState(Struct, frozen=True):
    """The state of an alarm, `OK`, `ALARM` or `INSUFFICIENT_DATA`, with CloudWatch's own words on it."""

    value: str
    since: datetime
    reason: str


class Resource(Struct, frozen=True):
    """A metric filter or an alarm, planned or existing.

    Attributes:
        kind: Its type in CloudFormation, that of a metric filter or an alarm.
        region: None for the one that boto3 finds by its own rules.
        properties: As CloudFormation names them; those of an alarm are the parameters of PutMetricAlarm, too.
        state: The state of an alarm that exists; else None.
    """

    kind: str
    region: str | None
    properties: Mapping[str, Any]
    state: AlarmState | None = None

    @property
    def name(self) -> str:
        """The name of the resource, as CloudWatch has it."""
        return str(self.properties["FilterName" if self.kind == FILTER else "AlarmName"])

    @property
    def log_group(self) -> str:
        """The log group of a filter; empty for an alarm."""
        return str(self.properties.get("LogGroupName", ""))

    @property
    def title(self) -> str:
        """The resource's display name, unique in a region: `alarm websocket-health-prod-gone.errors`."""
        return f"{NOUNS[self.kind]} {self.name}" + (f" on {self.log_group}" if self.log_group else "")

    @property
    def is_own(self) -> bool:
        """Whether these checks made it. A filter has no place for a mark except its name."""
        description = self.properties.get("AlarmDescription") or ""
        return self.kind == FILTER or str(description).startswith(MARK)

    @property
    def logical_id(self) -> str:
        """The logical ID in a template: letters and digits; for a filter, also a hash of its log group."""
        words = "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", self.name))
        group = sha256(self.log_group.encode()).hexdigest()[:8] if self.log_group else ""
        return f"{words}{'Alarm' if self.kind == ALARM else 'Filter'}{group}"


class Plan(Struct, frozen=True):
    """The metric filters and alarms that watch an environment; and by metric, why a limit is not watched."""

    resources: tuple[Resource, ...]
    left_out: Mapping[str, str]

    def within(self, region: str | None) -> tuple[Resource, ...]:
        """The resources of one region."""
        return tuple(resource for resource in self.resources if resource.region == region)


def prefix(environment: str) -> str:
    """The prefix of the names of an environment's filters and alarms."""
    return f"websocket-health-{environment}-"


def regions(environment: Environment) -> tuple[str | None, ...]:
    """The regions of an environment's filters and alarms; None is the one that boto3 finds by its own rules."""
    api = [environment.api.region] if environment.api else []
    return tuple(dict.fromkeys([*(group.region for group in environment.log_groups), *api]))


def plan_alarms(environment: Environment) -> Plan:
    """The filters and alarms that an environment's limits call for, as far as CloudWatch can watch them.

    Its log groups must be names of single groups, without `*`.

    Raises:
        ConfigError: It asks for no alarms, or has nothing in AWS to watch.
    """
    if environment.alarms is None:
        raise ConfigError(
            f"{environment.name!r} has no 'alarms': write `alarms: {{actions: [ARN]}}` there, or in defaults"
        )
    if not environment.log_groups:
        raise ConfigError(f"{environment.name!r} names no 'log_group', and only those can be watched")
    limits = [limit for limit in environment.limits.values() if METRICS[limit.metric].subject is not Subject.ALARMS]
    obstacles = {limit.metric: _why_not_watched(limit, environment) for limit in limits}
    watched = [limit for limit in limits if not obstacles[limit.metric]]
    alarms = (_alarm(limit, environment, region) for limit in watched for region in _where(limit, environment))
    left_out = {metric: reason for metric, reason in obstacles.items() if reason}
    return Plan((*_filters(watched, environment), *alarms), left_out)


def _why_not_watched(limit: Limit, environment: Environment) -> str:
    """The reason why a limit is not watched; empty if it is."""
    metric, impossible = limit.metric, why_not(limit.metric)
    too_many = WATCHED.get(metric) == INCOMING and len(environment.log_groups) > _MOST_METRICS
    obstacles = {
        "it is only tried out (shadow)": limit.shadow,
        "the application has nothing to count there": environment.absent_analysis(metric) is not None,
        "only a run compares with a baseline": limit.decisive.side is Side.INCREASE,
        "it only warns": limit.decisive.side is Side.WARN,
        impossible: bool(impossible),
        "only its `min` can be watched": metric == "lifecycle.complete" and limit.min is None,
        "only its `max` can be watched": metric == "data.age_seconds" and limit.max is None,
        "an alarm looks back a week at most": metric == "data.age_seconds" and (limit.max or 0) > _LONGEST_SECONDS,
        f"an alarm adds up {_MOST_METRICS} log groups at most": too_many,
        "the log groups are in several regions, and an alarm sees one": _is_heartbeat(limit)
        and len(_where(limit, environment)) > 1,
    }
    return next((reason for reason, stands in obstacles.items() if stands), "")


def _is_heartbeat(limit: Limit) -> bool:
    """Whether a limit is broken if nothing is counted at all."""
    return limit.metric == "data.age_seconds" or (limit.min is not None and METRICS[limit.metric].sample is None)


def _where(limit: Limit, environment: Environment) -> tuple[str | None, ...]:
    """The regions in which CloudWatch has a limit's metric: an alarm sees its own region only."""
    if METRICS[limit.metric].subject is Subject.API and environment.api:
        return (environment.api.region,)
    return tuple(dict.fromkeys(group.region for group in environment.log_groups))


def _filters(watched: Iterable[Limit], environment: Environment) -> Iterator[Resource]:
    needed = {counter for limit in watched for counter in WATCHED[limit.metric].split()}
    for group in environment.log_groups:
        yield from (_filter(signal, group, environment) for signal in PATTERNS if signal in needed)


def _filter(signal: str, group: LogGroup, environment: Environment) -> Resource:
    counter = line_counter(environment, signal)
    transformation = {
        "MetricName": counter["MetricName"],
        "MetricNamespace": counter["Namespace"],
        "MetricValue": "1",
        "DefaultValue": 0,  # so that there is data whenever anything is logged
    }
    properties = {
        "FilterName": f"{prefix(environment.name)}{signal}",
        "LogGroupName": group.name,
        "FilterPattern": PATTERNS[signal],
        "MetricTransformations": [transformation],
    }
    return Resource(FILTER, group.region, properties)


def _alarm(limit: Limit, environment: Environment, region: str | None) -> Resource:
    """The alarm that watches a limit in a region; the limit is one that CloudWatch can watch."""
    bound = limit.bounds[0]
    actions = list(environment.alarms.actions) if environment.alarms else []
    properties = {
        "AlarmName": f"{prefix(environment.name)}{limit.metric}",
        "AlarmDescription": _description(limit, environment),
        "ActionsEnabled": True,
        "AlarmActions": actions,
        "OKActions": actions,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "TreatMissingData": "breaching" if _is_heartbeat(limit) else "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold" if bound.upper else "LessThanThreshold",
        "Threshold": bound.value,
        **_watched(limit, environment, region),
    }
    return Resource(ALARM, region, properties)


def _description(limit: Limit, environment: Environment) -> str:
    """The description of an alarm: its maker and its limit, without the line, which changes with edits above it."""
    owner = f" Owner: {limit.owner}." if limit.owner else ""
    runbook = f" Runbook: {limit.runbook}" if limit.runbook else ""
    demand = f"{limit.metric} {limit.show(limit.bounds[0])}"
    return one_line(f"{MARK} from {limit.file.name}, {environment.name}: {demand}.{owner}{runbook}", _MOST_CHARACTERS)


def _watched(limit: Limit, environment: Environment, region: str | None) -> dict[str, Any]:
    """The properties that say what the alarm watches, and its threshold if that is not the limit's own number."""
    (counted, sample), bound = counters(limit.metric, environment, region), limit.bounds[0]
    if limit.metric == "data.age_seconds":  # the newest event is too old if none came in for that long
        minutes = max(1, -(-round(bound.value) // 60))
        silence = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1}
        return {**silence, **_sum(counted, minutes * 60)}
    if limit.metric == "api.latency_p95_seconds":
        [latency] = counted.values()
        threshold_ms = round(bound.value * 1000, 6)
        return {**latency, "Period": _DAY_SECONDS, "ExtendedStatistic": "p95", "Threshold": threshold_ms}
    if not sample:
        return _sum(counted, round(limit.per.seconds) if limit.per else _DAY_SECONDS)
    # a share of too few cases says nothing, so it counts as within the limit
    share = f"IF(n >= {limit.samples}, ({_added(counted)}) / n, {0 if bound.upper else 1})"
    n = {"Id": "n", "Expression": _added(sample), "ReturnData": False}
    queries = _queries({**counted, **sample}, _DAY_SECONDS)
    return {"Metrics": [*queries, n, {"Id": "share", "Expression": share, "ReturnData": True}]}


def _sum(counted: Mapping[str, Address], period_seconds: int) -> dict[str, Any]:
    if len(counted) == 1:
        [only] = counted.values()
        return {**only, "Period": period_seconds, "Statistic": "Sum"}
    total = {"Id": "total", "Expression": _added(counted), "ReturnData": True}
    return {"Metrics": [*_queries(counted, period_seconds), total]}


def _added(ids: Iterable[str]) -> str:
    return " + ".join(f"FILL({one}, 0)" for one in ids)


def _queries(counted: Mapping[str, Address], period_seconds: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": name,
            "MetricStat": {"Metric": address, "Period": period_seconds, "Stat": "Sum"},
            "ReturnData": False,
        }
        for name, address in counted.items()
    ]
