"""The parameters that the endpoint knows; it refuses all others, since ignoring one would answer another question."""

from collections.abc import Mapping
from typing import Any, Final

from tests.endpoint.behaviour import ServiceError

REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    "DescribeLogGroups": frozenset(),
    "FilterLogEvents": frozenset(),
    "StartQuery": frozenset({"startTime", "endTime", "queryString"}),
    "GetQueryResults": frozenset({"queryId"}),
    "StopQuery": frozenset({"queryId"}),
}
"""By operation: all those that there are."""

_OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "DescribeLogGroups": frozenset(
        {"logGroupNamePrefix", "nextToken", "limit", "accountIdentifiers", "includeLinkedAccounts"}
    ),
    # AWS ignores `interleaved` since 2019, too
    "FilterLogEvents": frozenset(
        {"startTime", "endTime", "nextToken", "limit", "interleaved", "filterPattern"}
        | {"logGroupName", "logGroupIdentifier"}
    ),
    "StartQuery": frozenset({"logGroupName", "logGroupIdentifiers"}),
    "GetQueryResults": frozenset({"nextToken"}),
}
_TYPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("startTime", "endTime", "limit"), int),
    **dict.fromkeys(("interleaved", "includeLinkedAccounts"), bool),
    **dict.fromkeys(("accountIdentifiers", "logGroupIdentifiers"), list),
}
_MOST: Final[Mapping[str, int]] = {"DescribeLogGroups": 50, "FilterLogEvents": 10_000}


def check(operation: str, request: Mapping[str, Any]) -> None:
    """Refuse parameters that the endpoint does not know."""
    if operation not in REQUIRED:
        raise ServiceError("UnknownOperationException", operation)
    required, optional = REQUIRED[operation], _OPTIONAL.get(operation, frozenset())
    for name in sorted(required - request.keys()):
        raise ServiceError("InvalidParameterException", f"{name} is missing")
    for name, value in request.items():
        if name not in required | optional:
            raise ServiceError("InvalidParameterException", f"{name} is not known to this endpoint")
        if not isinstance(value, _TYPES.get(name, str)):
            raise ServiceError("InvalidParameterException", f"{name} is of a wrong type")
    if not 1 <= request.get("limit", 1) <= _MOST.get(operation, 1):
        raise ServiceError("InvalidParameterException", f"limit must be between 1 and {_MOST[operation]}")


def token(text: str, numbers: int) -> list[int]:
    """Decode a token, which is that many numbers."""
    parts = text.split("-")
    if len(parts) != numbers or not all(part.isdecimal() for part in parts):
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
    return [int(part) for part in parts]
