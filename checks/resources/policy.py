"""The least IAM policy: what reading logs and looking up resources must be allowed."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from checks.config.environment import Api, Environment, Function, LogGroup, Source
from checks.metrics import IN_LOGS, METRICS, Subject

ACTIONS: Final[Mapping[Source, tuple[str, ...]]] = {
    "filter": ("logs:FilterLogEvents",),
    "insights": ("logs:StartQuery", "logs:GetQueryResults"),  # and FilterLogEvents, which tells when events arrive
}
"""By the API that reads a log group, on that group."""


def least_policy(
    groups: Sequence[LogGroup],
    source: Source,
    besides: Sequence[str] = (),
    statements: Iterable[Mapping[str, object]] = (),
) -> str:
    """The least IAM policy that reads log groups, as JSON.

    Args:
        groups: As thresholds.yaml names them.
        source: Which API it asks for.
        besides: More actions, that are allowed or not in the whole account.
        statements: What else is allowed, on resources of its own.
    """
    apis: list[Source] = ["filter", "insights"] if source == "auto" else [source]
    arns = [f"arn:aws:logs:{group.region or '*'}:*:log-group:{group.name}:*" for group in groups]
    everywhere = ["logs:DescribeLogGroups", *(["logs:StopQuery"] if "insights" in apis else []), *besides]
    actions = [*ACTIONS["filter"], *(action for api in apis for action in ACTIONS[api])]
    allowed = [
        {"Effect": "Allow", "Action": everywhere, "Resource": "*"},
        {"Effect": "Allow", "Action": list(dict.fromkeys(actions)), "Resource": arns},
        *statements,
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed}, indent=2)


_EVERYWHERE: Mapping[Subject, Sequence[str]] = {
    Subject.API: ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
    Subject.TRACING: ("xray:GetTraceSummaries",),
    Subject.ALARMS: ("logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"),
}
"""Actions that are allowed or not in the whole account."""

Statement = Mapping[str, object]


def looked_up(environment: Environment) -> list[Subject]:
    """The subjects outside the logs that an environment has limits on."""
    limited = {METRICS[metric].subject for metric in environment.limits}
    return [subject for subject in Subject if subject in limited and subject not in IN_LOGS]


def actions_everywhere(environment: Environment) -> list[str]:
    """What has to be allowed in the whole account; alarms are looked at by the command that makes them, too."""
    subjects = {*looked_up(environment), *([Subject.ALARMS] if environment.alarms else [])}
    return [action for subject, actions in _EVERYWHERE.items() if subject in subjects for action in actions]


def statements(environment: Environment) -> Iterator[Statement]:
    """What has to be allowed on the API and the functions alone."""
    if environment.api and Subject.API in looked_up(environment):
        yield {"Effect": "Allow", "Action": ["apigateway:GET"], "Resource": _paths(environment.api)}
    if functions := environment.functions:
        aliases = ["lambda:GetAlias"] if any(function.alias for function in functions) else []
        arns = [arn for function in functions for arn in _arns(function)]
        yield {"Effect": "Allow", "Action": ["lambda:GetFunctionConfiguration", *aliases], "Resource": arns}


def _paths(api: Api) -> list[str]:
    path = f"arn:aws:apigateway:{api.region or '*'}::/apis/{api.id}"
    return [path, f"{path}/stages/{api.stage}"]


def _arns(function: Function) -> list[str]:
    arn = f"arn:aws:lambda:{function.region or '*'}:*:function:{function.name}"
    return [arn, f"{arn}:*"] if function.alias else [arn]
