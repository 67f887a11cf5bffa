"""The CloudFormation template of an environment's metric filters and alarms, and notes on what they leave out."""

from collections.abc import Iterable, Iterator
from typing import Any

from checks.alarms.current import with_existing_groups
from checks.alarms.metric_filters import FilteredSignal
from checks.alarms.plan import RESOURCE_TYPES, Plan, Resource, plan_alarms, regions
from checks.config.environment import Environment
from checks.errors import ConfigError


def template(resources: Iterable[Resource], environment: str) -> dict[str, Any]:
    """The template of the filters and alarms of one region, ready to be written as JSON."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Alarms on the limits of {environment!r}",
        "Resources": {
            one.logical_id: {"Type": RESOURCE_TYPES[one.kind], "Properties": dict(one.properties)} for one in resources
        },
    }


def template_and_plan(environment: Environment, region: str | None) -> tuple[dict[str, Any], Plan]:
    """The template of an environment, and the plan that it was made from.

    AWS is asked only where a log group is named by a pattern, or the default region may be another that is named.

    Args:
        environment: As thresholds.yaml has it.
        region: Which of its regions; None where it has one.

    Raises:
        ConfigError: There is nothing to write, or there are several regions and none is chosen.
        SourceError: A call of AWS failed.
    """
    has_patterns = any("*" in group.name for group in environment.log_groups)
    if has_patterns or len(regions(environment)) > 1:
        environment = with_existing_groups(environment)
    plan = plan_alarms(environment)
    return template(plan.within(choose_region(environment, region)), environment.name), plan


def choose_region(environment: Environment, region: str | None) -> str | None:
    """The region of an environment that the command line names, or its only one.

    Raises:
        ConfigError: It is none of them, or there are several and none is chosen.
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
    if custom := sorted(set(FilteredSignal) & set(environment.signals)):
        yield f"metric filters know nothing of what is taught under `signals`: {', '.join(custom)}"
