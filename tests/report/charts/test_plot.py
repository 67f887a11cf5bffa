"""An axis has few and round numbers, and the labels of flags are readable, however close the flags are."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.metrics import Unit
from checks.report.charts.plot import (
    LONGEST_FLAG,
    MOST_FLAG_ROWS,
    NARROWEST_PX,
    Flag,
    TimeAxis,
    place_flags,
    round_ticks,
    tick_text,
)
from tests.report.charts.examples import SINCE


@pytest.mark.parametrize(
    ("greatest", "whole", "ticks"),
    [
        (0, True, (0, 1)),
        (1, True, (0, 1)),
        (3, True, (0, 1, 2, 3)),
        (7, True, (0, 5, 10)),
        (1_234_567, True, (0, 500_000, 1_000_000, 1_500_000)),
        (0.25, False, (0, 0.1, 0.2, 0.3)),
        (0.004, False, (0, 0.002, 0.004)),
    ],
)
def test_ticks_are_round(greatest: float, whole: bool, ticks: tuple[float, ...]) -> None:  # noqa: FBT001 -- a case
    """Their steps are 1, 2 or 5 times a power of ten."""
    assert round_ticks(greatest, whole=whole) == ticks


@given(st.just(0.0) | st.floats(1e-9, 1e15), st.booleans())
def test_ticks_hold_every_value(greatest: float, whole: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """They ascend evenly from 0 to the first one not below the greatest value, and are four at most."""
    ticks = round_ticks(greatest, whole=whole)
    exact = [Decimal(repr(tick)) for tick in ticks]
    assert ticks[0] == 0
    assert ticks[-2] < (greatest or 1) <= ticks[-1]
    assert 2 <= len(ticks) <= 4
    assert len({high - low for low, high in pairwise(exact)}) == 1
    assert not whole or all(tick.is_integer() for tick in ticks)


@given(st.floats(1e-9, 1e15))
def test_ticks_have_no_idle_digits(greatest: float) -> None:
    """There is no 0.30000000000000004."""
    for tick in round_ticks(greatest, whole=False):
        assert len(Decimal(repr(tick)).normalize().as_tuple().digits) <= 2


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, Unit.COUNT, "0"),
        (1500, Unit.COUNT, "1,500"),
        (20_000, Unit.COUNT, "20k"),
        (1_200_000, Unit.COUNT, "1.2M"),
        (5e9, Unit.COUNT, "5G"),
        (2e12, Unit.COUNT, "2T"),
        (0.05, Unit.RATE, "5 %"),
        (7200, Unit.SECONDS, "2 h"),
        (0.5, Unit.AVERAGE, "0.5"),
    ],
)
def test_a_tick_is_short(value: float, unit: Unit, text: str) -> None:
    """It is written for people, in as few characters as the axis has room for."""
    assert tick_text(value, unit) == text


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(seconds=30), ["00:00"]),
        (timedelta(minutes=5), ["00:00", "00:01", "00:02", "00:03", "00:04", "00:05"]),
        (timedelta(hours=1), ["00:00", "00:15", "00:30", "00:45", "01:00"]),
        (timedelta(days=1), ["00:00", "06:00", "12:00", "18:00", "00:00"]),
        (timedelta(hours=30), ["02 Jun 00:00", "02 Jun 12:00", "03 Jun 00:00"]),
        (timedelta(days=4), ["02 Jun", "03 Jun", "04 Jun", "05 Jun", "06 Jun"]),
    ],
)
def test_ticks_are_round_times(length: timedelta, labels: list[str]) -> None:
    """They are quarters of an hour, not tenths, and have the day if there are several."""
    assert list(TimeAxis(SINCE, SINCE + length).ticks().values()) == labels


def test_a_window_without_a_round_time_shows_its_beginning() -> None:
    """An axis always has a time."""
    since = SINCE + timedelta(seconds=5)
    assert TimeAxis(since, since + timedelta(seconds=50)).ticks() == {since: "00:00"}


def test_the_ends_of_the_calendar_are_no_ends_of_a_chart() -> None:
    """There is no round time beyond them."""
    last = datetime.max.replace(tzinfo=UTC)
    assert TimeAxis(last - timedelta(seconds=30), last).ticks() == {last - timedelta(seconds=30): "23:59"}
    assert list(TimeAxis(datetime.min.replace(tzinfo=UTC), last).ticks().values())


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- as hypothesis wants it
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=4000)),
)
def test_ticks_lie_within_the_window(since: datetime, length: timedelta) -> None:
    """They ascend evenly, are few, and are whole steps from midnight unless the window is too short."""
    ticks = list(TimeAxis(since, since + length).ticks())
    assert all(since <= tick <= since + length for tick in ticks)
    assert 1 <= len(ticks) <= 6
    assert len({later - earlier for earlier, later in pairwise(ticks)}) <= 1
    assert ticks == [since] or all(not tick.timestamp() % 60 for tick in ticks)
    assert len(ticks) > 1 or length < 2 * max(MINUTE, timedelta(days=1))


def test_a_time_is_in_utc() -> None:
    """This holds whatever its original zone."""
    noon = datetime(2026, 6, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    assert TimeAxis(SINCE, SINCE + timedelta(days=1)).show(noon) == "10:00"
    assert TimeAxis(SINCE, SINCE + timedelta(days=2)).show(noon) == "02 Jun 10:00"
    assert TimeAxis(SINCE, SINCE + timedelta(minutes=2), has_seconds=True).show(noon) == "10:00:00"


def flag(share: float, text: str) -> Flag:
    return Flag(share, text, text)


def rows(*flags: Flag) -> dict[str, tuple[int, bool]]:
    return {placed.text: (placed.row, placed.is_left) for placed in place_flags(flags)}


def test_a_text_stands_at_the_right_of_its_line() -> None:
    """If there is room, all labels are in the lowest row."""
    assert rows(flag(0, "began"), flag(0.5, "deploy")) == {"began": (0, False), "deploy": (0, False)}


def test_a_text_near_the_right_edge_stands_at_the_left() -> None:
    """So it is not cut off."""
    assert rows(flag(0.98, "deploy 4f2a91c")) == {"deploy 4f2a91c": (0, True)}


def test_texts_near_each_other_stand_above_each_other() -> None:
    """This holds even for labels of the same moment."""
    assert rows(flag(0.3, "deploy"), flag(0.32, "rollback")) == {"deploy": (1, False), "rollback": (0, False)}
    assert sorted(placed.row for placed in place_flags([flag(0.3, "one"), flag(0.3, "two")])) == [0, 1]


def test_a_long_text_is_cut() -> None:
    """A sign shows that something is missing; the tooltip has the whole text."""
    (placed,) = place_flags([flag(0.1, "x" * 100)])
    assert placed.text == "x" * (LONGEST_FLAG - 1) + "…"
    assert placed.tooltip == "x" * 100


def test_a_text_that_finds_no_room_is_left_out() -> None:
    """The lines of all flags are drawn."""
    placed = place_flags(flag(0.5, f"deploy {number}") for number in range(20))
    assert len(placed) == 20
    assert sum(bool(one.text) for one in placed) == MOST_FLAG_ROWS


@given(st.lists(st.builds(flag, st.floats(0, 1), st.text("ab ", min_size=1, max_size=30)), max_size=12))
def test_no_text_is_covered(flags: list[Flag]) -> None:
    """Labels don't overlap, and all are within the narrowest screen."""
    placed = place_flags(flags)
    assert len(placed) == len(flags)
    texts = [one for one in placed if one.text]
    for one in texts:
        low, high = one.span_px
        assert low >= 0
        assert high <= NARROWEST_PX
        assert one.row < MOST_FLAG_ROWS
    for one, other in combinations(texts, 2):
        assert one.row != other.row or one.span_px[1] <= other.span_px[0] or other.span_px[1] <= one.span_px[0]
