"""Whole runs that look at AWS X-Ray."""

from collections.abc import Mapping, Sequence

import pytest

from tests.health_run import HealthRun, health_run, thresholds
from tests.resources.recorded import Answer, Refusal, recorded

LIMITS = "tracing.inactive_functions: 0, tracing.fault_rate: 5%, tracing.response_p95_seconds: 1s"
CONFIGURATION = "GET /2015-03-31/functions/dev-chat/configuration"
TRACES: Answer = {
    "TraceSummaries": [
        {"Id": f"1-58406520-{number:024x}", "HasFault": number < 2, "ResponseTime": 0.5} for number in range(100)
    ]
}
ANSWERS: Mapping[str, Sequence[Answer]] = {
    CONFIGURATION: [{"TracingConfig": {"Mode": "PassThrough"}}],
    "POST /TraceSummaries": [TRACES],
}


def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Answer]]
) -> HealthRun:
    limits = thresholds(pytester, LIMITS, "function: '{environment}-chat'")
    with recorded(monkeypatch, answers):
        return health_run(pytester, "--thresholds", limits, "-T", "2", "-A", "tracing")


def test_traces_meet_limits(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """No log is read for them, and the report says that they are a sample."""
    done = run(pytester, monkeypatch, ANSWERS)
    assert done.verdicts == {
        "tracing.inactive_functions": "fail",
        "tracing.fault_rate": "pass",
        "tracing.response_p95_seconds": "pass",
    }
    assert done.sentences["tracing.fault_rate"] == "tracing.fault_rate 2 % <= max 5 % (2 of 100)"
    assert done.sentences["tracing.response_p95_seconds"] == "tracing.response_p95_seconds 0.5 s <= max 1 s (n = 100)"
    assert "dev-chat in us-east-1: TracingConfig.Mode is PassThrough" in done.html
    assert "AWS X-Ray traces a sample of the invocations; 100 traces" in done.result["receipt"]["notes"][0]
    assert done.code == 1


def test_traces_that_may_not_be_read(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """This is an error, not health."""
    refusal = Refusal("AccessDeniedException", "User: x is not authorized to perform: xray:GetTraceSummaries", 403)
    done = run(pytester, monkeypatch, {**ANSWERS, "POST /TraceSummaries": [refusal]})
    assert set(done.verdicts.values()) == {"error"}
    assert "access denied: xray:GetTraceSummaries is missing for x" in done.sentences["tracing.fault_rate"]
    assert done.code == 12
