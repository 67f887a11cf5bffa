"""The fields of thresholds.yaml: how each text is parsed and checked."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from checks.config.environment import Source as LogSource
from checks.config.limit import OnInconclusive as Policy
from checks.metrics import METRICS, Unit
from checks.text import unknown_name
from checks.units import NOTATIONS, parse_quantity
from checks.window import EXPIRY_PATTERN, parse_expiry

PatternCheck: TypeAlias = Callable[[str], str | None]
"""Why the engine that will run a pattern refuses it, or None where it accepts it.

RE2's syntax is not Python's, so only the engine can tell what is a pattern, and which one matches the empty text and so
every line. It refuses both.
"""

ID_GROUP: Final = "connection_id"

# One token at a time, so that an escaped or a bracketed parenthesis is not taken for a group.
_TOKEN: Final = re.compile(
    r"""
      \\Q.*?(?:\\E|$)                                  # quoted text
    | \\.                                              # an escaped character
    | \[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]            # a bracket expression
    | (?P<group>\((?:\?P<(?P<name>\w+)>|(?!\?)))        # the beginning of a group that captures
    """,
    re.VERBOSE | re.DOTALL,
)


def check_usable(pattern: str, refusal: PatternCheck) -> str:
    """The pattern, if the engine can use it.

    Raises:
        ValueError: It can't; the message is meant for the person who wrote it.
    """
    if reason := refusal(pattern):
        raise ValueError(f"{pattern!r} can't be used: {reason}")
    return pattern


def check_pattern(pattern: str, refusal: PatternCheck) -> str:
    """The pattern, if it can tell a signal and its connection.

    Raises:
        ValueError: It can't; the message is meant for the person who wrote it.
    """
    check_usable(pattern, refusal)
    names = [token["name"] for token in _TOKEN.finditer(pattern) if token["group"]]
    for name in names:
        if name is None:
            raise ValueError(f"{pattern!r} has a group without a name; write (?:…), or (?P<{ID_GROUP}>…) for the id")
        if name != ID_GROUP:
            raise ValueError(f"{pattern!r} names the group {name!r}; only {ID_GROUP!r} means something")
    if len(names) > 1:
        raise ValueError(f"{pattern!r} has {len(names)} groups {ID_GROUP!r}; which is the id?")
    return pattern


_FOUND: Final = {dict: "a mapping", list: "a list", type(None): "nothing"}

_ENVIRONMENT_NAME: Final = "^[a-z0-9-]+$"

_FLAGS: Final = {"true": True, "false": False}

_PLACEHOLDER: Final = "{environment}"

_IN_GROUP_NAMES: Final = "a-zA-Z0-9._/#*-"

_REDACTION_NAME: Final = "^[a-z0-9-]+$"

_FUNCTION_NAME: Final = "^[a-zA-Z0-9_-]+$"

_NAME_WITH_PLACEHOLDER: Final = r"^(?:[a-zA-Z0-9_-]|\{environment\})+$"

_API_ID: Final = "^[a-z0-9]+$"

_ARN: Final = "^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$"

_REGION: Final = "^[a-z]{2,}(-[a-z]+)+-[0-9]$"  # us-east-1, us-gov-west-1, eusc-de-east-1

FUNCTION_EXAMPLE: Final = "{name: chat-handler, region: eu-west-1}"

FUNCTION_NAME_SCHEMA: Final[JsonSchemaValue] = {"type": "string", "pattern": _NAME_WITH_PLACEHOLDER}

GROUP_EXAMPLE: Final = "{name: /aws/lambda/chat, region: eu-west-1}"

GROUP_NAME_SCHEMA: Final[JsonSchemaValue] = {
    "type": "string",
    "pattern": rf"^(?!arn:)(?:[{_IN_GROUP_NAMES}]|\{{environment\}})+$",
}


def but_found(value: object) -> str:
    """What stands in the file, for an error's text."""
    return _FOUND.get(type(value)) or repr(value)


def mapping(value: object) -> object:
    """A value that has to hold keys."""
    if isinstance(value, dict):
        return value
    hint = "; an empty one is written {}" if value is None else ""
    raise ValueError(f"found {but_found(value)}, expected a mapping{hint}")


def sequence(value: object) -> object:
    """A value that has to be a list."""
    if isinstance(value, list):
        return value
    raise ValueError(f"found {but_found(value)}, expected a list; an empty one is written []")


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
        raise ValueError(f"found {but_found(value)}, expected a single value")
    return value


def _quantity(value: object, unit: Unit) -> float:
    return parse_quantity(_text(value), unit)


def _sample_size(value: object) -> int:
    size = int(_quantity(value, Unit.COUNT))
    if size == 0:
        raise ValueError("'0' is too few: nothing follows from an empty sample")
    return size


def _word(value: object, known: tuple[str, ...]) -> str:
    if (text := _text(value)) not in known:
        raise ValueError(unknown_name("value", text, known))
    return text


def _flag(value: object) -> bool:
    if (text := _text(value)) not in _FLAGS:
        raise ValueError(unknown_name("value", text, _FLAGS))
    return _FLAGS[text]


def _line(value: object) -> str:
    """A text for people; the lines of a longer one become one, for that is what a sentence has room for."""
    if words := _text(value).split():
        return " ".join(words)
    raise ValueError(f"found {value!r}, expected a few words")


def _metric(text: str) -> str:
    if text not in METRICS:
        raise ValueError(unknown_name("metric", text, METRICS))
    return text


def _until(text: str) -> str:
    parse_expiry(text)
    return text


def _new_limit(value: object, info: ValidationInfo[Any]) -> float:
    """The metric tells the unit; where that is unknown, this is the smaller problem."""
    metric = info.data.get("metric")
    return _quantity(value, METRICS[metric].unit) if metric else 0.0


def group_name(text: str) -> str:
    """The name of a log group, or a pattern for several."""
    if text.startswith("arn:"):
        raise ValueError(f"{text!r} is an ARN; give the name and the region instead, as {GROUP_EXAMPLE}")
    for placeholder in re.findall(r"\{[^{}]*\}|[{}]", text):
        if placeholder != _PLACEHOLDER:
            raise ValueError(f"{text!r} holds {placeholder!r}; the only placeholder is {_PLACEHOLDER!r}")
    if wrong := re.search(f"[^{_IN_GROUP_NAMES}]", text.replace(_PLACEHOLDER, "")):
        allowed = "letters from a to z, digits, any of . - _ / # and, for any characters, *"
        raise ValueError(f"{text!r} holds {wrong[0]!r}; a log group's name has {allowed}")
    return text


def in_environment(name: str, environment: str) -> str:
    """The name that a log group, a function or a stage has in an environment."""
    return name.replace(_PLACEHOLDER, environment)


def function_name(text: str) -> str:
    """The name of a Lambda function."""
    if not re.fullmatch(_NAME_WITH_PLACEHOLDER, text):
        raise ValueError(
            f"{text!r} is no name of a function; it has letters from a to z, digits, hyphens and underscores, and no "
            f"ARN is taken: give the region beside it, as {FUNCTION_EXAMPLE}"
        )
    return text


def _stage_name(text: str) -> str:
    if not re.fullmatch(_NAME_WITH_PLACEHOLDER, text):
        raise ValueError(f"{text!r} is no name of a stage; it has letters from a to z, digits, hyphens and underscores")
    return text


def _api_id(text: str) -> str:
    if not re.fullmatch(_API_ID, text):
        raise ValueError(f"{text!r} is no id of an API; it is what its URL begins with, such as a1b2c3d4e5")
    return text


def _arn(text: str) -> str:
    if not re.fullmatch(_ARN, text):
        raise ValueError(f"{text!r} is no ARN; write one such as arn:aws:sns:eu-west-1:123456789012:on-call")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(_REGION, text):
        raise ValueError(f"{text!r} is no AWS region; write one such as eu-west-1")
    return text


def _growth(value: object) -> float:
    """A ratio that may be more than the whole: 200% is three times as much as before."""
    text = _text(value)
    if not re.fullmatch(NOTATIONS[Unit.RATE].pattern, text):
        raise ValueError(f"{text!r} is no growth; write one such as 50% or 200%")
    return float(Decimal(text.rstrip("% ")) / (100 if text.endswith("%") else 1))


def _floor(value: object) -> int:
    cases = int(_quantity(value, Unit.COUNT))
    if cases == 0:
        raise ValueError("'0' more are no increase; write 1 or a larger number")
    return cases


def _price(value: object) -> float:
    text = _text(value)
    if not re.fullmatch(NOTATIONS[Unit.AVERAGE].pattern, text):
        raise ValueError(f"{text!r} is no price; write US dollars per GB, such as 0.005 or 0")
    return float(text)


def _environment_name(name: str) -> str:
    if not re.fullmatch(_ENVIRONMENT_NAME, name):
        raise ValueError(f"{name!r} is no name for an environment; use lower-case letters, digits and hyphens")
    return name


def _pattern(text: str, info: ValidationInfo[Any]) -> str:
    return check_pattern(text, info.context)


def _redaction(text: str, info: ValidationInfo[Any]) -> str:
    return check_usable(text, info.context)


def _redaction_name(name: str) -> str:
    if not re.fullmatch(_REDACTION_NAME, name):
        raise ValueError(f"{name!r} is no name for what is redacted; use lower-case letters, digits and hyphens")
    return name


Text: TypeAlias = Annotated[str, BeforeValidator(_text)]

GroupName: TypeAlias = Annotated[Text, AfterValidator(group_name), WithJsonSchema(GROUP_NAME_SCHEMA)]

FunctionName: TypeAlias = Annotated[Text, AfterValidator(function_name), WithJsonSchema(FUNCTION_NAME_SCHEMA)]

Alias: TypeAlias = Annotated[
    Text, AfterValidator(function_name), WithJsonSchema({"type": "string", "pattern": _FUNCTION_NAME})
]

StageName: TypeAlias = Annotated[Text, AfterValidator(_stage_name), WithJsonSchema(FUNCTION_NAME_SCHEMA)]

ApiId: TypeAlias = Annotated[Text, AfterValidator(_api_id), WithJsonSchema({"type": "string", "pattern": _API_ID})]

Arn: TypeAlias = Annotated[Text, AfterValidator(_arn), WithJsonSchema({"type": "string", "pattern": _ARN})]

Region: TypeAlias = Annotated[
    str | None,
    BeforeValidator(_text),
    AfterValidator(_region),
    WithJsonSchema({"type": "string", "pattern": _REGION}),
]

Source: TypeAlias = Annotated[LogSource, BeforeValidator(partial(_word, known=get_args(LogSource)))]

Price: TypeAlias = Annotated[float, BeforeValidator(_price), WithJsonSchema(quantity_schema(Unit.AVERAGE))]

Seconds: TypeAlias = Annotated[
    float, BeforeValidator(partial(_quantity, unit=Unit.SECONDS)), WithJsonSchema(quantity_schema(Unit.SECONDS))
]

OnInconclusive: TypeAlias = Annotated[Policy, BeforeValidator(partial(_word, known=get_args(Policy)))]

OwnPolicy: TypeAlias = Annotated[
    Policy | None,
    BeforeValidator(partial(_word, known=get_args(Policy))),
    WithJsonSchema({"type": "string", "enum": list(get_args(Policy))}),
]

Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag)]

Line: TypeAlias = Annotated[str, BeforeValidator(_line), WithJsonSchema({"type": "string", "minLength": 1})]

MetricName: TypeAlias = Annotated[
    Text, AfterValidator(_metric), WithJsonSchema({"type": "string", "enum": list(METRICS)})
]

Until: TypeAlias = Annotated[
    Text, AfterValidator(_until), WithJsonSchema({"type": "string", "pattern": EXPIRY_PATTERN})
]

NewLimit: TypeAlias = Annotated[
    float | None, BeforeValidator(_new_limit), WithJsonSchema({"type": ["number", "string"], "minimum": 0})
]

SampleSize: TypeAlias = Annotated[
    int,
    BeforeValidator(_sample_size),
    WithJsonSchema({**quantity_schema(Unit.COUNT), "minimum": 1}),
]

Growth: TypeAlias = Annotated[
    float | None,
    BeforeValidator(_growth),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "pattern": NOTATIONS[Unit.RATE].pattern}),
]

Floor: TypeAlias = Annotated[
    int, BeforeValidator(_floor), WithJsonSchema({**quantity_schema(Unit.COUNT), "minimum": 1})
]

EnvironmentName: TypeAlias = Annotated[
    str, AfterValidator(_environment_name), WithJsonSchema({"type": "string", "pattern": _ENVIRONMENT_NAME})
]

Redactions: TypeAlias = Annotated[
    dict[
        Annotated[
            str,
            AfterValidator(_redaction_name),
            WithJsonSchema({"type": "string", "pattern": _REDACTION_NAME}),
        ],
        Annotated[Text, AfterValidator(_redaction)],
    ],
    BeforeValidator(mapping),
]

Patterns: TypeAlias = Annotated[dict[str, Annotated[Text, AfterValidator(_pattern)]], BeforeValidator(mapping)]
