"""Quantities are parsed and shown without a change of meaning."""

import re
from datetime import timedelta
from decimal import Decimal
from operator import eq, gt, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.metrics import Unit
from checks.units import is_duration, parse_duration, parse_positive, parse_quantity, show_limit, show_value

RATES = st.floats(0, 1)

ANY_VALUE = {
    Unit.RATE: RATES,
    Unit.COUNT: st.integers(0, 10**12).map(float),
    Unit.AVERAGE: st.floats(0, 1e6),
    Unit.SECONDS: st.floats(0, 1e7),
}

FACTORS = {
    "days": Decimal(86400),
    "%": Decimal("0.01"),
    "h": Decimal(3600),
    "min": Decimal(60),
    "s": Decimal(1),
    "": Decimal(1),
}


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5%", Unit.RATE, 0.05),
        ("5 %", Unit.RATE, 0.05),
        ("0.05", Unit.RATE, 0.05),
        (".05", Unit.RATE, 0.05),
        ("5e-2", Unit.RATE, 0.05),
        ("0.1%", Unit.RATE, 1 / 1000),
        ("0.7%", Unit.RATE, 7 / 1000),
        ("0", Unit.RATE, 0),
        ("1", Unit.RATE, 1),
        ("100%", Unit.RATE, 1),
        ("500ms", Unit.SECONDS, 0.5),
        ("30s", Unit.SECONDS, 30),
        ("20m", Unit.SECONDS, 1200),
        ("2h", Unit.SECONDS, 7200),
        ("1.5 h", Unit.SECONDS, 5400),
        ("1d", Unit.SECONDS, 86400),
        ("5", Unit.SECONDS, 5),
        ("12", Unit.COUNT, 12),
        ("0", Unit.COUNT, 0),
        ("0.5", Unit.AVERAGE, 0.5),
        ("1e-3", Unit.AVERAGE, 0.001),
    ],
)
def test_a_quantity_is_read_in_its_unit(text: str, unit: Unit, value: float) -> None:
    assert parse_quantity(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("5", Unit.RATE, "'5' is too much: a rate is between 0 and 1; did you mean 5%?"),
        ("150%", Unit.RATE, "'150%' is too much: a rate is between 0 and 1"),
        ("5s", Unit.RATE, "'5s' is not a rate; write a share such as 5% or 0.05"),
        ("-1%", Unit.RATE, "'-1%' is not a rate"),
        ("5%", Unit.COUNT, "'5%' is not a count; write a whole number such as 0 or 12"),
        ("1.5", Unit.COUNT, "'1.5' is not a count"),
        ("1e3", Unit.COUNT, "'1e3' is not a count"),
        ("1_000", Unit.COUNT, "'1_000' is not a count"),
        ("1,000", Unit.COUNT, "'1,000' is not a count"),
        ("0x10", Unit.COUNT, "'0x10' is not a count"),
        ("5\n", Unit.COUNT, r"'5\n' is not a count"),
        ("٣", Unit.COUNT, "'٣' is not a count"),
        ("9" * 5000, Unit.COUNT, "is not a count"),
        ("010", Unit.COUNT, "'010' is not a count; a leading zero means octal to some YAML readers, so write"),
        ("05%", Unit.RATE, "'05%' is not a rate; a leading zero means octal"),
        ("1:30", Unit.SECONDS, "'1:30' is not a duration; colons mean base 60 to some YAML readers, so write"),
        (
            "00:05",
            Unit.SECONDS,
            "octal to some YAML readers and colons mean base 60 to some YAML readers, so write a time",
        ),
        ("5%", Unit.SECONDS, "'5%' is not a duration; write a time such as 500ms, 30s, 20m or 2h"),
        ("1h30m", Unit.SECONDS, "'1h30m' is not a duration"),
        ("1e999", Unit.SECONDS, "'1e999' is not a duration"),
        (".inf", Unit.AVERAGE, "'.inf' is not an average"),
        ("nan", Unit.AVERAGE, "'nan' is not an average"),
        ("no", Unit.AVERAGE, "'no' is not an average; write a number such as 0.5 or 3"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(text: str, unit: Unit, message: str) -> None:
    with pytest.raises(ValueError, match="is ") as error:
        parse_quantity(text, unit)
    assert message in str(error.value)


DURATIONS = {
    "500ms": timedelta(milliseconds=500),
    "90s": timedelta(seconds=90),
    "20m": timedelta(minutes=20),
    " 2 h ": timedelta(hours=2),
    "1.5h": timedelta(minutes=90),
    ".5d": timedelta(hours=12),
    "08h": timedelta(hours=8),
    "0m": timedelta(),
}


def test_a_duration_on_the_command_line_has_a_unit() -> None:
    """It has the numbers and units of thresholds.yaml; leading zeros are fine, since no YAML parser sees them."""
    assert {text: parse_duration(text) for text in DURATIONS} == DURATIONS
    assert all(map(is_duration, DURATIONS))


NO_DURATIONS = ("", "h", "5", "5%", "-2h", "2h30m", "2 weeks", "2H", "nan s", "1_0s", "٣h", "previous", "2026-06-02")


def test_what_is_no_duration_is_refused() -> None:
    """A number alone may be a year, and two durations in one text are not added up."""
    assert [text for text in NO_DURATIONS if is_duration(text)] == []
    for text in NO_DURATIONS:
        with pytest.raises(ValueError, match=f"^{re.escape(repr(text))} is not a duration$"):
            parse_duration(text)


def test_a_duration_has_an_end() -> None:
    """A duration beyond the end of time is refused like an invalid one."""
    with pytest.raises(ValueError, match=r"^'9e99d' is too long a duration$"):
        parse_duration("9e99d")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.05, Unit.RATE, "5 %"),
        (0.0125, Unit.RATE, "1.25 %"),
        (1, Unit.RATE, "100 %"),
        (0, Unit.RATE, "0 %"),
        (1234, Unit.COUNT, "1,234"),
        (7200, Unit.SECONDS, "2 h"),
        (129_600, Unit.SECONDS, "36 h"),
        (604_800, Unit.SECONDS, "7 days"),
        (5400, Unit.SECONDS, "1.5 h"),
        (1000, Unit.SECONDS, "1,000 s"),
        (90, Unit.SECONDS, "1.5 min"),
        (0.4, Unit.SECONDS, "0.4 s"),
        (0.125, Unit.AVERAGE, "0.125"),
    ],
)
def test_a_limit_is_shown_exactly(value: float, unit: Unit, text: str) -> None:
    assert show_limit(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "limits", "text"),
    [
        (8 / 23, Unit.RATE, [0.05], "34.8 %"),
        (0.0504, Unit.RATE, [0.05], "5.04 %"),
        (0.0496, Unit.RATE, [0.05], "4.96 %"),
        (0.05, Unit.RATE, [0.05], "5 %"),
        (0.9999, Unit.RATE, [], "99.99 %"),
        (0.00001, Unit.RATE, [], "0.001 %"),
        (0, Unit.RATE, [0.05], "0 %"),
        (1, Unit.RATE, [0.05], "100 %"),
        (1234.0, Unit.COUNT, [5], "1,234"),
        (3, Unit.COUNT, [], "3"),
        (7200.4, Unit.SECONDS, [], "2 h"),
        (8_047_224.5, Unit.SECONDS, [86_400], "93.1 days"),
        (7200.4, Unit.SECONDS, [7200], "2.0001 h"),
        (1000, Unit.SECONDS, [1000], "1,000 s"),
        (0.41, Unit.SECONDS, [], "0.4 s"),
        (754.3, Unit.SECONDS, [], "12.6 min"),
        (1 / 3, Unit.AVERAGE, [], "0.33"),
    ],
)
def test_a_value_is_rounded_unless_that_misleads(value: float, unit: Unit, limits: list[float], text: str) -> None:
    assert show_value(value, unit, limits) == text


@given(st.data(), st.sampled_from(Unit))
def test_what_is_shown_never_contradicts_a_comparison(data: st.DataObject, unit: Unit) -> None:
    """Parsed again, a shown value is on the same side of each shown limit as the true value."""
    limits = data.draw(st.lists(ANY_VALUE[unit], max_size=2))
    near = [limit * factor for limit in limits for factor in (1, 1 + 1e-9, 1 - 1e-9) if unit is not Unit.COUNT]
    value = min(data.draw(ANY_VALUE[unit] | st.sampled_from(near or [0.0])), 1 if unit is Unit.RATE else 1e13)
    shown = number(show_value(value, unit, limits))
    for limit in limits:
        for compare in (lt, eq, gt):
            assert compare(shown, number(show_limit(limit, unit))) == compare(value, limit)


@given(RATES)
def test_only_nothing_is_shown_as_nothing_and_only_all_as_all(rate: float) -> None:
    text = show_value(rate, Unit.RATE)
    assert (text == "0 %") == (rate == 0)
    assert (text == "100 %") == (rate == 1)


@given(st.integers(0, 10**6).map(lambda n: f"{n / 10**4:.4f}"))
def test_a_limit_is_shown_as_it_was_written(percent: str) -> None:
    assert float(show_limit(parse_quantity(f"{percent}%", Unit.RATE), Unit.RATE).removesuffix(" %")) == float(percent)


def number(text: str) -> Decimal:
    amount, _, symbol = text.replace(",", "").partition(" ")
    return Decimal(amount) * FACTORS[symbol]


def test_a_number_of_things_is_one_or_more() -> None:
    """Nothing else is a number of things, not even digits of other scripts or thousands of digits."""
    assert [parse_positive("1"), parse_positive("12")] == [1, 12]
    for text in ("0", "-1", "+1", "01", "1.5", "\u0663", "\u00b2", "1_0", " 1", "", "9" * 5000):
        with pytest.raises(ValueError, match="write"):
            parse_positive(text)
