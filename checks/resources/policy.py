"""The minimum IAM policy: what is needed to read an environment's logs and look up its resources."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from checks.aws.client import partition_of
from checks.config.environment import Environment, Source
from checks.config.scalars import LAKE
from checks.metrics import LOOKED_UP, METRICS, Subject

READ_ACTIONS: Final[Mapping[Source, tuple[str, ...]]] = {
    "filter": ("logs:FilterLogEvents",),
    "insights": ("logs:StartQuery", "logs:GetQueryResults"),
}
"""Actions on a log group, by the API that reads it."""

STOP_QUERY: Final = "logs:StopQuery"
"""The action that stops a query on Ctrl-C, which would otherwise go on scanning."""

_LOOK_UP_ACTIONS: Final[Mapping[Subject, Sequence[str]]] = {
    Subject.API: ("cloudwatch:GetMetricData",),
    Subject.TRACING: ("xray:GetTraceSummaries",),
    Subject.ALARMS: ("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"),
}
"""Actions that can only be allowed for the whole account, by the subject that they look up."""

_Statement = dict[str, Any]


def least_policy(environment: Environment) -> str:
    """The minimum IAM policy for a run on an environment, as JSON."""
    api, functions = environment.api, environment.functions
    account = _account_actions(environment)
    statements = [*([_allow(account, "*")] if account else []), *_reading(environment)]
    if api and Subject.API in resource_subjects(environment):
        arn = _arn("apigateway", api.region, f"/apis/{api.id}", account="")
        statements.append(_allow(["apigateway:GET"], [arn, f"{arn}/stages/{api.stage}"]))
    if functions:
        aliases = ["lambda:GetAlias"] if any(function.alias for function in functions) else []
        arns = [
            _arn("lambda", function.region, f"function:{function.name}{suffix}")
            for function in functions
            for suffix in (("", ":*") if function.alias else ("",))
        ]
        statements.append(_allow(["lambda:GetFunctionConfiguration", *aliases], arns))
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def resource_subjects(environment: Environment) -> list[Subject]:
    """The subjects outside the logs that an environment has limits on."""
    limited = {METRICS[metric].subject for metric in environment.limits}
    return [subject for subject in LOOKED_UP if subject in limited]


def _allow(actions: Iterable[str], resources: str | list[str]) -> _Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def _reading(environment: Environment) -> list[_Statement]:
    """The statements for reading logs: those of a lake, of log groups, or both.

    FilterLogEvents is always included: it shows when events arrive, even if queries read them.
    """
    actions = [*READ_ACTIONS["filter"], *(READ_ACTIONS["insights"] if environment.source != "filter" else ())]
    arns = [
        _arn("logs", group.region, f"log-group:{group.name}:*", account=group.account or "*")
        for group in environment.log_groups
    ]
    groups = [_allow(actions, arns)]
    if not environment.lake:
        return groups
    bucket, _, prefix = environment.lake.removeprefix(LAKE).partition("/")
    arn = f"arn:{partition_of(None)}:s3:::{bucket}"
    lake = [_allow(["s3:ListBucket"], arn), _allow(["s3:GetObject"], f"{arn}/{prefix.strip('/')}*")]
    return [*(groups if environment.log_groups else []), *lake]


def _account_actions(environment: Environment) -> list[str]:
    """Actions that cannot be restricted to single resources; those on alarms also serve the command that makes them."""
    subjects = {*resource_subjects(environment), *([Subject.ALARMS] if environment.alarms else [])}
    looked_up = [action for subject, actions in _LOOK_UP_ACTIONS.items() if subject in subjects for action in actions]
    if environment.lake and not environment.log_groups:
        return looked_up
    return ["logs:DescribeLogGroups", *([STOP_QUERY] if environment.source != "filter" else []), *looked_up]


def _arn(service: str, region: str | None, resource: str, *, account: str = "*") -> str:
    return f"arn:{partition_of(region)}:{service}:{region or '*'}:{account}:{resource}"
