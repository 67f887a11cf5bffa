"""Log groups are the default source, and are one of two if an environment also has a lake."""

import pytest

from checks.config.environment import Environment, LogGroup
from checks.logs.cloudwatch import CloudWatchSource, GroupsOrLakeSource
from checks.logs.spool import SourceSettings

GROUP = LogGroup("/chat", None)
LAKE = "s3://lake/logs"


@pytest.mark.parametrize(
    ("places", "groups", "lake", "sources"),
    [
        ((), (GROUP,), "", [CloudWatchSource]),
        (("events.json",), (GROUP,), "", []),
        ((LAKE,), (GROUP,), LAKE, [GroupsOrLakeSource]),
        ((LAKE,), (), LAKE, []),
        (("s3://lake/other",), (GROUP,), LAKE, []),
        ((LAKE, "events.json"), (GROUP,), LAKE, []),
    ],
)
def test_what_is_named_tells_the_source(
    places: tuple[str, ...], groups: tuple[LogGroup, ...], lake: str, sources: list[type]
) -> None:
    """It is one of these two; files, and a lake alone, are sources of their own."""
    environment = Environment("dev", {}, {}, {}, {}, log_groups=groups, lake=lake)
    settings = SourceSettings(places, groups, environment)
    both = (CloudWatchSource.from_settings(settings), GroupsOrLakeSource.from_settings(settings))
    assert [type(one) for one in both if one] == sources
