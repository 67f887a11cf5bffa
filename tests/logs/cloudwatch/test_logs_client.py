"""Calls to CloudWatch Logs respect AWS's quotas, are counted, and return bodies unchanged."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic

import msgspec
import pytest

from checks.errors import SourceError
from checks.logs.cloudwatch.logs_client import Counters, LogsClient, Pace, Workers, calls_per_second, decode_response
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
    """Only FilterLogEvents has different quotas in different regions."""
    assert calls_per_second(operation, region) == quota


def test_calls_of_many_threads_are_spaced() -> None:
    """Twenty calls at a hundred a second take 190 ms, whichever threads make them."""
    pace = Pace(100)
    began = monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.wait(), range(20)))
    assert monotonic() - began >= 0.19


def counts(counters: Counters) -> dict[str, int]:
    return {name: counters[name] for name in ("calls", "attempts", "throttles")}


def test_a_body_is_returned_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore would build an object for each event."""
    body, counters = b'{"logGroups" : [], "new": "field"}', Counters()
    with reached(monkeypatch, behaviour=Behaviour(answers={"DescribeLogGroups": body})):
        assert LogsClient(None, counters).call("DescribeLogGroups", "log groups") == body
    assert counts(counters) == {"calls": 1, "attempts": 1, "throttles": 0}


def test_attempts_and_throttles_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A retried call is one call; a service that throttles has a quota, which later calls respect."""
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
        assert str(error.value).startswith("log group a: the response is not from CloudWatch Logs: "), body[:20]
        assert str(error.value).endswith("; check proxy and AWS_ENDPOINT_URL"), body[:20]


def test_half_a_character_costs_no_page() -> None:
    """JSON can escape half of an emoji, which no text can hold: the rest of the answer is read."""
    assert decode_response(b'{"name":"a\\ud800b\\ud83d\\ude00"}', Shape, "log group a") == Shape("a\ufffdb\U0001f600")


def test_unknown_keys_are_passed_over() -> None:
    """AWS adds some now and then."""
    assert decode_response(b'{"more":1,"name":"a"}', Shape, "log group a") == Shape("a")


def workers(is_stopped: Event | None = None, seconds: float = 60) -> Workers:
    return Workers(1, is_stopped or Event(), timedelta(seconds=seconds), lambda: SourceError("took too long"))


def test_jobs_in_steps_take_turns() -> None:
    """No job waits for another's end, and the result comes with the last step."""
    done: list[str] = []

    def steps(name: str, number: int) -> Generator[None, None, str]:
        for step in range(number):
            done.append(f"{name}{step}")
            yield
        return name

    gate = Event()
    with workers() as pool:
        pool.submit(gate.wait)
        jobs = [pool.submit_steps(steps("a", 3)), pool.submit_steps(steps("b", 1)), pool.submit_steps(steps("c", 2))]
        gate.set()
        assert [job.result(5) for job in jobs] == ["a", "b", "c"]
    assert done == ["a0", "b0", "c0", "a1", "c1", "a2"]


def test_an_error_ends_a_job_and_not_its_thread() -> None:
    """The next job is done; the error is raised to the waiting caller."""

    def broken() -> Generator[None, None, None]:
        yield
        raise SourceError("broken")

    with workers() as pool:
        first, second = pool.submit_steps(broken()), pool.submit(str, 7)
        with pytest.raises(SourceError, match=r"^broken$"):
            first.result(5)
        assert second.result(5) == "7"


def test_a_wait_ends_with_the_first_error_or_when_time_is_up() -> None:
    """Until then it reports how many jobs are left."""
    gate = Event()
    with workers(seconds=0.3) as pool:
        first = pool.submit(str, 7)
        assert (pool.result(first), list(pool.waits([first]))) == ("7", [0])
        job = pool.submit(gate.wait)
        with pytest.raises(SourceError, match=r"^took too long$"):
            pool.result(job)
        gate.set()
        assert pool.result(job)


def test_what_has_not_begun_is_called_off() -> None:
    """Leaving the block waits neither for jobs that have not begun nor for a call that hangs."""
    hangs, is_stopped = Event(), Event()
    began = monotonic()
    with workers(is_stopped) as pool:
        pool.submit(hangs.wait)
        waiting = pool.submit(str, 7)
    assert waiting.cancelled()
    assert is_stopped.is_set()
    assert monotonic() - began < 5
    hangs.set()
