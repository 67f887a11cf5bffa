"""API Gateway: what it counted itself, and whether the logs tell the same."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_api(judgement: Judgement) -> None:
    """What API Gateway counts, and how its stage is set, stay within the limit."""
    assert_kept(judgement)
