"""The rows of the receipt say what was asked for, what was read, and what is missing."""

import pytest

from checks.report.html.receipt import rows
from checks.report.result import Receipt
from tests.report.results import fetch, group, reading, receipt


def named(told: Receipt) -> dict[str, str]:
    return dict(rows(told))


def test_files() -> None:
    """Their names, whether all was read, how much, and from when to when."""
    assert list(rows(receipt(reading(duplicates=30)))) == [
        ("Source", "files: log.jsonl"),
        ("Complete", "yes"),
        ("Read", "1,234 events in the window, 30 duplicates"),
        ("First and last", "2026-06-02 00:00:00 UTC, 2026-06-03 00:00:00 UTC"),
    ]


def test_an_empty_window_has_no_first_event() -> None:
    """There is no row for what there is not."""
    assert "First and last" not in named(receipt(reading(events=0, first_event=None, last_event=None)))


@pytest.mark.parametrize("api", ["FilterLogEvents", "Logs Insights"])
def test_cloudwatch(api: str) -> None:
    """Each log group with where it is, how it was read and why so."""
    told = receipt(reading(), source="CloudWatch", asked=("a", "b"), fetch=fetch(group("a", api), group("b", api)))
    assert named(told)["Source"] == "CloudWatch: a, b"
    assert [text for name, text in rows(told) if name == "Log group"] == [
        f"a in eu-central-1 by {api}: the window is short",
        f"b in eu-central-1 by {api}: the window is short",
    ]


def test_a_read_that_was_not_finished() -> None:
    """What it came to, why it ended, and that it is not complete."""
    told = named(receipt(None, fetch=fetch(), gaps=("access denied",)))
    assert told["Complete"] == "no"
    assert told["Read"] == "5,678 events until the error"
    assert told["Calls"] == "12 calls, 3 retries, 2 throttled; 4 pages, 1 empty; 1.5 MB"
    assert told["Gap"] == "access denied"


def test_nothing_was_read() -> None:
    """Files that are not there, or no log group at all."""
    assert list(rows(receipt(None, source="nothing", asked=()))) == [("Source", "nothing: nothing"), ("Complete", "no")]
