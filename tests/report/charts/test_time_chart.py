"""A time chart shows every bucket of every series, with limits and marks, and has a table with the same data."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from checks.metrics import Unit
from checks.report.charts.plot import GUTTER_SHARE, NARROWEST_PX, PLOT_SHARE, Level
from checks.report.charts.svg import CHARACTER_PX
from checks.report.charts.time_chart import Mark, Series, TimeChart, time_chart, time_table
from checks.report.colours import Tone
from tests.report.charts.examples import DAY, QUIET, SINCE, TWO_DAYS
from tests.report.charts.markup import read, rows, texts
from tests.report.results import HOSTILE

VALUES = st.one_of(st.none(), st.integers(0, 10**12))


def chart(*series: Series, **fields: object) -> TimeChart:
    return replace(TimeChart("Traffic", SINCE, 300, series), **fields)


def outlines(drawn: str) -> list[str]:
    """Return the bars of each series."""
    colours = set(Tone)
    return [path.get("d") or "" for path in read(drawn).iter("path") if path.get("fill") in colours]


def test_each_series_has_its_name_and_colour() -> None:
    """There is no need for a legend, and what is bad looks bad."""
    drawn = time_chart(DAY, "day")
    assert {"Opened", "Closed", "GoneException errors"} <= set(texts(drawn, "text"))
    assert len(outlines(drawn)) == 3
    assert Tone.BAD in drawn


def test_series_of_the_same_tone_share_a_scale() -> None:
    """Opened and closed are comparable; few errors are still visible beside many connections."""
    drawn = time_chart(chart(Series("a", (100,)), Series("b", (50,)), Series("c", (2,), Tone.BAD)), "x")
    assert outlines(drawn) == ["M0 76V20h1V76z", "M0 158V130h1V158z", "M0 240V184h1V240z"]


def test_the_limit_is_drawn_and_named() -> None:
    """It is a dashed line at its height, within the scale even if all values are far below it."""
    drawn = time_chart(chart(Series("Failed", (1, 0), Tone.BAD, Level(100, "max 100"))), "x")
    (line,) = [line for line in read(drawn).iter("line") if line.get("stroke-dasharray") == "5 3"]
    assert line.get("y1") == "20"
    assert "- - max 100" in texts(drawn, "text")


def test_a_single_error_is_visible() -> None:
    """This holds however many there are at another time."""
    (outline,) = outlines(time_chart(chart(Series("Failed", (1, 0, 10**6))), "x"))
    assert outline == "M0 104V102h1V104h1V20h1V104z"


def test_what_is_not_known_is_not_zero() -> None:
    """It is shaded, and the table says so."""
    partly_known = chart(Series("Opened", (1, None, None, 0)))
    drawn = time_chart(partly_known, "x")
    assert '<path d="M0 104V104h1V20h2V104h1V104z" fill-opacity="0.12"/>' in drawn
    assert "00:05 to 00:10: Opened not known" in texts(drawn, "title")
    assert rows(time_table(partly_known)) == [["00:00", "1"], ["00:05", "not known"], ["00:10", "not known"]]


def test_marks_are_drawn_within_the_window() -> None:
    """A deploy is at its time, and marks outside of the window are left out."""
    marks = (
        Mark(SINCE + timedelta(minutes=15), "deploy"),
        Mark(SINCE - timedelta(minutes=1), "before"),
        Mark(SINCE + timedelta(minutes=31), "after"),
    )
    marked = chart(Series("Opened", (1,) * 6), marks=marks)
    drawn = time_chart(marked, "x")
    assert "00:15 UTC: deploy" in texts(drawn, "title")
    assert '<line x1="56%" x2="56%"' in drawn
    assert "before" not in drawn + time_table(marked)
    assert "after" not in drawn + time_table(marked)


def test_a_mark_without_room_for_its_text_has_its_line() -> None:
    """A tooltip on the line has the text."""
    marks = tuple(Mark(SINCE + timedelta(minutes=minute), f"deploy {minute}") for minute in range(10))
    drawn = time_chart(chart(Series("Opened", (1,) * 6), marks=marks), "x")
    assert len([text for text in texts(drawn, "text") if text.startswith("deploy")]) < 10
    assert [f"00:0{minute} UTC: deploy {minute}" in texts(drawn, "title") for minute in range(10)] == [True] * 10


def test_a_tooltip_tells_all_series_of_a_bucket() -> None:
    """It appears for the whole height, however low the bars."""
    assert "14:00 to 15:00: Opened 1,000, Closed 900, GoneException errors 3" in texts(time_chart(DAY, "x"), "title")


def test_narrow_buckets_share_a_tooltip() -> None:
    """It has a round time if there is one, and the greatest of their values."""
    five_minutes = chart(Series("Opened", tuple(range(288))))
    assert "01:00 to 02:00, at most: Opened 23" in texts(time_chart(five_minutes, "x"), "title")
    half_hours = chart(Series("Opened", tuple(range(52))), bucket_seconds=1800)
    assert "02 Jun 02:00 to 04:00, at most: Opened 7" in texts(time_chart(half_hours, "x"), "title")
    seven_seconds = chart(Series("Opened", tuple(range(100))), bucket_seconds=7)
    assert "00:11:05 to 00:11:40, at most: Opened 99" in texts(time_chart(seven_seconds, "x"), "title")


def test_the_last_bucket_ends_with_the_calendar() -> None:
    """Otherwise it would reach into the year 10000, which does not exist."""
    last = chart(Series("Opened", (1, 2)), since=datetime(9999, 12, 30, 12, tzinfo=UTC), bucket_seconds=86_400)
    assert "31 Dec 12:00 to 23:59: Opened 2" in texts(time_chart(last, "x"), "title")


@pytest.mark.parametrize("long", [DAY, TWO_DAYS, replace(TWO_DAYS, since=SINCE)], ids=["day", "two days", "midnight"])
def test_no_time_of_the_axis_touches_the_zone(long: TimeChart) -> None:
    """All times are below the plot, however narrow, and UTC is to the left of it."""
    labels = [text for text in read(time_chart(long, "x")).iter("text") if re.search(r"\d\d:\d\d$", text.text or "")]
    for label in labels:
        width_px = len(label.text or "") * CHARACTER_PX
        x_px = float((label.get("x") or "").rstrip("%")) / 100 * NARROWEST_PX
        to_the_right = {"start": 1, "middle": 0.5, "end": 0}[label.get("text-anchor") or "start"]
        assert round(x_px - width_px * (1 - to_the_right)) >= int(GUTTER_SHARE * NARROWEST_PX)
        assert round(x_px + width_px * to_the_right) <= round((GUTTER_SHARE + PLOT_SHARE) * NARROWEST_PX)


def test_a_long_window_tells_the_day() -> None:
    """The noons of two days differ."""
    assert rows(time_table(TWO_DAYS))[-1] == ["03 Jun 22:08", "280,000", "0"]


def test_a_rate_is_written_as_one() -> None:
    """It is in percent, on the axis and in the table."""
    rate = chart(Series("Failure rate", (0.012, 0.1), Tone.BAD, Level(0.05, "max 5 %")), unit=Unit.RATE)
    assert {"5 %", "10 %"} <= set(texts(time_chart(rate, "x"), "text"))
    assert rows(time_table(rate)) == [["00:00", "1.2 %"], ["00:05", "10 %"]]


def test_no_traffic_is_a_flat_chart() -> None:
    """It has its axis, and the table says how much it leaves out."""
    assert outlines(time_chart(QUIET, "x")) == ["M0 104V104h12V104z"]
    assert rows(time_table(QUIET)) == []
    assert "12 of 12 rows with nothing but 0 are left out" in time_table(QUIET)


def test_the_caption_tells_limit_and_marks() -> None:
    """The table can be read without the picture."""
    (caption,) = texts(time_table(DAY), "caption")
    assert caption == (
        "Connections and GoneExceptions; 1 h a row; GoneException errors: max 5 an hour; 00:00 began; "
        "14:20 deploy 4f2a91c; 1 of 24 rows with nothing but 0 are left out"
    )


@pytest.mark.parametrize("bucket_seconds", [300, 420])
def test_a_day_of_three_series_is_small(bucket_seconds: int) -> None:
    """It has at most 12 KB, even if every bucket differs from the one before."""
    chance = Random(1)
    names = ("Opened", "Closed", "GoneException errors")
    noise = [Series(name, tuple(chance.randint(0, 10**6) for _ in range(288))) for name in names]
    assert len(time_chart(chart(*noise, bucket_seconds=bucket_seconds), "noise").encode()) <= 12 * 1024


def test_hostile_text_is_only_text() -> None:
    """Names, limits and marks may come from anywhere."""
    hostile = chart(
        Series(HOSTILE, (1,), limit=Level(1, HOSTILE)), title=HOSTILE, marks=(Mark(SINCE, HOSTILE),), unit=Unit.COUNT
    )
    tags = {
        element.tag for drawn in (time_chart(hostile, HOSTILE), time_table(hostile)) for element in read(drawn).iter()
    }
    assert "script" not in tags


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=60), st.integers(1, 100_000))
def test_any_values_can_be_drawn(values: list[tuple[int | None, int | None]], bucket_seconds: int) -> None:
    """All bars are within their plots, and the table has every bucket that is not empty."""
    opened, failed = zip(*values, strict=True)
    anything = chart(Series("Opened", opened), Series("Failed", failed, Tone.BAD), bucket_seconds=bucket_seconds)
    for outline, (top, base) in zip(outlines(time_chart(anything, "x")), [(20, 76), (102, 158)], strict=True):
        heights = [float(part.split("h")[0]) for part in outline.rstrip("z").split("V")[1:]]
        assert all(top <= height <= base for height in heights)
    assert len(rows(time_table(anything))) == sum(pair != (0, 0) for pair in values)
