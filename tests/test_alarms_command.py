"""`python -m checks alarms`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from checks.__main__ import main
from tests.alarms.making import GROUP, LIMITS, SETTINGS, text
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.moto_server import moto

NAME: Final = "websocket-health-prod-gone.errors"


@pytest.fixture(name="cloudwatch")
def _cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an account that has the log group, and nothing else."""
    with moto(monkeypatch):
        boto3.client("logs").create_log_group(logGroupName=GROUP)
        yield boto3.client("cloudwatch")


def alarms(folder: Path, *options: str, limits: str = LIMITS, settings: str = SETTINGS) -> int:
    file = folder / "thresholds.yaml"
    file.write_text(text(limits, settings), encoding="utf-8")
    return main(["alarms", "-E", "prod", "--thresholds", str(file), *options])


def names(cloudwatch: Any) -> list[str]:
    return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]


def filters() -> list[str]:
    return [one["filterName"] for one in boto3.client("logs").describe_metric_filters()["metricFilters"]]


def test_it_prints_a_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without asking AWS for anything; what is not watched is a note beside it."""
    assert alarms(tmp_path) == 0
    told = capsys.readouterr()
    kinds = [resource["Type"] for resource in json.loads(told.out)["Resources"].values()]
    assert (kinds.count("AWS::Logs::MetricFilter"), kinds.count("AWS::CloudWatch::Alarm")) == (4, 5)
    assert told.err == (
        "NOTE: gone.connection_rate is not watched: it tells of whole connections, and a metric filter sees one line "
        "at a time\n"
    )


def test_taught_patterns_are_not_in_filters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are of another language than CloudWatch's, and a note says so."""
    file = tmp_path / "thresholds.yaml"
    file.write_text(f"{text('gone.errors: 5')}\nsignals: {{gone: {{left: 'no such peer'}}}}\n", encoding="utf-8")
    assert main(["alarms", "-E", "prod", "--thresholds", str(file)]) == 0
    assert capsys.readouterr().err == "NOTE: metric filters know nothing of what is taught under `signals`: gone\n"


def test_what_it_applies_is_there(tmp_path: Path, cloudwatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """It shows what it is going to create first; the second time there is nothing to do."""
    limits = "gone.errors: 5"
    assert alarms(tmp_path, "--apply", limits=limits) == 0
    assert capsys.readouterr().out.splitlines() == [
        "eu-west-1:",
        f"  + metric filter websocket-health-prod-gone on {GROUP}",
        f"  + alarm {NAME}",
        "  = 0 unchanged",
        "done: 2 created, 0 changed, 0 deleted",
    ]
    assert names(cloudwatch) == [NAME]
    assert alarms(tmp_path, "--apply", limits=limits) == 0
    assert capsys.readouterr().out.splitlines() == ["eu-west-1:", "  = 2 unchanged", "nothing to do"]


def test_every_kind_of_alarm_comes_back_as_it_was_put(
    tmp_path: Path, cloudwatch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sums, shares, percentiles and silence."""
    limits = f"{LIMITS}api.latency_p95_seconds: 1s\ndata.events: {{min: 1}}\n"
    alarms(tmp_path, "--apply", limits=limits)
    capsys.readouterr()
    assert alarms(tmp_path, "--apply", limits=limits) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing to do"
    assert len(names(cloudwatch)) == 7


def test_it_changes_what_is_otherwise(tmp_path: Path, cloudwatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Field by field, whether the limit changed or somebody's hand."""
    alarms(tmp_path, "--apply", limits="gone.errors: 5")
    cloudwatch.disable_alarm_actions(AlarmNames=[NAME])
    capsys.readouterr()
    assert alarms(tmp_path, "--apply", limits="gone.errors: 7") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1] == f"  ~ alarm {NAME}"
    assert {"      ActionsEnabled: false → true", "      Threshold: 5.0 → 7.0"} <= set(told)
    assert told[-1] == "done: 0 created, 1 changed, 0 deleted"
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (alarm["Threshold"], alarm["ActionsEnabled"]) == (7, True)


def test_it_deletes_only_what_it_made(tmp_path: Path, cloudwatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither alarms of others under a name like its own, nor those of an environment whose name begins the same."""
    alarms(tmp_path, "--apply", limits="gone.errors: 5\nwelcome.failed: 5")
    [ours] = cloudwatch.describe_alarms(AlarmNames=[NAME])["MetricAlarms"]
    kept = ("websocket-health-prod-eu-gone.errors", "websocket-health-prod-mine", "websocket-health-prod-welcome.sent")
    for name in kept:
        asked = {key: ours[key] for key in ("MetricName", "Namespace", "Period", "Statistic", "Threshold")}
        comparison = {"ComparisonOperator": ours["ComparisonOperator"], "EvaluationPeriods": 1}
        cloudwatch.put_metric_alarm(AlarmName=name, AlarmDescription="mine", **asked, **comparison)
    capsys.readouterr()
    assert alarms(tmp_path, "--apply", limits="welcome.failed: 5") == 0
    assert f"  - alarm {NAME}" in capsys.readouterr().out.splitlines()
    assert set(names(cloudwatch)) == {*kept, "websocket-health-prod-welcome.failed"}
    assert filters() == ["websocket-health-prod-welcome_failed"]


def test_it_overwrites_nobody_elses(tmp_path: Path, cloudwatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An alarm of the same name that somebody else made stops it before anything is done."""
    alarms(tmp_path, "--apply", limits="gone.errors: 5")
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    known = ("AlarmName", "MetricName", "Namespace", "Period", "Statistic", "ComparisonOperator", "EvaluationPeriods")
    cloudwatch.put_metric_alarm(**{key: alarm[key] for key in known}, Threshold=1, AlarmDescription="mine")
    capsys.readouterr()
    assert alarms(tmp_path, "--apply", limits="gone.errors: 5\nwelcome.failed: 5") == 12
    assert capsys.readouterr().err == (
        f"ERROR: alarm {NAME} in eu-west-1: it was not made by these checks, and so is left alone; rename or delete "
        "it, then run again\n"
    )
    assert names(cloudwatch) == [NAME]


@pytest.mark.usefixtures("cloudwatch")
def test_log_groups_by_pattern_and_in_two_regions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """AWS is asked which there are; each region has a template of its own, and --apply does all."""
    boto3.client("logs", region_name="us-east-1").create_log_group(logGroupName="chat")
    settings = SETTINGS.replace(GROUP, "['/aws/lambda/*', {name: chat, region: us-east-1}]")
    assert alarms(tmp_path, limits="gone.errors: 5", settings=settings) == 4
    assert capsys.readouterr().err == (
        "ERROR: 'prod' is in these regions: eu-west-1, us-east-1; choose one with --region\n"
    )
    assert alarms(tmp_path, "--region", "eu-west-1", limits="gone.errors: 5", settings=settings) == 0
    assert f'"LogGroupName": "{GROUP}"' in capsys.readouterr().out
    assert alarms(tmp_path, "--apply", limits="gone.errors: 5", settings=settings) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "done: 4 created, 0 changed, 0 deleted"
    assert alarms(tmp_path, "--apply", "--region", "us-east-1", limits="gone.errors: 7", settings=settings) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "done: 0 created, 1 changed, 0 deleted"


def test_a_log_group_that_takes_no_filters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The class INFREQUENT_ACCESS has none."""
    with reached(monkeypatch, Group(GROUP, log_class="INFREQUENT_ACCESS")):
        assert alarms(tmp_path, "--apply") == 12
    assert capsys.readouterr().err.startswith(
        f"ERROR: log group {GROUP} in us-east-1: it is of class INFREQUENT_ACCESS, "
    )


@pytest.mark.usefixtures("cloudwatch")
def test_a_log_group_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest name is told."""
    assert alarms(tmp_path, "--apply", settings=SETTINGS.replace(GROUP, f"{GROUP}s")) == 12
    assert f"the nearest names: {GROUP}" in capsys.readouterr().err


@pytest.mark.usefixtures("cloudwatch")
def test_no_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says where to set one."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert alarms(tmp_path, "--apply") == 12
    [line] = capsys.readouterr().err.splitlines()
    assert "no AWS region is named" in line


def test_a_permission_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names it."""
    behaviour = Behaviour(denied=("DescribeMetricFilters",))
    with reached(monkeypatch, Group(GROUP), behaviour=behaviour):
        assert alarms(tmp_path, "--apply") == 12
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("ERROR: metric filters in us-east-1: access denied: logs:DescribeMetricFilters is missing")


def test_an_environment_without_alarms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in the configuration, with what to write."""
    assert alarms(tmp_path, limits="gone.errors: 5", settings=f"log_group: {GROUP}\n") == 4
    assert capsys.readouterr().err == (
        "ERROR: 'prod' has no 'alarms': write `alarms: {actions: [ARN]}` there, or in defaults\n"
    )
