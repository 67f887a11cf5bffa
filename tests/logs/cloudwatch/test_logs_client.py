"""Calls keep to AWS's quotas."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from checks.logs.cloudwatch.logs_client import Pace, calls_per_second


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
