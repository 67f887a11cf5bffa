"""Whole runs that check the alarms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from checks.__main__ import main
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, SETTINGS, text
from tests.health_run import HealthRun, health_run

WATCHED: Final = "gone.errors: 5\nwelcome.failure_rate: 5%\n"
LIMITS: Final = f"""{WATCHED}\
alarms.missing: 0
alarms.different: 0
alarms.without_actions: 0
alarms.in_alarm: 0
alarms.without_data: 0
"""
GONE: Final = "websocket-health-prod-gone.errors"


@pytest.fixture(name="cloudwatch")
def _cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with account(monkeypatch) as client:
        yield client


def thresholds(pytester: pytest.Pytester, limits: str = LIMITS) -> Path:
    file = pytester.path / "limits.yaml"
    file.write_text(text(limits, SETTINGS), encoding="utf-8")
    return file


def applied(pytester: pytest.Pytester, limits: str = LIMITS) -> None:
    """Deploy the alarms that earlier limits called for."""
    file = thresholds(pytester, limits)
    assert main(["alarms", "-E", "prod", "--apply", "--thresholds", str(file)]) == 0


def run(pytester: pytest.Pytester) -> HealthRun:
    return health_run(pytester, "--thresholds", thresholds(pytester), "-A", "alarms", environment="prod")


def findings(run: HealthRun, metric: str) -> list[str]:
    [sentences] = [check["findings"] for check in run.result["checks"] if check["id"] == metric]
    return list(sentences)


@pytest.mark.usefixtures("cloudwatch")
def test_all_is_well(pytester: pytest.Pytester) -> None:
    """The alarms that the limits call for exist, notify somebody and are quiet."""
    applied(pytester)
    done = run(pytester)
    assert done.code == 0
    assert set(done.verdicts.values()) == {"pass"}


def test_alarms_differ_and_one_went_off(pytester: pytest.Pytester, cloudwatch: Any) -> None:
    """A limit was changed and another dropped; the finding says since when an alarm fires, and why."""
    applied(pytester, WATCHED.replace("errors: 5", "errors: 7") + "welcome.sent: {min: 1}\n")
    reason = "Threshold Crossed: <b>1</b> datapoint"
    cloudwatch.set_alarm_state(AlarmName=GONE, StateValue="ALARM", StateReason=reason)
    done = run(pytester)
    assert done.value("alarms.different") == 2
    changed, dropped = findings(done, "alarms.different")
    assert changed.startswith(f"alarm {GONE} in eu-west-1: Threshold: 7.0 → 5.0; AlarmDescription: ")
    assert dropped == "alarm websocket-health-prod-welcome.sent in eu-west-1: no limit calls for it any more"
    assert changed in done.html.replace("&#34;", '"')
    assert (done.code, done.verdicts["alarms.in_alarm"]) == (1, "fail")
    [finding] = findings(done, "alarms.in_alarm")
    assert finding.startswith(f"alarm {GONE} in eu-west-1: ALARM since 20")
    assert finding.endswith(f" UTC: {reason}")
    assert reason not in done.html


def test_an_alarm_knows_nothing_yet(pytester: pytest.Pytester, cloudwatch: Any) -> None:
    """An alarm without data is inconclusive, which is not a verdict on the service."""
    applied(pytester)
    cloudwatch.set_alarm_state(AlarmName=GONE, StateValue="INSUFFICIENT_DATA", StateReason="new")
    done = run(pytester)
    assert (done.code, done.verdicts["alarms.without_data"]) == (11, "inconclusive")
    assert done.verdicts["alarms.in_alarm"] == "pass"


def test_alarms_cannot_be_looked_up(pytester: pytest.Pytester, cloudwatch: Any) -> None:
    """Without the log group, the verdict is an error."""
    boto3.client("logs").delete_log_group(logGroupName=GROUP)
    done = run(pytester)
    assert cloudwatch
    assert (done.code, set(done.verdicts.values())) == (12, {"error"})
    assert f"there is no log group {GROUP} in eu-west-1" in done.sentences["alarms.missing"]
