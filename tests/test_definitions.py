"""A metric of a team's own is defined by its name, and its number has to be what the name says."""

import pytest

from checks.definitions import Unit, measured, own_definition
from checks.metrics import METRICS


def test_the_name_says_the_unit() -> None:
    """The unit, and whether there is a sample, of which it may be a quantile."""
    names = {
        "own.storms": (Unit.COUNT, None, None),
        "own.storm_rate": (Unit.RATE, "cases", None),
        "own.messages_per_connection": (Unit.AVERAGE, "cases", None),
        "own.average_retries": (Unit.AVERAGE, "cases", None),
        "own.per_hour": (Unit.COUNT, None, None),
        "own.reply_seconds": (Unit.SECONDS, None, None),
        "own.reply_p95_seconds": (Unit.SECONDS, "cases", 0.95),
        "own.median_reply_seconds": (Unit.SECONDS, "cases", 0.5),
        "own.test_error_rate": (Unit.COUNT, None, None),
    }
    found = {name: own_definition(name) for name in names}
    assert {name: (one.unit, one.sample, one.quantile) for name, one in found.items()} == names
    assert all(name in METRICS for name in names)


def test_any_other_name_is_none() -> None:
    """Neither is one of another subject."""
    names = ("own.", "own.A", "own._a", "own.a-b", "own.a__b", "gone.storms", "own.a.b", "own.a\n")
    assert [name for name in names if name in METRICS] == []


@pytest.mark.parametrize(
    ("name", "value", "n", "problem"),
    [
        ("storm_rate", 0.5, None, "needs n"),
        ("storm_rate", 1.5, 10, "not from 0 to 1"),
        ("storms", 3, 10, "takes no n"),
        ("storms", 0.5, None, "no whole number"),
        ("reply_seconds", -1, None, "not from 0"),
        ("reply_seconds", float("nan"), None, "not from 0"),
        ("storm_rate", 0.5, -1, "takes no n"),
        ("Storms", 1, None, "not a valid metric name"),
    ],
)
def test_a_number_that_is_not_what_its_name_says(name: str, value: float, n: int | None, problem: str) -> None:
    """It is an error that names what is allowed."""
    with pytest.raises(ValueError, match=problem) as error:
        measured(name, value, n)
    assert "storm_rate" in str(error.value)


def test_a_share_has_a_numerator() -> None:
    """As those that ship; without a sample there is no number."""
    share = measured("own.storm_rate", 0.25, 80)
    assert (share.name, share.numerator) == ("own.storm_rate", 20)
    assert measured("storm_rate", None, 0).numerator is None
