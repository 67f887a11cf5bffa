"""Cross-checks of thresholds.yaml: contradictions between parts that are each valid by themselves."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.config.document import OFF, SOURCES, Node, Problem, Value
from checks.config.scalars import LAKE, in_environment
from checks.metrics import METRICS, UNIT_EXAMPLES, Definition, Subject, Unit
from checks.text import unknown_name

RESOURCES: Final[Mapping[Subject, str]] = {
    Subject.API: "api",
    Subject.TRACING: "function",
    Subject.ALARMS: "alarms",
}
"""The key that names the resource of a subject outside the logs."""


def crosscheck(root: Node, inherited: Node) -> Iterator[Problem]:
    """Yield all contradictions between parts of the file, both as written and as environments inherit them."""
    yield from _check_sources(inherited)
    yield from _check_log_groups(inherited)
    yield from _check_waivers(inherited)
    yield from _check_resources(root)
    yield from _check_increases(root)
    yield from _check_own(root)
    yield from _check_sentences(root)


def _sections(root: Node) -> tuple[Node, ...]:
    """The defaults and all environments."""
    return root.get("defaults"), *root.get("environments").items.values()


def _limits(root: Node) -> Iterator[tuple[Definition, Node]]:
    """All limits in the file on known metrics."""
    for section in _sections(root):
        for metric, limit in section.get("limits").items.items():
            if metric in METRICS:
                yield METRICS[metric], limit


def _check_sentences(root: Node) -> Iterator[Problem]:
    """`sentences: signals` needs sentences that are taught under `signals`."""
    for section in _sections(root):
        known = section.get("sentences")
        if known.value == "signals" and not root.get("signals").items:
            yield Problem(known.line, "sentences: there are no 'signals'; teach some, or leave this out")


def _check_sources(inherited: Node) -> Iterator[Problem]:
    """An environment has exactly one source of logs, except that a lake may have a log group beside it."""
    for section in _sections(inherited):
        if section.items.keys() >= SOURCES and not str(section.get("logs").value).startswith(LAKE):
            yield Problem(section.get("logs").key_line, "'logs' and 'log_group' exclude each other; keep one of them")
    for name, environment in inherited.get("environments").items.items():
        if isinstance(environment.value, dict) and not environment.items.keys() & {*SOURCES, "function"}:
            needed = "a 'log_group', a 'logs' file, or a 'function' that knows where it logs"
            yield Problem(environment.key_line, f"{name!r} has no logs: it needs {needed}")


def _check_log_groups(inherited: Node) -> Iterator[Problem]:
    """An environment names each log group once; some names become the same only when the environment is filled in."""
    sections = {"{environment}": inherited.get("defaults"), **inherited.get("environments").items}
    for environment, section in sections.items():
        lines: dict[tuple[str, str | None], int] = {}
        groups = section.get("log_group")
        for group in groups.elements or [groups]:
            name, region = (group.get("name") if group.items else group).value, group.get("region").value
            if not name or not isinstance(name, str) or not isinstance(region, str | None):
                continue
            key = (in_environment(name, environment), region)
            if key in lines:
                yield Problem(group.line, f"log_group: {name!r} is named already, on line {lines[key]}")
            lines.setdefault(key, group.line)


def _check_resources(root: Node) -> Iterator[Problem]:
    """Limits need the resource that they are about: an environment with `api.connects` must name its API.

    Limits in `defaults` only hold in environments that name the resource, so this looks only at what an environment
    says itself.
    """
    shared = root.get("defaults").items.keys()
    for name, environment in root.get("environments").items.items():
        for metric, limit in environment.get("limits").items.items():
            key = RESOURCES.get(METRICS[metric].subject) if metric in METRICS else None
            if key and limit.value != OFF and key not in environment.items.keys() | shared:
                yield Problem(limit.key_line, f"{metric}: {name!r} has no {key!r}, so there is nothing to measure")


def _check_increases(root: Node) -> Iterator[Problem]:
    """Limits on an increase need a metric whose values at two times can be compared."""
    for metric, limit in _limits(root):
        if "max_increase" in limit.items and not metric.is_comparable:
            text = f"{metric.name}: it can't be compared with a baseline, so it takes no 'max_increase'"
            yield Problem(limit.get("max_increase").key_line, text)


def remarks(root: Node) -> Iterator[Problem]:
    """Yield what is allowed but may be a mistake: no environment, or a time without a unit, which is in seconds."""
    if not root.get("environments").items:
        yield Problem(1, "it has no environments, so a run has nothing to judge; `environments:` names them")
    for metric, limit in _limits(root):
        sides = limit.items or {"max": limit}
        for number in (sides[side] for side in ("warn", "max", "min") if side in sides):
            if metric.unit is Unit.SECONDS and _is_bare(number.value):
                text = f"{metric.name}: {number.value} has no unit and means {number.value} seconds"
                yield Problem(number.line, f"{text}; write {number.value}s, or {number.value}h for hours")


def _is_bare(value: Value) -> bool:
    """Whether a value is a number without a unit; 0 needs none."""
    return isinstance(value, str) and value[-1:].isdecimal() and value != "0"


def _check_own(root: Node) -> Iterator[Problem]:
    """A team's own metric states its unit twice: for readers of the file, and in its name for readers of a report."""
    for name, metric in root.get("own").items.items():
        unit = metric.get("unit")
        if (definition := METRICS.get(f"own.{name}")) and unit.value in set(Unit) - {definition.unit}:
            text = f"own.{name}: its name is that of a {definition.unit}; use names such as {UNIT_EXAMPLES}"
            yield Problem(unit.key_line, text)


def _check_waivers(inherited: Node) -> Iterator[Problem]:
    """A waiver is for a known environment, is the only one for its limit, and has the limit's direction and period."""
    environments = inherited.get("environments").items
    lines: dict[tuple[str, str], int] = {}
    for waiver in inherited.get("waivers").elements:
        metric, environment = waiver.get("metric").value, waiver.get("environment").value
        if not isinstance(metric, str) or not isinstance(environment, str):
            continue
        if environment not in environments:
            yield Problem(waiver.get("environment").line, unknown_name("environment", environment, environments))
        elif (metric, environment) in lines:
            first = lines[metric, environment]
            yield Problem(waiver.line, f"{metric} is waived in {environment!r} already, on line {first}")
        else:
            lines[metric, environment] = waiver.line
            yield from _check_waived(waiver, environments[environment].get("limits").get(metric))


def _check_waived(waiver: Node, limit: Node) -> Iterator[Problem]:
    """A waiver's number has the direction and the period of the limit's number that it replaces."""
    for side, other in (("max", "min"), ("min", "max")):
        number, line = str(waiver.get(side).value), waiver.get(side).key_line
        period, period_of_limit = number.partition("/")[2], str(limit.get(side).value).partition("/")[2]
        if side in waiver.items and other in limit.items:
            yield Problem(line, f"a {side!r} can't take the place of a {other!r}; the limit has one direction")
        if side in waiver.items and side in limit.items and period != period_of_limit:
            right = f"a count in each {period_of_limit}" if period_of_limit else "a count without a period"
            yield Problem(line, f"{side} {number!r}: write {right}, as the limit is")
