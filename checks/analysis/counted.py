"""The analysis without events: the metrics that follow from counts by Logs Insights, and those that do not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import exp
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, Interpretation
from checks.analysis.reading import Reading
from checks.config.limit import Limit
from checks.errors import SourceError
from checks.logs.cloudwatch.insights import QueryResult
from checks.logs.cloudwatch.insights_stats import CountableSentences
from checks.logs.cloudwatch.insights_stats.query import BANDS, COLUMNS, LIFETIME, NEVER
from checks.metrics import METRICS, SIGNAL_KINDS, Metric
from checks.text import counted
from checks.window import Window, from_epoch_ms, from_known_epoch_ms

_MOST_ROWS: Final = 9_000
"""The most rows that are accepted: fewer than a query can return, so none was cut off."""

NEAR_MISS_RATE: Final = "data.near_miss_rate"

_UNCOUNTED: Final = frozenset({"gone.welcome_errors", "welcome.delay_p50_seconds", "welcome.delay_p95_seconds"})

COUNTED: Final = frozenset(
    name for name in METRICS if name.startswith(("data.", "gone.", "lifecycle.", "welcome.")) and name not in _UNCOUNTED
)

_BEGINS_LATE: Final = "the logs begin too late to tell which connections began before them"

_REASONS: Final = {
    "gone.welcome_errors": "a request may post to several connections, and counts are by connection",
    "welcome.": "delays would take a second scan",
    "errors.": "errors are told apart by their messages",
    "lambda.": "only sentences about connections are counted",
    "": "it takes the events themselves",
}

_OF_SEEN: Final = frozenset({"gone.connection_rate", "gone.errors_per_connection", "gone.welcome_rate"})
"""The metrics whose sample is the connections that any line names."""

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "gone.connection_rate": ("gone", "connect"),
    "gone.errors_per_connection": ("gone", "connect"),
    "gone.welcome_rate": ("gone", "connect", "welcome_sent"),
    "gone.": ("gone",),
    "lifecycle.events": ("connect", "disconnect", "message"),
    "lifecycle.": ("connect", "disconnect"),
    "welcome.retries": ("welcome_retry",),
    "welcome.average_retries": ("welcome_sent", "welcome_failed", "welcome_retry"),
    "welcome.": ("welcome_sent", "welcome_failed"),
    "": (),
}
"""The kinds of lines that a metric counts, by the prefix of its name: without one of them, it would be too low."""


def why_not_counted(metric: str, sentences: CountableSentences) -> str:
    """Return the reason why Logs Insights does not count a metric of the logs; empty for any other metric."""
    if not METRICS[metric].is_from_logs:
        return ""
    if metric in COUNTED:
        contradicting = ("gone",) if metric.startswith("welcome.") else ()
        others = SIGNAL_KINDS if metric in _OF_SEEN else contradicting
        why = sentences.obstacle((*_by_name(metric, _NEEDS), *(kind for kind in others if kind in sentences.why_not)))
    else:
        why = _by_name(metric, _REASONS)
    remedy = "use source: insights, or switch the limit off"
    return f"source: insights-stats does not count it ({why}); {remedy}" if why else ""


def _by_name(metric: str, table: Mapping[str, Any]) -> Any:
    return next(value for begin, value in table.items() if metric.startswith(begin))


class Tallies(Struct, frozen=True):
    """The counts of Logs Insights in a window.

    Attributes:
        window: The window, which ends at a time whose events have arrived.
        sums: The sums over all connections and other lines, by their names in the query.
        durations: The bands of durations, each with its middle in seconds and its number of complete connections.
        worst: The most errors of one connection.
        first_ms: The time of the first event of the window; None if there is none.
        newest_ms: The time of the newest event of the window; likewise.
        oldest_ms: The time of the oldest event that was scanned; likewise.
        arrived_ms: The arrival time of the last event; likewise.
    """

    window: Window
    sums: Mapping[str, int]
    durations: tuple[tuple[float, int], ...]
    worst: int
    first_ms: int | None
    newest_ms: int | None
    oldest_ms: int | None
    arrived_ms: int | None

    @property
    def begins_late(self) -> bool:
        """Whether some connections may have begun before the first event that was scanned."""
        return self.oldest_ms is not None and self.oldest_ms > self.window.since_ms - LIFETIME

    @property
    def median_seconds(self) -> float | None:
        """The median duration of complete connections, to 1 %; None if there are none."""
        total, passed = sum(number for _, number in self.durations), 0
        for place, (seconds, number) in enumerate(self.durations):
            passed += number
            if 2 * passed == total:  # like DuckDB's median(): the mean of the two in the middle
                return (seconds + self.durations[place + 1][0]) / 2
            if 2 * passed > total:
                return seconds
        return None


def tallies(result: QueryResult, window: Window) -> Tallies:
    """Add up the rows of the query.

    Raises:
        SourceError: The rows are too many or contradict each other, so some may be missing.
    """
    rows = [{one.field: _number(one.value) for one in row if one.field in COLUMNS} for row in result.rows]
    if any(len(row) < len(COLUMNS) for row in rows):
        raise SourceError("Logs Insights answered with rows that lack a number; use source: insights")
    sums = {name.removesuffix("Sum"): sum(row[name] for row in rows) for name in COLUMNS if name.endswith("Sum")}
    if len(rows) > _MOST_ROWS or result.matched not in {None, sums["lines"]} or sums["mismatched"]:
        counts = f"{sums['lines']:,} lines in {len(rows):,} rows, {result.matched or 0:,} matched"
        raise SourceError(f"Logs Insights contradicts itself: {counts}; use source: insights, which reads the events")

    inside = [row for row in rows if row["eventsSum"]]
    return Tallies(
        window=window,
        sums=sums,
        durations=tuple(sorted(_durations(rows))),
        worst=max((row["worst"] for row in rows), default=0),
        first_ms=window.since_ms + min(row["firstTime"] for row in inside) if inside else None,
        newest_ms=window.since_ms + max(row["newestTime"] for row in inside) if inside else None,
        oldest_ms=window.since_ms + min(row["oldestTime"] for row in rows) if rows else None,
        arrived_ms=max((row["arrivedTime"] for row in rows), default=None),
    )


def _durations(rows: Sequence[Mapping[str, int]]) -> Iterator[tuple[float, int]]:
    """Yield the middle of each band of durations, in seconds, and its number of connections."""
    for row in rows:
        if band := row["band"]:
            yield exp((band - 0.5) / BANDS) / 1000, row["completeSum"]


def _number(text: str) -> int:
    """Return a number as Insights writes it: `12`, or `1.2E1`."""
    try:
        return round(float(text))
    except (ValueError, OverflowError) as error:
        raise SourceError(f"Logs Insights answered {text[:40]!r} where a number was expected") from error


def counted_analysis(
    tallies: Tallies, limits: Mapping[str, Limit], sentences: CountableSentences
) -> tuple[Analysis, tuple[str, ...]]:
    """Return the analysis of a window whose events were counted, and its gaps, a sentence each.

    It lacks the course of the window, and single connections.
    """
    sums = tallies.sums
    kinds = [kind for kind in SIGNAL_KINDS if sums[kind]]
    analysis = Analysis(
        window=tallies.window,
        metrics={metric.name: metric for metric in _metrics(tallies, sentences)},
        reading=_reading(tallies),
        interpretation=Interpretation(
            connects=sums["connect"],
            disconnects=sums["disconnect"],
            messages=sums["message"],
            lost=sums["incomplete"] - sums["headless"],
            headless=sums["headless"],
            unknown=0,
            contradicted=sums["contradicted"],
            unwelcomed=_unwelcomed(sums),
        ),
        seen=frozenset(kind.partition("_")[0] for kind in kinds),
        overview=None,
        signatures=(),
    )
    return analysis, tuple(_gaps(sums["vague"], limits.get(NEAR_MISS_RATE), sentences))


def _unwelcomed(sums: Mapping[str, int]) -> int:
    """Return how many connections no line about a welcome is about; 0 if some such line names no connection."""
    named = sum(sums[kind] for kind in SIGNAL_KINDS if kind.startswith("welcome_"))
    return sums["unwelcomed"] if 0 < sums["tries"] <= named else 0


def _gaps(vague: int, limit: Limit | None, sentences: CountableSentences) -> Iterator[str]:
    """Yield a gap for lines of unknown meaning, unless a limit allows for them."""
    if vague and (limit is None or limit.max is None):
        yield (
            f"{vague:,} lines look relevant but are none of {sentences.name}: they may report the problem; "
            f"add patterns of harmless ones to `ignore`, set a limit on {NEAR_MISS_RATE}, or use source: insights"
        )


def _reading(tallies: Tallies) -> Reading:
    events, lines = tallies.sums["events"], tallies.sums["lines"]
    return Reading(
        events=events,
        look_back_events=lines - events,
        other_version_events=0,
        outside_events=0,
        duplicates=0,
        unreadable=0,
        unreadable_examples=(),
        first_event=from_known_epoch_ms(tallies.first_ms),
        last_event=from_known_epoch_ms(tallies.newest_ms),
        lag_p50_ms=None,
        lag_p99_ms=None,
        last_arrival=from_known_epoch_ms(tallies.arrived_ms),
    )


def _metrics(tallies: Tallies, sentences: CountableSentences) -> Iterator[Metric]:
    """Yield the metrics as the SQL files define them; one that the counts leave open has a reason and no value."""
    for metric in (*_counted_metrics(tallies), *(Metric(name, None) for name in _UNCOUNTED)):
        why = why_not_counted(metric.name, sentences)
        yield Metric(metric.name, None, reason=why) if why else metric


def _counted_metrics(tallies: Tallies) -> Iterator[Metric]:
    sums = tallies.sums
    signals = sum(sums[kind] for kind in SIGNAL_KINDS)
    age = None if tallies.newest_ms is None else (tallies.window.until_ms - tallies.newest_ms) / 1000
    yield Metric("data.events", sums["events"])
    yield Metric("data.age_seconds", age)
    yield _share("data.near_miss_rate", sums["vague"], sums["vague"] + sums["said"])
    yield _share("data.unattributed_rate", 0, signals)
    yield from _gone(tallies)
    yield from _lifecycle(tallies)
    yield from _welcome(tallies)


def _gone(tallies: Tallies) -> Iterator[Metric]:
    sums = tallies.sums
    errors, seen, squares = sums["gone"], sums["seen"], float(sums["goneSquares"])
    yield Metric("gone.errors", errors, squares=squares)
    yield Metric("gone.connections", sums["goneConnections"])
    yield Metric("gone.max_per_connection", tallies.worst)
    yield Metric("gone.errors_per_connection", errors / seen if seen else None, seen, squares=squares)
    yield _share("gone.connection_rate", sums["goneConnections"], seen)
    yield _share("gone.welcome_rate", sums["ungreeted"], seen, sums["unsureGone"] + sums["unsureSent"])


def _lifecycle(tallies: Tallies) -> Iterator[Metric]:
    """Yield the metrics of the lifecycle; if the logs begin late, connections without a connect are uncertain cases."""
    sums = tallies.sums
    complete, incomplete = sums["complete"], sums["incomplete"]
    unsure = sums["headless"] if tallies.begins_late else 0
    yield Metric("lifecycle.events", sums["connect"] + sums["disconnect"] + sums["message"])
    yield Metric("lifecycle.complete", complete)
    yield Metric("lifecycle.open", sums["open"])
    yield Metric("lifecycle.incomplete", None if unsure else incomplete, reason=_BEGINS_LATE if unsure else "")
    certain = incomplete - unsure if unsure else None
    share = _share("lifecycle.incomplete_rate", incomplete, complete + incomplete)
    yield replace(share, certain=certain)
    yield Metric("lifecycle.short_lived", sums["short"])
    yield _share("lifecycle.short_lived_rate", sums["short"], complete)
    yield Metric("lifecycle.median_duration_seconds", tallies.median_seconds, complete)


def _welcome(tallies: Tallies) -> Iterator[Metric]:
    """Yield the metrics of welcome messages; if counts leave the fate of some open, values assume the worst."""
    sums = tallies.sums
    unsure, messages, failed = sums["unsureAttempts"] + sums["unsureSent"], sums["attempts"], sums["failed"]
    retries, squares = sums["welcome_retry"], float(sums["retrySquares"])
    average = retries / (messages - unsure) if messages > unsure else None
    yield Metric("welcome.events", sums["tries"])
    yield Metric("welcome.sent", max(0, messages - failed - unsure))
    yield Metric("welcome.failed", failed + unsure)
    yield Metric("welcome.retries", retries, squares=squares)
    yield _share("welcome.failure_rate", failed, messages, unsure)
    yield Metric("welcome.average_retries", average, messages, squares=squares)
    yield _share("welcome.undelivered_rate", sums["undelivered"], sums["greeted"], sums["unsureSent"])


def _share(name: str, cases: int, n: int, unsure: int = 0) -> Metric:
    """Return a share; with unsure cases, it is the largest possible one, and has the number of certain cases."""
    if not unsure:
        return Metric(name, cases / n if n else None, n, cases)
    most = min(cases + unsure, n)
    return Metric(name, most / n if n else None, n, most, certain=max(0, cases - unsure))


_HARMLESS_ID: Final = re.compile(r"[\w=+/-]{1,128}")


def connection_cases(result: QueryResult, window: Window) -> tuple[str, ...]:
    """Return a sentence on each connection in the answer to `cases_query`, those with the most cases first."""
    rows = [{one.field: one.value for one in row} for row in result.rows]
    return tuple(_case(row, window) for row in rows if _number(row.get("cases", "0")) > 0)


def _case(row: Mapping[str, str], window: Window) -> str:
    name = row.get("wId", "")
    shown = name if _HARMLESS_ID.fullmatch(name) else "[value]"  # a line may claim any text as an id
    numbers = {field: _number(value) for field, value in row.items() if field != "wId"}
    counts = {
        "GoneException": numbers["gones"],
        "failed welcome": numbers["welcome_faileds"],
        "welcome retry line": numbers["welcome_retrys"],
    }
    facts = [
        *(counted(number, noun) for noun, number in counts.items() if number),
        *([] if _is_known_time(numbers["sentFirst"]) else ["no welcome sent"]),
        _moment("connected", numbers["beganAt"], window),
        _moment("disconnected", numbers["endedAt"], window),
    ]
    return f"connection {shown}: {', '.join(facts)}"


def _is_known_time(time: int) -> bool:
    return time < NEVER // 2


def _moment(verb: str, time: int, window: Window) -> str:
    if not _is_known_time(time):
        return f"never {verb}"
    return f"{verb} at {from_epoch_ms(window.since_ms + time):%Y-%m-%d %H:%M:%S} UTC"
