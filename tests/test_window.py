"""The window covers the same instants, however it is written."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import ConfigError
from checks.window import (
    FileWindow,
    TimeSpan,
    Window,
    from_epoch_ms,
    parse_expiry,
    parse_file_window,
    parse_hours,
    parse_instant,
    parse_length,
    parse_window,
)

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)

TODAY = datetime(2026, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90s", timedelta(seconds=90)),
        ("20m", timedelta(minutes=20)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1.5h", timedelta(minutes=90)),
        (" 2 h ", timedelta(hours=2)),
        ("0m", timedelta()),
    ],
)
def test_an_age_counts_back_from_now(text: str, ago: timedelta) -> None:
    """An age is the time that long before the run began."""
    assert parse_instant(text, "--since", NOW) == NOW - ago


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-02T06:00Z", TODAY.replace(hour=6)),
        ("2026-06-02T06:00:00", TODAY.replace(hour=6)),
        ("2026-06-02 06:00", TODAY.replace(hour=6)),
        ("2026-06-02", TODAY),
        ("20260602T060000Z", TODAY.replace(hour=6)),
        ("2026-06-02T06:00+02:00", TODAY.replace(hour=4)),
        ("2026-06-01T20:00-0400", TODAY),
        ("2026-06-02T05:45:00.250+05:45", TODAY.replace(microsecond=250_000)),
        (" 2026-06-02T00:00Z\n", TODAY),
    ],
)
def test_a_time_is_utc_where_it_names_no_zone(text: str, instant: datetime) -> None:
    """ISO 8601 is parsed in its own zone, or else in UTC; the result is always in UTC."""
    parsed = parse_instant(text, "--since", NOW)
    assert (parsed, parsed.tzinfo) == (instant, UTC)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2x", "-2h", "h", "2h30m", "2026-13-01", "1717221600", "9999999999d", "0001-01-01T00:00+23:00"],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    """The error names the option, the value, and what is allowed."""
    with pytest.raises(ConfigError) as error:
        parse_instant(text, "--until", NOW)
    assert str(error.value) == (
        f"--until: invalid time {text!r}; use ISO 8601 such as 2026-06-01T06:00Z, or an age such as 20m, 2h or 3d"
    )


@pytest.mark.parametrize("until", ["2026-02-30", "2025-02-29", "9999-12-31", "2026-06-30T25:00", "0000-01-01"])
def test_a_day_has_to_be_in_the_calendar(until: str) -> None:
    with pytest.raises(ValueError, match=f"'{until}' is not in the calendar; write a day such as 2026-06-30"):
        parse_expiry(until)


@pytest.mark.parametrize(
    "until", ["30.6.2026", "2026-6-30", "20260630", "2026-06", "2026-W05-1", "tomorrow", "3d", "1\n"]
)
def test_a_date_is_written_in_one_way(until: str) -> None:
    with pytest.raises(ValueError, match="; write a day such as 2026-06-30, or a time such as"):
        parse_expiry(until)


@pytest.mark.parametrize("text", ["", "15", "soon", "366d", "1e99d", "-1m", "2026-06-02"])
def test_a_length_is_a_duration_of_at_most_a_year(text: str) -> None:
    """The error names the option, the value, and what is allowed."""
    with pytest.raises(ConfigError) as error:
        parse_length(text, "--wait")
    assert str(error.value) == (
        f"--wait: invalid length of time {text!r}; use one up to a year, such as 90s, 15m or 2h"
    )
    assert parse_length("365d", "--wait") == timedelta(days=365)


@given(
    instant=st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),  # noqa: DTZ001
    minutes=st.integers(-1439, 1439),
)
def test_the_zone_does_not_change_the_instant(instant: datetime, minutes: int) -> None:
    """A time written in any zone is the same instant."""
    utc = instant.replace(tzinfo=UTC)
    assert parse_instant(utc.astimezone(timezone(timedelta(minutes=minutes))).isoformat(), "--since", NOW) == utc
    assert parse_instant(instant.isoformat(), "--since", NOW) == utc


@pytest.mark.parametrize(
    ("since", "until", "hours", "begin", "end"),
    [
        ("2h", None, None, NOW - timedelta(hours=2), NOW),
        ("3d", "1d", None, NOW - timedelta(days=3), NOW - timedelta(days=1)),
        ("2026-06-02", "2026-06-02T06:00", None, TODAY, TODAY.replace(hour=6)),
        (None, None, 24, NOW - timedelta(hours=24), NOW),
        (None, None, 0.5, NOW - timedelta(minutes=30), NOW),
        (None, "2026-06-02", 6, TODAY - timedelta(hours=6), TODAY),
    ],
)
def test_options_make_a_window(
    since: str | None, until: str | None, hours: float | None, begin: datetime, end: datetime
) -> None:
    """The window ends now or at --until, and begins at --since or --hours before its end."""
    assert parse_window(since, until, hours, NOW) == Window(begin, end)


def test_no_option_leaves_the_window_to_the_logs() -> None:
    """Without any option there is no window yet."""
    assert parse_window(None, None, None, NOW) is None


COVERED = Window(NOW - timedelta(days=9), NOW - timedelta(days=8))


def test_files_complete_what_the_options_leave_open() -> None:
    """The window ends with the last event, and hours count back from it, unless options say otherwise."""
    end = COVERED.until
    cases = {
        (None, None, 6): Window(end - timedelta(hours=6), end),
        (None, None, 900): Window(end - timedelta(hours=900), end),
        ("9d", None, None): Window(COVERED.since, end),
        ("10d", "8.5d", None): Window(NOW - timedelta(days=10), NOW - timedelta(days=8.5)),
        (None, "8.5d", 1): Window(NOW - timedelta(days=8.5, hours=1), NOW - timedelta(days=8.5)),
    }
    windows = {options: parse_file_window(*options, NOW) for options in cases}
    assert {options: window and window.within(COVERED) for options, window in windows.items()} == cases
    assert parse_file_window(None, None, None, NOW) is None
    assert FileWindow().within(COVERED) == COVERED


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("20m", None, None), "--since 20m"),
        (("8d", None, None), "--since 8d"),
        (("20d", "9d", None), "--since 20d --until 9d"),
        ((None, "9d", 1), "-T 1 --until 9d"),
    ],
)
def test_a_window_outside_of_the_files_is_refused(
    options: tuple[str | None, str | None, float | None], named: str
) -> None:
    """The message names the options, what the files cover, and what would fit."""
    window = parse_file_window(*options, NOW)
    assert window
    covered = "outside of what the logs cover, .* UTC; give --since .*Z --until .*Z, or -T [0-9]+ for their last"
    with pytest.raises(ConfigError, match=f"^{named}: {covered}"):
        window.within(COVERED)


def test_a_complete_window_needs_no_event() -> None:
    """If the files have no event, the requested window is judged."""
    window = parse_file_window("3h", "1h", None, NOW)
    assert window
    assert window.is_complete
    assert window.within(None) == Window(NOW - timedelta(hours=3), NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("since", "until", "hours", "message"),
    [
        ("2h", None, 24, "--since and --hours both set the start of the window; use one of them"),
        (None, "1h", None, "--until needs a start; give --since or --hours too"),
        (None, None, float("inf"), "--hours: inf reaches back before the year 1"),
        (None, None, 1e9, "--hours: 1e+09 reaches back before the year 1"),
        (
            "2026-06-02T06:00",
            "2026-06-02T05:00",
            None,
            "the window is empty: since 2026-06-02T06:00:00Z is not before until 2026-06-02T05:00:00Z",
        ),
        ("1h", "1h", None, "the window is empty: since 2026-06-02T11:00:00Z is not before until 2026-06-02T11:00:00Z"),
        ("2026-06-03", None, None, "the window is empty: since 2026-06-03T00:00:00Z is not before until"),
        ("soon", None, None, "--since: invalid time 'soon'"),
        ("2h", "soon", None, "--until: invalid time 'soon'"),
    ],
)
def test_options_that_make_no_window_are_refused(
    since: str | None, until: str | None, hours: float | None, message: str
) -> None:
    """Contradictory options, or an empty window, are an error that says so."""
    with pytest.raises(ConfigError) as error:
        parse_window(since, until, hours, NOW)
    assert str(error.value).startswith(message)


@given(st.integers(-(10**13), 10**14))
def test_milliseconds_survive_exactly(milliseconds: int) -> None:
    """An event's time in milliseconds and a window's bound are the same number again."""
    window = Window(from_epoch_ms(milliseconds), from_epoch_ms(milliseconds + 1))
    assert (window.since_ms, window.until_ms) == (milliseconds, milliseconds + 1)


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.integers(1, 50), st.integers(1, 10**8))
def test_the_parts_are_the_whole(since_ms: int, length_ms: int, most: int, shortest_ms: int) -> None:
    """Each part begins where the one before it ends; none is empty or too short."""
    whole = TimeSpan(since_ms, since_ms + length_ms)
    parts = list(whole.cut(most, shortest_ms))
    assert (parts[0].since_ms, parts[-1].until_ms) == (whole.since_ms, whole.until_ms)
    assert all(one.until_ms == other.since_ms for one, other in pairwise(parts))
    assert len(parts) <= most
    assert len(parts) == 1 or all(part.length_ms >= shortest_ms for part in parts)


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.integers(1, 10**8))
def test_the_ends_grow_to_the_whole(since_ms: int, length_ms: int, shortest_ms: int) -> None:
    """Each part ends where the whole does, and is four times as long as the one before, except for the last."""
    whole = TimeSpan(since_ms, since_ms + length_ms)
    ends = list(whole.ends(shortest_ms))
    assert ends[-1] == whole
    assert all(end.until_ms == whole.until_ms for end in ends)
    assert all(end.length_ms == shortest_ms * 4**place for place, end in enumerate(ends[:-1]))
    assert all(one.length_ms < other.length_ms for one, other in pairwise(ends))


@pytest.mark.parametrize(("text", "hours"), [("24", 24), ("1.5", 1.5), ("24h", 24), ("90m", 1.5), ("7d", 168)])
def test_hours(text: str, hours: float) -> None:
    """They may have a unit or not."""
    assert parse_hours(text, "--hours") == hours


@pytest.mark.parametrize("text", ["0", "-1.5", "nan", "inf", "24x", "", "0h"])
def test_no_hours(text: str) -> None:
    """The error says what to write."""
    with pytest.raises(ConfigError) as error:
        parse_hours(text, "--hours")
    allowed = "use one greater than 0, such as 24, 1.5 or 24h"
    assert str(error.value) == f"--hours: invalid number of hours {text!r}; {allowed}"
