"""A sparkline shows the trend of the last runs."""

from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.metrics import Unit
from checks.judge.verdict import Verdict
from checks.report.charts import Run, Trend, sparkline
from checks.report.charts.colours import VERDICT_COLOURS
from checks.report.charts.sparkline import MOST_RUNS

from .markup import read, texts

PASSED = Run(5, Verdict.PASS)
FAILED = Run(12, Verdict.FAIL)
UNSEEN = Run(None, Verdict.INCONCLUSIVE)


def trend(*runs: Run, limit: float | None = 10) -> str:
    return sparkline(Trend("gone.errors", runs, Unit.COUNT, limit), "x")


def dots(drawn: str) -> list[str]:
    """Their colours."""
    return [dot.get("fill") or "" for dot in read(drawn).iter("circle")]


def line(drawn: str) -> str:
    (path,) = read(drawn).iter("path")
    return path.get("d") or ""


def test_failures_and_the_last_run_are_dots() -> None:
    """In the colour of their verdict."""
    colours = [VERDICT_COLOURS[Verdict.PASS], VERDICT_COLOURS[Verdict.FAIL]]
    assert dots(trend(PASSED, FAILED, PASSED, PASSED)) == colours
    assert texts(trend(FAILED), "title")[1:] == ["fail: 12"]


def test_a_run_without_a_sample_is_a_gap() -> None:
    """The line does not go on as if something had been seen; a lone run is a dot of the line."""
    assert line(trend(PASSED, PASSED, UNSEEN, PASSED, limit=5)) == "M4 4L4 4L54.7 4M156 4L156 4"


def test_the_limit_is_dashed() -> None:
    """And within the picture, wherever the values are."""
    (limit,) = read(trend(PASSED, limit=1000)).iter("line")
    assert limit.get("y1") == "4"
    assert limit.get("stroke-dasharray")
    assert not list(read(trend(PASSED, limit=None)).iter("line"))


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        ((), "gone.errors in 0 runs: no sample"),
        ((UNSEEN,), "gone.errors in 1 run: no sample"),
        ((PASSED, FAILED, UNSEEN), "gone.errors in 3 runs: last 12, from 5 to 12, 1 failed"),
    ],
)
def test_the_trend_in_words(runs: tuple[Run, ...], words: str) -> None:
    """What a screen reader says."""
    assert texts(trend(*runs), "title")[0] == words


def test_older_runs_are_left_out() -> None:
    """There is room for so many."""
    assert texts(trend(FAILED, *repeat(PASSED, MOST_RUNS)), "title")[0].startswith(f"gone.errors in {MOST_RUNS} runs")
    assert len(dots(trend(FAILED, *repeat(PASSED, MOST_RUNS)))) == 1


@given(st.lists(st.builds(Run, st.none() | st.floats(0, 1e9), st.sampled_from(Verdict)), max_size=100))
def test_any_trend_lies_within_the_picture(runs: list[Run]) -> None:
    """No dot is cut."""
    for dot in read(trend(*runs)).iter("circle"):
        assert 2.5 <= float(dot.get("cx") or 0) <= 157.5
        assert 2.5 <= float(dot.get("cy") or 0) <= 25.5
