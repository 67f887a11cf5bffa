"""What distinguishes the filters and alarms that are there from those that are wanted."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.resources.alarms.resource import Resource


@dataclass(frozen=True, slots=True)
class Change:
    """A filter or an alarm that is there, but set otherwise.

    Attributes:
        wanted: As it should be.
        fields: What is otherwise, each as `Threshold: 400 → 500`.
    """

    wanted: Resource
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What would make one out of the other, in one region.

    Attributes:
        missing: Wanted, and not there.
        changed: Wanted, and there, but set otherwise.
        unwanted: There, made by these checks, and wanted no more.
        unchanged: Wanted, and there.
        foreign: There under a name that is wanted, but not made by these checks.
    """

    missing: tuple[Resource, ...]
    changed: tuple[Change, ...]
    unwanted: tuple[Resource, ...]
    unchanged: tuple[Resource, ...]
    foreign: tuple[Resource, ...]


def difference(wanted: Iterable[Resource], existing: Iterable[Resource]) -> Difference:
    """Compare what is wanted in a region to what is there."""
    asked = {resource.key: resource for resource in wanted}
    there = {resource.key: resource for resource in existing}
    own = {key: resource for key, resource in there.items() if resource.is_own}
    changes = {key: _changes(own[key].settings, asked[key].settings) for key in asked.keys() & own.keys()}
    return Difference(
        missing=tuple(one for key, one in asked.items() if key not in there),
        changed=tuple(Change(one, changes[key]) for key, one in asked.items() if changes.get(key)),
        unwanted=tuple(one for key, one in own.items() if key not in asked),
        unchanged=tuple(one for key, one in asked.items() if key in own and not changes[key]),
        foreign=tuple(there[key] for key in asked if key in there and key not in own),
    )


def _changes(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[str, ...]:
    names = sorted(dict.fromkeys([*wanted, *found]), key="AlarmDescription".__eq__)  # it repeats the others
    values = {name: (_plain(found.get(name)), _plain(wanted.get(name))) for name in names}
    return tuple(f"{name}: {_shown(old)} → {_shown(new)}" for name, (old, new) in values.items() if old != new)


def _plain(value: Any) -> Any:
    """A setting without what says nothing: the order of a list, and empty fields."""
    if isinstance(value, Mapping):
        plain = {key: _plain(part) for key, part in value.items()}
        return {key: part for key, part in plain.items() if part not in (None, "", [], {})} or None
    if isinstance(value, list):
        return sorted(map(_plain, value), key=_shown) or None
    return value or None if isinstance(value, str) else value


def _shown(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
