"""Full periods within a window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import SourceError
from checks.logs.window import Window
from checks.resources.metric_span import ARRIVAL, MetricSpan, metric_span

NOW = datetime(2026, 6, 20, 12, 34, 56, tzinfo=UTC)
DAY = timedelta(days=1)


def found(window: Window) -> MetricSpan:
    span = metric_span(window, NOW)
    assert span is not None
    return span


def ago(since: timedelta, until: timedelta = timedelta()) -> Window:
    return Window(NOW - since, NOW - until)


@pytest.mark.parametrize(
    ("window", "period"),
    [
        (ago(DAY), 60),
        (ago(1.5 * DAY), 300),
        (ago(14 * DAY, 13 * DAY), 60),
        (ago(16 * DAY, 15 * DAY), 300),
        (ago(64 * DAY, 63 * DAY), 3600),
        (ago(30 * DAY), 3600),
    ],
)
def test_the_period_follows_from_age_and_length(window: Window, period: int) -> None:
    """Values by the minute are kept for 15 days and those of five minutes for 63; a long window takes longer ones."""
    assert found(window).period_seconds == period


def test_the_newest_are_left_out() -> None:
    """They are still on their way."""
    assert found(ago(DAY)).window.until == datetime(2026, 6, 20, 12, 31, tzinfo=UTC)


def test_a_window_in_the_past_is_taken_to_its_end() -> None:
    """All of it has arrived."""
    window = Window(datetime(2026, 6, 19, 1, tzinfo=UTC), datetime(2026, 6, 19, 2, tzinfo=UTC))
    assert found(window).window == window


@pytest.mark.parametrize("window", [ago(timedelta(minutes=3)), ago(timedelta(hours=1, seconds=20), timedelta(hours=1))])
def test_nothing_is_left_of_a_short_window(window: Window) -> None:
    """No metric tells of it yet."""
    assert metric_span(window, NOW) is None


def test_metrics_are_not_kept_for_ever() -> None:
    """Beyond 455 days there are none to judge."""
    with pytest.raises(SourceError, match="keeps metrics for 455 days"):
        metric_span(ago(456 * DAY, 455 * DAY), NOW)


@given(
    st.timedeltas(min_value=timedelta(), max_value=400 * DAY),
    st.timedeltas(min_value=timedelta(hours=3), max_value=50 * DAY),
)
def test_periods_are_full_and_inside(age: timedelta, length: timedelta) -> None:
    """Never a moment that is not judged; and less than a period is lost at each edge."""
    window = Window(NOW - age - length, NOW - age)
    span = found(window)
    period = timedelta(seconds=span.period_seconds)
    assert window.since <= span.window.since < window.since + period
    end = min(window.until, NOW - ARRIVAL)
    assert end - period < span.window.until <= end
    assert not (span.window.until - span.window.since) % period
    assert span.part_seconds <= DAY.total_seconds()
    assert span.part_seconds % span.period_seconds == 0
