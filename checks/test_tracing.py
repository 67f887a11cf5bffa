"""AWS X-Ray: the functions are traced, and the traces show neither faults nor slowness."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_tracing(judgement: Judgement) -> None:
    """What the traces of the functions show stays within the limit."""
    assert_kept(judgement)
