"""Example charts of all kinds."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from checks.metrics import METRICS
from checks.report.charts.histogram import Histogram, histogram, histogram_table
from checks.report.charts.plot import Level
from checks.report.charts.sparkline import margin_bar, sparkline
from checks.report.charts.time_chart import Mark, Series, TimeChart, time_chart, time_table
from checks.report.colours import Tone
from checks.verdicts.verdict import Verdict
from tests.report.results import check, outcome, trend

SINCE = datetime(2026, 6, 2, tzinfo=UTC)

DAY = TimeChart(
    title="Connections and GoneExceptions",
    since=SINCE,
    bucket_seconds=3600,
    series=(
        Series("Opened", tuple(100 * min(hour, 24 - hour) for hour in range(24))),
        Series("Closed", tuple(90 * min(hour, 24 - hour) for hour in range(24))),
        Series("GoneException errors", (0,) * 14 + (3, 7, 1) + (0,) * 7, Tone.BAD, Level(5, "max 5 an hour")),
    ),
    marks=(Mark(SINCE + timedelta(hours=14, minutes=20), "deploy 4f2a91c"), Mark(SINCE, "began")),
)

TWO_DAYS = TimeChart(
    title="Welcome messages",
    since=SINCE + timedelta(minutes=8),
    bucket_seconds=7200,
    series=(
        Series("Sent", tuple(1_200_000 - 40_000 * bucket for bucket in range(24)), Tone.GOOD),
        Series("Failed", (0,) * 10 + (1, 3, None, None) + (0,) * 10, Tone.BAD),
    ),
)

QUIET = TimeChart("No traffic", SINCE, 300, (Series("Opened", (0,) * 12),))

DURATIONS = Histogram(
    title="How long connections lasted",
    noun="connections",
    edges_seconds=tuple(10 ** (power / 4) for power in range(-4, 17)),
    counts=(0, 0, 1, 3, 8, 20, 44, 30, 10, 5, 3, 9, 40, 230, 560, 800, 610, 220, 70, 35),
    marks=((5, "short-lived"), (600, "idle limit"), (7200, "lifetime")),
)

MARGINS = (
    check(value=3, limit=5, warn=4),
    check(value=4.5, limit=5, warn=4, verdict=Verdict.WARN),
    check(value=7, limit=5, warn=4, verdict=Verdict.FAIL),
    check(value=70, limit=5, warn=4, verdict=Verdict.FAIL),
    check(value=None, limit=5, verdict=Verdict.INCONCLUSIVE),
    check(value=0, limit=0),
    check(value=1, limit=0, verdict=Verdict.FAIL),
    check(value=30, limit=20, warn=25, bound="min"),
    check(value=13, limit=20, warn=25, bound="min", verdict=Verdict.FAIL),
)

OF_TRENDS = [METRICS[name] for name in ("gone.errors", "welcome.failure_rate", "lifecycle.complete")]

TRENDS = (
    trend(*(outcome(value, Verdict.FAIL if value > 10 else Verdict.PASS, 10) for value in (3, 0, 2, 11, 12, 4, 1))),
    trend(
        outcome(None, Verdict.INCONCLUSIVE, 0.3),
        outcome(0.1, Verdict.PASS, 0.3),
        outcome(None, Verdict.ERROR, 0.3),
        outcome(0.25, Verdict.WARN, 0.3),
    ),
    trend(outcome(5, Verdict.PASS, None)),
)

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "day": time_chart(DAY, "day") + time_table(DAY),
        "two-days": time_chart(TWO_DAYS, "two-days") + time_table(TWO_DAYS),
        "quiet": time_chart(QUIET, "quiet") + time_table(QUIET),
        "durations": histogram(DURATIONS, "durations") + histogram_table(DURATIONS),
        "margins": "".join(margin_bar(margin, f"margin-{place}") for place, margin in enumerate(MARGINS)),
        "trends": "".join(
            sparkline(metric, one, f"trend-{place}")
            for place, (metric, one) in enumerate(zip(OF_TRENDS, TRENDS, strict=True))
        ),
    }
)
"""What is drawn, by the name of its golden file."""
