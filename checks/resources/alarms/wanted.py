"""The metric filters and alarms that an environment's limits call for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from checks.analysis.metrics import METRICS, Subject
from checks.errors import ConfigError
from checks.judge.limit import Limit
from checks.judge.thresholds import Environment
from checks.logs.groups import LogGroup
from checks.resources.alarms.alarm import LONGEST_SECONDS, alarm, is_heartbeat
from checks.resources.alarms.counters import line_counter
from checks.resources.alarms.patterns import PATTERNS, Signal
from checks.resources.alarms.resource import Kind, Resource, prefix
from checks.resources.alarms.sources import INCOMING, LINES, why_not

_MOST_COUNTERS: Final = 10
"""That an alarm may add up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What watches an environment.

    Attributes:
        resources: Filters before alarms.
        left_out: By metric, why its limit is not watched.
    """

    resources: tuple[Resource, ...]
    left_out: Mapping[str, str]

    def within(self, region: str | None) -> tuple[Resource, ...]:
        """Those of one region."""
        return tuple(resource for resource in self.resources if resource.region == region)


def regions(environment: Environment) -> tuple[str | None, ...]:
    """Where the filters and alarms of an environment live; None leaves that to boto3's own rules."""
    api = [environment.api.region] if environment.api else []
    return tuple(dict.fromkeys([*(group.region for group in environment.log_groups), *api]))


def wanted(environment: Environment) -> Wanted:
    """The filters and alarms that an environment's limits call for, where CloudWatch can watch them.

    Args:
        environment: Its log groups are names of single groups, without `*`.

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
    obstacles = {limit.metric: _obstacle(limit, environment) for limit in limits}
    watched = [limit for limit in limits if not obstacles[limit.metric]]
    alarms = (alarm(limit, environment, region) for limit in watched for region in _where(limit, environment))
    return Wanted(
        resources=(*_filters(watched, environment), *alarms),
        left_out=MappingProxyType({metric: reason for metric, reason in obstacles.items() if reason}),
    )


def _obstacle(limit: Limit, environment: Environment) -> str:
    """Why a limit is not watched; empty where it is."""
    metric, impossible = limit.metric, why_not(limit.metric)
    too_many = metric in INCOMING and len(environment.log_groups) > _MOST_COUNTERS
    obstacles = {
        "it is only tried out (shadow)": limit.shadow,
        "it only warns": limit.max is None and limit.min is None,
        impossible: bool(impossible),
        "only its `min` can be watched": metric == "lifecycle.complete" and limit.min is None,
        "only its `max` can be watched": metric == "data.age_seconds" and limit.max is None,
        "an alarm looks back a week at most": metric == "data.age_seconds" and (limit.max or 0) > LONGEST_SECONDS,
        f"an alarm adds up {_MOST_COUNTERS} log groups at most": too_many,
        "the log groups are in several regions, and an alarm sees one": is_heartbeat(limit)
        and len(_where(limit, environment)) > 1,
    }
    return next((reason for reason, stands in obstacles.items() if stands), "")


def _where(limit: Limit, environment: Environment) -> tuple[str | None, ...]:
    """Where CloudWatch has what a limit is on: an alarm sees its own region only."""
    if METRICS[limit.metric].subject is Subject.API and environment.api:
        return (environment.api.region,)
    return tuple(dict.fromkeys(group.region for group in environment.log_groups))


def _filters(watched: Sequence[Limit], environment: Environment) -> Iterator[Resource]:
    sources = [LINES[limit.metric] for limit in watched if limit.metric in LINES]
    needed = {name for source in sources for name in (*source.part, *source.whole)}
    for group in environment.log_groups:
        for signal in Signal:
            if signal in needed:
                yield _filter(signal, group, environment)


def _filter(signal: Signal, group: LogGroup, environment: Environment) -> Resource:
    name, counter = f"{prefix(environment.name)}{signal}", line_counter(environment, signal)
    transformation = {
        "metricName": counter.name,
        "metricNamespace": counter.namespace,
        "metricValue": "1",
        "defaultValue": 0,  # so that there are data wherever anything is logged
    }
    settings = {
        "filterName": name,
        "logGroupName": group.name,
        "filterPattern": PATTERNS[signal],
        "metricTransformations": [transformation],
    }
    return Resource(Kind.FILTER, name, group.region, group.name, settings)
