"""A lake: S3 objects in which Firehose delivers log events, with a folder for each hour."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.aws.client import AwsClient
from checks.config.scalars import LAKE
from checks.errors import SourceError
from checks.logs.cloudwatch.logs_client import Workers
from checks.logs.files import read_copies
from checks.logs.spool import LogRequest, Progress, ShowProgress, Spool
from checks.text import counted
from checks.window import Window

_BUFFER: Final = timedelta(minutes=15)
"""The longest that Firehose buffers events; their object goes into the folder of the hour when the first arrived."""
_LATE: Final = timedelta(hours=1)
"""How long after the end of a window its events may still arrive; a longer silence means that delivery has stopped."""
_AT_ONCE: Final = 16
_ATTEMPTS: Final = 3
_BLOCK_BYTES: Final = 1 << 20
_MOST_NAMED: Final = 5
_HOUR: Final = timedelta(hours=1)

_PARTITION: Final = re.compile(
    r"(?:^|/)(?:[A-Za-z_]{1,20}=)?(?P<year>(?:19|20)\d\d)(?:[-/](?:[A-Za-z_]{1,20}=)?(?P<month>\d\d?)"
    r"(?:[-/](?:[A-Za-z_]{1,20}=)?(?P<day>\d\d?)(?:[-T/](?:[A-Za-z_]{1,20}=)?(?P<hour>\d\d?))?)?)?(?=/)"
)
"""The time in a folder's path: `2026/06/02/05/`, `year=2026/month=06/day=02/hour=05/`, `date=2026-06-02/hour=05/`."""

_FAILED: Final = re.compile(r"/[a-z-]{1,40}-failed/")
"""The folder for records that Firehose could not convert."""


def read_lake(places: Sequence[str], request: LogRequest, folder: Path, show: ShowProgress) -> Spool:
    """Fetch the objects of the window and of the two hours before it, and read them like files; see LogSource.read.

    The places are prefixes of buckets: `s3://BUCKET/PREFIX`.
    """
    read = _LakeRead(places, request)
    with read.workers() as workers:
        objects, failed = read.objects(workers)
        copies = read.fetch_all(objects, folder, workers, show)
    window, notes, gaps = _delivered_window(request.window, objects, request.now)
    spool = read_copies(copies, places, folder, show)
    return replace(
        spool,
        source="S3",
        window=window,
        gaps=(*gaps, *_gaps(objects, failed), *spool.gaps),
        notes=(_summary(objects), *notes, *_holes(window, objects), *spool.notes),
    )


class _Object(Struct, frozen=True):
    """An object of a lake, with the time of its delivery, and the time span in its folder's path, if there is one."""

    bucket: str
    key: str
    size: int
    delivered: datetime
    folder: Window | None

    @property
    def origin(self) -> str:
        """Its display name."""
        return f"{LAKE}{self.bucket}/{self.key}"


def folder_time(path: str, prefix: str = "") -> Window | None:
    """The time span in a folder's path; None if the path has none, or only within the prefix."""
    *_, last = [None, *_PARTITION.finditer(path)]
    if last is None or last.end() <= len(prefix):
        return None
    year, month, day, hour = (int(part) if part else None for part in last.groups())
    assert year  # noqa: S101 -- the pattern has one
    try:
        since = datetime(year, month or 1, day or 1, hour or 0, tzinfo=UTC)
        if hour is not None or day is not None:
            return Window(since, since + (_HOUR if hour is not None else timedelta(days=1)))
        months = year * 12 + (month if month is not None else 12)  # up to the next month, or the next January
        return Window(since, datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC))
    except ValueError:
        return None


def describe_lake(places: Sequence[str], window: Window, now: datetime) -> str:
    """Describe what a run on a window would fetch, without fetching it."""
    read = _LakeRead(places, LogRequest(window, tuple, now))
    with read.workers() as workers:
        objects, _ = read.objects(workers)
    return _summary(objects)


class _LakeRead(Struct, dict=True):
    """The state of one read of a lake."""

    places: Sequence[str]
    request: LogRequest
    fetched_bytes: int = 0
    total_bytes: int | None = None
    is_stopped: Event = field(default_factory=Event)

    def workers(self) -> Workers:
        """Threads that fetch objects until the read times out."""
        return Workers(_AT_ONCE, self.is_stopped, self.request.time_limit, self._timeout_error)

    def objects(self, workers: Workers) -> tuple[list[_Object], list[_Object]]:
        """List the objects that may hold events of the window, and those that Firehose could not convert."""
        listed = workers.result(workers.submit(lambda: list(self._list())))
        failed = [one for one in listed if _FAILED.search(f"/{one.key}")]
        objects = [one for one in listed if not _FAILED.search(f"/{one.key}")]
        if not objects:
            times = " to ".join(map(_minutes, (self.request.window.since, self.request.window.until)))
            raise SourceError(
                f"{', '.join(self.places)}: no object was delivered for {times} UTC, nor for the 2 h before",
                "check that the prefix ends before the year, that the folders' hours are in UTC, and that Firehose "
                "delivers",
            )
        return objects, failed

    @cached_property
    def _client(self) -> AwsClient:
        return AwsClient("s3", None, connections=_AT_ONCE)

    def _list(self) -> Iterator[_Object]:
        """List the objects that may hold events of the window, folder by folder; skip the folders of other hours."""
        for place in dict.fromkeys(self.places):
            bucket, _, prefix = place.removeprefix(LAKE).partition("/")
            yield from self._list_folder(bucket, prefix.strip("/"), prefix.strip("/"))

    def _list_folder(self, bucket: str, folder: str, prefix: str) -> Iterator[_Object]:
        """List the objects in a folder of a place, and below it."""
        window, origin = self.request.window, f"{LAKE}{bucket}/{folder}"
        since = window.since - self.request.look_back
        for page in self._client.answers("ListObjectsV2", origin, Bucket=bucket, Prefix=folder, Delimiter="/"):
            for item in page.get("Contents", ()):
                key, path = item["Key"], item["Key"].rpartition("/")[0] + "/"
                if item["Size"] and item["LastModified"] >= since and _is_within(key, prefix):
                    yield _Object(bucket, key, item["Size"], item["LastModified"], folder_time(path, prefix))
            for item in page.get("CommonPrefixes", ()):
                time = folder_time(item["Prefix"], prefix)
                is_near = time is None or (time.until > since - _BUFFER and time.since < window.until + _LATE)
                if is_near and _is_within(item["Prefix"], prefix):
                    yield from self._list_folder(bucket, item["Prefix"], prefix)
            if self.is_stopped.is_set():
                return

    def fetch_all(
        self, objects: Sequence[_Object], folder: Path, workers: Workers, show: ShowProgress
    ) -> list[tuple[Path, str]]:
        """Download all objects into a folder; return the copies, each with the object's display name."""
        paths = [folder / f"object-{number:06}" for number in range(len(objects))]
        self.total_bytes = sum(one.size for one in objects)
        jobs = [workers.submit(self._fetch, one, path) for one, path in zip(objects, paths, strict=True)]
        for _ in workers.waits(jobs):
            show(Progress(self.fetched_bytes, self.total_bytes, f"of {self.total_bytes / 1e6:,.1f} MB from S3"))
        return [(path, one.origin) for one, path in zip(objects, paths, strict=True)]

    def _fetch(self, one: _Object, path: Path) -> None:
        """Download an object, and retry if the response breaks off."""
        for attempt in range(_ATTEMPTS):
            answer = self._client.call("GetObject", one.origin, Bucket=one.bucket, Key=one.key)
            try:
                self._copy(answer["Body"], one, path)
            except SourceError:
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                return

    def _copy(self, body: Any, one: _Object, path: Path) -> None:
        with self._client.explaining("GetObject", one.origin), path.open("wb") as file:
            for block in body.iter_chunks(_BLOCK_BYTES):
                file.write(block)
                self.fetched_bytes += len(block)
                if self.is_stopped.is_set():
                    return

    def _timeout_error(self) -> SourceError:
        progress = "no list of the objects"
        if self.total_bytes is not None:
            progress = f"{self.fetched_bytes / 1e6:,.1f} of {self.total_bytes / 1e6:,.1f} MB"
        return SourceError(
            f"{', '.join(self.places)}: S3 took too long: {progress} came in time",
            "judge a shorter window, or allow more with --read-timeout",
        )


def _is_within(name: str, prefix: str) -> bool:
    """Whether a key is the prefix or lies below it, and is not hidden there; `logs-old/` is not below `logs`."""
    below = name.removeprefix(prefix)
    is_below = not prefix or not below or below.startswith("/")
    return is_below and not any(part.startswith((".", "_")) for part in below.split("/"))


def _delivered_window(window: Window, objects: Sequence[_Object], now: datetime) -> tuple[Window, list[str], list[str]]:
    """The part of the window whose events have been delivered, with notes on it, and gaps."""
    newest = max(one.delivered for one in objects)
    due = min(window.until, now)
    if newest - _BUFFER >= due:
        return window, [], []
    if newest + _LATE < due:
        return window, [], [f"nothing was delivered after {_minutes(newest)} UTC: was nothing logged, or is it late?"]
    until = newest - _BUFFER
    if until <= window.since:
        raise SourceError(
            f"the newest object was delivered at {_minutes(newest)} UTC, and Firehose may buffer events for "
            f"{_BUFFER.seconds // 60} minutes: no part of the window is complete",
            "judge a longer window, or read the log group",
        )
    note = f"the window ends at {_minutes(until)} UTC: the newest object was delivered 15 minutes later"
    return replace(window, until=until), [note], []


def _holes(window: Window, objects: Sequence[_Object]) -> Iterator[str]:
    """Yield a note on the hours without an object, if each hour has a folder."""
    hours = {one.folder.since for one in objects if one.folder and one.folder.until - one.folder.since == _HOUR}
    if not hours:
        return
    first = window.since.replace(minute=0, second=0, microsecond=0)
    count = -((first - min(window.until, max(hours) + _HOUR)) // _HOUR)
    missing = [hour for hour in (first + number * _HOUR for number in range(count)) if hour not in hours]
    if missing:
        more = f" and {len(missing) - _MOST_NAMED:,} more" if len(missing) > _MOST_NAMED else ""
        yield f"no object for the hours {', '.join(map(_minutes, missing[:_MOST_NAMED]))}{more} (UTC)"


def _gaps(objects: Sequence[_Object], failed: Sequence[_Object]) -> Iterator[str]:
    """Yield gaps: objects that Firehose could not convert, and folders whose hours are not in UTC."""
    if failed:
        yield f"Firehose could not convert what {counted(len(failed), 'object')} held, such as {failed[0].origin}"
    if early := next((one for one in objects if one.folder and one.delivered < one.folder.since), None):
        yield f"{early.origin} was delivered before the hour of its folder: let Firehose name folders in UTC"


def _summary(objects: Sequence[_Object]) -> str:
    size = sum(one.size for one in objects) / 1e6
    times = [_minutes(edge(one.delivered for one in objects)) for edge in (min, max)]
    return f"{counted(len(objects), 'object')} of {size:,.1f} MB, delivered from {times[0]} to {times[1]} UTC"


def _minutes(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"
