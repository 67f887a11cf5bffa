"""The states of the alarms, and how they differ from what the limits call for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from msgspec.structs import replace

from checks.alarms.deploy import deploy_alarms
from checks.alarms.plan import AlarmState, Resource, plan_alarms
from checks.resources.alarm_states import changed_properties, findings, observe_alarms
from checks.window import Window
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, SETTINGS, environment

GONE = "alarm websocket-health-prod-gone.errors in eu-west-1"
FILTER = f"metric filter websocket-health-prod-gone on {GROUP} in eu-west-1"
SINCE = datetime(2026, 6, 2, 8, 30, tzinfo=UTC)


def resources(folder: Path, limits: str = "gone.errors: 5") -> tuple[Resource, ...]:
    settings = SETTINGS.replace(f"log_group: {GROUP}", f"log_group: {{name: {GROUP}, region: eu-west-1}}")
    return plan_alarms(environment(folder, limits, settings)).resources


def sentences(
    planned: tuple[Resource, ...], current: tuple[Resource, ...], state: str = "OK", reason: str = ""
) -> dict[str, list[str]]:
    """Return the sentences by metric, if the existing alarms are in one state; metrics without any are left out."""
    known = AlarmState(state, SINCE, reason)
    states = (None if resource.log_group else known for resource in current)
    current = tuple(replace(resource, state=one) for resource, one in zip(current, states, strict=True))
    texts: dict[str, list[str]] = {}
    for name, sentence in findings(planned, current):
        texts.setdefault(name.removeprefix("alarms."), []).append(sentence)
    return texts


def with_alarm(folder: Path, **properties: Any) -> tuple[Resource, ...]:
    """Return the filter, and the alarm with some other properties."""
    metric_filter, alarm = resources(folder)
    return metric_filter, replace(alarm, properties={**alarm.properties, **properties})


def test_all_is_as_planned(tmp_path: Path) -> None:
    """There is nothing to report."""
    assert sentences(resources(tmp_path), resources(tmp_path)) == {}


def test_each_difference_has_a_sentence(tmp_path: Path) -> None:
    """A filter is a part of what its alarms watch."""
    planned = resources(tmp_path)
    metric_filter, alarm = planned
    reworded = replace(metric_filter, properties={**metric_filter.properties, "FilterPattern": "ERROR"})
    other = resources(tmp_path, "welcome.failed: 5")
    changed_pattern = sentences(planned, (reworded, alarm))["different"]
    assert [line.partition("ERROR")[0] for line in changed_pattern] == [f'{FILTER}: FilterPattern: "']
    table: list[tuple[tuple[Resource, ...], dict[str, list[str]]]] = [
        (
            (),
            {
                "missing": [f"{GONE} does not exist"],
                "different": [f"{FILTER} does not exist, so its alarms count nothing"],
            },
        ),
        (with_alarm(tmp_path, Threshold=7.0), {"different": [f"{GONE}: Threshold: 7.0 → 5.0"]}),
        (
            (*planned, *other),
            {
                "different": [
                    f"{FILTER.replace('gone', 'welcome_failed')}: no limit calls for it any more",
                    f"{GONE.replace('gone.errors', 'welcome.failed')}: no limit calls for it any more",
                ]
            },
        ),
        (
            with_alarm(tmp_path, AlarmDescription="mine", Threshold=1, AlarmActions=[]),
            {"different": [f"{GONE} was not made by these checks"]},
        ),
        (
            with_alarm(tmp_path, AlarmActions=[]),
            {
                "different": [f'{GONE}: AlarmActions: none → ["arn:aws:sns:eu-west-1:123456789012:on-call"]'],
                "without_actions": [f"{GONE} has no actions"],
            },
        ),
        (
            with_alarm(tmp_path, ActionsEnabled=False),
            {
                "different": [f"{GONE}: ActionsEnabled: false → true"],
                "without_actions": [f"{GONE} has actions, but they are turned off"],
            },
        ),
    ]
    wrong = [current for current, expected in table if sentences(planned, current) != expected]
    assert not wrong


def test_alarms_of_others_are_not_even_seen(tmp_path: Path) -> None:
    """This holds for alarms whose names are not planned."""
    mine = with_alarm(tmp_path, AlarmDescription="mine")[1:]
    assert sentences((), mine, "ALARM") == {}


@pytest.mark.parametrize(("state", "metric"), [("ALARM", "in_alarm"), ("INSUFFICIENT_DATA", "without_data")])
def test_a_state_with_its_reason(tmp_path: Path, state: str, metric: str) -> None:
    """It also has its start."""
    texts = sentences(resources(tmp_path), resources(tmp_path), state, "Threshold Crossed")
    assert texts == {metric: [f"{GONE}: {state} since 2026-06-02 08:30:00 UTC: Threshold Crossed"]}


def test_what_makes_no_difference(tmp_path: Path) -> None:
    """The order of CloudWatch's lists, empty fields, and 5.0 for 5 are ignored."""
    *_, alarm = resources(tmp_path, "welcome.failure_rate: 5%")
    metrics = [{**query, "Label": None} for query in reversed(alarm.properties["Metrics"])]
    current = {**alarm.properties, "Metrics": metrics, "InsufficientDataActions": [], "Dimensions": []}
    assert changed_properties(current, alarm.properties) == []
    assert changed_properties({"Threshold": 5.0}, {"Threshold": 5}) == []


def test_changed_properties() -> None:
    """The old value comes before the new one; the description is last, since it repeats the others."""
    current: dict[str, Any] = {"AlarmDescription": "a", "Threshold": 7.0, "AlarmActions": [], "Unit": "Count"}
    planned: dict[str, Any] = {"AlarmDescription": "b", "Threshold": 5.0, "AlarmActions": ["x"]}
    assert changed_properties(current, planned) == [
        "Threshold: 7.0 → 5.0",
        'AlarmActions: none → ["x"]',
        'Unit: "Count" → none',
        'AlarmDescription: "a" → "b"',
    ]


def test_all_metrics_are_observed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are of the deployed alarms, with a note on the limits that no alarm watches."""
    prod = environment(tmp_path, "gone.errors: 5\nwelcome.failure_rate: 5%\ngone.connection_rate: 5%")
    window = Window(SINCE, datetime.now(UTC))
    with account(monkeypatch) as cloudwatch:
        assert list(deploy_alarms(prod, None))[-1] == "done: 5 created, 0 changed, 0 deleted"
        cloudwatch.delete_alarms(AlarmNames=["websocket-health-prod-welcome.failure_rate"])
        cloudwatch.set_alarm_state(
            AlarmName="websocket-health-prod-gone.errors", StateValue="ALARM", StateReason="Threshold Crossed"
        )
        boto3.client("logs").delete_metric_filter(logGroupName=GROUP, filterName="websocket-health-prod-gone")
        observed = observe_alarms(prod, window)
    assert {metric.name: metric.value for metric in observed.metrics} == {
        "alarms.missing": 1,
        "alarms.different": 1,
        "alarms.without_actions": 0,
        "alarms.in_alarm": 1,
        "alarms.without_data": 0,
    }
    assert observed.findings["alarms.different"] == (f"{FILTER} does not exist, so its alarms count nothing",)
    assert observed.notes == (
        "only runs watch these, because no alarm can: gone.connection_rate; `websocket-health-checks alarms` says why",
    )
