"""Deploys the plan of alarms: what is there, how it differs, and `python -m checks alarms --apply`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from checks.alarms.metric_filters import FilteredSignal
from checks.alarms.plan import Plan, plan_alarms, regions
from checks.alarms.resource import Kind, Region, Resource, prefix, with_single_groups
from checks.alarms.template import template
from checks.aws.client import AwsClient
from checks.config.environment import Environment
from checks.errors import ConfigError, SourceError
from checks.metrics import METRICS

LOOK_UP_ACTIONS: Final = ("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms")
"""As IAM names them."""

_FILTER_SETTINGS: Final = ("filterName", "logGroupName", "filterPattern", "metricTransformations")

_ALARM_SETTINGS: Final = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData", "ComparisonOperator", "Threshold"),
    *("Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit", "Metrics"),
)


@dataclass(frozen=True, slots=True)
class AlarmState:
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
class Current:
    """What is there of an environment in a region, by its names.

    Attributes:
        resources: The filters and alarms.
        states: Of the alarms, by name.
    """

    resources: tuple[Resource, ...]
    states: Mapping[str, AlarmState]


def look_up_current(region: Region, environment: str) -> Current:
    """Find the filters and alarms of an environment in a region.

    Raises:
        SourceError: AWS can't be asked.
    """
    filters, alarms = list(_filters(region.logs, environment)), list(_alarms(region.cloudwatch, environment))
    resources = (
        *(_resource(Kind.FILTER, one, "filterName", _FILTER_SETTINGS, region.name) for one in filters),
        *(_resource(Kind.ALARM, one, "AlarmName", _ALARM_SETTINGS, region.name) for one in alarms),
    )
    return Current(resources, {one["AlarmName"]: _state(one) for one in alarms})


def _alarms(cloudwatch: AwsClient, environment: str) -> Iterator[Mapping[str, Any]]:
    """Those whose names end in a metric: `prod-` also begins the names of an environment `prod-eu`."""
    asked = {"AlarmNamePrefix": prefix(environment), "AlarmTypes": ["MetricAlarm"]}
    for alarm in cloudwatch.pages("DescribeAlarms", f"alarms {prefix(environment)}*", "MetricAlarms", **asked):
        if alarm["AlarmName"].removeprefix(prefix(environment)) in METRICS:
            yield alarm


def _filters(logs: AwsClient, environment: str) -> Iterator[Mapping[str, Any]]:
    """Those of all log groups, for one that is named no more may still have some."""
    names = {f"{prefix(environment)}{signal}" for signal in FilteredSignal}
    for one in logs.pages("DescribeMetricFilters", "metric filters", "metricFilters"):
        if one["filterName"] in names:
            yield one


def _resource(kind: Kind, found: Mapping[str, Any], name: str, known: tuple[str, ...], region: str) -> Resource:
    settings = {key: found[key] for key in known if key in found}
    return Resource(kind, found[name], region, found.get("logGroupName", ""), settings)


def _state(alarm: Mapping[str, Any]) -> AlarmState:
    since = alarm["StateUpdatedTimestamp"].astimezone(UTC)  # boto3 may answer in the zone of this machine
    return AlarmState(alarm["StateValue"], since, alarm.get("StateReason", ""))


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A filter or an alarm that is there, but set otherwise.

    Attributes:
        wanted: As it should be.
        fields: What is otherwise, each as `Threshold: 400 → 500`.
    """

    wanted: Resource
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What would make one out of the other, in one region.

    Attributes:
        missing: Wanted, and not there.
        changed: Wanted, and there, but set otherwise.
        unwanted: There, made by these checks, and wanted no more.
        unchanged: Wanted, and there.
        foreign: There under a name that is wanted, but not made by these checks.
    """

    missing: tuple[Resource, ...]
    changed: tuple[ResourceChange, ...]
    unwanted: tuple[Resource, ...]
    unchanged: tuple[Resource, ...]
    foreign: tuple[Resource, ...]


def difference(wanted: Iterable[Resource], existing: Iterable[Resource]) -> Difference:
    """Compare what is wanted in a region to what is there."""
    asked = {resource.key: resource for resource in wanted}
    there = {resource.key: resource for resource in existing}
    own = {key: resource for key, resource in there.items() if resource.is_own}
    changes = {key: _changes(own[key].settings, asked[key].settings) for key in asked.keys() & own.keys()}
    return Difference(
        missing=tuple(one for key, one in asked.items() if key not in there),
        changed=tuple(ResourceChange(one, changes[key]) for key, one in asked.items() if changes.get(key)),
        unwanted=tuple(one for key, one in own.items() if key not in asked),
        unchanged=tuple(one for key, one in asked.items() if key in own and not changes[key]),
        foreign=tuple(there[key] for key in asked if key in there and key not in own),
    )


def _changes(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(dict.fromkeys([*wanted, *found]), key="AlarmDescription".__eq__)  # it repeats the others
    values = {name: (_plain(found.get(name)), _plain(wanted.get(name))) for name in names}
    return tuple(
        f"{name}: {_show_value(old)} → {_show_value(new)}" for name, (old, new) in values.items() if old != new
    )


def _plain(value: Any) -> Any:
    """A setting without what says nothing: the order of a list, and empty fields."""
    if isinstance(value, Mapping):
        plain = {key: _plain(part) for key, part in value.items()}
        return {key: part for key, part in plain.items() if part not in (None, "", [], {})} or None
    if isinstance(value, list):
        return sorted(map(_plain, value), key=_show_value) or None
    return value or None if isinstance(value, str) else value


def _show_value(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def check_own(difference: Difference) -> None:
    """See that nothing would be overwritten that somebody else made.

    Raises:
        SourceError: It would; the message says what to do.
    """
    for resource in difference.foreign:
        raise SourceError(
            f"{resource.title} in {resource.region}: it was not made by these checks, and so is left alone; rename or "
            "delete it, then run again"
        )


def apply(difference: Difference, region: Region) -> None:
    """Create, change and delete in a region what is missing, otherwise, and wanted no more.

    Filters come before the alarms that need them, and go after them.

    Raises:
        SourceError: AWS refuses; what was done until then stays, and the next time goes on from there.
    """
    put = [*difference.missing, *(change.wanted for change in difference.changed)]
    for resource in _of(Kind.FILTER, put):
        region.logs.call("PutMetricFilter", resource.title, **resource.settings)
    for resource in _of(Kind.ALARM, put):
        region.cloudwatch.call("PutMetricAlarm", resource.title, **resource.settings)
    for resource in _of(Kind.ALARM, difference.unwanted):
        region.cloudwatch.call("DeleteAlarms", resource.title, AlarmNames=[resource.name])
    for resource in _of(Kind.FILTER, difference.unwanted):
        named = {"logGroupName": resource.log_group, "filterName": resource.name}
        region.logs.call("DeleteMetricFilter", resource.title, **named)


def _of(kind: Kind, resources: list[Resource] | tuple[Resource, ...]) -> list[Resource]:
    return [resource for resource in resources if resource.kind is kind]


def template_of(environment: Environment, region: str | None) -> tuple[str, Plan]:
    """The CloudFormation template of an environment, and what it was made from.

    AWS is asked only where a log group is named by a pattern, or the default region may be another that is named.

    Args:
        environment: As thresholds.yaml has it.
        region: Which of its regions; None where it has one.

    Raises:
        ConfigError: There is nothing to write, or there are several regions and none is chosen.
        SourceError: AWS can't be asked.
    """
    has_patterns = any("*" in group.name for group in environment.log_groups)
    found = with_single_groups(environment) if has_patterns or len(regions(environment)) > 1 else environment
    plan = plan_alarms(found)
    return template(plan.within(_chosen(found, region)), f"Alarms on the limits of {found.name!r}"), plan


def apply_to(environment: Environment, only: str | None) -> Iterator[str]:
    """Make what is there what is wanted, and yield lines that say so: first the whole difference, then what was done.

    Args:
        environment: As thresholds.yaml has it.
        only: This one of its regions; None for all.

    Raises:
        ConfigError: There is nothing to apply.
        SourceError: AWS can't be asked, or refuses.
    """
    found = with_single_groups(environment)
    plan = plan_alarms(found)
    chosen = regions(found) if only is None else (_chosen(found, only),)
    there = [Region.named(name) for name in chosen]
    todo = [difference(plan.within(region.name), look_up_current(region, found.name).resources) for region in there]
    for region, one in zip(there, todo, strict=True):
        yield f"{region.name}:"
        yield from _show_difference(one)
    for one in todo:
        check_own(one)
    for region, one in zip(there, todo, strict=True):
        apply(one, region)
    yield _show_outcome(todo)


def remarks(environment: Environment, plan: Plan) -> Iterator[str]:
    """What a reader should know about what is not watched."""
    for metric, reason in plan.left_out.items():
        yield f"{metric} is not watched: {reason}"
    if untaught := sorted(set(FilteredSignal) & set(environment.signals)):
        yield f"metric filters know nothing of what is taught under `signals`: {', '.join(untaught)}"


def _chosen(environment: Environment, region: str | None) -> str | None:
    known = regions(environment)
    if region is None and len(known) == 1:
        return known[0]
    if region in known:
        return region
    names = ", ".join(name or "your default" for name in known)
    raise ConfigError(f"{environment.name!r} is in these regions: {names}; choose one with --region")


def _show_difference(todo: Difference) -> Iterator[str]:
    for resource in todo.missing:
        yield f"  + {resource.title}"
    for change in todo.changed:
        yield f"  ~ {change.wanted.title}"
        yield from (f"      {field}" for field in change.fields)
    for resource in todo.unwanted:
        yield f"  - {resource.title}"
    yield f"  = {len(todo.unchanged)} unchanged"


def _show_outcome(todo: list[Difference]) -> str:
    created = sum(len(one.missing) for one in todo)
    changed = sum(len(one.changed) for one in todo)
    deleted = sum(len(one.unwanted) for one in todo)
    if not created + changed + deleted:
        return "nothing to do"
    return f"done: {created} created, {changed} changed, {deleted} deleted"
