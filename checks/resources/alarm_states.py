"""The states of the planned alarms: which exist, differ, lack actions, or are in alarm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.alarms.deploy import AlarmState, Current, Difference, difference, look_up_current
from checks.alarms.plan import plan_alarms, regions
from checks.alarms.resource import Kind, Region, Resource, with_single_groups
from checks.config.environment import Environment
from checks.metrics import Metric
from checks.resources.observation import Observation
from checks.window import Window


@dataclass(frozen=True, slots=True)
class _AlarmComparison:
    """What was found in a region.

    Attributes:
        wanted: The filters and alarms that should be there.
        existing: Those that are.
    """

    wanted: tuple[Resource, ...]
    existing: Current

    @property
    def difference(self) -> Difference:
        return difference(self.wanted, self.existing.resources)

    @property
    def alarms(self) -> Iterator[tuple[Resource, AlarmState]]:
        """The alarms of these checks that are there and wanted, and their states."""
        asked = {resource.key for resource in self.wanted}
        for resource in self.existing.resources:
            if resource.kind is Kind.ALARM and resource.is_own and resource.key in asked:
                yield resource, self.existing.states[resource.name]


def observe_alarms(environment: Environment, _: Window) -> Observation:
    """Look at the alarms as they are now, whatever the window.

    Raises:
        SourceError: AWS can't be asked.
    """
    there = with_single_groups(environment)
    plan = plan_alarms(there)
    everywhere = [
        _AlarmComparison(plan.within(region), look_up_current(Region.named(region), there.name))
        for region in regions(there)
    ]
    findings = {
        f"alarms.{name}": tuple(sentence for found in everywhere for sentence in tell(found))
        for name, tell in {
            "missing": _missing,
            "different": _different,
            "without_actions": _without_actions,
            "in_alarm": _in_alarm,
            "without_data": _without_data,
        }.items()
    }
    metrics = tuple(Metric(name, len(told)) for name, told in findings.items())
    return Observation(metrics, findings, tuple(_notes(plan.left_out)))


def _missing(found: _AlarmComparison) -> Iterator[str]:
    for resource in found.difference.missing:
        if resource.kind is Kind.ALARM:
            yield f"{_named(resource)} does not exist"


def _different(found: _AlarmComparison) -> Iterator[str]:
    """One sentence each; a filter is a part of what alarms watch."""
    told = found.difference
    for change in told.changed:
        yield f"{_named(change.wanted)}: {'; '.join(change.fields)}"
    for resource in told.foreign:
        yield f"{_named(resource)} was not made by these checks"
    for resource in told.missing:
        if resource.kind is Kind.FILTER:
            yield f"{_named(resource)} does not exist, so its alarms count nothing"
    for resource in told.unwanted:
        yield f"{_named(resource)}: no limit calls for it any more"


def _without_actions(found: _AlarmComparison) -> Iterator[str]:
    for resource, _ in found.alarms:
        if not resource.settings.get("AlarmActions"):
            yield f"{_named(resource)} has no actions"
        elif not resource.settings.get("ActionsEnabled"):
            yield f"{_named(resource)} has actions, but they are turned off"


def _in_alarm(found: _AlarmComparison) -> Iterator[str]:
    yield from _in_state(found, "ALARM")


def _without_data(found: _AlarmComparison) -> Iterator[str]:
    yield from _in_state(found, "INSUFFICIENT_DATA")


def _in_state(found: _AlarmComparison, value: str) -> Iterator[str]:
    for resource, state in found.alarms:
        if state.value == value:
            yield f"{_named(resource)}: {value} since {state.since:%Y-%m-%d %H:%M:%S} UTC: {state.reason}"


def _named(resource: Resource) -> str:
    return f"{resource.title} in {resource.region}"


def _notes(left_out: Mapping[str, str]) -> Iterator[str]:
    if left_out:
        yield f"no alarm can watch, so only runs do: {', '.join(left_out)}; `python -m checks alarms` says why"
