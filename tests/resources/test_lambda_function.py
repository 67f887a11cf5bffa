"""When did the new code begin to serve? From a service of our own that answers as AWS documents."""

from datetime import UTC, datetime

import pytest

from checks.config.environment import Function, LogGroup
from checks.errors import SourceError
from checks.resources.lambda_function import Deploy, find_deploy, log_groups_of
from tests.resources.functions import Answers, configuration, lambda_service

CHAT = Function("chat", "", None)

LIVE = Function("chat", "live", None)


def deploy(monkeypatch: pytest.MonkeyPatch, answers: Answers, *functions: Function) -> tuple[Deploy, float]:
    """Find it, and tell for how many seconds that was waited."""
    waited: list[float] = []
    with lambda_service(monkeypatch, answers):
        last = find_deploy(functions or (CHAT,), waited.append)
    return last, sum(waited)


def test_the_last_change_of_the_configuration_is_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    """In UTC; the log group is the one that the function is configured to log to."""
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
        SourceError, match="function chat: its update has failed: the image is gone; the old code serves"
    ):
        deploy(monkeypatch, {"chat": [failed]})


def test_an_alias_that_splits_traffic_tells_the_version_to_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newer one of the two, whichever has the larger share."""
    alias = {"FunctionVersion": "9", "RoutingConfig": {"AdditionalVersionWeights": {"10": 0.1}}}
    answers = {"chat/live": [alias], "chat:10": [configuration(Version="10")]}
    last, _ = deploy(monkeypatch, answers, LIVE)
    assert last.version == "10"
    assert last.notes[0].endswith("; the alias live sends 10% of the traffic to it")


def test_an_alias_of_one_version_judges_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """All traffic is its, so what the version before logged is over."""
    answers = {"chat/live": [{"FunctionVersion": "10"}], "chat:10": [configuration(Version="10")]}
    last, _ = deploy(monkeypatch, answers, LIVE)
    assert last.version is None
    assert last.notes[0].startswith("version 10 of chat was last changed")


def test_of_several_functions_the_last_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """And all of them say where they log."""
    other = configuration("2026-06-02T09:00:00.000+0000", LoggingConfig={"LogGroup": "/own/group"})
    last, _ = deploy(monkeypatch, {"chat": [configuration()], "push": [other]}, CHAT, Function("push", "", "eu-west-1"))
    assert last.at.hour == 9
    assert [group.name for group in last.log_groups] == ["/aws/lambda/dev-chat-handler", "/own/group"]


def test_an_unknown_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line: what, where."""
    with pytest.raises(SourceError, match=r"function chat in us-east-1: .*not found"):
        deploy(monkeypatch, {})


def test_where_functions_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each group once; a function without the setting logs to the group of its name."""
    answers = {"chat": [configuration()], "old": [configuration(LoggingConfig=None)]}
    with lambda_service(monkeypatch, answers):
        groups = log_groups_of([CHAT, CHAT, Function("old", "", None)])
    assert [group.name for group in groups] == ["/aws/lambda/dev-chat-handler", "/aws/lambda/old"]
