"""The doctor: tries everything that reading an environment's logs needs, and says what is missing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import boto3

from checks.analysis.recognise import recognise
from checks.aws.error_messages import BOTO_ERRORS, explain_error
from checks.config.environment import Environment, LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.insights import Queries
from checks.logs.cloudwatch.log_groups import INFREQUENT_ACCESS, ResolvedGroup, choose, resolve
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, SharedState
from checks.logs.cloudwatch.read_log_groups import latest_events
from checks.logs.spool import Spool, SpoolFile
from checks.resources.lambda_function import log_groups_of
from checks.resources.observe import observe
from checks.resources.policy import ACTIONS, actions_everywhere, least_policy, looked_up, statements
from checks.window import CONNECTION_LIFETIME, TimeSpan, Window, epoch_ms, from_epoch_ms

_DAY: Final = timedelta(days=1)

_SECOND_MS: Final = 1000


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
                client = LogsClient(named.region, Counters())
                for group in resolve(client, named.name):
                    yield from self._examined(group)
            except SourceError as error:
                yield Finding(is_fine=False, text=str(error))

    def latest(self) -> tuple[SpoolFile, ...]:
        """The latest events of the groups that were examined."""
        return tuple(SpoolFile(path, path.stem) for path in sorted(self.folder.glob("latest-*.jsonl")))

    def _examined(self, group: ResolvedGroup) -> Iterator[Finding]:
        now_ms = self.window.until_ms
        span = TimeSpan(epoch_ms(self.window.since - CONNECTION_LIFETIME), now_ms)
        source, reason = choose(group, self.source, span, now_ms)
        where = f"{group.name} in {group.client.region}"
        yield Finding(is_fine=True, text=f"{where}: class {group.log_class}, read by source {source}: {reason}")
        yield _retention(group, where, from_epoch_ms(span.since_ms), self.window.until)
        yield from _remarks(group, where)
        yield from self._tried(group, source, where, span)

    def _tried(self, group: ResolvedGroup, source: Source, where: str, span: TimeSpan) -> Iterator[Finding]:
        page = latest_events(group, source, span)
        yield _allowed(where, " and ".join(ACTIONS[source]))
        if source == "insights":
            yield from _tried_besides(group, where, span)
        if page.last_ms is None:
            yield Finding(is_fine=False, text=f"{where}: no event in the window; is it where the function logs?")
            return
        number = len(self.latest())
        (self.folder / f"latest-{number:03}.jsonl").write_bytes(page.lines)
        age = timedelta(milliseconds=span.until_ms - page.last_ms)
        yield Finding(is_fine=True, text=f"{where}: last event {age.total_seconds() / 60:,.0f} min ago")


def _credentials() -> Finding:
    try:
        session = boto3.Session()
        found: Any = session.get_credentials()
    except BOTO_ERRORS as error:
        return Finding(is_fine=False, text=str(explain_error(error, "logs:DescribeLogGroups", "credentials")))
    if found is None:
        text = "no credentials: name a profile in AWS_PROFILE, log in with `aws sso login`, or give this machine a role"
        return Finding(is_fine=False, text=text)
    return Finding(is_fine=True, text=f"credentials by {found.method}, region {session.region_name or 'not set'}")


def _retention(group: ResolvedGroup, where: str, since: datetime, until: datetime) -> Finding:
    days = group.retention_days
    if days is None or timedelta(days=days) >= until - since:
        kept = "for ever" if days is None else f"for {days} days"
        return Finding(is_fine=True, text=f"{where}: events are kept {kept}")
    needed = -(-(until - since) // _DAY)
    fix = f"keep them for {needed} days, or ask for a shorter window (-T)"
    return Finding(is_fine=False, text=f"{where}: events are kept for {days} days, less than the window; {fix}")


def _remarks(group: ResolvedGroup, where: str) -> Iterator[Finding]:
    """What is well, but good to know where something is not seen."""
    if group.is_masked:
        yield Finding(is_fine=True, text=f"{where}: a data protection policy masks parts of its messages")
    if group.kms_key is not None:
        text = f"{where}: encrypted by {group.kms_key}; who reads it may need kms:Decrypt on that key, too"
        yield Finding(is_fine=True, text=text)


def _tried_besides(group: ResolvedGroup, where: str, span: TimeSpan) -> Iterator[Finding]:
    """What a run by queries needs besides them: it stops them on Ctrl-C, and asks when events arrive."""
    yield _try_one(where, "logs:StopQuery", lambda: _stop_query(group, span))
    if group.log_class != INFREQUENT_ACCESS:
        yield _try_one(where, "logs:FilterLogEvents", lambda: _filter(group, span))


def _try_one(where: str, action: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except SourceError as error:
        return Finding(is_fine=False, text=str(error))
    return _allowed(where, action)


def _allowed(where: str, actions: str) -> Finding:
    return Finding(is_fine=True, text=f"{where}: {actions} allowed")


def _stop_query(group: ResolvedGroup, span: TimeSpan) -> None:
    """Stop a query that scans a second, if it lasts until then."""
    queries = Queries(group.client, group.name, SharedState())
    second = TimeSpan(span.until_ms - _SECOND_MS, span.until_ms)
    queries.stop(queries.start("fields @timestamp | limit 1", second))


def _filter(group: ResolvedGroup, span: TimeSpan) -> None:
    asked = {"logGroupName": group.name, "startTime": span.since_ms, "endTime": span.until_ms, "limit": 1}
    group.client.call("FilterLogEvents", f"log group {group.name}", **asked)


_MOMENT: Final = timedelta(minutes=10)


def examine(environment: Environment, hours: float, now: datetime, folder: Path) -> Iterator[Finding]:
    """Yield what was tried for an environment, in the order of a run.

    Args:
        environment: With log groups.
        hours: Length of the window that a run would judge.
        now: Its end.
        folder: An empty folder.
    """
    doctor = Doctor(environment.log_groups, environment.source, Window(now - timedelta(hours=hours), now), folder)
    findings = doctor.findings()
    credentials = next(findings)
    yield credentials
    if not credentials.is_fine:
        return
    yield from findings
    yield from _looked_up(environment, now)
    if files := doctor.latest():
        spool = Spool("CloudWatch", tuple(group.name for group in environment.log_groups), files)
        found = [event.kinds for event in recognise(spool, environment.signals, folder)]
        yield _understood(Counter(kind for kinds in found for kind in kinds), len(found))


def with_log_groups(environment: Environment) -> Environment:
    """The same environment with the log groups of its functions, where it names none itself.

    Raises:
        SourceError: A function could not be looked up.
    """
    return replace(environment, log_groups=environment.log_groups or log_groups_of(environment.functions))


def policy_of(environment: Environment) -> str:
    """The least IAM policy for an environment, as JSON."""
    return least_policy(
        environment.log_groups, environment.source, actions_everywhere(environment), statements(environment)
    )


def _looked_up(environment: Environment, now: datetime) -> Iterator[Finding]:
    """Look up what the limits ask of AWS beside the logs, as a run would, of a few minutes."""
    subjects = looked_up(environment)
    observed = observe(subjects, environment, Window(now - _MOMENT, now), now)
    for subject in subjects:
        error = observed.errors.get(subject)
        yield Finding(is_fine=error is None, text=error or f"what the limits on {subject}.* take can be looked up")


def _understood(kinds: Counter[str], events: int) -> Finding:
    if kinds:
        told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())
        return Finding(is_fine=True, text=f"of the latest {events:,} events are understood: {told}")
    text = f"none of the latest {events:,} events is understood; teach what it says under `signals` in thresholds.yaml"
    return Finding(is_fine=False, text=text)
