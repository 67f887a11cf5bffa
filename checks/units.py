"""Quantities as people write and read them: `5%`, `2h`, `1,234`."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from typing import Final

from msgspec import Struct

from checks.metrics import Unit

# At most 15 digits on each side: a float holds them all, so what is compared is what was written.
_NUMBER: Final = r"(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?"


class Scale(Struct, frozen=True):
    """A scale on which quantities are shown, and its size; it is used from `least` of it upwards: `36 h`, `2 days`."""

    symbol: str
    size: Decimal
    least: int = 1

    def fits(self, amount: Decimal) -> bool:
        """Whether an amount is large enough to be shown on this scale."""
        return amount >= self.size * self.least


class Notation(Struct, frozen=True):
    """The notation of a unit: how its quantities are written and shown.

    Attributes:
        noun: What such a quantity is called, with its article.
        example: What to write instead, for an error's text.
        pattern: The whole text of a quantity, as a regular expression that JSON Schema understands too.
        scales: The scales that it may be shown in, largest first.
        decimals: How many decimals people need to see; more are shown only if fewer would mislead.
    """

    noun: str
    example: str
    pattern: str
    scales: tuple[Scale, ...] = (Scale("", Decimal(1)),)
    decimals: int = 0


NOTATIONS: Final[Mapping[Unit, Notation]] = {
    Unit.COUNT: Notation("a count", "a whole number such as 0 or 12", r"^(?:0|[1-9][0-9]{0,14})$"),
    Unit.RATE: Notation(
        "a rate",
        "a share such as 5% or 0.05",
        rf"^{_NUMBER} ?%?$",
        scales=(Scale(" %", Decimal("0.01")),),
        decimals=1,
    ),
    Unit.SECONDS: Notation(
        "a duration",
        "a time such as 500ms, 30s, 20m or 2h",
        rf"^{_NUMBER} ?(?:ms|s|m|h|d)?$",
        scales=(
            Scale(" days", Decimal(86400), least=2),
            Scale(" h", Decimal(3600)),
            Scale(" min", Decimal(60)),
            Scale(" s", Decimal(1)),
        ),
        decimals=1,
    ),
    Unit.AVERAGE: Notation("an average", "a number such as 0.5 or 3", rf"^{_NUMBER}$", decimals=2),
}


class Period(StrEnum):
    """A period to which a limit on a count applies, whatever the length of the window: `200/day`."""

    HOUR = "hour"
    DAY = "day"

    @property
    def seconds(self) -> float:
        """Its length."""
        return 86400.0 if self is Period.DAY else 3600.0


PER_PERIOD: Final = rf"^(?:0|[1-9][0-9]{{0,14}})(?:/(?:{'|'.join(Period)}))?$"
"""A count, or one in each period, as a regular expression that JSON Schema understands too."""


_SUFFIXES: Final[Mapping[str, Decimal]] = {
    "": Decimal(1),
    "%": Decimal("0.01"),
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}

# Scalars to which YAML 1.1 and YAML 1.2 give different values: neither is guessed.
_TRAPS: Final[Mapping[str, str]] = {
    r"0[0-9].*": "a leading zero means octal to some YAML readers",
    r"[0-9]+(:[0-9]+)+": "colons mean base 60 to some YAML readers",
}


def parse_quantity(text: str, unit: Unit) -> float:
    """Parse a quantity into the unit's own measure: a ratio, seconds, or the number itself.

    Raises:
        ValueError: The text is not a quantity of this unit; the message is meant for the person who wrote it.
    """
    notation = NOTATIONS[unit]
    if not re.fullmatch(notation.pattern, text):
        traps = " and ".join(why for pattern, why in _TRAPS.items() if re.fullmatch(pattern, text))
        raise ValueError(f"{text!r} is not {notation.noun}; {traps and f'{traps}, so '}write {notation.example}")
    number = text.rstrip("%msdh ")
    # In decimal: 0.1 / 100 in floats need not be the float nearest to 0.001, and 1 of 1,000 would be over 0.1 %.
    value = float(Decimal(number) * _SUFFIXES[text[len(number) :].strip()])
    if unit is Unit.RATE and value > 1:
        hint = "" if text.endswith("%") else f"; did you mean {text}%?"
        raise ValueError(f"{text!r} is too much: a rate is between 0 and 1{hint}")
    return value


def parse_positive(text: str, mistake: str = "is too few; write 1 or more") -> int:
    """Parse a whole number, 1 or more; `mistake` says what is wrong with 0.

    Raises:
        ValueError: The text is not one; the message is meant for the person who wrote it.
    """
    if number := int(parse_quantity(text, Unit.COUNT)):
        return number
    raise ValueError(f"'0' {mistake}")


_DURATION: Final = re.compile(rf"0*({_NUMBER})\s*(ms|s|m|h|d)")
"""A duration with its unit; where dates are allowed, a number alone would be a year."""


def is_duration(text: str) -> bool:
    """Whether a text on the command line is a duration, such as `20m`, and not a date or a file."""
    return _DURATION.fullmatch(text.strip()) is not None


def parse_duration(text: str) -> timedelta:
    """Parse a duration on the command line, such as `500ms`, `90s`, `20m`, `2h` or `3d`.

    Raises:
        ValueError: The text is not a duration, or the duration is longer than a timedelta can be.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration")
    number, unit = match.groups()
    try:
        return timedelta(seconds=float(Decimal(number) * _SUFFIXES[unit]))
    except OverflowError as error:
        raise ValueError(f"{text!r} is too long a duration") from error


def show_limit(value: float, unit: Unit) -> str:
    """A limit, exact, in the largest scale in which it is short: `2 h`, `1.25 %`, `1,000 s`."""
    exact = _decimal(value)
    *larger, smallest = NOTATIONS[unit].scales
    scale = next((s for s in larger if s.fits(exact) and exact / s.size == round(exact / s.size, 2)), smallest)
    return _text(exact / scale.size, scale)


def show_value(value: float, unit: Unit, limits: Collection[float] = ()) -> str:
    """A measured value, rounded, but never onto or across a limit, nor to 0 or 100 % unless it is exactly that."""
    if value in limits:
        return show_limit(value, unit)
    exact = _decimal(value)
    *larger, smallest = NOTATIONS[unit].scales
    scale = next((s for s in larger if s.fits(exact)), smallest)
    landmarks = [Decimal(0), *([Decimal(1)] if unit is Unit.RATE else []), *map(_decimal, limits)]
    rounded = (round(exact / scale.size, decimals) for decimals in count(NOTATIONS[unit].decimals))
    return _text(
        next(r for r in rounded if all(_is_on_same_side(exact, r * scale.size, mark) for mark in landmarks)), scale
    )


def _is_on_same_side(exact: Decimal, rounded: Decimal, landmark: Decimal) -> bool:
    return exact.compare(landmark) == rounded.compare(landmark)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def _text(amount: Decimal, scale: Scale) -> str:
    return f"{amount.normalize():,f}{scale.symbol}"
