"""FilterLogEvents or Logs Insights."""

from unittest.mock import NonCallableMock

import pytest

from checks.config.environment import Source
from checks.logs.cloudwatch.log_groups import ResolvedGroup, choose_api
from checks.logs.cloudwatch.logs_client import LogsClient
from checks.window import TimeSpan

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
        is_masked=False,
        kms_key=None,
    )


@pytest.mark.parametrize(
    ("log_group", "source", "api", "reason"),
    [
        (group(10**9), "auto", "filter", "about 10 calls by the bytes stored, 3,000 at most"),
        (group(), "auto", "filter", "about 1 calls by the bytes stored, 3,000 at most"),
        (group(10**12), "auto", "insights", "FilterLogEvents would take about 10,000 calls, 17 min"),
        (group(10**10, retention_days=1), "auto", "insights", "FilterLogEvents would take about 10,000 calls, 17 min"),
        (
            group(log_class="INFREQUENT_ACCESS"),
            "auto",
            "insights",
            "FilterLogEvents cannot read log groups of the Infrequent Access class",
        ),
        (group(10**12), "filter", "filter", "source: filter in thresholds.yaml"),
        (group(), "insights", "insights", "source: insights in thresholds.yaml"),
    ],
)
def test_the_choice_and_its_reason(log_group: ResolvedGroup, source: Source, api: str, reason: str) -> None:
    """By what is stored in the time it was stored in, unless thresholds.yaml decides."""
    assert choose_api(log_group, source, TimeSpan(NOW_MS - DAY_MS, NOW_MS), NOW_MS) == (api, reason)
