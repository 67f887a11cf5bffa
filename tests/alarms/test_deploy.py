"""What distinguishes what is there from what is wanted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from checks.alarms.deploy import difference
from checks.alarms.plan import plan_alarms
from checks.alarms.resource import Kind, Resource
from tests.alarms.making import environment


def resources(folder: Path, limits: str = "welcome.failure_rate: 5%") -> tuple[Resource, ...]:
    return plan_alarms(environment(folder, limits)).resources


def alarm_with(folder: Path, **settings: Any) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
    """What is wanted, and the same with some of an alarm's settings otherwise."""
    asked = resources(folder, "gone.errors: 5")
    *filters, alarm = asked
    return asked, (*filters, replace(alarm, settings={**alarm.settings, **settings}))


def test_what_is_as_it_should_be(tmp_path: Path) -> None:
    """Neither the order of what CloudWatch lists, nor fields that hold nothing, nor 5.0 for 5 are a difference."""
    *filters, alarm = resources(tmp_path)
    metrics = [{**query, "Label": None} for query in reversed(alarm.settings["Metrics"])]
    answered = {**alarm.settings, "Metrics": metrics, "InsufficientDataActions": [], "Dimensions": []}
    found = difference((*filters, alarm), (replace(alarm, settings=answered), *filters))
    assert found.unchanged == (*filters, alarm)
    assert not any([found.missing, found.changed, found.unwanted, found.foreign])


def test_what_is_otherwise_is_told_field_by_field(tmp_path: Path) -> None:
    """The old value, then the new one."""
    [change] = difference(*alarm_with(tmp_path, Threshold=7.0, AlarmActions=[], Unit="Count")).changed
    assert change.fields == (
        'AlarmActions: none → ["arn:aws:sns:eu-west-1:123456789012:on-call"]',
        "Threshold: 7.0 → 5.0",
        'Unit: "Count" → none',
    )


def test_a_reworded_pattern_is_a_difference(tmp_path: Path) -> None:
    """A filter is compared like an alarm."""
    asked = resources(tmp_path, "gone.errors: 5")
    found = replace(asked[0], settings={**asked[0].settings, "filterPattern": "ERROR"})
    [change] = difference(asked, (found, asked[1])).changed
    assert change.wanted.kind is Kind.FILTER
    assert change.fields[0].startswith('filterPattern: "ERROR" → "%')


def test_what_is_missing_and_what_is_wanted_no_more(tmp_path: Path) -> None:
    """Each is named."""
    asked, there = resources(tmp_path, "gone.errors: 5"), resources(tmp_path)
    found = difference(asked, there)
    assert (found.missing, found.unwanted) == (asked, there)


def test_what_somebody_else_made(tmp_path: Path) -> None:
    """It is not compared, and where it is not wanted, not even seen."""
    asked, there = alarm_with(tmp_path, AlarmDescription="mine", Threshold=1)
    found = difference(asked, there)
    assert [one.kind for one in found.foreign] == [Kind.ALARM]
    assert not found.changed
    assert not difference((), there[1:]).unwanted
