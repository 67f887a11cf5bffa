"""The alarm that watches a limit.

It asks of the last 24 hours, every minute, what a run asks of them once: it goes off when a run would find the limit
broken, and is over when one would find it kept. With a shorter period the same number would be another limit: a count
for a day is none for an hour, and a share of an hour has so few cases that chance breaks it. With 500 welcome messages
an hour and a limit of 2 %, a service at 1 % is over it in 1.4 % of all hours: every third day.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
"""

from collections.abc import Iterable
from typing import Any, Final

from checks.analysis.metrics import METRICS
from checks.judge.limit import Bound, Limit
from checks.judge.thresholds import Environment
from checks.resources.alarms.counters import Counter, Counters, counters
from checks.resources.alarms.resource import MARK, Kind, Resource, prefix

LONGEST_SECONDS: Final = 7 * 86_400
"""That CloudWatch lets an alarm look back."""

_DAY_SECONDS: Final = 86_400
_MINUTE_SECONDS: Final = 60
_SECOND_MS: Final = 1000


def is_heartbeat(limit: Limit) -> bool:
    """Whether it is broken where nothing is counted at all."""
    return limit.metric == "data.age_seconds" or (limit.min is not None and METRICS[limit.metric].sample is None)


def alarm(limit: Limit, environment: Environment, region: str | None) -> Resource:
    """The alarm that watches a limit in a region; the limit is one that CloudWatch can watch."""
    bound = limit.bounds[0]
    actions = list(environment.alarms.actions) if environment.alarms else []
    name = f"{prefix(environment.name)}{limit.metric}"
    settings = {
        "AlarmName": name,
        "AlarmDescription": _description(limit, environment),
        "ActionsEnabled": True,
        "AlarmActions": actions,
        "OKActions": actions,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "TreatMissingData": "breaching" if is_heartbeat(limit) else "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold" if bound.upper else "LessThanThreshold",
        "Threshold": bound.value,
        **_watched(limit, counters(limit.metric, environment, region)),
    }
    return Resource(Kind.ALARM, name, region, "", settings)


def _description(limit: Limit, environment: Environment) -> str:
    """Who made it, and by which limit: not by its line, which changes with every edit above it."""
    owner = f" Owner: {limit.owner}." if limit.owner else ""
    runbook = f" Runbook: {limit.runbook}" if limit.runbook else ""
    demand = f"{limit.metric} {limit.show(limit.bounds[0])}"
    return f"{MARK} from {limit.file.name}, {environment.name}: {demand}.{owner}{runbook}"


def _watched(limit: Limit, counted: Counters) -> dict[str, Any]:
    """What the alarm looks at, and where that is not in the limit's own terms, its threshold."""
    if limit.metric == "data.age_seconds":  # the newest event is too old where none came in for so long
        period_seconds = _whole_minutes(limit.bounds[0].value)
        silence = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1}
        return {**silence, **_sum(counted.part, period_seconds)}
    if limit.metric == "api.latency_p95_seconds":
        threshold_ms = round(limit.bounds[0].value * _SECOND_MS, 6)
        return {
            **counted.part[0].address,
            "Period": _DAY_SECONDS,
            "ExtendedStatistic": "p95",
            "Threshold": threshold_ms,
        }
    if counted.whole:
        return {"Metrics": _share(counted, limit.samples, limit.bounds[0])}
    return _sum(counted.part, _DAY_SECONDS)


def _whole_minutes(seconds: float) -> int:
    return max(1, -(-round(seconds) // _MINUTE_SECONDS)) * _MINUTE_SECONDS


def _sum(part: tuple[Counter, ...], period_seconds: int) -> dict[str, Any]:
    if len(part) == 1:
        return {**part[0].address, "Period": period_seconds, "Statistic": "Sum"}
    return {"Metrics": [*_queries(part, period_seconds), _expression("total", _added(part), is_watched=True)]}


def _share(counted: Counters, samples: int, bound: Bound) -> list[dict[str, Any]]:
    """A share of too few cases says nothing, and so counts as one that keeps the limit."""
    kept = 0 if bound.upper else 1
    counters_by_id = {counter.id: counter for counter in (*counted.part, *counted.whole)}
    share = f"IF(n >= {samples}, ({_added(counted.part)}) / n, {kept})"
    return [
        *_queries(counters_by_id.values(), _DAY_SECONDS),
        _expression("n", _added(counted.whole), is_watched=False),
        _expression("share", share, is_watched=True),
    ]


def _added(counted: Iterable[Counter]) -> str:
    return " + ".join(f"FILL({counter.id}, 0)" for counter in counted)


def _queries(counted: Iterable[Counter], period_seconds: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": counter.id,
            "MetricStat": {"Metric": counter.address, "Period": period_seconds, "Stat": "Sum"},
            "ReturnData": False,
        }
        for counter in counted
    ]


def _expression(name: str, expression: str, *, is_watched: bool) -> dict[str, Any]:
    return {"Id": name, "Expression": expression, "ReturnData": is_watched}
