"""The states of the planned alarms: which exist, differ from the limits, lack actions, or are in alarm."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from msgspec import Struct

from checks.alarms.current import current_alarms, with_existing_groups
from checks.alarms.plan import ALARM, FILTER, Resource, plan_alarms, regions
from checks.config.environment import Environment
from checks.metrics import Metric
from checks.resources import Observation
from checks.text import utc
from checks.window import Window


def observe_alarms(environment: Environment, _: Window) -> Observation:
    """Observe the alarms as they are now, whatever the window.

    They are compared with the limits property by property, and not by their stack, for a template may be deployed by
    somebody's own stack, and drift detection needs one that is known, and minutes.

    Raises:
        SourceError: A call of AWS failed.
    """
    environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    everywhere = [
        AlarmComparison(plan.within(region), current_alarms(region, environment.name))
        for region in regions(environment)
    ]
    findings = {
        f"alarms.{name}": tuple(sentence for comparison in everywhere for sentence in find(comparison))
        for name, find in _FINDERS.items()
    }
    metrics = tuple(Metric(name, len(sentences)) for name, sentences in findings.items())
    note = f"no alarm can watch, so only runs do: {', '.join(plan.left_out)}; `python -m checks alarms` says why"
    return Observation(metrics, findings, (note,) if plan.left_out else ())


class AlarmComparison(Struct, frozen=True):
    """The filters and alarms of a region that the limits call for, and those that exist."""

    planned: tuple[Resource, ...]
    current: tuple[Resource, ...]

    def missing(self) -> Iterator[str]:
        """A sentence on each alarm that does not exist."""
        for resource in self._nonexistent:
            if resource.kind == ALARM:
                yield f"{_title(resource)} does not exist"

    def different(self) -> Iterator[str]:
        """A sentence on each resource that is not as planned; a filter is a part of what its alarms watch."""
        planned = {resource.title: resource for resource in self.planned}
        for resource in self.current:
            plan = planned.get(resource.title)
            if plan is None and resource.is_own:
                yield f"{_title(resource)}: no limit calls for it any more"
            elif plan is not None and not resource.is_own:
                yield f"{_title(resource)} was not made by these checks"
            elif plan is not None and (changes := changed_properties(resource.properties, plan.properties)):
                yield f"{_title(resource)}: {'; '.join(changes)}"
        for resource in self._nonexistent:
            if resource.kind == FILTER:
                yield f"{_title(resource)} does not exist, so its alarms count nothing"

    def without_actions(self) -> Iterator[str]:
        """A sentence on each alarm that tells nobody."""
        for alarm in self._alarms:
            if not alarm.properties.get("AlarmActions"):
                yield f"{_title(alarm)} has no actions"
            elif not alarm.properties.get("ActionsEnabled"):
                yield f"{_title(alarm)} has actions, but they are turned off"

    def in_state(self, value: str) -> Iterator[str]:
        """A sentence on each alarm in a state."""
        for alarm in self._alarms:
            if (state := alarm.state) and state.value == value:
                yield f"{_title(alarm)}: {value} since {utc(state.since)}: {state.reason}"

    @property
    def _nonexistent(self) -> Iterator[Resource]:
        existing = {resource.title for resource in self.current}
        return (resource for resource in self.planned if resource.title not in existing)

    @property
    def _alarms(self) -> Iterator[Resource]:
        """The planned alarms that exist, as they are."""
        planned = {resource.title for resource in self.planned if resource.kind == ALARM}
        return (resource for resource in self.current if resource.is_own and resource.title in planned)


_FINDERS: Final[Mapping[str, Callable[[AlarmComparison], Iterator[str]]]] = {
    "missing": AlarmComparison.missing,
    "different": AlarmComparison.different,
    "without_actions": AlarmComparison.without_actions,
    "in_alarm": partial(AlarmComparison.in_state, value="ALARM"),
    "without_data": partial(AlarmComparison.in_state, value="INSUFFICIENT_DATA"),
}
"""By metric, without `alarms.`."""


def changed_properties(current: Mapping[str, Any], planned: Mapping[str, Any]) -> list[str]:
    """The properties that differ, each as `Threshold: 400 → 500`.

    Neither the order of lists, nor fields that hold nothing, nor 5.0 for 5 make a difference.
    """
    names = sorted(dict.fromkeys([*planned, *current]), key="AlarmDescription".__eq__)  # it repeats the others
    values = {name: (_plain(current.get(name)), _plain(planned.get(name))) for name in names}
    return [f"{name}: {_json(old)} → {_json(new)}" for name, (old, new) in values.items() if old != new]


def _plain(value: Any) -> Any:
    """A property without what says nothing: the order of a list, and empty fields."""
    if isinstance(value, Mapping):
        plain = {key: _plain(part) for key, part in value.items()}
        return {key: part for key, part in plain.items() if part not in (None, "", [], {})} or None
    if isinstance(value, list):
        return sorted(map(_plain, value), key=_json) or None
    return value or None if isinstance(value, str) else value


def _json(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _title(resource: Resource) -> str:
    return f"{resource.title} in {resource.region}"
