"""What was read, as rows of a name and a text."""

from collections.abc import Iterator

from checks.report.receipt import events_read, remarks
from checks.report.result import Receipt
from checks.report.text import utc


def rows(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield them in the order in which a reader asks."""
    yield "Source", f"{receipt.source}: {', '.join(receipt.asked) or 'nothing'}"
    yield "Complete", "yes" if receipt.complete else "no"
    if events := events_read(receipt):
        yield "Read", events
    reading = receipt.reading
    if reading and reading.first_event and reading.last_event:
        yield "First and last", f"{utc(reading.first_event)}, {utc(reading.last_event)}"
    yield from remarks(receipt)
