"""A document is held against the shape of thresholds.yaml; what doesn't fit is said in words, with its line."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from checks.judge.document import Node
from checks.judge.models import File, Limits, LogGroupModel, Signals, WaiverModel
from checks.judge.patterns import PatternCheck
from checks.judge.problems import Problem, unknown

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
        return Problem(node.key_line, unknown(noun, str(path[-1]), list(model.model_fields)))
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
