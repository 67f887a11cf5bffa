"""What was read, as rows of a name and a text."""

from collections.abc import Iterator
from typing import Final

from checks.analysis.results import Reading
from checks.logs.spool import Fetch
from checks.report.result import Receipt
from checks.report.text import utc

_BYTES_PER_MB: Final = 1e6


def rows(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield them in the order in which a reader asks."""
    yield "Source", f"{receipt.source}: {', '.join(receipt.asked) or 'nothing'}"
    yield "Complete", "yes" if receipt.complete else "no"
    yield from (("Gap", gap) for gap in receipt.gaps)
    yield from (("Note", note) for note in receipt.notes)
    if receipt.reading:
        yield from _reading(receipt.reading)
    if receipt.fetch:
        yield from _fetch(receipt.fetch)


def _reading(reading: Reading) -> Iterator[tuple[str, str]]:
    yield "Events in the window", f"{reading.events:,}"
    if reading.first_event and reading.last_event:
        yield "First and last", f"{utc(reading.first_event)}, {utc(reading.last_event)}"
    yield "In the 2 h before", f"{reading.look_back_events:,}"
    yield "Outside of both", f"{reading.outside_events:,}"
    yield "Duplicates dropped", f"{reading.duplicates:,}"
    yield "Unreadable lines", f"{reading.unreadable:,}"
    yield from (("", example) for example in reading.unreadable_examples)
    if reading.lag_p50_ms is not None and reading.lag_p99_ms is not None:
        yield "Arrived after", f"{reading.lag_p50_ms / 1000:,.1f} s (median), {reading.lag_p99_ms / 1000:,.1f} s (99 %)"


def _fetch(fetch: Fetch) -> Iterator[tuple[str, str]]:
    for group in fetch.groups:
        yield group.api, f"{group.name} in {group.region}: {group.reason}"
    yield "Calls", f"{fetch.calls:,}, {fetch.retries:,} retries, {fetch.throttles:,} throttled"
    yield "Pages", f"{fetch.pages:,}, {fetch.empty_pages:,} empty"
    yield "Received", f"{fetch.events:,} events, {fetch.bytes / _BYTES_PER_MB:,.1f} MB"
    if fetch.queries:
        scanned = f"{fetch.bytes_scanned / _BYTES_PER_MB:,.1f} MB scanned, about ${fetch.price_usd:,.4f}"
        yield "Queries", f"{fetch.queries:,}, {scanned}"
