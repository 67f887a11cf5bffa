"""Log groups are the source where nothing else is named, and beside a lake where an environment names both."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.config.environment import Environment, LogGroup
from checks.logs.cloudwatch import CloudWatchSource, Counter, GroupsOrLakeSource, why_not_filter
from checks.logs.spool import LogRequest, SourceSettings, UnfinishedReadError
from checks.window import Window
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group

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
    """Of these two; files and a lake alone are sources of their own."""
    environment = Environment("dev", {}, {}, {}, {}, log_groups=groups, lake=lake)
    settings = SourceSettings(places, groups, environment)
    both = (CloudWatchSource.from_settings(settings), GroupsOrLakeSource.from_settings(settings))
    assert [type(one) for one in both if one] == sources


WINDOW = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC))
NOW = WINDOW.until + timedelta(hours=1)
QUERY = "stats count(*) as n by 1 | stats sum(n) as sums by 1"


def counter(*names: str, timeout: timedelta | None = None) -> Counter:
    request = LogRequest(WINDOW, WINDOW, tuple, NOW, timeout=timeout)
    return Counter(
        [LogGroup.parse(name) for name in names], Environment("dev", {}, {}, {}, {}), request, "somebody said so"
    )


def logged(name: str, messages: int, region: str = "us-east-1") -> Group:
    events = [
        {
            "logStreamName": "s",
            "timestamp": WINDOW.since_ms,
            "message": "hi",
            "ingestionTime": 0,
            "eventId": f"{number}",
        }
        for number in range(messages)
    ]
    return Group(name, region, described={"creationTime": WINDOW.since_ms, "storedBytes": 7 * 10**12}).fill(events)


def test_one_query_counts_several_log_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, though two patterns name it; the receipt has why, and what it may cost."""
    with reached(monkeypatch, logged("/a", 2), logged("/b", 3)) as endpoint:
        spool, result = counter("/a", "/*").run(lambda _: QUERY)
    assert [one.value for row in result.rows for one in row if one.field == "sums"] == ["5"]
    assert [request["logGroupIdentifiers"] for name, request in endpoint.requests if name == "StartQuery"] == [
        ["/a", "/b"]
    ]
    assert spool.fetch
    reads = [(read.name, read.api, read.reason) for read in spool.fetch.groups]
    reason = "somebody said so; a scan of about 14,000.0 GB, US$ 70.00"
    assert reads == [(name, "Logs Insights (counts only)", reason) for name in ("/a", "/b")]
    assert (spool.window, spool.files) == (WINDOW, ())


def test_what_one_query_cannot_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Log groups of several regions, whose connections may have a part in each."""
    there = "arn:aws:logs:eu-west-1:123456789012:log-group:/b"
    with (
        reached(monkeypatch, logged("/a", 2), logged("/b", 3, "eu-west-1")),
        pytest.raises(UnfinishedReadError, match="log groups in one region at most; use source: insights") as raised,
    ):
        counter("/a", there).run(lambda _: QUERY)
    assert raised.value.spool.fetch
    assert raised.value.spool.fetch.queries == 0


def test_a_count_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way is stopped: it would scan on, and be paid for."""
    with reached(monkeypatch, logged("/a", 2), behaviour=Behaviour(polls=1_000_000)) as endpoint:
        with pytest.raises(UnfinishedReadError, match="took too long; judge a shorter window, or use --read-timeout"):
            counter("/a", timeout=timedelta(seconds=0.5)).run(lambda _: QUERY)
        assert [query.status for query in endpoint.queries.values()] == ["Cancelled"]


def test_why_auto_does_not_read_by_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log group, and why; nothing where it does."""
    request = LogRequest(WINDOW, WINDOW, tuple, NOW)
    with reached(monkeypatch, logged("/large", 1), Group("/small").fill([])):
        assert why_not_filter([LogGroup("/small")], request) == ""
        why = why_not_filter([LogGroup("/small"), LogGroup("/large")], request)
    assert why.startswith("/large: FilterLogEvents would take about ")
