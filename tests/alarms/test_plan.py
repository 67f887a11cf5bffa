"""The metric filters and alarms that the limits call for."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checks.alarms.metric_filters import why_not
from checks.alarms.plan import ALARM, FILTER, plan_alarms
from checks.errors import ConfigError
from checks.metrics import METRICS, Subject
from tests.alarms.making import GROUP, SETTINGS, TOPIC, alarms_of, environment, metric_of

TWO_REGIONS = SETTINGS.replace(
    f"log_group: {GROUP}", "log_group: [{name: a, region: eu-west-1}, {name: b, region: eu-west-2}]"
)


def only(folder: Path, limits: str, settings: str = SETTINGS) -> dict[str, Any]:
    """Return the properties of the one alarm that a limit calls for."""
    [alarm] = alarms_of(folder, limits, settings).values()
    return alarm


def left_out(folder: Path, limits: str, settings: str = SETTINGS) -> dict[str, str]:
    return dict(plan_alarms(environment(folder, limits, settings)).left_out)


def expression(alarm: dict[str, Any]) -> str:
    [watched] = [query["Expression"] for query in alarm["Metrics"] if query["ReturnData"]]
    return str(watched)


def test_a_count_is_added_up_over_a_day(tmp_path: Path) -> None:
    """The alarm fires above the limit, and missing data are fine."""
    alarm = only(tmp_path, "gone.errors: {warn: 5, max: 200}")
    assert alarm == {
        "AlarmName": "websocket-health-prod-gone.errors",
        "AlarmDescription": "Made by websocket-health-checks from thresholds.yaml, prod: gone.errors max 200.",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 200,
        "Namespace": "WebSocketHealth",
        "MetricName": "prod-gone",
        "Dimensions": [],
        "Period": 86_400,
        "Statistic": "Sum",
    }


@pytest.mark.parametrize("metric", ["lifecycle.complete", "welcome.sent", "data.events", "api.connects"])
def test_silence_breaks_a_heartbeat(tmp_path: Path, metric: str) -> None:
    """If there must be some, missing data break the limit."""
    alarm = only(tmp_path, f"{metric}: {{min: 3}}")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 3)
    assert alarm["TreatMissingData"] == "breaching"


def test_the_age_of_the_newest_event_is_the_time_without_one(tmp_path: Path) -> None:
    """No event for so long breaks the limit; CloudWatch counts in whole minutes."""
    alarm = only(tmp_path, "data.age_seconds: 90s")
    assert (alarm["MetricName"], alarm["Period"]) == ("IncomingLogEvents", 120)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_a_share_needs_its_sample(tmp_path: Path) -> None:
    """With fewer cases than a verdict takes, the share counts as 0."""
    alarm = only(tmp_path, "welcome.failure_rate: 5%")
    assert expression(alarm) == "IF(n >= 59, (FILL(welcome_failed, 0)) / n, 0)"
    [n] = [query["Expression"] for query in alarm["Metrics"] if query["Id"] == "n"]
    assert n == "FILL(welcome_sent, 0) + FILL(welcome_failed, 0)"
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (0.05, "notBreaching")


def test_a_share_with_a_lower_limit_needs_its_sample_too(tmp_path: Path) -> None:
    """With too few cases, the share counts as 1."""
    assert expression(only(tmp_path, "welcome.failure_rate: {min: 50%, min_samples: 7}")).startswith("IF(n >= 7, ")
    assert expression(only(tmp_path, "welcome.failure_rate: {min: 50%}")).endswith("/ n, 1)")


def test_what_api_gateway_counts_needs_no_filter(tmp_path: Path) -> None:
    """The alarm watches API Gateway's own metric of the stage."""
    plan = plan_alarms(environment(tmp_path, "api.integration_errors: 5"))
    [alarm] = plan.resources
    assert alarm.properties["Namespace"] == "AWS/ApiGateway"
    assert alarm.properties["Dimensions"] == [
        {"Name": "ApiId", "Value": "a1b2c3d4e5"},
        {"Name": "Stage", "Value": "live"},
    ]
    rate = only(tmp_path, "api.integration_error_rate: 1%")
    assert expression(rate) == "IF(n >= 299, (FILL(integrationError, 0)) / n, 0)"


def test_api_gateway_measures_in_milliseconds(tmp_path: Path) -> None:
    """The limit is in seconds."""
    alarm = only(tmp_path, "api.latency_p95_seconds: 1.1s")
    assert (alarm["ExtendedStatistic"], alarm["Threshold"]) == ("p95", 1100)
    assert "Statistic" not in alarm


def test_filters_are_those_that_alarms_need(tmp_path: Path) -> None:
    """There is one for each signal and log group; all of a region add to one metric."""
    two = SETTINGS.replace(GROUP, "[a, b]")
    plan = plan_alarms(environment(tmp_path, "welcome.failure_rate: 5%\ngone.connection_rate: 5%", two))
    filters = [one for one in plan.resources if one.kind == FILTER]
    signals = ["welcome_sent", "welcome_failed"]
    assert [(one.log_group, one.name) for one in filters] == [
        (group, f"websocket-health-prod-{signal}") for group in ("a", "b") for signal in signals
    ]
    counted = {one.properties["MetricTransformations"][0]["MetricName"] for one in filters}
    assert counted == {f"prod-{signal}" for signal in signals}


def test_incoming_events_are_added_up_over_the_log_groups(tmp_path: Path) -> None:
    """CloudWatch counts the events of each group separately."""
    alarm = only(tmp_path, "data.events: {min: 3}", SETTINGS.replace(GROUP, "[a, b]"))
    assert expression(alarm) == "FILL(group1, 0) + FILL(group2, 0)"


def test_an_alarm_lives_where_its_metric_is(tmp_path: Path) -> None:
    """Log groups in two regions have two alarms; the API's alarm is in the API's region."""
    prod = environment(tmp_path, "gone.errors: 5\napi.connects: {min: 1}", TWO_REGIONS)
    assert prod.api
    plan = plan_alarms(replace(prod, api=replace(prod.api, region="us-east-1")))
    alarms = [(one.region, metric_of(one)) for one in plan.resources if one.kind == ALARM]
    assert alarms == [("eu-west-1", "gone.errors"), ("eu-west-2", "gone.errors"), ("us-east-1", "api.connects")]
    assert [one.log_group for one in plan.within("eu-west-2")] == ["b", ""]


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("gone.errors: {max: 5, shadow: true}", "it is only tried out (shadow)"),
        ("gone.errors: {warn: 5}", "it only warns"),
        ("gone.errors: {max_increase: 50%}", "only a run compares with a baseline"),
        ("gone.errors: {warn: 5, max_increase: 50%}", "it only warns"),
        ("gone.connection_rate: 5%", "it is about whole connections, and a metric filter sees one line at a time"),
        ("lifecycle.median_duration_seconds: {min: 5s}", "it is about whole connections, "),
        ("lifecycle.complete: {max: 5}", "only its `min` can be watched"),
        ("data.age_seconds: {min: 5s}", "only its `max` can be watched"),
        ("data.age_seconds: 8d", "an alarm looks back a week at most"),
        ("data.near_miss_rate: 5%", "only a run knows it"),
    ],
)
def test_what_is_not_watched(tmp_path: Path, limit: str, reason: str) -> None:
    """The reason is given."""
    metric = limit.partition(":")[0]
    assert left_out(tmp_path, limit)[metric].startswith(reason)
    assert not alarms_of(tmp_path, limit)


def test_a_heartbeat_of_several_regions_is_not_watched(tmp_path: Path) -> None:
    """One of them may well be silent."""
    reason = "the log groups are in several regions, and an alarm sees one"
    assert left_out(tmp_path, "data.age_seconds: 1h\nwelcome.sent: {min: 1}", TWO_REGIONS) == {
        "data.age_seconds": reason,
        "welcome.sent": reason,
    }


def test_an_alarm_adds_up_only_so_many(tmp_path: Path) -> None:
    """CloudWatch allows ten metrics at most."""
    settings = SETTINGS.replace(GROUP, str([f"group-{number}" for number in range(11)]))
    assert left_out(tmp_path, "data.events: {min: 1}", settings) == {
        "data.events": "an alarm adds up 10 log groups at most"
    }


def test_limits_on_alarms_call_for_none(tmp_path: Path) -> None:
    """They are not reported as unwatched either."""
    assert not alarms_of(tmp_path, "alarms.in_alarm: 0")
    assert not left_out(tmp_path, "alarms.in_alarm: 0")


def test_each_metric_is_watched_or_has_a_reason() -> None:
    """So a new metric is not forgotten."""
    others = [name for name, metric in METRICS.items() if metric.subject is not Subject.ALARMS]
    assert sum(not why_not(metric) for metric in others) == 15


def test_the_owner_is_in_the_description(tmp_path: Path) -> None:
    """A person on call reads that first."""
    alarm = only(tmp_path, "gone.errors: {max: 5, owner: team-chat, runbook: 'https://example.com/gone'}")
    assert alarm["AlarmDescription"].endswith("gone.errors max 5. Owner: team-chat. Runbook: https://example.com/gone")
    long = only(tmp_path, f"gone.errors: {{max: 5, owner: {'a' * 2000}}}")
    assert len(long["AlarmDescription"]) == 1024


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (f"log_group: {GROUP}\n", "'prod' has no 'alarms': write `alarms: {actions: [ARN]}` there, or in defaults"),
        ("logs: a.jsonl\nalarms: {actions: []}\n", "'prod' names no 'log_group', and only those can be watched"),
    ],
)
def test_an_environment_that_can_have_none(tmp_path: Path, settings: str, complaint: str) -> None:
    """The error says what it needs."""
    with pytest.raises(ConfigError) as error:
        plan_alarms(environment(tmp_path, "gone.errors: 5", settings))
    assert str(error.value) == complaint
