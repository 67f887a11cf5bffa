"""The observer: takes snapshots of logs and resources, once or in a poll loop."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from checks.analysis.analyse import Scope
from checks.analysis.engine import count_connects
from checks.config.environment import LogGroup
from checks.config.limit import Limit
from checks.resources.observation import Observations
from checks.run.baseline import BaselineReader
from checks.run.log_reader import LogRead, LogReader
from checks.run.settings import Settings
from checks.run.snapshot import Snapshot
from checks.verdicts.polling import Poll, PollState, judge_poll
from checks.verdicts.verdict import Judgement
from checks.window import Window, utc_now


class Observer:
    """Looks when it is called; from the second time on, at what is new.

    Args:
        settings: Of the run.
        reader: Reads the logs.
        window: What to judge; None for all that the files hold. Where the run waits, it grows from look to look.
        groups: The log groups, where no files are read.
        scope: Which events within the window count.
    """

    def __init__(
        self, settings: Settings, reader: LogReader, window: Window | None, groups: Sequence[LogGroup], scope: Scope
    ) -> None:
        self._settings = settings
        self._reader = reader
        self._window = window
        self._groups = groups
        self._scope = scope
        self._last = LogRead(window)
        self._baselines = self._baseline_reader()

    def __call__(self) -> Snapshot:
        """Look, and return all that was found by now; what goes wrong is part of it."""
        sight = self._sight()
        if sight.error is None:
            self._last = sight
        return Snapshot(
            settings=self._settings,
            sight=sight,
            observed=self._observed(sight),
            baseline=self._baselines.of(sight) if self._baselines else None,
        )

    def _sight(self) -> LogRead:
        settings, now, window = self._settings, self._now, self._window
        if settings.gate.wait:
            window = window or settings.default_window
            window = replace(window, until=max(now, window.until))
        if not settings.needs_logs and settings.resources:
            return LogRead(window or settings.default_window)
        return self._reader.look(window, self._groups, self._scope, now, self._last.spool)

    @property
    def _now(self) -> datetime:
        """When this look is; of a run that looks once, when the run began."""
        return utc_now() if self._settings.gate.wait else self._settings.now

    def _observed(self, sight: LogRead) -> Observations:
        """Ask AWS for what the logs don't tell, about the window that they were read for."""
        settings = self._settings
        if not settings.resources:
            return Observations({}, {})
        from checks.resources.api_metrics import with_mismatch  # noqa: PLC0415 -- boto3 takes half a second
        from checks.resources.observe import observe  # noqa: PLC0415

        window = sight.window or settings.default_window
        observed = observe(settings.resources, settings.environment, window, self._now)
        return with_mismatch(observed, partial(count_connects, sight.engine)) if sight.engine else observed

    def _baseline_reader(self) -> BaselineReader | None:
        gate = self._settings.gate
        if gate.baseline is None:
            return None
        window = self._window or self._settings.default_window
        longest = max(window.until, utc_now() + gate.wait) - window.since if gate.wait else timedelta()
        return BaselineReader(
            gate.baseline,
            self._reader,
            self._groups,
            self._scope,
            longest=longest,
            has_files=bool(self._settings.files),
        )


_POLLS: Final = 10

_LONGEST_POLL: Final = timedelta(seconds=30)


def poll_until(  # noqa: PLR0913 -- how long, how often, and by which clock
    look: Callable[[], Snapshot],
    limits: Sequence[Limit],
    wait: timedelta,
    hold: int,
    *,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Snapshot, tuple[Poll, ...]]:
    """Look until every check has its sample and none keeps the run from success, or one has failed for sure.

    Args:
        look: Reads what is new, and returns all that was found by then.
        limits: What is judged.
        wait: For how long, from now.
        hold: How many good looks in a row it takes.
        clock: Tells the time.
        sleep: How to wait for some seconds.

    Returns:
        What the last look found, and all looks in their order.
    """
    deadline = clock() + wait
    looks: list[Poll] = []
    before = list[Judgement]()
    while True:
        at = clock()
        found = look()
        judgements = [found.judge(limit) for limit in limits]
        events = found.sight.analysis.reading.events if found.sight.analysis else 0
        until = found.sight.window.until if found.sight.window and found.sight.analysis else None
        looks.append(judge_poll(judgements, before, at=at, until=until, events=events))
        before = judgements
        held = [one.standing for one in looks[-hold:]] == [PollState.PASSING] * hold
        left = deadline - clock()
        if looks[-1].standing is PollState.FAILED or held or left <= timedelta():
            return found, tuple(looks)
        sleep(min(left, _LONGEST_POLL, wait / _POLLS).total_seconds())
