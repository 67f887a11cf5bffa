"""Names of log groups: the groups that they mean, and the API that reads each of them."""

from unittest.mock import NonCallableMock

import pytest

from checks.config.environment import LogGroup, Source
from checks.errors import SourceError
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose_api, resolve, why_not_filter
from checks.logs.cloudwatch.logs_client import Counters, LogsClient
from checks.logs.spool import LogRequest
from checks.window import TimeSpan, Window, from_epoch_ms
from tests.endpoint.reach import reached
from tests.endpoint.store import Group

DAY_MS = 86_400_000

NOW_MS = 1_780_000_000_000


def group(stored_bytes: int = 0, log_class: str = "STANDARD", retention_days: int | None = None) -> ResolvedGroup:
    return ResolvedGroup(
        client=NonCallableMock(LogsClient, region="eu-west-1"),
        name="/aws/lambda/chat",
        log_class=log_class,
        stored_bytes=stored_bytes,
        created_ms=NOW_MS - 100 * DAY_MS,
        retention_days=retention_days,
    )


@pytest.mark.parametrize(
    ("log_group", "source", "api", "reason"),
    [
        (group(10**9), "auto", "filter", "about 10 calls by the bytes stored, 3,000 at most"),
        (group(), "auto", "filter", "about 1 call by the bytes stored, 3,000 at most"),
        (group(10**12), "auto", "insights", "FilterLogEvents would take about 10,000 calls, 17 min"),
        (group(10**10, retention_days=1), "auto", "insights", "FilterLogEvents would take about 10,000 calls, 17 min"),
        (
            group(log_class="INFREQUENT_ACCESS"),
            "auto",
            "insights",
            "FilterLogEvents reads no log groups of class INFREQUENT_ACCESS",
        ),
        (group(log_class="ESSENTIALS"), "auto", "insights", "FilterLogEvents reads no log groups of class ESSENTIALS"),
        (group(10**12), "filter", "filter", "source: filter in thresholds.yaml"),
        (group(), "insights", "insights", "source: insights in thresholds.yaml"),
        (group(), "insights-stats", "insights", "source: insights-stats in thresholds.yaml"),
    ],
)
def test_the_choice_and_its_reason(log_group: ResolvedGroup, source: Source, api: str, reason: str) -> None:
    """It depends on stored bytes and their time span, unless thresholds.yaml decides."""
    assert choose_api(log_group, source, TimeSpan(NOW_MS - DAY_MS, NOW_MS), NOW_MS) == (api, reason)


NAMES = [*(f"/aws/lambda/chat-{number}" for number in range(60)), "/aws/lambda/a[b]", "/aws/lambda/ab", "/own/chat"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/own/chat", ["/own/chat"]),
        ("/aws/lambda/chat-*", sorted(name for name in NAMES if "chat-" in name)),
        ("*chat-1*7", ["/aws/lambda/chat-17"]),
        ("/aws/lambda/a[b*", ["/aws/lambda/a[b]"]),
        ("/aws/lambda/a[b]", ["/aws/lambda/a[b]"]),
    ],
)
def test_a_name_or_a_pattern(monkeypatch: pytest.MonkeyPatch, name: str, expected: list[str]) -> None:
    """Only `*` is special, and stands for any characters; the answer may have many pages."""
    with reached(monkeypatch, *map(Group, NAMES)):
        assert [group.name for group in resolve(LogsClient(None, Counters()), LogGroup(name))] == expected


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("/own/chta", "there is no log group /own/chta in us-east-1; the nearest names: /own/chat"),
        ("0123456789*", "no log group matches 0123456789* in us-east-1; is it another region or account?"),
    ],
)
def test_a_name_that_means_none(monkeypatch: pytest.MonkeyPatch, name: str, complaint: str) -> None:
    """The nearest names are given, if any is near."""
    with (
        reached(monkeypatch, Group("/own/chat"), Group("/zzzzzzzzzzzzzzzzzzzzz")),
        pytest.raises(SourceError) as error,
    ):
        resolve(LogsClient(None, Counters()), LogGroup(name))
    assert str(error.value) == complaint


LINKED = "210987654321"


def test_a_group_in_a_linked_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its account finds it, and calls use its ARN; without an account, the credentials' is meant."""
    with reached(monkeypatch, Group("/aws/lambda/chat", account=LINKED), Group("/aws/lambda/own")):
        client = LogsClient(None, Counters())
        (chat,) = resolve(client, LogGroup("/aws/lambda/*", account=LINKED))
        (own,) = resolve(client, LogGroup("/aws/lambda/*"))
        with pytest.raises(SourceError, match=f"no log group /aws/lambda/own in us-east-1 of the account {LINKED}, or"):
            resolve(client, LogGroup("/aws/lambda/own", account=LINKED))
    assert chat.identifier == f"arn:aws:logs:us-east-1:{LINKED}:log-group:/aws/lambda/chat"
    assert own.identifier == own.name == "/aws/lambda/own"


def test_what_cloudwatch_describes(monkeypatch: pytest.MonkeyPatch) -> None:
    """This is class, bytes, retention, masking and key; missing values have a default."""
    described = {"retentionInDays": 7, "dataProtectionStatus": "ACTIVATED", "kmsKeyId": "arn:key", "storedBytes": 5}
    with reached(monkeypatch, Group("a", described=described), Group("b", described={"storedBytes": 0})):
        client = LogsClient(None, Counters())
        [masked], [plain] = resolve(client, LogGroup("a")), resolve(client, LogGroup("b"))
    assert (masked.log_class, masked.stored_bytes, masked.retention_days) == ("STANDARD", 5, 7)
    assert (masked.is_masked, masked.kms_key) == (True, "arn:key")
    assert (plain.retention_days, plain.is_masked, plain.kms_key) == (None, False, None)


def test_why_auto_does_not_read_by_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason names the log group; it is empty if the filter is used."""
    window = Window(from_epoch_ms(NOW_MS - DAY_MS), from_epoch_ms(NOW_MS))
    request = LogRequest(window, tuple, window.until)
    large = Group("/large", described={"creationTime": window.since_ms, "storedBytes": 7 * 10**12}).fill([])
    with reached(monkeypatch, large, Group("/small").fill([])):
        assert why_not_filter([LogGroup("/small")], request) == ""
        why = why_not_filter([LogGroup("/small"), LogGroup("/large")], request)
    assert why.startswith("/large: FilterLogEvents would take about ")
