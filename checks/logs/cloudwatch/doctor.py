"""Tries all that reading an environment's log groups needs, and says what to do where something is missing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import boto3

from checks.errors import LogsError
from checks.logs.cloudwatch.choice import choose
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.filtering import PAGE_EVENTS, parse
from checks.logs.cloudwatch.insights import InsightsReader
from checks.logs.cloudwatch.resolve import FoundGroup, resolve
from checks.logs.cloudwatch.tally import Tally
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work
from checks.logs.groups import LogGroup, Source
from checks.logs.spool import SpoolFile
from checks.logs.window import CONNECTION_LIFETIME, Window, epoch_ms, from_epoch_ms

_ACTIONS: Final = {
    "filter": ("logs:FilterLogEvents",),
    "insights": ("logs:StartQuery", "logs:GetQueryResults"),
}
_LATEST: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found.

    Attributes:
        is_fine: Whether the checks can go on from there.
        text: What was found; where it is not fine, with what to do.
    """

    is_fine: bool
    text: str


@dataclass(frozen=True, slots=True)
class Doctor:
    """Examines the way to the logs.

    Attributes:
        groups: As thresholds.yaml names them.
        source: Which API it asks for.
        window: What a run would judge.
        folder: Where the latest events are put, for `latest`.
    """

    groups: Sequence[LogGroup]
    source: Source
    window: Window
    folder: Path

    def findings(self) -> Iterator[Finding]:
        """Yield what each step finds; what an earlier one makes impossible is not tried."""
        yield _credentials()
        for named in self.groups:
            try:
                client = LogsClient(named.region, Tally())
                for group in resolve(client, named.name):
                    yield from self._examined(group)
            except LogsError as error:
                yield Finding(is_fine=False, text=str(error))

    def latest(self) -> tuple[SpoolFile, ...]:
        """The latest events of the groups that were examined, as far as FilterLogEvents reads them."""
        return tuple(SpoolFile(path, path.stem) for path in sorted(self.folder.glob("latest-*.jsonl")))

    def policy(self) -> str:
        """The least IAM policy, as JSON."""
        apis = ["filter", "insights"] if self.source == "auto" else [self.source]
        arns = [f"arn:aws:logs:{group.region or '*'}:*:log-group:{group.name}:*" for group in self.groups]
        everywhere = ["logs:DescribeLogGroups", *(["logs:StopQuery"] if "insights" in apis else [])]
        statements = [
            {"Effect": "Allow", "Action": everywhere, "Resource": "*"},
            {"Effect": "Allow", "Action": [action for api in apis for action in _ACTIONS[api]], "Resource": arns},
        ]
        return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)

    def _examined(self, group: FoundGroup) -> Iterator[Finding]:
        now_ms = self.window.until_ms
        span = TimeSpan(epoch_ms(self.window.since - CONNECTION_LIFETIME), now_ms)
        source, reason = choose(group, self.source, span, now_ms)
        where = f"{group.name} in {group.client.region}"
        yield Finding(is_fine=True, text=f"{where}: class {group.log_class}, read by source {source}: {reason}")
        yield _retention(group, where, from_epoch_ms(span.since_ms), self.window.until)
        if group.is_masked:
            yield Finding(is_fine=True, text=f"{where}: a data protection policy masks parts of its messages")
        yield from self._tried(group, source, where, span)

    def _tried(self, group: FoundGroup, source: Source, where: str, span: TimeSpan) -> Iterator[Finding]:
        actions = " and ".join(_ACTIONS[source])
        last_ms = self._last_event(group, span) if source == "filter" else _last_match(group, span)
        yield Finding(is_fine=True, text=f"{where}: {actions} allowed")
        if last_ms is None:
            yield Finding(is_fine=False, text=f"{where}: no event in the window; is it where the function logs?")
        else:
            age = timedelta(milliseconds=span.until_ms - last_ms)
            yield Finding(is_fine=True, text=f"{where}: last event {age.total_seconds() / 60:,.0f} min ago")

    def _last_event(self, group: FoundGroup, span: TimeSpan) -> int | None:
        """Find an event that is late in the span, and keep the page that it is on."""
        length_ms = round(_LATEST.total_seconds() * 1000)
        while True:
            since_ms = max(span.since_ms, span.until_ms - length_ms)
            body: bytes = group.client.call(
                "FilterLogEvents",
                f"log group {group.name}",
                logGroupName=group.name,
                startTime=since_ms,
                endTime=span.until_ms,
                limit=PAGE_EVENTS,
            )["raw"]
            page = parse(body, group.name)
            if page.events:
                number = len(list(self.folder.glob("latest-*.jsonl")))
                (self.folder / f"latest-{number:03}.jsonl").write_bytes(page.lines)
                return page.last_ms
            if since_ms == span.since_ms:
                return None
            length_ms *= 4


def _credentials() -> Finding:
    found: Any = boto3.Session().get_credentials()
    if found is None:
        text = "no credentials: name a profile in AWS_PROFILE, log in with `aws sso login`, or give this machine a role"
        return Finding(is_fine=False, text=text)
    return Finding(is_fine=True, text=f"credentials by {found.method}")


def _retention(group: FoundGroup, where: str, since: datetime, until: datetime) -> Finding:
    days = group.retention_days
    if days is None or timedelta(days=days) >= until - since:
        kept = "for ever" if days is None else f"for {days} days"
        return Finding(is_fine=True, text=f"{where}: events are kept {kept}")
    needed = -(-(until - since) // _DAY)
    fix = f"keep them for {needed} days, or ask for a shorter window (-T)"
    return Finding(is_fine=False, text=f"{where}: events are kept for {days} days, less than the window; {fix}")


def _last_match(group: FoundGroup, span: TimeSpan) -> int | None:
    counted = InsightsReader(group.client, group.name, (), Work()).count(span)
    return counted.newest_ms if counted else None
