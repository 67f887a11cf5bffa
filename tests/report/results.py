"""Small results, made by hand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checks.analysis.metrics import METRICS
from checks.analysis.results import GoneConnection, Interpretation, Reading
from checks.judge.verdict import Verdict, worst
from checks.report.result import VERSION, CheckResult, MetricResult, Receipt, Result, WindowResult

SINCE = datetime(2026, 6, 2, tzinfo=UTC)
UNTIL = datetime(2026, 6, 3, tzinfo=UTC)

HOSTILE = "<script>alert('1\")</script>\x1b[31m\u202egnp.exe\u2066\nnext\r\nline\x00\x9b0m\u2028&"
"""Markup, quotes, colours, a turn of direction, ends of line: all that a log may hold."""

UNPRINTABLE = "\x00\r\x1b\x9b\u2028\u202e\u2066"


def check(
    metric: str = "gone.errors", verdict: Verdict = Verdict.PASS, sentence: str = "", **fields: Any
) -> CheckResult:
    told: dict[str, Any] = {"value": 3.0, "shadow": False, "owner": "", "runbook": ""}
    return CheckResult(
        id=metric,
        metric=metric,
        verdict=verdict,
        operator="<=",
        limit=5.0,
        bound="max",
        n=None,
        sentence=sentence or f"{metric} 3 <= max 5",
        **told | fields,
    )


def gone(connection_id: str | None = "Qw7LmXa9oAMCKbg=", **fields: Any) -> GoneConnection:
    told: dict[str, Any] = {"errors": 1, "first_error": SINCE, "sample": "410 gone", "welcome_errors": 0}
    return GoneConnection(connection_id, **told | fields)


def reading(**fields: Any) -> Reading:
    counts: dict[str, Any] = {
        "events": 1234,
        "look_back_events": 0,
        "outside_events": 0,
        "duplicates": 0,
        "unreadable": 0,
        "unreadable_examples": (),
        "first_event": SINCE,
        "last_event": UNTIL,
    }
    return Reading(**{"lag_p50_ms": None, "lag_p99_ms": None} | counts | fields)


def receipt(told: Reading | None, **fields: Any) -> Receipt:
    answers: dict[str, Any] = {
        "source": "files",
        "asked": ("log.jsonl",),
        "complete": told is not None,
        "gaps": (),
        "notes": (),
    }
    return Receipt(reading=told, **answers | fields)


def interpretation(**fields: int) -> Interpretation:
    names = ("connects", "disconnects", "messages", "lost", "headless", "unknown", "contradicted")
    return Interpretation(**dict.fromkeys(names, 0) | fields)


def result(
    *checks: CheckResult,
    metrics: Mapping[str, tuple[float | None, int | None]] | None = None,
    **fields: Any,
) -> Result:
    """A result of these checks; a metric that is not given is 0."""
    told = checks or (check(),)
    everything = dict.fromkeys(METRICS, (0.0, 0)) | dict(metrics or {})
    parts: dict[str, Any] = {
        "version": VERSION,
        "environment": "dev",
        "window": WindowResult(SINCE, UNTIL),
        "verdict": worst(one.verdict for one in told),
        "exit_code": 0,
        "error": None,
        "metrics": {name: MetricResult(value, n) for name, (value, n) in everything.items()},
        "receipt": receipt(reading()),
        "interpretation": interpretation(),
    }
    return Result(checks=told, **parts | fields)


def unread(error: str, *checks: CheckResult) -> Result:
    """A result of logs that could not be read."""
    return result(
        *checks or (check(verdict=Verdict.ERROR, value=None),),
        window=None,
        error=error,
        metrics={},
        receipt=receipt(None),
        interpretation=None,
    )
