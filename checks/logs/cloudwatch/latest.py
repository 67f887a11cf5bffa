"""The latest events of a log group: enough to tell how old they are, and whether they are understood."""

from collections import deque
from typing import Final

from checks.logs.cloudwatch import insights
from checks.logs.cloudwatch.filtering import Page, pages
from checks.logs.cloudwatch.query import Queries
from checks.logs.cloudwatch.resolve import FoundGroup
from checks.logs.cloudwatch.tally import Tally
from checks.logs.cloudwatch.timespan import TimeSpan
from checks.logs.cloudwatch.work import Work
from checks.logs.groups import Source

_ENOUGH_EVENTS: Final = 1000
_SHORTEST_MS: Final = 60 * 1000


def latest_events(group: FoundGroup, source: Source, span: TimeSpan) -> Page:
    """Look for events in the last minute, and ever further back until there are enough.

    That asks little of a busy group, whatever the length of the span.

    Args:
        group: Whose.
        source: Which API is asked, `filter` or `insights`.
        span: Where to look.

    Returns:
        A page that ends with the latest event; empty where there is none in the span.

    Raises:
        SourceError: They could not be read.
    """
    ask = _filtered if source == "filter" else _queried
    page = Page(b"", 0, None, None)
    for end in span.ends(_SHORTEST_MS):
        page = ask(group, end)
        if page.events >= _ENOUGH_EVENTS:
            break
    return page


def _filtered(group: FoundGroup, span: TimeSpan) -> Page:
    last: deque[Page] = deque(maxlen=2)  # the very last may hold a handful
    for page in pages(group.client, group.name, span, Tally()):
        last.extend([page] if page.events else [])
    lines, events = b"".join(page.lines for page in last), sum(page.events for page in last)
    return Page(lines, events, None, last[-1].last_ms if last else None)


def _queried(group: FoundGroup, span: TimeSpan) -> Page:
    return insights.latest(Queries(group.client, group.name, Work()), span, _ENOUGH_EVENTS)
