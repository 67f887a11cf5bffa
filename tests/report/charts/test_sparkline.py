"""A sparkline shows the trend of the last runs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.judge.verdict import Verdict
from checks.report.charts import sparkline
from checks.report.colours import VERDICT_COLOURS
from checks.report.trend import Point, Trend
from tests.report.charts.markup import read, texts

PASSED = Point(5, Verdict.PASS, 10)
FAILED = Point(12, Verdict.FAIL, 10)
UNSEEN = Point(None, Verdict.INCONCLUSIVE, 10)


def trend(*points: Point) -> str:
    return sparkline(Trend("gone.errors", points), "x")


def dots(drawn: str) -> list[str]:
    """Their colours."""
    return [dot.get("fill") or "" for dot in read(drawn).iter("circle")]


def line(drawn: str) -> str:
    (path,) = read(drawn).iter("path")
    return path.get("d") or ""


def test_failures_and_the_last_run_are_dots() -> None:
    """In the colour of their verdict."""
    colours = [VERDICT_COLOURS[verdict].drawn for verdict in (Verdict.PASS, Verdict.FAIL)]
    assert dots(trend(PASSED, FAILED, PASSED, PASSED)) == colours
    assert texts(trend(FAILED), "title")[1:] == ["fail: 12"]


def test_a_run_without_a_sample_is_a_gap() -> None:
    """The line does not go on as if something had been seen; a lone run is a dot of the line."""
    assert line(trend(PASSED, PASSED, UNSEEN, replace(PASSED, limit=5))) == "M4 4L4 4L54.7 4M156 4L156 4"


def test_the_limit_is_dashed() -> None:
    """The one that decided last, and within the picture, wherever the values are."""
    (limit,) = read(trend(PASSED, replace(PASSED, limit=1000))).iter("line")
    assert limit.get("y1") == "4"
    assert limit.get("stroke-dasharray")
    assert not list(read(trend(replace(PASSED, limit=None))).iter("line"))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((), "gone.errors in 0 runs: no sample"),
        ((UNSEEN,), "gone.errors in 1 run: no sample"),
        ((PASSED, FAILED, UNSEEN), "gone.errors in 3 runs: last 12, from 5 to 12, 1 failed"),
    ],
)
def test_the_trend_in_words(points: tuple[Point, ...], words: str) -> None:
    """What a screen reader says."""
    assert texts(trend(*points), "title")[0] == words


AMOUNTS = st.none() | st.floats(0, 1e9)


@given(st.lists(st.builds(Point, AMOUNTS, st.sampled_from(Verdict), AMOUNTS), max_size=100))
def test_any_trend_lies_within_the_picture(points: list[Point]) -> None:
    """No dot is cut."""
    for dot in read(trend(*points)).iter("circle"):
        assert 2.5 <= float(dot.get("cx") or 0) <= 157.5
        assert 2.5 <= float(dot.get("cy") or 0) <= 25.5
