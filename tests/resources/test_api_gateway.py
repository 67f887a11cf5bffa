"""The settings of a stage of API Gateway, from moto's server."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from checks.aws.client import AwsClient
from checks.config.environment import Api
from checks.errors import SourceError
from checks.resources.api_gateway import blind_spots, read_stage, throttles

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:access"

ALL = {"LoggingLevel": "ERROR", "DetailedMetricsEnabled": True}

ACCESS = {"DestinationArn": GROUP, "Format": "$context.requestId"}

pytestmark = pytest.mark.usefixtures("moto")


def api(protocol: str = "WEBSOCKET", **settings: Any) -> str:
    """Create an API with a stage `prod`."""
    gateway = boto3.client("apigatewayv2")
    made: str = gateway.create_api(Name="chat", ProtocolType=protocol, RouteSelectionExpression="$request.body.action")[
        "ApiId"
    ]
    gateway.create_stage(ApiId=made, StageName="prod", **settings)
    return made


def read(name: str, stage: str = "prod") -> Mapping[str, Any]:
    return read_stage(AwsClient("apigatewayv2", None), Api(name, stage, None))


def test_a_stage_that_writes_all_down() -> None:
    """It has no blind spots; ERROR is enough, because that logs failures."""
    stage = read(api(AccessLogSettings=ACCESS, DefaultRouteSettings=ALL))
    assert [*blind_spots(stage), *throttles(stage)] == []


def test_a_new_stage_hides_all() -> None:
    """Each setting is named with what to change."""
    access, execution, metrics = blind_spots(read(api()))
    assert access.startswith("access logging is off")
    assert execution.endswith("set LoggingLevel to ERROR")
    assert metrics.endswith("set DetailedMetricsEnabled")


def test_a_route_of_its_own_mind() -> None:
    """A setting that it does not have is the stage's default."""
    routes = {"$connect": {"LoggingLevel": "OFF"}, "send": {"DataTraceEnabled": False}}
    stage = read(api(AccessLogSettings=ACCESS, DefaultRouteSettings=ALL, RouteSettings=routes))
    assert [spot.partition(",")[0] for spot in blind_spots(stage)] == ["route $connect: execution logging is off"]


def test_throttles() -> None:
    """Requests beyond them are refused."""
    by_default = {**ALL, "ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 1000}
    routes = {"send": {"ThrottlingRateLimit": 0.5}}
    stage = read(api(AccessLogSettings=ACCESS, DefaultRouteSettings=by_default, RouteSettings=routes))
    assert list(throttles(stage)) == [
        "the stage's throttle for each route: 50 requests a second and bursts of 1,000",
        "the stage's throttle for route send: 0.5 requests a second",
    ]


def test_an_unknown_stage() -> None:
    """The existing ones are listed."""
    name = api()
    with pytest.raises(SourceError) as caught:
        read(name, "prd")
    assert str(caught.value) == f"there is no stage prd of API {name} in eu-west-1; there is prod"


def test_an_unknown_api() -> None:
    """Only WebSocket APIs are listed."""
    with pytest.raises(SourceError, match=r"there is no API nope in eu-west-1; is it another region or account"):
        read("nope")
    name = api()
    api(protocol="HTTP")
    with pytest.raises(SourceError, match=rf"there is no API nope in eu-west-1; there is {name} \(chat\)$"):
        read("nope")


def test_an_http_api_is_refused() -> None:
    """It has neither connects nor messages."""
    with pytest.raises(SourceError, match="in eu-west-1 is for HTTP; name one for WEBSOCKET"):
        read(api(protocol="HTTP"))
