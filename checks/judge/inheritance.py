"""What an environment says and what it inherits from `defaults`, made one."""

from collections.abc import Iterator
from typing import Final

from checks.judge.document import Node
from checks.judge.problems import Problem

OFF: Final = "off"
"""In place of a limit, this drops the inherited one. It is a word because an empty value may be an accident."""

_SOURCES: Final = frozenset({"log_group", "logs"})


def inherit(root: Node) -> Node:
    """The same file with every limit in its long form, and in each environment all that it inherits.

    What is inherited keeps its lines, so that whatever is wrong with it is reported where it stands.
    """
    defaults = _long_form(root.get("defaults"))
    environments = root.get("environments")
    complete = {name: _with_defaults(_long_form(own), defaults) for name, own in environments.items.items()}
    return root.replace({"defaults": defaults, "environments": environments.replace(complete)})


def check_sources(inherited: Node) -> Iterator[Problem]:
    """What is wrong with where the logs are: an environment has one source, neither two nor none."""
    environments = inherited.get("environments").items
    for section in (inherited.get("defaults"), *environments.values()):
        if section.items.keys() >= _SOURCES:
            yield Problem(section.get("logs").key_line, "'logs' and 'log_group' exclude each other; keep one of them")
    for name, environment in environments.items():
        if isinstance(environment.value, dict) and not environment.items.keys() & _SOURCES:
            yield Problem(environment.key_line, f"{name!r} has no logs: it needs a 'log_group' or a 'logs' file")


def _long_form(section: Node) -> Node:
    """A section in which `metric: 5%` reads `metric: {max: 5%}`."""
    limits = section.get("limits")
    long = {
        metric: Node({"max": limit}, limit.line, limit.key_line)
        for metric, limit in limits.items.items()
        if isinstance(limit.value, str) and limit.value != OFF
    }
    return section.replace({"limits": limits.replace(long)})


def _with_defaults(own: Node, defaults: Node) -> Node:
    if not isinstance(own.value, dict):
        return own
    overruled = _SOURCES if own.items.keys() & _SOURCES else frozenset()
    inherited = {key: node for key, node in defaults.items.items() if key not in overruled}
    both = {"limits": _merged_limits(own.get("limits"), defaults.get("limits"))} if "limits" in own.items else {}
    return Node({**inherited, **own.items, **both}, own.line, own.key_line)


def _merged_limits(own: Node, inherited: Node) -> Node:
    if not isinstance(own.value, dict):
        return own
    dropped = {metric for metric in inherited.items if own.get(metric).value == OFF}
    merged = {
        metric: Node({**inherited.get(metric).items, **limit.items}, limit.line, limit.key_line)
        for metric, limit in own.items.items()
        if isinstance(limit.value, dict)
    }
    limits = {**inherited.items, **own.items, **merged}
    return Node({metric: limit for metric, limit in limits.items() if metric not in dropped}, own.line, own.key_line)
