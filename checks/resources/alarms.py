"""CloudWatch alarms: whether those that the limits call for exist, and what state they are in."""

from checks.errors import LogsError
from checks.judge.thresholds import Environment
from checks.logs.window import Window
from checks.resources.observation import Observation


def observe(environment: Environment, window: Window) -> Observation:
    """Look it up.

    Raises:
        LogsError: It could not be.
    """
    raise LogsError(f"{environment.name}: not looked up yet, {window.since}")
