"""API Gateway: the settings of its stage, and what it observed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from msgspec.structs import replace

from checks.aws.client import AwsClient
from checks.aws.error_messages import refused_with
from checks.config.environment import Api, Environment
from checks.errors import SourceError
from checks.metrics import Metric
from checks.resources import Observation
from checks.resources.api_metrics import ARRIVAL, MetricSpan, measure, metric_span
from checks.window import Window

_MOST_NAMES: Final = 5

_HIDDEN: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = {
    "execution logging is off, so nothing says why an integration failed; set LoggingLevel to ERROR": (
        lambda settings: settings.get("LoggingLevel", "OFF") == "OFF"
    ),
    "detailed metrics are off, so errors of one route are lost among all; set DetailedMetricsEnabled": (
        lambda settings: not settings.get("DetailedMetricsEnabled")
    ),
}
"""What may be hidden, and the settings of a route that hide it. ERROR logs what goes wrong, so INFO is not required."""


def observe_api(environment: Environment, window: Window, now: datetime) -> Observation:
    """Look up what API Gateway counted, and the settings of its stage."""
    api = environment.api
    if api is None:
        raise SourceError(f"{environment.name} names no API; write `api` with its id and stage in thresholds.yaml")
    stage = read_stage(AwsClient("apigatewayv2", api.region), api)
    span = metric_span(window, now)
    counted = measure(AwsClient("cloudwatch", api.region), api, span)
    hidden = tuple(blind_spots(stage))
    return replace(
        counted,
        metrics=(*counted.metrics, Metric("api.blind_spots", len(hidden))),
        findings={"api.blind_spots": hidden, **counted.findings},
        notes=(*_notes(window, span), *counted.notes, *throttles(stage)),
    )


def _notes(window: Window, span: MetricSpan | None) -> Iterator[str]:
    arriving = f"those of the {ARRIVAL // timedelta(minutes=1)} min before the run are still arriving"
    if span is None:
        yield f"API Gateway's metrics: the window contains no full period, and {arriving}; ask for a longer one (-T)"
    elif span.window != window:
        since, until = f"{span.window.since:%Y-%m-%d %H:%M}", f"{span.window.until:%Y-%m-%d %H:%M}"
        yield f"API Gateway's metrics are those from {since} to {until} UTC: full periods only, and {arriving}"


def read_stage(gateway: AwsClient, api: Api) -> Mapping[str, Any]:
    """Read the settings of a stage, as GetStage returns them."""
    resource = f"API {api.id}"
    with _explaining_unknown(gateway, api.id, resource, _apis(gateway)):
        protocol = gateway.call("GetApi", resource, ApiId=api.id)["ProtocolType"]
    if protocol != "WEBSOCKET":
        raise SourceError(f"{resource} in {gateway.region} is for {protocol}; name one for WEBSOCKET")
    resource = f"stage {api.stage} of API {api.id}"
    with _explaining_unknown(gateway, api.stage, resource, _stages(gateway, api)):
        return gateway.call("GetStage", resource, ApiId=api.id, StageName=api.stage)


@contextmanager
def _explaining_unknown(gateway: AwsClient, name: str, resource: str, names: Iterator[str]) -> Iterator[None]:
    """If a name does not exist, add those that do to the error, the nearest first; only then are they listed."""
    try:
        yield
    except SourceError as error:
        if refused_with(error) != "NotFoundException":
            raise
        raise SourceError(f"there is no {resource} in {gateway.region}; {_hint(name, names)}") from error


def _hint(name: str, names: Iterator[str]) -> str:
    """A hint with the names that exist, the nearest first, unless listing is forbidden: a run does not need to list."""
    try:
        nearest = get_close_matches(name, list(names), n=_MOST_NAMES, cutoff=0)
    except SourceError:
        nearest = []
    return f"there is {', '.join(nearest)}" if nearest else "is it another region or account?"


def _apis(gateway: AwsClient) -> Iterator[str]:
    for api in gateway.pages("GetApis", "APIs", "Items"):
        if api["ProtocolType"] == "WEBSOCKET":
            yield f"{api['ApiId']} ({api['Name']})"


def _stages(gateway: AwsClient, api: Api) -> Iterator[str]:
    for stage in gateway.pages("GetStages", f"API {api.id}", "Items", ApiId=api.id):
        yield stage["StageName"]


def blind_spots(stage: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a stage does not log, one sentence each."""
    if not stage.get("AccessLogSettings", {}).get("DestinationArn"):
        yield "access logging is off, so requests that reach no function leave no trace; set AccessLogSettings"
    by_default = stage.get("DefaultRouteSettings", {})
    for text, is_hidden in _HIDDEN.items():
        if is_hidden(by_default):
            yield text
        else:
            routes = sorted(stage.get("RouteSettings", {}).items())
            yield from (f"route {name}: {text}" for name, settings in routes if is_hidden({**by_default, **settings}))


def throttles(stage: Mapping[str, Any]) -> Iterator[str]:
    """Yield how much a stage lets through, a sentence for each setting."""
    routes = [(f"route {name}", settings) for name, settings in sorted(stage.get("RouteSettings", {}).items())]
    for name, settings in (("each route", stage.get("DefaultRouteSettings", {})), *routes):
        rate, burst = settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit")
        limits = [f"{rate:g} requests a second"] if rate is not None else []
        limits += [f"bursts of {burst:,}"] if burst is not None else []
        if limits:
            yield f"the stage's throttle for {name}: {' and '.join(limits)}"
