"""`python -m checks alarms`: what watches between runs, as a template or applied."""

from collections.abc import Iterator

from checks.errors import ConfigError
from checks.judge.thresholds import Environment
from checks.resources.alarms.applying import apply, check_own
from checks.resources.alarms.difference import Difference, difference
from checks.resources.alarms.existing import look_up
from checks.resources.alarms.locating import located
from checks.resources.alarms.patterns import Signal
from checks.resources.alarms.region import Region
from checks.resources.alarms.template import template
from checks.resources.alarms.wanted import Wanted, regions, wanted


def template_of(environment: Environment, region: str | None) -> tuple[str, Wanted]:
    """The CloudFormation template of an environment, and what it was made from.

    AWS is asked only where a log group is named by a pattern, or the default region may be another that is named.

    Args:
        environment: As thresholds.yaml has it.
        region: Which of its regions; None where it has one.

    Raises:
        ConfigError: There is nothing to write, or there are several regions and none is chosen.
        SourceError: AWS can't be asked.
    """
    has_patterns = any("*" in group.name for group in environment.log_groups)
    found = located(environment) if has_patterns or len(regions(environment)) > 1 else environment
    plan = wanted(found)
    return template(plan.within(_chosen(found, region)), f"Alarms on the limits of {found.name!r}"), plan


def apply_to(environment: Environment, only: str | None) -> Iterator[str]:
    """Make what is there what is wanted, and yield lines that say so: first the whole difference, then what was done.

    Args:
        environment: As thresholds.yaml has it.
        only: This one of its regions; None for all.

    Raises:
        ConfigError: There is nothing to apply.
        SourceError: AWS can't be asked, or refuses.
    """
    found = located(environment)
    plan = wanted(found)
    chosen = regions(found) if only is None else (_chosen(found, only),)
    there = [Region.named(name) for name in chosen]
    todo = [difference(plan.within(region.name), look_up(region, found.name).resources) for region in there]
    for region, one in zip(there, todo, strict=True):
        yield f"{region.name}:"
        yield from _shown(one)
    for one in todo:
        check_own(one)
    for region, one in zip(there, todo, strict=True):
        apply(one, region)
    yield _done(todo)


def remarks(environment: Environment, plan: Wanted) -> Iterator[str]:
    """What a reader should know about what is not watched."""
    for metric, reason in plan.left_out.items():
        yield f"{metric} is not watched: {reason}"
    if untaught := sorted(set(Signal) & set(environment.signals)):
        yield f"metric filters know nothing of what is taught under `signals`: {', '.join(untaught)}"


def _chosen(environment: Environment, region: str | None) -> str | None:
    known = regions(environment)
    if region is None and len(known) == 1:
        return known[0]
    if region in known:
        return region
    names = ", ".join(name or "your default" for name in known)
    raise ConfigError(f"{environment.name!r} is in these regions: {names}; choose one with --region")


def _shown(todo: Difference) -> Iterator[str]:
    for resource in todo.missing:
        yield f"  + {resource.title}"
    for change in todo.changed:
        yield f"  ~ {change.wanted.title}"
        yield from (f"      {field}" for field in change.fields)
    for resource in todo.unwanted:
        yield f"  - {resource.title}"
    yield f"  = {len(todo.unchanged)} unchanged"


def _done(todo: list[Difference]) -> str:
    created = sum(len(one.missing) for one in todo)
    changed = sum(len(one.changed) for one in todo)
    deleted = sum(len(one.unwanted) for one in todo)
    if not created + changed + deleted:
        return "nothing to do"
    return f"done: {created} created, {changed} changed, {deleted} deleted"
