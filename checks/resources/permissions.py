"""What looking AWS up beside the logs has to be allowed, as IAM names it."""

from collections.abc import Iterator, Mapping, Sequence

from checks.analysis.metrics import IN_LOGS, METRICS, Subject
from checks.aws.names import Api, Function
from checks.judge.thresholds import Environment
from checks.resources.alarms.existing import LOOK_UP_ACTIONS

_EVERYWHERE: Mapping[Subject, Sequence[str]] = {
    Subject.API: ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData"),
    Subject.TRACING: ("xray:GetTraceSummaries",),
    Subject.ALARMS: LOOK_UP_ACTIONS,
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
