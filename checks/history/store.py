"""The store of past runs: one small file for each run, in a folder or on S3."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from checks.errors import ConfigError, HistoryError, SourceError
from checks.history.record import Record, decode, encode
from checks.places import is_file, write_whole
from checks.text import display_path

if TYPE_CHECKING:
    from checks.aws.client import AwsClient

FOLDER_NAME: Final = "history"
"""The name of the history's folder, beside the reports of all environments."""
_S3: Final = "s3://"
_LINES: Final = ".jsonl"
_RUN: Final = re.compile(r"[^/]+/\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}\.json")
"""The name of a run's file; other files there are left alone."""
_MOST_NAMED: Final = 5
_MOST_LOOKED_THROUGH: Final = 300
_AT_ONCE: Final = 16
"""The number of objects that are read from S3 in parallel."""


class StoredRuns(Struct, frozen=True):
    """Past runs from a history, the oldest first, and a sentence on each thing that could not be read."""

    records: tuple[Record, ...] = ()
    problems: tuple[str, ...] = ()

    def before(self, record: Record) -> tuple[Record, ...]:
        """The runs of the same environment that began earlier."""
        return tuple(one for one in self.records if one.environment == record.environment and one.id < record.id)


class Files(Protocol):
    """A place for small files that many processes use at once: a folder, or a prefix on S3.

    Its `str()` is its name as a person would type it. All methods raise HistoryError if the place is out of reach.
    """

    @property
    def noun(self) -> str:
        """The word for a file of this place."""

    def write(self, name: str, content: bytes) -> None:
        """Write a new file, which readers see completely or not at all."""

    def names(self, folder: str) -> Iterable[str]:
        """List the files of a folder, such as `dev/a.json`; those of all folders if its name is empty."""

    def read(self, names: Sequence[str]) -> Iterable[bytes]:
        """Return the content of each file; it is empty for a file that cannot be read while others can."""


class Folder:
    """Files in the subfolders of a folder that the first run creates."""

    noun: Final = "file"

    def __init__(self, root: Path) -> None:
        self._root = root

    def __str__(self) -> str:
        return display_path(self._root)

    def write(self, name: str, content: bytes) -> None:
        """Write under a temporary name and rename: a process that is killed leaves no half-written file."""
        file = self._root / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(content, file)
        except OSError as error:
            raise self._explained(error, file.parent) from error

    def names(self, folder: str) -> Iterable[str]:
        """List nothing if the folder does not exist yet."""
        try:
            folders = [self._root / folder] if folder else [one for one in self._root.iterdir() if one.is_dir()]
            return [f"{one.name}/{file.name}" for one in folders for file in one.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._explained(error, self._root / folder) from error

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """Read one file after another: each takes microseconds."""
        for name in names:
            try:
                yield (self._root / name).read_bytes()
            except OSError:  # it was removed meanwhile, or may not be read
                yield b""

    def _explained(self, error: OSError, path: Path) -> HistoryError:
        if is_file(self._root):
            return HistoryError(
                f"{self} is a file, but a history is a folder: name another place, or rename the file to "
                f"{self._root.name}.jsonl if it contains older runs, one per line"
            )
        return HistoryError(f"{display_path(path)}: {error.strerror or error}")


class S3Files:
    """Objects below a prefix of a bucket.

    boto3 finds credentials, profile, region and endpoint. Timeouts are short: the run has been judged, and a pipeline
    waits.
    """

    noun: Final = "object"

    def __init__(self, name: str, prefix: str) -> None:
        self._name = name
        self._prefix = f"{prefix}/" if prefix else ""

    def __str__(self) -> str:
        return f"s3://{self._name}/{self._prefix}"

    def write(self, name: str, content: bytes) -> None:
        """Put the object in one call."""
        body = {"Body": content, "ContentType": "application/json"}
        with self._as_history_error(name):
            self._client.call("PutObject", f"{self}{name}", Bucket=self._name, Key=f"{self._prefix}{name}", **body)

    def names(self, folder: str) -> Iterator[str]:
        """List page by page."""
        prefix = f"{self._prefix}{folder}/" if folder else self._prefix
        below = {"Bucket": self._name, "Prefix": prefix}
        with self._as_history_error(folder):
            for item in self._client.pages("ListObjectsV2", f"{self}{folder}", "Contents", **below):
                yield item["Key"].removeprefix(self._prefix)

    def read(self, names: Sequence[str]) -> Iterator[bytes]:
        """Get several objects at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from pool.map(self._get, names)

    def _get(self, name: str) -> bytes:
        url = f"{self}{name}"
        with self._as_history_error(name):
            answer = self._client.call("GetObject", url, Bucket=self._name, Key=f"{self._prefix}{name}")
            with self._client.explaining("GetObject", url):
                content: bytes = answer["Body"].read()
        return content

    @cached_property
    def _client(self) -> "AwsClient":
        from checks.aws.client import AwsClient, Timeouts  # noqa: PLC0415 -- boto3 takes half a second

        return AwsClient("s3", None, attempts=2, timeouts=Timeouts(connect=3, answer=10), connections=_AT_ONCE)

    @contextmanager
    def _as_history_error(self, name: str) -> Iterator[None]:
        try:
            yield
        except SourceError as error:
            url, text = f"{self}{name}", str(error)
            raise HistoryError(text if text.startswith(url) else f"{url}: {text}") from error


class Store:
    """A store of runs, as files `ENVIRONMENT/ID.json`.

    Each run has a file of its own, and the names sort by time: no writer waits for another, and the newest runs are
    found without reading the others. A damaged file affects no other run.

    Args:
        files: Where the files are.
        old_file: A history in the old format beside them, one run per line; its runs count as well.
    """

    def __init__(self, files: Files, old_file: Path | None = None) -> None:
        self._files = files
        self._old_file = old_file

    @property
    def place(self) -> str:
        """The name of the place, as a person would type it."""
        return str(self._files)

    def add(self, record: Record) -> None:
        """Remember a run."""
        self._files.write(_name(record), encode(record))

    def strike(self, run: str, reason: str, environment: str | None = None) -> Record:
        """Strike out a run by the beginning of its id: it is kept but not used. An empty reason reinstates it.

        Raises:
            ConfigError: No id begins like this, or several do.
        """
        runs = [one for one in self.newest(_MOST_LOOKED_THROUGH, environment).records if one.id.startswith(run)]
        if len(runs) != 1:
            which = "no run is called" if not runs else f"{len(runs)} runs begin with"
            raise ConfigError(f"--strike: {which} {run!r}", "`history --json` shows the id of each run")
        struck = replace(runs[0], struck=reason)
        self.add(struck)
        return struck

    def newest(self, most: int, environment: str | None = None) -> StoredRuns:
        """Return the newest `most` runs of an environment, or of each environment."""
        folder = "" if environment is None else _folder(environment)
        names = _newest_names(filter(_RUN.fullmatch, self._files.names(folder)), most)
        runs = dict(zip(names, map(decode, self._files.read(names)), strict=True))
        records = {name: run for name, run in runs.items() if run}
        problems = _unreadable(self._files.noun, self.place, runs)
        if self._old_file:
            old = old_runs(self._old_file)
            of_environment = (run for run in old.values() if run and environment in {None, run.environment})
            records = {_name(run): run for run in of_environment} | records
            problems += _unreadable("line", display_path(self._old_file), old)
        newest = [records[name] for name in _newest_names(records, most)]
        return StoredRuns(tuple(sorted(newest, key=lambda run: run.id)), problems)


def open_store(place: str) -> Store:
    """Return the store at a place; nothing is read or written yet.

    Args:
        place: A folder, or `s3://bucket/prefix`. A file `runs.jsonl`, the old format, stands for the folder `runs`
            beside it, and the folder for the file: the runs in both count.

    Raises:
        ConfigError: The place is neither.
    """
    if "://" not in place and not place.lower().startswith("s3:"):
        folder = Path(place.removesuffix(_LINES))
        return Store(Folder(folder), folder.parent / f"{folder.name}{_LINES}")
    bucket, _, prefix = place.removeprefix(_S3).partition("/")
    if not place.startswith(_S3) or not bucket:
        raise ConfigError(f"--history: invalid place {place!r}; name a folder or {_S3}BUCKET/PREFIX")
    return Store(S3Files(bucket, prefix.strip("/")))


def old_runs(file: Path) -> Mapping[str, Record | None]:
    """Return the run in each line of a file of the old format, by its number; None if the line could not be read."""
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise HistoryError(f"{display_path(file)}: {error.strerror}") from error
    return {str(number): decode(line) for number, line in enumerate(lines, 1) if line.strip()}


def _name(record: Record) -> str:
    return f"{_folder(record.environment)}/{record.id}.json"


def _folder(environment: str) -> str:
    return quote(environment, safe="")


def _newest_names(names: Iterable[str], most: int) -> list[str]:
    """Return the newest names of each folder, in which they sort by time."""
    folders = groupby(sorted(names), key=lambda name: name.partition("/")[0])
    return [name for _, of_one in folders for name in list(of_one)[-most:]]


def _unreadable(noun: str, place: str, runs: Mapping[str, Record | None]) -> tuple[str, ...]:
    """Return a sentence that names what is damaged or of an unknown version; none if nothing is."""
    names = [name for name, run in runs.items() if run is None]
    if not names:
        return ()
    nouns = noun if len(names) == 1 else f"{noun}s"
    more = ", …" if len(names) > _MOST_NAMED else ""
    return (f"{len(names):,} {nouns} of {place} could not be read: {nouns} {', '.join(names[:_MOST_NAMED])}{more}",)
