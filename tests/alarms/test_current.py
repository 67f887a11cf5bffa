"""The alarms and filters of an environment that exist in AWS now."""

from datetime import UTC
from pathlib import Path

import boto3
import pytest

from checks.alarms.current import current_alarms, with_existing_groups
from checks.alarms.deploy import deploy_alarms
from checks.alarms.plan import ALARM, plan_alarms
from checks.errors import SourceError
from checks.resources.alarm_states import changed_properties
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, LIMITS, SETTINGS, environment
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group


def test_it_is_read_back_as_it_was_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters and alarms have CloudFormation's names; those with other names are ignored."""
    prod = environment(tmp_path, f"{LIMITS}api.latency_p95_seconds: 1s\n")
    with account(monkeypatch) as cloudwatch:
        list(deploy_alarms(prod, None))
        counting = [{"metricName": "x", "metricNamespace": "x", "metricValue": "1"}]
        mine = {"filterName": "websocket-health-prod-mine", "filterPattern": "x", "metricTransformations": counting}
        boto3.client("logs").put_metric_filter(logGroupName=GROUP, **mine)
        current = current_alarms("eu-west-1", "prod")
        planned = {resource.title: resource for resource in plan_alarms(with_existing_groups(prod)).resources}
    assert [resource.title for resource in current] == list(planned)
    assert {resource.region for resource in current} == {"eu-west-1"}
    for resource in current:
        assert changed_properties(resource.properties, planned[resource.title].properties) == []
    states = [resource.state for resource in current if resource.kind == ALARM]
    assert {state and state.since.tzinfo for state in states} == {UTC}
    assert cloudwatch


def test_log_groups_that_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They replace a pattern, each once, with their regions."""
    settings = SETTINGS.replace(GROUP, f"['/aws/lambda/*', {GROUP}]")
    with account(monkeypatch):
        boto3.client("logs").create_log_group(logGroupName="/aws/lambda/prod-other")
        existing = with_existing_groups(environment(tmp_path, "gone.errors: 5", settings))
    assert [(group.name, group.region) for group in existing.log_groups] == [
        (GROUP, "eu-west-1"),
        ("/aws/lambda/prod-other", "eu-west-1"),
    ]
    assert existing.api
    assert existing.api.region == "eu-west-1"


def test_a_log_group_that_takes_no_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class INFREQUENT_ACCESS has none."""
    with (
        reached(monkeypatch, Group(GROUP, log_class="INFREQUENT_ACCESS")),
        pytest.raises(SourceError, match=f"^log group {GROUP} in us-east-1: it is of class INFREQUENT_ACCESS, "),
    ):
        with_existing_groups(environment(tmp_path))


def test_a_permission_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names it."""
    behaviour = Behaviour(denied=("DescribeMetricFilters",))
    with (
        reached(monkeypatch, Group(GROUP), behaviour=behaviour),
        pytest.raises(SourceError, match=r"^metric filters in us-east-1: access denied: logs:DescribeMetricFilters is"),
    ):
        current_alarms("us-east-1", "prod")
