"""Metrics of your own, measured by queries in thresholds.yaml; tests beside that file judge others themselves."""

import pytest

from checks.plugin import Judgement, assert_within_limit


@pytest.mark.metrics("own.*")
def test_own(judgement: Judgement) -> None:
    """What a query of your own measures stays within the limit."""
    assert_within_limit(judgement)
