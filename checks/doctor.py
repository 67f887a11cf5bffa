"""The doctor: tries everything that reading an environment's logs needs, and says what is missing."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.recognise import recognise
from checks.aws.client import check_reachable, find_credentials
from checks.config.environment import Environment, LogGroup, Source
from checks.errors import ConfigError, SourceError
from checks.logs.cloudwatch.filter_log_events import Page, pages
from checks.logs.cloudwatch.insights import Queries, latest_rows
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose_api, resolve
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, SharedState
from checks.logs.lake import describe_lake
from checks.logs.spool import Spool, SpoolFile
from checks.resources.lambda_function import log_groups_of
from checks.resources.policy import READ_ACTIONS, STOP_QUERY, least_policy, resource_subjects
from checks.run.observer import observe_resources
from checks.text import counted, display_path
from checks.window import LOOK_BACK, TimeSpan, Window, epoch_ms, from_epoch_ms

_ENOUGH_EVENTS: Final = 1000


class Finding(Struct, frozen=True):
    """The outcome of a step, with what to do if it failed; `is_fine` is None if it was not tried."""

    text: str
    is_fine: bool | None = True

    @property
    def sign(self) -> str:
        """The sign before the text: a tick, a cross or a dash."""
        return "–" if self.is_fine is None else "✓" if self.is_fine else "✗"  # noqa: RUF001 -- a dash, meant as one


def with_log_groups(environment: Environment) -> Environment:
    """The same environment, with the log groups of its functions if it names none itself."""
    return replace(environment, log_groups=environment.log_groups or log_groups_of(environment.functions))


def policy_for(environment: Environment) -> str:
    """The minimum IAM policy as JSON; with default log groups if those of the functions can't be looked up.

    With `--since-deploy`, a run reads the log groups of the functions beside those that the environment names.

    Raises:
        ConfigError: The environment reads files.
    """
    if environment.logs:
        raise ConfigError(f"{environment.name!r} reads {display_path(environment.logs)}: it needs nothing from AWS")
    named = environment.log_groups
    try:
        of_functions = log_groups_of(environment.functions)
    except SourceError:
        of_functions = tuple(LogGroup(f"/aws/lambda/{one.name}", one.region) for one in environment.functions)
    more = (one for one in of_functions if not any(fnmatchcase(one.name, group.name) for group in named))
    return least_policy(replace(environment, log_groups=(*named, *more)))


def examine(environment: Environment, hours: float, now: datetime, folder: Path) -> Iterator[Finding]:
    """Try the steps of a run on an environment, in order; those that an earlier failure prevents are only named."""
    if environment.logs:
        is_there = environment.logs.exists()
        outcome = "it needs nothing from AWS" if is_there else "no such file"
        yield Finding(f"{environment.name} reads {display_path(environment.logs)}: {outcome}", is_there)
        return
    credentials = _outcome(_credentials)
    yield credentials
    yield from _regions(environment, is_tried_later=bool(credentials.is_fine))
    if not credentials.is_fine:
        yield from _not_tried(environment)
        return
    window = Window.of_hours(hours, now)
    if environment.lake:
        lake = environment.lake
        yield _outcome(lambda: f"{lake}: {describe_lake((lake,), window, now)}")
    if environment.lake and not environment.log_groups:
        yield from _resources(environment, now)
        return
    try:
        environment = with_log_groups(environment)
    except SourceError as error:
        yield Finding(str(error), is_fine=False)
    examination = _Examination(environment.source, window, folder)
    for named in environment.log_groups:
        yield from examination.findings(named)
    yield from _resources(environment, now)
    if files := tuple(SpoolFile(path, path.stem) for path in sorted(folder.glob("latest-*.jsonl"))):
        spool = Spool("CloudWatch", tuple(group.name for group in environment.log_groups), files)
        yield _recognised([event.kinds for event in recognise(spool, environment.signals, folder)])


def _outcome(step: Callable[[], str]) -> Finding:
    """The finding of a step: what it returned, or why it failed."""
    try:
        return Finding(step())
    except SourceError as error:
        return Finding(str(error), is_fine=False)


def _credentials() -> str:
    method = find_credentials()
    if method is None:
        raise SourceError(
            "no credentials: name a profile in AWS_PROFILE, log in with `aws sso login`, or give this machine a role"
        )
    return f"credentials by {method}"


def _regions(environment: Environment, *, is_tried_later: bool) -> Iterator[Finding]:
    """Check that each region exists and, if no later step calls it, that it responds."""
    of_groups = [group.region for group in environment.log_groups]
    of_functions = [function.region for function in environment.functions]
    for region in dict.fromkeys(of_groups + of_functions):
        yield _outcome(partial(_region, region, is_tried_later=is_tried_later))


def _region(region: str | None, *, is_tried_later: bool) -> str:
    if is_tried_later:
        return f"region {LogsClient(region, Counters()).region}"
    return f"{check_reachable(region)} answers"


def _not_tried(environment: Environment) -> Iterator[Finding]:
    """Yield the steps that need credentials, as not tried."""
    groups = [f"log group {group.name}" for group in environment.log_groups]
    lake = [environment.lake] if environment.lake else []
    functions = [f"function {function.name}" for function in environment.functions]
    limits = [f"what the limits on {subject}.* need" for subject in resource_subjects(environment)]
    for one in (*lake, *groups, *functions, *limits):
        yield Finding(f"{one}: not tried, because there are no credentials", is_fine=None)


class _Examination(Struct, frozen=True):
    """The examination of log groups, one after the other; the latest events of each go into the folder."""

    source: Source
    window: Window
    folder: Path

    @property
    def span(self) -> TimeSpan:
        """The span of time that a run would read."""
        return TimeSpan(epoch_ms(self.window.since - LOOK_BACK), self.window.until_ms)

    def findings(self, named: LogGroup) -> Iterator[Finding]:
        """Try to read all groups of a name, as far as that is possible."""
        try:
            for group in resolve(LogsClient(named.region, Counters()), named):
                yield from self._group(group, f"{group.name} in {group.client.region}")
        except SourceError as error:
            yield Finding(str(error), is_fine=False)

    def _group(self, group: ResolvedGroup, where: str) -> Iterator[Finding]:
        api, reason = choose_api(group, self.source, self.span, self.window.until_ms)
        yield Finding(f"{where}: class {group.log_class}, read by source {api}: {reason}")
        yield self._retention(group, where)
        yield from _remarks(group, where)
        page = _latest_events(group, api, self.span)
        yield Finding(_allowed(where, *READ_ACTIONS[api]))
        if api == "insights":
            yield _outcome(partial(_stop_query, group, where, self.span))  # as a run does on Ctrl-C
            if group.is_filtered:
                yield _outcome(partial(_first_page, group, where, self.span))  # it shows a run when events arrive
        if page.last_ms is None:
            yield Finding(f"{where}: no event in the window; is it where the function logs?", is_fine=False)
            return
        number = len(list(self.folder.glob("latest-*.jsonl")))
        (self.folder / f"latest-{number:03}.jsonl").write_bytes(page.lines)
        age = timedelta(milliseconds=self.span.until_ms - page.last_ms)
        yield Finding(f"{where}: last event {age.total_seconds() / 60:,.0f} min ago")

    def _retention(self, group: ResolvedGroup, where: str) -> Finding:
        days, length = group.retention_days, self.window.until - from_epoch_ms(self.span.since_ms)
        if days is None or timedelta(days=days) >= length:
            how_long = "for ever" if days is None else f"for {counted(days, 'day')}"
            return Finding(f"{where}: events are kept {how_long}")
        remedy = f"keep them for {counted(-(-length // timedelta(days=1)), 'day')}, or ask for a shorter window (-T)"
        return Finding(
            is_fine=False, text=f"{where}: events are kept for {counted(days, 'day')}, less than the window; {remedy}"
        )


def _remarks(group: ResolvedGroup, where: str) -> Iterator[Finding]:
    """Facts that are fine in themselves but may explain missing events."""
    if group.is_masked:
        yield Finding(f"{where}: a data protection policy masks parts of its messages")
    if group.kms_key is not None:
        text = f"{where}: encrypted by {group.kms_key}; whoever reads it may need kms:Decrypt on that key, too"
        yield Finding(text)


def _allowed(where: str, *actions: str) -> str:
    return f"{where}: {' and '.join(actions)} allowed"


def _stop_query(group: ResolvedGroup, where: str, span: TimeSpan) -> str:
    """Start a query that scans one second, and stop it, if it has not already ended."""
    queries = Queries((group,), SharedState())
    second = TimeSpan(span.until_ms - 1000, span.until_ms)
    queries.stop(queries.start("fields @timestamp | limit 1", second))
    return _allowed(where, STOP_QUERY)


def _first_page(group: ResolvedGroup, where: str, span: TimeSpan) -> str:
    next(pages(group, span, Counters()))
    return _allowed(where, *READ_ACTIONS["filter"])


def _latest_events(group: ResolvedGroup, api: Source, span: TimeSpan) -> Page:
    """A page that ends with the latest event of a span; empty if there is none.

    It looks in the last minute, and further and further back until there are enough events: that reads little of a busy
    group, however long the span is.
    """
    page = Page(b"", 0, None, None)
    for end in span.ends(60 * 1000):
        if api == "filter":
            page = _last_pages(pages(group, end, Counters()))
        else:
            page = latest_rows(Queries((group,), SharedState()), end, _ENOUGH_EVENTS)
        if page.events >= _ENOUGH_EVENTS:
            break
    return page


def _last_pages(all_pages: Iterator[Page]) -> Page:
    """The last two pages with events as one, because the very last may hold only a few."""
    last = deque((page for page in all_pages if page.events), maxlen=2)
    lines, events = b"".join(page.lines for page in last), sum(page.events for page in last)
    return Page(lines, events, None, last[-1].last_ms if last else None)


def _resources(environment: Environment, now: datetime) -> Iterator[Finding]:
    """Look up what the limits need from AWS besides the logs, as a run would, over a few minutes."""
    subjects = resource_subjects(environment)
    observations = observe_resources(subjects, environment, Window(now - timedelta(minutes=10), now), now)
    for subject in subjects:
        error = observations.errors.get(subject)
        yield Finding(is_fine=error is None, text=error or f"what the limits on {subject}.* need can be looked up")


def _recognised(signals: list[tuple[str, ...]]) -> Finding:
    """The finding on how many of the latest events are recognised."""
    counts, events = Counter(kind for kinds in signals for kind in kinds), f"the latest {len(signals):,} events"
    if counts:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in counts.most_common())
        return Finding(f"of {events}, these are recognised: {kinds}")
    text = f"none of {events} is recognised; teach what it says under `signals` in thresholds.yaml"
    return Finding(text, is_fine=False)
