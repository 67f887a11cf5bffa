"""The counts that explain the metrics, in words that every report has."""

from collections.abc import Iterator
from itertools import chain

from checks.analysis.results import Interpretation


def events_by_kind(found: Interpretation) -> str:
    """What the events of connections were: `3 connect, 2 disconnect, 1 message`."""
    return f"{found.connects:,} connect, {found.disconnects:,} disconnect, {found.messages:,} message"


def lifecycle_counts(found: Interpretation) -> Iterator[tuple[str, int]]:
    """Yield which connections are incomplete, and which could not be judged; nothing where none is."""
    counts = {
        "No $disconnect within the 2 h that API Gateway allows": found.lost,
        "A $disconnect but no $connect": found.headless,
        "Not judged, the logs do not reach back to their beginning": found.unknown,
    }
    return ((what, count) for what, count in counts.items() if count)


def welcome_counts(found: Interpretation) -> Iterator[tuple[str, int]]:
    """Yield which welcome messages were not believed; nothing where all were."""
    if found.contradicted:
        yield "Logged as sent right after a GoneException, so counted as failed", found.contradicted


def rows(found: Interpretation) -> Iterator[tuple[str, str]]:
    """Yield all of them, each as a name and a text."""
    yield "Events of connections", events_by_kind(found)
    for what, count in chain(lifecycle_counts(found), welcome_counts(found)):
        yield what, f"{count:,}"
