"""An axis has few and round times, in UTC."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.report.charts.times import Span
from tests.report.charts.examples import SINCE

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(seconds=30), ["00:00"]),
        (timedelta(minutes=5), ["00:00", "00:01", "00:02", "00:03", "00:04", "00:05"]),
        (timedelta(hours=1), ["00:00", "00:15", "00:30", "00:45", "01:00"]),
        (timedelta(days=1), ["00:00", "06:00", "12:00", "18:00", "00:00"]),
        (timedelta(hours=30), ["06-02 00:00", "06-02 12:00", "06-03 00:00"]),
        (timedelta(days=4), ["06-02", "06-03", "06-04", "06-05", "06-06"]),
    ],
)
def test_ticks_are_round_times(length: timedelta, labels: list[str]) -> None:
    """Round for people: quarters of an hour, not tenths; with the day where there are several."""
    assert list(Span(SINCE, SINCE + length).ticks().values()) == labels


def test_a_window_without_a_round_time_shows_its_beginning() -> None:
    """An axis is never without a time."""
    since = SINCE + timedelta(seconds=5)
    assert Span(since, since + timedelta(seconds=50)).ticks() == {since: "00:00"}


def test_the_ends_of_the_calendar_are_no_ends_of_a_chart() -> None:
    """There is no round time beyond them."""
    last = datetime.max.replace(tzinfo=UTC)
    assert Span(last - timedelta(seconds=30), last).ticks() == {last - timedelta(seconds=30): "23:59"}
    assert list(Span(datetime.min.replace(tzinfo=UTC), last).ticks().values())


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- as hypothesis wants it
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=4000)),
)
def test_ticks_lie_within_the_window(since: datetime, length: timedelta) -> None:
    """They ascend evenly, are few, and from midnight whole steps away unless the window is too short for that."""
    ticks = list(Span(since, since + length).ticks())
    assert all(since <= tick <= since + length for tick in ticks)
    assert 1 <= len(ticks) <= 6
    assert len({later - earlier for earlier, later in pairwise(ticks)}) <= 1
    assert ticks == [since] or all(not tick.timestamp() % 60 for tick in ticks)
    assert len(ticks) > 1 or length < 2 * max(MINUTE, timedelta(days=1))


def test_a_time_is_shown_in_utc() -> None:
    """Wherever it was taken."""
    noon = datetime(2026, 6, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    assert Span(SINCE, SINCE + timedelta(days=1)).show(noon) == "10:00"
    assert Span(SINCE, SINCE + timedelta(days=2)).show(noon) == "06-02 10:00"
    assert Span(SINCE, SINCE + timedelta(minutes=2), has_seconds=True).show(noon) == "10:00:00"
