"""FilterLogEvents or Logs Insights: which of them reads a log group, and why."""

from typing import Final

from checks.logs.cloudwatch.pace import calls_per_second
from checks.logs.cloudwatch.resolve import INFREQUENT_ACCESS, FoundGroup
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.groups import Source

MOST_CALLS: Final = 3000
"""More calls of FilterLogEvents than this take longer than a pipeline waits: five minutes at ten a second."""

_PAGE_BYTES: Final = 1_000_000
_DAY_MS: Final = 86_400_000


def choose(group: FoundGroup, asked: Source, span: TimeSpan, now_ms: int) -> tuple[Source, str]:
    """Return `filter` or `insights`, and the reason as a clause.

    Args:
        group: What CloudWatch says of it.
        asked: `source` in thresholds.yaml.
        span: What is to be read.
        now_ms: Milliseconds of the epoch, for the age of what is stored.
    """
    if asked != "auto":
        return asked, f"source: {asked} in thresholds.yaml"
    if group.log_class == INFREQUENT_ACCESS:
        return "insights", "FilterLogEvents cannot read log groups of the Infrequent Access class"
    calls = _calls(group, span, now_ms)
    if calls > MOST_CALLS:
        minutes = calls / calls_per_second("FilterLogEvents", group.client.region) / 60
        return "insights", f"FilterLogEvents would take about {calls:,} calls, {minutes:,.0f} min"
    return "filter", f"about {max(calls, 1):,} calls by the bytes stored, {MOST_CALLS:,} at most"


def _calls(group: FoundGroup, span: TimeSpan, now_ms: int) -> int:
    """How many pages the span holds, were traffic always the same."""
    stored_ms = now_ms - group.created_ms
    if group.retention_days is not None:
        stored_ms = min(stored_ms, group.retention_days * _DAY_MS)
    share = min(1.0, span.length_ms / max(stored_ms, 1))
    return round(group.stored_bytes * share / _PAGE_BYTES)
