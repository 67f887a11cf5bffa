"""Phrases for what was read, and for values and limits, without empty statements."""

import pytest

from checks.analysis.evidence import FunctionVersion
from checks.metrics import EvidenceKind
from checks.report.phrases import (
    events_read,
    interpretation_rows,
    limit_text,
    receipt_remarks,
    value_text,
    verdict_counts,
    version_shares,
)
from checks.verdicts.verdict import Verdict
from tests.report.results import check, evidence, fetch, interpretation, reading, receipt


def test_verdicts_are_counted() -> None:
    """The worst come first, in the singular or plural."""
    words = (Verdict.PASS, Verdict.ERROR, Verdict.FAIL, Verdict.PASS, Verdict.WARN, Verdict.WARN, Verdict.INCONCLUSIVE)
    assert verdict_counts(check(verdict=verdict) for verdict in words) == (
        "1 failed, 1 error, 1 inconclusive, 2 warnings, 2 passed"
    )


def test_what_does_not_count_is_named() -> None:
    """Zeros are left out."""
    read = reading(look_back_events=10, outside_events=20, duplicates=30, unreadable=2)
    assert events_read(receipt(read)) == (
        "1,234 events in the window, 10 in the 2 h before, 20 outside, 30 duplicates, 2 unreadable lines"
    )
    assert events_read(receipt(reading())) == "1,234 events in the window"


def test_nothing_was_read() -> None:
    """There is no sentence on it; for files there is no other fact either."""
    assert events_read(receipt(None)) == ""
    assert list(receipt_remarks(receipt(None))) == []


def test_queries_have_a_price() -> None:
    """The price is shown with the bytes."""
    remarks = dict(
        receipt_remarks(receipt(reading(), fetch=fetch(queries=2, bytes_scanned=2_500_000, price_usd=0.0125)))
    )
    assert remarks["Queries"] == "2 queries scanned 2.5 MB, about 0.0125 USD"
    assert "Queries" not in dict(receipt_remarks(receipt(reading(), fetch=fetch())))


def test_how_late_events_arrived() -> None:
    """Median and 99 % are shown, for files as for CloudWatch."""
    assert dict(receipt_remarks(receipt(reading(lag_p50_ms=900, lag_p99_ms=5100)))) == {
        "Ingestion delay": "ingestion delay: median 0.9 s, p99 5.1 s"
    }
    assert dict(receipt_remarks(receipt(reading()))) == {}


def test_gaps_notes_and_unreadable_lines_stand_one_by_one() -> None:
    """They are in this order."""
    most = receipt(reading(unreadable=2, unreadable_examples=("log:7: why", "log:9: why")), gaps=("g",), notes=("n",))
    assert list(receipt_remarks(most)) == [
        ("Gap", "g"),
        ("Note", "n"),
        ("Line", "unreadable: log:7: why"),
        ("Line", "unreadable: log:9: why"),
    ]


def test_every_count_has_its_line() -> None:
    """Lines cover events, incomplete and unjudged connections, and welcomes that were not believed or not logged."""
    of_lives = {"lost": 4, "headless": 5678, "unknown": 6}
    counted = interpretation(connects=1234, disconnects=2, messages=3, **of_lives, contradicted=7, unwelcomed=8)
    assert dict(interpretation_rows(counted)) == {
        "Log events about connections": "1,234 connect, 2 disconnect, 3 message",
        "No $disconnect within the 2 h that API Gateway allows": "4",
        "A $disconnect but no $connect": "5,678",
        "Not judged, the logs do not reach back to their beginning": "6",
        "Logged as sent right after a GoneException, so counted as failed": "7",
        "Connections without any line about a welcome, so not counted": "8",
    }


def test_a_zero_explains_nothing() -> None:
    """The exception is zero events, which is stated."""
    assert list(interpretation_rows(interpretation())) == [
        ("Log events about connections", "0 connect, 0 disconnect, 0 message")
    ]


def test_a_value_is_not_rounded_onto_a_limit() -> None:
    """This holds for the limit that decided, and for the limit of the run before."""
    assert value_text(check("welcome.failure_rate", value=0.04999, limit=0.05)) == "4.999 %"
    assert value_text(check("welcome.failure_rate", value=0.02001, limit=0.05, warn=0.02)) == "2.001 %"
    assert value_text(check(value=None)) == "no sample"
    assert value_text(check(verdict=Verdict.ERROR, value=None)) == "not measured"


def test_a_limit_has_its_name() -> None:
    """It is in the unit of the metric; if none decided, there is no text."""
    assert limit_text(check("welcome.failure_rate", limit=0.05, bound="warn")) == "warn 5 %"
    assert limit_text(check(limit=None, bound=None)) == ""


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (((129, 129), (0, 2215)), "129 of 129 of version 0, none of 2,215 of version 1"),
        (((25, 100), (5, 100)), "25 of 100 of version 0, 5 of 100 of version 1"),
        (((24, 100), (5, 100)), ""),
        (((24, 100),), ""),
        (((24, 100), (5, None)), ""),
        ((), ""),
    ],
)
def test_a_version_that_is_far_worse(versions: tuple[tuple[int, int | None], ...], words: str) -> None:
    """It is five times as bad as the others, which must have traffic."""
    known = (FunctionVersion(str(place), None, *numbers) for place, numbers in enumerate(versions))
    assert version_shares(evidence(EvidenceKind.UNDELIVERED, versions=tuple(known))) == words


def test_versions_of_several_functions_are_told_apart() -> None:
    """Each function counts its versions from 1, or serves $LATEST."""
    known = (FunctionVersion("7", "/aws/lambda/a", 9, 9), FunctionVersion("7", "/aws/lambda/b", 0, 80))
    assert version_shares(evidence(EvidenceKind.UNDELIVERED, versions=known)) == (
        "9 of 9 of version 7 of /aws/lambda/a, none of 80 of version 7 of /aws/lambda/b"
    )
