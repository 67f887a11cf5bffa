"""Probes: connections that the run opens itself, if `--probe` asks for it, and whether each is in the logs."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics(
    "probe.failed",
    "probe.opened",
    "probe.welcomed",
    "probe.answered",
    "probe.closed",
    "probe.open_p50_seconds",
    "probe.open_p95_seconds",
    "probe.welcome_p50_seconds",
    "probe.welcome_p95_seconds",
    "probe.answer_p50_seconds",
    "probe.answer_p95_seconds",
    "probe.unread",
)
def test_probe(judgement: Judgement) -> None:
    """Whoever connects now is let in, greeted and answered, and the logs show it."""
    assert_within_limit(judgement)
