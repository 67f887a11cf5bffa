"""Counts of Logs Insights become metrics, or an error; a metric that is not counted has a reason."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.analysis.counted import COUNTED, connection_cases, counted_analysis, tallies, why_not_counted
from checks.config.limit import Limit
from checks.errors import SourceError
from checks.logs.cloudwatch.insights import QueryResult, ResultField
from checks.logs.cloudwatch.insights_stats import CONNECTION_EVENTS
from checks.logs.cloudwatch.insights_stats.query import COLUMNS, NEVER
from checks.metrics import METRICS, Metric
from checks.window import Window

WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC))


def _limit(metric: str, **bounds: Any) -> Limit:
    return Limit(metric, Path("thresholds.yaml"), 1, inherited=False, **bounds)


def answer(*rows: Mapping[str, Any], matched: int | None = None) -> QueryResult:
    """Return rows of the query, with 0 in all other columns."""
    cells = [[ResultField(name, str(row.get(name, 0))) for name in COLUMNS] for row in rows]
    return QueryResult(cells, sum(int(row.get("linesSum", 0)) for row in rows) if matched is None else matched)


def measured(*rows: Mapping[str, Any]) -> Mapping[str, Metric]:
    return counted_analysis(tallies(answer(*rows), WINDOW), {}, CONNECTION_EVENTS)[0].metrics


def test_rows_are_added_up() -> None:
    """Numbers may be in scientific notation; values that are not sums are the maximum, or the minimum, of all."""
    first: dict[str, Any] = {
        "linesSum": 120_000,
        "eventsSum": 110_000,
        "goneSum": "1.2E1",
        "seenSum": 10,
        "worst": 3,
        "oldestTime": -8_000_000,
    }
    other = {
        "linesSum": 30,
        "eventsSum": 30,
        "goneSum": 8,
        "seenSum": 30,
        "worst": 7,
        "newestTime": 21_000_000,
        "arrivedTime": 5,
    }
    counts = tallies(answer(first, other), WINDOW)
    analysis, _ = counted_analysis(counts, {}, CONNECTION_EVENTS)
    assert analysis.metrics["data.events"].value == 110_030
    assert analysis.metrics["gone.errors"].value == 20
    assert analysis.metrics["gone.errors_per_connection"].value == 20 / 40
    assert analysis.metrics["gone.max_per_connection"].value == 7
    assert analysis.metrics["data.age_seconds"].value == 600
    assert (counts.oldest_ms, counts.begins_late) == (WINDOW.since_ms - 8_000_000, False)
    assert analysis.reading.look_back_events == 10_000


def test_nothing_is_no_sample() -> None:
    """Without a line there is no share, and no time."""
    metrics = measured()
    assert {metrics[name].value for name in COUNTED & metrics.keys() if metrics[name].n is not None} == {None}
    assert metrics["data.age_seconds"].value is None
    assert metrics["data.events"].value == 0


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (
            answer({"linesSum": 10}, matched=11),
            "contradicts itself: 10 lines in 1 rows, 11 matched; use source: insights",
        ),
        (answer({"linesSum": 10, "mismatchedSum": 1}), "contradicts itself"),
        (answer(*[{"linesSum": 1}] * 9_001), "contradicts itself: 9,001 lines in 9,001 rows"),
        (answer({"linesSum": "many"}, matched=1), "answered 'many' where a number was expected"),
        (answer({"linesSum": "1E999"}, matched=1), "answered '1E999' where a number was expected"),
        (QueryResult([[ResultField("linesSum", "1")]], 1), "rows that lack a number"),
    ],
)
def test_what_may_be_cut_off_is_an_error(result: QueryResult, error: str) -> None:
    """No number follows from a part."""
    with pytest.raises(SourceError, match=error):
        tallies(result, WINDOW)


def test_a_share_with_unsure_cases_has_bounds() -> None:
    """The value is the most that may be; certain cases are those that are so in any case."""
    row = {
        "linesSum": 1,
        "attemptsSum": 100,
        "failedSum": 10,
        "unsureAttemptsSum": 2,
        "unsureSentSum": 1,
        "welcome_retrySum": 97,
    }
    metrics = measured(row)
    assert metrics["welcome.failure_rate"] == Metric("welcome.failure_rate", 0.13, 100, 13, certain=7)
    assert (metrics["welcome.sent"].value, metrics["welcome.failed"].value) == (87, 13)
    assert metrics["welcome.average_retries"].value == 1


def test_logs_that_begin_late() -> None:
    """Connections without a connect may have begun before them, so none of those is certain."""
    row = {"linesSum": 1, "completeSum": 6, "incompleteSum": 4, "headlessSum": 3, "oldestTime": -7_000_000}
    metrics = measured(row)
    assert metrics["lifecycle.incomplete_rate"] == Metric("lifecycle.incomplete_rate", 0.4, 10, 4, certain=1)
    assert metrics["lifecycle.incomplete"].value is None
    assert measured({**row, "oldestTime": -8_000_000})["lifecycle.incomplete"].value == 4


@pytest.mark.parametrize(
    ("limits", "gaps"),
    [
        ({}, 1),
        ({"data.near_miss_rate": _limit("data.near_miss_rate", max=0.1)}, 0),
        ({"data.near_miss_rate": _limit("data.near_miss_rate", warn=0.1)}, 1),
    ],
)
def test_unknown_lines_are_a_gap_unless_a_limit_allows_for_them(limits: Mapping[str, Limit], gaps: int) -> None:
    """They may be the problem."""
    counts = tallies(answer({"linesSum": 5, "vagueSum": 2}), WINDOW)
    assert len(counted_analysis(counts, limits, CONNECTION_EVENTS)[1]) == gaps


def test_every_metric_of_the_logs_is_counted_or_has_a_reason() -> None:
    """Metrics that need no logs don't concern this source."""
    for name, metric in METRICS.items():
        assert bool(why_not_counted(name, CONNECTION_EVENTS)) == (metric.is_from_logs and name not in COUNTED), name
    assert "delays would take a second scan" in why_not_counted("welcome.delay_p95_seconds", CONNECTION_EVENTS)
    assert "it takes the events themselves" in why_not_counted("own.storms", CONNECTION_EVENTS)


def test_the_median_of_bands() -> None:
    """It is the middle of the band that contains it."""
    rows = [{"linesSum": 9, "band": band, "completeSum": number} for band, number in ((400, 4), (500, 2), (600, 3))]
    median = measured(*rows)["lifecycle.median_duration_seconds"]
    assert median.value == pytest.approx(21.8, rel=0.01)
    assert median.n == 9


def test_a_case_is_a_sentence() -> None:
    """An id is whatever a line claims: if it does not look like one, it is not shown."""
    facts = {"gones": "1", "welcome_faileds": "0", "welcome_retrys": "2E0", "sentFirst": NEVER + 5, "endedAt": NEVER}
    rows: list[dict[str, Any]] = [
        {"wId": "abc=", "cases": "1", **facts, "beganAt": "61000"},
        {"wId": "<b>", "cases": "1", **facts, "beganAt": NEVER, "sentFirst": "5"},
        {"wId": "fine=", "cases": "0"},
    ]
    result = QueryResult([[ResultField(name, str(value)) for name, value in row.items()] for row in rows], None)
    counts = "1 GoneException, 2 welcome retry lines"
    assert connection_cases(result, WINDOW) == (
        f"connection abc=: {counts}, no welcome sent, connected at 2026-06-01 00:01:01 UTC, never disconnected",
        f"connection [value]: {counts}, never connected, never disconnected",
    )
