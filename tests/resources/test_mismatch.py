"""API Gateway's count of connects beside that of the logs."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.analysis.metrics import Metric, Subject
from checks.logs.window import Window
from checks.resources.mismatch import compared, connect_mismatch
from checks.resources.observation import Observation, Observed

SINCE = datetime(2026, 6, 2, tzinfo=UTC)
WINDOW = Window(SINCE, SINCE + timedelta(hours=1))
CONNECTS = Metric("api.connects", 100)


@pytest.mark.parametrize(
    ("counted", "logged", "value", "part", "n"),
    [
        (100, 100, 0, 0, 100),
        (100, 60, 0.4, 40, 100),
        (60, 100, 0.4, 40, 100),
        (None, 5, 1, 5, 5),
        (None, 0, None, 0, 0),
    ],
)
def test_a_share_of_what_either_tells(counted: int | None, logged: int, value: float | None, part: int, n: int) -> None:
    """Whichever tells more; where neither tells any there is no sample."""
    metric = connect_mismatch(Metric("api.connects", counted), logged)
    assert metric == Metric("api.connect_mismatch_rate", value, n, part)


def test_the_logs_are_counted_in_the_time_that_metrics_tell_of() -> None:
    """And both counts are told."""
    asked = []
    observed = Observed({Subject.API: Observation((CONNECTS,), window=WINDOW)}, {})
    found = compared(observed, lambda window: asked.append(window) or 75).found[Subject.API]  # type: ignore[func-returns-value]
    assert asked == [WINDOW]
    assert found.metrics == (CONNECTS, Metric("api.connect_mismatch_rate", 0.25, 100, 25))
    assert found.findings["api.connect_mismatch_rate"] == (
        "API Gateway counted 100 connects and the logs tell of 75, from 2026-06-02 00:00 to 2026-06-02 01:00 UTC",
    )


def test_without_a_count_there_is_nothing_to_compare() -> None:
    """The API was not looked at, or could not be."""
    observed = Observed({}, {Subject.API: "access denied"})
    assert compared(observed, lambda _: 5) is observed


def test_no_time_to_compare_is_no_sample() -> None:
    """Metrics of a window that has just begun have not arrived."""
    observed = Observed({Subject.API: Observation((Metric("api.connects", None),))}, {})
    found = compared(observed, lambda _: 5).found[Subject.API]
    assert found.metrics[-1] == Metric("api.connect_mismatch_rate", None, 0)
