"""The endpoint refuses what it does not know, and its queries have the states of Logs Insights."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.simulator import emit, scenarios

NAME = "/aws/lambda/chat"
SECONDS = {"startTime": 1_780_000_000, "endTime": 1_790_000_000}
QUERY = {"logGroupName": NAME, "queryString": "fields @message | limit 2", **SECONDS}


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    group = Group(NAME).fill(emit.events(scenarios.healthy(2)))
    with reached(monkeypatch, group), closing(boto3.client("logs")) as client:
        yield client


def refused(client: Any, operation: str, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**parameters)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("describe_log_streams", {"logGroupName": NAME}, "UnknownOperationException"),
        ("filter_log_events", {"logGroupName": NAME, "filterPattern": "ERROR"}, "InvalidParameterException"),
        ("filter_log_events", {"startTime": 1}, "InvalidParameterException"),
        ("filter_log_events", {"logGroupName": NAME, "limit": 10_001}, "InvalidParameterException"),
        ("filter_log_events", {"logGroupName": NAME, "nextToken": "abc"}, "InvalidParameterException"),
        ("filter_log_events", {"logGroupName": "other"}, "ResourceNotFoundException"),
        ("describe_log_groups", {"logGroupNamePattern": "chat"}, "InvalidParameterException"),
        ("describe_log_groups", {"limit": 51}, "InvalidParameterException"),
        ("start_query", {**QUERY, "queryLanguage": "SQL"}, "InvalidParameterException"),
        ("start_query", {**QUERY, "queryString": "stats count(*)"}, "MalformedQueryException"),
        ("get_query_results", {"queryId": "none"}, "ResourceNotFoundException"),
        ("stop_query", {"queryId": "none"}, "ResourceNotFoundException"),
    ],
)
def test_what_it_does_not_know_is_refused(logs: Any, operation: str, parameters: dict[str, Any], code: str) -> None:
    """If it ignored a parameter, a test could pass that should not."""
    assert refused(logs, operation, **parameters) == code


def test_a_query_is_scheduled_then_running_then_complete(logs: Any) -> None:
    """While it runs, it has a part of its rows."""
    query_id = logs.start_query(**QUERY)["queryId"]
    answers = [logs.get_query_results(queryId=query_id) for _ in range(4)]
    assert [answer["status"] for answer in answers] == ["Scheduled", "Running", "Complete", "Complete"]
    assert [len(answer["results"]) for answer in answers] == [0, 1, 2, 2]


def test_a_query_that_is_stopped_is_cancelled(logs: Any) -> None:
    """It can be stopped only once."""
    query_id = logs.start_query(**QUERY)["queryId"]
    assert logs.stop_query(queryId=query_id)["success"]
    assert logs.get_query_results(queryId=query_id)["status"] == "Cancelled"
    assert refused(logs, "stop_query", queryId=query_id) == "InvalidParameterException"


def test_a_query_that_is_over_cannot_be_stopped(logs: Any) -> None:
    """It stays complete."""
    query_id = logs.start_query(**QUERY)["queryId"]
    for _ in range(3):
        logs.get_query_results(queryId=query_id)
    assert refused(logs, "stop_query", queryId=query_id) == "InvalidParameterException"
    assert logs.get_query_results(queryId=query_id)["status"] == "Complete"


def test_faults_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those that the operation can show are."""
    behaviour = Behaviour(fault_rate=1, faults=("error", "empty", "repeat"), most_faults=1)
    with reached(monkeypatch, Group(NAME), behaviour=behaviour) as endpoint, closing(boto3.client("logs")) as client:
        client.describe_log_groups()
    assert endpoint.moods.faults == {"error": 1}
