"""Lambda functions: when the new code began to serve, and where it logs."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from checks.aws.client import AwsClient
from checks.config.environment import Function, LogGroup
from checks.errors import SourceError

_POLL_SECONDS: Final = 2.0

_LONGEST_UPDATE_SECONDS: Final = 300.0

_UNPUBLISHED: Final = "$LATEST"


@dataclass(frozen=True, slots=True)
class Deploy:
    """The last deploy of an application.

    Attributes:
        at: When the newest of its functions was changed; the code before that is not judged.
        version: The version to judge, where an alias splits the traffic between two; None where all traffic is its.
        log_groups: Where the functions log.
        notes: What this rests on, a sentence a function.
    """

    at: datetime
    version: str | None
    log_groups: tuple[LogGroup, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _FunctionDeploy:
    """The last deploy of one function."""

    at: datetime
    split_version: str | None
    log_group: LogGroup
    note: str


def find_deploy(functions: Iterable[Function], sleep: Callable[[float], None] = time.sleep) -> Deploy:
    """Find the last deploy; where an update is under way, wait until it is over.

    Args:
        functions: Those of the application; one at least.
        sleep: How to wait for some seconds.

    Raises:
        SourceError: A function could not be looked up, or its update has failed or takes too long.
    """
    deploys = [_deployed(function, sleep) for function in functions]
    newest = max(deploys, key=lambda one: one.at)
    return Deploy(
        at=newest.at,
        version=newest.split_version,
        log_groups=tuple(dict.fromkeys(one.log_group for one in deploys)),
        notes=tuple(one.note for one in deploys),
    )


def _deployed(function: Function, sleep: Callable[[float], None]) -> _FunctionDeploy:
    service = AwsClient("lambda", function.region)
    version, share = _served_version(service, function)
    configuration = _settled(service, function, version, sleep)
    at = datetime.fromisoformat(configuration["LastModified"]).astimezone(UTC)
    name = f"version {version} of {function.name}" if version else function.name
    split = f"; the alias {function.alias} sends {share:.0%} of the traffic to it" if share else ""
    return _FunctionDeploy(
        at=at,
        split_version=version if share else None,
        log_group=_log_group(configuration, function),
        note=f"{name} was last changed at {at:%Y-%m-%d %H:%M:%S} UTC (LastModified){split}",
    )


def _served_version(service: AwsClient, function: Function) -> tuple[str | None, float]:
    """The newest version that an alias leads to, and its share of a traffic that is split; else 0."""
    if not function.alias:
        return None, 0.0
    alias = service.call(
        "GetAlias",
        f"alias {function.alias} of function {function.name}",
        FunctionName=function.name,
        Name=function.alias,
    )
    weights: dict[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    versions = {alias["FunctionVersion"]: 1 - sum(weights.values()), **weights}
    newest = max(versions, key=lambda version: int(version) if version.isdigit() else 0)
    return newest, versions[newest] if weights else 0.0


def _settled(
    service: AwsClient, function: Function, version: str | None, sleep: Callable[[float], None]
) -> dict[str, Any]:
    """The configuration of a function, once no update of it is under way: until then the old code serves."""
    waited_seconds = 0.0
    while True:
        configuration = _configuration(service, function, version)
        status = configuration.get("LastUpdateStatus", "Successful")
        if status == "Successful":
            return configuration
        if status == "Failed":
            reason = configuration.get("LastUpdateStatusReason", "AWS gives no reason")
            raise SourceError(f"function {function.name}: its update has failed: {reason}; the old code serves on")
        if waited_seconds >= _LONGEST_UPDATE_SECONDS:
            raise SourceError(f"function {function.name}: its update takes more than {waited_seconds:.0f} s; try later")
        sleep(_POLL_SECONDS)
        waited_seconds += _POLL_SECONDS


def log_groups_of(functions: Iterable[Function]) -> tuple[LogGroup, ...]:
    """The log groups of functions, as their configuration says, each once.

    Raises:
        SourceError: A function could not be looked up.
    """
    groups = []
    for function in functions:
        service = AwsClient("lambda", function.region)
        groups.append(_log_group(_configuration(service, function, None), function))
    return tuple(dict.fromkeys(groups))


def _configuration(service: AwsClient, function: Function, version: str | None) -> dict[str, Any]:
    qualifier = {"Qualifier": version} if version and version != _UNPUBLISHED else {}
    return service.call(
        "GetFunctionConfiguration", f"function {function.name}", FunctionName=function.name, **qualifier
    )


def _log_group(configuration: dict[str, Any], function: Function) -> LogGroup:
    """The log group of a function; before functions could choose, each logged to a group of its name."""
    name = (configuration.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{function.name}"
    return LogGroup(name, function.region)
