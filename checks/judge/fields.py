"""The values of thresholds.yaml: what each text has to be, and what it becomes."""

import re
from functools import partial
from typing import Annotated, Any, Final, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from checks.analysis.metrics import Unit
from checks.judge.patterns import check_pattern
from checks.judge.problems import unknown
from checks.judge.quantity import NOTATIONS, read
from checks.judge.verdict import OnInconclusive as Policy

_FOUND: Final = {dict: "a mapping", list: "a list", type(None): "nothing"}
_ENVIRONMENT_NAME: Final = "^[a-z0-9-]+$"


def found(value: object) -> str:
    """What stands in the file, for an error's text."""
    return _FOUND.get(type(value)) or repr(value)


def mapping(value: object) -> object:
    """A value that has to hold keys."""
    if isinstance(value, dict):
        return value
    hint = "; an empty one is written {}" if value is None else ""
    raise ValueError(f"found {found(value)}, expected a mapping{hint}")


def quantity_schema(unit: Unit) -> JsonSchemaValue:
    """What an editor accepts for a quantity: a bare number is a number to it, one with a unit is a text."""
    number = "integer" if unit is Unit.COUNT else "number"
    end = {"maximum": 1} if unit is Unit.RATE else {}
    return {"type": [number, "string"], "minimum": 0, **end, "pattern": NOTATIONS[unit].pattern}


def quantity(unit: Unit) -> Any:
    """The type of a field that holds a quantity."""
    return Annotated[float, BeforeValidator(partial(_quantity, unit=unit)), WithJsonSchema(quantity_schema(unit))]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"found {found(value)}, expected a single value")
    return value


def _quantity(value: object, unit: Unit) -> float:
    return read(_text(value), unit)


def _sample_size(value: object) -> int:
    size = int(_quantity(value, Unit.COUNT))
    if size == 0:
        raise ValueError("'0' is too few: nothing follows from an empty sample")
    return size


def _policy(value: object) -> str:
    if (text := _text(value)) not in get_args(Policy):
        raise ValueError(unknown("value", text, get_args(Policy)))
    return text


def _log_group(text: str) -> str:
    for placeholder in re.findall(r"\{[^{}]*\}|[{}]", text):
        if placeholder != "{environment}":
            raise ValueError(f"{text!r} holds {placeholder!r}; the only placeholder is '{{environment}}'")
    return text


def _environment_name(name: str) -> str:
    if not re.fullmatch(_ENVIRONMENT_NAME, name):
        raise ValueError(f"{name!r} is no name for an environment; use lower-case letters, digits and hyphens")
    return name


def _pattern(text: str, info: ValidationInfo[Any]) -> str:
    return check_pattern(text, info.context)


Text: TypeAlias = Annotated[str, BeforeValidator(_text)]
LogGroup: TypeAlias = Annotated[Text, AfterValidator(_log_group)]
Seconds: TypeAlias = Annotated[
    float, BeforeValidator(partial(_quantity, unit=Unit.SECONDS)), WithJsonSchema(quantity_schema(Unit.SECONDS))
]
OnInconclusive: TypeAlias = Annotated[Policy, BeforeValidator(_policy)]
SampleSize: TypeAlias = Annotated[
    int,
    BeforeValidator(_sample_size),
    WithJsonSchema({**quantity_schema(Unit.COUNT), "minimum": 1}),
]
EnvironmentName: TypeAlias = Annotated[
    str, AfterValidator(_environment_name), WithJsonSchema({"type": "string", "pattern": _ENVIRONMENT_NAME})
]
Patterns: TypeAlias = Annotated[dict[str, Annotated[Text, AfterValidator(_pattern)]], BeforeValidator(mapping)]
