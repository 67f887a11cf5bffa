"""What was read is told in full, and only what there is to tell."""

from checks.report.receipt import events_read, remarks
from tests.report.results import fetch, reading, receipt


def test_what_does_not_count_is_told_where_there_is_any() -> None:
    """Zeros are left out."""
    told = reading(look_back_events=10, outside_events=20, duplicates=30, unreadable=2)
    assert events_read(receipt(told)) == (
        "1,234 events in the window, 10 in the 2 h before, 20 outside, 30 duplicates, 2 unreadable lines"
    )
    assert events_read(receipt(reading())) == "1,234 events in the window"


def test_nothing_was_read() -> None:
    """No sentence is made of it; of files there is nothing else to tell either."""
    assert events_read(receipt(None)) == ""
    assert list(remarks(receipt(None))) == []


def test_queries_have_a_price() -> None:
    """With the bytes that it is for."""
    told = dict(remarks(receipt(reading(), fetch=fetch(queries=2, bytes_scanned=2_500_000, price_usd=0.0125))))
    assert told["Queries"] == "2 queries scanned 2.5 MB, about 0.0125 USD"
    assert "Queries" not in dict(remarks(receipt(reading(), fetch=fetch())))


def test_how_late_events_arrived_is_told_where_it_is_known() -> None:
    """Median and 99 %, of files as of CloudWatch."""
    assert dict(remarks(receipt(reading(lag_p50_ms=900, lag_p99_ms=5100)))) == {
        "Arrival": "events arrived after 0.9 s (median), 5.1 s (99 %)"
    }
    assert dict(remarks(receipt(reading()))) == {}


def test_gaps_notes_and_unreadable_lines_are_told_one_by_one() -> None:
    """In this order."""
    told = receipt(reading(unreadable=2, unreadable_examples=("log:7: why", "log:9: why")), gaps=("g",), notes=("n",))
    assert list(remarks(told)) == [
        ("Gap", "g"),
        ("Note", "n"),
        ("Line", "unreadable: log:7: why"),
        ("Line", "unreadable: log:9: why"),
    ]
