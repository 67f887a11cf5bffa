"""Can we see? The logs are fresh enough and understood."""

from checks.plugin import assert_kept
from checks.verdicts.verdict import Judgement


def test_data(judgement: Judgement) -> None:
    """What the logs show is enough to judge by."""
    assert_kept(judgement)
