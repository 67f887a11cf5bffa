"""The states of the planned alarms: which exist, differ from the limits, lack actions, or are in alarm."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from checks.alarms.current import current_alarms, with_existing_groups
from checks.alarms.plan import ALARM, Resource, plan_alarms, regions
from checks.config.environment import Environment
from checks.metrics import METRICS, Metric, Subject
from checks.places import COMMAND
from checks.resources import Observation
from checks.text import utc
from checks.window import Window


def observe_alarms(environment: Environment, _: Window) -> Observation:
    """Observe the alarms as they are now, whatever the window.

    They are compared with the limits property by property, not by their stack: somebody may deploy the template in a
    stack of their own, and drift detection takes minutes.
    """
    environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    sentences: dict[str, list[str]] = {name: [] for name in _METRICS}
    for region in regions(environment):
        for name, sentence in findings(plan.within(region), current_alarms(region, environment.name)):
            sentences[name].append(sentence)
    note = f"only runs watch these, because no alarm can: {', '.join(plan.left_out)}; `{COMMAND} alarms` says why"
    return Observation(
        metrics=tuple(Metric(name, len(those)) for name, those in sentences.items()),
        findings={name: tuple(those) for name, those in sentences.items()},
        notes=(note,) if plan.left_out else (),
    )


_METRICS: Final = [name for name, metric in METRICS.items() if metric.subject is Subject.ALARMS]
_STATES: Final = {"ALARM": "alarms.in_alarm", "INSUFFICIENT_DATA": "alarms.without_data"}
"""The metrics that count alarms in a state."""


def findings(planned: Sequence[Resource], current: Sequence[Resource]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the alarms of a region: the metric that counts it, and a sentence.

    Args:
        planned: The filters and alarms that the limits call for.
        current: Those that exist; a filter is a part of what its alarms watch.
    """
    plans, existing = {resource.title: resource for resource in planned}, {resource.title for resource in current}
    for resource in current:
        title, plan = _title(resource), plans.get(resource.title)
        if plan is None and resource.is_own:
            yield "alarms.different", f"{title}: no limit calls for it any more"
        elif plan is not None and not resource.is_own:
            yield "alarms.different", f"{title} was not made by these checks"
        elif plan is not None:
            if changes := changed_properties(resource.properties, plan.properties):
                yield "alarms.different", f"{title}: {'; '.join(changes)}"
            yield from _findings_of_alarm(resource, title) if resource.kind == ALARM else ()
    for resource in planned:
        if resource.title not in existing and resource.kind == ALARM:
            yield "alarms.missing", f"{_title(resource)} does not exist"
        elif resource.title not in existing:
            yield "alarms.different", f"{_title(resource)} does not exist, so its alarms count nothing"


def _findings_of_alarm(alarm: Resource, title: str) -> Iterator[tuple[str, str]]:
    """Yield a finding if an alarm notifies nobody, and one if it is in a state that somebody should know about."""
    if not alarm.properties.get("AlarmActions"):
        yield "alarms.without_actions", f"{title} has no actions"
    elif not alarm.properties.get("ActionsEnabled"):
        yield "alarms.without_actions", f"{title} has actions, but they are turned off"
    if (state := alarm.state) and state.value in _STATES:
        yield _STATES[state.value], f"{title}: {state.value} since {utc(state.since)}: {state.reason}"


def changed_properties(current: Mapping[str, Any], planned: Mapping[str, Any]) -> list[str]:
    """The properties that differ, each as `Threshold: 400 → 500`.

    The order of lists, empty fields, and 5.0 in place of 5 make no difference.
    """
    names = sorted(dict.fromkeys([*planned, *current]), key="AlarmDescription".__eq__)  # it repeats the others
    values = {name: (_plain(current.get(name)), _plain(planned.get(name))) for name in names}
    return [f"{name}: {_json(old)} → {_json(new)}" for name, (old, new) in values.items() if old != new]


def _plain(value: Any) -> Any:
    """A property with its lists sorted, and without empty fields."""
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
