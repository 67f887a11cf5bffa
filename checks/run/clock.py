"""What time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """What the clock says."""
    return datetime.now(UTC)
