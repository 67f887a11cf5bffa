"""One look at everything that a run judges: the logs, what AWS tells beside them, and what was before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from checks.analysis.connects import count_connects
from checks.analysis.scope import Scope
from checks.logs.groups import LogGroup
from checks.logs.window import Window
from checks.resources.mismatch import compared
from checks.resources.observation import Observed
from checks.run.baseline import BaselineReader
from checks.run.clock import utc_now
from checks.run.found import Found
from checks.run.reading import LogReader, Sight
from checks.run.settings import Settings


class Looker:
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
        self._last = Sight(window)
        self._baselines = self._baseline_reader()

    def __call__(self) -> Found:
        """Look, and return all that was found by now; what goes wrong is part of it."""
        sight = self._sight()
        if sight.error is None:
            self._last = sight
        return Found(
            settings=self._settings,
            sight=sight,
            observed=self._observed(sight),
            baseline=self._baselines.of(sight) if self._baselines else None,
        )

    def _sight(self) -> Sight:
        settings, now, window = self._settings, self._now, self._window
        if settings.gate.wait:
            window = window or settings.default_window
            window = replace(window, until=max(now, window.until))
        if not settings.needs_logs and settings.resources:
            return Sight(window or settings.default_window)
        return self._reader.look(window, self._groups, self._scope, now, self._last.spool)

    @property
    def _now(self) -> datetime:
        """When this look is; of a run that looks once, when the run began."""
        return utc_now() if self._settings.gate.wait else self._settings.now

    def _observed(self, sight: Sight) -> Observed:
        """Ask AWS for what the logs don't tell, about the window that they were read for."""
        settings = self._settings
        if not settings.resources:
            return Observed({}, {})
        from checks.resources.observe import observe  # noqa: PLC0415 -- boto3 takes half a second

        window = sight.window or settings.default_window
        observed = observe(settings.resources, settings.environment, window, self._now)
        return compared(observed, partial(count_connects, sight.engine)) if sight.engine else observed

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
