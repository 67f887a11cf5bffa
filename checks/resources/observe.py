"""Looks up all subjects outside the logs that have limits, side by side."""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial

from checks.config.environment import Environment
from checks.errors import SourceError
from checks.metrics import Subject
from checks.resources import api_gateway, xray
from checks.resources.alarm_states import observe_alarms
from checks.resources.observation import Observation, Observations
from checks.window import Window


def observe(subjects: Collection[Subject], environment: Environment, window: Window, now: datetime) -> Observations:
    """Observe the subjects outside the logs; one that can't be looked up leaves the others alone.

    Args:
        subjects: API, TRACING or ALARMS, which the environment names in AWS.
        environment: What thresholds.yaml says.
        window: The time that is judged.
        now: When the run began: the newest may still be on its way, and the oldest no longer kept.
    """
    observers: dict[Subject, Callable[[Environment, Window], Observation]] = {
        Subject.API: partial(api_gateway.observe_api, now=now),
        Subject.TRACING: partial(xray.observe_traces, now=now),
        Subject.ALARMS: observe_alarms,
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
