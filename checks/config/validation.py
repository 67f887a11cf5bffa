"""Validation of thresholds.yaml: a document is checked against the models, and between its parts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from checks.config.document import OFF, SOURCES, Node, Problem
from checks.config.fields import PatternCheck, in_environment
from checks.config.models import File, Limits, LogGroupModel, Signals, WaiverModel
from checks.metrics import METRICS, Subject
from checks.text import unknown_name

Path: TypeAlias = tuple[int | str, ...]

_KEY: Final = "[key]"
"""How pydantic ends a path that leads to a key, not to its value."""

_REQUIRED: Final[Mapping[type[BaseModel], str]] = {
    LogGroupModel: "a log group has a name, and perhaps a region",
    WaiverModel: "a waiver says metric, environment, reason, owner and until",
}
"""Nothing else in the file has keys that must be there."""

_NOUNS: Final[Mapping[type[BaseModel], str]] = {Limits: "metric", Signals: "signal kind"}


def validate(document: Node, pattern_check: PatternCheck) -> tuple[File | None, list[Problem]]:
    """The file, or all that is wrong with it."""
    try:
        return File.model_validate(document.plain(), context=pattern_check), []
    except ValidationError as error:
        return None, [_problem(detail, document) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, document: Node) -> Problem:
    path = detail["loc"]
    node = document.at(path)
    if detail["type"] == "extra_forbidden":
        model = _model_at(path[:-1])
        noun = _NOUNS.get(model, "key")
        return Problem(node.key_line, unknown_name(noun, str(path[-1]), list(model.model_fields)))
    if detail["type"] == "missing":
        required = _REQUIRED[_model_at(path[:-1])]
        return Problem(node.line, f"{_name(path[:-1])}: {str(path[-1])!r} is missing; {required}")
    # Every validator raises a ValueError with a sentence of its own: pydantic's wording is for programmers.
    sentence = str(detail["ctx"]["error"])
    if path and path[-1] == _KEY:
        return Problem(node.key_line, sentence)
    return Problem(node.line, f"{_name(path)}: {sentence}")


def _model_at(path: Path) -> type[BaseModel]:
    """The model of the mapping to which a path leads."""
    here: Any = File
    for step in path:
        here = get_args(here)[-1] if get_origin(here) in {dict, list} else here.model_fields[step].annotation
    return cast("type[BaseModel]", here)


def _name(path: Path) -> str:
    """What a value is called, as `gone.errors.max`; its section is left out, for the line tells that."""
    steps = [step for step in path if isinstance(step, str)] or ["the file"]
    return ".".join(steps[steps.index("limits") + 1 :] or steps[-1:]) if "limits" in steps else steps[-1]


RESOURCES: Final[Mapping[Subject, str]] = {
    Subject.API: "api",
    Subject.TRACING: "function",
    Subject.ALARMS: "alarms",
}
"""The key that names what a subject outside the logs is about."""


def check_sources(inherited: Node) -> Iterator[Problem]:
    """What is wrong with where the logs are: an environment has one source, neither two nor none."""
    environments = inherited.get("environments").items
    for section in (inherited.get("defaults"), *environments.values()):
        if section.items.keys() >= SOURCES:
            yield Problem(section.get("logs").key_line, "'logs' and 'log_group' exclude each other; keep one of them")
    for name, environment in environments.items():
        if isinstance(environment.value, dict) and not environment.items.keys() & {*SOURCES, "function"}:
            needed = "a 'log_group', a 'logs' file, or a 'function' that knows where it logs"
            yield Problem(environment.key_line, f"{name!r} has no logs: it needs {needed}")


def check_log_groups(inherited: Node) -> Iterator[Problem]:
    """What is wrong between the log groups of an environment: each is named once."""
    yield from _named_twice(inherited.get("defaults"), None)
    for name, environment in inherited.get("environments").items.items():
        yield from _named_twice(environment, name)


def _named_twice(section: Node, environment: str | None) -> Iterator[Problem]:
    """The groups that stand here already; in an environment, some are only the same once its name is filled in."""
    lines: dict[tuple[str, str | None], int] = {}
    for group in section.get("log_group").elements:
        name, region = (group.get("name") if group.items else group).value, group.get("region").value
        if not name or not isinstance(name, str) or not isinstance(region, str | None):
            continue
        key = (in_environment(name, environment) if environment else name, region)
        if key in lines:
            yield Problem(group.line, f"log_group: {name!r} is named already, on line {lines[key]}")
        else:
            lines[key] = group.line


def check_resources(root: Node) -> Iterator[Problem]:
    """What is wrong with limits on what is not named: whoever writes `api.connects` says which API.

    Those that `defaults` shares hold in the environments that name it, and in no other.

    Args:
        root: The file as written: what an environment inherits is not its own.
    """
    shared = root.get("defaults").items.keys()
    for name, environment in root.get("environments").items.items():
        for metric, limit in environment.get("limits").items.items():
            key = RESOURCES.get(METRICS[metric].subject) if metric in METRICS else None
            if key and limit.value != OFF and key not in environment.items.keys() | shared:
                yield Problem(limit.key_line, f"{metric}: {name!r} has no {key!r}, so there is nothing to measure")


def check_increases(root: Node) -> Iterator[Problem]:
    """What is wrong with limits on an increase: only what logs tell of two times can be compared, in proportion."""
    for section in (root.get("defaults"), *root.get("environments").items.values()):
        for metric, limit in section.get("limits").items.items():
            if "max_increase" in limit.items and metric in METRICS and not METRICS[metric].is_comparable:
                place = limit.get("max_increase").key_line
                yield Problem(place, f"{metric}: it can't be compared with a baseline, so it takes no 'max_increase'")


def check_waivers(inherited: Node) -> Iterator[Problem]:
    """What is wrong with where waivers apply: in a known environment, each once, and the way that its limit goes."""
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
            yield from _check_direction(waiver, environments[environment].get("limits").get(metric))


def _check_direction(waiver: Node, limit: Node) -> Iterator[Problem]:
    for side, other in (("max", "min"), ("min", "max")):
        if side in waiver.items and other in limit.items:
            line = waiver.get(side).key_line
            yield Problem(line, f"a {side!r} can't take the place of a {other!r}; the limit has one direction")
