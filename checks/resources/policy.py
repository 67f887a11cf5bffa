"""The minimum IAM policy: what reading an environment's logs and looking up its resources must be allowed."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from checks.config.environment import LAKE, Api, Environment, Function, LogGroup, Source
from checks.metrics import LOOKED_UP, METRICS, Subject

READ_ACTIONS: Final[Mapping[Source, tuple[str, ...]]] = {
    "filter": ("logs:FilterLogEvents",),
    "insights": ("logs:StartQuery", "logs:GetQueryResults"),
}
"""Actions on a log group, by the API that reads it."""

STOP_QUERY: Final = "logs:StopQuery"
"""On Ctrl-C a query is stopped, which would scan on."""

_LIST_GROUPS: Final = "logs:DescribeLogGroups"

_LOOK_UP_ACTIONS: Final[Mapping[Subject, Sequence[str]]] = {
    Subject.API: ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
    Subject.TRACING: ("xray:GetTraceSummaries",),
    Subject.ALARMS: ("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"),
}
"""Actions that are allowed or not in the whole account, by what they look up."""

_Statement = dict[str, Any]


def least_policy(environment: Environment) -> str:
    """The minimum IAM policy for a run on an environment, as JSON."""
    api, functions = environment.api, environment.functions
    account = _account_actions(environment)
    statements = [*([_allow(account, "*")] if account else []), *_reading(environment)]
    if api and Subject.API in resource_subjects(environment):
        statements.append(_allow(["apigateway:GET"], _api_arns(api)))
    if functions:
        aliases = ["lambda:GetAlias"] if any(function.alias for function in functions) else []
        arns = [arn for function in functions for arn in _function_arns(function)]
        statements.append(_allow(["lambda:GetFunctionConfiguration", *aliases], arns))
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def resource_subjects(environment: Environment) -> list[Subject]:
    """The subjects outside the logs that an environment has limits on."""
    limited = {METRICS[metric].subject for metric in environment.limits}
    return [subject for subject in LOOKED_UP if subject in limited]


def _allow(actions: Iterable[str], resources: str | list[str]) -> _Statement:
    return {"Effect": "Allow", "Action": list(dict.fromkeys(actions)), "Resource": resources}


def _reading(environment: Environment) -> list[_Statement]:
    """What reads the logs: those of a lake, or of log groups, or both."""
    groups = [_allow(_log_actions(environment.source), list(map(_log_group_arn, environment.log_groups)))]
    if not environment.lake:
        return groups
    bucket, _, prefix = environment.lake.removeprefix(LAKE).partition("/")
    arn = f"arn:{_partition(None)}:s3:::{bucket}"
    lake = [_allow(["s3:ListBucket"], arn), _allow(["s3:GetObject"], f"{arn}/{prefix.strip('/')}*")]
    return [*(groups if environment.log_groups else []), *lake]


def _account_actions(environment: Environment) -> list[str]:
    """Actions that no policy allows on single resources; the command that makes alarms looks them up, too."""
    subjects = {*resource_subjects(environment), *([Subject.ALARMS] if environment.alarms else [])}
    looked_up = [action for subject, actions in _LOOK_UP_ACTIONS.items() if subject in subjects for action in actions]
    if environment.lake and not environment.log_groups:
        return looked_up
    return [_LIST_GROUPS, *([STOP_QUERY] if "insights" in _apis(environment.source) else []), *looked_up]


def _log_actions(source: Source) -> Iterator[str]:
    """Actions on the log groups; FilterLogEvents tells when events arrive, also where queries read them."""
    yield from READ_ACTIONS["filter"]
    for api in _apis(source):
        yield from READ_ACTIONS[api]


def _apis(source: Source) -> list[Source]:
    return ["filter", "insights"] if source == "auto" else ["filter" if source == "filter" else "insights"]


def _log_group_arn(group: LogGroup) -> str:
    return f"arn:{_partition(group.region)}:logs:{group.region or '*'}:{group.account or '*'}:log-group:{group.name}:*"


def _api_arns(api: Api) -> list[str]:
    path = f"arn:{_partition(api.region)}:apigateway:{api.region or '*'}::/apis/{api.id}"
    return [path, f"{path}/stages/{api.stage}"]


def _function_arns(function: Function) -> list[str]:
    arn = f"arn:{_partition(function.region)}:lambda:{function.region or '*'}:*:function:{function.name}"
    return [arn, f"{arn}:*"] if function.alias else [arn]


def _partition(region: str | None) -> str:
    """The partition of AWS that a region is in: that of China and of the US government have names of their own."""
    name = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    return "aws-cn" if name.startswith("cn-") else "aws-us-gov" if name.startswith("us-gov-") else "aws"
