"""Tries all that reading an environment's log groups needs, and says what to do where something is missing."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import boto3

from checks.errors import LogsError
from checks.logs.cloudwatch.choice import choose
from checks.logs.cloudwatch.client import LogsClient
from checks.logs.cloudwatch.filtering import Page, pages
from checks.logs.cloudwatch.insights import InsightsReader
from checks.logs.cloudwatch.problems import RAISED_BY_BOTO, explained
from checks.logs.cloudwatch.resolve import INFREQUENT_ACCESS, FoundGroup, resolve
from checks.logs.cloudwatch.tally import Tally
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work
from checks.logs.groups import LogGroup, Source
from checks.logs.spool import SpoolFile
from checks.logs.window import CONNECTION_LIFETIME, Window, epoch_ms, from_epoch_ms

_ACTIONS: Final = {
    "filter": ("logs:FilterLogEvents",),
    "insights": ("logs:StartQuery", "logs:GetQueryResults"),  # and FilterLogEvents, which tells when events arrive
}
_SHORTEST: Final = timedelta(minutes=1)
_ENOUGH_EVENTS: Final = 1000
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
        credentials = _credentials()
        yield credentials
        if not credentials.is_fine:
            return
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
        if source == "insights" and group.log_class != INFREQUENT_ACCESS:  # a run asks when events arrive, too
            _try_filter(group, span)
            actions += " and logs:FilterLogEvents"
        yield Finding(is_fine=True, text=f"{where}: {actions} allowed")
        if last_ms is None:
            yield Finding(is_fine=False, text=f"{where}: no event in the window; is it where the function logs?")
        else:
            age = timedelta(milliseconds=span.until_ms - last_ms)
            yield Finding(is_fine=True, text=f"{where}: last event {age.total_seconds() / 60:,.0f} min ago")

    def _last_event(self, group: FoundGroup, span: TimeSpan) -> int | None:
        """Find an event that is late in the span, and keep the page that it is on."""
        length_ms = round(_SHORTEST.total_seconds() * 1000)
        while True:
            since_ms = max(span.since_ms, span.until_ms - length_ms)
            latest: deque[Page] = deque(maxlen=2)  # the last may hold a handful
            for page in pages(group.client, group.name, TimeSpan(since_ms, span.until_ms), Tally()):
                latest.extend([page] if page.events else [])
            if since_ms == span.since_ms or sum(page.events for page in latest) >= _ENOUGH_EVENTS:
                break
            length_ms *= 4
        if not latest:
            return None
        number = len(list(self.folder.glob("latest-*.jsonl")))
        (self.folder / f"latest-{number:03}.jsonl").write_bytes(b"".join(page.lines for page in latest))
        return latest[-1].last_ms


def least_policy(groups: Sequence[LogGroup], source: Source) -> str:
    """The least IAM policy that reads log groups, as JSON.

    Args:
        groups: As thresholds.yaml names them.
        source: Which API it asks for.
    """
    apis = ["filter", "insights"] if source == "auto" else [source]
    arns = [f"arn:aws:logs:{group.region or '*'}:*:log-group:{group.name}:*" for group in groups]
    everywhere = ["logs:DescribeLogGroups", *(["logs:StopQuery"] if "insights" in apis else [])]
    actions = [*_ACTIONS["filter"], *(action for api in apis for action in _ACTIONS[api])]
    statements = [
        {"Effect": "Allow", "Action": everywhere, "Resource": "*"},
        {"Effect": "Allow", "Action": list(dict.fromkeys(actions)), "Resource": arns},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _credentials() -> Finding:
    try:
        session = boto3.Session()
        found: Any = session.get_credentials()
    except RAISED_BY_BOTO as error:
        return Finding(is_fine=False, text=str(explained(error, "logs:DescribeLogGroups", "credentials")))
    if found is None:
        text = "no credentials: name a profile in AWS_PROFILE, log in with `aws sso login`, or give this machine a role"
        return Finding(is_fine=False, text=text)
    return Finding(is_fine=True, text=f"credentials by {found.method}, region {session.region_name or 'not set'}")


def _retention(group: FoundGroup, where: str, since: datetime, until: datetime) -> Finding:
    days = group.retention_days
    if days is None or timedelta(days=days) >= until - since:
        kept = "for ever" if days is None else f"for {days} days"
        return Finding(is_fine=True, text=f"{where}: events are kept {kept}")
    needed = -(-(until - since) // _DAY)
    fix = f"keep them for {needed} days, or ask for a shorter window (-T)"
    return Finding(is_fine=False, text=f"{where}: events are kept for {days} days, less than the window; {fix}")


def _try_filter(group: FoundGroup, span: TimeSpan) -> None:
    asked = {"logGroupName": group.name, "startTime": span.since_ms, "endTime": span.until_ms, "limit": 1}
    group.client.call("FilterLogEvents", f"log group {group.name}", **asked)


def _last_match(group: FoundGroup, span: TimeSpan) -> int | None:
    counted = InsightsReader(group.client, group.name, (), Work()).count(span)
    return counted.newest_ms if counted else None
