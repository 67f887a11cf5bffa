"""Queries of Logs Insights: what is told of them is read with care."""

import pytest

from checks.errors import SourceError
from checks.logs.cloudwatch.query import Field, time_ms


@pytest.mark.parametrize("text", ["2026-06-01 06:00:00.123", "1780293600123"])
def test_the_time_of_a_row(text: str) -> None:
    """Insights writes it without a zone, and means UTC."""
    rows = [[Field("@message", "hi"), Field("@timestamp", text)], [Field("@timestamp", "1")]]
    assert time_ms(rows, "log group a") == 1_780_293_600_123


@pytest.mark.parametrize(
    "rows", [[], [[]], [[Field("@message", "hi")]], [[Field("@timestamp", "soon")]], [[Field("@timestamp", "²")]]]
)
def test_a_row_without_a_time_is_none_of_insights(rows: list[list[Field]]) -> None:
    """It is an error, and no traceback."""
    with pytest.raises(SourceError, match="log group a: what answered is not CloudWatch Logs: there is no time in its"):
        time_ms(rows, "log group a")
