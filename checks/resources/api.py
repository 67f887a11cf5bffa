"""API Gateway: what it counts, and how its stage is set."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.analysis.metrics import Metric
from checks.aws.names import Api
from checks.aws.service import Service
from checks.errors import SourceError
from checks.judge.thresholds import Environment
from checks.logs.window import Window
from checks.resources.api_metrics import NAMESPACE, ApiMetrics, measure, nothing
from checks.resources.api_stage import read_stage
from checks.resources.metric_data import MetricData
from checks.resources.metric_span import ARRIVAL, MetricSpan, metric_span
from checks.resources.observation import Observation


def observe(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look up what API Gateway counted, and how its stage is set.

    Raises:
        SourceError: It could not be looked up.
    """
    api = _api(environment)
    stage = read_stage(Service("apigatewayv2", api.region, "API Gateway"), api)
    span = metric_span(window, now)
    counted = _measured(api, span) if span else nothing()
    return Observation(
        metrics=(*counted.metrics, Metric("api.blind_spots", len(stage.blind_spots))),
        findings={
            "api.blind_spots": stage.blind_spots,
            **{metric: (peak,) for metric, peak in counted.peaks.items()},
        },
        notes=(*_notes(window, span, counted.latency_parts), *stage.throttles),
        window=span.window if span else None,
    )


def _measured(api: Api, span: MetricSpan) -> ApiMetrics:
    resource = f"metrics of API {api.id}, stage {api.stage}"
    return measure(MetricData(Service("cloudwatch", api.region, "CloudWatch"), NAMESPACE, resource), api, span)


def _api(environment: Environment) -> Api:
    if environment.api is None:
        raise SourceError(f"{environment.name} names no API; write `api` with its id and stage in thresholds.yaml")
    return environment.api


def _notes(window: Window, span: MetricSpan | None, latency_parts: int) -> Iterator[str]:
    arriving = f"those of the {ARRIVAL // timedelta(minutes=1)} min before the run still arrive"
    if span is None:
        yield f"API Gateway's metrics: the window holds no full period, and {arriving}; ask for a longer one (-T)"
        return
    if span.window != window:
        since, until = f"{span.window.since:%Y-%m-%d %H:%M}", f"{span.window.until:%Y-%m-%d %H:%M}"
        yield f"API Gateway's metrics are those from {since} to {until} UTC: full periods only, and {arriving}"
    if latency_parts > 1:
        yield f"api.latency_p95_seconds is that of the slowest of {latency_parts} parts of the window"
