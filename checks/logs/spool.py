"""The spool: events that a log source has read, as JSON Lines and Parquet, with gaps and notes; it can be archived."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeAlias

import msgspec
from msgspec.structs import fields, replace

from checks.config.environment import Environment, LogGroup
from checks.errors import ConfigError, SourceError
from checks.places import READABLE_BY_OWNER, write_whole
from checks.window import LOOK_BACK, TimeSpan, Window, epoch_ms

RECEIPT: Final = "receipt.json"
"""The file that describes the contents of an archive (`--keep-logs`)."""
MOST_EXAMPLES: Final = 5
"""How many unreadable lines are shown; all are counted."""
_SHORTEST_TIMEOUT: Final = timedelta(minutes=15)
_TIMEOUT_OF_WINDOW: Final = 24
"""A read may take an hour longer for each day of the window: at AWS's quota, 10 million events take a few minutes."""


class SpoolFile(msgspec.Struct, frozen=True):
    """A file of events: one JSON object per line, or an original Parquet file.

    Keys: `timestamp` (milliseconds, or text, which is in UTC unless it has an offset), `message`, and if known
    `ingestionTime` (likewise), `logStreamName`, `eventId`, `logGroup` and `requestId`. `unread` marks a line that is
    not an event, with its number in the file and the reason (`12: why`).

    Attributes:
        path: The file of lines, in UTF-8 and not compressed; or the Parquet file.
        origin: The name that the user knows it by.
        log_group: The log group of events that don't name one; None if it is not known.
        log_stream: The log stream, likewise.
        is_text: Whether the lines are as a tool printed them; those without a stream are taken to be from one stream.
        goes_back: Whether times in the text jump back; it may then hold the same events twice.
        is_parquet: Whether it is Parquet, whose columns are recognised by name (see logs/formats/tables.py).
        has_ids: Whether each event has an id; it then counts once, however many files hold it.
    """

    path: Path
    origin: str
    log_group: str | None = None
    log_stream: str | None = None
    is_text: bool = False
    goes_back: bool = False
    is_parquet: bool = False
    has_ids: bool = False


class Counted(msgspec.Struct, frozen=True):
    """Events that a service counted but did not return; all lie between these times, in milliseconds."""

    events: int
    oldest_ms: int
    newest_ms: int


class GroupRead(msgspec.Struct, frozen=True):
    """A log group that was read, or should have been, and how.

    Attributes:
        name: Name of the log group.
        region: Region of the log group.
        api: API that reads it: `FilterLogEvents` or `Logs Insights`.
        reason: Why that API reads it.
    """

    name: str
    region: str
    api: str
    reason: str


class Fetch(msgspec.Struct, frozen=True):
    """What was requested from a service, and what that took.

    Attributes:
        groups: Log groups that were read; if the read failed, those that should have been, as far as they were found.
        calls: API calls, without retries.
        retries: Retries of API calls.
        throttles: API calls that were refused because there were too many.
        pages: Pages of FilterLogEvents, with or without events.
        empty_pages: Pages of FilterLogEvents without events.
        events: Events that were received, including duplicates and those of the two hours before the window.
        bytes: Bytes of events that were received.
        queries: Logs Insights queries.
        bytes_scanned: Bytes that Logs Insights scanned.
        price_usd: Price of the bytes that were scanned, in US dollars, at the rate in thresholds.yaml.
    """

    groups: tuple[GroupRead, ...]
    calls: int
    retries: int
    throttles: int
    pages: int
    empty_pages: int
    events: int
    bytes: int
    queries: int
    bytes_scanned: int
    price_usd: float

    def __add__(self, later: "Fetch") -> "Fetch":
        """The sum of two fetches, one after the other."""
        sums = {
            one.name: getattr(self, one.name) + getattr(later, one.name) for one in fields(self) if one.name != "groups"
        }
        return Fetch(groups=later.groups, **sums)


class Spool(msgspec.Struct, frozen=True):
    """Events on disk, ready to be analysed.

    Attributes:
        source: The display name of what was read: `files`, or the name of a service.
        requested: What the user named: paths or log groups.
        gaps: Why the read is incomplete, one sentence each; empty if it is complete.
        notes: What a reader of the report should know about the read, one sentence each.
        counted: Events of which only the number is known.
        window: The window that the source read; None if it was not given one.
        fetch: What the read from a service took; None for files.
    """

    source: str
    requested: tuple[str, ...] = msgspec.field(name="asked")
    files: tuple[SpoolFile, ...]
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    window: Window | None = None
    fetch: Fetch | None = None

    def __add__(self, later: "Spool") -> "Spool":
        """An earlier read, and a later one that adds to it and has the window."""
        return replace(
            later,
            files=self.files + later.files,
            gaps=self.gaps + later.gaps,
            counted=self.counted + later.counted,
            fetch=self.fetch + later.fetch if self.fetch and later.fetch else later.fetch,
        )


class Progress(msgspec.Struct, frozen=True):
    """The progress of a read, in a unit such as `of the time` (that the logs cover) or `of 153 MB`.

    `events` is None if they are not counted.
    """

    done: float
    total: float
    unit: str
    events: int | None = None

    @classmethod
    def of_files(cls, share: float, size: int) -> Self:
        """The progress on files of this size: reading them is half the work, scanning their events the other half."""
        return cls(share * size, size, f"of {size / 1e6:,.1f} MB")


ShowProgress: TypeAlias = Callable[[Progress], None]
"""Called from time to time while logs are read, always from the thread that requested them."""
SHOW_SECONDS: Final = 0.2
"""How often progress is shown."""


class UnfinishedReadError(SourceError):
    """Some of the logs could not be read.

    The spool has no files, but says what was requested, and what that had taken by then.
    """

    def __init__(self, message: str, spool: Spool) -> None:
        super().__init__(message)
        self.spool = spool


def prepare_archive(folder: Path) -> None:
    """Create the folder of an archive. Until `write_archive` is called, its receipt says that it is incomplete.

    Raises:
        ConfigError: The folder cannot be written to, or is not empty.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"--keep-logs {folder}: is not empty; name a new folder")
        interrupted = Spool("CloudWatch", (str(folder),), (), gaps=("the read was interrupted before it was complete",))
        _write(interrupted, folder)
    except OSError as error:
        raise ConfigError(f"--keep-logs {folder}: cannot be written to: {error.strerror}; name another") from error


def write_archive(spool: Spool, folder: Path) -> None:
    """Write the receipt of an archive; its folder already holds the files of the spool.

    Raises:
        SourceError: It cannot be written to.
    """
    files = tuple(replace(file, path=file.path.relative_to(folder)) for file in spool.files)
    try:
        _write(replace(spool, files=files), folder)
    except OSError as error:
        raise SourceError(f"--keep-logs {folder}: cannot be written to: {error.strerror}") from error


def is_archive(name: str) -> bool:
    """Whether this is the folder of an archive."""
    try:
        return bool(name) and (Path(name) / RECEIPT).is_file()
    except OSError:  # reading it will report what is wrong
        return False


def read_archive(name: str) -> Spool:
    """Read a spool from an archive."""
    folder = Path(name)
    try:
        spool = msgspec.json.decode((folder / RECEIPT).read_bytes(), type=Spool, dec_hook=lambda _, path: Path(path))
    except OSError as error:
        raise SourceError(f"{folder / RECEIPT}: cannot be read: {error.strerror}") from error
    except (ValueError, ConfigError, RecursionError) as error:
        raise SourceError(f"{folder / RECEIPT}: is not the receipt of a kept read: {error}") from error
    files = tuple(replace(file, path=folder / file.path.name) for file in spool.files)
    missing = [file.path.name for file in files if not file.path.is_file()]
    if missing:
        raise SourceError(f"{folder}: {missing[0]} is missing; the receipt names it")
    return replace(spool, files=files)


def _write(spool: Spool, folder: Path) -> None:
    """Write the receipt, readable only by its owner: not everyone who may read reports may read logs."""
    receipt = msgspec.json.encode(spool, enc_hook=str)
    write_whole(msgspec.json.format(receipt, indent=2) + b"\n", folder / RECEIPT, READABLE_BY_OWNER)


class SourceSettings(msgspec.Struct, frozen=True):
    """Where the logs are, as the command line and thresholds.yaml say.

    `places` are files or a lake, from `--logs` or from `logs` in thresholds.yaml; empty if CloudWatch is read.
    """

    places: tuple[str, ...]
    groups: tuple[LogGroup, ...]
    environment: Environment


class LogRequest(msgspec.Struct, frozen=True):
    """Which events a run needs.

    Attributes:
        window: The window to judge; files have a window of their own.
        patterns: Returns RE2 patterns that together match every line the analysis may understand. A source may leave
            out all other events, if it counts them (`Spool.counted`).
        now: When the read begins.
        earlier: The spool of the previous poll, to which the source adds what is new; None on the first read.
        timeout: How long the read may take; None for a default that depends on the window.
        scan: Scans the files that it has not scanned yet. A source may call it while it reads others, from the thread
            that requested the events, each time with all complete files at the beginning of the spool.
        look_back: How much time before the window is also needed; zero if it has already been read.
        remembered: A cache of what a source has looked up, for later reads of this run.
    """

    window: Window
    patterns: Callable[[], Sequence[str]]
    now: datetime
    earlier: Spool | None = None
    timeout: timedelta | None = None
    scan: Callable[[Sequence[SpoolFile]], None] | None = None
    look_back: timedelta = LOOK_BACK
    remembered: dict[Any, Any] = msgspec.field(default_factory=dict)

    @property
    def time_limit(self) -> timedelta:
        """How long the read may take: `timeout`, or 15 minutes and an hour for each day of the window."""
        return self.timeout or _SHORTEST_TIMEOUT + self.window.length / _TIMEOUT_OF_WINDOW

    def span(self, window: Window) -> TimeSpan:
        """The time span to read: the window and its look-back, or what is new since the last poll, up to now."""
        since_ms = max(0, epoch_ms(window.since - self.look_back))
        if self.earlier and self.earlier.window:
            since_ms = self.earlier.window.until_ms
        return TimeSpan(since_ms, max(since_ms, epoch_ms(min(window.until, self.now))))


class LogSource(Protocol):
    """A place that log events are read from: files, CloudWatch, or one of your own.

    To add a source, write a class with these two methods, and name it in SOURCES (checks/run/log_reader.py).
    """

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> Self | None:
        """Return the source if the settings name it; None if another source should be tried."""

    def read(self, request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
        """Read the events.

        Args:
            request: Which events are needed.
            folder: An empty folder for the spool's files; it lives as long as the spool.
            show: Call it a few times a second to show how far the read has come.

        Raises:
            SourceError: The events cannot be read. The message says what to do.
        """
