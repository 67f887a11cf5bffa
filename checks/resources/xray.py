"""AWS X-Ray: whether the functions are traced, and what their traces show."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from math import ceil
from typing import Any, Final

from msgspec.structs import replace

from checks.aws.client import AwsClient
from checks.config.environment import Environment, Function
from checks.metrics import Metric
from checks.resources import Observation
from checks.window import Window

RETENTION: Final = timedelta(days=30)
"""How long X-Ray keeps traces."""

MOST_TRACES: Final = 20_000
"""More of a sample tell little more, and cost calls, which X-Ray throttles."""

_LONGEST: Final = timedelta(hours=6)
"""That one call may ask about."""

_ACTIVE: Final = "Active"
_PERCENTILES: Final = (50, 95, 99)


@dataclass
class Traces:
    """Counts of the traces, each of which counts once: with a 5XX, a 4XX or a 429; a trace that goes on has no time."""

    faults: int = 0
    errors: int = 0
    throttles: int = 0
    response_seconds: "array[float]" = field(default_factory=lambda: array("d"))
    is_cut: bool = False
    _ids: set[str] = field(default_factory=set)

    @property
    def n(self) -> int:
        """The number of traces."""
        return len(self._ids)

    def add(self, summary: dict[str, Any]) -> None:
        """Count a trace, unless it is known: on the edge of two spans, both tell of it."""
        if summary["Id"] in self._ids:
            return
        self._ids.add(summary["Id"])
        self.faults += bool(summary.get("HasFault"))
        self.errors += bool(summary.get("HasError"))
        self.throttles += bool(summary.get("HasThrottle"))
        if (seconds := summary.get("ResponseTime")) is not None:
            self.response_seconds.append(seconds)

    def response_percentile(self, percent: int) -> float | None:
        """The time within which so many per cent had answered; None where none has."""
        ordered = sorted(self.response_seconds)
        return ordered[ceil(len(ordered) * percent / 100) - 1] if ordered else None


def observe_traces(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look up whether the functions are traced, and read their traces.

    Raises:
        SourceError: It could not be looked up.
    """
    inactive: list[str] = []
    traces = Traces()
    retained = _retained(window, now)
    for region, functions in _by_region(environment.functions).items():
        lambdas = AwsClient("lambda", region)
        inactive += [text for function in functions if (text := _inactive(lambdas, function))]
        if retained:
            names = sorted({function.name for function in functions})
            add_traces(traces, AwsClient("xray", region), names, retained)
    return Observation(
        metrics=(Metric("tracing.inactive_functions", len(inactive)), *_metrics(traces)),
        findings={"tracing.inactive_functions": tuple(inactive)},
        notes=tuple(_notes(traces, window, retained)),
    )


def _by_region(functions: Sequence[Function]) -> Mapping[str | None, list[Function]]:
    regions: defaultdict[str | None, list[Function]] = defaultdict(list)
    for function in functions:
        regions[function.region].append(function)
    return regions


def _inactive(lambdas: AwsClient, function: Function) -> str:
    """The reason why a function is not traced; empty where it is.

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


def _retained(window: Window, now: datetime) -> Window | None:
    """The part of the window that X-Ray still has traces of."""
    oldest = now - RETENTION
    return replace(window, since=max(window.since, oldest)) if window.until > oldest else None


def add_traces(traces: Traces, xray: AwsClient, functions: Sequence[str], window: Window) -> None:
    """Read the traces that went through functions of these names, the newest of each six hours where they are too many.

    Raises:
        SourceError: X-Ray does not tell.
    """
    spans = list(_spans(window))
    most = MOST_TRACES // len(spans)
    expression = " OR ".join(f'service("{name}")' for name in functions)
    for since, until in spans:
        which = {"StartTime": since, "EndTime": until, "FilterExpression": expression}
        summaries = xray.pages("GetTraceSummaries", f"traces of {', '.join(functions)}", "TraceSummaries", **which)
        for summary in islice(summaries, most):
            traces.add(summary)
        traces.is_cut |= next(summaries, None) is not None


def _spans(window: Window) -> Iterator[tuple[datetime, datetime]]:
    since = window.since
    while since < window.until:
        until = min(since + _LONGEST, window.until)
        yield since, until
        since = until


def _metrics(traces: Traces) -> Iterator[Metric]:
    for what, part in (("fault", traces.faults), ("error", traces.errors), ("throttle", traces.throttles)):
        yield Metric(f"tracing.{what}_rate", part / traces.n if traces.n else None, traces.n, part)
    for percent in _PERCENTILES:
        seconds = traces.response_percentile(percent)
        yield Metric(f"tracing.response_p{percent}_seconds", seconds, len(traces.response_seconds))


def _notes(traces: Traces, window: Window, retained: Window | None) -> Iterator[str]:
    days = f"AWS X-Ray keeps traces for {RETENTION.days} days"
    if retained is None:
        yield f"{days}: there are none left of the window"
        return
    if retained != window:
        yield f"{days}: those before {retained.since:%Y-%m-%d %H:%M} UTC are gone"
    cut = ", the newest of each six hours: there are more" if traces.is_cut else ""
    yield f"AWS X-Ray traces a sample of the invocations; {traces.n:,} traces were looked at{cut}"
