"""The observer: takes snapshots of logs and resources, once or in a poll loop."""

import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.analyse import Scope
from checks.analysis.engine import count_connects
from checks.analysis.recognise import logged_probes
from checks.config.environment import Environment
from checks.config.limit import Limit
from checks.errors import SourceError
from checks.metrics import Subject
from checks.resources import Observation, Observations, with_mismatch
from checks.run.baseline import BaselineReader
from checks.run.log_reader import LogRead, LogReader
from checks.run.settings import Settings
from checks.run.snapshot import Snapshot
from checks.verdicts.polling import Poll, PollState, judge_poll
from checks.verdicts.verdict import Judgement
from checks.window import LATE_MS, Window, utc_now

_POLLS: Final = 10
_LONGEST_PAUSE: Final = timedelta(seconds=30)
SHARE_TO_PASS: Final = 1 / 3
"""The least length of the window before a gate may open, as a share of `--wait`: a busy minute shows no leak."""


class Observer(Struct, dict=True):
    """Takes snapshots; from the second one on, only new events are read.

    Without a window, everything in the files is judged; if the run waits, the window grows from poll to poll.
    """

    reader: LogReader
    window: Window | None
    scope: Scope
    _last: LogRead | None = None

    @property
    def _settings(self) -> Settings:
        return self.reader.settings

    def observe(self) -> Snapshot:
        """Take a snapshot of logs, resources and baseline, including whatever goes wrong."""
        log_read = self._read_logs()
        if log_read.error is None:
            self._last = log_read
        return Snapshot(
            settings=self._settings,
            log_read=log_read,
            observations=self._with_probes(self._observe_resources(log_read), log_read),
            baseline=self._baselines.baseline(log_read) if self._baselines else None,
        )

    def observe_anew(self) -> Snapshot:
        """Take a snapshot of all events, including those that came too late for polls to read again."""
        self._last = None
        return self.observe()

    @property
    def misses_late_events(self) -> bool:
        """Whether at least one event in a hundred comes too late for polls to read it again."""
        analysis = self._last.analysis if self._last else None
        return analysis is not None and (analysis.reading.lag_p99_ms or 0) > LATE_MS

    def _read_logs(self) -> LogRead:
        settings, now, window = self._settings, self._now, self.window
        if settings.gate.wait or (self.reader.probe_run and not settings.files):
            window = window or settings.default_window
            window = replace(window, until=max(now, window.until))
        if not settings.needs_logs and settings.resources:
            return LogRead(window or settings.default_window)
        return self.reader.read_and_analyse(window, self.scope, now, self._last)

    @property
    def _now(self) -> datetime:
        """The time of this snapshot; if the run takes only one and has no probes, the time when it began."""
        return utc_now() if self._settings.gate.wait or self.reader.probe_run else self._settings.now

    def _observe_resources(self, log_read: LogRead) -> Observations:
        """Ask AWS about the resources, for the same window as the logs."""
        settings = self._settings
        if not settings.resources:
            return Observations({}, {})
        window = log_read.window or settings.default_window
        observations = observe_resources(settings.resources, settings.environment, window, self._now)
        if log_read.engine is None:
            return observations
        return with_mismatch(observations, partial(count_connects, log_read.engine))

    def _with_probes(self, observations: Observations, log_read: LogRead) -> Observations:
        """Add the results of the probes, and what the logs say about them so far."""
        if self.reader.probe_run is None:
            return observations
        logged = logged_probes(log_read.engine) if log_read.engine else None
        by_subject = {**observations.by_subject, Subject.PROBE: self.reader.probe_run.observation(logged)}
        return replace(observations, by_subject=by_subject)

    @cached_property
    def _baselines(self) -> BaselineReader | None:
        gate = self._settings.gate
        if gate.baseline is None:
            return None
        window = self.window or self._settings.default_window
        longest = max(window.until, utc_now() + gate.wait) - window.since if gate.wait else timedelta()
        return BaselineReader(self._settings, self.reader, self.scope, longest)


def poll_until(  # noqa: PLR0913 -- tests pass a clock of their own
    observe: Callable[[], Snapshot],
    limits: Sequence[Limit],
    wait: timedelta,
    hold: int,
    *,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Snapshot, tuple[Poll, ...]]:
    """Poll until every check has its sample and none keeps the run from success, or one has certainly failed.

    To pass, it takes `hold` passing polls in a row; polling ends after the time `wait`. A poll without new events
    neither counts towards `hold` nor confirms the failures of the last one.

    Returns:
        The last snapshot, and all polls in order.
    """
    deadline = clock() + wait
    pause = min(_LONGEST_PAUSE, wait / _POLLS)
    polls: list[Poll] = []
    judgements, before = list[Judgement](), list[Judgement]()
    events: int | None = None
    number = passing = 0
    while True:
        at, snapshot = clock(), observe()
        if is_news := snapshot.events != events:
            events, before, number = snapshot.events, judgements, number + 1
        judgements = [snapshot.judge(limit) for limit in limits]
        window = snapshot.window
        until = window.until if window else None
        is_too_early = window is None or window.length < wait * SHARE_TO_PASS
        poll = judge_poll(judgements, before, at, until, events, number=number, is_too_early=is_too_early)
        polls.append(poll)
        passing = passing + is_news if poll.state is PollState.PASSING else 0
        remaining = deadline - clock()
        if poll.state is PollState.FAILED or passing >= hold or remaining <= timedelta():
            return snapshot, tuple(polls)
        sleep(min(remaining, pause).total_seconds())


def observe_resources(
    subjects: Collection[Subject], environment: Environment, window: Window, now: datetime
) -> Observations:
    """Observe the subjects outside the logs; if one can't be looked up, the others still are."""
    from checks.resources import alarm_states, api_gateway, xray  # noqa: PLC0415 -- boto3 takes half a second

    observers: dict[Subject, Callable[[Environment, Window], Observation]] = {
        Subject.API: partial(api_gateway.observe_api, now=now),
        Subject.TRACING: partial(xray.observe_traces, now=now),
        Subject.ALARMS: alarm_states.observe_alarms,
    }
    observations: dict[Subject, Observation] = {}
    errors: dict[Subject, str] = {}
    with ThreadPoolExecutor(max_workers=len(observers), thread_name_prefix="observe") as pool:
        futures: dict[Subject, Future[Observation]] = {
            subject: pool.submit(observers[subject], environment, window) for subject in subjects
        }
    for subject, future in futures.items():
        try:
            observations[subject] = future.result()
        except SourceError as error:
            errors[subject] = str(error)
    return Observations(observations, errors)
