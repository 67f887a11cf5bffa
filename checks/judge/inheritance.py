"""What an environment says and what it inherits from `defaults`, made one."""

from typing import Final

from checks.judge.document import Node

OFF: Final = "off"
"""In place of a limit, this drops the inherited one. It is a word because an empty value may be an accident."""

SOURCES: Final = frozenset({"log_group", "logs"})
"""The keys that say where the logs are; an environment has one of them, or a `function` that knows where it logs."""


_LISTS: Final = ("log_group", "function")
"""Keys whose list may be written as its one element."""


def inherit(root: Node) -> Node:
    """The same file with limits and log groups in their long form, and in each environment all that it inherits.

    What is inherited keeps its lines, so that whatever is wrong with it is reported where it stands.
    """
    defaults = _long_form(root.get("defaults"))
    environments = root.get("environments")
    complete = {name: _with_defaults(_long_form(own), defaults) for name, own in environments.items.items()}
    return root.replace({"defaults": defaults, "environments": environments.replace(complete)})


def _long_form(section: Node) -> Node:
    """A section in which `metric: 5%` reads `metric: {max: 5%}`, and `log_group: x` reads `log_group: [x]`."""
    limits = section.get("limits")
    long = {
        metric: Node({"max": limit}, limit.line, limit.key_line)
        for metric, limit in limits.items.items()
        if isinstance(limit.value, str) and limit.value != OFF
    }
    lists = {key: _listed(section.get(key)) for key in _LISTS}
    return section.replace({"limits": limits.replace(long), **lists})


def _listed(node: Node) -> Node:
    return node if isinstance(node.value, list) else Node([node], node.line, node.key_line)


def _with_defaults(own: Node, defaults: Node) -> Node:
    if not isinstance(own.value, dict):
        return own
    overruled = SOURCES if own.items.keys() & SOURCES else frozenset()
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
