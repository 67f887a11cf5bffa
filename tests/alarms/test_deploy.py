"""Deploying the alarms of an environment, tried on change sets of moto's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from checks.alarms.deploy import deploy_alarms
from checks.errors import ConfigError, SourceError
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, LIMITS, SETTINGS, environment

NAME: Final = "websocket-health-prod-gone.errors"


@pytest.fixture(name="cloudwatch")
def _cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with account(monkeypatch) as client:
        yield client


def deployed(folder: Path, limits: str, settings: str = SETTINGS, only: str | None = None) -> list[str]:
    """The lines that are printed."""
    return list(deploy_alarms(environment(folder, limits, settings), only))


def names(cloudwatch: Any) -> list[str]:
    return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]


def filters() -> list[str]:
    return [one["filterName"] for one in boto3.client("logs").describe_metric_filters()["metricFilters"]]


def test_alarms_are_created_changed_and_deleted(tmp_path: Path, cloudwatch: Any) -> None:
    """What the limits call for is there in the end; all changes are told first."""
    assert deployed(tmp_path, "gone.errors: 5") == [
        "eu-west-1: stack websocket-health-prod",
        f"  + metric filter websocket-health-prod-gone on {GROUP}",
        f"  + alarm {NAME}",
        "  = 0 unchanged",
        "done: 2 created, 0 changed, 0 deleted",
    ]
    assert (names(cloudwatch), filters()) == ([NAME], ["websocket-health-prod-gone"])
    assert deployed(tmp_path, "gone.errors: 5")[1:] == ["  = 2 unchanged", "nothing to do"]
    assert deployed(tmp_path, "gone.errors: 7")[1:] == [
        f"  ~ alarm {NAME}",
        "  = 1 unchanged",
        "done: 0 created, 1 changed, 0 deleted",
    ]
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["Threshold"] == 7
    assert deployed(tmp_path, "welcome.failed: 5")[-1] == "done: 2 created, 0 changed, 2 deleted"
    assert (names(cloudwatch), filters()) == (
        ["websocket-health-prod-welcome.failed"],
        ["websocket-health-prod-welcome_failed"],
    )


def test_every_kind_of_alarm_is_taken(tmp_path: Path, cloudwatch: Any) -> None:
    """Sums, shares, percentiles and silence."""
    limits = f"{LIMITS}api.latency_p95_seconds: 1s\ndata.events: {{min: 1}}\n"
    assert deployed(tmp_path, limits)[-1] == "done: 11 created, 0 changed, 0 deleted"
    assert len(names(cloudwatch)) == 7
    assert deployed(tmp_path, limits)[-1] == "nothing to do"


def test_alarms_of_others_stay(tmp_path: Path, cloudwatch: Any) -> None:
    """Neither those under a name like its own are deleted, nor those of an environment whose name begins the same."""
    deployed(tmp_path, "gone.errors: 5\nwelcome.failed: 5")
    others = (
        "websocket-health-prod-eu-gone.errors",
        "websocket-health-prod-mine",
        "websocket-health-prod-welcome.sent",
    )
    for name in others:
        put(cloudwatch, name)
    assert f"  - alarm {NAME}" not in deployed(tmp_path, "welcome.failed: 5")
    assert set(names(cloudwatch)) == {*others, "websocket-health-prod-welcome.failed"}


def test_nothing_of_others_is_overwritten(tmp_path: Path, cloudwatch: Any) -> None:
    """An alarm of a planned name that somebody else made stops it before anything is done."""
    put(cloudwatch, NAME)
    with pytest.raises(SourceError) as error:
        deployed(tmp_path, "gone.errors: 5\nwelcome.failed: 5")
    assert str(error.value) == (
        f"alarm {NAME} in eu-west-1: it was not made by these checks, and so is left alone; rename or delete it, then "
        "run again"
    )
    assert (names(cloudwatch), filters()) == ([NAME], [])


def put(cloudwatch: Any, name: str) -> None:
    metric = {"MetricName": "x", "Namespace": "x", "Period": 60, "Statistic": "Sum", "Threshold": 1.0}
    comparison = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmDescription="mine", **metric, **comparison)


@pytest.mark.usefixtures("cloudwatch")
def test_each_region_has_a_stack(tmp_path: Path) -> None:
    """With log groups by pattern and in two regions, AWS is asked which there are; `--region` names one of them."""
    boto3.client("logs", region_name="us-east-1").create_log_group(logGroupName="chat")
    settings = SETTINGS.replace(GROUP, "['/aws/lambda/*', {name: chat, region: us-east-1}]")
    lines = deployed(tmp_path, "gone.errors: 5", settings)
    assert [line for line in lines if not line.startswith(" ")] == [
        "eu-west-1: stack websocket-health-prod",
        "us-east-1: stack websocket-health-prod",
        "done: 4 created, 0 changed, 0 deleted",
    ]
    only = deployed(tmp_path, "gone.errors: 7", settings, only="us-east-1")
    assert (only[0], only[-1]) == (lines[4], "done: 0 created, 1 changed, 0 deleted")
    with pytest.raises(ConfigError, match="'prod' is in these regions: eu-west-1, us-east-1; choose one with --region"):
        deployed(tmp_path, "gone.errors: 7", settings, only="us-west-2")
