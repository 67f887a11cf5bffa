"""The minimum IAM policy names what a run calls, and nothing else."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from checks.config.environment import Environment
from checks.config.thresholds import load
from checks.metrics import Subject
from checks.resources.policy import least_policy, resource_subjects

LIMITS = "limits: {gone.errors: 5}"

RESOURCES = """\
api: {id: abc123, stage: dev, region: us-east-1}
function: [chat, {name: auth, alias: live}]
limits: {gone.errors: 5, api.blind_spots: 0, tracing.inactive_functions: 0}
"""


def environment(folder: Path, settings: str) -> Environment:
    lines = [f"    {line}" for line in ("log_group: [/a/b, {name: c-*, region: eu-west-1}]", *settings.splitlines())]
    (folder / "limits.yaml").write_text("\n".join(["environments:", "  dev:", *lines]))
    return load(folder / "limits.yaml").environment("dev")


def statements(folder: Path, settings: str) -> list[dict[str, Any]]:
    policy = json.loads(least_policy(environment(folder, settings)))
    assert policy["Version"] == "2012-10-17"
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Allow"}
    return list(policy["Statement"])


FILTER = ["logs:FilterLogEvents"]

QUERY = ["logs:FilterLogEvents", "logs:StartQuery", "logs:GetQueryResults"]


@pytest.mark.parametrize(
    ("source", "account", "groups"),
    [
        ("filter", ["logs:DescribeLogGroups"], FILTER),
        ("insights", ["logs:DescribeLogGroups", "logs:StopQuery"], QUERY),
        ("insights-stats", ["logs:DescribeLogGroups", "logs:StopQuery"], QUERY),
        ("auto", ["logs:DescribeLogGroups", "logs:StopQuery"], QUERY),
    ],
)
def test_reading_log_groups(tmp_path: Path, source: str, account: list[str], groups: list[str]) -> None:
    """It depends on the API; a query also needs FilterLogEvents, to learn when events arrive."""
    everywhere, on_groups = statements(tmp_path, f"source: {source}\n{LIMITS}")
    assert (everywhere["Action"], everywhere["Resource"]) == (account, "*")
    assert on_groups["Action"] == groups
    assert on_groups["Resource"] == ["arn:aws:logs:*:*:log-group:/a/b:*", "arn:aws:logs:eu-west-1:*:log-group:c-*:*"]


def test_reading_a_lake(tmp_path: Path) -> None:
    """It names the lake's objects, and no log group."""
    (tmp_path / "limits.yaml").write_text(
        "environments:\n  dev: {logs: s3://lake/logs/dev/, limits: {gone.errors: 5}}\n", encoding="utf-8"
    )
    policy = json.loads(least_policy(load(tmp_path / "limits.yaml").environment("dev")))
    assert [(one["Action"], one["Resource"]) for one in policy["Statement"]] == [
        (["s3:ListBucket"], "arn:aws:s3:::lake"),
        (["s3:GetObject"], "arn:aws:s3:::lake/logs/dev*"),
    ]
    both = statements(tmp_path, f"logs: s3://lake\n{LIMITS}")
    assert [one["Action"][0] for one in both] == [
        "logs:DescribeLogGroups",
        "logs:FilterLogEvents",
        "s3:ListBucket",
        "s3:GetObject",
    ]


def test_looking_up_resources(tmp_path: Path) -> None:
    """It names the API and the functions, and what can't be limited to single resources."""
    everywhere, _, api, functions = statements(tmp_path, f"source: filter\n{RESOURCES}")
    assert everywhere["Action"] == [
        "logs:DescribeLogGroups",
        "cloudwatch:GetMetricData",
        "xray:GetTraceSummaries",
    ]
    path = "arn:aws:apigateway:us-east-1::/apis/abc123"
    assert (api["Action"], api["Resource"]) == (["apigateway:GET"], [path, f"{path}/stages/dev"])
    assert functions["Action"] == ["lambda:GetFunctionConfiguration", "lambda:GetAlias"]
    assert functions["Resource"] == [f"arn:aws:lambda:*:*:function:{name}" for name in ("chat", "auth", "auth:*")]


def test_an_api_without_limits_is_not_looked_up(tmp_path: Path) -> None:
    """Nor is an alias if there is none."""
    names = "api: {id: abc123, stage: dev}\nfunction: chat\nsource: filter"
    everywhere, _, functions = statements(tmp_path, f"{names}\n{LIMITS}")
    assert everywhere["Action"] == ["logs:DescribeLogGroups"]
    assert functions["Action"] == ["lambda:GetFunctionConfiguration"]


@pytest.mark.parametrize("settings", [f"alarms: {{}}\n{LIMITS}", "alarms: {}\nlimits: {alarms.in_alarm: 0}"])
def test_looking_up_alarms(tmp_path: Path, settings: str) -> None:
    """The deploying command needs this, too, with or without limits on alarms."""
    everywhere, _ = statements(tmp_path, f"source: filter\n{settings}")
    assert everywhere["Action"] == [
        "logs:DescribeLogGroups",
        "logs:DescribeMetricFilters",
        "cloudwatch:DescribeAlarms",
    ]


def test_subjects_outside_the_logs(tmp_path: Path) -> None:
    """These are the subjects with limits, in the order of the reports."""
    assert resource_subjects(environment(tmp_path, RESOURCES)) == [Subject.API, Subject.TRACING]
    assert resource_subjects(environment(tmp_path, LIMITS)) == []


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        *(("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")),
        *(("eusc-de-east-1", "aws-eusc"), ("us-iso-east-1", "aws-iso"), ("us-isob-west-9", "aws-iso-b")),
    ],
)
def test_each_partition_has_its_own_arns(
    region: str, partition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The partition is that of the file's region, or else of the session's."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.delenv("AWS_REGION", raising=False)
    resources = json.dumps(statements(tmp_path, "function: chat\nlimits: {gone.errors: 5}"))
    assert f"arn:{partition}:logs:*:*:log-group:/a/b:*" in resources
    assert f"arn:{partition}:lambda:" in resources
    assert "arn:aws:logs:eu-west-1:*:log-group:c-*:*" in resources


def test_the_partition_is_that_of_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The region may be in a profile only; without any, it is the usual partition."""
    (tmp_path / "config").write_text("[default]\nregion = cn-north-1\n")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert "arn:aws-cn:logs:*:*:log-group:/a/b:*" in json.dumps(statements(tmp_path, LIMITS))
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    assert "arn:aws:logs:*:*:log-group:/a/b:*" in json.dumps(statements(tmp_path, LIMITS))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "arn:aws:logs:*:*:log-group:/a/b:*" in json.dumps(statements(tmp_path, LIMITS))
