"""The worst comes first: the worst verdict, then the value farthest beyond its limit."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judge.verdict import Verdict
from checks.report.severity import excess, worst_first
from tests.report.results import check, failing

AMOUNTS = st.none() | st.just(0.0) | st.floats(1e-6, 1e9)
CHECKS = st.builds(
    lambda verdict, value, limit, bound: check(verdict=verdict, value=value, limit=limit, bound=bound),
    st.sampled_from(Verdict),
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["warn", "max", "min"]),
)


@pytest.mark.parametrize(
    ("fields", "ratio"),
    [
        ({"value": 10.0}, 2),
        ({"value": 3.0}, 0.6),
        ({"value": 0.5, "bound": "min"}, 10),
        ({"value": 10.0, "bound": "min"}, 0.5),
        ({"value": 6.0, "limit": 4.0, "bound": "warn"}, 1.5),
        ({"value": 1.0, "limit": 0.0}, math.inf),
        ({"value": 0.0, "bound": "min"}, math.inf),
        ({"value": 0.0, "limit": 0.0}, 0),
        ({"value": 0.0, "limit": 0.0, "bound": "min"}, 0),
        ({"value": None}, 0),
        ({"limit": None, "bound": None}, 0),
    ],
)
def test_how_far_beyond_the_limit(fields: dict[str, Any], ratio: float) -> None:
    """As a ratio, whichever way the limit goes; infinite beyond a limit of 0, and where nothing is of what must be."""
    assert excess(check(**fields)) == ratio


def test_a_worse_verdict_comes_before_a_greater_excess() -> None:
    """A warning may be farther from its number than a failure from its own."""
    blind, warned, failed = (
        check(verdict=Verdict.ERROR, value=None),
        check(verdict=Verdict.WARN, value=900.0),
        failing(),
    )
    assert worst_first([warned, blind, failed]) == [failed, blind, warned]


def test_equals_keep_their_order() -> None:
    """That of the subjects."""
    equals = [failing("lifecycle.open"), failing("gone.errors"), failing("data.gaps")]
    assert worst_first(equals) == equals


@given(st.lists(CHECKS))
def test_any_checks_can_be_ordered(checks: list[Any]) -> None:
    """None is lost, and among those of a verdict the excess never grows."""
    ordered = worst_first(checks)
    assert sorted(map(id, ordered)) == sorted(map(id, checks))
    for verdict in Verdict:
        ratios = [excess(one) for one in ordered if one.verdict is verdict]
        assert ratios == sorted(ratios, reverse=True)
