"""Single values in thresholds.yaml: limits, names in AWS, words, texts, and patterns."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final, Self

from checks.config.fields import Kind, Schema, scalar
from checks.config.limit import Budget
from checks.config.signal_patterns import as_pattern, check_pattern
from checks.metrics import METRICS, OWN_NAME, Unit
from checks.text import unknown_name
from checks.units import NOTATIONS, PER_PERIOD, Period, parse_positive, parse_quantity
from checks.window import EXPIRY_PATTERN, parse_expiry


def matching(pattern: str, mistake: str, convert: Callable[[str], Any] = str, schema: Schema | None = None) -> Kind:
    """A text that matches a pattern.

    Args:
        pattern: The regular expression of the whole text, which JSON Schema has to understand, too.
        mistake: What any other text is, and what to write instead: `not an AWS region; write one such as eu-west-1`.
        convert: Makes the value from the text.
        schema: What else an editor accepts.
    """

    def parse(text: str) -> Any:
        if re.fullmatch(pattern, text):
            return convert(text)
        raise ValueError(f"{text!r} is {mistake}")

    return scalar(parse, {"type": "string", **(schema or {}), "pattern": pattern})


def choice(values: Mapping[str, Any], schema: Schema) -> Kind:
    """One of a few words that stand for values."""

    def parse(text: str) -> Any:
        if text in values:
            return values[text]
        raise ValueError(unknown_name("value", text, values))

    return scalar(parse, schema)


def word(words: Iterable[str]) -> Kind:
    """One of a few words."""
    return choice({text: text for text in words}, {"type": "string", "enum": list(words)})


FLAG: Final = choice({"true": True, "false": False}, {"type": "boolean"})


def _metric(text: str) -> str:
    if text in METRICS:
        return text
    raise ValueError(unknown_name("metric", text, METRICS))


OWN_METRIC: Final = rf"^own\.{OWN_NAME}$"
"""The names of a team's own metrics."""
METRIC: Final = scalar(_metric, {"type": "string", "anyOf": [{"enum": list(METRICS)}, {"pattern": OWN_METRIC}]})
TEXT: Final = scalar(str, {"type": "string"})


def _one_line(text: str) -> str:
    if words := text.split():
        return " ".join(words)
    raise ValueError("must not be empty")


LINE: Final = scalar(_one_line, {"type": "string", "minLength": 1})
"""A text for people; several lines become one, because a sentence has no room for more."""


def _namespace(text: str) -> str:
    name = _one_line(text)
    if name.startswith("AWS/") or re.search("[:*$]", name):
        raise ValueError(f"{name!r} is not a namespace for metrics; it can't begin with AWS/ or hold : * $")
    return name


NAMESPACE: Final = scalar(_namespace, {"type": "string", "pattern": "^(?!AWS/)[^:*$]+$"})
"""A namespace of CloudWatch for metrics of one's own."""


LAKE: Final = "s3://"
"""The beginning of a lake's place, which is a bucket and a prefix, not a file."""


def check_lake(place: str) -> str:
    """Return the place of a lake, or of files.

    Raises:
        ValueError: It is neither. The message quotes only the host of a URL: the rest may hold a secret.
    """
    if (url := re.match(r"(\w+)://[^/?#@]*(?=[/?#]|$)|(\w+)://", place)) and not place.startswith(LAKE):
        raise ValueError(
            f"{url[0]}… is neither a file nor a lake; download it, and name the file, or {LAKE}BUCKET/PREFIX"
        )
    if place.startswith("s3:") and not place.startswith(LAKE):
        raise ValueError(f"{place!r} is not a lake; did you mean {LAKE}{place.removeprefix('s3:').lstrip('/')}?")
    if place.startswith(LAKE) and not re.fullmatch(r"s3://[^\s/]+(?:/.*)?", place):
        raise ValueError(f"{place!r} names no bucket; write {LAKE}BUCKET/PREFIX")
    return place


LOGS: Final = scalar(check_lake, TEXT.schema)
"""A file, or a lake."""


def _date(text: str) -> str:
    parse_expiry(text)
    return text


DATE: Final = scalar(_date, {"type": "string", "pattern": EXPIRY_PATTERN})
_NUMBER: Final = {"type": ["number", "string"], "minimum": 0}
"""To an editor, a bare number is a number, and one with a unit is a string."""
ANY_NUMBER: Final = scalar(str, _NUMBER)
"""For an unknown metric, whose unit is unknown too; the metric is what gets reported."""


def quantity(unit: Unit) -> Kind:
    """A limit on a metric of a unit."""
    number = {"type": ["integer", "string"]} if unit is Unit.COUNT else {}
    end = {"maximum": 1} if unit is Unit.RATE else {}
    schema = {**_NUMBER, **number, **end, "pattern": NOTATIONS[unit].pattern}
    return scalar(lambda text: parse_quantity(text, unit), schema)


class PerPeriod(float):
    """A count in each hour or day."""

    period: Period

    def __new__(cls, number: float, period: Period) -> Self:
        """A count and its period."""
        made = super().__new__(cls, number)
        made.period = period
        return made


def _count(text: str) -> float:
    number, _, period = text.partition("/")
    if period and not re.fullmatch(PER_PERIOD, text):
        raise ValueError(f"{text!r} is not a count in a period; write one such as 200/day or 10/hour")
    count = parse_quantity(number, Unit.COUNT)
    return PerPeriod(count, Period(period)) if period else count


COUNT_PER_PERIOD: Final = scalar(_count, {**quantity(Unit.COUNT).schema, "pattern": PER_PERIOD})
"""A limit on a count that grows with the length of the window."""


def with_period(**values: Any) -> dict[str, Any]:
    """The numbers of a limit or a waiver, and the period that they share.

    Raises:
        ValueError: Their periods differ.
    """
    numbers = {side: values[side] for side in ("warn", "max", "min") if side in values}
    periods = {getattr(number, "period", None) for number in numbers.values()}
    if len(periods) > 1:
        raise ValueError(
            f"{' and '.join(map(repr, numbers))} are in different periods; write all of them per day, or none"
        )
    period = next(iter(periods), None)
    return {**values, **{side: float(number) for side, number in numbers.items()}, "per": period} if period else values


def positive(mistake: str) -> Kind:
    """A whole number, 1 or more; `mistake` says what is wrong with 0."""
    return scalar(partial(parse_positive, mistake=mistake), {**quantity(Unit.COUNT).schema, "minimum": 1})


GROWTH: Final = matching(
    NOTATIONS[Unit.RATE].pattern,
    "not an increase; write one such as 50% or 200%",
    lambda text: float(Decimal(text.rstrip("% ")) / (100 if text.endswith("%") else 1)),
    _NUMBER,
)
"""A ratio that may exceed 1: an increase of 200% is three times as much as before."""


def _budget(text: str) -> Budget:
    percent, _, days = text.partition("over")
    return Budget(float(Decimal(percent.strip(" %")) / 100), int(days.strip(" d")))


BUDGET: Final = matching(
    r"^[0-9]{1,2}(\.[0-9]+)?\s?% over [1-9][0-9]{0,2}d$",
    "not an error budget; write the share that has to be good, and over how many days: 99.5% over 30d",
    _budget,
)

PRICE: Final = matching(
    NOTATIONS[Unit.AVERAGE].pattern, "not a price; write US dollars per GB, such as 0.005 or 0", float, _NUMBER
)

_PLACEHOLDER: Final = "{environment}"
_WITH_PLACEHOLDER: Final = r"^(?:[a-zA-Z0-9_-]|\{environment\})+$"
_CHARACTERS: Final = "letters from a to z, digits, hyphens and underscores"
FUNCTION_EXAMPLE: Final = "{name: chat-handler, region: eu-west-1}"

FUNCTION_NAME: Final = matching(
    _WITH_PLACEHOLDER,
    f"not the name of a function; it has {_CHARACTERS}; for an ARN, give the name and the region beside it, as "
    f"{FUNCTION_EXAMPLE}",
)
PROBE_URL_PATTERN: Final = r"^wss?://[^\s?#@]+$"

PROBE_URL: Final = matching(
    PROBE_URL_PATTERN,
    "not a URL to open; write one such as wss://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod, without a query: "
    "what is secret comes from environment variables",
)

ALIAS: Final = matching("^[a-zA-Z0-9_-]+$", f"not an alias of a function; it has {_CHARACTERS}")
STAGE_NAME: Final = matching(_WITH_PLACEHOLDER, f"not the name of a stage; it has {_CHARACTERS}")
API_ID: Final = matching("^[a-z0-9]+$", "not the id of an API; it is what its URL begins with, such as a1b2c3d4e5")

ARN: Final = matching(
    "^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$",
    "not an ARN; write one such as arn:aws:sns:eu-west-1:123456789012:on-call",
)

REGION: Final = matching(  # us-east-1, us-gov-west-1, eusc-de-east-1
    "^[a-z]{2,}(-[a-z]+)+-[0-9]$", "not an AWS region; write one such as eu-west-1"
)

_IN_GROUP_NAMES: Final = "a-zA-Z0-9._/#*-"
GROUP_EXAMPLE: Final = "{name: /aws/lambda/chat, region: eu-west-1}"


def check_group_name(text: str) -> str:
    """Return the name of a log group.

    Raises:
        ValueError: It is not one.
    """
    if text.startswith("arn:"):
        raise ValueError(
            f"{text!r} is not the ARN of a log group; give its name and region, as {GROUP_EXAMPLE}, or an ARN such as "
            "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/chat"
        )
    for placeholder in re.findall(r"\{[^{}]*\}|[{}]", text):
        if placeholder != _PLACEHOLDER:
            raise ValueError(f"{text!r} holds {placeholder!r}; the only placeholder is {_PLACEHOLDER!r}")
    if wrong := re.search(f"[^{_IN_GROUP_NAMES}]", text.replace(_PLACEHOLDER, "")):
        allowed = "letters from a to z, digits, any of . - _ / # and, for any characters, *"
        raise ValueError(f"{text!r} holds {wrong[0]!r}; a log group's name has {allowed}")
    return text


_GROUP_PATTERN: Final = rf"(?:[{_IN_GROUP_NAMES}]|\{{environment\}})+"
GROUP_NAME: Final = scalar(check_group_name, {"type": "string", "pattern": f"^{_GROUP_PATTERN}$"})


_IN_ACCOUNT: Final = "arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:"


LOG_GROUP_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:logs:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):log-group:(?P<name>[^:]+)(?::\*)?"
)


GROUP: Final[Schema] = {"type": "string", "pattern": rf"^(?:{_IN_ACCOUNT})?{_GROUP_PATTERN}(?::\*)?$"}
"""What an editor accepts as a log group: its name, or its ARN if it is in a linked account."""

ACCOUNT: Final = matching(
    "^[0-9]{12}$", "not an AWS account; write its twelve digits in quotation marks: '123456789012'"
)


def in_environment(name: str, environment: str) -> str:
    """The name that a log group, a function or a stage has in an environment."""
    return name.replace(_PLACEHOLDER, environment)


PATTERN: Final = scalar(check_pattern, TEXT.schema)
SENTENCE: Final = scalar(as_pattern, TEXT.schema)
"""A log line, as a pattern or a template; either may mark the place of the connection's id."""
