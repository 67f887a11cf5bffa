"""A histogram shows each bin with its marks, and has a table with the same data."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.report.charts.histogram import Histogram, histogram, histogram_table
from tests.report.charts.examples import DURATIONS
from tests.report.charts.markup import read, rows, texts
from tests.report.results import HOSTILE

SMALL = Histogram("Durations", "connections", (1, 10, 100), (4, 2), ((10, "short"), (7200, "2 h limit")))


def heights(drawn: str) -> list[float]:
    return [float(bar.get("height") or 0) for bar in read(drawn).iter("rect")]


def test_bins_lie_on_a_logarithmic_axis() -> None:
    """Seconds and hours are readable in one picture."""
    bars = list(read(histogram(SMALL, "x")).iter("rect"))
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [("0", "450"), ("500", "450")]
    assert {"1 s", "10 s", "1 min"} <= set(texts(histogram(SMALL, "x"), "text"))


def test_a_bar_tells_its_count() -> None:
    """A tooltip shows it."""
    assert "1 s to 10 s: 4 connections" in texts(histogram(SMALL, "x"), "title")


def test_marks_are_drawn_within_the_edges() -> None:
    """Marks outside of all bins are left out."""
    drawn = histogram(replace(SMALL, marks=(*SMALL.marks, (0, "nothing"))), "x")
    assert "10 s short" in texts(drawn, "title")
    assert "2 h limit" not in drawn
    assert "nothing" not in drawn


def test_the_three_marks_of_a_connection_are_named() -> None:
    """5 s, 10 min and 2 h have room beside each other on a phone."""
    named = {"5 s short-lived", "10 min idle limit", "2 h lifetime"}
    assert named <= set(texts(histogram(DURATIONS, "x"), "text"))


def test_no_connection_is_a_flat_chart() -> None:
    """It has its axis, and the table says how much it leaves out."""
    nothing = replace(SMALL, counts=(0, 0))
    assert heights(histogram(nothing, "x")) == [0, 0]
    assert rows(histogram_table(nothing)) == []
    assert texts(histogram_table(nothing), "caption") == [
        "Durations; 10 s short; 2 of 2 rows with nothing but 0 are left out"
    ]


def test_the_table_has_the_same_numbers() -> None:
    """It has one row for each bin that is not empty."""
    assert rows(histogram_table(SMALL)) == [["1 s to 10 s", "4"], ["10 s to 1.7 min", "2"]]


def test_hostile_text_is_only_text() -> None:
    """Names and marks may come from anywhere."""
    hostile = Histogram(HOSTILE, HOSTILE, (1, 10), (1,), ((5, HOSTILE),))
    for drawn in (histogram(hostile, HOSTILE), histogram_table(hostile)):
        assert "script" not in {element.tag for element in read(drawn).iter()}


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40))
def test_any_counts_can_be_drawn(counts: list[int]) -> None:
    """All bars are within the plot, and a bin that is not empty is visible."""
    edges = tuple(2.0**power for power in range(len(counts) + 1))
    drawn = heights(histogram(Histogram("Durations", "connections", edges, tuple(counts)), "x"))
    assert all(2 <= height <= 96 if number else height == 0 for height, number in zip(drawn, counts, strict=True))
