"""A sparkline shows the trend of the last runs, and a bar the margin to the limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.metrics import METRICS
from checks.report.charts.sparkline import margin_bar, sparkline
from checks.report.colours import VERDICT_COLOURS
from checks.report.result import CheckResult, Outcome
from checks.verdicts.verdict import Verdict
from tests.report.charts.markup import read, texts
from tests.report.results import check, outcome, trend

PASSED = outcome(5, Verdict.PASS, 10)

FAILED = outcome(12, Verdict.FAIL, 10)

UNSEEN = outcome(None, Verdict.INCONCLUSIVE, 10)


def drawn_trend(*points: Outcome) -> str:
    return sparkline(METRICS["gone.errors"], trend(*points), "x")


def dots(drawn: str) -> list[str]:
    """Return the colours of the dots."""
    return [dot.get("fill") or "" for dot in read(drawn).iter("circle")]


def line(drawn: str) -> str:
    (path,) = read(drawn).iter("path")
    return path.get("d") or ""


def test_failures_and_the_last_run_are_dots() -> None:
    """They have the colour of their verdict."""
    colours = [VERDICT_COLOURS[verdict].drawn for verdict in (Verdict.PASS, Verdict.FAIL)]
    assert dots(drawn_trend(PASSED, FAILED, PASSED, PASSED)) == colours
    assert texts(drawn_trend(FAILED), "title")[1:] == ["2026-06-02 00:00:00 UTC: fail: 12"]


def test_a_run_without_a_sample_is_a_gap() -> None:
    """The line is interrupted, since nothing was seen; a lone run is a dot of the line."""
    assert line(drawn_trend(PASSED, PASSED, UNSEEN, replace(PASSED, limit=5))) == "M4 4L4 4L54.7 4M156 4L156 4"


def test_the_limit_is_dashed() -> None:
    """It is the limit that decided last, and is within the picture, wherever the values are."""
    (limit,) = read(drawn_trend(PASSED, replace(PASSED, limit=1000))).iter("line")
    assert limit.get("y1") == "4"
    assert limit.get("stroke-dasharray")
    assert not list(read(drawn_trend(replace(PASSED, limit=None))).iter("line"))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((UNSEEN,), "gone.errors in 1 run: no sample"),
        ((PASSED, FAILED, UNSEEN), "gone.errors in 3 runs: last 12, from 5 to 12, 1 failed"),
    ],
)
def test_the_trend_in_words(points: tuple[Outcome, ...], words: str) -> None:
    """A screen reader says these words."""
    assert texts(drawn_trend(*points), "title")[0] == words


AMOUNTS = st.none() | st.floats(0, 1e9)


@given(st.lists(st.builds(outcome, AMOUNTS, st.sampled_from(Verdict), AMOUNTS), min_size=1, max_size=100))
def test_any_trend_lies_within_the_picture(points: list[Outcome]) -> None:
    """No dot is cut."""
    for dot in read(drawn_trend(*points)).iter("circle"):
        assert 2.5 <= float(dot.get("cx") or 0) <= 157.5
        assert 2.5 <= float(dot.get("cy") or 0) <= 25.5


BAR_AMOUNTS = st.just(0.0) | st.floats(1e-6, 1e9)


def bar_px(drawn: CheckResult) -> float | None:
    """Return the length of the bar; None if there is none."""
    colour = VERDICT_COLOURS[drawn.verdict].drawn
    bars = [rect for rect in read(margin_bar(drawn, "x")).iter("rect") if rect.get("fill") == colour]
    return float(bars[0].get("width") or 0) if bars else None


@pytest.mark.parametrize(
    ("value", "limit", "words"),
    [
        (3.1, 5, "62 % of the limit"),
        (5, 5, "100 % of the limit"),
        (4.9999, 5, "99.998 % of the limit"),
        (500, 5, "10,000 % of the limit"),
        (501, 5, "more than 100 times the limit"),
        (0, 0, "0 % of the limit"),
        (1, 0, "over the limit of 0"),
        (None, 5, "no sample"),
    ],
)
def test_the_margin_in_words(value: float | None, limit: float, words: str) -> None:
    """A screen reader says these words; the margin is never rounded onto the limit."""
    assert texts(margin_bar(check(value=value, limit=limit), "x"), "title") == [words]


@pytest.mark.parametrize(
    ("value", "length"), [(None, None), (0, 0), (2.5, 38), (5, 76), (7.5, 114), (10, 152), (50, 152), (0.001, 2)]
)
def test_the_bar_is_as_long_as_the_value(value: float | None, length: float | None) -> None:
    """It ends at twice the limit; the least value is visible, and a value without a sample has no bar."""
    assert bar_px(check(value=value)) == length


@pytest.mark.parametrize(("value", "has_arrow"), [(10, False), (10.1, True)])
def test_an_arrow_tells_that_the_value_goes_on(value: float, has_arrow: bool) -> None:  # noqa: FBT001 -- a case
    """It is drawn if the bar can't be longer."""
    assert (read(margin_bar(check(value=value), "x")).find("path") is not None) == has_arrow


def test_warn_is_a_tick_of_its_own() -> None:
    """It is shorter than the limit's tick, and left out if it is beyond the bar."""
    drawn = margin_bar(check(value=3, warn=4), "x")
    assert [line.get("x1") for line in read(drawn).iter("line")] == ["60.8", "76"]
    assert len(list(read(margin_bar(check(value=3, warn=11), "x")).iter("line"))) == 1


@pytest.mark.parametrize(("bound", "track"), [("max", ("0", "76")), ("min", ("76", "76"))])
def test_the_track_is_what_the_limit_allows(bound: str, track: tuple[str, str]) -> None:
    """It is before an upper limit, and after a lower one."""
    drawn = read(margin_bar(check(value=None, bound=bound), "x"))
    (rect,) = drawn.iter("rect")
    assert (rect.get("x"), rect.get("width")) == track


@given(BAR_AMOUNTS, BAR_AMOUNTS)
def test_a_broken_limit_is_passed_visibly(value: float, limit: float) -> None:
    """The bar ends beyond the tick only if the value does; a hundredth of the limit is visible."""
    length = bar_px(check(value=value, limit=limit)) or 0
    assert length <= (76 if value <= limit else 152)
    assert length > 76 or value <= limit * 1.01


def test_a_trend_is_in_the_unit_of_its_metric() -> None:
    """The catalogue of metrics has the unit."""
    drawn = sparkline(METRICS["welcome.failure_rate"], trend(outcome(0.25, Verdict.FAIL, 0.05)), "x")
    assert texts(drawn, "title")[0] == "welcome.failure_rate in 1 run: last 25 %, from 25 % to 25 %, 1 failed"
