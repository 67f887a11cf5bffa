"""Deploys the alarms of an environment, one CloudFormation stack a region: `python -m checks alarms --apply`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from checks.alarms.current import current_alarms, with_existing_groups
from checks.alarms.plan import plan_alarms, regions
from checks.alarms.resource import Resource
from checks.alarms.stack import Stack
from checks.alarms.template import choose_region
from checks.aws.client import AwsClient
from checks.config.environment import Environment
from checks.errors import SourceError


def deploy_alarms(environment: Environment, only: str | None) -> Iterator[str]:
    """Deploy the alarms that the limits call for, and yield lines: first all changes, then what was done.

    Args:
        environment: As thresholds.yaml has it.
        only: This one of its regions; None for all.

    Raises:
        ConfigError: There is nothing to deploy.
        SourceError: AWS can't be asked, or refuses; then the stack is as it was before, or the message says how it is.
    """
    environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    proposals = []
    for region in regions(environment) if only is None else (choose_region(environment, only),):
        stack, planned = Stack(AwsClient("cloudformation", region), environment.name), plan.within(region)
        _refuse_to_overwrite(planned, region, environment.name)
        change_set = stack.propose(planned)
        yield f"{region}: {stack.title}"
        yield from change_set.lines
        proposals.append((stack, change_set))
    for stack, change_set in proposals:
        stack.execute(change_set)
    yield _outcome(sum((change_set.counts for _, change_set in proposals), Counter()))


def _refuse_to_overwrite(planned: Sequence[Resource], region: str | None, environment: str) -> None:
    """Stop where an alarm of somebody else has a name that is planned."""
    keys = {resource.key for resource in planned}
    for resource in current_alarms(region, environment).resources:
        if resource.key in keys and not resource.is_own:
            raise SourceError(
                f"{resource.title} in {region}: it was not made by these checks, and so is left alone; rename or "
                "delete it, then run again"
            )


def _outcome(counts: Counter[str]) -> str:
    if not counts:
        return "nothing to do"
    return f"done: {counts['+']} created, {counts['~']} changed, {counts['-']} deleted"
