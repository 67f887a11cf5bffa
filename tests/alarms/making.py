"""Environments with alarms."""

from pathlib import Path
from textwrap import indent
from typing import Any, Final

from checks.alarms.plan import Resource, plan_alarms
from checks.config.environment import Environment
from checks.config.thresholds import load

GROUP: Final = "/aws/lambda/prod-chat-handler"

TOPIC: Final = "arn:aws:sns:eu-west-1:123456789012:on-call"

SETTINGS: Final = f"""\
log_group: {GROUP}
api: {{id: a1b2c3d4e5, stage: live}}
alarms: {{actions: [{TOPIC}]}}
"""

LIMITS: Final = """\
data.age_seconds: 1h
gone.errors: {warn: 5, max: 200}
gone.connection_rate: 5%
lifecycle.complete: {min: 1}
welcome.failure_rate: 2%
api.integration_errors: 5
"""


def text(limits: str = LIMITS, settings: str = SETTINGS) -> str:
    """Return a thresholds.yaml with one environment, `prod`."""
    return f"environments:\n  prod:\n{indent(settings, '    ')}    limits:\n{indent(limits, '      ')}"


def environment(folder: Path, limits: str = LIMITS, settings: str = SETTINGS) -> Environment:
    file = folder / "thresholds.yaml"
    file.write_text(text(limits, settings), encoding="utf-8")
    return load(file).environment("prod")


def alarms_of(folder: Path, limits: str, settings: str = SETTINGS) -> dict[str, dict[str, Any]]:
    """Return the properties of the alarms that limits call for, by metric."""
    resources = plan_alarms(environment(folder, limits, settings)).resources
    return {metric_of(one): dict(one.properties) for one in resources if not one.log_group}


def metric_of(alarm: Resource) -> str:
    return alarm.name.removeprefix("websocket-health-prod-")
