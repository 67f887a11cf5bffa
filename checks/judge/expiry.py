"""Until when something holds: the whole of a day in UTC, or a point in time."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
PATTERN: Final = f"^{_DAY}(?:T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"


def end_of(until: str) -> datetime:
    """The first instant at which it no longer holds; a time without a zone is in UTC.

    Raises:
        ValueError: The text is no such date; the message is meant for the person who wrote it.
    """
    example = "a day such as 2026-06-30, or a time such as 2026-06-30T12:00Z"
    if not re.fullmatch(PATTERN, until):
        raise ValueError(f"{until!r} is no date; write {example}")
    try:
        if re.fullmatch(_DAY, until):
            return datetime.combine(date.fromisoformat(until) + timedelta(days=1), time(tzinfo=UTC))
        instant = datetime.fromisoformat(until)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{until!r} is not in the calendar; write {example}") from error
