"""Makes the filters and alarms that are there those that are wanted."""

from checks.errors import SourceError
from checks.resources.alarms.difference import Difference
from checks.resources.alarms.region import Region
from checks.resources.alarms.resource import Kind, Resource


def check_own(difference: Difference) -> None:
    """See that nothing would be overwritten that somebody else made.

    Raises:
        SourceError: It would; the message says what to do.
    """
    for resource in difference.foreign:
        raise SourceError(
            f"{resource.title} in {resource.region}: it was not made by these checks, and so is left alone; rename or "
            "delete it, then run again"
        )


def apply(difference: Difference, region: Region) -> None:
    """Create, change and delete in a region what is missing, otherwise, and wanted no more.

    Filters come before the alarms that need them, and go after them.

    Raises:
        SourceError: AWS refuses; what was done until then stays, and the next time goes on from there.
    """
    put = [*difference.missing, *(change.wanted for change in difference.changed)]
    for resource in _of(Kind.FILTER, put):
        region.logs.call("PutMetricFilter", resource.title, **resource.settings)
    for resource in _of(Kind.ALARM, put):
        region.cloudwatch.call("PutMetricAlarm", resource.title, **resource.settings)
    for resource in _of(Kind.ALARM, difference.unwanted):
        region.cloudwatch.call("DeleteAlarms", resource.title, AlarmNames=[resource.name])
    for resource in _of(Kind.FILTER, difference.unwanted):
        named = {"logGroupName": resource.log_group, "filterName": resource.name}
        region.logs.call("DeleteMetricFilter", resource.title, **named)


def _of(kind: Kind, resources: list[Resource] | tuple[Resource, ...]) -> list[Resource]:
    return [resource for resource in resources if resource.kind is kind]
