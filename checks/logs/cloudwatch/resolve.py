"""From the names in thresholds.yaml to log groups that exist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Final

from checks.errors import LogsError
from checks.logs.cloudwatch.client import LogsClient

INFREQUENT_ACCESS: Final = "INFREQUENT_ACCESS"
_MOST_COMPARED: Final = 1000
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A log group as CloudWatch describes it.

    Attributes:
        client: That of its region.
        name: Its full name.
        log_class: `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
        stored_bytes: What it holds, about.
        created_ms: When it was made, in milliseconds of the epoch.
        retention_days: After so many its events are deleted; None for never.
        is_masked: Whether a data protection policy hides parts of its messages.
    """

    client: LogsClient
    name: str
    log_class: str
    stored_bytes: int
    created_ms: int
    retention_days: int | None
    is_masked: bool


def resolve(client: LogsClient, name: str) -> list[FoundGroup]:
    """Find the log group of that name, or all that match it where it holds a `*`.

    Raises:
        LogsError: There is none; the message names the nearest.
    """
    prefix, wildcard, _ = name.partition("*")
    described = _describe(client, prefix)
    found = [
        _found(client, group)
        for group in described
        if (fnmatchcase(group["logGroupName"], name.replace("[", "[[]")) if wildcard else group["logGroupName"] == name)
    ]
    if not found:
        raise LogsError(_not_found(client, name))
    return found


def _describe(client: LogsClient, prefix: str) -> Iterator[Mapping[str, Any]]:
    parameters = {"logGroupNamePrefix": prefix} if prefix else {}
    token: dict[str, str] = {}
    while True:
        answer = client.call("DescribeLogGroups", f"log groups {prefix}*", **parameters, **token)
        yield from answer["logGroups"]
        if not answer.get("nextToken"):
            return
        token = {"nextToken": answer["nextToken"]}


def _found(client: LogsClient, group: Mapping[str, Any]) -> FoundGroup:
    return FoundGroup(
        client=client,
        name=group["logGroupName"],
        log_class=group.get("logGroupClass", "STANDARD"),
        stored_bytes=group.get("storedBytes", 0),
        created_ms=group.get("creationTime", 0),
        retention_days=group.get("retentionInDays"),
        is_masked=group.get("dataProtectionStatus") == "ACTIVATED",
    )


def _not_found(client: LogsClient, name: str) -> str:
    names = [group["logGroupName"] for group in islice(_describe(client, ""), _MOST_COMPARED)]
    nearest = get_close_matches(name, names, n=_NEAREST, cutoff=0.4)
    hint = f"; the nearest names: {', '.join(nearest)}" if nearest else "; is it another region or account?"
    matches = "no log group matches" if "*" in name else "there is no log group"
    return f"{matches} {name} in {client.region}{hint}"
