"""The CloudFormation template of an environment's filters and alarms, and its deployment: one stack per region.

`python -m checks alarms` writes the template, and with `--apply` deploys it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from time import sleep, time_ns
from typing import Any, Final

from msgspec import Struct

from checks.alarms.current import current_alarms, with_existing_groups
from checks.alarms.metric_filters import PATTERNS
from checks.alarms.plan import NOUNS, PLACEHOLDER, Plan, Resource, plan_alarms, regions
from checks.aws.client import AwsClient
from checks.aws.error_messages import quoted, refused_with
from checks.config.environment import Environment
from checks.errors import ConfigError, SourceError

_POLL_SECONDS: Final = 1.0
_MOST_POLLS: Final = 900
_MOST_BYTES: Final = 51_200
"""The largest template that CloudFormation takes without a bucket."""
_SIGNS: Final = {"Add": "+", "Modify": "~", "Dynamic": "~", "Remove": "-"}
"""The sign of a change, by its action; an action without a sign changes nothing."""
_NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
_DEPLOYED: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_AS_BEFORE: Final = frozenset({"UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
"""The states of a stack after a failure that changed nothing; a stack whose first deployment fails is deleted."""
_COMMANDS: Final = {
    **dict.fromkeys(("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"), "delete-stack"),
    "UPDATE_ROLLBACK_FAILED": "continue-update-rollback",
}
"""Commands of the AWS CLI, by the state of a stack that can't be changed until one is run."""


def template(resources: Iterable[Resource], environment: str) -> dict[str, Any]:
    """The template of the filters and alarms of one region, ready to be written as JSON."""
    named = {one.logical_id: {"Type": str(one.kind), "Properties": dict(one.properties)} for one in resources}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Alarms on the limits of {environment!r}",
        "Resources": named or {"Placeholder": {"Type": PLACEHOLDER}},
    }


def template_and_plan(environment: Environment, region: str | None) -> tuple[dict[str, Any], Plan]:
    """The template of an environment in a region (None if it has only one), and the plan that it was made from.

    AWS is called only if a log group is named by a pattern, or if the default region may be one that is also named.

    Raises:
        ConfigError: There is nothing to write, or there are several regions and none is chosen.
    """
    has_patterns = any("*" in group.name for group in environment.log_groups)
    if has_patterns or len(regions(environment)) > 1:
        environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    return template(plan.within(choose_region(environment, region)), environment.name), plan


def choose_region(environment: Environment, region: str | None) -> str | None:
    """The region of an environment that the command line names, or its only one.

    Raises:
        ConfigError: The environment does not have that region, or it has several and none is chosen.
    """
    known = regions(environment)
    if region is None and len(known) == 1:
        return known[0]
    if region in known:
        return region
    names = ", ".join(name or "your default" for name in known)
    raise ConfigError(f"{environment.name!r} is in these regions: {names}; choose one with --region")


def notes(environment: Environment, plan: Plan) -> Iterator[str]:
    """Sentences on the limits that no alarm watches, and why."""
    for metric, reason in plan.left_out.items():
        yield f"{metric} is not watched: {reason}"
    if custom := sorted(PATTERNS.keys() & environment.signals.keys()):
        yield f"metric filters do not know the patterns under `signals`: {', '.join(custom)}"


def deploy_alarms(environment: Environment, only: str | None) -> Iterator[str]:
    """Deploy the alarms that the limits call for, perhaps in one region only; yield all changes, then what was done.

    Raises:
        ConfigError: There is nothing to deploy.
        SourceError: A call to AWS failed; the stack is as it was before, unless the message says otherwise.
    """
    environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    proposals = []
    for region in regions(environment) if only is None else (choose_region(environment, only),):
        stack = Stack(AwsClient("cloudformation", region), environment.name, plan.within(region))
        stack.refuse_to_overwrite()
        change_set = stack.propose()
        yield f"{region}: {stack.title}"
        yield from stack.describe(change_set)
        proposals.append((stack, change_set))
    for stack, change_set in proposals:
        stack.execute(change_set)
    counts = sum((change_set.counts for _, change_set in proposals), Counter())
    yield f"done: {counts['+']} created, {counts['~']} changed, {counts['-']} deleted" if counts else "nothing to do"


class ChangeSet(Struct, frozen=True):
    """The changes that CloudFormation would make to a stack, as the API describes them: ResourceChange.

    The ids are ARNs; that of a change set without changes is no longer valid.
    """

    id: str
    stack_id: str
    changes: tuple[Mapping[str, Any], ...]

    @property
    def counts(self) -> Counter[str]:
        """How many resources are created (`+`), changed (`~`) and deleted (`-`)."""
        return Counter(_SIGNS[change["Action"]] for change in self.changes)


class Stack(Struct, frozen=True):
    """The CloudFormation stack of an environment's alarms in a region, and the resources that it should hold."""

    client: AwsClient
    environment: str
    planned: tuple[Resource, ...]

    @property
    def name(self) -> str:
        """The name of the stack, derived from the name of the environment."""
        return f"websocket-health-{self.environment}"

    @property
    def title(self) -> str:
        """The stack as errors name it."""
        return f"stack {self.name}"

    def refuse_to_overwrite(self) -> None:
        """Raise an error if an alarm with a planned name was made by somebody else."""
        titles = set(self._titles.values())
        for resource in current_alarms(self.client.region, self.environment):
            if resource.title in titles and not resource.is_own:
                raise SourceError(
                    f"{resource.title} in {self.client.region}: it was not made by these checks, and so is left alone; "
                    "rename or delete it, then run again"
                )

    def propose(self) -> ChangeSet:
        """Make a change set of the resources that the limits call for; it changes nothing yet."""
        is_new = self._is_new()
        if is_new and not self.planned:
            return ChangeSet("", "", ())
        # in an existing stack, changes that somebody made by hand are reverted, too
        how = {"ChangeSetType": "UPDATE", "DeploymentMode": "REVERT_DRIFT"}
        if is_new:
            how = {"ChangeSetType": "CREATE", "OnStackFailure": "DELETE"}
        names = {"StackName": self.name, "ChangeSetName": f"alarms-{time_ns()}"}
        change_set_id = self.client.call("CreateChangeSet", self.title, TemplateBody=self._body(), **names, **how)["Id"]
        description = self._poll("DescribeChangeSet", ChangeSetName=change_set_id)
        reason = str(description.get("StatusReason", ""))
        if _status(description) == "FAILED" and not any(text in reason for text in _NO_CHANGES):
            raise self._error(f"CloudFormation makes no change set: {quoted(reason)}")
        changes = self._changes(change_set_id)
        if not changes:
            self.client.call("DeleteChangeSet", self.title, ChangeSetName=change_set_id)
        return ChangeSet(change_set_id, description["StackId"], changes)

    def describe(self, change_set: ChangeSet) -> Iterator[str]:
        """The changes in words, and how many resources stay as they are."""
        changes = {change["LogicalResourceId"]: change for change in change_set.changes}
        planned_first = [changes[name] for name in dict.fromkeys((*self._titles, *changes)) if name in changes]
        for change in sorted(planned_first, key=lambda one: list(_SIGNS).index(one["Action"])):
            yield f"  {_SIGNS[change['Action']]} {self._title_of(change)}"
            yield from (f"      {text}" for text in _property_changes(change))
        yield f"  = {len(self._titles.keys() - changes.keys())} unchanged"

    def execute(self, change_set: ChangeSet) -> None:
        """Make the changes, and wait until they are made."""
        if not change_set.changes:
            return
        self.client.call("ExecuteChangeSet", self.title, ChangeSetName=change_set.id)
        status = _status(self._poll("DescribeStacks", StackName=change_set.stack_id))
        if status in _DEPLOYED:
            return
        aftermath = f"the stack is in state {status}; {self._advice(status)}"
        if status in _AS_BEFORE:
            aftermath = "all is as it was before; fix the cause, and run again"
        raise self._error(f"{self._first_failure(change_set.stack_id)}; {aftermath}")

    @property
    def _titles(self) -> dict[str, str]:
        """The display names of the planned resources, by their ids in the template."""
        return {resource.logical_id: resource.title for resource in self.planned}

    def _title_of(self, resource: Mapping[str, Any]) -> str:
        """The display name of a resource in CloudFormation's response; its name there if it is not planned."""
        kind = NOUNS.get(resource["ResourceType"], resource["ResourceType"])
        logical_id = resource["LogicalResourceId"]
        return self._titles.get(logical_id) or f"{kind} {resource.get('PhysicalResourceId') or logical_id}"

    def _is_new(self) -> bool:
        """Whether the stack has to be created: it does not exist, or is a change set that nobody executed."""
        try:
            status = _status(self.client.call("DescribeStacks", self.title, StackName=self.name))
        except SourceError as error:
            if refused_with(error) != "ValidationError":  # the code for a stack that does not exist
                raise
            return True
        if status != "REVIEW_IN_PROGRESS" and (advice := self._advice(status)):
            raise self._error(f"it is in state {status}; {advice}")
        return status == "REVIEW_IN_PROGRESS"

    def _advice(self, status: str) -> str:
        """Advice on a stack whose state does not allow changes; empty if it does."""
        if status.endswith("_IN_PROGRESS"):
            return "somebody is changing it; run again once that is over"
        if command := _COMMANDS.get(status):
            which = f"--stack-name {self.name} --region {self.client.region}"
            return f"`aws cloudformation {command} {which}`, then run again"
        return ""

    def _body(self) -> str:
        body = json.dumps(template(self.planned, self.environment), separators=(",", ":"))
        if len(body) > _MOST_BYTES:
            raise self._error(
                f"its template has {len(body):,} bytes, and CloudFormation takes {_MOST_BYTES:,} without a bucket; "
                "write it to a file (without --apply), then `aws cloudformation deploy --s3-bucket …`"
            )
        return body

    def _changes(self, change_set_id: str) -> tuple[Mapping[str, Any], ...]:
        which = {"ChangeSetName": change_set_id, "IncludePropertyValues": True}
        changes = self.client.pages("DescribeChangeSet", self.title, "Changes", **which)
        return tuple(one["ResourceChange"] for one in changes if one["ResourceChange"]["Action"] in _SIGNS)

    def _poll(self, operation: str, **names: str) -> Mapping[str, Any]:
        """Poll until the status is final."""
        for _ in range(_MOST_POLLS):
            answer = self.client.call(operation, self.title, **names)
            if not _status(answer).endswith(("_PENDING", "_IN_PROGRESS")):
                return answer
            sleep(_POLL_SECONDS)
        raise self._error(
            f"it has been {_status(answer)} for {_MOST_POLLS * _POLL_SECONDS / 60:.0f} min; look at its events"
        )

    def _first_failure(self, stack_id: str) -> str:
        """The first failure of a deployment, from which the others follow."""
        failure = "the deployment failed"
        for event in self.client.pages("DescribeStackEvents", self.title, "StackEvents", StackName=stack_id):
            if event.get("ResourceStatusReason") == "User Initiated":
                break  # events come newest first, and this one began the deployment
            if event["ResourceStatus"].endswith("_FAILED"):
                failure = f"{self._title_of(event)} was refused: {quoted(event.get('ResourceStatusReason', ''))}"
        return failure

    def _error(self, text: str) -> SourceError:
        return SourceError(f"{self.title} in {self.client.region}: {text}")


def _status(answer: Mapping[str, Any]) -> str:
    """The status of a change set, or of a stack."""
    return str(answer["Stacks"][0]["StackStatus"] if "Stacks" in answer else answer["Status"])


def _property_changes(change: Mapping[str, Any]) -> Iterator[str]:
    """Each property that changes, with its values if CloudFormation gives them: `Threshold: 5.0 → 7.0`."""
    for target in (detail["Target"] for detail in change.get("Details", ())):
        name = target.get("Path", "").removeprefix("/Properties/") or target.get("Name", "")
        if name and target.get("AttributeChangeType") != "SyncWithActual":
            values = [target.get(key, "none") for key in ("BeforeValue", "AfterValue")]
            has_values = "BeforeValue" in target or "AfterValue" in target
            yield f"{name}: {' → '.join(values)}" if has_values else name
