"""Time windows in UTC: as times, in epoch milliseconds, and as options and thresholds.yaml write them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Annotated, Final, Self, TypeAlias

import msgspec
from msgspec.structs import replace

from checks.errors import ConfigError
from checks.units import is_duration, parse_duration


def utc_now() -> datetime:
    """Return the time by the machine's clock."""
    return datetime.now(UTC)


CONNECTION_LIMIT: Final = timedelta(hours=2)
"""API Gateway ends every connection after this time."""
CONNECTION_LIFETIME: Final = CONNECTION_LIMIT + timedelta(seconds=30)
"""The time until its `$disconnect` is logged: API Gateway calls it up to half a minute after the end."""
SETTLING: Final = timedelta(seconds=10)
"""The time in which a line may overrule an earlier one: a retry a failed welcome, a `$connect` a `$disconnect`."""
LOOK_BACK: Final = CONNECTION_LIFETIME + timedelta(minutes=10)
"""The time before a window that is also read: its connections began no earlier, even if their end came minutes late."""
LATE_MS: Final = 2 * 60 * 1000
"""The time that a later poll reads again, for late events; it recognises the others by their ids."""
END_OF_TIME_MS: Final = 1 << 62
"""A time later than any event, in epoch milliseconds."""
Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with a zone, even if it is read from JSON."""


class Window(msgspec.Struct, frozen=True):
    """The half-open time [since, until) in UTC whose events are judged."""

    since: Instant
    until: Instant

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise ConfigError(
                f"the window is empty: since {self.since:%Y-%m-%dT%H:%M:%SZ} is not before "
                f"until {self.until:%Y-%m-%dT%H:%M:%SZ}"
            )

    @classmethod
    def of_hours(cls, hours: float, until: datetime) -> Self:
        """Return the window of so many hours up to a time."""
        return cls(until - timedelta(hours=hours), until)

    @property
    def length(self) -> timedelta:
        """The length of the window."""
        return self.until - self.since

    @property
    def since_ms(self) -> int:
        """The start in epoch milliseconds, inclusive."""
        return epoch_ms(self.since)

    @property
    def until_ms(self) -> int:
        """The end in epoch milliseconds, exclusive."""
        return epoch_ms(self.until)


class FileWindow(msgspec.Struct, frozen=True):
    """The window of a run on files, as far as the options set it; the rest follows from the files' events.

    Attributes:
        since: Its start; None if `length` sets it, or if it is the first event.
        until: Its end; None if it is the last event.
        length: Its length; None if it follows from the others.
        options: The options that set it, as they were written; empty if there are none.
    """

    since: datetime | None = None
    until: datetime | None = None
    length: timedelta | None = None
    options: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the options alone set it."""
        return self.until is not None and (self.since is not None or self.length is not None)

    def within(self, covered: Window | None) -> Window:
        """Return the window, which must overlap with what the files cover, unless they hold no event.

        Raises:
            ConfigError: It lies outside; the message says which options would fit.
        """
        until = self.until or (covered.until if covered else utc_now())
        since = until - self.length if self.length else self.since or (covered.since if covered else until)
        if covered is None or (since < covered.until and until > covered.since):
            return Window(since, until)
        begin, end = (
            f"{instant:%Y-%m-%dT%H:%M:%SZ}" for instant in (covered.since, covered.until + timedelta(seconds=1))
        )
        raise ConfigError(
            f"{self.options}: outside of what the logs cover, {covered.since:%Y-%m-%d %H:%M:%S} to "
            f"{covered.until:%Y-%m-%d %H:%M:%S} UTC; give --since {begin} --until {end}, or -T 6 for their last 6 hours"
        )


class TimeSpan(msgspec.Struct, frozen=True):
    """A span of time in epoch milliseconds; its user decides which ends are included."""

    since_ms: int
    until_ms: int

    @property
    def length_ms(self) -> int:
        """The length of the span."""
        return self.until_ms - self.since_ms

    def cut(self, most: int, shortest_ms: int) -> Iterator["TimeSpan"]:
        """Cut the span into at most so many equal parts; none is shorter than `shortest_ms`, unless the whole is."""
        parts = max(1, min(most, self.length_ms // shortest_ms))
        edges = [self.since_ms + self.length_ms * part // parts for part in range(parts + 1)]
        return (TimeSpan(since_ms, until_ms) for since_ms, until_ms in pairwise(edges))

    def ends(self, shortest_ms: int) -> Iterator["TimeSpan"]:
        """Yield the end of the span, then longer and longer ends, each four times the last, and finally the whole."""
        length_ms = shortest_ms
        while length_ms < self.length_ms:
            yield TimeSpan(self.until_ms - length_ms, self.until_ms)
            length_ms *= 4
        yield self


def epoch_ms(instant: datetime) -> int:
    """Return a time in epoch milliseconds."""
    return round(instant.timestamp() * 1000)


def from_epoch_ms(milliseconds: int) -> datetime:
    """Return the UTC time of `milliseconds` since the epoch, exactly."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)


def from_known_epoch_ms(milliseconds: int | None) -> datetime | None:
    """Return the UTC time of `milliseconds` since the epoch; None if they are None."""
    return None if milliseconds is None else from_epoch_ms(milliseconds)


_LONGEST: Final = timedelta(days=365)


def parse_length(text: str, option: str) -> timedelta:
    """Read a length of time such as `90s`, `15m` or `2h`.

    Raises:
        ConfigError: It is not a length of time, or over a year; the message names the `option`.
    """
    with suppress(ValueError):
        if (length := parse_duration(text)) <= _LONGEST:
            return length
    raise ConfigError(f"{option}: invalid length of time {text!r}; use one up to a year, such as 90s, 15m or 2h")


def parse_hours(text: str, option: str) -> float:
    """Read a number of hours, or a length of time with its unit: `24`, `1.5`, `24h`, `90m`, `7d`.

    Raises:
        ConfigError: It is neither, or not greater than 0; the message names the `option`.
    """
    with suppress(ValueError):
        hours = parse_duration(text) / timedelta(hours=1) if is_duration(text) else float(text)
        if 0 < hours < inf:
            return hours
    raise ConfigError(f"{option}: invalid number of hours {text!r}; use one greater than 0, such as 24, 1.5 or 24h")


def parse_instant(text: str, option: str, now: datetime) -> datetime:
    """Read a point in time: ISO 8601 (UTC if it names no zone) or an age such as `20m`, `2h`, `3d`.

    Raises:
        ConfigError: It is neither; the message names the `option`.
    """
    with suppress(ValueError, OverflowError):
        return now - parse_duration(text) if is_duration(text) else _from_iso(text.strip())
    raise ConfigError(
        f"{option}: invalid time {text!r}; use ISO 8601 such as 2026-06-01T06:00Z, or an age such as 20m, 2h or 3d"
    )


def _from_iso(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
EXPIRY_PATTERN: Final = f"^{_DAY}(?:T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$"
"""The end of a waiver in thresholds.yaml, as a regular expression that JSON Schema understands, too."""


def parse_expiry(text: str) -> datetime:
    """Read a day, which stands for its end, or a time; in UTC if it names no zone.

    Raises:
        ValueError: The text is not such a date; the message is meant for the person who wrote it.
    """
    example = "a day such as 2026-06-30, or a time such as 2026-06-30T12:00Z"
    if not re.fullmatch(EXPIRY_PATTERN, text):
        raise ValueError(f"invalid date {text!r}; write {example}")
    try:
        return _from_iso(text) + (timedelta(days=1) if re.fullmatch(_DAY, text) else timedelta())
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not in the calendar; write {example}") from error


def parse_window(since: str | None, until: str | None, hours: float | None, now: datetime) -> Window | None:
    """Turn the command line's options into a window of CloudWatch; None if there are none.

    Raises:
        ConfigError: An option cannot be read, the options contradict each other, or the window is empty.
    """
    window = parse_file_window(since, until, hours, now)
    return replace(window, until=window.until or now).within(None) if window else None


def parse_file_window(
    since: str | None, until: str | None, hours: float | None, now: datetime, begin_option: str = "--since"
) -> FileWindow | None:
    """Turn the command line's options into the window of a run on files; None if there are none.

    Raises:
        ConfigError: An option cannot be read, the options contradict each other, or the window is empty.
    """
    if hours is not None and since is not None:
        raise ConfigError("--since and --hours both set the start of the window; use one of them")
    if since is None and hours is None:
        if until is None:
            return None
        raise ConfigError("--until needs a start; give --since or --hours too")
    begin = parse_instant(since, begin_option, now) if since is not None else None
    end = parse_instant(until, "--until", now) if until is not None else None
    written = {begin_option: since, "-T": f"{hours:g}" if hours is not None else None, "--until": until}
    options = " ".join(f"{name} {text}" for name, text in written.items() if text is not None)
    window = FileWindow(begin, end, _length(hours, end or now), options)
    if end is not None:
        window.within(None)  # raises the error if it ends before it begins
    return window


def _length(hours: float | None, end: datetime) -> timedelta | None:
    if hours is None:
        return None
    try:
        length = timedelta(hours=hours)
        end - length
    except OverflowError as error:
        raise ConfigError(f"--hours: {hours:g} reaches back before the year 1") from error
    return length
