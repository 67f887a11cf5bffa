"""The pictures of the report, drawn from its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from checks.analysis.metrics import METRICS, Unit
from checks.analysis.overview import DURATION_EDGES_SECONDS, Overview, Stretch
from checks.judge.quantity import show_limit
from checks.report.charts import (
    Histogram,
    Level,
    Margin,
    Mark,
    Run,
    Series,
    TimeChart,
    Tone,
    histogram,
    histogram_table,
    margin_bar,
    sparkline,
    time_chart,
    time_table,
)
from checks.report.charts import Trend as Line
from checks.report.headline import evidence_for, worst_check
from checks.report.result import CheckResult, Result
from checks.report.trend import Trend

_IDLE_SECONDS: Final = 600.0
_LIFETIME_SECONDS: Final = 7200.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, and the same numbers as a table; both are HTML made of escaped text."""

    title: str
    drawing: Markup
    table: Markup


def figures(result: Result) -> list[Figure]:
    """The charts of a window; none where the logs could not be read."""
    return list(_figures(result, result.overview)) if result.overview else []


def margin(check: CheckResult) -> Markup:
    """How far a value is from its limit; nothing where no limit decided."""
    if check.limit is None:
        return Markup("")
    drawn = Margin(check.value, check.limit, _warn(check), check.bound != "min", check.verdict)
    return _safe(margin_bar(drawn, f"margin-{_prefix(check)}"))


def trend_line(check: CheckResult, trend: Trend) -> Markup:
    """How the metric of a check came along over the last runs."""
    runs = tuple(Run(point.value, point.verdict) for point in trend.points if point.verdict)
    line = Line(check.metric, runs, METRICS[check.metric].unit, check.limit)
    return _safe(sparkline(line, f"trend-{_prefix(check)}"))


def _figures(result: Result, overview: Overview) -> Iterator[Figure]:
    stretches = overview.stretches
    yield _over_time(
        result,
        "Connections opened and closed",
        Series("opened", tuple(one.connects for one in stretches), Tone.GOOD),
        Series("closed", tuple(one.disconnects for one in stretches), Tone.NEUTRAL),
    )
    yield _over_time(
        result,
        "GoneExceptions",
        Series("errors", tuple(one.gone_errors for one in stretches), Tone.BAD),
        Series("all so far", _running_total(stretches), Tone.NEUTRAL, _limit(result, "gone.errors")),
    )
    yield _over_time(
        result,
        "Welcome messages",
        Series("delivered", tuple(one.welcomes_sent for one in stretches), Tone.GOOD),
        Series("failed", tuple(one.welcomes_failed for one in stretches), Tone.BAD),
    )
    yield _over_time(
        result,
        "Share of welcome messages that failed",
        Series("failed", tuple(map(_failed_share, stretches)), Tone.BAD, _limit(result, "welcome.failure_rate")),
        unit=Unit.RATE,
    )
    yield _durations(overview)


def _over_time(result: Result, title: str, *series: Series, unit: Unit = Unit.COUNT) -> Figure:
    overview = result.overview
    assert overview is not None, "for the type checker: there is no figure without one"  # noqa: S101
    chart = TimeChart(
        title=title,
        since=overview.stretches[0].start,
        bucket_seconds=overview.stretch_seconds,
        series=series,
        marks=tuple(_marks(result, overview)),
        unit=unit,
    )
    prefix = title.lower().replace(" ", "-")
    return Figure(title, _safe(time_chart(chart, prefix)), _safe(time_table(chart)))


def _durations(overview: Overview) -> Figure:
    title = "How long connections lasted"
    marks = ((5.0, "short-lived"), (_IDLE_SECONDS, "idle limit"), (_LIFETIME_SECONDS, "lifetime"))
    chart = Histogram(title, "connections", DURATION_EDGES_SECONDS, overview.durations, marks)
    return Figure(title, _safe(histogram(chart, "durations")), _safe(histogram_table(chart)))


def _marks(result: Result, overview: Overview) -> Iterator[Mark]:
    yield from (Mark(deploy.first, f"version {deploy.version}") for deploy in overview.deploys)
    worst = worst_check(result)
    evidence = evidence_for(result, worst.metric) if worst else None
    if evidence and evidence.began:
        yield Mark(evidence.began, "began")


def _running_total(stretches: Sequence[Stretch]) -> tuple[float, ...]:
    return tuple(accumulate(stretch.gone_errors for stretch in stretches))


def _failed_share(stretch: Stretch) -> float | None:
    outcomes = stretch.welcomes_sent + stretch.welcomes_failed
    return stretch.welcomes_failed / outcomes if outcomes else None


def _limit(result: Result, metric: str) -> Level | None:
    """The limit that decided, if the metric was checked."""
    check = next((one for one in result.checks if one.metric == metric), None)
    if check is None or check.limit is None:
        return None
    return Level(check.limit, f"{check.bound} {show_limit(check.limit, METRICS[metric].unit)}")


def _warn(check: CheckResult) -> float | None:
    """The warn limit beside the one that decided; that itself is no second one."""
    return None if check.bound == "warn" else check.warn


def _prefix(check: CheckResult) -> str:
    return check.id.replace(".", "-")


def _safe(html: str) -> Markup:
    """The charts escape what they are given."""
    return Markup(html)  # noqa: S704
