"""API Gateway's connects are compared with those in the logs for the same time."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.metrics import Metric, Subject
from checks.resources import Observation, Observations, connect_mismatch, with_mismatch
from checks.window import Window

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
    """The sample is the larger count; without any connects there is no sample."""
    metric = connect_mismatch(Metric("api.connects", counted), logged)
    assert metric == Metric("api.connect_mismatch_rate", value, n, part)


def test_the_logs_are_counted_in_the_time_of_the_metrics() -> None:
    """Both counts are given."""
    windows = []
    observations = Observations({Subject.API: Observation((CONNECTS,), window=WINDOW)}, {})
    api = with_mismatch(observations, lambda window: windows.append(window) or 75).by_subject[Subject.API]  # type: ignore[func-returns-value]
    assert windows == [WINDOW]
    assert api.metrics == (CONNECTS, Metric("api.connect_mismatch_rate", 0.25, 100, 25))
    assert api.findings["api.connect_mismatch_rate"] == (
        "API Gateway counted 100 connects and the logs contain 75, from 2026-06-02 00:00 to 2026-06-02 01:00 UTC",
    )


def test_no_count_is_no_mismatch() -> None:
    """The API was not looked up, or could not be."""
    observations = Observations({}, {Subject.API: "access denied"})
    assert with_mismatch(observations, lambda _: 5) is observations


def test_no_time_to_compare_is_no_sample() -> None:
    """Metrics of a window that has just begun have not arrived."""
    observations = Observations({Subject.API: Observation((Metric("api.connects", None),))}, {})
    api = with_mismatch(observations, lambda _: 5).by_subject[Subject.API]
    assert api.metrics[-1] == Metric("api.connect_mismatch_rate", None, 0)
