"""What was read, in sentences that every report has."""

from collections.abc import Iterator
from typing import Final

from checks.analysis.results import Reading
from checks.logs.spool import Fetch
from checks.report.result import Receipt

_BYTES_PER_MB: Final = 1e6


def events_read(receipt: Receipt) -> str:
    """How many events were read, and how many lines did not count; empty where nothing was read."""
    if receipt.reading:
        return _counts(receipt.reading)
    return f"{receipt.fetch.events:,} events until the error" if receipt.fetch else ""


def remarks(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield what else there is to say: what it is about, and a sentence that can stand without that."""
    if receipt.fetch:
        yield from _fetch(receipt.fetch)
    if receipt.reading:
        yield from _lag(receipt.reading)
    yield from (("Gap", gap) for gap in receipt.gaps)
    yield from (("Note", note) for note in receipt.notes)
    if receipt.reading:
        yield from (("Line", f"unreadable: {place}") for place in receipt.reading.unreadable_examples)


def _counts(reading: Reading) -> str:
    others = {
        "in the 2 h before": reading.look_back_events,
        "of other versions": reading.other_version_events,
        "outside": reading.outside_events,
        "duplicates": reading.duplicates,
        "unreadable lines": reading.unreadable,
    }
    more = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    return f"{reading.events:,} events in the window{more}"


def _fetch(fetch: Fetch) -> Iterator[tuple[str, str]]:
    for group in fetch.groups:
        yield "Log group", f"{group.name} in {group.region} by {group.api}: {group.reason}"
    calls = f"{fetch.calls:,} calls, {fetch.retries:,} retries, {fetch.throttles:,} throttled"
    pages = f"{fetch.pages:,} pages, {fetch.empty_pages:,} empty"
    yield "Calls", f"{calls}; {pages}; {_megabytes(fetch.bytes)}"
    if fetch.queries:
        scanned = f"{fetch.queries:,} queries scanned {_megabytes(fetch.bytes_scanned)}"
        yield "Queries", f"{scanned}, about {fetch.price_usd:,.4f} USD"


def _lag(reading: Reading) -> Iterator[tuple[str, str]]:
    if reading.lag_p50_ms is not None and reading.lag_p99_ms is not None:
        median, late = reading.lag_p50_ms / 1000, reading.lag_p99_ms / 1000
        yield "Arrival", f"events arrived after {median:,.1f} s (median), {late:,.1f} s (99 %)"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _BYTES_PER_MB:,.1f} MB"
