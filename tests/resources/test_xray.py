"""Tracing of functions, and what their traces show: X-Ray answers as AWS documents."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from msgspec.structs import replace

from checks.config.environment import Environment, Function
from checks.config.thresholds import load
from checks.errors import SourceError
from checks.metrics import Metric
from checks.places import COMMAND
from checks.resources import Observation, xray
from checks.resources.xray import observe_traces
from checks.window import Window
from tests.resources.recorded import Answer, Recorded, Refusal, recorded

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)

WINDOW = Window(NOW - timedelta(hours=4), NOW)

CHAT = "/2015-03-31/functions/chat/configuration"

ACTIVE: Mapping[str, Any] = {"FunctionName": "chat", "TracingConfig": {"Mode": "Active"}}

PASSING: Answer = {**ACTIVE, "TracingConfig": {"Mode": "PassThrough"}, "Environment": {"Variables": {"KEY": "hunter2"}}}

NONE: Answer = {"TraceSummaries": [], "TracesProcessedCount": 0}


def trace(number: int, **more: Any) -> dict[str, Any]:
    return {"Id": f"1-58406520-{number:024x}", "HasFault": False, "HasError": False, "HasThrottle": False, **more}


def page(*summaries: Mapping[str, Any], more: str | None = None) -> Answer:
    return {"TraceSummaries": list(summaries), **({"NextToken": more} if more else {})}


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> Environment:
    (tmp_path / "limits.yaml").write_text("environments: {dev: {log_group: a, function: chat}}")
    return load(tmp_path / "limits.yaml").environment("dev")


def observed(
    monkeypatch: pytest.MonkeyPatch,
    environment: Environment,
    *pages: Answer,
    window: Window = WINDOW,
    others: Mapping[str, Sequence[Answer]] | None = None,
) -> tuple[Observation, Recorded]:
    answers = {f"GET {CHAT}": [ACTIVE], "POST /TraceSummaries": pages, **(others or {})}
    with recorded(monkeypatch, answers) as server:
        return observe_traces(environment, window, NOW), server


def by_name(observation: Observation) -> dict[str, Metric]:
    return {metric.name: metric for metric in observation.metrics}


def test_rates_and_percentiles(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """They have their sample; a trace that goes on has no response time yet."""
    done = [trace(number, ResponseTime=(number + 1) / 100) for number in range(96)]
    marked = [trace(96, HasFault=True), trace(97, HasError=True), trace(98, HasThrottle=True), trace(99, HasFault=True)]
    observation, _ = observed(monkeypatch, environment, page(*done, *marked))
    assert by_name(observation) == {
        "tracing.inactive_functions": Metric("tracing.inactive_functions", 0),
        "tracing.fault_rate": Metric("tracing.fault_rate", 0.02, 100, 2),
        "tracing.error_rate": Metric("tracing.error_rate", 0.01, 100, 1),
        "tracing.throttle_rate": Metric("tracing.throttle_rate", 0.01, 100, 1),
        "tracing.response_p50_seconds": Metric("tracing.response_p50_seconds", 0.48, 96),
        "tracing.response_p95_seconds": Metric("tracing.response_p95_seconds", 0.92, 96),
        "tracing.response_p99_seconds": Metric("tracing.response_p99_seconds", 0.96, 96),
    }
    assert observation.notes == ("AWS X-Ray traces a sample of the invocations; 100 traces were looked at",)


def test_no_trace_is_no_sample(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """No faults in no traces do not mean health."""
    observation, _ = observed(monkeypatch, environment, NONE)
    assert {metric.value for metric in observation.metrics[1:]} == {None}


def test_all_pages_of_spans_of_six_hours(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """An empty page need not be the last; a trace on the edge of two spans counts once."""
    window = Window(NOW - timedelta(hours=13), NOW)
    pages = [page(trace(1), more="a"), page(more="b"), page(trace(2)), page(trace(2), trace(3, HasFault=True)), NONE]
    observation, server = observed(monkeypatch, environment, *pages, window=window)
    assert by_name(observation)["tracing.fault_rate"] == Metric("tracing.fault_rate", 1 / 3, 3, 1)
    requests = server.parameters("POST /TraceSummaries")
    assert [one.get("NextToken") for one in requests] == [None, "a", "b", None, None]
    spans = {(one["StartTime"], one["EndTime"]) for one in requests}
    hours = sorted((NOW.timestamp() - end) / 3600 for _, end in spans)
    assert hours == [0, 1, 7]
    assert max(end - start for start, end in spans) == 6 * 3600
    assert {one["FilterExpression"] for one in requests} == {'service("chat")'}


def test_more_traces_than_anybody_needs(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """Some of each span are enough, and the report says that there are more."""
    monkeypatch.setattr(xray, "MOST_TRACES", 2)
    observation, server = observed(
        monkeypatch, environment, page(trace(1), trace(2), more="a"), page(trace(3), more="b")
    )
    assert by_name(observation)["tracing.fault_rate"].n == 2
    assert len(server.parameters("POST /TraceSummaries")) == 2
    assert observation.notes[-1].endswith("2 traces were looked at, the newest of each six hours: there are more")


def test_a_throttled_call_is_made_again(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """X-Ray throttles soon."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")  # whose pauses are shorter
    throttled = Refusal("ThrottledException", "Rate exceeded", 429)
    observation, _ = observed(monkeypatch, environment, throttled, page(trace(1)))
    assert by_name(observation)["tracing.fault_rate"].n == 1


def test_a_function_that_is_not_traced(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """It is named, with what to do; its environment variables are not shown."""
    observation, _ = observed(monkeypatch, environment, NONE, others={f"GET {CHAT}": [PASSING]})
    assert by_name(observation)["tracing.inactive_functions"].value == 1
    (finding,) = observation.findings["tracing.inactive_functions"]
    assert finding.startswith("chat in us-east-1: TracingConfig.Mode is PassThrough, which traces only what its caller")
    assert "hunter2" not in str(observation)


def test_an_alias_may_be_set_otherwise(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """A published version keeps the settings that it had."""
    named = replace(environment, functions=(Function("chat", "live", None),))
    others = {f"GET {CHAT}?Qualifier=live": [PASSING]}
    observation, _ = observed(monkeypatch, named, NONE, others=others)
    assert observation.findings["tracing.inactive_functions"][0].startswith("chat:live in us-east-1")


def test_functions_of_a_region_share_a_filter(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """A trace through both functions counts once."""
    named = replace(environment, functions=(Function("chat", "", None), Function("auth", "", None)))
    others = {"GET /2015-03-31/functions/auth/configuration": [ACTIVE]}
    _, server = observed(monkeypatch, named, page(trace(1)), others=others)
    (request,) = server.parameters("POST /TraceSummaries")
    assert request["FilterExpression"] == 'service("auth") OR service("chat")'


def test_traces_that_are_gone(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """X-Ray keeps 30 days: only the part of a window within them is requested."""
    old = Window(NOW - timedelta(days=32), NOW - timedelta(days=31))
    observation, server = observed(monkeypatch, environment, NONE, window=old)
    assert server.parameters("POST /TraceSummaries") == []
    assert observation.notes == ("AWS X-Ray keeps traces for 30 days: none are left of this window",)
    partly = Window(NOW - timedelta(days=30, hours=1), NOW - timedelta(days=29, hours=20))
    observation, server = observed(monkeypatch, environment, NONE, window=partly)
    (request,) = server.parameters("POST /TraceSummaries")
    assert request["StartTime"] == (NOW - timedelta(days=30)).timestamp()
    assert observation.notes[0] == "AWS X-Ray keeps traces for 30 days: those before 2026-05-21 12:00 UTC are gone"


@pytest.mark.parametrize("key", [f"GET {CHAT}", "POST /TraceSummaries"])
def test_a_missing_permission_is_named(monkeypatch: pytest.MonkeyPatch, environment: Environment, key: str) -> None:
    """One line names it."""
    action = {"POST /TraceSummaries": "xray:GetTraceSummaries"}.get(key, "lambda:GetFunctionConfiguration")
    refusal = Refusal("AccessDeniedException", f"User: x is not authorized to perform: {action}", 403)
    with pytest.raises(SourceError, match=f"access denied: {action} is missing for x; `{COMMAND} doctor -E NAME --pol"):
        observed(monkeypatch, environment, NONE, others={key: [refusal]})


@pytest.mark.usefixtures("moto")
def test_moto_answers_the_same(environment: Environment) -> None:
    """The functions are created through the API, as usual."""
    trust = {"Version": "2012-10-17", "Statement": []}
    iam = boto3.client("iam")
    role = iam.create_role(RoleName="chat", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", "def handler(event, context): ...")
    for name, mode in (("chat", "Active"), ("auth", "PassThrough")):
        boto3.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": archive.getvalue()},
            TracingConfig={"Mode": mode},
        )
    long_ago = Window(NOW - timedelta(days=61), NOW - timedelta(days=60))  # moto has no summaries of traces
    named = replace(environment, functions=(Function("chat", "", None), Function("auth", "", None)))
    observation = observe_traces(named, long_ago, NOW)
    assert by_name(observation)["tracing.inactive_functions"].value == 1
    assert observation.findings["tracing.inactive_functions"][0].startswith("auth in eu-west-1")


@pytest.mark.usefixtures("moto")
def test_an_unknown_function(environment: Environment) -> None:
    """The error says what to check."""
    with pytest.raises(SourceError, match=r"function chat in eu-west-1: lambda:GetFunctionConfiguration: not found"):
        observe_traces(environment, WINDOW, NOW)


def test_no_region(environment: Environment) -> None:
    """The error says where to set one."""
    with pytest.raises(
        SourceError, match=r"^AWS Lambda: no AWS region is named; set AWS_DEFAULT_REGION, .*`region` beside"
    ):
        observe_traces(environment, WINDOW, NOW)
