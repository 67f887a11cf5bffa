"""The metric filters and alarms that are there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from checks.analysis.metrics import METRICS
from checks.aws.service import Service
from checks.resources.alarms.patterns import Signal
from checks.resources.alarms.region import Region
from checks.resources.alarms.resource import Kind, Resource, prefix

LOOK_UP_ACTIONS: Final = ("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms")
"""As IAM names them."""

_FILTER_SETTINGS: Final = ("filterName", "logGroupName", "filterPattern", "metricTransformations")
_ALARM_SETTINGS: Final = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData", "ComparisonOperator", "Threshold"),
    *("Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit", "Metrics"),
)


@dataclass(frozen=True, slots=True)
class State:
    """Of an alarm.

    Attributes:
        value: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        since: When it became so, in UTC.
        reason: CloudWatch's own words.
    """

    value: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Existing:
    """What is there of an environment in a region, by its names.

    Attributes:
        resources: The filters and alarms.
        states: Of the alarms, by name.
    """

    resources: tuple[Resource, ...]
    states: Mapping[str, State]


def look_up(region: Region, environment: str) -> Existing:
    """Find the filters and alarms of an environment in a region.

    Raises:
        SourceError: AWS can't be asked.
    """
    filters, alarms = list(_filters(region.logs, environment)), list(_alarms(region.cloudwatch, environment))
    resources = (
        *(_resource(Kind.FILTER, one, "filterName", _FILTER_SETTINGS, region.name) for one in filters),
        *(_resource(Kind.ALARM, one, "AlarmName", _ALARM_SETTINGS, region.name) for one in alarms),
    )
    return Existing(resources, {one["AlarmName"]: _state(one) for one in alarms})


def _alarms(cloudwatch: Service, environment: str) -> Iterator[Mapping[str, Any]]:
    """Those whose names end in a metric: `prod-` also begins the names of an environment `prod-eu`."""
    asked = {"AlarmNamePrefix": prefix(environment), "AlarmTypes": ["MetricAlarm"]}
    for alarm in cloudwatch.pages("DescribeAlarms", f"alarms {prefix(environment)}*", "MetricAlarms", **asked):
        if alarm["AlarmName"].removeprefix(prefix(environment)) in METRICS:
            yield alarm


def _filters(logs: Service, environment: str) -> Iterator[Mapping[str, Any]]:
    """Those of all log groups, for one that is named no more may still have some."""
    names = {f"{prefix(environment)}{signal}" for signal in Signal}
    for one in logs.pages("DescribeMetricFilters", "metric filters", "metricFilters"):
        if one["filterName"] in names:
            yield one


def _resource(kind: Kind, found: Mapping[str, Any], name: str, known: tuple[str, ...], region: str) -> Resource:
    settings = {key: found[key] for key in known if key in found}
    return Resource(kind, found[name], region, found.get("logGroupName", ""), settings)


def _state(alarm: Mapping[str, Any]) -> State:
    since = alarm["StateUpdatedTimestamp"].astimezone(UTC)  # boto3 may answer in the zone of this machine
    return State(alarm["StateValue"], since, alarm.get("StateReason", ""))
