"""AWS X-Ray: whether the functions are traced, and what their traces show."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from typing import Final, NamedTuple

from msgspec.structs import replace

from checks.aws.client import AwsClient
from checks.config.environment import Environment, Function
from checks.metrics import Metric
from checks.resources import Observation
from checks.window import Window

RETENTION: Final = timedelta(days=30)
"""How long X-Ray keeps traces."""
MOST_TRACES: Final = 20_000
"""The most traces that are read: more of a sample would show little more, and cost calls, which X-Ray throttles."""
_LONGEST: Final = timedelta(hours=6)
"""The longest span that one call may ask about."""


class _Trace(NamedTuple):
    """A trace: whether it met a 5XX, a 4XX or a 429, and how long it took, if it is over."""

    fault: bool
    error: bool
    throttle: bool
    response_seconds: float | None


def observe_traces(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look up whether the functions are traced, and read their traces."""
    inactive: list[str] = []
    traces, is_cut = dict[str, _Trace](), False  # by their id: one on the edge of two spans is in both
    retained = _retained(window, now)
    for region in dict.fromkeys(function.region for function in environment.functions):
        functions = [function for function in environment.functions if function.region == region]
        lambdas = AwsClient("lambda", region)
        inactive += [text for function in functions if (text := _inactive(lambdas, function))]
        if retained:
            names = sorted({function.name for function in functions})
            is_cut |= _add_traces(traces, AwsClient("xray", region), names, retained)
    return Observation(
        metrics=(Metric("tracing.inactive_functions", len(inactive)), *_metrics(traces.values())),
        findings={"tracing.inactive_functions": tuple(inactive)},
        notes=tuple(_notes(len(traces), window, retained, is_cut=is_cut)),
    )


def _inactive(lambdas: AwsClient, function: Function) -> str:
    """The reason why a function is not traced; empty if it is.

    The response also holds the function's environment variables, which are not used here.
    """
    called = f"{function.name}:{function.alias}" if function.alias else function.name
    qualifier = {"Qualifier": function.alias} if function.alias else {}
    answer = lambdas.call("GetFunctionConfiguration", f"function {called}", FunctionName=function.name, **qualifier)
    mode = answer.get("TracingConfig", {}).get("Mode", "PassThrough")
    if mode == "Active":
        return ""
    return (
        f"{called} in {lambdas.region}: TracingConfig.Mode is {mode}, which traces only what its caller traces, and "
        f"API Gateway traces no WebSocket API; set it to Active"
    )


def _retained(window: Window, now: datetime) -> Window | None:
    """The part of the window that X-Ray still has traces of."""
    oldest = now - RETENTION
    return replace(window, since=max(window.since, oldest)) if window.until > oldest else None


def _add_traces(traces: dict[str, _Trace], xray: AwsClient, functions: Sequence[str], window: Window) -> bool:
    """Add the traces that went through functions of these names; return whether there are more.

    If there are, those that were added are the newest of each six hours.
    """
    spans, is_cut = list(_spans(window)), False
    expression = " OR ".join(f'service("{name}")' for name in functions)
    for since, until in spans:
        which = {"StartTime": since, "EndTime": until, "FilterExpression": expression}
        summaries = xray.pages("GetTraceSummaries", f"traces of {', '.join(functions)}", "TraceSummaries", **which)
        for one in islice(summaries, MOST_TRACES // len(spans)):
            fault, error, throttle = (bool(one.get(name)) for name in ("HasFault", "HasError", "HasThrottle"))
            traces[one["Id"]] = _Trace(fault, error, throttle, one.get("ResponseTime"))
        is_cut |= next(summaries, None) is not None
    return is_cut


def _spans(window: Window) -> Iterator[tuple[datetime, datetime]]:
    since = window.since
    while since < window.until:
        until = min(since + _LONGEST, window.until)
        yield since, until
        since = until


def _metrics(traces: Collection[_Trace]) -> Iterator[Metric]:
    n = len(traces)
    for what in ("fault", "error", "throttle"):
        part = sum(getattr(trace, what) for trace in traces)
        yield Metric(f"tracing.{what}_rate", part / n if n else None, n, part)
    times = sorted(trace.response_seconds for trace in traces if trace.response_seconds is not None)
    for percent in (50, 95, 99):
        seconds = times[ceil(len(times) * percent / 100) - 1] if times else None
        yield Metric(f"tracing.response_p{percent}_seconds", seconds, len(times))


def _notes(n: int, window: Window, retained: Window | None, *, is_cut: bool) -> Iterator[str]:
    days = f"AWS X-Ray keeps traces for {RETENTION.days} days"
    if retained is None:
        yield f"{days}: none are left of this window"
        return
    if retained != window:
        yield f"{days}: those before {retained.since:%Y-%m-%d %H:%M} UTC are gone"
    cut = ", the newest of each six hours: there are more" if is_cut else ""
    yield f"AWS X-Ray traces a sample of the invocations; {n:,} traces were looked at{cut}"
