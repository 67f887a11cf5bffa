"""The doctor: `python -m checks doctor` tries everything that a run needs."""

import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import boto3
import pytest

from checks.__main__ import main
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.moto_server import moto
from tests.resources.recorded import Answer, Refusal, recorded
from tests.simulator import emit, scenarios

GROUP = "/aws/lambda/dev-chat-handler"
LIMITS = "environments:\n  dev:\n    log_group: {group}\n    source: {source}\n    limits: {{gone.errors: 5}}\n"


@pytest.fixture(scope="module")
def events() -> list[emit.LogEvent]:
    now_ms = round(time.time() * 1000)
    return emit.events(scenarios.healthy(200, since_ms=now_ms - 6 * 3_600_000, until_ms=now_ms))


def serving(
    monkeypatch: pytest.MonkeyPatch, group: Group, behaviour: Behaviour | None = None
) -> AbstractContextManager[Endpoint]:
    return reached(monkeypatch, group, behaviour=behaviour)


def doctor(tmp_path: Path, group: str = GROUP, source: str = "auto", options: Sequence[str] = ()) -> int:
    (tmp_path / "limits.yaml").write_text(LIMITS.format(group=group, source=source))
    return main(["doctor", "--thresholds", str(tmp_path / "limits.yaml"), *options])


@pytest.fixture(scope="module")
def account() -> Iterator[Mapping[str, str]]:
    """The variables for a moto account with two pages of events in the log group."""
    with pytest.MonkeyPatch.context() as patch, moto(patch):
        variables = {name: text for name, text in os.environ.items() if name.startswith("AWS_")}
        logs = boto3.client("logs")
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName="one")
        now_ms = round(time.time() * 1000)
        for minutes, number in ((50, 10_000), (10, 10)):
            messages = [{"timestamp": now_ms - minutes * 60_000 + at, "message": f"event {at}"} for at in range(number)]
            logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=messages)
        yield variables


@pytest.fixture
def moto_environment(account: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """That account, and no other settings of boto3."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, account[name])


@pytest.mark.usefixtures("moto_environment")
def test_the_newest_event_is_on_the_last_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The newest event is found after a full page of older events."""
    doctor(tmp_path)
    assert "last event 10 min ago" in capsys.readouterr().out


@pytest.mark.usefixtures("moto_environment")
def test_a_misspelt_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest names are given."""
    assert doctor(tmp_path, group=GROUP + "s") == 12
    assert f"the nearest names: {GROUP}" in capsys.readouterr().out


@pytest.mark.usefixtures("moto_environment")
def test_no_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding says where to set a region."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert doctor(tmp_path) == 12
    assert "no AWS region is named" in capsys.readouterr().out


@pytest.mark.usefixtures("moto_environment")
def test_no_such_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown profile is a finding, not a traceback."""
    monkeypatch.setenv("AWS_PROFILE", "nope")
    assert doctor(tmp_path) == 12
    assert "there is no profile 'nope'" in capsys.readouterr().out


def test_insights_needs_filter_log_events_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that ends now asks FilterLogEvents when events arrive, even if Insights reads them."""
    with serving(monkeypatch, Group(GROUP), Behaviour(denied=("FilterLogEvents",))):
        assert doctor(tmp_path, source="insights") == 12
    assert "access denied: logs:FilterLogEvents" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["filter", "insights"])
def test_all_is_well(
    source: str,
    events: list[emit.LogEvent],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each step was tried, and the policy names exactly the permissions that were used."""
    with serving(monkeypatch, Group(GROUP).fill(events)):
        assert doctor(tmp_path, source=source) == 0
        lines = capsys.readouterr().out
        assert main(["doctor", "--policy", "--thresholds", str(tmp_path / "limits.yaml")]) == 0
    policy = capsys.readouterr().out
    assert "✗" not in lines
    assert "✓ credentials by env" in lines
    assert "min ago" in lines
    assert "events, these are recognised: " in lines
    assert "KMS" not in lines
    actions = [action for statement in json.loads(policy)["Statement"] for action in statement["Action"]]
    expected = {
        "filter": ["logs:DescribeLogGroups", "logs:FilterLogEvents"],
        "insights": [
            "logs:DescribeLogGroups",
            "logs:StopQuery",
            "logs:FilterLogEvents",
            "logs:StartQuery",
            "logs:GetQueryResults",
        ],
    }
    assert actions == expected[source]


@pytest.mark.parametrize("denied", ["StartQuery", "GetQueryResults", "StopQuery"])
def test_a_permission_for_queries_is_missing(
    denied: str,
    events: list[emit.LogEvent],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A run also needs StopQuery: without it, a query would go on scanning after Ctrl-C."""
    with serving(monkeypatch, Group(GROUP).fill(events), Behaviour(denied=(denied,))):
        assert doctor(tmp_path, source="insights") == 12
    printed = capsys.readouterr().out
    assert f"✗ log group {GROUP} in us-east-1: access denied: logs:{denied} is missing" in printed
    assert ("last event" in printed) == (denied == "StopQuery")


@pytest.mark.parametrize(
    "behaviour", [Behaviour(polls=0), Behaviour(answers={"StopQuery": b'{"success":false}'})], ids=["refused", "false"]
)
def test_a_query_that_is_over_before_it_is_stopped(
    behaviour: Behaviour,
    events: list[emit.LogEvent],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All that counts is the permission to stop it."""
    with serving(monkeypatch, Group(GROUP).fill(events), behaviour):
        assert doctor(tmp_path, source="insights") == 0
    assert f"✓ {GROUP} in us-east-1: logs:StopQuery allowed" in capsys.readouterr().out


def test_a_query_to_stop_scans_little(
    events: list[emit.LogEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a busy log group, the query covers no more time than a thousand events take."""
    now_ms = round(time.time() * 1000)
    busy = [{**event, "timestamp": now_ms - 30_000 + number} for number, event in enumerate(events[:1200])]
    with serving(monkeypatch, Group(GROUP).fill(busy)) as endpoint:
        assert doctor(tmp_path, source="insights") == 0
    lengths = [query["endTime"] - query["startTime"] for name, query in endpoint.requests if name == "StartQuery"]
    assert len(lengths) == 2
    assert max(lengths) <= 61
    assert min(lengths) <= 2


def test_a_key_of_the_account_is_remarked(
    events: list[emit.LogEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """AWS does not document whether a reader needs the key of a log group, so this is only a remark."""
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
    with serving(monkeypatch, Group(GROUP, described={"kmsKeyId": key}).fill(events)):
        assert doctor(tmp_path) == 0
    printed = capsys.readouterr().out
    assert (
        f"✓ {GROUP} in us-east-1: encrypted by {key}; whoever reads it may need kms:Decrypt on that key, too" in printed
    )
    assert '"kms:' not in printed


def test_a_group_that_nothing_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log group of class DELIVERY can't be read."""
    with serving(monkeypatch, Group(GROUP, log_class="DELIVERY")):
        assert doctor(tmp_path) == 12
    assert (
        f"✗ log group {GROUP} in us-east-1 is of class DELIVERY, which only passes events on" in capsys.readouterr().out
    )


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"[]", b'{"logGroups":[{}]}'])
def test_a_proxy_answers(
    body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer by a proxy is a finding, not a traceback."""
    with serving(monkeypatch, Group(GROUP), Behaviour(answers={"DescribeLogGroups": body})):
        assert doctor(tmp_path) == 12
    assert re.search(rf"✗ log groups {GROUP}\*.*: the response is not from CloudWatch Logs", capsys.readouterr().out)


def test_a_permission_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The permission is named, and the exit code is that of logs that cannot be read."""
    with serving(monkeypatch, Group(GROUP), Behaviour(denied=("FilterLogEvents",))):
        assert doctor(tmp_path) == 12
    printed = capsys.readouterr()
    assert "✗ log group /aws/lambda/dev-chat-handler in us-east-1: access denied: logs:FilterLogEvents" in printed.out
    number = len(printed.out.splitlines())
    assert printed.err.splitlines() == [
        f"error: 1 of {number} checks failed; fix the items marked ✗",
        "hint: `websocket-health-checks doctor -E dev --policy` prints the minimum IAM policy",
    ]


def test_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The first step reports it; steps that need no credentials are tried, and the others are named."""
    with Endpoint([Group(GROUP)]) as endpoint:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        assert doctor(tmp_path) == 12
    credentials, region, group = capsys.readouterr().out.splitlines()
    assert credentials.startswith("✗ no credentials: name a profile in AWS_PROFILE")
    assert region == f"✓ {endpoint.url} answers"
    assert group.endswith(f"log group {GROUP}: not tried, because there are no credentials")


def test_neither_credentials_nor_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are reported at once, also in the output for programs."""
    assert doctor(tmp_path, options=["--format", "json"]) == 12
    document = json.loads(capsys.readouterr().out)
    assert [finding["is_fine"] for finding in document["findings"]] == [False, False, None]
    assert not document["is_fine"]
    assert "no AWS region is named" in document["findings"][1]["text"]


def test_a_region_that_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is reported at once, with the nearest name, and not tried again and again."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-wset-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr("socket.getaddrinfo", _no_such_host)
    assert doctor(tmp_path) == 12
    assert "✗ there is no AWS region 'eu-wset-1'; did you mean 'eu-west-1'?" in capsys.readouterr().out


def _no_such_host(*_: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


def test_a_retention_that_is_too_short(
    events: list[emit.LogEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run needs the window and the two hours before it."""
    with serving(monkeypatch, Group(GROUP, described={"retentionInDays": 1}).fill(events)):
        assert doctor(tmp_path) == 12
    assert "events are kept for 1 day, less than the window; keep them for 2 days" in capsys.readouterr().out


def test_an_empty_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A log group without events may be the wrong one."""
    with serving(monkeypatch, Group(GROUP)):
        assert doctor(tmp_path) == 12
    assert "no event in the window; is it where the function logs?" in capsys.readouterr().out


@pytest.mark.parametrize("source", ["filter", "insights"])
def test_lines_that_are_not_understood(
    source: str,
    events: list[emit.LogEvent],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The finding says that somebody has to teach them."""
    foreign = [{**event, "message": "all is well"} for event in events]
    with serving(monkeypatch, Group(GROUP).fill(foreign)):
        assert doctor(tmp_path, source=source) == 12
    assert "events is recognised; teach what it says under `signals`" in capsys.readouterr().out


def test_a_recording_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo runs everywhere, and there is no policy for it."""
    assert main(["doctor", "-E", "demo"]) == 0
    assert "needs nothing from AWS" in capsys.readouterr().out
    assert main(["doctor", "-E", "demo", "--policy"]) == 4
    printed = capsys.readouterr()
    assert not printed.out
    assert "'demo' reads checks/demo/recording.jsonl: it needs nothing from AWS" in printed.err


def test_a_missing_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No permission helps, so none is proposed."""
    (tmp_path / "limits.yaml").write_text("environments: {dev: {logs: log.jsonl, limits: {gone.errors: 5}}}\n")
    assert main(["doctor", "--thresholds", str(tmp_path / "limits.yaml")]) == 12
    printed = capsys.readouterr()
    assert "log.jsonl: no such file" in printed.out
    assert "--policy" not in printed.err


RESOURCES = """\
environments:
  dev:
    log_group: /aws/lambda/dev-chat-handler
    api: {id: abc123, stage: dev, region: us-east-1}
    function: [chat, {name: auth, alias: live}]
    limits: {gone.errors: 5, api.blind_spots: 0, tracing.inactive_functions: 0}
"""


def test_the_log_group_of_a_function(
    events: list[emit.LogEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """If no log group is named, the function's log group is examined."""
    (tmp_path / "limits.yaml").write_text("environments: {dev: {function: chat, limits: {gone.errors: 5}}}\n")
    where: Answer = {"LoggingConfig": {"LogGroup": GROUP}}
    answers: dict[str, Sequence[Answer]] = {"GET /2015-03-31/functions/chat/configuration": [where, where, where]}
    with serving(monkeypatch, Group(GROUP).fill(events)) as endpoint, recorded(monkeypatch, answers):
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.url)
        main(["doctor", "--thresholds", str(tmp_path / "limits.yaml")])
        lines = capsys.readouterr().out
        main(["doctor", "--policy", "--thresholds", str(tmp_path / "limits.yaml")])
    policy = capsys.readouterr().out
    assert f"✓ {GROUP} in us-east-1: class STANDARD" in lines
    assert f"log-group:{GROUP}:*" in policy


@pytest.mark.parametrize(("named", "more"), [("/other", [GROUP]), ("/aws/lambda/dev-*", []), (GROUP, [])])
def test_the_policy_has_the_log_group_of_a_function(
    named: str, more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gate with --since-deploy reads it, too, unless the environment names it."""
    limits = f"environments: {{dev: {{log_group: '{named}', function: chat, limits: {{gone.errors: 5}}}}}}\n"
    (tmp_path / "limits.yaml").write_text(limits)
    where: Answer = {"LoggingConfig": {"LogGroup": GROUP}}
    with recorded(monkeypatch, {"GET /2015-03-31/functions/chat/configuration": [where]}):
        assert main(["doctor", "--policy", "--thresholds", str(tmp_path / "limits.yaml")]) == 0
    statements = json.loads(capsys.readouterr().out)["Statement"]
    [resources] = [one["Resource"] for one in statements if "logs:FilterLogEvents" in one["Action"]]
    assert [one.partition("log-group:")[2] for one in resources] == [f"{name}:*" for name in (named, *more)]


def test_resources_beside_the_logs_are_tried(
    events: list[emit.LogEvent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each subject has a line, and what is missing is named."""
    traced: Answer = {"TracingConfig": {"Mode": "Active"}}
    answers: dict[str, Sequence[Answer]] = {
        "GET /v2/apis/abc123": [Refusal("AccessDeniedException", "not authorized to perform: apigateway:GET", 403)],
        "GET /2015-03-31/functions/chat/configuration": [traced],
        "GET /2015-03-31/functions/auth/configuration?Qualifier=live": [traced],
        "POST /TraceSummaries": [{"TraceSummaries": []}],
    }
    (tmp_path / "limits.yaml").write_text(RESOURCES)
    with serving(monkeypatch, Group(GROUP).fill(events)) as endpoint, recorded(monkeypatch, answers):
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.url)
        assert main(["doctor", "--thresholds", str(tmp_path / "limits.yaml")]) == 12
    lines = capsys.readouterr().out
    assert "✗ API abc123 in us-east-1: access denied: apigateway:GET is missing" in lines
    assert "✓ what the limits on tracing.* need can be looked up" in lines


@pytest.mark.usefixtures("moto_environment")
def test_a_lake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its objects are listed, and problems are reported in the words of a run."""
    file = tmp_path / "limits.yaml"
    file.write_text("environments:\n  dev: {logs: s3://lake/logs, limits: {gone.errors: 5}}\n")
    assert main(["doctor", "--thresholds", str(file)]) == 12
    assert "✗ s3://lake/logs: s3:ListObjectsV2: not found (NoSuchBucket" in capsys.readouterr().out
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="lake", Key="logs/x", Body=b"1234")
    assert main(["doctor", "--thresholds", str(file)]) == 0
    assert "✓ s3://lake/logs: 1 object of 0.0 MB, delivered from " in capsys.readouterr().out
