"""AWS X-Ray: whether the functions are traced, and what their traces show."""

from datetime import datetime

from checks.errors import LogsError
from checks.judge.thresholds import Environment
from checks.logs.window import Window
from checks.resources.observation import Observation


def observe(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look it up.

    Raises:
        LogsError: It could not be.
    """
    raise LogsError(f"{environment.name}: not looked up yet, {window.since}, {now}")
