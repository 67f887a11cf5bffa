"""Log groups: from names and patterns to those that exist, and which API reads each of them."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from checks.config.environment import LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, calls_per_second, decode_response
from checks.logs.spool import LogRequest
from checks.window import TimeSpan, epoch_ms

INFREQUENT_ACCESS: Final = "INFREQUENT_ACCESS"
_DELIVERY: Final = "DELIVERY"
_MOST_COMPARED: Final = 1000
_NEAREST: Final = 3


class ResolvedGroup(msgspec.Struct, frozen=True):
    """A log group as CloudWatch describes it.

    Attributes:
        log_class: `STANDARD` or `INFREQUENT_ACCESS`.
        stored_bytes: What it holds, about.
        created_ms: When it was made, in milliseconds of the epoch.
        retention_days: After so many its events are deleted; None for never.
        is_masked: Whether a data protection policy hides parts of its messages.
        kms_key: The ARN of the key of the account's own that encrypts it; None where AWS's own does.
        identifier: What calls name it by: its name, or its ARN where it is in a linked account.
    """

    client: LogsClient
    name: str
    log_class: str
    stored_bytes: int
    created_ms: int
    retention_days: int | None
    is_masked: bool
    kms_key: str | None
    identifier: str


class _LogGroupDescription(msgspec.Struct, rename="camel"):
    log_group_name: str
    log_group_class: str = "STANDARD"
    stored_bytes: int = 0
    creation_time: int = 0
    retention_in_days: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    """AWS offers ten years at most; many more than a million no calendar holds."""
    data_protection_status: str | None = None
    kms_key_id: str | None = None
    arn: str = ""


class _DescribeLogGroupsResponse(msgspec.Struct, rename="camel"):
    log_groups: list[_LogGroupDescription]
    next_token: str | None = None


def resolve(client: LogsClient, named: LogGroup) -> list[ResolvedGroup]:
    """The log group of that name, or all that match it where it holds a `*`.

    Raises:
        SourceError: There is none, and the message names the nearest; or one can be read by no API.
    """
    name, account = named.name, named.account
    prefix, wildcard, _ = name.partition("*")
    pattern = name.replace("[", "[[]")
    groups = [
        _resolved(client, group, account)
        for group in _describe(client, prefix, account)
        if (fnmatchcase(group.log_group_name, pattern) if wildcard else group.log_group_name == name)
    ]
    if not groups:
        raise SourceError(_no_such_group(client, name, account))
    return groups


def resolve_all(
    groups: Iterable[LogGroup], counters: Counters, listed: dict[LogGroup, list[ResolvedGroup]]
) -> Iterator[ResolvedGroup]:
    """The log groups of these names and patterns, each once.

    Args:
        groups: As thresholds.yaml or the command line names them.
        counters: Of their clients.
        listed: Those that CloudWatch has listed already, to which the others are added.

    Raises:
        SourceError: There is none of a name, or one can be read by no API.
    """
    clients: dict[str | None, LogsClient] = {}
    known = set()
    for named in groups:
        client = clients.setdefault(named.region, LogsClient(named.region, counters))
        listed[named] = listed.get(named) or resolve(client, named)
        for group in listed[named]:
            if (client.region, group.identifier) not in known:
                known.add((client.region, group.identifier))
                yield replace(group, client=client)


def names_of_groups(client: LogsClient) -> list[str]:
    """The names of the log groups of a region, a thousand of them at most.

    Raises:
        SourceError: They cannot be listed.
    """
    return [group.log_group_name for group in islice(_describe(client, ""), _MOST_COMPARED)]


def _describe(client: LogsClient, prefix: str, account: str | None = None) -> Iterator[_LogGroupDescription]:
    resource = f"log groups {prefix}*"
    linked = {"accountIdentifiers": [account], "includeLinkedAccounts": True} if account else {}
    parameters = {**({"logGroupNamePrefix": prefix} if prefix else {}), **linked}
    token: dict[str, str] = {}
    while True:
        answer = decode_response(
            client.call("DescribeLogGroups", resource, **parameters, **token), _DescribeLogGroupsResponse, resource
        )
        yield from answer.log_groups
        if not answer.next_token:
            return
        token = {"nextToken": answer.next_token}


def _resolved(client: LogsClient, group: _LogGroupDescription, account: str | None) -> ResolvedGroup:
    if group.log_group_class == _DELIVERY:
        raise SourceError(
            f"log group {group.log_group_name} in {client.region} is of class DELIVERY, which only passes events on: "
            "no API reads it; name a log group of another class, or give what was delivered as files by --logs"
        )
    return ResolvedGroup(
        client=client,
        name=group.log_group_name,
        log_class=group.log_group_class,
        stored_bytes=group.stored_bytes,
        created_ms=group.creation_time,
        retention_days=group.retention_in_days,
        is_masked=group.data_protection_status == "ACTIVATED",
        kms_key=group.kms_key_id,
        identifier=group.arn.removesuffix(":*") if account else group.log_group_name,
    )


def _no_such_group(client: LogsClient, name: str, account: str | None) -> str:
    if account:
        return (
            f"there is no log group {name} in {client.region} of the account {account}, or that account is not linked "
            "to the one of the credentials (cross-account observability in CloudWatch)"
        )
    nearest = get_close_matches(name, names_of_groups(client), n=_NEAREST, cutoff=0.4)
    hint = f"; the nearest names: {', '.join(nearest)}" if nearest else "; is it another region or account?"
    matches = "no log group matches" if "*" in name else "there is no log group"
    return f"{matches} {name} in {client.region}{hint}"


MOST_CALLS: Final = 3000
"""More calls of FilterLogEvents than this take longer than a pipeline waits: five minutes at ten a second."""

_PAGE_BYTES: Final = 1_000_000
_DAY_MS: Final = 86_400_000


def choose_api(group: ResolvedGroup, source: Source, span: TimeSpan, now_ms: int) -> tuple[Source, str]:
    """Choose the API that reads the span of a log group, `filter` or `insights`, and give the reason as a clause."""
    if source != "auto":  # where events are counted, whoever needs some has Logs Insights read them
        return "filter" if source == "filter" else "insights", f"source: {source} in thresholds.yaml"
    if group.log_class == INFREQUENT_ACCESS:
        return "insights", "FilterLogEvents cannot read log groups of the Infrequent Access class"
    calls = pages_stored(group, span, now_ms)
    if calls > MOST_CALLS:
        minutes = calls / calls_per_second("FilterLogEvents", group.client.region) / 60
        return "insights", f"FilterLogEvents would take about {calls:,} calls, {minutes:,.0f} min"
    return "filter", f"about {max(calls, 1):,} calls by the bytes stored, {MOST_CALLS:,} at most"


def why_not_filter(groups: Iterable[LogGroup], request: LogRequest) -> str:
    """Why FilterLogEvents is not what `auto` reads some of these log groups by; empty where it is.

    Raises:
        SourceError: There is no such log group.
    """
    for group in resolve_all(groups, Counters(), request.remembered):
        api, reason = choose_api(group, "auto", request.span(request.target), epoch_ms(request.now))
        if api != "filter":
            return f"{group.name}: {reason}"
    return ""


def pages_stored(group: ResolvedGroup, span: TimeSpan, now_ms: int) -> int:
    """How many pages of a megabyte the span holds, were traffic always the same."""
    stored_ms = now_ms - group.created_ms
    if group.retention_days is not None:
        stored_ms = min(stored_ms, group.retention_days * _DAY_MS)
    share = min(1.0, span.length_ms / max(stored_ms, 1))
    return round(group.stored_bytes * share / _PAGE_BYTES)
