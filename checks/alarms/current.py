"""The metric filters and alarms that now exist in AWS, with their states, and the log groups that exist."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from itertools import chain
from typing import Any, Final

from msgspec.structs import replace

from checks.alarms.metric_filters import PATTERNS
from checks.alarms.plan import ALARM, FILTER, AlarmState, Resource, prefix
from checks.aws.client import AwsClient
from checks.config.environment import Environment, LogGroup
from checks.errors import SourceError
from checks.logs.cloudwatch.log_groups import INFREQUENT_ACCESS, resolve
from checks.logs.cloudwatch.logs_client import Counters, LogsClient
from checks.metrics import METRICS

_FILTER_PROPERTIES: Final = ("FilterName", "LogGroupName", "FilterPattern", "MetricTransformations")

_ALARM_PROPERTIES: Final = (
    *("AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions"),
    *("EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData", "ComparisonOperator", "Threshold"),
    *("Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit", "Metrics"),
)


def current_alarms(region: str | None, environment: str) -> tuple[Resource, ...]:
    """Look up the filters and alarms of an environment that exist in a region, recognised by their names."""
    return *_filters(region, environment), *_alarms(region, environment)


def _filters(region: str | None, environment: str) -> Iterator[Resource]:
    """Metric filters of all log groups: a group that is no longer configured may still have some."""
    names = {f"{prefix(environment)}{signal}" for signal in PATTERNS}
    for one in AwsClient("logs", region).pages("DescribeMetricFilters", "metric filters", "metricFilters"):
        if one["filterName"] in names:
            yield Resource(FILTER, region, _only(_FILTER_PROPERTIES, _capitalised(one)))


def _capitalised(value: Any) -> Any:
    """A response of CloudWatch Logs with CloudFormation's names, which begin with a capital letter."""
    if isinstance(value, list):
        return [_capitalised(part) for part in value]
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _capitalised(part) for name, part in value.items()}
    return value


def _alarms(region: str | None, environment: str) -> Iterator[Resource]:
    """Alarms whose names end in a metric: the prefix `prod-` also matches those of an environment `prod-eu`."""
    own = prefix(environment)
    names = {"AlarmNamePrefix": own, "AlarmTypes": ["MetricAlarm"]}
    for one in AwsClient("cloudwatch", region).pages("DescribeAlarms", f"alarms {own}*", "MetricAlarms", **names):
        if one["AlarmName"].removeprefix(own) in METRICS:
            since = one["StateUpdatedTimestamp"].astimezone(UTC)  # boto3 may return it in the time zone of this machine
            state = AlarmState(one["StateValue"], since, one.get("StateReason", ""))
            yield Resource(ALARM, region, _only(_ALARM_PROPERTIES, one), state)


def _only(properties: Iterable[str], description: Mapping[str, Any]) -> dict[str, Any]:
    return {name: description[name] for name in properties if name in description}


def with_existing_groups(environment: Environment) -> Environment:
    """The same environment, with existing log groups in place of patterns, and all regions by name."""
    api = environment.api
    if api:
        api = replace(api, region=AwsClient("apigatewayv2", api.region).region)
    groups = chain.from_iterable(map(_existing_groups, environment.log_groups))
    return replace(environment, log_groups=tuple(dict.fromkeys(groups)), api=api)


def _existing_groups(named: LogGroup) -> Iterator[LogGroup]:
    if named.account:
        raise SourceError(
            f"log group {named.name}: it is in the account {named.account}, and metric filters are made where the logs "
            "are; run the command with credentials of that account, and without the account in thresholds.yaml"
        )
    client = LogsClient(named.region, Counters())
    for group in resolve(client, named):
        if group.log_class == INFREQUENT_ACCESS:
            raise SourceError(
                f"log group {group.name} in {client.region}: it is of class {INFREQUENT_ACCESS}, which takes no metric "
                "filters; alarms need the logs in one of class STANDARD"
            )
        yield LogGroup(group.name, client.region)
