"""Environments have the values of thresholds.yaml, and defaults for the rest."""

import pytest

from checks.config.environment import Alarms, Api, Environment, Function, LogGroup
from tests.config.loading import Load


def test_what_is_not_said_has_a_default(load_text: Load) -> None:
    """The program chooses how to read log groups and knows a price, and too little evidence fails."""
    dev = load_text("environments: {dev: {log_group: x}}").environment("dev")
    assert dev == Environment(
        name="dev",
        log_groups=(LogGroup("x", None),),
        source="auto",
        insights_price=0.005,
        short_lived_seconds=5,
        on_inconclusive="fail",
        limits={},
        waivers={},
        signals={},
        redact={},
    )


def test_what_aws_knows_by_a_name_has_the_name_of_the_environment_in_it(load_text: Load) -> None:
    """Log groups, functions and stages do; an alias and an API's id are the same everywhere."""
    text = """\
    defaults:
      log_group: /aws/lambda/{environment}-chat
      function: [{name: 'chat-{environment}', alias: live, region: eu-west-1}, mail]
      api: {id: a1b2c3d4e5, stage: '{environment}'}
      alarms: {}
    environments: {dev: {}}
    """
    dev = load_text(text).environment("dev")
    assert dev.log_groups == (LogGroup("/aws/lambda/dev-chat"),)
    assert dev.functions == (Function("chat-dev", "live", "eu-west-1"), Function("mail"))
    assert (dev.api, dev.alarms) == (Api("a1b2c3d4e5", "dev"), Alarms((), "WebSocketHealth"))


def test_nothing_can_be_changed_afterwards(load_text: Load) -> None:
    """Code that holds an environment can rely on it."""
    dev = load_text("environments: {dev: {log_group: x, limits: {gone.errors: 5}}}").environment("dev")
    with pytest.raises(AttributeError):
        dev.name = "prod"  # type: ignore[misc]
    with pytest.raises(TypeError):
        dev.limits["gone.errors"] = dev.limits["gone.errors"]  # type: ignore[index]
