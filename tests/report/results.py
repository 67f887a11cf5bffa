"""Small results, made by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.analysis.analyse import GoneConnection, Interpretation
from checks.analysis.evidence import ConnectionTimeline, Evidence, LoggedEvent, Template, TimelineEntry
from checks.analysis.overview import DURATION_EDGES_SECONDS, Bucket, Overview, VersionStart
from checks.analysis.reading import Reading
from checks.logs.spool import Fetch, GroupRead
from checks.metrics import METRICS, EvidenceKind
from checks.report.charts.sparkline import Trend
from checks.report.html.page import EarlierRuns
from checks.report.result import FORMAT_VERSION, CheckResult, MetricResult, Outcome, Receipt, Result
from checks.verdicts.verdict import Verdict, worst
from checks.window import Window

SINCE = datetime(2026, 6, 2, tzinfo=UTC)
UNTIL = datetime(2026, 6, 3, tzinfo=UTC)

HOSTILE = "<script>alert('1\")</script>\x1b[31m\u202egnp.exe\u2066\nnext\r\nline\x00\x9b0m\u2028&"
"""Markup, quotes, colours, a turn of direction, ends of line: all that a log may hold."""

UNPRINTABLE = "\x00\r\x1b\x9b\u2028\u202e\u2066"


def check(
    metric: str = "gone.errors", verdict: Verdict = Verdict.PASS, sentence: str = "", **fields: Any
) -> CheckResult:
    defaults: dict[str, Any] = {
        "value": 3.0,
        "operator": "<=",
        "limit": 5.0,
        "bound": "max",
        "n": None,
        "warn": None,
        "demands": "max 5",
        "place": "thresholds.yaml:12",
        "shadow": False,
        "owner": "",
        "runbook": "",
    }
    return CheckResult(
        id=metric,
        metric=metric,
        verdict=verdict,
        sentence=sentence or f"{metric} 3 <= max 5",
        **defaults | fields,
    )


def outcome(value: float | None, verdict: Verdict = Verdict.PASS, limit: float | None = 5.0, **fields: Any) -> Outcome:
    """Return a check as the history keeps it."""
    numbers: dict[str, Any] = {"id": "gone.errors", "operator": "<=", "bound": "max", "n": None, "shadow": False}
    return Outcome(verdict=verdict, value=value, limit=limit, **numbers | fields)


def trend(*points: Outcome) -> Trend:
    """Return the outcomes of an hourly run."""
    return [(SINCE + timedelta(hours=number), point) for number, point in enumerate(points)]


def failing(metric: str = "gone.errors", value: float = 67, **fields: Any) -> CheckResult:
    """Return a check beyond its limit of 5."""
    defaults: dict[str, Any] = {"verdict": Verdict.FAIL, "sentence": f"{metric} {value:g} > max 5", "operator": ">"}
    return check(metric, value=value, **defaults | fields)


def gone(connection_id: str | None = "Qw7LmXa9oAMCKbg=", **fields: Any) -> GoneConnection:
    defaults: dict[str, Any] = {"errors": 1, "first_error": SINCE, "sample": "410 gone", "welcome_errors": 0}
    return GoneConnection(connection_id, **defaults | fields)


def reading(**fields: Any) -> Reading:
    counts: dict[str, Any] = {
        "events": 1234,
        "look_back_events": 0,
        "other_version_events": 0,
        "outside_events": 0,
        "duplicates": 0,
        "unreadable": 0,
        "unreadable_examples": (),
        "first_event": SINCE,
        "last_event": UNTIL,
    }
    return Reading(**{"lag_p50_ms": None, "lag_p99_ms": None} | counts | fields)


def receipt(read: Reading | None, **fields: Any) -> Receipt:
    defaults: dict[str, Any] = {
        "source": "files",
        "requested": ("log.jsonl",),
        "complete": read is not None,
        "gaps": (),
        "notes": (),
    }
    return Receipt(reading=read, **defaults | fields)


def interpretation(**fields: int) -> Interpretation:
    names = ("connects", "disconnects", "messages", "lost", "headless", "unknown", "contradicted", "unwelcomed")
    return Interpretation(**dict.fromkeys(names, 0) | fields)


def fetch(*groups: GroupRead, **fields: Any) -> Fetch:
    """Return the statistics of a read by FilterLogEvents."""
    defaults: dict[str, Any] = {
        "calls": 12,
        "retries": 3,
        "throttles": 2,
        "pages": 4,
        "empty_pages": 1,
        "events": 5678,
        "bytes": 1_500_000,
        "queries": 0,
        "bytes_scanned": 0,
        "price_usd": 0.0,
    }
    return Fetch(groups or (group(),), **defaults | fields)


def group(name: str = "/aws/lambda/dev-chat-handler", api: str = "FilterLogEvents") -> GroupRead:
    return GroupRead(name, "eu-central-1", api, "the window is short")


def at(**since: float) -> datetime:
    """Return a time in the window: `at(hours=3)`."""
    return SINCE + timedelta(**since)


def logged(message: str = "410 gone", **fields: Any) -> LoggedEvent:
    defaults: dict[str, Any] = {
        "timestamp": at(hours=3),
        "connection_id": "Qw7LmXa9oAMCKbg=",
        "request_id": "8f6b2f0e-req",
        "log_group": "/aws/lambda/dev-chat-handler",
        "log_stream": "2026/06/02/[7]abc",
    }
    return LoggedEvent(message=message, **defaults | fields)


def template(*examples: LoggedEvent, events: int = 1) -> Template:
    return Template(text="# gone", events=events, first=at(hours=3), last=at(hours=4), examples=examples or (logged(),))


def timeline(*entries: TimelineEntry, **fields: Any) -> ConnectionTimeline:
    defaults: dict[str, Any] = {
        "connection_id": "Qw7LmXa9oAMCKbg=",
        "cases": 1,
        "began": at(hours=3),
        "ended": at(hours=3, seconds=90),
        "state": "complete",
        "duration_seconds": 90.0,
        "hidden_entries": 0,
    }
    return ConnectionTimeline(
        entries=entries or (TimelineEntry(at(hours=3, seconds=2.4), ("gone",), "post failed"),), **defaults | fields
    )


def evidence(kind: EvidenceKind = EvidenceKind.GONE, **fields: Any) -> Evidence:
    defaults: dict[str, Any] = {
        "cases": 1,
        "connections": 1,
        "connections_seen": 4,
        "versions": (),
        "first": at(hours=3),
        "last": at(hours=4),
        "began": None,
        "cases_since": fields.get("cases", 1) if fields.get("began") else 0,
        "counts": (),
        "shared": {},
        "indicators": {},
        "timelines": (timeline(),),
        "templates": (template(),),
        "hidden_templates": 0,
    }
    return Evidence(kind=kind, **defaults | fields)


def overview(*buckets: Bucket, **fields: Any) -> Overview:
    defaults: dict[str, Any] = {
        "bucket_seconds": 43_200,
        "short_lived_seconds": 5.0,
        "durations": tuple(range(len(DURATION_EDGES_SECONDS) - 1)),
        "deploys": (),
        "indicators": {},
    }
    return Overview(
        buckets=buckets or (Bucket(SINCE, 5, 4, 1, 3, 1), Bucket(at(hours=12), 6, 6, 2, 0, 0)), **defaults | fields
    )


def deploy(*, hours: float, version: str = "7") -> VersionStart:
    return VersionStart(version, at(hours=hours))


def before(run: Result, *changes: str, problems: tuple[str, ...] = ()) -> EarlierRuns:
    """Return what an earlier run of the same checks adds."""
    trends = {one.id: trend(outcome(2.0), one) for one in run.checks}
    return EarlierRuns(changes, trends, problems)


def result(
    *checks: CheckResult,
    metrics: Mapping[str, tuple[float | None, int | None]] | None = None,
    **fields: Any,
) -> Result:
    """Return a result of these checks; other metrics are 0."""
    defaults = checks or (check(),)
    everything = dict.fromkeys(METRICS, (0.0, 0)) | dict(metrics or {})
    parts: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "environment": "dev",
        "window": Window(SINCE, UNTIL),
        "verdict": worst(one.verdict for one in defaults),
        "exit_code": 0,
        "error": None,
        "metrics": {name: MetricResult(value, n) for name, (value, n) in everything.items()},
        "receipt": receipt(reading()),
        "interpretation": interpretation(),
    }
    return Result(checks=defaults, **parts | fields)


def unread(error: str, *checks: CheckResult) -> Result:
    """Return a result of logs that could not be read."""
    return result(
        *checks or (check(verdict=Verdict.ERROR, value=None),),
        window=None,
        error=error,
        metrics={},
        receipt=receipt(None, source="nothing"),
        interpretation=None,
    )
