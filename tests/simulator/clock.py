"""The spellings of a time in logs."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at_ms: int) -> datetime:
    """Return the time, exact to the millisecond, which a division by 1000 would not be."""
    return EPOCH + timedelta(milliseconds=at_ms)


def milliseconds(time: str) -> int:
    """Return an ISO 8601 time in milliseconds since the epoch."""
    return (datetime.fromisoformat(time) - EPOCH) // timedelta(milliseconds=1)


def iso(at_ms: int) -> str:
    """As Lambda's runtimes write it: `2026-06-02T08:30:00.125Z`."""
    return f"{moment(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"


def powertools(at_ms: int) -> str:
    """As Powertools writes it: `2026-06-02 08:30:00,125+0000`."""
    return f"{moment(at_ms):%Y-%m-%d %H:%M:%S},{at_ms % 1000:03}+0000"


def request_time(at_ms: int) -> str:
    """As API Gateway writes it: `02/Jun/2026:08:30:00 +0000`."""
    return f"{moment(at_ms):%d/%b/%Y:%H:%M:%S} +0000"


def day(at_ms: int) -> str:
    """As log streams begin: `2026/06/02`."""
    return f"{moment(at_ms):%Y/%m/%d}"
