"""The start of new code, from a service of the tests that answers as AWS documents."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.config.environment import Function, LogGroup
from checks.errors import SourceError
from checks.resources import lambda_function
from checks.resources.lambda_function import Deploy, find_deploy, log_groups_of
from checks.window import epoch_ms
from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.resources.functions import Answers, configuration, lambda_service

CHAT = Function("chat", "", None)

LIVE = Function("chat", "live", None)

GROUP = "/aws/lambda/dev-chat-handler"


NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)


def deploy(
    monkeypatch: pytest.MonkeyPatch,
    answers: Answers,
    *functions: Function,
    starts: Iterable[tuple[str, int]] = (),
    at: datetime | None = None,
) -> tuple[Deploy, float]:
    """Return the deploy that is found, and the seconds of waiting.

    Args:
        monkeypatch: Points boto3 to the services.
        answers: The answers of Lambda.
        functions: The application's functions.
        starts: For each invocation, its version, and its minutes before now.
        at: The given time of the deploy.
    """
    waited: list[float] = []
    group = Group(GROUP).fill(start(version, minutes) for version, minutes in starts)
    monkeypatch.setattr(lambda_function, "sleep", waited.append)
    monkeypatch.setattr(lambda_function, "utc_now", lambda: NOW)
    with reached(monkeypatch, group), lambda_service(monkeypatch, answers):
        last = find_deploy(functions or (CHAT,), at)
    return last, sum(waited)


def start(version: str, minutes: int) -> dict[str, Any]:
    """Return the START line of an invocation so many minutes before now."""
    at_ms = epoch_ms(NOW - timedelta(minutes=minutes))
    return {
        "logStreamName": f"2026/06/02/[{version}]0123456789abcdef",
        "timestamp": at_ms,
        "message": f"START RequestId: {at_ms:032} Version: {version}\n",
        "ingestionTime": at_ms + 500,
        "eventId": f"{version}-{at_ms}",
    }


def test_the_last_change_of_the_configuration_is_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in UTC; the log group is the one in the configuration."""
    last, _ = deploy(monkeypatch, {"chat": [configuration("2026-06-02T10:00:00.123+0200")]})
    assert last.at == datetime(2026, 6, 2, 8, 0, 0, 123000, UTC)
    assert (last.version, last.log_groups) == (None, (LogGroup("/aws/lambda/dev-chat-handler", None),))
    assert last.notes == ("chat was last changed at 2026-06-02 08:00:00 UTC (LastModified)",)


def test_an_update_under_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is successful, the old code serves."""
    under_way = configuration(LastUpdateStatus="InProgress")
    last, waited_seconds = deploy(monkeypatch, {"chat": [under_way, under_way, configuration()]})
    assert (last.at.hour, waited_seconds) == (8, 4)


def test_an_update_that_takes_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="its update takes more than 300 s; try later"):
        deploy(monkeypatch, {"chat": [configuration(LastUpdateStatus="InProgress")]})


def test_an_update_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no new code to judge."""
    failed = configuration(LastUpdateStatus="Failed", LastUpdateStatusReason="the image is gone")
    with pytest.raises(
        SourceError, match="function chat: its update has failed: the image is gone; the old code still serves"
    ):
        deploy(monkeypatch, {"chat": [failed]})


ALIAS_10: Answers = {"chat/live": [{"FunctionVersion": "10"}], "chat:10": [configuration(Version="10")]}


def test_an_alias_that_splits_traffic_tells_the_version_to_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the newer of the two, whichever has the larger share."""
    alias = {"FunctionVersion": "9", "RoutingConfig": {"AdditionalVersionWeights": {"10": 0.1}}}
    answers = {"chat/live": [alias], "chat:10": [configuration(Version="10")]}
    last, _ = deploy(monkeypatch, answers, LIVE, starts=[("9", 100), ("10", 20), ("9", 19), ("10", 10)])
    assert (last.version, last.at) == ("10", NOW - timedelta(minutes=20))
    assert last.notes[0] == (
        "version 10 of chat went live at 2026-06-02 11:40:00 UTC (its first START line); "
        "the alias live sends 10% of the traffic to it"
    )


def test_after_a_complete_shift_the_version_began_with_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was published four hours earlier, but until then the other version served."""
    served = [*(("9", minutes) for minutes in range(230, 30, -10)), ("10", 30), ("9", 29), ("10", 20)]
    last, _ = deploy(monkeypatch, ALIAS_10, LIVE, starts=served)
    assert (last.version, last.at) == ("10", NOW - timedelta(minutes=30))


def test_after_a_roll_back_the_version_began_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It began with its first line after the newer version's last, weeks after its publication."""
    published = configuration("2026-05-01T08:00:00.000+0000", Version="10")
    answers = {"chat/live": [{"FunctionVersion": "10"}], "chat:10": [published]}
    served = [("10", 300), ("11", 200), ("10", 199), ("11", 60), ("10", 58), ("10", 10)]
    last, _ = deploy(monkeypatch, answers, LIVE, starts=served)
    assert (last.version, last.at) == ("10", NOW - timedelta(minutes=58))


def test_a_version_that_serves_for_long_is_looked_back_at_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note says so."""
    published = configuration("2026-05-01T08:00:00.000+0000", Version="10")
    answers = {"chat/live": [{"FunctionVersion": "10"}], "chat:10": [published]}
    last, _ = deploy(monkeypatch, answers, LIVE, starts=[("10", 2000), ("10", 1430), ("10", 5)])
    assert last.at == NOW - timedelta(minutes=1430)
    assert last.notes[0].endswith("(it has served for a day or longer)")


def test_a_version_that_has_not_served_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window begins with its publication, and has none of its lines."""
    last, _ = deploy(monkeypatch, ALIAS_10, LIVE, starts=[("9", 10)])
    assert (last.version, last.at.hour) == ("10", 8)
    assert last.notes[0].endswith("(it has not logged a START line yet)")


def test_where_lines_cannot_be_read_the_publication_is_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log group may be of another class; still only its lines are judged."""
    monkeypatch.setattr(lambda_function, "utc_now", lambda: NOW)
    with reached(monkeypatch, Group(GROUP, log_class="INFREQUENT_ACCESS")), lambda_service(monkeypatch, ALIAS_10):
        last = find_deploy([LIVE], None)
    assert (last.version, last.at.hour) == ("10", 8)
    assert "(LastModified, because its START lines could not be read: " in last.notes[0]


def test_who_knows_when_it_was_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --deployed-at nothing is searched, but the alias still names the version."""
    at = NOW - timedelta(minutes=7)
    last, _ = deploy(monkeypatch, ALIAS_10, LIVE, at=at)
    assert (last.version, last.at) == ("10", at)
    assert last.notes == ("version 10 of chat went live at 2026-06-02 11:53:00 UTC (as given)",)


def test_of_several_functions_each_has_versions_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So no single version is judged if none of them splits its traffic."""
    last, _ = deploy(monkeypatch, {**ALIAS_10, "push": [configuration()]}, LIVE, Function("push", "", None))
    assert last.version is None


def test_of_several_functions_the_last_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them name their log groups."""
    other = configuration("2026-06-02T09:00:00.000+0000", LoggingConfig={"LogGroup": "/own/group"})
    last, _ = deploy(monkeypatch, {"chat": [configuration()], "push": [other]}, CHAT, Function("push", "", "eu-west-1"))
    assert last.at.hour == 9
    assert [group.name for group in last.log_groups] == ["/aws/lambda/dev-chat-handler", "/own/group"]


def test_an_unknown_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names the function and the region."""
    with pytest.raises(SourceError, match=r"function chat in us-east-1: .*not found"):
        deploy(monkeypatch, {})


def test_where_functions_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each group is there once; without the setting, its name follows from the function's."""
    answers = {"chat": [configuration()], "old": [configuration(LoggingConfig=None)]}
    with lambda_service(monkeypatch, answers):
        groups = log_groups_of([CHAT, CHAT, Function("old", "", None)])
    assert [group.name for group in groups] == ["/aws/lambda/dev-chat-handler", "/aws/lambda/old"]
