"""What reading log groups has to be allowed, as IAM names it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from checks.logs.groups import LogGroup, Source

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
