"""Calls to CloudWatch Logs keep to AWS's quotas, are counted, and return bodies as they came."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import msgspec
import pytest

from checks.errors import SourceError
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, Pace, calls_per_second, decode_response
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.store import Group


@pytest.mark.parametrize(
    ("operation", "region", "quota"),
    [
        ("FilterLogEvents", "us-east-1", 25),
        ("FilterLogEvents", "eu-west-1", 10),
        ("FilterLogEvents", "eu-central-1", 5),
        ("StartQuery", "us-east-1", 10),
    ],
)
def test_the_quota_is_that_of_the_region(operation: str, region: str, quota: float) -> None:
    """Only FilterLogEvents differs between Regions."""
    assert calls_per_second(operation, region) == quota


def test_calls_of_many_threads_are_spaced() -> None:
    """Twenty calls at a hundred a second need 190 ms, whoever makes them."""
    pace = Pace(100)
    began = monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.wait(), range(20)))
    assert monotonic() - began >= 0.19


def counts(counters: Counters) -> dict[str, int]:
    return {name: counters[name] for name in ("calls", "attempts", "throttles")}


def test_a_body_is_returned_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore would build an object of each event."""
    body, counters = b'{"logGroups" : [], "new": "field"}', Counters()
    with reached(monkeypatch, behaviour=Behaviour(answers={"DescribeLogGroups": body})):
        assert LogsClient(None, counters).call("DescribeLogGroups", "log groups") == body
    assert counts(counters) == {"calls": 1, "attempts": 1, "throttles": 0}


def test_attempts_and_throttles_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is made again is one call; whoever throttles has a quota, to which later calls keep."""
    counters = Counters()
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    behaviour = Behaviour(fault_rate=1, faults=("throttle",), most_faults=1)
    with reached(monkeypatch, Group("a"), behaviour=behaviour):
        client = LogsClient(None, counters)
        client.call("DescribeLogGroups", "log groups")
        began = monotonic()
        for _ in range(3):
            client.call("DescribeLogGroups", "log groups")
    assert monotonic() - began >= 0.2
    assert counts(counters) == {"calls": 4, "attempts": 5, "throttles": 1}


class Shape(msgspec.Struct):
    name: str


def test_a_body_of_another_shape() -> None:
    """It is an error of one line, whatever it is."""
    for body in (b"", b"<html>", b"[]", b"{}", b'{"name":5}', b'{"name":"\xff"}', b'{"name":' + b"[" * 9999):
        with pytest.raises(SourceError) as error:
            decode_response(body, Shape, "log group a")
        assert str(error.value).startswith("log group a: what answered is not CloudWatch Logs: "), body[:20]
        assert str(error.value).endswith("; check proxy and AWS_ENDPOINT_URL"), body[:20]


def test_half_a_character_costs_no_page() -> None:
    """JSON can name half of an emoji, which no text can hold: all else in the answer is read."""
    assert decode_response(b'{"name":"a\\ud800b\\ud83d\\ude00"}', Shape, "log group a") == Shape("a\ufffdb\U0001f600")


def test_unknown_keys_are_passed_over() -> None:
    """AWS adds some now and then."""
    assert decode_response(b'{"more":1,"name":"a"}', Shape, "log group a") == Shape("a")
