"""API Gateway: what it counted itself, and whether the logs tell the same."""

from checks.judge.verdict import Judgement
from checks.plugin import assert_kept


def test_api(judgement: Judgement) -> None:
    """What API Gateway counts, and how its stage is set, stay within the limit."""
    assert_kept(judgement)
