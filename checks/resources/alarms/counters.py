"""The metrics of CloudWatch that alarms watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checks.analysis.metrics import METRICS, Subject
from checks.judge.thresholds import Environment
from checks.resources.alarms.sources import GATEWAY, LINES


@dataclass(frozen=True, slots=True)
class Counter:
    """A metric of CloudWatch.

    Attributes:
        name: As CloudWatch has it.
        id: What it is called in a sum.
        namespace: As CloudWatch has it.
        dimensions: By name.
    """

    name: str
    id: str
    namespace: str
    dimensions: Mapping[str, str]

    @property
    def address(self) -> dict[str, Any]:
        """What the API calls a Metric."""
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        return {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions}


@dataclass(frozen=True, slots=True)
class Counters:
    """What is added up to measure a metric.

    Attributes:
        part: The metric, or its numerator.
        whole: The sample that it is a share of; empty where it is no share.
    """

    part: tuple[Counter, ...]
    whole: tuple[Counter, ...] = ()


def counters(metric: str, environment: Environment, region: str | None) -> Counters:
    """By what a metric is measured in a region; it is one that CloudWatch can watch."""
    if metric in LINES:
        lines = LINES[metric]
        part, whole = ([line_counter(environment, name) for name in names] for names in (lines.part, lines.whole))
    elif METRICS[metric].subject is Subject.API:
        gateway = GATEWAY[metric]
        part, whole = ([_gateway(environment, name) for name in names] for names in (gateway.part, gateway.whole))
    else:
        groups = [group.name for group in environment.log_groups if group.region == region]
        part, whole = [_incoming(group, number) for number, group in enumerate(groups, 1)], []
    return Counters(tuple(part), tuple(whole))


def line_counter(environment: Environment, signal: str) -> Counter:
    """What a signal's filters count: all log groups of a region add to it, for words take no dimensions."""
    namespace = environment.alarms.namespace if environment.alarms else ""
    return Counter(f"{environment.name}-{signal}", signal, namespace, {})


def _gateway(environment: Environment, name: str) -> Counter:
    api = environment.api
    dimensions = {"ApiId": api.id, "Stage": api.stage} if api else {}
    return Counter(name, name[0].lower() + name[1:], "AWS/ApiGateway", dimensions)


def _incoming(group: str, number: int) -> Counter:
    return Counter("IncomingLogEvents", f"group{number}", "AWS/Logs", {"LogGroupName": group})
