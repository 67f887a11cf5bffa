"""Log groups: resolves names and patterns to groups that exist, and chooses the API that reads each."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache, partial
from itertools import islice
from typing import Annotated, Final

import msgspec
from msgspec import field
from msgspec.structs import asdict, replace

from checks.config.environment import LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, calls_per_second
from checks.logs.spool import LogRequest
from checks.text import counted
from checks.window import TimeSpan, epoch_ms

INFREQUENT_ACCESS: Final = "INFREQUENT_ACCESS"
_STANDARD: Final = "STANDARD"
_DELIVERY: Final = "DELIVERY"
_MOST_COMPARED: Final = 1000
_NEAREST: Final = 3


class _Description(msgspec.Struct, frozen=True, kw_only=True):
    name: str = field(name="logGroupName")
    log_class: str = field(name="logGroupClass", default=_STANDARD)
    stored_bytes: int = field(name="storedBytes", default=0)
    created_ms: int = field(name="creationTime", default=0)
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = field(
        name="retentionInDays", default=None
    )
    """AWS offers ten years at most; more than about a million days would be beyond any calendar."""
    data_protection: str | None = field(name="dataProtectionStatus", default=None)
    kms_key: str | None = field(name="kmsKeyId", default=None)
    arn: str = ""


class ResolvedGroup(_Description, frozen=True, kw_only=True):
    """A log group as CloudWatch describes it, of any class but `DELIVERY`.

    Attributes:
        client: The client of its region.
        account: The linked account that it is in; None for the account of the credentials.
    """

    client: LogsClient
    account: str | None = None

    @property
    def identifier(self) -> str:
        """The identifier in API calls: its name, or its ARN if it is in a linked account."""
        return self.arn.removesuffix(":*") if self.account else self.name

    @property
    def resource(self) -> str:
        """The group as errors name it."""
        return f"log group {self.identifier}"

    @property
    def is_filtered(self) -> bool:
        """Whether FilterLogEvents reads it: AWS promises that only for one class, and Logs Insights for all."""
        return self.log_class == _STANDARD

    @property
    def is_masked(self) -> bool:
        """Whether a data protection policy hides parts of its messages."""
        return self.data_protection == "ACTIVATED"


class _DescribeLogGroupsResponse(msgspec.Struct, rename="camel"):
    log_groups: list[_Description]
    next_token: str | None = None


def resolve(client: LogsClient, named: LogGroup) -> list[ResolvedGroup]:
    """Find the log group of that name, or all that match if it holds a `*`; an error if there are none."""
    name, account = named.name, named.account
    prefix, wildcard, _ = name.partition("*")
    pattern = name.replace("[", "[[]")
    groups = [
        ResolvedGroup(client=client, account=account, **asdict(group))
        for group in _describe(client, prefix, account)
        if (fnmatchcase(group.name, pattern) if wildcard else group.name == name)
    ]
    if not groups:
        raise SourceError(_no_such_group(client, name, account))
    if unreadable := next((group for group in groups if group.log_class == _DELIVERY), None):
        raise SourceError(
            f"log group {unreadable.name} in {client.region} is of class DELIVERY, which only passes events on: "
            "no API reads it; name a log group of another class, or read the delivered files with --logs"
        )
    return groups


def resolve_all(
    groups: Iterable[LogGroup], counters: Counters, listed: dict[LogGroup, list[ResolvedGroup]]
) -> Iterator[ResolvedGroup]:
    """The log groups of these names and patterns, each once.

    Args:
        groups: As thresholds.yaml or the command line names them.
        counters: The counters of their clients.
        listed: The groups that CloudWatch has already listed; newly listed ones are added.
    """
    client_of = cache(partial(LogsClient, counters=counters))
    known = set()
    for named in groups:
        client = client_of(named.region)
        listed[named] = listed.get(named) or resolve(client, named)
        for group in listed[named]:
            if (client.region, group.identifier) not in known:
                known.add((client.region, group.identifier))
                yield replace(group, client=client)


def names_of_groups(client: LogsClient) -> list[str]:
    """The names of the log groups of a region, at most 1,000."""
    return [group.name for group in islice(_describe(client, ""), _MOST_COMPARED)]


def _describe(client: LogsClient, prefix: str, account: str | None = None) -> Iterator[_Description]:
    resource = f"log groups {prefix}*"
    linked = {"accountIdentifiers": [account], "includeLinkedAccounts": True} if account else {}
    parameters = {**({"logGroupNamePrefix": prefix} if prefix else {}), **linked}
    token: dict[str, str] = {}
    while True:
        answer = client.answer("DescribeLogGroups", resource, _DescribeLogGroupsResponse, **parameters, **token)
        yield from answer.log_groups
        if not answer.next_token:
            return
        token = {"nextToken": answer.next_token}


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
    if source != "auto":  # with insights-stats, events that are needed after all are read
        return "filter" if source == "filter" else "insights", f"source: {source} in thresholds.yaml"
    if not group.is_filtered:
        return "insights", f"FilterLogEvents reads no log groups of class {group.log_class}"
    calls = pages_stored(group, span, now_ms)
    if calls > MOST_CALLS:
        minutes = calls / calls_per_second("FilterLogEvents", group.client.region) / 60
        return "insights", f"FilterLogEvents would take about {calls:,} calls, {minutes:,.0f} min"
    return "filter", f"about {counted(max(calls, 1), 'call')} by the bytes stored, {MOST_CALLS:,} at most"


def why_not_filter(groups: Iterable[LogGroup], request: LogRequest) -> str:
    """Why `auto` does not read all of these log groups with FilterLogEvents; empty if it does."""
    for group in resolve_all(groups, Counters(), request.remembered):
        api, reason = choose_api(group, "auto", request.span(request.window), epoch_ms(request.now))
        if api != "filter":
            return f"{group.name}: {reason}"
    return ""


def pages_stored(group: ResolvedGroup, span: TimeSpan, now_ms: int) -> int:
    """An estimate of the pages of 1 MB in the span, as if traffic were constant."""
    stored_ms = now_ms - group.created_ms
    if group.retention_days is not None:
        stored_ms = min(stored_ms, group.retention_days * _DAY_MS)
    share = min(1.0, span.length_ms / max(stored_ms, 1))
    return round(group.stored_bytes * share / _PAGE_BYTES)
