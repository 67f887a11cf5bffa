"""Whole runs that look at API Gateway as well as the logs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import HealthRun, health_run, thresholds
from tests.resources.recorded import Answer, Refusal, recorded
from tests.simulator import emit, scenarios

GROUP = "/aws/lambda/dev-chat-handler"
WINDOW = ("--since", "2026-06-02T00:00:00Z", "--until", "2026-06-03T02:00:00Z")
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC).timestamp()
STAGE = {
    "StageName": "dev",
    "DefaultRouteSettings": {"LoggingLevel": "INFO", "DetailedMetricsEnabled": True, "ThrottlingRateLimit": 9.0},
}
LIMITS = (
    "api.connects: {min: 1}, api.integration_error_rate: 5%, api.connect_mismatch_rate: 10%, api.blind_spots: 0, "
    "lifecycle.complete: {min: 1}"
)


@contextmanager
def logged(connections: int) -> Iterator[Endpoint]:
    with Endpoint([Group(GROUP).fill(emit.events(scenarios.healthy(connections)))]) as endpoint:
        yield endpoint


def answers(connects: float, **others: Sequence[Answer]) -> Mapping[str, Sequence[Answer]]:
    """Return an API's counts of connects, twice as many messages, and four errors of the integration, at noon."""
    values: list[list[float]] = [[connects], [2 * connects], [4.0], [], [], [250.0], [connects]]
    series = [
        {"Id": f"q{at}", "Timestamps": [NOON][: len(one)], "Values": one, "StatusCode": "Complete"}
        for at, one in enumerate(values)
    ]
    return {
        "GET /v2/apis/abc123": [{"apiId": "abc123", "protocolType": "WEBSOCKET"}],
        "GET /v2/apis/abc123/stages/dev": [_stage()],
        "GetMetricData": [{"MetricDataResults": series}],
        **others,
    }


def _stage() -> dict[str, Any]:
    """Return the settings of a stage, with the names of the REST API."""
    settings = {name[0].lower() + name[1:]: value for name, value in STAGE["DefaultRouteSettings"].items()}  # type: ignore[attr-defined]
    return {"stageName": "dev", "defaultRouteSettings": settings}


def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Answer]], *options: str
) -> HealthRun:
    limits = thresholds(pytester, LIMITS, "api: {id: abc123, stage: '{environment}'}")
    with logged(60) as endpoint, recorded(monkeypatch, answers):
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.url)
        return health_run(pytester, "--thresholds", limits, *WINDOW, *options)


def test_api_gateway_and_the_logs_agree(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each number keeps its limit; the check lists the stage's blind spots, and the receipt its throttling."""
    done = run(pytester, monkeypatch, answers(60))
    assert done.verdicts == {
        "lifecycle.complete": "pass",
        "api.connects": "pass",
        "api.integration_error_rate": "pass",
        "api.connect_mismatch_rate": "pass",
        "api.blind_spots": "inconclusive",
    }
    assert done.sentences["api.integration_error_rate"] == "api.integration_error_rate 2.2 % <= max 5 % (4 of 180)"
    assert done.sentences["api.connect_mismatch_rate"] == "api.connect_mismatch_rate 0 % <= max 10 % (0 of 60)"
    assert done.sentences["api.blind_spots"] == "api.blind_spots 1 > max 0, so too little is seen"
    assert done.value("api.latency_p95_seconds") == 0.25
    findings = {check["id"]: check["findings"] for check in done.result["checks"]}
    assert findings["api.blind_spots"][0].startswith("access logging is off")
    assert "access logging is off" in done.html
    assert "the stage's throttle for each route: 9 requests a second" in done.result["receipt"]["notes"]
    assert done.code == 11


def test_a_log_group_that_tells_of_half_the_connections(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This does not prove a failure, but nothing can be concluded from such logs."""
    done = run(pytester, monkeypatch, answers(120))
    assert done.verdicts["api.connect_mismatch_rate"] == "inconclusive"
    assert done.sentences["api.connect_mismatch_rate"] == (
        "api.connect_mismatch_rate 50 % > max 10 % (60 of 120), so too little of the logs is understood"
    )
    findings = {check["id"]: check["findings"] for check in done.result["checks"]}
    assert findings["api.connect_mismatch_rate"] == [
        "API Gateway counted 120 connects and the logs contain 60, from 2026-06-02 00:00 to 2026-06-03 02:00 UTC"
    ]


def test_an_unknown_api_leaves_the_logs_alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its checks are errors, with one line that lists the existing APIs; the others are judged."""
    other = {"items": [{"apiId": "abd123", "name": "chat", "protocolType": "WEBSOCKET"}]}
    unknown: dict[str, Sequence[Answer]] = {
        "GET /v2/apis/abc123": [Refusal("NotFoundException", "Invalid API identifier specified", 404)],
        "GET /v2/apis": [other],
    }
    done = run(pytester, monkeypatch, answers(60, **unknown))
    assert done.verdicts["lifecycle.complete"] == "pass"
    assert done.verdicts["api.connects"] == "error"
    assert "there is no API abc123 in us-east-1; there is abd123 (chat)" in done.sentences["api.connects"]
    assert done.code == 12


def test_a_window_that_has_just_begun(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its metrics have not arrived, so it is inconclusive, not an error; the stage's settings are known.

    -A api reads the logs for the checks that build on them, and judges nothing else.
    """
    limits = thresholds(pytester, LIMITS, "api: {id: abc123, stage: '{environment}'}")
    with logged(60) as endpoint, recorded(monkeypatch, answers(60)):
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.url)
        done = health_run(pytester, "--thresholds", limits, "-T", "0.04", "-A", "api")
    assert {name.partition(".")[0] for name in done.verdicts} == {"api"}
    assert done.verdicts["api.blind_spots"] == "inconclusive"
    assert done.sentences["api.connects"] == "api.connects no sample to judge min 1"
    assert done.value("api.connect_mismatch_rate") is None
    notes = done.result["receipt"]["notes"]
    assert any(note.startswith("API Gateway's metrics: the window contains no full period") for note in notes)


def test_the_window_grows_while_it_waits(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with logs, the run has to include what API Gateway counted since the first poll."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    limits = thresholds(pytester, "api.connects: {min: 1}", "api: {id: abc123, stage: '{environment}'}")
    with recorded(monkeypatch, answers(0)):
        run = health_run(pytester, "--deployed-at", begin.isoformat(), "--wait", "1s", "--thresholds", limits)
    first, *_, last = run.result["looks"]
    assert first["at"] < last["at"]
    assert run.result["window"]["until"] > first["at"], run.text
