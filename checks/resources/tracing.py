"""AWS X-Ray: whether the functions are traced, and what their traces show."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from checks.analysis.metrics import Metric
from checks.aws.names import Function
from checks.aws.service import Service
from checks.judge.thresholds import Environment
from checks.logs.window import Window
from checks.resources.observation import Observation
from checks.resources.traces import RETENTION, Traces, add_traces

_ACTIVE: Final = "Active"
_PERCENTILES: Final = (50, 95, 99)


def observe(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look up whether the functions are traced, and read their traces.

    Raises:
        SourceError: It could not be looked up.
    """
    inactive: list[str] = []
    traces = Traces()
    kept = _kept(window, now)
    for region, functions in _by_region(environment.functions).items():
        lambdas = Service("lambda", region, "AWS Lambda")
        inactive += [text for function in functions if (text := _inactive(lambdas, function))]
        if kept:
            names = sorted({function.name for function in functions})
            add_traces(traces, Service("xray", region, "AWS X-Ray"), names, kept)
    return Observation(
        metrics=(Metric("tracing.inactive_functions", len(inactive)), *_metrics(traces)),
        findings={"tracing.inactive_functions": tuple(inactive)},
        notes=tuple(_notes(traces, window, kept)),
    )


def _by_region(functions: Sequence[Function]) -> Mapping[str | None, list[Function]]:
    regions: defaultdict[str | None, list[Function]] = defaultdict(list)
    for function in functions:
        regions[function.region].append(function)
    return regions


def _inactive(lambdas: Service, function: Function) -> str:
    """Why a function is not traced; empty where it is.

    The answer holds the function's environment variables, too, which are nobody's business here.
    """
    called = f"{function.name}:{function.alias}" if function.alias else function.name
    qualifier = {"Qualifier": function.alias} if function.alias else {}
    answer = lambdas.call("GetFunctionConfiguration", f"function {called}", FunctionName=function.name, **qualifier)
    mode = answer.get("TracingConfig", {}).get("Mode", "PassThrough")
    if mode == _ACTIVE:
        return ""
    return (
        f"{called} in {lambdas.region}: TracingConfig.Mode is {mode}, which traces only what its caller traces, and "
        f"API Gateway traces no WebSocket API; set it to {_ACTIVE}"
    )


def _kept(window: Window, now: datetime) -> Window | None:
    """The part of the window that X-Ray still has traces of."""
    oldest = now - RETENTION
    return replace(window, since=max(window.since, oldest)) if window.until > oldest else None


def _metrics(traces: Traces) -> Iterator[Metric]:
    for what, part in (("fault", traces.faults), ("error", traces.errors), ("throttle", traces.throttles)):
        yield Metric(f"tracing.{what}_rate", part / traces.n if traces.n else None, traces.n, part)
    for percent in _PERCENTILES:
        seconds = traces.response_percentile(percent)
        yield Metric(f"tracing.response_p{percent}_seconds", seconds, len(traces.response_seconds))


def _notes(traces: Traces, window: Window, kept: Window | None) -> Iterator[str]:
    days = f"AWS X-Ray keeps traces for {RETENTION.days} days"
    if kept is None:
        yield f"{days}: there are none left of the window"
        return
    if kept != window:
        yield f"{days}: those before {kept.since:%Y-%m-%d %H:%M} UTC are gone"
    cut = ", the newest of each six hours: there are more" if traces.is_cut else ""
    yield f"AWS X-Ray traces a sample of the invocations; {traces.n:,} traces were looked at{cut}"
