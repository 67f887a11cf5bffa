"""Lambda functions: when the new code began to serve, and where it logs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from time import sleep
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from checks.aws.client import AwsClient
from checks.config.environment import Function, LogGroup
from checks.errors import SourceError
from checks.window import TimeSpan, epoch_ms, from_epoch_ms, utc_now

_POLL_SECONDS: Final = 2.0
_MOST_POLLS: Final = 150
_UNPUBLISHED: Final = "$LATEST"
_HORIZON: Final = timedelta(days=1)
"""How far back to look for the first line of a version; one that has served longer was not deployed just now."""
_SHORTEST_MS: Final = 300_000
_STARTS: Final = '?"START RequestId" ?"platform.start"'
"""The filter for what Lambda logs when an invocation begins, as text and as JSON."""
_VERSION: Final = re.compile(r"\[(\d+)\]")
"""The version in the name of a log stream."""


class Deploy(Struct, frozen=True):
    """The last deploy of an application.

    Attributes:
        at: When the newest of its functions began to serve; the code before that is not judged.
        version: The version to judge: that of the alias; None if there is none, or several functions have one each.
        notes: The evidence for the time, a sentence for each function.
    """

    at: datetime
    version: str | None
    log_groups: tuple[LogGroup, ...]
    notes: tuple[str, ...]


def find_deploy(functions: Sequence[Function], at: datetime | None) -> Deploy:
    """Find the last deploy of one or more functions; if an update is in progress, wait until it is over.

    The user may give its time, `at`.
    """
    deploys = [_deploy_of(function, at, is_only=len(functions) == 1) for function in functions]
    newest = max(deploys, key=lambda one: one.at)
    groups = chain.from_iterable(one.log_groups for one in deploys)
    notes = chain.from_iterable(one.notes for one in deploys)
    return replace(newest, log_groups=tuple(dict.fromkeys(groups)), notes=tuple(notes))


def _deploy_of(function: Function, at: datetime | None, *, is_only: bool) -> Deploy:
    """The last deploy of one function, perhaps the only one of the application."""
    service = AwsClient("lambda", function.region)
    version, share = _served_version(service, function)
    configuration = _updated_configuration(service, function, version)
    modified = datetime.fromisoformat(configuration["LastModified"]).astimezone(UTC)
    log_group = _log_group(configuration, function)
    number = version if version and version.isdigit() else None
    begin, source = (at, "as given") if at else _begin(log_group, number, modified, utc_now())
    name = f"version {version} of {function.name}" if version else function.name
    verb = "was last changed" if begin == modified and not at else "went live"
    split = f"; the alias {function.alias} sends {share:.0%} of the traffic to it" if share else ""
    note = f"{name} {verb} at {begin:%Y-%m-%d %H:%M:%S} UTC ({source}){split}"
    return Deploy(begin, number if share or is_only else None, (log_group,), (note,))


def _begin(group: LogGroup, version: str | None, modified: datetime, now: datetime) -> tuple[datetime, str]:
    """The time at which a version of a function began to serve, and the evidence for it.

    That is not when the version was published: an alias points to it later or, after a rollback, again. So it is the
    time of its first START line; after a rollback, of the first one after the last of a newer version.
    """
    if version is None:
        return modified, "LastModified"
    try:
        since = _last_of_newer(group, int(version), max(modified, now - _HORIZON), now)
        first = next((at for at, served in _starts(group, since, now) if served == int(version)), None)
    except SourceError as error:
        return modified, f"LastModified, because its START lines could not be read: {error}"
    if first is None:
        return since, "it has not logged a START line yet"
    served_before = since == now - _HORIZON
    return first, "it has served for a day or longer" if served_before else "its first START line"


def _last_of_newer(group: LogGroup, version: int, horizon: datetime, now: datetime) -> datetime:
    """The time at which a newer version served last, before the rollback to this one; the horizon if none did."""
    for span in TimeSpan(epoch_ms(horizon), epoch_ms(now)).ends(_SHORTEST_MS):
        newer = [at for at, served in _starts(group, from_epoch_ms(span.since_ms), now) if served > version]
        if newer:
            return max(newer)
    return horizon


def _starts(group: LogGroup, since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
    """Yield the start time and the version of each invocation, in the order of FilterLogEvents."""
    which = {"logGroupName": group.name, "startTime": epoch_ms(since), "endTime": epoch_ms(until)}
    logs = AwsClient("logs", group.region)
    for event in logs.pages("FilterLogEvents", f"log group {group.name}", "events", **which, filterPattern=_STARTS):
        if version := _VERSION.search(event["logStreamName"]):
            yield from_epoch_ms(event["timestamp"]), int(version[1])


def _served_version(service: AwsClient, function: Function) -> tuple[str | None, float]:
    """The newest version that an alias points to, and its share if traffic is split, else 0."""
    if not function.alias:
        return None, 0.0
    resource = f"alias {function.alias} of function {function.name}"
    alias = service.call("GetAlias", resource, FunctionName=function.name, Name=function.alias)
    weights: dict[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    versions = {alias["FunctionVersion"]: 1 - sum(weights.values()), **weights}
    newest = max(versions, key=lambda version: int(version) if version.isdigit() else 0)
    return newest, versions[newest] if weights else 0.0


def _updated_configuration(service: AwsClient, function: Function, version: str | None) -> dict[str, Any]:
    """The configuration of a function, once no update is in progress: until then, the old code serves."""
    for _ in range(_MOST_POLLS):
        configuration = _configuration(service, function, version)
        status = configuration.get("LastUpdateStatus", "Successful")
        if status == "Successful":
            return configuration
        if status == "Failed":
            reason = configuration.get("LastUpdateStatusReason", "AWS gives no reason")
            raise SourceError(f"function {function.name}: its update has failed: {reason}; the old code still serves")
        sleep(_POLL_SECONDS)
    seconds = _MOST_POLLS * _POLL_SECONDS
    raise SourceError(f"function {function.name}: its update takes more than {seconds:.0f} s; try later")


def log_groups_of(functions: Iterable[Function]) -> tuple[LogGroup, ...]:
    """The log groups of functions, as their configuration says, each once."""
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
    """The log group of a function; by default, it is named after the function."""
    name = (configuration.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{function.name}"
    return LogGroup(name, function.region)
