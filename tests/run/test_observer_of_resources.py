"""All subjects outside the logs are observed in parallel."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.config.thresholds import load
from checks.metrics import Subject
from checks.run.observer import observe_resources
from checks.window import Window
from tests.resources.recorded import Answer, Refusal, recorded

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)

SETTINGS = """\
environments:
  dev:
    log_group: a
    function: chat
    api: {id: abc123, stage: dev}
    limits: {gone.errors: 5}
"""


def test_one_that_cannot_be_looked_up_leaves_the_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has an error instead of an observation; subjects not requested have neither."""
    (tmp_path / "limits.yaml").write_text(SETTINGS)
    environment = load(tmp_path / "limits.yaml").environment("dev")
    active: Answer = {"FunctionName": "chat", "TracingConfig": {"Mode": "Active"}}
    answers: dict[str, list[Answer]] = {
        "GET /v2/apis/abc123": [Refusal("AccessDeniedException", "No.", 403)],
        "GET /2015-03-31/functions/chat/configuration": [active],
        "POST /TraceSummaries": [{"TraceSummaries": []}],
    }
    window = Window(NOW - timedelta(hours=1), NOW)
    with recorded(monkeypatch, answers):
        observations = observe_resources([Subject.API, Subject.TRACING], environment, window, NOW)
        assert observe_resources([], environment, window, NOW).by_subject == {}
    assert observations.by_subject.keys() == {Subject.TRACING}
    assert observations.errors.keys() == {Subject.API}
    assert observations.errors[Subject.API].startswith(
        "API abc123 in us-east-1: access denied: apigateway:GET is missing"
    )
