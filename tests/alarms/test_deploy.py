"""Deploying the alarms of an environment.

The tests use moto's change sets, which know neither values of properties nor failures. So they also use answers as AWS
documents them, which botocore checks against its own description of the API.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.stub import ANY, Stubber

from checks.alarms import deploy
from checks.alarms.deploy import ChangeSet, Stack, deploy_alarms
from checks.alarms.plan import Resource, plan_alarms
from checks.aws.client import AwsClient
from checks.errors import ConfigError, SourceError
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, LIMITS, SETTINGS, environment

GONE: Final = "websocket-health-prod-gone.errors"

NAME: Final = "websocket-health-prod"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "sleep", lambda _: None)


@pytest.fixture(name="cloudwatch")
def _cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with account(monkeypatch) as client:
        yield client


def deployed(folder: Path, limits: str, settings: str = SETTINGS, only: str | None = None) -> list[str]:
    """Deploy, and return the printed lines."""
    return list(deploy_alarms(environment(folder, limits, settings), only))


def names(cloudwatch: Any) -> list[str]:
    return [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]]


def filters() -> list[str]:
    return [one["filterName"] for one in boto3.client("logs").describe_metric_filters()["metricFilters"]]


def test_alarms_are_created_changed_and_deleted(tmp_path: Path, cloudwatch: Any) -> None:
    """In the end the alarms match the limits; all changes are shown first."""
    assert deployed(tmp_path, "gone.errors: 5") == [
        "eu-west-1: stack websocket-health-prod",
        f"  + metric filter websocket-health-prod-gone on {GROUP}",
        f"  + alarm {GONE}",
        "  = 0 unchanged",
        "done: 2 created, 0 changed, 0 deleted",
    ]
    assert (names(cloudwatch), filters()) == ([GONE], ["websocket-health-prod-gone"])
    assert deployed(tmp_path, "gone.errors: 5")[1:] == ["  = 2 unchanged", "nothing to do"]
    assert deployed(tmp_path, "gone.errors: 7")[1:] == [
        f"  ~ alarm {GONE}",
        "  = 1 unchanged",
        "done: 0 created, 1 changed, 0 deleted",
    ]
    [alarm] = cloudwatch.describe_alarms()["MetricAlarms"]
    assert alarm["Threshold"] == 7
    assert deployed(tmp_path, "welcome.failed: 5")[-1] == "done: 2 created, 0 changed, 2 deleted"
    assert (names(cloudwatch), filters()) == (
        ["websocket-health-prod-welcome.failed"],
        ["websocket-health-prod-welcome_failed"],
    )


def test_every_kind_of_alarm_is_taken(tmp_path: Path, cloudwatch: Any) -> None:
    """The kinds are sums, shares, percentiles and silence."""
    limits = f"{LIMITS}api.latency_p95_seconds: 1s\ndata.events: {{min: 1}}\n"
    assert deployed(tmp_path, limits)[-1] == "done: 11 created, 0 changed, 0 deleted"
    assert len(names(cloudwatch)) == 7
    assert deployed(tmp_path, limits)[-1] == "nothing to do"


def test_alarms_of_others_stay(tmp_path: Path, cloudwatch: Any) -> None:
    """Alarms with a similar name stay, and those of an environment with the same beginning of its name."""
    deployed(tmp_path, "gone.errors: 5\nwelcome.failed: 5")
    others = (
        "websocket-health-prod-eu-gone.errors",
        "websocket-health-prod-mine",
        "websocket-health-prod-welcome.sent",
    )
    for name in others:
        put(cloudwatch, name)
    assert f"  - alarm {GONE}" not in deployed(tmp_path, "welcome.failed: 5")
    assert set(names(cloudwatch)) == {*others, "websocket-health-prod-welcome.failed"}


def test_nothing_of_others_is_overwritten(tmp_path: Path, cloudwatch: Any) -> None:
    """If somebody else's alarm has a planned name, the command stops before any change."""
    put(cloudwatch, GONE)
    with pytest.raises(SourceError) as error:
        deployed(tmp_path, "gone.errors: 5\nwelcome.failed: 5")
    assert str(error.value) == (
        f"alarm {GONE} in eu-west-1: it was not made by these checks, and so is left alone; rename or delete it, then "
        "run again"
    )
    assert (names(cloudwatch), filters()) == ([GONE], [])


def put(cloudwatch: Any, name: str) -> None:
    metric = {"MetricName": "x", "Namespace": "x", "Period": 60, "Statistic": "Sum", "Threshold": 1.0}
    comparison = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
    cloudwatch.put_metric_alarm(AlarmName=name, AlarmDescription="mine", **metric, **comparison)


@pytest.mark.usefixtures("cloudwatch")
def test_each_region_has_a_stack(tmp_path: Path) -> None:
    """For patterns, and in two regions, AWS lists the log groups; `--region` names one region."""
    boto3.client("logs", region_name="us-east-1").create_log_group(logGroupName="chat")
    settings = SETTINGS.replace(GROUP, "['/aws/lambda/*', {name: chat, region: us-east-1}]")
    lines = deployed(tmp_path, "gone.errors: 5", settings)
    assert [line for line in lines if not line.startswith(" ")] == [
        "eu-west-1: stack websocket-health-prod",
        "us-east-1: stack websocket-health-prod",
        "done: 4 created, 0 changed, 0 deleted",
    ]
    only = deployed(tmp_path, "gone.errors: 7", settings, only="us-east-1")
    assert (only[0], only[-1]) == (lines[4], "done: 0 created, 1 changed, 0 deleted")
    with pytest.raises(ConfigError, match="'prod' is in these regions: eu-west-1, us-east-1; choose one with --region"):
        deployed(tmp_path, "gone.errors: 7", settings, only="us-west-2")


STACK_ID: Final = f"arn:aws:cloudformation:eu-west-1:123456789012:stack/{NAME}/1"
CHANGE_SET_ID: Final = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/alarms-1/1"
WHEN: Final = datetime(2026, 6, 2, tzinfo=UTC)
ALARM: Final = "WebsocketHealthProdGoneErrorsAlarm"
NO_CHANGES: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)

Answer = tuple[str, Mapping[str, Any] | str, Mapping[str, Any] | None]
"""The operation in boto3's spelling, the answer or the message of a ValidationError, and what must be asked."""


@contextmanager
def answering(planned: tuple[Resource, ...], *answers: Answer) -> Iterator[Stack]:
    """Yield a stack for these resources, with exactly these answers of CloudFormation."""
    client = AwsClient("cloudformation", "eu-west-1")
    with Stubber(client.boto) as stub:
        for operation, answer, parameters in answers:
            if isinstance(answer, str):
                stub.add_client_error(operation, "ValidationError", answer, expected_params=parameters)
            else:
                stub.add_response(operation, dict(answer), parameters)
        yield Stack(client, "prod", planned)
        stub.assert_no_pending_responses()


def is_(*statuses: str) -> list[Answer]:
    """Return the successive answers of DescribeStacks."""
    names = {"StackName": NAME, "StackId": STACK_ID, "CreationTime": WHEN}
    return [("describe_stacks", {"Stacks": [{**names, "StackStatus": status}]}, None) for status in statuses]


ABSENT: Final[Answer] = ("describe_stacks", f"Stack with id {NAME} does not exist", {"StackName": NAME})


def made(status: str = "CREATE_COMPLETE", reason: str = "", changes: Sequence[Mapping[str, Any]] = ()) -> Answer:
    """Return the answers of DescribeChangeSet."""
    description = {"Status": status, "StatusReason": reason, "StackId": STACK_ID}
    changed = [{"Type": "Resource", "ResourceChange": change} for change in changes]
    return "describe_change_set", {**description, "Changes": changed}, None


def created(**parameters: str) -> Answer:
    expected = {"StackName": NAME, "ChangeSetName": ANY, "TemplateBody": ANY, **parameters}
    return "create_change_set", {"Id": CHANGE_SET_ID, "StackId": STACK_ID}, expected


NEW: Final = created(ChangeSetType="CREATE", OnStackFailure="DELETE")
UPDATED: Final = created(ChangeSetType="UPDATE", DeploymentMode="REVERT_DRIFT")
DELETED: Final[Answer] = ("delete_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})
EXECUTED: Final[Answer] = ("execute_change_set", {}, {"ChangeSetName": CHANGE_SET_ID})


def change(action: str, logical_id: str = ALARM, kind: str = "AWS::CloudWatch::Alarm", **more: Any) -> dict[str, Any]:
    return {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind, **more}


def event(resource: str, status: str, reason: str = "", kind: str = "AWS::CloudWatch::Alarm") -> dict[str, Any]:
    stack_of = {"StackId": STACK_ID, "StackName": NAME, "EventId": "1", "Timestamp": WHEN}
    known = {"LogicalResourceId": resource, "ResourceType": kind, "ResourceStatus": status}
    return {**stack_of, **known, "ResourceStatusReason": reason}


def planned(folder: Path) -> tuple[Resource, ...]:
    return plan_alarms(environment(folder, "gone.errors: 7")).resources


def target(name: str, **more: str) -> dict[str, Any]:
    return {"Target": {"Attribute": "Properties", "Name": name, "Path": f"/Properties/{name}", **more}}


def test_changes_in_words(tmp_path: Path) -> None:
    """They have the usual names, creations come first, and each changed property is shown."""
    details = [
        target("Threshold", BeforeValue="5.0", AfterValue="7.0", AttributeChangeType="Modify"),
        target("ActionsEnabled", BeforeValue="false", AfterValue="true", BeforeValueFrom="ACTUAL_STATE"),
        target("Dimensions/0/Name", AfterValue="ApiId", AttributeChangeType="Add"),
        target("Period", AttributeChangeType="SyncWithActual"),
        {"Target": {"Attribute": "Properties", "Name": "Unit"}},
        {"Target": {"Attribute": "Tags"}},
    ]
    gone, filtered = planned(tmp_path)[1], planned(tmp_path)[0]
    changes = [
        change("Remove", "Old", "AWS::Logs::MetricFilter", PhysicalResourceId="websocket-health-prod-disconnect"),
        change("Remove", "Other", "AWS::SNS::Topic"),
        change("Modify", gone.logical_id, Details=details),
        change("SyncWithActual", "Untouched"),
        change("Add", filtered.logical_id, "AWS::Logs::MetricFilter"),
    ]
    with answering(planned(tmp_path), *is_("UPDATE_COMPLETE"), UPDATED, made(), made(changes=changes)) as one:
        change_set = one.propose()
    assert list(one.describe(change_set)) == [
        f"  + metric filter websocket-health-prod-gone on {GROUP}",
        "  ~ alarm websocket-health-prod-gone.errors",
        "      Threshold: 5.0 → 7.0",
        "      ActionsEnabled: false → true",
        "      Dimensions/0/Name: none → ApiId",
        "      Unit",
        "  - metric filter websocket-health-prod-disconnect",
        "  - AWS::SNS::Topic Other",
        "  = 0 unchanged",
    ]
    assert change_set.counts == {"+": 1, "~": 1, "-": 2}


@pytest.mark.parametrize(
    ("answers", "change_set"),
    [
        pytest.param([ABSENT], NEW, id="there is none"),
        pytest.param(is_("REVIEW_IN_PROGRESS"), NEW, id="an earlier change set was never executed"),
        pytest.param(is_("CREATE_COMPLETE"), UPDATED, id="it was created"),
        pytest.param(is_("UPDATE_ROLLBACK_COMPLETE"), UPDATED, id="the last change failed"),
    ],
)
def test_new_stacks_are_created_and_others_are_changed(
    tmp_path: Path, answers: list[Answer], change_set: Answer
) -> None:
    """A failed first deployment leaves nothing; later ones also revert manual changes."""
    add = made(changes=[change("Add")])
    with answering(
        planned(tmp_path), *answers, change_set, made("CREATE_PENDING"), made("CREATE_IN_PROGRESS"), made(), add
    ) as one:
        assert one.propose().id == CHANGE_SET_ID


@pytest.mark.parametrize("reason", [NO_CHANGES, "No updates are to be performed."])
def test_nothing_has_to_change(tmp_path: Path, reason: str) -> None:
    """CloudFormation calls that a failure; nothing is executed, and the change set is deleted."""
    with answering(
        planned(tmp_path), *is_("CREATE_COMPLETE"), UPDATED, made("FAILED", reason), made("FAILED", reason), DELETED
    ) as one:
        change_set = one.propose()
        one.execute(change_set)
    assert list(one.describe(change_set)) == ["  = 2 unchanged"]
    assert not change_set.counts


def test_nothing_is_planned(tmp_path: Path) -> None:
    """Without a stack there is nothing to do; an existing one keeps a placeholder, since it needs a resource."""
    assert planned(tmp_path)
    with answering((), ABSENT) as one:
        assert one.propose() == ChangeSet("", "", ())
    changes = [change("Add", "Placeholder", "AWS::CloudFormation::WaitConditionHandle"), change("Remove")]
    with answering((), *is_("CREATE_COMPLETE"), UPDATED, made(), made(changes=changes)) as one:
        assert list(one.describe(one.propose())) == [
            "  + placeholder Placeholder",
            f"  - alarm {ALARM}",
            "  = 0 unchanged",
        ]


COMMAND: Final = f"--stack-name {NAME} --region eu-west-1`, then run again"


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("UPDATE_IN_PROGRESS", "somebody is changing it; run again once that is over"),
        ("ROLLBACK_COMPLETE", f"`aws cloudformation delete-stack {COMMAND}"),
        ("DELETE_FAILED", f"`aws cloudformation delete-stack {COMMAND}"),
        ("UPDATE_ROLLBACK_FAILED", f"`aws cloudformation continue-update-rollback {COMMAND}"),
    ],
)
def test_a_stack_that_cannot_be_changed(tmp_path: Path, status: str, advice: str) -> None:
    """The error says what to do first."""
    with answering(planned(tmp_path), *is_(status)) as one, pytest.raises(SourceError) as error:
        one.propose()
    assert str(error.value) == f"stack {NAME} in eu-west-1: it is in state {status}; {advice}"


def test_a_template_that_is_refused(tmp_path: Path) -> None:
    """CloudFormation's own reason is quoted, on one line."""
    refused = made("FAILED", "The resource\nalready exists.")
    with answering(planned(tmp_path), ABSENT, NEW, refused) as one, pytest.raises(SourceError) as error:
        one.propose()
    reason = "CloudFormation makes no change set: The resource already exists"
    assert str(error.value) == f"stack {NAME} in eu-west-1: {reason}"


def test_a_template_that_is_too_long(tmp_path: Path) -> None:
    """Each log group has filters, and without a bucket CloudFormation accepts only so much."""
    groups = str([f"/aws/lambda/group-{number}" for number in range(200)])
    resources = plan_alarms(environment(tmp_path, "gone.errors: 7", SETTINGS.replace(GROUP, groups))).resources
    with (
        answering(resources, ABSENT) as one,
        pytest.raises(SourceError, match="takes 51,200 without a bucket"),
    ):
        one.propose()


def test_it_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline does not wait forever."""
    monkeypatch.setattr(deploy, "_MOST_POLLS", 2)
    pending = made("CREATE_PENDING")
    with (
        answering(planned(tmp_path), ABSENT, NEW, pending, pending) as one,
        pytest.raises(SourceError, match="it has been CREATE_PENDING for"),
    ):
        one.propose()


def executed(folder: Path, *answers: Answer) -> str:
    """Return the error of a change set whose execution ends so; empty if there is none."""
    change_set = ChangeSet(CHANGE_SET_ID, STACK_ID, (change("Add"),))
    with answering(planned(folder), EXECUTED, *answers) as one:
        try:
            one.execute(change_set)
        except SourceError as error:
            return str(error).removeprefix(f"stack {NAME} in eu-west-1: ")
    return ""


@pytest.mark.parametrize("statuses", [("CREATE_IN_PROGRESS", "CREATE_COMPLETE"), ("UPDATE_COMPLETE",)])
def test_changes_are_made(tmp_path: Path, statuses: tuple[str, ...]) -> None:
    """The command waits for them."""
    assert not executed(tmp_path, *is_(*statuses))


DENIED: Final = 'Resource handler returned message: "not authorized to perform: cloudwatch:PutMetricAlarm"'
EVENTS: Final = (
    event(NAME, "UPDATE_ROLLBACK_COMPLETE", kind="AWS::CloudFormation::Stack"),
    event("Other", "CREATE_FAILED", "Resource creation cancelled", "AWS::Logs::MetricFilter"),
    event(ALARM, "UPDATE_FAILED", DENIED),
    event(NAME, "UPDATE_IN_PROGRESS", "User Initiated", "AWS::CloudFormation::Stack"),
    event(ALARM, "CREATE_FAILED", "long ago"),
)
REFUSED: Final = f"alarm websocket-health-prod-gone.errors was refused: {DENIED}"
AS_BEFORE: Final = "all is as it was before; fix the cause, and run again"


@pytest.mark.parametrize(
    ("statuses", "events", "failure", "aftermath"),
    [
        (("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"), EVENTS, REFUSED, AS_BEFORE),
        (("DELETE_COMPLETE",), EVENTS, REFUSED, AS_BEFORE),
        (
            ("UPDATE_ROLLBACK_FAILED",),
            (event("Other", "DELETE_FAILED", "no", "AWS::Logs::MetricFilter"),),
            "metric filter Other was refused: no",
            f"the stack is in state UPDATE_ROLLBACK_FAILED; `aws cloudformation continue-update-rollback {COMMAND}",
        ),
        (
            ("ROLLBACK_COMPLETE",),
            (),
            "the deployment failed",
            f"the stack is in state ROLLBACK_COMPLETE; `aws cloudformation delete-stack {COMMAND}",
        ),
    ],
)
def test_changes_are_refused(
    tmp_path: Path, statuses: tuple[str, ...], events: tuple[dict[str, Any], ...], failure: str, aftermath: str
) -> None:
    """The error quotes this deployment's first refusal, the cause of the others, and the final state."""
    listed: list[Answer] = [("describe_stack_events", {"StackEvents": list(events)}, {"StackName": STACK_ID})]
    assert executed(tmp_path, *chain(is_(*statuses), listed)) == f"{failure}; {aftermath}"


def test_a_refused_call_is_an_error(tmp_path: Path) -> None:
    """The exception is a stack that does not exist."""
    client = AwsClient("cloudformation", "eu-west-1")
    with Stubber(client.boto) as stub:
        stub.add_client_error("describe_stacks", "AccessDenied", "No.")
        with pytest.raises(SourceError, match=r"access denied: cloudformation:DescribeStacks is missing; allow it in"):
            Stack(client, "prod", planned(tmp_path)).propose()
